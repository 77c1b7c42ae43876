"""What every template needs to show values: XML escaping, HL7 dates, identifiers.

Templates show and never think: a missing variable is an error (StrictUndefined).
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from decimal import Decimal
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from lgc.domain.days import practice_time
from lgc.paths import bundled
from lgc.terminology import code_systems, ucum

# Everything XML 1.0 forbids, surrogates included.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Text without the characters XML cannot carry."""
    return _FORBIDDEN.sub("", text)


def _shown(value: object) -> str:
    return clean(value) if isinstance(value, str) else str(value)


def hl7_time(moment: dt.datetime) -> str:
    """HL7 TS to the second with zone, ``20260312111700+0100``. Raises ValueError when naive."""
    if moment.tzinfo is None:
        raise ValueError("a naive date cannot be written")
    return practice_time(moment).strftime("%Y%m%d%H%M%S%z")


def hl7_date(day: dt.date) -> str:
    return f"{day:%Y%m%d}"


def number(value: float) -> str:
    """A number as XML wants it: every digit of it, a point, no exponent."""
    text = format(Decimal(repr(float(value))), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if text not in ("", "-0") else "0"


def ucum_unit(unit: str) -> str:
    """A unit a ``cs`` attribute accepts; words the doctor typed become a UCUM annotation."""
    if not unit.strip():
        return "1"
    if unit.isascii() and not any(c.isspace() for c in unit):
        return unit
    plain = "".join(c if c.isalnum() or c in "-/.%" else "_" for c in unit.strip())
    return "{" + plain + "}"


def french_number(value: float) -> str:
    return number(value).replace(".", ",")


def quantity(value: float | None, unit: str) -> str:
    """A measured value as the doctor reads it, « 82,5 kg »; empty when there is none."""
    if value is None:
        return ""
    return f"{french_number(value)}\u00a0{ucum.french(unit)}".rstrip("\u00a0")


def lines(text: str) -> Markup:
    """Narrative text, its line ends kept as ``br``."""
    return Markup("<br/>").join(escape(clean(line)) for line in text.splitlines())


def split_id(identifier: str) -> tuple[str, str]:
    """Root and extension of a document identifier written ``root`` or ``root^extension``."""
    root, _, extension = identifier.partition("^")
    return root, extension


def is_uuid(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", text))


def is_identifier_root(text: str) -> bool:
    """Whether an OID or UUID, the only things ``root`` and ``codeSystem`` may hold."""
    return bool(re.fullmatch(r"[0-2](\.(0|[1-9]\d*))*", text)) or is_uuid(text)


def derived_uuid(*parts: str) -> str:
    """The same identifier each time for the same parts: documents stay reproducible.

    Upper case, as the datatypes of HL7 V3 want UUIDs (ANS structuration minimale warns otherwise).
    """
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "\n".join(parts))).upper()


@cache
def environment() -> Environment:
    """The one Jinja environment of ``cda_templates``."""
    made = Environment(
        loader=FileSystemLoader(str(bundled("cda_templates"))),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: value if isinstance(value, Markup) else _shown(value),
    )
    made.filters.update(
        hl7_time=hl7_time,
        hl7_date=hl7_date,
        number=number,
        ucum_unit=ucum_unit,
        lines=lines,
        system_name=code_systems.name_of,
    )
    return made


def render_template(name: str, **content: object) -> bytes:
    """Fill a template and return UTF-8 bytes."""
    return environment().get_template(name).render(**content).encode("utf-8")

"""LOINC: ``Loinc.csv`` and a French table (linguistic variant, or any code and French label).

Chosen together, the French label is shown and the official table gives usage ranks, units and
status; alone, each is enough. Deprecated codes are withdrawn, ``MapTo.csv`` beside it says what
took their place. Columns are read by name: ``LOINC_NUM``, ``LONG_COMMON_NAME``, ``COMPONENT``,
``PROPERTY``, ``SYSTEM``, ``STATUS``, ``COMMON_TEST_RANK``, ``EXAMPLE_UCUM_UNITS``,
``VersionLastChanged`` (its highest is the edition), and in the variants
``LinguisticVariantDisplayName``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lgc.domain.professionals import Coded
from lgc.domain.terms import Term
from lgc.terminology import code_systems
from lgc.terminology.importing.lines import Files, Row, not_this, table, wrong

CODE = re.compile(r"\d{1,7}-\d")
KNOWN = {
    "code": ("loinc num", "code loinc", "loinc", "code"),
    "label": (
        "linguisticvariantdisplayname", "libelle francais", "libelle long", "long common name",
        "libelle", "label",
    ),
    "long": ("long common name",),
    "component": ("component", "composant"),
    "system": ("system", "milieu"),
    "property": ("property",),
    "status": ("status", "statut"),
    "rank": ("common test rank",),
    "unit": ("example ucum units", "unite ucum"),
    "short": ("shortname", "libelle court"),
    "changed": ("versionlastchanged",),
}  # fmt: skip
MAPPED = {"code": ("loinc",), "instead": ("map to",)}
UNRANKED = 30_000
DEPRECATED = "DEPRECATED"
NOT_PROPOSED = frozenset((DEPRECATED, "DISCOURAGED"))


def read(files: Files, usual: frozenset[str]) -> Iterator[Term]:
    """Every living code; ``usual`` come first. Raises UnreadableInput (file and line)."""
    if not files.paths:
        raise not_this(None, "Loinc.csv, la variante française, ou les deux")
    main, mapped = files.named("loinc.csv", "loinc_"), files.named("mapto")
    french = next((path for path in files.paths if path not in (main, mapped)), None)
    words = dict(_labels(files, french)) if french is not None else {}
    if main is None:
        for code, (label, others) in words.items():
            yield _term(code, label, others, "", UNRANKED, usual)
        return
    yield from _official(files, main, words, usual)
    for row in table(files, mapped, MAPPED, ("code", "instead")) if mapped is not None else ():
        if row.get("code") in files.withdrawn:
            files.withdraw(row.get("code"), row.get("instead"))


def _official(
    files: Files, main: Path, words: dict[str, tuple[str, str]], usual: frozenset[str]
) -> Iterator[Term]:
    some, newest = False, (0, 0)
    for row in table(files, main, KNOWN, ("code",)):
        code = _code(files, main, row)
        if not code:
            continue
        some, newest = True, max(newest, _release(row.get("changed")))
        status = row.get("status").upper()
        if status == DEPRECATED:
            files.withdraw(code)
        if status in NOT_PROPOSED:
            continue
        label, others = words.get(code, ("", ""))
        english = row.get("long") or row.get("label") or _composed(row)
        others = f"{others} {english if label else ''} {row.get('short')}"
        yield _term(code, label or english, others, row.get("unit"), _rank(row), usual)
    if not some:
        raise not_this(main, "une table LOINC")
    if newest[0]:
        files.edition = f"{newest[0]}.{newest[1]:02d}"


def _release(written: str) -> tuple[int, int]:
    """« 2.78 », « 1.0k »: as numbers; (0, 0) for what is none."""
    found = re.match(r"(\d+)\.(\d+)", written)
    return (int(found.group(1)), int(found.group(2))) if found is not None else (0, 0)


def _term(code: str, label: str, others: str, unit: str, rank: int, usual: frozenset[str]) -> Term:
    weight = 0 if code in usual else rank
    coded = Coded(code, code_systems.LOINC, label or code)
    return Term(coded, " ".join(others.split())[:500], detail=unit, weight=weight)


def _labels(files: Files, path: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    some = False
    for row in table(files, path, KNOWN, ("code",)):
        code = _code(files, path, row)
        if not code:
            continue
        some = True
        label = row.get("label") or row.get("long") or _composed(row)
        if label:
            yield code, (label, row.get("component"))
    if not some:
        raise not_this(path, "une table LOINC")


def _composed(row: Row) -> str:
    """A variant may translate the parts and not the name."""
    where = f" ({row.get('system')})" if row.get("system") else ""
    kind = f" [{row.get('property')}]" if row.get("property") else ""
    return f"{row.get('component')}{kind}{where}" if row.get("component") else ""


def _rank(row: Row) -> int:
    written = row.get("rank")
    return int(written) if written.isdigit() and 0 < int(written) < UNRANKED else UNRANKED


def _code(files: Files, path: Path, row: Row) -> str:
    """Empty for a row that is left out."""
    code = row.get("code")
    if CODE.fullmatch(code):
        return code
    files.leave_out(wrong(path, row.number, "le code n’est pas un code LOINC"))
    return ""

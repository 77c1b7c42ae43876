"""What a pharmacist's program and eyes make of a prescription, of a vaccination note, of an allergy
and of a page: each by its codes and, apart, by its words. Nothing is taken from the product.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from lxml import etree

from lgc_sandbox.xml import NS, nodes, parse, text, texts

FLAGS = {"MED-574": "ald", "GEN-180": "work", "GEN-181": "unpaid", "GEN-179": "off label"}
MODES = {
    "1.3.6.1.4.1.19376.1.5.3.1.4.7.1": "normal",
    "1.3.6.1.4.1.19376.1.5.3.1.4.8": "tapered",
    "1.3.6.1.4.1.19376.1.5.3.1.4.9": "split",
}
PIVL = ".//*[local-name()='effectiveTime' or local-name()='comp'][@xsi:type='PIVL_TS']/hl7:period"


@dataclass(frozen=True, slots=True)
class Ordered:
    """One drug. ``doses``: of the line, then of each step, as « 1-2 /8h »; ``flags`` are true."""

    label: str
    code: str
    start: str
    end: str
    posology: str
    mode: str
    doses: tuple[str, ...]
    most: str
    flags: frozenset[str]
    substitution: str


@dataclass(frozen=True, slots=True)
class Given:
    """One vaccine."""

    label: str
    codes: tuple[str, ...]
    day: str
    lot: str
    rank: str
    act: str
    note: str


def ordered(content: bytes) -> tuple[Ordered, ...]:
    """Raises ``Malformed`` on bytes that are no XML."""
    root = parse(content)
    lines = nodes(root, "//hl7:section[hl7:code/@code='57828-6']/hl7:entry/*")
    return tuple(_ordered(root, one) for one in lines)


def given(content: bytes) -> tuple[Given, ...]:
    """The vaccines of a note."""
    root = parse(content)
    path = "//hl7:section[hl7:code/@code='11369-6']/hl7:entry/hl7:substanceAdministration"
    return tuple(_given(root, one) for one in nodes(root, path))


def allergies(content: bytes) -> tuple[tuple[str, str, str, str], ...]:
    """Words of the agent, code of the kind, words of the reaction, code of the severity."""
    root = parse(content)
    path = "//hl7:section[hl7:code/@code='48765-2']/hl7:entry/hl7:act/*/hl7:observation"
    severity = "hl7:entryRelationship/hl7:observation[hl7:code/@code='SEV']/hl7:value/@code"
    return tuple(
        (
            _pointed(root, text(one, "hl7:text/hl7:reference/@value")),
            text(one, "hl7:code/@code"),
            _pointed(root, text(one, "hl7:value/hl7:originalText/hl7:reference/@value")),
            text(one, severity),
        )
        for one in nodes(root, path)
    )


def page(content: bytes) -> bytes:
    """The body of a document that is only a page; empty when there is none."""
    return base64.b64decode(text(parse(content), "//hl7:nonXMLBody/hl7:text/text()"))


def _ordered(root: etree._Element, line: etree._Element) -> Ordered:
    related = "hl7:entryRelationship/hl7:observation"
    material = "hl7:consumable//hl7:manufacturedMaterial/hl7:code"
    modes = (MODES.get(one, "") for one in texts(line, "hl7:templateId/@root"))
    steps = nodes(line, "hl7:entryRelationship/hl7:substanceAdministration")
    most = nodes(line, "hl7:maxDoseQuantity")
    return Ordered(
        label=_pointed(root, text(line, f"{material}/hl7:originalText/hl7:reference/@value")),
        code=text(line, f"({material}/@code|{material}/hl7:translation/@code)[1]"),
        start=text(line, "hl7:effectiveTime[1]/hl7:low/@value"),
        end=text(line, "hl7:effectiveTime[1]/hl7:high/@value"),
        posology=_pointed(root, text(line, "hl7:text/hl7:reference/@value")),
        mode=next(filter(None, modes), ""),
        doses=tuple(filter(None, (_dose(line), *map(_dose, steps)))),
        most=_most(most[0]) if most else "",
        flags=frozenset(
            name for code, name in FLAGS.items()
            if text(line, f"{related}[hl7:code/@code='{code}']/hl7:value/@value") == "true"
        ),
        substitution=text(line, "hl7:entryRelationship/hl7:act[@moodCode='DEF']/hl7:code/@code"),
    )  # fmt: skip


def _dose(line: etree._Element) -> str:
    """« low-high unit /period », of what stands right in a line."""
    low, high = (text(line, f"hl7:doseQuantity/hl7:{end}/@value") for end in ("low", "high"))
    own = [one for one in nodes(line, PIVL) if _owner(one) is line]
    often = f"/{own[0].get('value', '')}{own[0].get('unit', '')}" if own else ""
    much = low if low == high else f"{low}-{high}"
    return " ".join(part for part in (much, often) if part)


def _owner(node: etree._Element) -> etree._Element | None:
    return next(node.iterancestors(f"{{{NS['hl7']}}}substanceAdministration"), None)


def _most(node: etree._Element) -> str:
    number = text(node, "hl7:numerator/@value")
    return f"{number}/{text(node, 'hl7:denominator/@unit')}"


def _given(root: etree._Element, line: etree._Element) -> Given:
    material = "hl7:consumable//hl7:manufacturedMaterial"
    rank = "hl7:entryRelationship/hl7:observation[hl7:code/@code='30973-2']/hl7:value/@value"
    note = "hl7:entryRelationship/hl7:act[hl7:code/@code='48767-8']/hl7:text/hl7:reference/@value"
    return Given(
        label=_pointed(root, text(line, "hl7:text/hl7:reference/@value")),
        codes=tuple(texts(line, f"{material}/hl7:code/@code|{material}/hl7:code/*/@code")),
        day=text(line, "hl7:effectiveTime/@value"),
        lot=text(line, f"{material}/hl7:lotNumberText/text()"),
        rank=text(line, rank),
        act=text(line, "hl7:code/@code"),
        note=_pointed(root, text(line, note)),
    )


def _pointed(root: etree._Element, reference: str) -> str:
    wanted = reference.removeprefix("#")
    found = [one for one in root.iter() if isinstance(one.tag, str) and one.get("ID") == wanted]
    return "".join(str(part) for part in found[0].itertext()).strip() if found and wanted else ""

"""What a colleague's program and a colleague's eyes make of a clinical document.

Twice, and apart: the structured entries by their codes, the narrative by its tables. Nothing is
taken from the product (cda-vsm §4): what both readings say is what the document says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from lgc_sandbox.xml import NS, nodes, parse, text, texts

EXPOSURES = {"92944-8": "toxic", "8683-5": "occupational"}
SECTIONS = {
    "11450-4": "chronic",
    "11348-0": "medical_history",
    "47519-4": "surgical_history",
    "48765-2": "allergy",
    "29762-2": "risk_factor",
    "10157-6": "family_history",
    "10160-0": "treatment",
    "42346-7": "treatment",
    "11369-6": "vaccination",
    "8716-3": "measurement",
    "30954-2": "vigilance",
    "10161-8": "occupational",
}
STATEMENTS = {
    "chronic": "hl7:entry/hl7:act/hl7:entryRelationship/hl7:observation",
    "medical_history": "hl7:entry/hl7:act/hl7:entryRelationship/hl7:observation",
    "surgical_history": "hl7:entry/hl7:procedure",
    "allergy": "hl7:entry/hl7:act/hl7:entryRelationship/hl7:observation",
    "risk_factor": "hl7:entry/hl7:observation",
    "family_history": "hl7:entry/hl7:organizer/hl7:component/hl7:observation",
    "treatment": "hl7:entry/hl7:substanceAdministration",
    "vaccination": "hl7:entry/hl7:substanceAdministration",
    "measurement": "hl7:entry//hl7:observation[hl7:value[@value]]",
}
CODES = {
    "chronic": "hl7:value",
    "medical_history": "hl7:value",
    "surgical_history": "hl7:code",
    "allergy": "hl7:participant//hl7:playingEntity/hl7:code",
    "risk_factor": "hl7:code/hl7:translation",
    "family_history": "hl7:value",
    "treatment": "hl7:consumable//hl7:manufacturedMaterial/hl7:code",
    "vaccination": "hl7:consumable//hl7:manufacturedMaterial/hl7:code",
    "measurement": "hl7:code",
}
STATUS = "hl7:entryRelationship/hl7:observation[hl7:code/@code='33999-4']/hl7:value/@code"
COMMENT = "hl7:entryRelationship/hl7:act[hl7:code/@code='48767-8']/hl7:text"
ABSENT = "2.16.840.1.113883.5.1150.1"


@dataclass(frozen=True, slots=True)
class Coded:
    """One structured entry, by its codes alone. ``answer`` is that of a yes or no."""

    family: str
    label: str
    code: str = ""
    start: str = ""
    end: str = ""
    over: bool = False
    note: str = ""
    kinship: str = ""
    subject: str = ""
    value: str = ""
    unit: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Clinical:
    """``rows`` are the lines of the narrative: family, then column → words, empty ones left out;
    ``sentences`` its paragraphs; ``codes`` every code of the entries."""

    coded: tuple[Coded, ...]
    rows: tuple[tuple[str, dict[str, str]], ...]
    sentences: tuple[str, ...]
    absences: tuple[str, ...]
    dangling: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class _Whole:
    """Elements of the document by their ID, and the day of its writing (HL7 TS)."""

    held: dict[str, etree._Element]
    written: str


def read(content: bytes) -> Clinical:
    """Raises ``Malformed`` on bytes that are no XML."""
    root = parse(content)
    held = {one.get("ID", ""): one for one in root.iter() if isinstance(one.tag, str)}
    whole = _Whole(held, text(root, "hl7:effectiveTime/@value")[:8])
    sections = [(one, SECTIONS.get(text(one, "hl7:code/@code"), "")) for one in _sections(root)]
    pointed = texts(root, "//hl7:entry//hl7:reference/@value")
    return Clinical(
        coded=tuple(
            line for section, family in sections for line in _coded(whole, section, family)
        ),
        rows=tuple(line for one, family in sections for line in _rows(one, family)),
        sentences=tuple(
            words(node) for one, _ in sections for node in nodes(one, "hl7:text/hl7:paragraph")
        ),
        absences=tuple(texts(root, f"//hl7:entry//*[@codeSystem='{ABSENT}']/@code")),
        dangling=tuple(one for one in pointed if one.removeprefix("#") not in held),
    )


def words(node: etree._Element | None) -> str:
    """What is read of an element, its line ends kept."""
    if node is None:
        return ""
    parts = []
    for piece in node.iter():
        parts.append("\n" if piece.tag == f"{{{NS['hl7']}}}br" else "")
        parts.append(piece.text or "")
        parts.append((piece.tail or "") if piece is not node else "")
    lines = "".join(parts).split("\n")
    return "\n".join(re.sub("[ \t\r]+", " ", line).strip(" ") for line in lines).strip()


def _sections(root: etree._Element) -> list[etree._Element]:
    return nodes(root, "//hl7:section")


def _coded(whole: _Whole, section: etree._Element, family: str) -> list[Coded]:
    found = nodes(section, STATEMENTS[family]) if family in STATEMENTS else []
    absent = f".//*[@codeSystem='{ABSENT}']"
    return [_one(whole, node, family) for node in found if not nodes(node, absent)]


def _one(whole: _Whole, node: etree._Element, family: str) -> Coded:
    asked = text(node, "hl7:code/@code") if family == "risk_factor" else ""
    named = (
        f"{CODES[family]}/hl7:originalText"
        if family in ("treatment", "vaccination", "allergy")
        else "hl7:text"
    )
    high = nodes(node, "hl7:effectiveTime[1]/hl7:high")
    return Coded(
        family=EXPOSURES.get(asked, family),
        label=_pointed(whole, node, named),
        code=text(node, f"({CODES[family]}/@code|{CODES[family]}/hl7:translation/@code)[1]"),
        start=text(node, "(hl7:effectiveTime[1]/@value|hl7:effectiveTime[1]/hl7:low/@value)[1]"),
        end=high[0].get("value", "") if high else "",
        over=_over(whole, node, family),
        note=_pointed(whole, node, COMMENT),
        kinship=text(node, "../../hl7:subject/hl7:relatedSubject/hl7:code/@code"),
        subject="" if asked in EXPOSURES else asked,
        value=text(node, "hl7:value[@xsi:type='PQ']/@value"),
        unit=text(node, "hl7:value[@xsi:type='PQ']/@unit"),
        answer=text(node, "hl7:value[@xsi:type='BL']/@value"),
    )


def _over(whole: _Whole, node: etree._Element, family: str) -> bool:
    """By the status where there is one, else by an end that came, dated or not."""
    status = text(node, STATUS)
    if status:
        return status != "active"
    if family in ("chronic", "allergy"):
        return text(node, "../../hl7:statusCode/@code") != "active"
    if family in ("medical_history", "treatment", "measurement"):
        return False  # without a status: the section itself says what they are
    high = nodes(node, "hl7:effectiveTime[1]/hl7:high")
    return bool(high) and _before(high[0].get("value", ""), whole.written)


def _before(end: str, day: str) -> bool:
    """An end that nobody dated came; a year or a month has to be over."""
    return not end or end < day[: len(end)]


def _pointed(whole: _Whole, node: etree._Element, path: str) -> str:
    wanted = text(node, f"{path}/hl7:reference/@value").removeprefix("#")
    return words(whole.held.get(wanted)) if wanted else ""


def _rows(section: etree._Element, family: str) -> list[tuple[str, dict[str, str]]]:
    found = []
    for table in nodes(section, "hl7:text//hl7:table"):
        heads = [words(one) for one in nodes(table, "hl7:thead//hl7:th")]
        for row in nodes(table, "hl7:tbody/hl7:tr"):
            cells = [words(one) for one in nodes(row, "hl7:td")]
            said = dict(zip(heads, cells, strict=True))
            found.append((family, {head: cell for head, cell in said.items() if cell}))
    return found

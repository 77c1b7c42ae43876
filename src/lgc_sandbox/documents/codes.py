"""False codes of a clinical document, by a reading of our own (cda-vsm §4 and §5).

The tables are data: the value sets of the ANS and the lists of usual terms. A code that no table
at hand can tell is not judged; a label is false where another code of its system bears it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from lxml import etree

from lgc_sandbox.files import resource
from lgc_sandbox.xml import Malformed, nodes, parse, text

LOINC, SNOMED, ROLES = "2.16.840.1.113883.6.1", "2.16.840.1.113883.6.96", "2.16.840.1.113883.5.111"
CIM, CCAM, ATC = "2.16.840.1.113883.6.3", "1.2.250.1.215.300.1", "2.16.840.1.113883.6.73"
CIS = "1.2.250.1.213.2.3.1"
LISTS = {"cim10.tsv": CIM, "ccam.tsv": CCAM, "atc.tsv": ATC, "vaccines.tsv": ATC}
SHAPES = {
    CIM: r"^[A-Z][0-9][0-9](\.[0-9A-Z+-]+)?$",
    CCAM: r"^[A-Z]{4}[0-9]{3}$",
    ATC: r"^[ABCDGHJLMNPRSV]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)?$",
    CIS: r"^[0-9]{8}$",
}
GONE = {CIM: ("I84", "K58.9"), ATC: ("N03AX12", "N03AX16")}
# Section: what carries the code of its lines, and what that code may be (None: not judged).
OWN: dict[str, tuple[str, set[str]]] = {
    "11450-4": ("hl7:entry//hl7:observation/hl7:value", {CCAM, ATC, CIS}),
    "11348-0": ("hl7:entry//hl7:observation/hl7:value", {CCAM, ATC, CIS}),
    "47519-4": ("hl7:entry/hl7:procedure/hl7:code", {CIM, ATC, CIS}),
    "48765-2": ("hl7:entry//hl7:playingEntity/hl7:code", {CCAM, CIM}),
    "10157-6": ("hl7:entry/hl7:organizer//hl7:observation/hl7:value", {CCAM, ATC, CIS}),
    "10160-0": ("hl7:entry//hl7:manufacturedMaterial/hl7:code", {CCAM, CIM}),
    "11369-6": ("hl7:entry//hl7:manufacturedMaterial/hl7:code", {CCAM, CIM}),
    "8716-3": ("hl7:entry/hl7:organizer//hl7:observation/hl7:code", {CCAM, CIM, ATC, CIS}),
}
# LOINC: unit → what a living person may have, children and giants included.
BODY: dict[str, dict[str, tuple[float, float]]] = {
    "29463-7": {"kg": (0.3, 400), "g": (300, 400_000)},
    "8302-2": {"cm": (20, 260), "m": (0.2, 2.6)},
    "8480-6": {"mm[Hg]": (30, 300)},
    "8462-4": {"mm[Hg]": (10, 200)},
    "8867-4": {"/min": (20, 300)},
    "9279-1": {"/min": (4, 120)},
    "8310-5": {"Cel": (25, 45)},
    "20564-1": {"%": (30, 100)},
    "39156-5": {"kg/m2": (5, 100)},
    "8287-5": {"cm": (15, 80)},
    "8280-0": {"cm": (15, 250)},
}
NOWHERE: tuple[str, set[str]] = ("", set())
ORGANISED = "hl7:templateId[@root='1.3.6.1.4.1.19376.1.5.3.1.4.13.2']"
PEOPLE = (
    "//hl7:assignedAuthor/hl7:code|//hl7:assignedEntity/hl7:code|//hl7:associatedEntity/hl7:code"
)


def judge(content: bytes) -> list[str]:
    """One sentence for each false code; empty when there is none, or the bytes are no XML."""
    try:
        root = parse(content)
    except Malformed:
        return []
    every = (_shapes, _sections, _vaccines, _labels, _body, _lists)
    return [said for one in every for said in one(root)]


def _codes(root: etree._Element) -> Iterator[tuple[str, str, str]]:
    for node in nodes(root, "//*[@code and @codeSystem]"):
        yield node.get("codeSystem", ""), node.get("code", ""), node.get("displayName", "")


def _shapes(root: etree._Element) -> Iterator[str]:
    for system, code, _ in _codes(root):
        if system in SHAPES and not re.match(SHAPES[system], code):
            yield f"{code}: forme"
        elif code.startswith(GONE.get(system, ("\0",))):
            yield f"{code}: supprimé"
        elif system == LOINC and re.fullmatch(r"\d+-\d", code) and not _sum(code):
            yield f"{code}: clé"


def _sum(code: str) -> bool:
    """LOINC's check digit, as its guide computes it: odd ranks from the right, doubled as one
    number, then the digits of both are added."""
    digits, key = code.split("-")
    odd = str(int(digits[::-1][::2][::-1] or "0") * 2)
    even = digits[::-1][1::2]
    return -sum(map(int, odd + even)) % 10 == int(key)


def _sections(root: etree._Element) -> Iterator[str]:
    for section in nodes(root, "//hl7:section"):
        path, forbidden = OWN.get(text(section, "hl7:code/@code"), NOWHERE)
        for node in nodes(section, f"{path}|({path})/hl7:translation") if path else ():
            if node.get("codeSystem") in forbidden:
                yield f"{node.get('code')}: d'un autre référentiel que celui de la section"
    for node in nodes(root, "//hl7:relatedSubject/hl7:code[@code]"):
        if (node.get("codeSystem"), node.get("code")) not in _known("kinship"):
            yield f"{node.get('code')}: lien de parenté inconnu"


def _vaccines(root: etree._Element) -> Iterator[str]:
    inside = "//hl7:section[hl7:code/@code='11369-6']//hl7:manufacturedMaterial"
    for node in nodes(root, f"{inside}//*[@codeSystem='{ATC}']"):
        if not node.get("code", "").startswith("J07"):
            yield f"{node.get('code')}: pas un vaccin"


def _labels(root: etree._Element) -> Iterator[str]:
    for system, code, label in _codes(root):
        bearers = _names().get((system, _plain(label)), set())
        if bearers and code not in bearers:
            yield f"{code}: libellé d'un autre code ({label})"


def _body(root: etree._Element) -> Iterator[str]:
    for observation in nodes(root, "//hl7:observation[hl7:value/@value]"):
        code = text(observation, "hl7:code/@code")
        unit, written = text(observation, "hl7:value/@unit"), text(observation, "hl7:value/@value")
        limits = BODY.get(code, {})
        if limits and unit not in limits and nodes(observation, ORGANISED):
            yield f"{code}: unité {unit}"
        low, high = limits.get(unit, (float("-inf"), float("inf")))
        if not low <= _number(written) <= high:
            yield f"{code}: {written} {unit} impossible"


def _number(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        return 0.0


def _lists(root: etree._Element) -> Iterator[str]:
    for path, name in (
        (PEOPLE, "author_speciality"),
        ("//hl7:healthCareFacility/hl7:code", "facility_type"),
        ("/hl7:ClinicalDocument/hl7:code", "document_type"),
    ):
        for node in nodes(root, path):
            code = node.get("code")
            if code and (node.get("codeSystem"), code) not in _known(name):
                yield f"{code}: absent de {name}"


@cache
def _rows(name: str) -> list[tuple[str, str, str]]:
    """(system, code, label) of one published set."""
    found = json.loads(resource("terminology", f"{name}.json").read_text("utf-8"))
    return [(one["system"], one["code"], one["label"]) for one in found["concepts"]]


@cache
def _known(name: str) -> frozenset[tuple[str, str]]:
    return frozenset((system, code) for system, code, _ in _rows(name))


@cache
def _names() -> Mapping[tuple[str, str], set[str]]:
    """Which codes bear a name, in each system."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name in ("vital_sign", "severity", "allergy_type", "problem_type", "kinship", "route",
                 "author_speciality", "facility_type", "document_type"):  # fmt: skip
        for system, code, label in _rows(name):
            found[system, _plain(label)].add(code)
    for file, system in LISTS.items():
        for line in resource("nomenclatures", file).read_text("utf-8").splitlines():
            code, label, *_ = line.split("\t")
            found[system, _plain(label)].add(code)
    return {key: codes for key, codes in found.items() if key[1]}


def _plain(label: str) -> str:
    low = unicodedata.normalize("NFKD", label.lower().replace("œ", "oe"))
    return re.sub(r"[^a-z0-9]+", " ", low.encode("ascii", "ignore").decode()).strip()

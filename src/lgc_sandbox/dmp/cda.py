"""The header of a CDA must say what its metadata say (dmp.md §5.2, column « From CDA »)."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from lgc_sandbox.dmp import rim
from lgc_sandbox.dmp.answers import METADATA, Problem
from lgc_sandbox.dmp.deposit import hl7_utc
from lgc_sandbox.dmp.rim import RimObject
from lgc_sandbox.dmp.vihf import Patient
from lgc_sandbox.xml import Malformed, nodes, parse, tag, text, texts

EVENT = "hl7:documentationOf/hl7:serviceEvent"
IHE_FORMATS, FRENCH_FORMATS = "1.3.6.1.4.1.19376.1.2.3", "1.2.250.1.213.1.1.4.2.282"
FORMATS = {  # CDA templateId: formatCode (§5.5)
    "1.2.250.1.213.1.1.1.13": "urn:asip:ci-sis:vsm:2012",
    "1.2.250.1.213.1.1.1.51": "urn:ihe:pcc:ips:2020",
    "1.3.6.1.4.1.19376.1.3.3": "urn:ihe:lab:xd-lab:2008",
    "1.2.250.1.213.1.1.1.55": "urn:ihe:lab:xd-lab:2008",
    "1.2.250.1.213.1.1.1.39": "urn:ihe:pharm:pre:2010",
    "1.2.250.1.213.1.1.1.54": "urn:ihe:pharm:dis:2010",
    "1.2.250.1.213.1.1.1.37": "urn:asip:ci-sis:vac:2019",
    "1.2.250.1.213.1.1.1.46": "urn:asip:ci-sis:vac-note:2021",
    "1.2.250.1.213.1.1.1.29": "urn:asip:ci-sis:ldl-ses:2017",
    "1.2.250.1.213.1.1.1.21": "urn:asip:ci-sis:ldl-ees:2017",
    "1.2.250.1.213.1.1.1.8": "urn:asip:ci-sis:frcp:2011",
    "1.2.250.1.213.1.1.1.22": "urn:asip:ci-sis:dlu:2015",
    "1.2.250.1.213.1.1.1.59": "urn:ans:ci-sis:trod:2024",
    "1.2.250.1.213.1.1.1.52": "urn:ans:ci-sis:bio-ep-bio:2022",
    "1.2.250.1.213.1.1.1.47": "urn:ans:ci-sis:img-da:2022",
    # ASS_A11 5.0.0 as ANS publishes it; §5.5 does not list it.
    "1.2.250.1.213.1.1.1.45": "urn:ihe:rad:CDA:ImagingReportStructuredHeadings:2013",
}
BODIES = {
    "application/pdf": "urn:ihe:iti:xds-sd:pdf:2008",
    "text/plain": "urn:ihe:iti:xds-sd:text:2008",
    "text/rtf": "urn:ihe:iti-fr:xds-sd:rtf:2010",
    "image/jpeg": "urn:ihe:iti-fr:xds-sd:jpeg:2010",
    "image/tiff": "urn:ihe:iti-fr:xds-sd:tiff:2010",
}
PLACE = "hl7:componentOf/hl7:encompassingEncounter/hl7:location/hl7:healthCareFacility/hl7:code"
PERFORMER = f"{EVENT}/hl7:performer/hl7:assignedEntity/hl7:representedOrganization"
SIGNER = "hl7:legalAuthenticator/hl7:assignedEntity/hl7:id/@extension"
ORGANISATION = "hl7:author/hl7:assignedAuthor/hl7:representedOrganization/hl7:id/@extension"
AUTHOR = "hl7:author/hl7:assignedAuthor/hl7:id/@extension"


def read(content: bytes) -> etree._Element | None:
    """The root of a CDA, None when it is not one."""
    try:
        root = parse(content)
    except Malformed:
        return None
    return root if root.tag == tag("hl7", "ClinicalDocument") else None


def check(content: bytes, entry: RimObject, patient: Patient) -> Iterator[Problem]:
    """Every attribute taken from the header agrees with it."""
    root = read(content)
    if root is None:
        yield _wrong(entry, "le document n'est pas un CDA R2 lisible")
        return
    for name, said, meant in _simple(root, entry):
        if said != meant:
            yield _wrong(entry, f"{name}: «{said}» au lieu de «{meant}» dans le CDA")
    if text(root, "hl7:id/@extension"):
        yield _wrong(entry, "uniqueId: le CDA ne doit pas avoir d'extension")
    identity = f"hl7:recordTarget/hl7:patientRole/hl7:id[@root='{patient.oid}']/@extension"
    if texts(root, identity) != [patient.ins]:
        yield Problem("XDSPatientIdDoesNotMatch", f"{entry.identifier}: INS du CDA")
    yield from _times(root, entry)
    yield from _people(root, entry)
    yield from _format(root, entry)


def _simple(root: etree._Element, entry: RimObject) -> Iterator[tuple[str, str, str]]:
    kind = next(iter(entry.coded(rim.TYPE)), None)
    yield "uniqueId", entry.unique_id, text(root, "hl7:id/@root")
    yield "typeCode", entry.code(rim.TYPE), text(root, "hl7:code/@code")
    yield "typeCode", kind.scheme if kind else "", text(root, "hl7:code/@codeSystem")
    yield "title", entry.title, text(root, "hl7:title")
    yield "languageCode", entry.one("languageCode"), text(root, "hl7:languageCode/@code")
    confidentiality = text(root, "hl7:confidentialityCode/@code")
    yield "confidentialityCode", entry.code(rim.CONFIDENTIALITY), confidentiality
    yield "healthcareFacilityTypeCode", entry.code(rim.FACILITY), text(root, f"{PLACE}/@code")
    practice = text(root, f"{PERFORMER}/hl7:standardIndustryClassCode/@code")
    yield "practiceSettingCode", entry.code(rim.PRACTICE), practice


def _times(root: etree._Element, entry: RimObject) -> Iterator[Problem]:
    times = f"{EVENT}/hl7:effectiveTime"
    for name, path in (
        ("creationTime", "hl7:effectiveTime/@value"),
        ("serviceStartTime", f"{times}/hl7:low/@value"),
        ("serviceStopTime", f"{times}/hl7:high/@value"),
    ):
        said, written = entry.one(name), hl7_utc(text(root, path))
        if name == "serviceStopTime" and not said:
            continue
        shared = min(len(said), len(written))
        # The header may be less precise than metadata; never different.
        if shared < 8 or said[:shared] != written[:shared]:
            yield _wrong(entry, f"{name}: «{said}» au lieu de «{written}» dans le CDA")


def _people(root: etree._Element, entry: RimObject) -> Iterator[Problem]:
    if entry.authors != texts(root, AUTHOR)[: len(entry.authors)]:
        yield _wrong(entry, "author: différent de celui du CDA")
    organisations = [
        one.rpartition("^")[2]
        for author in entry.coded(rim.AUTHOR)
        for one in author.slot("authorInstitution")
    ]
    if organisations != texts(root, ORGANISATION)[: len(organisations)]:
        yield _wrong(entry, "authorInstitution: différent de celui du CDA")
    if entry.one("legalAuthenticator").partition("^")[0] != text(root, SIGNER):
        yield _wrong(entry, "legalAuthenticator: différent de celui du CDA")


def _format(root: etree._Element, entry: RimObject) -> Iterator[Problem]:
    templates = texts(root, "hl7:templateId/@root")
    expected = [FORMATS[one] for one in templates if one in FORMATS]
    body = nodes(root, "hl7:component/hl7:nonXMLBody/hl7:text")
    if body:
        expected = [BODIES.get(body[0].get("mediaType", ""), "")]
    if expected and entry.code(rim.FORMAT) not in expected:
        yield _wrong(entry, f"formatCode: {expected[0]} attendu")
    for one in entry.coded(rim.FORMAT):
        system = IHE_FORMATS if one.code.startswith("urn:ihe:") else FRENCH_FORMATS
        if one.scheme != system:
            yield _wrong(entry, f"formatCode: {one.code} est du système {system}")


def replaced(content: bytes) -> str:
    """uniqueId of the document that this one replaces, "" when it replaces none."""
    root = read(content)
    path = "hl7:relatedDocument[@typeCode='RPLC']/hl7:parentDocument/hl7:id/@root"
    return "" if root is None else text(root, path)


def set_id(content: bytes) -> str:
    """What the versions of one document have in common, "" when it is not said."""
    root = read(content)
    if root is None:
        return ""
    return "^".join(text(root, f"hl7:setId/@{name}") for name in ("root", "extension")).strip("^")


def _wrong(entry: RimObject, what: str) -> Problem:
    return Problem(METADATA, f"{entry.identifier}: {what}")

"""The metadata rules of a submission (dmp.md §5), each one a line of a table where it can be."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from lgc_sandbox.dmp import rim
from lgc_sandbox.dmp.answers import METADATA, Problem
from lgc_sandbox.dmp.rim import Coded, RimObject
from lgc_sandbox.dmp.vihf import User
from lgc_sandbox.xml import nodes

OID = re.compile(r"[0-2](\.(0|[1-9]\d*)){2,}")
INSTANT, PARTIAL_TIME = re.compile(r"\d{14}"), re.compile(r"\d{4}(\d\d){0,5}")
XCN = re.compile(
    r"[^^]+\^[^^]+\^[^^]*\^\^\^\^\^\^&1\.2\.250\.1\.71\.4\.2\.1&ISO\^D\^\^\^(IDNPS|EI)"
)
XON = re.compile(r"[^^]+\^\^\^\^\^&1\.2\.250\.1\.71\.4\.2\.2&ISO\^IDNST\^\^\^[^^]+")
SPECIALITY = re.compile(r"G15_10/SM\d\d\^[^^]+\^1\.2\.250\.1\.213\.1\.1\.4\.5")
MIME_TYPES = ("text/xml", "application/xslt+xml")
CONFIDENTIALITY = {
    **dict.fromkeys("NRV", "2.16.840.1.113883.5.25"),
    **dict.fromkeys(
        ("MASQUE_PS", "INVISIBLE_PATIENT", "INVISIBLE_REPRESENTANTS_LEGAUX"),
        "1.2.250.1.213.1.1.4.13",
    ),
}
CLASSES = ("10", "11", "31", "42", "43", "44", "45", "52", "60", "90", "95")
PRACTICES = (
    *("AMBULATOIRE", "ETABLISSEMENT", "SAMU_SMUR", "HAD", "MAD", "SAD", "PALLIATIF", "DEPISTAGE"),
)
TYPE_SYSTEMS = ("2.16.840.1.113883.6.1", "1.2.250.1.213.1.1.4.12", "ASTM")
FORMAT_SYSTEMS = ("1.3.6.1.4.1.19376.1.2.3", "1.2.250.1.213.1.1.4.2.282", "URN")
CODES = (  # scheme, label, coding systems, codes (empty: any)
    (rim.CLASS, "classCode", ("1.2.250.1.213.1.1.4.1",), CLASSES),
    (rim.TYPE, "typeCode", TYPE_SYSTEMS, ()),
    (rim.FORMAT, "formatCode", FORMAT_SYSTEMS, ()),
    (rim.FACILITY, "healthcareFacilityTypeCode", ("1.2.250.1.71.4.2.4",), ()),
    (rim.PRACTICE, "practiceSettingCode", ("1.2.250.1.213.1.1.4.9",), PRACTICES),
)
SIGNATURE_CODES = (
    (rim.CLASS, "classCode", ("URN",), ("urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1",)),
    (rim.TYPE, "typeCode", ("ASTM",), ("E1762",)),
    (rim.FORMAT, "formatCode", ("URN",), ("http://www.w3.org/2000/09/xmldsig#",)),
    (rim.EVENT, "eventCodeList", ("1.2.840.10065.1.12",), ("1.2.840.10065.1.12.1.14",)),
    *CODES[3:],
)
SLOTS = (  # name, pattern, least, most
    ("creationTime", INSTANT, 1, 1),
    ("serviceStartTime", PARTIAL_TIME, 1, 1),
    ("serviceStopTime", PARTIAL_TIME, 0, 1),
)
NO_INSTITUTION = "Aucun AuthorInstitution ne correspond à l'utilisateur du VIHF"
FUTURE = dt.timedelta(minutes=5)


def is_signature(entry: RimObject) -> bool:
    """Whether an entry is the signature of the submission set."""
    return entry.code(rim.TYPE) == "E1762"


def check_set(package: RimObject, user: User, now: dt.datetime) -> Iterator[Problem]:
    """Rules of the submission set (§5.1)."""
    where = package.identifier
    if not any(
        one.get("classificationNode") == rim.SUBMISSION_NODE
        for one in nodes(package.element, "rim:Classification")
    ):
        yield _wrong(where, "classificationNode")
    yield from _slot(package, "submissionTime", INSTANT, 1, 1)
    if any(_future(value, now) for value in package.slot("submissionTime")):
        yield _wrong(where, "submissionTime")
    content = package.coded(rim.CONTENT_TYPE)
    if len(content) != 1 or not _is_coded(content[0], ("1.2.250.1.213.2.2",), ()):
        yield _wrong(where, "contentTypeCode")
    for scheme, name in ((rim.SET_UNIQUE, "uniqueId"), (rim.SET_SOURCE, "sourceId")):
        yield from _oid(package, scheme, name)
    yield from _patient(package, rim.SET_PATIENT, user)
    yield from _author(package, rim.SET_AUTHOR, user)


def check_entry(entry: RimObject, user: User, now: dt.datetime) -> Iterator[Problem]:
    """Rules of a document entry (§5.2), or of the signature's (§6)."""
    where, signature = entry.identifier, is_signature(entry)
    if entry.element.get("objectType") != rim.DOCUMENT:
        yield _wrong(where, "objectType")
    if entry.element.get("mimeType") not in (MIME_TYPES[:1] if signature else MIME_TYPES):
        yield _wrong(where, "mimeType")
    if not entry.title or (signature and entry.title != "Source"):
        yield _wrong(where, "title")
    for name, pattern, least, most in SLOTS:
        yield from _slot(entry, name, pattern, least, most)
    if entry.slot("languageCode") != ["art" if signature else "fr-FR"]:
        yield _wrong(where, "languageCode")
    if any(_future(value, now) for value in entry.slot("creationTime")):
        yield _wrong(where, "creationTime")
    for scheme, name, systems, codes in SIGNATURE_CODES if signature else CODES:
        found = entry.coded(scheme)
        if len(found) != 1 or not _is_coded(found[0], systems, codes):
            yield _wrong(where, name)
    yield from _oid(entry, rim.UNIQUE, "uniqueId")
    yield from _patient(entry, rim.PATIENT, user)
    yield from _author(entry, rim.AUTHOR, user)
    yield from _source(entry, signature)
    yield from check_confidentiality(entry)


def check_same(document: RimObject, signature: RimObject) -> Iterator[Problem]:
    """The signature's entry repeats what the first document says of its origin (§6)."""
    for name, said, meant in (
        ("author", signature.authors, document.authors),
        ("healthcareFacilityTypeCode", signature.code(rim.FACILITY), document.code(rim.FACILITY)),
        ("practiceSettingCode", signature.code(rim.PRACTICE), document.code(rim.PRACTICE)),
        ("serviceStartTime", signature.one("serviceStartTime"), document.one("serviceStartTime")),
    ):
        if said != meant:
            yield _wrong(signature.identifier, name)


def _source(entry: RimObject, signature: bool) -> Iterator[Problem]:
    signers = entry.slot("legalAuthenticator")
    if signature and signers:
        yield _wrong(entry.identifier, "legalAuthenticator")
    if not signature and (len(signers) != 1 or not XCN.fullmatch(signers[0])):
        yield _wrong(entry.identifier, "legalAuthenticator")
    if len(entry.slot("sourcePatientId")) != 1:
        yield _wrong(entry.identifier, "sourcePatientId")
    if not any(one.startswith("PID-5|") for one in entry.slot("sourcePatientInfo")):
        yield _wrong(entry.identifier, "sourcePatientInfo")


def check_confidentiality(entry: RimObject) -> Iterator[Problem]:
    """Codes, their number and their combinations (§5.6)."""
    signature = is_signature(entry)
    found = entry.coded(rim.CONFIDENTIALITY)
    codes = [one.code for one in found]
    wrong = (
        not 1 <= len(codes) <= 4
        or len(set(codes)) != len(codes)
        or any(one.scheme != CONFIDENTIALITY.get(one.code, "?") for one in found)
        or "N" not in codes
    )
    if signature:
        wrong = wrong or set(codes) != {"N", "MASQUE_PS", "INVISIBLE_PATIENT"}
    else:  # parameter cumul-invisible_patient-masque_ps is false (§5.6)
        wrong = wrong or {"MASQUE_PS", "INVISIBLE_PATIENT"} <= set(codes)
        wrong = wrong or {"INVISIBLE_PATIENT", "INVISIBLE_REPRESENTANTS_LEGAUX"} <= set(codes)
    if wrong:
        yield _wrong(entry.identifier, "confidentialityCode")


def _author(which: RimObject, scheme: str, user: User) -> Iterator[Problem]:
    authors = which.coded(scheme)
    if not authors:
        yield _wrong(which.identifier, "author")
        return
    for author in authors:
        person, institution = author.slot("authorPerson"), author.slot("authorInstitution")
        speciality = author.slot("authorSpecialty")
        silent = scheme == rim.SET_AUTHOR and user.is_cpe  # a secretary has no speciality
        if (
            author.code
            or len(person) != 1
            or not XCN.fullmatch(person[0])
            or not institution
            or not all(XON.fullmatch(one) for one in institution)
            or not (speciality or silent)
            or not all(SPECIALITY.fullmatch(one) for one in speciality)
        ):
            yield _wrong(which.identifier, "author")
            return
    if scheme == rim.SET_AUTHOR and not _speaks(authors, user):
        yield Problem(METADATA, NO_INSTITUTION)


def _speaks(authors: list[Coded], user: User) -> bool:
    return any(
        author.slot("authorPerson")[0].partition("^")[0] == user.national_id
        and any(
            one.rpartition("^")[2] == user.structure for one in author.slot("authorInstitution")
        )
        and (
            user.is_cpe
            or any(f"/{user.speciality}^" in one for one in author.slot("authorSpecialty"))
        )
        for author in authors
    )


def _patient(which: RimObject, scheme: str, user: User) -> Iterator[Problem]:
    if which.external(scheme) != [user.patient.cx]:
        yield Problem("XDSPatientIdDoesNotMatch", f"{which.identifier}: patientId")


def _oid(which: RimObject, scheme: str, name: str) -> Iterator[Problem]:
    values = which.external(scheme)
    if len(values) != 1 or not OID.fullmatch(values[0]) or len(values[0]) > 64:
        yield _wrong(which.identifier, name)


def _slot(
    which: RimObject, name: str, pattern: re.Pattern[str], least: int, most: int
) -> Iterator[Problem]:
    values = which.slot(name)
    if not least <= len(values) <= most or not all(pattern.fullmatch(one) for one in values):
        yield _wrong(which.identifier, name)


def _is_coded(one: Coded, systems: tuple[str, ...], codes: tuple[str, ...]) -> bool:
    known = not codes or one.code in codes
    return bool(one.code and one.label) and one.scheme in systems and known


def _future(value: str, now: dt.datetime) -> bool:
    return value > (now + FUTURE).strftime("%Y%m%d%H%M%S")


def _wrong(where: str, what: str) -> Problem:
    return Problem(METADATA, f"{where}: {what} absent ou incorrect")

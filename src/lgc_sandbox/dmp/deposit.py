"""A document that another professional put into the DMP before the cabinet came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lxml import etree

from lgc_sandbox.dmp import rim
from lgc_sandbox.dmp.registry import REPOSITORY, Submission, sha1
from lgc_sandbox.xml import NS, parse, tag, text

CLASSES = {
    "10": "Compte rendu",
    "11": "Synthèse",
    "31": "Imagerie",
    "42": "Prescription",
    "43": "Dispensation",
    "44": "Plan de soins",
    "45": "Traitement administré",
    "52": "Certificat",
    "60": "Remboursement",
    "90": "Document du patient",
}
CONFIDENTIALITY_SYSTEM, MASKS_SYSTEM = "2.16.840.1.113883.5.25", "1.2.250.1.213.1.1.4.13"
LABELS = {
    "N": "Normal",
    "MASQUE_PS": "Masqué aux professionnels de santé",
    "INVISIBLE_PATIENT": "Non visible par le patient",
    "INVISIBLE_REPRESENTANTS_LEGAUX": "Non visible par les représentants légaux du patient",
}
PRACTICES = "1.2.250.1.213.1.1.4.9"
SECTORS = "1.2.250.1.71.4.2.4"
IHE_FORMATS, FORMATS = "1.3.6.1.4.1.19376.1.2.3", "1.2.250.1.213.1.1.4.2.282"


def submission(ins: str, oid: str, cda: bytes, entry: Mapping[str, Any]) -> Submission:
    """Metadata of ``cda`` from ``entry``, in a submission set of its own."""
    unique_id = text(parse(cda), "hl7:id/@root")
    patient = f"{ins}^^^&{oid}&ISO^NH"
    document = _document(cda, unique_id, patient, entry)
    package = _package(unique_id, patient, entry)
    member = rim.association(rim.HAS_MEMBER, package.get("id", ""), document.get("id", ""))
    return Submission(ins, package, [(document, cda)], [member])


def utc(value: str | dt.datetime) -> str:
    """``yyyyMMddHHmmss`` in UTC from an aware datetime, an ISO or an HL7 time."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y%m%d%H%M%S")
    if "-" in value[:5]:
        return utc(dt.datetime.fromisoformat(value))
    return hl7_utc(value)


def hl7_utc(value: str) -> str:
    """An HL7 time with an offset becomes UTC; without one its digits are kept."""
    for sign in "+-":
        digits, found, offset = value.partition(sign)
        if found and len(offset) == 4 and offset.isdigit() and len(digits) >= 8:
            form = "%Y%m%d%H%M%S"[: len(digits[:14]) - 2]
            try:
                local = dt.datetime.strptime(digits[:14] + sign + offset, form + "%z")
            except ValueError:
                break  # not a date: let it differ from whatever it is compared with
            return local.astimezone(dt.UTC).strftime("%Y%m%d%H%M%S")[: max(12, len(digits[:14]))]
    return value[:14]


def _document(cda: bytes, unique_id: str, patient: str, entry: Mapping[str, Any]) -> etree._Element:
    made = etree.Element(tag("rim", "ExtrinsicObject"), nsmap={"rim": NS["rim"]})
    uuid = rim.new_uuid()
    for key, value in (
        *(("id", uuid), ("lid", uuid), ("objectType", rim.DOCUMENT), ("mimeType", "text/xml")),
        ("status", rim.APPROVED),
    ):
        made.set(key, value)
    for name, values in (
        ("creationTime", [utc(entry["creation_time"])]),
        ("languageCode", ["fr-FR"]),
        ("legalAuthenticator", [entry["author_person"]]),
        ("serviceStartTime", [utc(entry["service_start"])]),
        ("sourcePatientId", [patient]),
        ("sourcePatientInfo", list(entry["patient_info"])),
        ("repositoryUniqueId", [REPOSITORY]),
        ("hash", [sha1(cda)]),
        ("size", [str(len(cda))]),
    ):
        rim.add_slot(made, name, values)
    rim.add_name(made, entry["title"])
    rim.rim(made, "VersionInfo", versionName="1")
    rim.add_author(made, rim.AUTHOR, _author(entry))
    class_code, format_code = entry["class_code"], entry["format_code"]
    ihe = format_code.startswith("urn:ihe:")
    for scheme, code, system, label in (
        (rim.CLASS, class_code, "1.2.250.1.213.1.1.4.1", CLASSES.get(class_code, class_code)),
        (rim.TYPE, entry["type_code"], entry["type_system"], entry["type_label"]),
        (rim.FORMAT, format_code, IHE_FORMATS if ihe else FORMATS, format_code),
        (rim.FACILITY, *_facility(cda)),
        (rim.PRACTICE, *_practice(cda)),
    ):
        rim.add_coded(made, scheme, code, system, label)
    for code in entry.get("confidentiality") or ["N"]:
        system = CONFIDENTIALITY_SYSTEM if code == "N" else MASKS_SYSTEM
        rim.add_coded(made, rim.CONFIDENTIALITY, code, system, LABELS.get(code, code))
    rim.add_external(made, rim.PATIENT, patient, "XDSDocumentEntry.patientId")
    rim.add_external(made, rim.UNIQUE, unique_id, "XDSDocumentEntry.uniqueId")
    return made


def _facility(cda: bytes) -> tuple[str, str, str]:
    """Sector of the structure as the header says it, else a cabinet."""
    path = "hl7:componentOf//hl7:healthCareFacility/hl7:code"
    root = parse(cda)
    code = text(root, f"{path}/@code")
    label = text(root, f"{path}/@displayName") or code
    return (code, SECTORS, label) if code else ("SA07", SECTORS, "Cabinet individuel")


def _practice(cda: bytes) -> tuple[str, str, str]:
    """Setting of the care as the header says it, else ambulatory."""
    path = "hl7:documentationOf/hl7:serviceEvent//hl7:standardIndustryClassCode"
    root = parse(cda)
    code = text(root, f"{path}/@code")
    label = text(root, f"{path}/@displayName") or code
    return (code, PRACTICES, label) if code else ("AMBULATOIRE", PRACTICES, "Ambulatoire")


def _author(entry: Mapping[str, Any]) -> dict[str, str]:
    return {
        "authorPerson": entry["author_person"],
        "authorSpecialty": entry.get("author_specialty", ""),
        "authorInstitution": entry["author_institution"],
    }


def _package(unique_id: str, patient: str, entry: Mapping[str, Any]) -> etree._Element:
    made = etree.Element(tag("rim", "RegistryPackage"), nsmap={"rim": NS["rim"]})
    made.set("id", rim.new_uuid())
    made.set("status", rim.APPROVED)
    rim.add_slot(made, "submissionTime", [utc(entry["creation_time"])])
    rim.add_name(made, entry["title"])
    rim.add_author(made, rim.SET_AUTHOR, _author(entry))
    system = "1.2.250.1.213.2.2"
    rim.add_coded(made, rim.CONTENT_TYPE, "07", system, "Consultations, soins externes")
    rim.rim(
        made,
        "Classification",
        id=rim.new_uuid(),
        classificationNode=rim.SUBMISSION_NODE,
        classifiedObject=made.get("id", ""),
    )
    rim.add_external(made, rim.SET_PATIENT, patient, "XDSSubmissionSet.patientId")
    rim.add_external(made, rim.SET_SOURCE, REPOSITORY, "XDSSubmissionSet.sourceId")
    rim.add_external(made, rim.SET_UNIQUE, f"{unique_id}.1", "XDSSubmissionSet.uniqueId")
    return made

"""Codes of XDS metadata in the French profile (dmp.md §5.4 to §5.6; JDV_J57 to JDV_J62).

Labels of types, facilities and specialities come from the shipped value sets or from the
document itself; a code is never made up.
"""

from __future__ import annotations

from lgc.domain.documents import Confidentiality
from lgc.domain.professionals import Coded

LOINC = "2.16.840.1.113883.6.1"
FRENCH_TYPES = "1.2.250.1.213.1.1.4.12"
CLASSES = "1.2.250.1.213.1.1.4.1"
FRENCH_FORMATS = "1.2.250.1.213.1.1.4.2.282"
IHE_FORMATS = "1.3.6.1.4.1.19376.1.2.3"
CONFIDENTIALITY = "2.16.840.1.113883.5.25"
FRENCH_CONFIDENTIALITY = "1.2.250.1.213.1.1.4.13"
FACILITIES = "1.2.250.1.71.4.2.4"
SETTINGS = "1.2.250.1.213.1.1.4.9"
SPECIALITIES = "1.2.250.1.213.1.1.4.5"
SKILLS = "1.2.250.1.71.4.2.5"
PERSONS = "1.2.250.1.71.4.2.1"
STRUCTURES = "1.2.250.1.71.4.2.2"
INS_AUTHORITIES = (
    "1.2.250.1.213.1.4.8",
    "1.2.250.1.213.1.4.9",
    "1.2.250.1.213.1.4.10",
    "1.2.250.1.213.1.4.11",
)
# Former INS (INS-C) and social security number: neither is a local number of the practice.
NOT_LOCAL = (*INS_AUTHORITIES, "1.2.250.1.213.1.4.2", "1.2.250.1.213.1.4.13")

CLASS_LABELS = {
    "10": "Compte rendu",
    "11": "Synthèse",
    "31": "Imagerie",
    "42": "Prescription",
    "43": "Dispensation",
    "44": "Plan de soins",
    "45": "Traitement administré",
    "52": "Certificat",
    "60": "Remboursement",
    "90": "Patient",
    "95": "Gestion",
}
PATIENT_CLASS = "90"

# §5.4; where ASS_X04 could not be read the sheet marks its own default as inferred.
CLASS_OF_TYPE = {
    "11488-4": "10",
    "SYNTH": "11",
    "60591-5": "11",
    "34133-9": "11",
    "11490-0": "10",
    "34112-3": "10",
    "11502-2": "10",
    "18748-4": "31",
    "57833-6": "42",
    "PRESC-BIO": "42",
    "PRESC-KINE": "42",
    "PRESC-INF": "42",
    "PRESC-ORTHOPHO": "42",
    "PRESC-AAT": "42",
    "57828-6": "42",
    "57832-8": "42",
    "55115-0": "42",
    "89601-9": "52",
    "CERT_DECL": "52",
    "18776-5": "44",
    "59283-2": "10",
}
DEFAULT_CLASS = "10"

# §5.5, most telling template first: a document may carry several.
FORMAT_OF_TEMPLATE = {
    "1.2.250.1.213.1.1.1.13": Coded("urn:asip:ci-sis:vsm:2012", FRENCH_FORMATS),
    "1.2.250.1.213.1.1.1.51": Coded("urn:ihe:pcc:ips:2020", FRENCH_FORMATS),
    "1.3.6.1.4.1.19376.1.3.3": Coded("urn:ihe:lab:xd-lab:2008", IHE_FORMATS),
    "1.2.250.1.213.1.1.1.55": Coded("urn:ihe:lab:xd-lab:2008", IHE_FORMATS),
    "1.2.250.1.213.1.1.1.39": Coded("urn:ihe:pharm:pre:2010", IHE_FORMATS),
    "1.2.250.1.213.1.1.1.54": Coded("urn:ihe:pharm:dis:2010", IHE_FORMATS),
    "1.2.250.1.213.1.1.1.52": Coded("urn:ans:ci-sis:bio-ep-bio:2022", FRENCH_FORMATS),
    "1.2.250.1.213.1.1.1.47": Coded("urn:ans:ci-sis:img-da:2022", FRENCH_FORMATS),
}
UNKNOWN_STRUCTURED = Coded(
    "urn:asipSante:modelesHorsProfils:2011", FRENCH_FORMATS, "Document structuré hors profil"
)
FORMAT_OF_BODY = {
    "application/pdf": Coded("urn:ihe:iti:xds-sd:pdf:2008", IHE_FORMATS, "Corps en PDF/A-1"),
    "text/plain": Coded("urn:ihe:iti:xds-sd:text:2008", IHE_FORMATS, "Corps en texte"),
    "text/rtf": Coded("urn:ihe:iti-fr:xds-sd:rtf:2010", FRENCH_FORMATS, "Corps en RTF"),
    "application/rtf": Coded("urn:ihe:iti-fr:xds-sd:rtf:2010", FRENCH_FORMATS, "Corps en RTF"),
    "image/jpeg": Coded("urn:ihe:iti-fr:xds-sd:jpeg:2010", FRENCH_FORMATS, "Corps en JPEG"),
    "image/tiff": Coded("urn:ihe:iti-fr:xds-sd:tiff:2010", FRENCH_FORMATS, "Corps en TIFF"),
}
FORMAT_LABELS = {
    "urn:asip:ci-sis:vsm:2012": "Volet de synthèse médicale",
    "urn:ihe:pcc:ips:2020": "Synthèse médicale",
    "urn:ihe:lab:xd-lab:2008": "Compte rendu d’examens biologiques",
    "urn:ihe:pharm:pre:2010": "Prescription de produits de santé",
    "urn:ihe:pharm:dis:2010": "Dispensation de produits de santé",
    "urn:ans:ci-sis:bio-ep-bio:2022": "Prescription d’actes de biologie médicale",
    "urn:ans:ci-sis:img-da:2022": "Demande d’acte d’imagerie",
}

CONFIDENTIALITY_LABELS = {"N": "Normal", "R": "Restreint", "V": "Très restreint"}
DOCTOR_CHOICE = {
    Confidentiality.VISIBLE: (),
    Confidentiality.MASKED_TO_PROFESSIONALS: (
        Coded("MASQUE_PS", FRENCH_CONFIDENTIALITY, "Masqué aux professionnels de santé"),
    ),
    Confidentiality.INVISIBLE_TO_PATIENT: (
        Coded("INVISIBLE_PATIENT", FRENCH_CONFIDENTIALITY, "Non visible par le patient"),
    ),
    Confidentiality.INVISIBLE_TO_GUARDIANS: (
        Coded(
            "INVISIBLE_REPRESENTANTS_LEGAUX",
            FRENCH_CONFIDENTIALITY,
            "Non visible par les représentants légaux du patient",
        ),
    ),
}
NORMAL = Coded("N", CONFIDENTIALITY, "Normal")

AMBULATORY = Coded("AMBULATOIRE", SETTINGS, "Ambulatoire")
CONSULTATIONS = Coded("07", "1.2.250.1.213.2.2", "Consultations, soins externes")

SIGNATURE_TYPE = Coded("E1762", "ASTM", "Full Document")
SIGNATURE_CLASS = Coded("urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1", "URN", "Digital Signature")
SIGNATURE_FORMAT = Coded("http://www.w3.org/2000/09/xmldsig#", "URN", "Default Signature Style")
SIGNATURE_PURPOSE = Coded("1.2.840.10065.1.12.1.14", "1.2.840.10065.1.12", "Source")


def class_of(type_code: Coded) -> Coded:
    """The classCode a typeCode belongs to (ASS_X04), ``10`` when the table does not know it."""
    code = CLASS_OF_TYPE.get(type_code.code, DEFAULT_CLASS)
    return Coded(code, CLASSES, CLASS_LABELS[code])


def format_of(template_ids: tuple[str, ...], body_media_type: str) -> Coded:
    """The formatCode (ASS_A11): by the body when unstructured, by the template otherwise."""
    if body_media_type:
        return FORMAT_OF_BODY.get(body_media_type, UNKNOWN_STRUCTURED)
    for template, found in FORMAT_OF_TEMPLATE.items():
        if template in template_ids:
            return Coded(found.code, found.system, FORMAT_LABELS[found.code])
    return UNKNOWN_STRUCTURED

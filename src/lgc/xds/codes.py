"""Codes of XDS metadata in the French profile (dmp.md §5.4 to §5.6; JDV_J57 to JDV_J62).

Labels of types, facilities and specialities come from the shipped value sets or from the
document itself; classes and formats are ``terminology.document_codes``. A code is never made up.
"""

from __future__ import annotations

from lgc.domain.documents import Confidentiality
from lgc.domain.professionals import Coded

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

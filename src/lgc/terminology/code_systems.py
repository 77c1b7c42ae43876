"""Code systems by OID, and the name a document writes beside a code (cda-vsm §5)."""

from __future__ import annotations

LOINC = "2.16.840.1.113883.6.1"
SNOMED_CT = "2.16.840.1.113883.6.96"
CIM_10 = "2.16.840.1.113883.6.3"
CCAM = "1.2.250.1.215.300.1"
CIS = "1.2.250.1.213.2.3.1"
CIP = "1.2.250.1.213.2.3.2"
UCD_OR_CIP = "1.2.250.1.213.2.3.3"
ATC = "2.16.840.1.113883.6.73"
MEDICABASE = "1.2.250.1.213.2.59"
NABM = "1.2.250.1.213.2.7"
ACT_CODE = "2.16.840.1.113883.5.4"
ROLE_CODE = "2.16.840.1.113883.5.111"
EDQM = "0.4.0.127.0.16.1.1.2.1"

NAMES = {
    LOINC: "LOINC",
    SNOMED_CT: "SNOMED CT",
    CIM_10: "CIM10",
    CCAM: "CCAM",
    CIS: "CIS",
    CIP: "CIP",
    ATC: "ATC",
    MEDICABASE: "Medicabase",
    NABM: "NABM",
    ACT_CODE: "HL7:ActCode",
    ROLE_CODE: "RoleCode",
    EDQM: "EDQM",
}

DRUGS = frozenset((CIS, CIP, UCD_OR_CIP, ATC, MEDICABASE))


def name_of(system: str) -> str:
    """The usual short name of a code system, empty when it has none here."""
    return NAMES.get(system, "")

"""Names shared by what writes and what reads CDA: namespaces and OIDs (cda-vsm §2, §3, §4)."""

from __future__ import annotations

HL7 = "urn:hl7-org:v3"
LAB = "urn:oid:1.3.6.1.4.1.19376.1.3.2"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
NS = {"h": HL7, "lab": LAB, "xsi": XSI}

CDA_FRANCE = "2.16.840.1.113883.2.8.2.1"
CI_SIS = "1.2.250.1.213.1.1.1.1"
N1 = "1.3.6.1.4.1.19376.1.2.20"

PROFESSIONAL_ID = "1.2.250.1.71.4.2.1"
STRUCTURE_ID = "1.2.250.1.71.4.2.2"
SPECIALITY_SYSTEM = "1.2.250.1.213.1.1.4.5"

PCC = "1.3.6.1.4.1.19376.1.5.3.1"
CCD = "2.16.840.1.113883.10.20.1"
FR_SECTION = "1.2.250.1.213.1.1.2"
FR_ENTRY = "1.2.250.1.213.1.1.3"
PDF_COPY = "55108-5"
"""LOINC « Copie du document »: the section that holds the PDF of a structured document."""
LAB_TEMPLATE = "1.3.6.1.4.1.19376.1.3"


def tag(name: str) -> str:
    """The qualified name of an HL7 v3 element."""
    return f"{{{HL7}}}{name}"

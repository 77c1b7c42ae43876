"""Elements and codes shared by the header and the bodies of the CDA made here."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from lxml import etree

HL7, XSI = "urn:hl7-org:v3", "http://www.w3.org/2001/XMLSchema-instance"
LAB = "urn:oid:1.3.6.1.4.1.19376.1.3.2"
LOINC, INTERPRETATION = "2.16.840.1.113883.6.1", "2.16.840.1.113883.5.83"
NAMESPACE = uuid.UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")

# Chapters of a laboratory report: title → LOINC code, as the official samples write them.
CHAPTERS = {
    "Biochimie": "18719-5",
    "Hématologie": "18723-7",
    "Hémostase, coagulation": "18720-3",
    "Microbiologie": "18725-2",
    "Sérologie": "18727-8",
    "Protéines, marqueurs tumoraux, vitamines": "18718-7",
}


def unique_id(*parts: str) -> str:
    """A plain OID that depends only on what the thing is."""
    return f"2.25.{uuid.uuid5(NAMESPACE, '|'.join(parts)).int}"


def add(parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
    """A new last child in the HL7 namespace."""
    return etree.SubElement(parent, f"{{{HL7}}}{tag}", attributes)


def add_code(parent: etree._Element, code: str, label: str) -> etree._Element:
    """A LOINC code."""
    return add(parent, "code", code=code, codeSystem=LOINC, displayName=label)


def add_templates(parent: etree._Element, *roots: str) -> None:
    """One templateId per root."""
    for root in roots:
        add(parent, "templateId", root=root)


def chapters(document: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """Results of a report by chapter, in the order of the report. Raises ValueError."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for result in document["results"]:
        if result["chapter"] not in CHAPTERS:
            raise ValueError(f"no code for the chapter {result['chapter']!r}")
        found.setdefault(result["chapter"], []).append(result)
    return found

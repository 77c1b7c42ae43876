"""Checks of every element, wherever it stands: identifiers, codes, times, quantities, ids."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from lgc.cda import names
from lgc.cda.finding import Finding, error
from lgc.cda.values import xsi_type

OID = re.compile(r"[0-2](\.(0|[1-9]\d*))*")
UUID = re.compile(r"[A-Fa-f\d]{8}(-[A-Fa-f\d]{4}){3}-[A-Fa-f\d]{12}")
RUID = re.compile(r"[A-Za-z][A-Za-z0-9\-]*")
TIME = re.compile(r"\d{1,8}|(\d{9,14}|\d{14}\.\d+)([+\-]\d{1,4})?")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
INTEGER = re.compile(r"[+-]?\d+")
TOKEN = re.compile(r"\S+")
NULLS = frozenset(
    ["NI", "OTH", "NINF", "PINF", "UNK", "ASKU", "NAV", "NASK", "TRC", "MSK", "NA", "QS"]
)
TIMES = frozenset(("effectiveTime", "time", "birthTime", "expirationTime", "copyTime"))
BOUNDS = frozenset(("low", "high", "center"))
MEASURES = frozenset(("PQ", "REAL", "MO"))
WHOLES = frozenset(("versionNumber", "repeatNumber", "sequenceNumber"))


def everywhere(document: etree._Element) -> Iterator[Finding]:
    """One walk over the document."""
    for node in document.iter(f"{{{names.HL7}}}*"):
        name = etree.QName(node).localname
        yield from _identifiers(node)
        yield from _tokens(node)
        if _is_time(node, name) and not _fits(TIME, node.get("value")):
            yield error(node, f"La date «\u00a0{node.get('value')}\u00a0» est mal formée.")
        if _is_measure(node, name) and not _fits(NUMBER, node.get("value")):
            yield error(node, f"La valeur «\u00a0{node.get('value')}\u00a0» n’est pas un nombre.")
        if name in WHOLES and not _fits(INTEGER, node.get("value")):
            yield error(node, f"«\u00a0{node.get('value')}\u00a0» n’est pas un nombre entier.")


FLAGS = ("negationInd", "inversionInd", "contextConductionInd")
AMOUNTS = frozenset(("doseQuantity", "rateQuantity", "maxDoseQuantity", "period", "repeatNumber"))
NAME = re.compile(r"[^\W\d][\w.\-]*")


def _fits(pattern: re.Pattern[str], text: str | None) -> bool:
    return text is None or pattern.fullmatch(text.strip()) is not None


def _identifiers(node: etree._Element) -> Iterator[Finding]:
    for attribute in ("root", "codeSystem"):
        text = node.get(attribute)
        if text is not None and not any(kind.fullmatch(text) for kind in (OID, UUID, RUID)):
            yield error(
                node, f"«\u00a0{text}\u00a0» n’est ni un OID ni un UUID (attribut {attribute})."
            )


def _tokens(node: etree._Element) -> Iterator[Finding]:
    null = node.get("nullFlavor")
    if null is not None and null not in NULLS:
        yield error(node, f"La raison d’absence «\u00a0{null}\u00a0» n’existe pas.")
    for attribute in FLAGS:
        if node.get(attribute) not in (None, "true", "false"):
            yield error(node, f"L’attribut {attribute} doit être vrai ou faux.")
    if not _fits(NAME, node.get("ID")):
        yield error(node, f"Le repère «\u00a0{node.get('ID')}\u00a0» est mal formé.")
    for attribute in ("code", "unit", "classCode", "moodCode", "typeCode", "mediaType"):
        text = node.get(attribute)
        if text is not None and not TOKEN.fullmatch(text.strip()):
            yield error(node, f"L’attribut {attribute} est vide ou contient une espace.")


def _is_time(node: etree._Element, name: str) -> bool:
    if name in TIMES:
        return True
    parent = node.getparent()
    return name in BOUNDS and parent is not None and etree.QName(parent).localname in TIMES


def _is_measure(node: etree._Element, name: str) -> bool:
    if name == "value" and xsi_type(node) in MEASURES:
        return True
    parent = node.getparent()
    if name not in BOUNDS or parent is None:
        return name == "period"
    return xsi_type(parent) == "IVL_PQ" or etree.QName(parent).localname in AMOUNTS

"""Checks of what elements and templates hold, whatever the kind of document (cda-vsm §4.1).

Three tables: children that an element cannot do without, templates that come together, and
entries that a section or an entry announces by its template.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from lgc.cda.finding import Finding, error, warning
from lgc.cda.names import CCD, HL7, PCC, tag
from lgc.cda.values import find, find_all
from lgc.terminology.code_systems import LOINC

# Element → alternatives, one of which at least must be there.
_CHILDREN: dict[str, tuple[tuple[str, ...], ...]] = {
    "act": (("code",),),
    "assignedAuthor": (("id",),),
    "assignedCustodian": (("representedCustodianOrganization",),),
    "assignedEntity": (("id",),),
    "authenticator": (("time",), ("signatureCode",), ("assignedEntity",)),
    "author": (("time",), ("assignedAuthor",)),
    "birthplace": (("place",),),
    "consumable": (("manufacturedProduct",),),
    "custodian": (("assignedCustodian",),),
    "documentationOf": (("serviceEvent",),),
    "informant": (("assignedEntity", "relatedEntity"),),
    "list": (("item",),),
    "location": (("healthCareFacility", "addr", "name", "id"),),
    "manufacturedProduct": (("manufacturedMaterial", "manufacturedLabeledDrug"),),
    "maxDoseQuantity": (("numerator",), ("denominator",)),
    "observation": (("code",),),
    "observationMedia": (("value",),),
    "organizer": (("statusCode",),),
    "performer": (("assignedEntity",),),
    "recordTarget": (("patientRole",),),
    "referenceRange": (("observationRange",),),
    "relatedEntity": (("relatedPerson",),),
    "relatedPerson": (("name",),),
    "responsibleParty": (("assignedEntity",),),
    "specimen": (("specimenRole",),),
    "table": (("tbody",),),
    "tbody": (("tr",),),
    "tfoot": (("tr",),),
    "thead": (("tr",),),
    "tr": (("td", "th"),),
}
_HOLDERS = frozenset(("component", "entry", "entryRelationship"))
_APART = frozenset(
    ("realmCode", "typeId", "templateId", "sequenceNumber", "seperatableInd", "priorityNumber")
)
_TIMES = frozenset(("effectiveTime", "time", "low", "high", "birthTime"))
_NAMED = frozenset(("assignedPerson", "associatedPerson", "relatedPerson"))


def children(document: etree._Element) -> Iterator[Finding]:
    for node in document.iter(f"{{{HL7}}}*"):
        name = etree.QName(node).localname
        if node.get("nullFlavor") is not None:
            continue
        held = {etree.QName(one).localname for one in node.iterchildren(etree.Element)}
        for needed in _CHILDREN.get(name, ()):
            if held.isdisjoint(needed):
                yield error(
                    node, f"L’élément «\u00a0{needed[0]}\u00a0» manque dans «\u00a0{name}\u00a0»."
                )
        if name in _HOLDERS and not held - _APART:
            yield error(node, f"L’élément «\u00a0{name}\u00a0» est vide.")
        if name in _TIMES and not held and not node.attrib:
            told = warning if _is_in_body(node) else error
            yield told(node, "Une date est vide.")
        yield from _attributes(node, name)
        if name in _NAMED and not _is_in_body(node):
            yield from _family(node)


_ACTS = ("act", "observation", "organizer", "procedure", "substanceAdministration", "supply")
# Element → attributes without which it means nothing.
_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys((*_ACTS, "encounter", "observationMedia"), ("classCode", "moodCode")),
    "entryRelationship": ("typeCode",),
    "participant": ("typeCode",),
    "relatedDocument": ("typeCode",),
}
_CODED = frozenset(
    (
        "code",
        "functionCode",
        "standardIndustryClassCode",
        "administrativeGenderCode",
        "confidentialityCode",
        "routeCode",
    )
)


def _attributes(node: etree._Element, name: str) -> Iterator[Finding]:
    for needed in _ATTRIBUTES.get(name, ()):
        if node.get(needed) is None:
            yield error(node, f"L’attribut {needed} manque dans «\u00a0{name}\u00a0».")
    if name == "performer" and not _is_in_body(node) and node.get("typeCode") is None:
        yield error(node, "L’attribut typeCode manque dans «\u00a0performer\u00a0».")
    if name in _CODED and node.get("code") and not node.get("codeSystem"):
        yield error(node, f"Le code «\u00a0{node.get('code')}\u00a0» ne dit pas sa nomenclature.")
    if name in _CODED and not node.get("code") and not len(node) and not _is_in_body(node):
        yield error(node, f"L’élément «\u00a0{name}\u00a0» n’a pas de code.")
    if name == "reference" and _points(node) and not node.get("value"):
        yield warning(node, "Un renvoi ne dit pas vers quoi.")


def _points(reference: etree._Element) -> bool:
    holder = reference.getparent()
    return holder is not None and holder.tag in (tag("text"), tag("originalText"))


def _family(person: etree._Element) -> Iterator[Finding]:
    for name in find_all(person, "h:name"):
        if name.get("nullFlavor") is None and find(name, "h:family") is None:
            yield error(name, "Une personne de l’en-tête n’a pas de nom.")


def _is_in_body(node: etree._Element) -> bool:
    return next(node.iterancestors(tag("structuredBody")), None) is not None


# What a prescription says of each drug: off label, ALD, work accident, refund.
SAID = tuple(f"1.2.250.1.213.1.1.3.48.{number}" for number in (12, 13, 14, 15))
# Template → those that it specialises and that must stand beside it.
_BESIDE: dict[str, tuple[str, ...]] = {
    f"{PCC}.3.6": (f"{CCD}.11",),
    f"{PCC}.3.12": (f"{CCD}.12", f"{PCC}.3.11"),
    f"{PCC}.3.13": (f"{CCD}.2",),
    f"{PCC}.3.15": (f"{CCD}.4", f"{PCC}.3.14"),
    f"{PCC}.3.16.1": (f"{CCD}.15", f"{PCC}.3.16"),
    f"{PCC}.3.19": (f"{CCD}.8",),
    f"{PCC}.3.23": (f"{CCD}.6",),
    f"{PCC}.4.2": (f"{CCD}.40",),
    f"{PCC}.4.5": (f"{CCD}.28",),
    f"{PCC}.4.5.2": (f"{CCD}.27", f"{PCC}.4.5.1"),
    f"{PCC}.4.5.3": (f"{CCD}.27", f"{PCC}.4.5.1"),
    f"{PCC}.4.6": (f"{CCD}.18", f"{PCC}.4.5"),
    f"{PCC}.4.7": (f"{CCD}.24",),
    f"{PCC}.4.7.2": (f"{CCD}.53",),
    f"{PCC}.4.12": (f"{CCD}.24",),
    f"{PCC}.4.13.3": (f"{PCC}.4.13", f"{CCD}.22"),
    f"{PCC}.4.13.4": (f"{PCC}.4.13", f"{CCD}.33"),
    f"{PCC}.4.15": (f"{CCD}.23",),
    "1.2.250.1.213.1.1.3.82": (f"{CCD}.46",),
    **dict.fromkeys(SAID, (f"{PCC}.4.13", "1.2.250.1.213.1.1.3.48")),
}
# Template of a section or an entry → one of these inside it, and what to call it.
_INSIDE: dict[str, tuple[tuple[str, ...], str]] = {
    f"{PCC}.3.6": ((f"{PCC}.4.5.2",), "aucun problème codé"),
    f"{PCC}.3.8": ((f"{PCC}.4.5.2",), "aucun antécédent codé"),
    f"{PCC}.3.12": ((f"{PCC}.4.19",), "aucun acte codé"),
    f"{PCC}.3.13": ((f"{PCC}.4.5.3",), "aucune allergie codée"),
    f"{PCC}.3.15": ((f"{PCC}.4.15",), "aucun antécédent familial codé"),
    f"{PCC}.3.16.1": ((f"{PCC}.4.13.4",), "aucune habitude codée"),
    f"{PCC}.3.19": ((f"{PCC}.4.7",), "aucun traitement codé"),
    f"{PCC}.3.20": ((f"{PCC}.4.7",), "aucun traitement codé"),
    f"{PCC}.3.23": ((f"{PCC}.4.12",), "aucune vaccination codée"),
    f"{PCC}.4.5.2": ((f"{PCC}.4.5",), "aucun problème décrit"),
    f"{PCC}.4.5.3": ((f"{PCC}.4.6",), "aucune allergie décrite"),
    f"{PCC}.4.7": ((f"{PCC}.4.7.2",), "aucun produit décrit"),
    f"{PCC}.4.12": ((f"{PCC}.4.7.2",), "aucun vaccin décrit"),
    f"{PCC}.4.15": ((f"{PCC}.4.13.3",), "aucune affection décrite"),
}
# Sections whose ``id`` is counted, beside those of the VSM.
_WITH_ID = frozenset((f"{PCC}.3.12", f"{PCC}.1.5.3.1", "1.2.250.1.213.1.1.2.222"))
# Section → the code it must have.
_SECTION_CODES = {
    f"{PCC}.3.1": "42349-1",
    f"{PCC}.3.6": "11450-4",
    f"{PCC}.3.8": "11348-0",
    f"{PCC}.3.12": "47519-4",
    f"{PCC}.3.13": "48765-2",
    f"{PCC}.3.15": "10157-6",
    f"{PCC}.3.16.1": "29762-2",
    f"{PCC}.3.19": "10160-0",
    f"{PCC}.3.20": "42346-7",
    f"{PCC}.3.23": "11369-6",
    f"{PCC}.3.27": "30954-2",
    "1.2.250.1.213.1.1.2.29": "46612-8",
    "1.2.250.1.213.1.1.2.30": "34117-2",
    "1.2.250.1.213.1.1.2.31": "57207-3",
    "1.2.250.1.213.1.1.2.32": "18776-5",
    "1.2.250.1.213.1.1.2.243": "55108-5",
}
MODES = tuple(f"{PCC}.4.{mode}" for mode in ("7.1", "8", "9", "10", "11", "21"))


def templates(document: etree._Element) -> Iterator[Finding]:
    for holder in document.iter(f"{{{HL7}}}*"):
        declared = {one.get("root") or "" for one in find_all(holder, "h:templateId")}
        for template in sorted(declared):
            missing = [one for one in _BESIDE.get(template, ()) if one not in declared]
            if missing:
                yield error(holder, f"Le modèle {template} va avec {missing[0]}, qui manque.")
            if template in _WITH_ID and find(holder, "h:id") is None:
                yield error(holder, "Cette section doit avoir un identifiant, et un seul.")
            code = _SECTION_CODES.get(template)
            if code and not _is_coded(holder, code):
                yield error(holder, f"Le code de cette section doit être {code} (LOINC).")
            if template == "1.2.250.1.213.1.1.3.42" and declared.isdisjoint(MODES):
                yield error(holder, "Le mode d’administration d’un traitement manque.")
            wanted = _INSIDE.get(template)
            if wanted and not _holds(holder, wanted[0]):
                yield error(holder, f"Le modèle {template} ne contient {wanted[1]}.")


def _is_coded(section: etree._Element, code: str) -> bool:
    found = find(section, "h:code")
    return found is not None and (found.get("code"), found.get("codeSystem")) == (code, LOINC)


def _holds(holder: etree._Element, templates: tuple[str, ...]) -> bool:
    inside = (one for child in holder for one in child.iter(tag("templateId")))
    return any(one.get("root") in templates and one.getparent() is not holder for one in inside)


CHECKS = (children, templates)

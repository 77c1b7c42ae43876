"""Checks of the codes of a document: form, existence, place, label, and what is measured.

What no table at hand can tell is not judged: the shipped nomenclatures are not whole. A label is
wrong where it is that of another code; a synonym is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from lxml import etree

from lgc.cda.check_people import Check
from lgc.cda.finding import Finding, error, warning
from lgc.cda.names import tag
from lgc.cda.values import attribute, find, find_all, has_template
from lgc.cda.vsm_body import VITAL_SIGN_UNITS
from lgc.domain.figures import exact
from lgc.domain.measures import KINDS
from lgc.terminology import code_systems as cs
from lgc.terminology import nomenclature, value_sets
from lgc.terminology.dead_codes import successor_of
from lgc.terminology.held_tables import HeldTable
from lgc.terminology.value_sets import value_set

FORMS = {
    cs.CIM_10: re.compile(r"[A-Z]\d{2}(?:\.[0-9A-Z+-]{1,4})?"),
    cs.CCAM: re.compile(r"[A-Z]{4}\d{3}"),
    cs.ATC: re.compile(r"[ABCDGHJLMNPRSV](?:\d{2}(?:[A-Z](?:[A-Z](?:\d{2})?)?)?)?"),
    cs.CIS: re.compile(r"\d{8}"),
    cs.LOINC: re.compile(r"(?:LA|LP)?\d{1,7}-\d"),
}
ACTS, DRUGS = frozenset((cs.CCAM, cs.NABM)), cs.DRUGS
DISEASES = frozenset((cs.CIM_10,))
# Section (LOINC): where its entries bear their code, and the systems that are never of that place.
PLACES = {
    "11450-4": ("h:entry/h:act/h:entryRelationship/h:observation/h:value", ACTS | DRUGS),
    "11348-0": ("h:entry/h:act/h:entryRelationship/h:observation/h:value", ACTS | DRUGS),
    "47519-4": ("h:entry/h:procedure/h:code", DISEASES | DRUGS),
    "48765-2": (
        "h:entry/h:act/h:entryRelationship/h:observation/h:participant/h:participantRole"
        "/h:playingEntity/h:code",
        ACTS | DISEASES,
    ),
    "10157-6": ("h:entry/h:organizer/h:component/h:observation/h:value", ACTS | DRUGS),
    "10160-0": (".//h:manufacturedMaterial/h:code", ACTS | DISEASES),
    "11369-6": (".//h:manufacturedMaterial/h:code", ACTS | DISEASES),
    "8716-3": (
        "h:entry/h:organizer/h:component/h:observation/h:code",
        ACTS | DISEASES | DRUGS,
    ),
}
VACCINATIONS, VACCINES = "11369-6", "J07"
VITAL_SIGN = "1.3.6.1.4.1.19376.1.5.3.1.4.13.2"
KINSHIP = ".//h:subject/h:relatedSubject/h:code"
# In the unit of its kind: the same kind may be written in another one.
_IN_KIND = {("g", "kg"): 0.001, ("m", "cm"): 100.0}


Known = Callable[[str, str], bool | None]
"""(system, code) → is it in the table in force; None where there is no table."""


def absent(document: etree._Element, known: Known) -> Iterator[Finding]:
    """Codes that the official files the practice loaded do not hold."""
    for node, code, system in _coded(document):
        if known(system, code) is False:
            name = cs.name_of(system)
            told = f"Le code {name} «\u00a0{code}\u00a0» n’est pas dans le fichier chargé."
            yield warning(node, told)


def held(document: etree._Element, tables: Mapping[str, HeldTable]) -> Iterator[Finding]:
    """Codes that the tables at hand (by OID) do not hold or withdrew, and labels that they give
    to another code."""
    owners = {system: _by_label(table) for system, table in tables.items()}
    for node, code, system in _coded(document):
        table, name = tables.get(system), cs.name_of(system)
        if table is None:
            continue
        instead = table.withdrawn.get(code)
        if instead is not None:
            told = f"Le code {name} «\u00a0{code}\u00a0» n’est plus à utiliser"
            yield error(node, f"{told} ({instead} le remplace)." if instead else f"{told}.")
        elif not table.knows(code):
            told = f"Le code {name} «\u00a0{code}\u00a0» n’est pas dans le fichier chargé."
            yield warning(node, told)
        label = node.get("displayName") or ""
        others = owners[system].get(nomenclature.fold(label), frozenset())
        if others and code not in others:
            yield error(node, _of_another(label, others, code))


def _by_label(table: HeldTable) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for code, label in table.labels.items():
        found.setdefault(nomenclature.fold(label), set()).add(code)
    return {label: frozenset(codes) for label, codes in found.items() if label}


def _of_another(label: str, owners: frozenset[str], code: str) -> str:
    other = " ou ".join(sorted(owners)[:3])
    return f"Le libellé «\u00a0{label}\u00a0» est celui de {other}, pas de {code}."


def _coded(document: etree._Element) -> Iterator[tuple[etree._Element, str, str]]:
    for node in document.iter(etree.Element):
        code, system = node.get("code"), node.get("codeSystem")
        if code is not None and system:
            yield node, code, system


def forms(document: etree._Element) -> Iterator[Finding]:
    """A code has the form of its system, its check digit, and was not withdrawn."""
    for node, code, system in _coded(document):
        form, name = FORMS.get(system), cs.name_of(system)
        if form is not None and not form.fullmatch(code):
            yield error(node, f"«\u00a0{code}\u00a0» n’a pas la forme d’un code {name}.")
        elif system == cs.LOINC and not _checked(code):
            yield error(node, f"Le code {name} «\u00a0{code}\u00a0» n’existe pas.")
        instead = successor_of(system, code)
        if instead is not None:
            told = f" ({instead} le remplace)" if instead else ""
            yield error(node, f"Le code {name} «\u00a0{code}\u00a0» a été supprimé{told}.")


def _checked(code: str) -> bool:
    """The last digit of a LOINC code is that of Luhn (LOINC Users’ Guide); parts have their own."""
    body, _, last = code.partition("-")
    if not body.isdigit():
        return True
    doubled = (int(digit) * (2 - rank % 2) for rank, digit in enumerate(reversed(body)))
    return (sum(sum(divmod(one, 10)) for one in doubled) + int(last)) % 10 == 0


def places(document: etree._Element) -> Iterator[Finding]:
    """A disease is no act, an act is no disease, and neither is a medicine."""
    for section in document.iter(tag("section")):
        path, never = PLACES.get(attribute(section, "h:code", "code"), ("", frozenset()))
        for node in find_all(section, path) if path else []:
            for one in (node, *find_all(node, "h:translation")):
                system = one.get("codeSystem", "")
                if system in never:
                    told = f"Un code {cs.name_of(system)} («\u00a0{one.get('code')}\u00a0»)"
                    yield error(one, f"{told} n’a pas sa place dans cette section.")


def vaccines(document: etree._Element) -> Iterator[Finding]:
    """What was injected is a vaccine by its ATC; a kinship is of the value set."""
    for section in document.iter(tag("section")):
        if attribute(section, "h:code", "code") != VACCINATIONS:
            continue
        for one in section.iter(tag("code"), tag("translation")):
            code = one.get("code", "")
            if one.get("codeSystem") == cs.ATC and not code.startswith(VACCINES):
                yield error(one, f"«\u00a0{code}\u00a0» n’est pas le code d’un vaccin.")
    for node in find_all(document, KINSHIP):
        code, system = node.get("code", ""), node.get("codeSystem", "")
        if code and value_set("kinship").get(code, system) is None:
            yield error(node, f"Le lien de parenté «\u00a0{code}\u00a0» n’est pas de la liste.")


def labels(document: etree._Element) -> Iterator[Finding]:
    """The label is not that of another code of the same table."""
    for node, code, system in _coded(document):
        said = nomenclature.fold(node.get("displayName") or "")
        owners = _owners(value_sets.turn()).get((system, said), frozenset())
        if owners and code not in owners:
            yield error(node, _of_another(node.get("displayName") or "", owners, code))


@lru_cache(maxsize=2)
def _owners(turn: int) -> dict[tuple[str, str], frozenset[str]]:
    """(system, folded label) → codes that bear it, of every table at hand at this ``turn``."""
    found: dict[tuple[str, str], set[str]] = {}
    for name in LABELLED:
        for coded in value_set(name).concepts.values():
            found.setdefault((coded.system, nomenclature.fold(coded.label)), set()).add(coded.code)
    for file in nomenclature.FILES:
        for term in nomenclature.terms(file):
            key = (term.code.system, nomenclature.fold(term.code.label))
            found.setdefault(key, set()).add(term.code.code)
    return {key: frozenset(codes) for key, codes in found.items() if key[1]}


LABELLED = (
    "vital_sign", "severity", "allergy_type", "problem_type", "kinship", "immunization",
    "author_speciality", "facility_type", "document_type", "practice_setting", "route",
    "administrative_gender",
)  # fmt: skip


def measured(document: etree._Element) -> Iterator[Finding]:
    """A vital sign is in a unit of its kind, and what somebody may have."""
    kinds = {kind.code: kind for kind in KINDS if kind.code}
    for observation in document.iter(tag("observation")):
        code, value = find(observation, "h:code"), find(observation, "h:value")
        kind = kinds.get(code.get("code", "")) if code is not None else None
        if kind is None or value is None or not value.get("value"):
            continue
        unit = value.get("unit") or "1"
        allowed = VITAL_SIGN_UNITS.get(kind.code, (kind.unit, "cm", "m"))
        if has_template(observation, VITAL_SIGN) and unit not in allowed:
            yield error(
                value, f"{kind.label}\u00a0: l’unité «\u00a0{unit}\u00a0» n’est pas la sienne."
            )
        held = _in_kind(value.get("value") or "", unit, kind.unit)
        if held is not None and not kind.low <= held <= kind.high:
            said = f"{exact(float(value.get('value') or 0))} {unit}"
            yield error(value, f"{kind.label}\u00a0: «\u00a0{said}\u00a0» n’est pas possible.")


def _in_kind(written: str, unit: str, wanted: str) -> float | None:
    factor = 1.0 if unit == wanted else _IN_KIND.get((unit, wanted))
    try:
        return float(written) * factor if factor is not None else None
    except ValueError:
        return None


CHECKS: tuple[Check, ...] = (forms, places, vaccines, labels, measured)

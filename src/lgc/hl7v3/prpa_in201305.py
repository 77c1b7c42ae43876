"""PRPA_IN201305UV02 and its answer 201306: find a person by traits (TD0.5, dmp.md §4.6)."""

from __future__ import annotations

from lxml import etree

from lgc.domain.dmp import FoundIdentity, TraitSearch
from lgc.errors import UnreadableInput
from lgc.hl7v3.message import Head, Refusal, date, every, first, refusal, start, sub, told

ACTION = "urn:hl7-org:v3:PRPA_IN201305UV02"
GENDERS = "2.16.840.1.113883.5.1"
MAX_CANDIDATES = 200


def build(search: TraitSearch, head: Head, query_id: str) -> etree._Element:
    """The question, valid against the NE2008 schema; empty traits are left out."""
    root, act = start("PRPA_IN201305UV02", head)
    query = sub(act, "queryByParameter")
    sub(query, "queryId", root=head.parties.sender_oid, extension=query_id)
    sub(query, "statusCode", code="new")
    listed = sub(query, "parameterList")
    if search.sex:
        gender = sub(listed, "livingSubjectAdministrativeGender")
        sub(gender, "value", code=search.sex, codeSystem=GENDERS)
        sub(gender, "semanticsText").text = "LivingSubject.administrativeGender"
    if search.birth_date is not None:
        birth = sub(listed, "livingSubjectBirthTime")
        sub(birth, "value", value=f"{search.birth_date:%Y%m%d}")
        sub(birth, "semanticsText").text = "LivingSubject.birthTime"
    named = sub(listed, "livingSubjectName")
    name = sub(named, "value")
    sub(name, "family").text = search.family_name
    if search.given_name:
        sub(name, "given").text = search.given_name
    sub(named, "semanticsText").text = "LivingSubject.name"
    if search.postal_code or search.city:
        _address(listed, search)
    return root


def _address(listed: etree._Element, search: TraitSearch) -> None:
    place = sub(listed, "patientAddress")
    value = sub(place, "value")
    for tag, text in (("postalCode", search.postal_code), ("city", search.city)):
        if text:
            sub(value, tag).text = text
    sub(place, "semanticsText").text = "Patient.addr"


def parse(body: etree._Element) -> tuple[FoundIdentity, ...] | Refusal:
    """Candidates, best first. Raises UnreadableInput when there is no query status."""
    refused = refusal(body)
    if refused is not None:
        return refused
    response = first(body, ".//h:queryAck/h:queryResponseCode/@code").upper()
    if response == "AE":
        return told(body)
    if response not in ("OK", "NF"):
        raise UnreadableInput("La réponse du DMP est incompréhensible.")
    events = every(body, ".//h:registrationEvent")[:MAX_CANDIDATES]
    return tuple(sorted(map(_candidate, events), key=lambda one: -(one.percentage or 0)))


def _candidate(event: etree._Element) -> FoundIdentity:
    person = ".//h:patientPerson"
    percentage = first(event, f"{_OBSERVED.format('POURCENTAGE')}/@value")
    refused = first(event, f"{_OBSERVED.format('OPPOSITION_ACCES_URGENCE')}/@value")
    identifiers = every(event, ".//h:patient/h:id")
    return FoundIdentity(
        identifiers=tuple((one.get("extension", ""), one.get("root", "")) for one in identifiers),
        family_name=first(
            event, f"{person}/h:name/h:family[@qualifier='BR']", f"{person}/h:name/h:family"
        ),
        given_name=first(event, f"{person}/h:name/h:given"),
        birth_date=date(first(event, f"{person}/h:birthTime/@value")),
        sex=first(event, f"{person}/h:administrativeGenderCode/@code"),
        city=first(event, f"{person}/h:addr/h:city", ".//h:patient/h:addr/h:city"),
        percentage=int(percentage) if percentage.isdecimal() and len(percentage) < 4 else None,
        emergency_access_refused=refused.lower() == "true",
    )


# Observations of a candidate hang on it in several ways; the code alone tells them apart.
_OBSERVED = ".//*[h:code/@code='{}']/h:value"

"""PRPA_IN201311 and PRPA_IN201314: create, reactivate, change or close a DMP (dmp.md §4.7).

They carry the patient's identity as the practice qualified it, the consents that were given,
and the professional who wrote them down.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from lgc.domain.dmp import Guardian, Opposition
from lgc.domain.identity import QualifiedIns
from lgc.domain.professionals import NO_ADDRESS, Address, Coded, Practitioner
from lgc.domain.telephones import numbers
from lgc.errors import UnreadableInput
from lgc.hl7v3.message import Head, Refusal, first, instant, refusal, start, sub, typed

CREATE = "urn:hl7-org:v3:PRPA_IN201311UV02"
CHANGE = "urn:hl7-org:v3:PRPA_IN201314UV02"
CONSENTS = "1.2.250.1.213.4.1.2.3"
CLOSING_MOTIVES = "1.2.250.1.213.4.1.2.4"
RELATIONSHIPS = "2.16.840.1.113883.1.11.19579"
GENDERS = "2.16.840.1.113883.5.1"
PERSONS, STRUCTURES = "1.2.250.1.71.4.2.1", "1.2.250.1.71.4.2.2"
OPENING_CONSENT = "CONSENTEMENT_OUVERTURE_DMP"
REACTIVATION_CONSENT = "CONSENTEMENT_REACTIVATION_DMP"
CLOSED_BY_PATIENT = "FERMETURE_DEMANDE_PATIENT"


@dataclass(frozen=True, slots=True)
class Subject:
    """The patient as the practice knows them, beside the INS."""

    ins: QualifiedIns
    used_name: str = ""
    address: Address = NO_ADDRESS
    telephone: str = ""
    email: str = ""
    guardian: Guardian | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One consent or opposition, with when it was given when that matters."""

    code: str
    value: bool
    at: dt.datetime | None = None


def oppositions(refused: frozenset[Opposition]) -> tuple[Observation, ...]:
    """Both oppositions, each said in full."""
    return tuple(Observation(one.value, one in refused) for one in Opposition)


def creation(
    subject: Subject,
    author: Practitioner,
    speciality: Coded | None,
    observed: Sequence[Observation],
    head: Head,
) -> etree._Element:
    """PRPA_IN201311 (TD1.1), valid against the NE2009 schema."""
    root, act = start("PRPA_IN201311UV02", head, "CREA_RD")
    patient, request = _request(act)
    _patient(patient, subject, "active", observed, provider=author)
    _author(request, author, speciality)
    return root


def change(
    subject: Subject,
    author: Practitioner,
    speciality: Coded | None,
    reason: str,
    head: Head,
    *,
    observed: Sequence[Observation] = (),
    closing: str = "",
) -> etree._Element:
    """PRPA_IN201314 (TD1.2 REAC, TD1.3b MODIF_DATA, TD1.4 FERM with the ``closing`` words)."""
    root, act = start("PRPA_IN201314UV02", head, reason)
    patient, request = _request(act)
    _patient(patient, subject, "terminated" if reason == "FERM" else "active", observed)
    _author(request, author, speciality)
    if reason == "FERM":
        why = sub(act, "reasonOf", typeCode="RSON")
        event = sub(why, "detectedIssueEvent", classCode="ALRT", moodCode="EVN")
        sub(event, "code", code=CLOSED_BY_PATIENT, codeSystem=CLOSING_MOTIVES)
        if closing:
            sub(event, "text").text = closing
    return root


def parse(body: etree._Element) -> Refusal | None:
    """None when the DMP accepted; the answer may be wrapped (201312, 313, 315 or 316).

    Raises UnreadableInput without an acknowledgement.
    """
    refused = refusal(body)
    if refused is not None:
        return refused
    said = first(body, ".//h:acknowledgement/@typeCode").upper()
    if said not in ("AA", "CA"):
        raise UnreadableInput("La réponse du DMP est incompréhensible.")
    return None


def _request(act: etree._Element) -> tuple[etree._Element, etree._Element]:
    subject = sub(act, "subject", typeCode="SUBJ")
    request = sub(subject, "registrationRequest", classCode="REG", moodCode="RQO")
    sub(request, "statusCode", code="active")
    role = sub(request, "subject1", typeCode="SBJ")
    return sub(role, "patient", classCode="PAT"), request


def _patient(
    patient: etree._Element,
    subject: Subject,
    status: str,
    observed: Sequence[Observation],
    provider: Practitioner | None = None,
) -> None:
    ins = subject.ins.ins
    sub(patient, "id", root=ins.oid, extension=ins.matricule)
    sub(patient, "statusCode", code=status)
    _person(sub(patient, "patientPerson", classCode="PSN", determinerCode="INSTANCE"), subject)
    if provider is not None:
        _organisation(patient, "providerOrganization", provider)
    for one in observed:
        holder = sub(patient, "subjectOf", typeCode="SBJ")
        node = sub(holder, "administrativeObservation", classCode="OBS", moodCode="EVN")
        sub(node, "code", code=one.code, codeSystem=CONSENTS)
        if one.at is not None:
            sub(node, "effectiveTime", value=instant(one.at))
        typed(sub(node, "value", value="true" if one.value else "false"), "BL")


def _person(person: etree._Element, subject: Subject) -> None:
    traits = subject.ins.traits
    name = sub(person, "name")
    for given in traits.birth_given_names:
        sub(name, "given").text = given
    sub(name, "family", qualifier="BR").text = traits.birth_name
    if subject.used_name:
        sub(name, "family", qualifier="SP").text = subject.used_name
    mail = "".join(subject.email.split())
    for url in (*_dialled(subject.telephone), *((f"mailto:{mail}",) if mail else ())):
        sub(person, "telecom", value=url)
    sub(person, "administrativeGenderCode", code=traits.sex.value, codeSystem=GENDERS)
    sub(person, "birthTime", value=f"{traits.birth_date:%Y%m%d}")
    _address(person, subject.address)
    if subject.guardian is not None:
        _guardian(person, subject.guardian)


def _address(person: etree._Element, address: Address) -> None:
    if address == NO_ADDRESS:
        return
    node = sub(person, "addr")
    for line in address.lines:
        sub(node, "streetAddressLine").text = line
    for tag, text in (("postalCode", address.postal_code), ("city", address.city)):
        if text:
            sub(node, tag).text = text


def _guardian(person: etree._Element, guardian: Guardian) -> None:
    relation = sub(person, "personalRelationship", classCode="PRS")
    sub(relation, "code", code=guardian.code, codeSystem=RELATIONSHIPS)
    holder = sub(relation, "relationshipHolder1", classCode="PSN", determinerCode="INSTANCE")
    name = sub(holder, "name")
    sub(name, "given").text = guardian.given_name
    sub(name, "family").text = guardian.family_name


def _author(request: etree._Element, author: Practitioner, speciality: Coded | None) -> None:
    entity = sub(sub(request, "author", typeCode="AUT"), "assignedEntity", classCode="ASSIGNED")
    sub(entity, "id", root=PERSONS, extension=author.holder.national_id)
    if speciality is not None:
        coded: Mapping[str, str] = {
            "code": speciality.code,
            "codeSystem": speciality.system,
            "displayName": speciality.label,
        }
        sub(entity, "code", **{name: text for name, text in coded.items() if text})
    person = sub(entity, "assignedPerson", classCode="PSN", determinerCode="INSTANCE")
    name = sub(person, "name")
    sub(name, "given").text = author.holder.given_name
    sub(name, "family").text = author.holder.family_name
    _organisation(entity, "representedOrganization", author)


def _organisation(parent: etree._Element, tag: str, author: Practitioner) -> None:
    place = author.place
    node = sub(parent, tag, classCode="ORG", determinerCode="INSTANCE")
    sub(node, "id", root=STRUCTURES, extension=place.structure_id)
    sub(node, "name").text = place.structure_name
    # The schema wants a contact; the practice's telephone is one.
    contact = sub(node, "contactParty", classCode="CON")
    for url in _dialled(author.telephone):
        sub(contact, "telecom", value=url)


def _dialled(telephone: str) -> tuple[str, ...]:
    return tuple(f"tel:{number}" for number in numbers(telephone))

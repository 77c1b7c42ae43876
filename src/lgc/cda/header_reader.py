"""The header panel of a received document, read leniently: what is wrong becomes a fault."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from lxml import etree

from lgc.cda.names import PROFESSIONAL_ID, tag
from lgc.cda.values import (
    attribute,
    coded,
    ends,
    find_all,
    first_words,
    moment,
    named_in,
    only,
    time_of,
    vague,
    words,
)
from lgc.domain import births
from lgc.domain.identity import Ins, InsAuthority, Sex, Traits
from lgc.domain.professionals import Coded
from lgc.domain.readable import DocumentHeader, DocumentPatient

Faults = list[str]
MAX_LINKS = 100
_SEXES = {"M": Sex.MALE, "F": Sex.FEMALE}
_UNKNOWN_TYPE = Coded("", "", "")


def read_header(document: etree._Element, faults: Faults) -> DocumentHeader:
    """Everything the panel shows. French sentences about what is missing go to ``faults``."""
    events = find_all(document, "h:documentationOf/h:serviceEvent")
    authors = [_author(node) for node in find_all(document, "h:author")]
    created = attribute(document, "h:effectiveTime", "value")
    header = DocumentHeader(
        unique_id=identifier(only(document, "h:id")),
        set_id=identifier(only(document, "h:setId")),
        version=_version(attribute(document, "h:versionNumber", "value")),
        type=coded(only(document, "h:code")) or _UNKNOWN_TYPE,
        title=words(only(document, "h:title")),
        created_at=moment(created),
        created_said=vague(created),
        patient=_patient(document, faults),
        authors=tuple(name for name, _, _ in authors if name),
        author_ids=tuple(number for _, number, _ in authors if number),
        organisation=next((place for _, _, place in authors if place), ""),
        custodian=words(
            only(
                document,
                "h:custodian/h:assignedCustodian/h:representedCustodianOrganization/h:name",
            )
        ),
        legal_authenticator=_name_of(only(document, "h:legalAuthenticator/h:assignedEntity")),
        authenticator_id=_number(only(document, "h:legalAuthenticator/h:assignedEntity")),
        recipients=_recipients(document),
        service_start=_bound(events, "low"),
        service_said=_said_of(events),
        service_stop=_bound(events, "high"),
        service_event=_acts(events),
        confidentiality=attribute(document, "h:confidentialityCode", "code"),
        language=attribute(document, "h:languageCode", "code"),
        template_ids=tuple(t.get("root") or "" for t in find_all(document, "h:templateId")),
        replaces=_replaced(document),
        answers=_answered(document),
    )
    faults.extend(sentence for wrong, sentence in _WANTED if wrong(header))
    return header


_WANTED: tuple[tuple[Callable[[DocumentHeader], bool], str], ...] = (
    (lambda h: not h.unique_id, "Le document n’a pas d’identifiant."),
    (lambda h: not h.type.code, "Le type du document n’est pas indiqué."),
    (lambda h: not h.title, "Le document n’a pas de titre."),
    (lambda h: h.created_at is None, "La date du document manque ou est illisible."),
    (lambda h: not h.authors, "L’auteur du document n’est pas nommé."),
    (lambda h: not h.custodian, "L’organisation qui conserve le document n’est pas nommée."),
)


def identifier(node: etree._Element | None) -> str:
    """``root`` or ``root^extension``, empty when there is no root."""
    if node is None or not node.get("root"):
        return ""
    extension = node.get("extension")
    return f"{node.get('root')}^{extension}" if extension else node.get("root") or ""


def _version(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 1


def _acts(events: list[etree._Element]) -> str:
    """Everything that the document says was done."""
    names = (named_in(only(event, "h:code")) for event in events)
    return ", ".join(dict.fromkeys(name for name in names if name))


def _bound(events: list[etree._Element], name: str) -> dt.datetime | None:
    """Of the first act that tells its time."""
    for event in events:
        time = only(event, "h:effectiveTime")
        if time is None:
            continue
        found = dict(zip(("low", "high"), ends(time), strict=True))[name]
        told = time_of(found)
        if told is None and found is None and name == "low":
            told = moment(time.get("value"))
        if told is not None:
            return told
    return None


def _said_of(events: list[etree._Element]) -> str:
    """What the first act that tells a time says of it, where that is no day."""
    for event in events:
        time = only(event, "h:effectiveTime")
        low = ends(time)[0] if time is not None else None
        for one in (low, time):
            if one is not None and one.get("value"):
                return vague(one.get("value") or "")
    return ""


def _patient(document: etree._Element, faults: Faults) -> DocumentPatient:
    if len(find_all(document, "h:recordTarget")) > 1:
        faults.append("Le document nomme plusieurs patients\u00a0: seul le premier est montré.")
    role = next(iter(find_all(document, "h:recordTarget/h:patientRole")), None)
    person = only(role, "h:patient")
    if role is None or person is None:
        faults.append("Le document ne nomme pas de patient.")
        return DocumentPatient()
    ins, local = _identifiers(role, faults)
    names = find_all(person, "h:name")
    birth_name, used_name = _family_names(names)
    birth = births.read(attribute(person, "h:birthTime", "value"))
    sex = attribute(person, "h:administrativeGenderCode", "code").strip().upper()
    first, given = _birth_given_names(names)
    place = first_words(person, "h:birthplace/h:place/h:addr/h:county")
    traits = None
    if birth_name and given and birth.day:
        traits = Traits(birth_name, given, _SEXES.get(sex, Sex.UNKNOWN), birth.day, place)
    if ins and (traits is None or not first or not place or sex not in _SEXES):
        faults.append("L’INS n’est pas accompagnée de tous les traits d’identité.")
    if not ins:
        faults.append("Le document ne porte pas d’INS.")
    return DocumentPatient(
        ins=ins,
        local_ids=local,
        traits=traits,
        birth_name=birth_name or next((one for name in names if (one := _family(name))), ""),
        used_name=used_name,
        given_names=given,
        birth_date=birth.day,
        birth_said=birth.said,
        sex=sex,
    )


def _identifiers(
    role: etree._Element, faults: Faults
) -> tuple[tuple[Ins, ...], tuple[tuple[str, str], ...]]:
    ins: list[Ins] = []
    local: list[tuple[str, str]] = []
    authorities = set(InsAuthority)
    for node in find_all(role, "h:id"):
        root, extension = node.get("root") or "", "".join((node.get("extension") or "").split())
        if root not in authorities:
            if root or extension:
                local.append((root, extension))
            continue
        try:
            found = Ins(extension, root)
        except ValueError:
            faults.append("L’INS du document n’a pas 15 caractères.")
            continue
        if not found.key_is_right:
            faults.append("La clé de l’INS du document est fausse.")
        ins.append(found)
    return tuple(ins), tuple(local)


def _part(name: etree._Element | None, element: str, qualifier: str | None) -> str:
    for node in find_all(name, f"h:{element}"):
        qualifiers = (node.get("qualifier") or "").split()
        if (qualifier in qualifiers) if qualifier else True:
            return words(node)
    return ""


def _family(name: etree._Element | None, qualifier: str | None = None) -> str:
    """The whole of a family name: its elements in order, a « DE LA » (``VV``) before its own."""
    parts: list[str] = []
    before = ""
    for node in name if name is not None else ():
        qualifiers = (node.get("qualifier") or "").split()
        if node.tag == tag("prefix"):
            before = f"{words(node)} " if "VV" in qualifiers else ""
        elif node.tag == tag("family") and (qualifier is None or qualifier in qualifiers):
            parts.append(f"{before}{words(node)}")
    return " ".join(dict.fromkeys(part for part in parts if part.strip()))


def _family_names(names: list[etree._Element]) -> tuple[str, str]:
    """At birth and used, wherever they stand: in one name, or each in a name of its own."""
    birth = next((one for name in names if (one := _family(name, "BR"))), "")
    told = (_family(name, kind) for name in names for kind in ("CL", "SP"))
    used = next((one for one in told if one), "")
    if birth and not used:
        others = (name for name in names if not _family(name, "BR"))
        used = next((one for name in others if (one := _family(name)) and one != birth), "")
    return birth, used


def _birth_given_names(names: list[etree._Element]) -> tuple[str, tuple[str, ...]]:
    """The first given name and all of them, of the name at birth where there is one."""
    at_birth = [name for name in names if _family(name, "BR")]
    for name in (*at_birth, *names):
        if found := _given_names(name):
            return _part(name, "given", "BR"), found
    return "", ()


def _given_names(name: etree._Element | None) -> tuple[str, ...]:
    """The birth given names: the unqualified list, first name first, else the first name alone."""
    first = _part(name, "given", "BR")
    unqualified = [words(n) for n in find_all(name, "h:given") if not n.get("qualifier")]
    joined = " ".join(unqualified).replace(",", " ")
    if first and joined.startswith(first):
        # A first name may hold a space: « MARIE LOUISE » stays one name.
        rest = joined[len(first) :]
        if not rest or rest[0] == " ":
            return (first, *rest.split())
    names = tuple(joined.split())
    if first:
        return (first, *(n for n in names if n != first))
    return names


def person_name(name: etree._Element | None) -> str:
    """« Dr Paul MEDECIN » from prefix, suffix, given and family."""
    if name is None:
        return ""
    parts = {
        part: " ".join(words(n) for n in find_all(name, f"h:{part}"))
        for part in ("prefix", "suffix", "given", "family")
    }
    if not parts["family"] and not parts["given"]:
        return words(name)
    title = {"DR": "Dr", "PR": "Pr", "M": "M.", "MME": "Mme"}
    civility = parts["suffix"] or parts["prefix"]
    shown = title.get(civility.upper().rstrip("."), civility)
    return " ".join(part for part in (shown, parts["given"], parts["family"]) if part)


def _name_of(entity: etree._Element | None) -> str:
    organisation = first_words(entity, "h:representedOrganization/h:name")
    return _named(entity, "h:assignedPerson/h:name") or organisation


def _named(holder: etree._Element | None, path: str) -> str:
    return next((said for name in find_all(holder, path) if (said := person_name(name))), "")


def _number(entity: etree._Element | None) -> str:
    """The national number of a professional among its identifiers, else the first."""
    ids = [one for one in find_all(entity, "h:id") if one.get("extension")]
    first = sorted(ids, key=lambda one: one.get("root") != PROFESSIONAL_ID)
    return (first[0].get("extension") or "") if first else ""


def _author(author: etree._Element) -> tuple[str, str, str]:
    assigned = only(author, "h:assignedAuthor")
    device = only(assigned, "h:assignedAuthoringDevice")
    name = _named(assigned, "h:assignedPerson/h:name")
    if not name and device is not None:
        name = words(only(device, "h:softwareName")) or words(
            only(device, "h:manufacturerModelName")
        )
    return name, _number(assigned), first_words(assigned, "h:representedOrganization/h:name")


def _recipients(document: etree._Element) -> tuple[str, ...]:
    names = []
    for recipient in find_all(document, "h:informationRecipient/h:intendedRecipient"):
        person = _named(recipient, "h:informationRecipient/h:name")
        names.append(person or first_words(recipient, "h:receivedOrganization/h:name"))
    return tuple(name for name in names if name)


def _answered(document: etree._Element) -> tuple[str, ...]:
    """Orders carried out (header) and letters answered (entries)."""
    orders = find_all(document, "h:inFulfillmentOf/h:order/h:id")
    letters = [
        node
        for letter in document.iter(tag("externalDocument"))
        for node in letter.iterchildren(tag("id"))
    ]
    found = (identifier(node) for node in (*orders, *letters[:MAX_LINKS]))
    return tuple(dict.fromkeys(one for one in found if one))


def _replaced(document: etree._Element) -> str:
    for related in document.iterchildren(tag("relatedDocument")):
        if related.get("typeCode") == "RPLC":
            told = find_all(related, "h:parentDocument/h:id")
            return next((one for node in told if (one := identifier(node))), "")
    return ""

"""The header panel of a received document, read leniently: what is wrong becomes a fault."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from lxml import etree

from lgc.cda.names import tag
from lgc.cda.values import attribute, coded, find, find_all, moment, time_of, words
from lgc.domain.identity import Ins, InsAuthority, Sex, Traits
from lgc.domain.professionals import Coded
from lgc.domain.readable import DocumentHeader, DocumentPatient

Faults = list[str]
MAX_LINKS = 100
_SEXES = {"M": Sex.MALE, "F": Sex.FEMALE}
_UNKNOWN_TYPE = Coded("", "", "")


def read_header(document: etree._Element, faults: Faults) -> DocumentHeader:
    """Everything the panel shows. French sentences about what is missing go to ``faults``."""
    event = find(document, "h:documentationOf/h:serviceEvent")
    authors = [_author(node) for node in find_all(document, "h:author")]
    header = DocumentHeader(
        unique_id=identifier(find(document, "h:id")),
        set_id=identifier(find(document, "h:setId")),
        version=_version(attribute(document, "h:versionNumber", "value")),
        type=coded(find(document, "h:code")) or _UNKNOWN_TYPE,
        title=words(find(document, "h:title")),
        created_at=moment(attribute(document, "h:effectiveTime", "value")),
        patient=_patient(document, faults),
        authors=tuple(name for name, _, _ in authors if name),
        author_ids=tuple(number for _, number, _ in authors if number),
        organisation=next((place for _, _, place in authors if place), ""),
        custodian=words(
            find(
                document,
                "h:custodian/h:assignedCustodian/h:representedCustodianOrganization/h:name",
            )
        ),
        legal_authenticator=_name_of(find(document, "h:legalAuthenticator/h:assignedEntity")),
        authenticator_id=attribute(
            document, "h:legalAuthenticator/h:assignedEntity/h:id", "extension"
        ),
        recipients=_recipients(document),
        service_start=_bound(event, "low"),
        service_stop=_bound(event, "high"),
        service_event=attribute(event, "h:code", "displayName"),
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


def _bound(event: etree._Element | None, name: str) -> dt.datetime | None:
    time = find(event, "h:effectiveTime")
    if time is None:
        return None
    found = find(time, f"h:{name}")
    if found is not None:
        return time_of(found)
    return moment(time.get("value")) if name == "low" else None


def _patient(document: etree._Element, faults: Faults) -> DocumentPatient:
    if len(find_all(document, "h:recordTarget")) > 1:
        faults.append("Le document nomme plusieurs patients\u00a0: seul le premier est montré.")
    role = find(document, "h:recordTarget/h:patientRole")
    person = find(role, "h:patient")
    if role is None or person is None:
        faults.append("Le document ne nomme pas de patient.")
        return DocumentPatient()
    ins, local = _identifiers(role, faults)
    name = find(person, "h:name")
    birth_name = _part(name, "family", "BR")
    used_name = _part(name, "family", "CL") or _part(name, "family", "SP")
    birth_time = moment(attribute(person, "h:birthTime", "value"))
    birth_date = birth_time.date() if birth_time else None
    sex = attribute(person, "h:administrativeGenderCode", "code")
    first, given = _part(name, "given", "BR"), _given_names(name)
    place = words(find(person, "h:birthplace/h:place/h:addr/h:county"))
    traits = None
    if birth_name and given and birth_date:
        traits = Traits(birth_name, given, _SEXES.get(sex, Sex.UNKNOWN), birth_date, place)
    if ins and (traits is None or not first or not place or sex not in _SEXES):
        faults.append("L’INS n’est pas accompagnée de tous les traits d’identité.")
    if not ins:
        faults.append("Le document ne porte pas d’INS.")
    return DocumentPatient(
        ins=ins,
        local_ids=local,
        traits=traits,
        birth_name=birth_name or _part(name, "family", None),
        used_name=used_name,
        given_names=given,
        birth_date=birth_date,
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
    organisation = find(entity, "h:representedOrganization/h:name")
    return person_name(find(entity, "h:assignedPerson/h:name")) or words(organisation)


def _author(author: etree._Element) -> tuple[str, str, str]:
    assigned = find(author, "h:assignedAuthor")
    device = find(assigned, "h:assignedAuthoringDevice")
    name = person_name(find(assigned, "h:assignedPerson/h:name"))
    if not name and device is not None:
        name = words(find(device, "h:softwareName")) or words(
            find(device, "h:manufacturerModelName")
        )
    number = attribute(assigned, "h:id", "extension")
    return name, number, words(find(assigned, "h:representedOrganization/h:name"))


def _recipients(document: etree._Element) -> tuple[str, ...]:
    names = []
    for recipient in find_all(document, "h:informationRecipient/h:intendedRecipient"):
        person = person_name(find(recipient, "h:informationRecipient/h:name"))
        names.append(person or words(find(recipient, "h:receivedOrganization/h:name")))
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
            return identifier(find(related, "h:parentDocument/h:id"))
    return ""

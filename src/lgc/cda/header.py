"""The header of every document written here (CI-SIS structuration minimale, cda-vsm §3).

Gathers what the template shows, and says in French what the profile requires and the record
lacks. Nothing is invented: without a qualified INS the document carries a local number only.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import quote

from lgc.cda import names
from lgc.cda.writing import split_id
from lgc.domain.identity import Ins, Sex
from lgc.domain.patients import Patient, same_person
from lgc.domain.professionals import Address, Coded, Correspondent, Practitioner
from lgc.domain.telephones import numbers
from lgc.errors import UserFacingError
from lgc.terminology import specialities
from lgc.terminology.value_sets import value_set

CIVILITIES = frozenset(("M", "MME"))
TITLES = frozenset(("DR", "PR", "MC", "MG", "PC", "PG"))
GENDERS = {Sex.MALE: "M", Sex.FEMALE: "F", Sex.UNKNOWN: "UN"}


@dataclass(frozen=True, slots=True)
class PersonName:
    family: str
    given: str = ""
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Telecom:
    value: str
    use: str = ""


@dataclass(frozen=True, slots=True)
class Professional:
    """The author as the header repeats him: once per role."""

    national_id: str
    speciality: Coded | None
    name: PersonName
    address: Address
    telecoms: tuple[Telecom, ...]
    structure_id: str
    structure_name: str


@dataclass(frozen=True, slots=True)
class RecordTarget:
    """The patient. ``ids`` are (root, extension) pairs, the qualified INS first when known."""

    ids: tuple[tuple[str, str], ...]
    address: Address
    telecoms: tuple[Telecom, ...]
    birth_name: str
    birth_given_name: str
    birth_given_names: str
    used_name: str
    used_given_name: str
    gender: Coded
    birth_date: dt.date
    birth_place_code: str


@dataclass(frozen=True, slots=True)
class AttendingDoctor:
    """Médecin traitant: either the author himself, or somebody known by name only."""

    name: PersonName
    is_author: bool


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody the document is written for; every part but the name may be unknown."""

    name: PersonName | None
    national_id: str
    organisation: str
    telecoms: tuple[Telecom, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """Everything before the body. Identifiers are (root, extension), extension often empty."""

    template_ids: tuple[tuple[str, str], ...]
    unique_id: tuple[str, str]
    set_id: tuple[str, str]
    version: int
    type: Coded
    title: str
    written_at: dt.datetime
    confidentiality: Coded
    patient: RecordTarget
    author: Professional
    attending_doctor: AttendingDoctor | None
    event: Coded | None
    service_start: dt.datetime
    service_stop: dt.datetime | None
    sector: Coded
    setting: Coded
    replaces: tuple[str, str] | None
    recipients: tuple[Recipient, ...] = ()
    mentions: tuple[Coded, ...] = ()


@dataclass(frozen=True, slots=True)
class HeaderFacts:
    """What a caller knows of a document to be written, whatever its kind.

    ``unique_id``, ``set_id`` and ``replaces`` are plain OIDs or UUIDs (``root^extension`` is
    accepted); times are aware; ``local_id_root`` is the OID of the installation.
    """

    patient: Patient
    author: Practitioner
    unique_id: str
    set_id: str
    version: int
    written_at: dt.datetime
    service_start: dt.datetime | None
    practice_name: str
    replaces: str = ""
    local_id_root: str = ""
    service_stop: dt.datetime | None = None
    confidentiality: str = "N"
    recipients: tuple[Correspondent, ...] = ()


def build(
    facts: HeaderFacts,
    *,
    template_ids: tuple[tuple[str, str], ...],
    type_: Coded,
    title: str,
    event: Coded | None,
    mentions: tuple[Coded, ...] = (),
) -> Header:
    """The header of one document of one kind. ``mentions`` are further documented acts."""
    author = facts.author
    return Header(
        template_ids=((names.CDA_FRANCE, ""), (names.CI_SIS, ""), *template_ids),
        unique_id=split_id(facts.unique_id),
        set_id=split_id(facts.set_id),
        version=facts.version,
        type=type_,
        title=title,
        written_at=facts.written_at,
        confidentiality=_concept("confidentiality", facts.confidentiality),
        patient=record_target(facts.patient, facts.local_id_root),
        author=_professional(author, facts.practice_name),
        attending_doctor=_attending_doctor(facts.patient, author),
        event=event,
        service_start=facts.service_start or facts.written_at,
        service_stop=facts.service_stop,
        sector=_concept("facility_type", author.place.sector),
        setting=_concept("practice_setting", "AMBULATOIRE"),
        replaces=split_id(facts.replaces) if facts.replaces else None,
        recipients=tuple(_recipient(one) for one in facts.recipients),
        mentions=mentions,
    )


def missing(facts: HeaderFacts) -> tuple[str, ...]:
    """French sentences, one per value that the profile requires and nobody gave."""
    checks = (*_missing_of_patient(facts), *_missing_of_author(facts.author))
    return tuple(sentence for lacks, sentence in checks if lacks)


def _missing_of_patient(facts: HeaderFacts) -> tuple[tuple[bool, str], ...]:
    traits = facts.patient.identity.traits
    ins = sendable_ins(facts.patient)
    return (
        (
            ins is None and not facts.local_id_root,
            "Aucun identifiant du patient ne peut être écrit : son INS n’est pas qualifiée "
            "et l’OID de l’installation n’est pas réglé.",
        ),
        (not traits.birth_name.strip(), "Le nom de naissance du patient manque."),
        (not traits.first_given_name.strip(), "Le premier prénom de naissance du patient manque."),
        (
            ins is not None and not traits.birth_place_code.strip(),
            "Le code du lieu de naissance du patient manque : l’INS l’exige.",
        ),
        (
            ins is not None and traits.sex is Sex.UNKNOWN,
            "Le sexe du patient manque : l’INS l’exige.",
        ),
    )


def _missing_of_author(author: Practitioner) -> tuple[tuple[bool, str], ...]:
    place = author.place
    sectors = value_set("facility_type")
    return (
        (not author.holder.national_id.strip(), "Le numéro RPPS de l’auteur manque."),
        (not author.holder.family_name.strip(), "Le nom de l’auteur manque."),
        (not place.structure_id.strip(), "L’identifiant de la structure d’exercice manque."),
        (
            sectors.get(place.sector) is None,
            "Le secteur d’activité du lieu d’exercice manque ou n’est pas reconnu.",
        ),
    )


def sendable_ins(patient: Patient) -> Ins | None:
    """The INS when it may leave the practice, else None (EXI ID 24, 26, 29)."""
    try:
        return patient.identity.qualified().ins
    except UserFacingError:
        return None


def record_target(patient: Patient, local_id_root: str) -> RecordTarget:
    """What the header says of the patient."""
    identity, traits = patient.identity, patient.identity.traits
    ins = sendable_ins(patient)
    ids = [(ins.oid, ins.matricule)] if ins else []
    if local_id_root:
        ids.append((local_id_root, patient.patient_id))
    return RecordTarget(
        ids=tuple(ids),
        address=patient.address,
        telecoms=_telecoms(telephone=patient.telephone, mail=patient.email, use="H"),
        birth_name=traits.birth_name,
        birth_given_name=traits.first_given_name,
        birth_given_names=" ".join(traits.birth_given_names),
        used_name=identity.used_name,
        used_given_name=identity.used_given_name,
        gender=_concept("administrative_gender", GENDERS[traits.sex]),
        birth_date=traits.birth_date,
        birth_place_code=traits.birth_place_code,
    )


def _professional(author: Practitioner, practice_name: str) -> Professional:
    title = author.civility.strip().upper().rstrip(".")
    holder = author.holder
    name = PersonName(
        holder.family_name,
        holder.given_name,
        prefix=title if title in CIVILITIES else "",
        suffix=title if title in TITLES else "",
    )
    return Professional(
        national_id=holder.national_id,
        speciality=specialities.of_author(author),
        name=name,
        address=author.address,
        telecoms=_telecoms(telephone=author.telephone, mail=author.mssante_address, use="WP"),
        structure_id=author.place.structure_id,
        structure_name=practice_name or author.place.structure_name,
    )


def _attending_doctor(patient: Patient, author: Practitioner) -> AttendingDoctor | None:
    """Whom the record names; what the DMP answered fills an empty field and replaces none."""
    known = patient.named_doctor
    me = AttendingDoctor(PersonName(author.holder.family_name), is_author=True)
    if not known:
        said = patient.attending_doctor.strip()
        return me if patient.dmp.attending_doctor and not said else None
    if same_person(known, author.display_name):
        return me
    words = known.split()
    titled = len(words) > 1 and words[0].rstrip(".").upper() in TITLES
    suffix = words[0].rstrip(".").upper() if titled else ""
    # Only the words are known, not which of them are the given name: all stand as family name.
    return AttendingDoctor(PersonName(" ".join(words[titled:]), suffix=suffix), is_author=False)


def _recipient(known: Correspondent) -> Recipient:
    title = known.title.strip().upper().rstrip(".")
    name = PersonName(
        known.family_name,
        known.given_name,
        prefix=title if title in CIVILITIES else "",
        suffix=title if title in TITLES else "",
    )
    return Recipient(
        name=name if known.family_name.strip() else None,
        national_id=known.national_id,
        organisation=known.organisation,
        telecoms=_telecoms(telephone="", mail=known.address, use="WP"),
    )


def _telecoms(telephone: str, mail: str, use: str) -> tuple[Telecom, ...]:
    """Telephones, one each, and mail as URLs; what a URL cannot carry is percent-encoded."""
    made = [Telecom(f"tel:{number}", use) for number in numbers(telephone)]
    if mail.strip():
        made.append(Telecom(f"mailto:{quote(mail.strip(), safe='@+')}"))
    return tuple(made)


def _concept(set_name: str, code: str) -> Coded:
    found = value_set(set_name).get(code)
    if found is None:
        raise ValueError(f"{code} is not of {set_name}")
    return found

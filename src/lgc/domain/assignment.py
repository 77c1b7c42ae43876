"""Whose message is it? Sure, or left to the doctor with ranked candidates (cps-ins, mssante §2.6).

By itself only when matricule, OID and strict traits all match one qualified local identity, and
nothing in the message disagrees: neither the documents, nor the subject and the names of the PDF
files where they are written as the rules say (ECO.2.1.3, ECO.2.1.6). Never because of subject, body
or sender (ECO.2.1.2): they may stop a message, not file it.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lgc.domain.characters import based
from lgc.domain.identity import Identity, IdentityStatus, Ins, Sex, Traits
from lgc.domain.messages import Candidate, Likelihood, Reason
from lgc.domain.patients import Patient, in_order
from lgc.domain.readable import DocumentPatient

MOST = 5
ANNOUNCED = re.compile(r"XDM/1\.0/DDM\+(.*?)(\d{1,2}/\d{1,2}/\d{4})\s*$", re.IGNORECASE)
NAMED_FILE = re.compile(r"\d{8}_(.+_.+_.+)\.pdf", re.IGNORECASE)
WEIGHTS = {
    "ins": 60,
    "traits": 40,
    "birth_date": 20,
    "name": 18,
    "given": 10,
    "subject": 18,
    "given_in_subject": 8,
    "body": 10,
    "file": 12,
    "visit": 14,
    "citizen": 60,
}
LIKELIHOODS = (
    (80, Likelihood.CERTAIN),
    (40, Likelihood.PROBABLE),
    (24, Likelihood.POSSIBLE),
    (0, Likelihood.UNLIKELY),
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one document says of its patient: its header, and its metadata when it has any.

    ``damaged``: its bytes are not those that the metadata promised.
    """

    header: DocumentPatient
    metadata: DocumentPatient | None = None
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class Hints:
    """Words that may help the doctor to choose, never enough to file by themselves.

    ``visits`` maps a patient_id to the words of today's visit (« rendez-vous 09:15 »); ``citizen``
    is the matricule of who writes from Mon espace santé: the patient, or a parent for a child;
    ``announced`` is the subject as received, with its prefix.
    """

    subject: str = ""
    body: str = ""
    files: tuple[str, ...] = ()
    visits: tuple[tuple[str, str], ...] = ()
    citizen: str = ""
    announced: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``patient_id`` is set only when it is sure; ``why`` is a French word for either case."""

    patient_id: str | None
    why: str
    candidates: tuple[Candidate, ...] = ()


def judge(evidence: Sequence[Evidence], known: Sequence[Patient], hints: Hints) -> Verdict:
    """File, or rank. ``known`` are the patients the store proposes: all that share the INS,
    the names or the words; a patient who is not among them cannot be chosen."""
    why_not, patient = _sure(evidence, known)
    if patient is not None:
        why_not = _contradicted(hints, patient.identity)
    if patient is not None and not why_not:
        return Verdict(patient.patient_id, "INS de l’archive")
    return Verdict(None, why_not, _ranked(evidence, known, hints))


def _sure(evidence: Sequence[Evidence], known: Sequence[Patient]) -> tuple[str, Patient | None]:
    """The only patient it can be, or why nobody is sure."""
    if not evidence:
        return "Pas d’archive XDM : rien d’automatique", None
    if any(one.damaged for one in evidence):
        return "Un document de l’archive n’est pas celui annoncé", None
    claims = [claim for one in evidence for claim in _claims(one)]
    if any(not claim.ins for claim in claims):
        return "Le document ne porte pas d’INS", None
    numbers = {ins for claim in claims for ins in claim.ins}
    if len(numbers) != 1:
        return "L’archive et le document ne nomment pas la même personne", None
    ins = next(iter(numbers))
    owners = [p for p in known if p.identity.ins == ins]
    if not owners:
        return "INS inconnue du cabinet", None
    if len(owners) > 1:
        return "Plusieurs dossiers portent cette INS", None
    patient = owners[0]
    if not is_sure(patient.identity):
        return "L’identité du dossier n’est pas qualifiée", None
    if not all(same_traits(claim, patient.identity.traits) for claim in claims):
        return "Les traits d’identité ne correspondent pas à ceux du dossier", None
    return "", patient


def _contradicted(hints: Hints, identity: Identity) -> str:
    """Why the mail speaks of somebody else, empty when it does not."""
    announced = ANNOUNCED.search(hints.announced)
    if announced is not None:
        if not _same_day(announced.group(2), identity.traits.birth_date):
            return "L’objet annonce une autre date de naissance"
        # After the kind of document, family and given name end the subject (ECO.2.1.3).
        if not _joined(announced.group(1)).endswith(tuple(_spellings(identity))):
            return "L’objet nomme une autre personne"
    for file in hints.files:
        named = NAMED_FILE.fullmatch(file)
        if named is None:
            continue
        # Kind, family, given name, sometimes a number (ECO.2.1.6); a kind may hold the same mark.
        parts = [_joined(part) for part in named.group(1).split("_")]
        pairs = {family + given for family, given in itertools.pairwise(parts)}
        if pairs.isdisjoint(_spellings(identity)):
            return "Le nom d’un fichier joint est celui d’une autre personne"
    return ""


def _same_day(said: str, day: dt.date) -> bool:
    try:
        return dt.datetime.strptime(said, "%d/%m/%Y").date() == day
    except ValueError:
        return False


def _spellings(identity: Identity) -> set[str]:
    """Family and given names as a sender may write them, without blanks or marks."""
    traits = identity.traits
    families = {traits.birth_name, identity.used_name} - {""}
    given = {traits.first_given_name, identity.used_given_name, " ".join(traits.birth_given_names)}
    return {_joined(family) + _joined(one) for family in families for one in given - {""}}


def _joined(words: str) -> str:
    return fold(words).replace(" ", "")


def _claims(one: Evidence) -> list[DocumentPatient]:
    return [one.header] if one.metadata is None else [one.header, one.metadata]


def is_sure(identity: Identity) -> bool:
    """Is its INS qualified, and nothing said against it?"""
    return (
        identity.status is IdentityStatus.QUALIFIED
        and not identity.doubtful
        and not identity.fictitious
        and identity.ins is not None
        and identity.ins.key_is_right
    )


def same_traits(claim: DocumentPatient, traits: Traits) -> bool:
    """Birth name, first given name, birth date and sex: each present, each equal."""
    first = claim.given_names[0] if claim.given_names else ""
    return (
        bool(claim.birth_name)
        and fold(claim.birth_name) == fold(traits.birth_name)
        and bool(first)
        and _same_given(claim.given_names, traits.birth_given_names)
        and claim.birth_date == traits.birth_date
        and claim.sex == traits.sex.value
        and traits.sex is not Sex.UNKNOWN
    )


def _same_given(claimed: Sequence[str], known: Sequence[str]) -> bool:
    """Hyphen, apostrophe and space are equivalent; the first given name must start both lists.

    A sender may give the first given name alone, or the whole list (EXI ID 10).
    """
    mine, theirs = fold(" ".join(known)), fold(" ".join(claimed))
    first = fold(known[0]) if known else ""
    if not mine or not theirs or not first:
        return False
    return theirs in (first, mine) or f"{mine} ".startswith(f"{theirs} ")


def _ranked(
    evidence: Sequence[Evidence], known: Sequence[Patient], hints: Hints
) -> tuple[Candidate, ...]:
    scored = [_candidate(patient, evidence, hints) for patient in known]
    wanted = [candidate for candidate in scored if candidate.score > 0]
    facts = {patient.patient_id: in_order(patient) for patient in known}
    wanted.sort(key=lambda candidate: (-candidate.score, facts[candidate.patient_id]))
    return tuple(wanted[:MOST])


def _candidate(patient: Patient, evidence: Sequence[Evidence], hints: Hints) -> Candidate:
    found = list(_from_documents(patient, evidence))
    found += _from_words(patient, hints)
    score = sum(WEIGHTS[key] for key, _ in found)
    if not any(key != "visit" for key, _ in found):
        score = 0  # being expected today names nobody by itself
    against = tuple(_against(patient, evidence))
    score -= 30 * len(against)
    likelihood = next((word for least, word in LIKELIHOODS if score >= least), Likelihood.UNLIKELY)
    named = any(key in ("ins", "traits") for key, _ in found)
    if likelihood is Likelihood.CERTAIN and (against or not named):
        likelihood = Likelihood.PROBABLE  # words and senders never make anybody certain
    reasons = tuple(Reason(words) for _, words in found) + against
    return Candidate(patient.patient_id, likelihood, reasons, max(score, 0))


def _from_documents(patient: Patient, evidence: Sequence[Evidence]) -> Iterable[tuple[str, str]]:
    claims = [claim for one in evidence for claim in _claims(one)]
    identity = patient.identity
    if any(identity.ins in claim.ins for claim in claims if identity.ins is not None):
        yield "ins", "même INS"
    if any(same_traits(claim, identity.traits) for claim in claims):
        yield "traits", "mêmes traits d’identité"
        return
    if any(claim.birth_date == identity.traits.birth_date for claim in claims):
        yield "birth_date", "même date de naissance"
    names = {fold(identity.traits.birth_name), fold(identity.used_name)} - {""}
    if any(fold(n) in names for claim in claims for n in (claim.birth_name, claim.used_name)):
        yield "name", "même nom"
    first = fold(identity.traits.first_given_name)
    if any(fold(given) == first for claim in claims for given in claim.given_names[:1]):
        yield "given", "même prénom"


def _from_words(patient: Patient, hints: Hints) -> Iterable[tuple[str, str]]:
    identity = patient.identity
    names = {fold(identity.traits.birth_name), fold(identity.used_name)} - {""}
    given = {fold(identity.traits.first_given_name), fold(identity.used_given_name)} - {""}
    if hints.citizen and identity.ins is not None and identity.ins.matricule == hints.citizen:
        yield "citizen", "écrit depuis sa messagerie Mon espace santé"
    subject = fold(hints.subject)
    if _any_word(names, subject):
        yield "subject", "nom dans l’objet"
        if _any_word(given, subject):
            yield "given_in_subject", "prénom dans l’objet"
    if _any_word(names, fold(hints.body)):
        yield "body", "nom dans le message"
    if any(_any_word(names, fold(file)) for file in hints.files):
        yield "file", "nom dans la pièce jointe"
    visit = dict(hints.visits).get(patient.patient_id)
    if visit:
        yield "visit", visit


def _against(patient: Patient, evidence: Sequence[Evidence]) -> Iterable[Reason]:
    traits, identity = patient.identity.traits, patient.identity
    claims = [claim for one in evidence for claim in _claims(one)]
    dates = {claim.birth_date for claim in claims if claim.birth_date is not None}
    if dates and traits.birth_date not in dates:
        yield Reason("autre date de naissance", speaks_for=False)
    sexes = {claim.sex for claim in claims if claim.sex in (Sex.MALE, Sex.FEMALE)}
    if sexes and traits.sex.value not in sexes:
        yield Reason("autre sexe", speaks_for=False)
    numbers: set[Ins] = {ins for claim in claims for ins in claim.ins}
    if numbers and identity.ins is not None and identity.ins not in numbers:
        yield Reason("autre INS", speaks_for=False)


def names_patient(words: str, patient: DocumentPatient) -> bool:
    """Do these words hold the family name and the first given name of this person?"""
    said = fold(words)
    families = {fold(patient.birth_name), fold(patient.used_name)} - {""}
    given = {fold(one) for one in patient.given_names[:1]} - {""}
    return _any_word(families, said) and _any_word(given, said)


def _any_word(words: Iterable[str], text: str) -> bool:
    padded = f" {text} "
    return any(f" {word} " in padded for word in words)


def fold(text: str) -> str:
    """Letters only, without case, accents, ligatures, hyphens or apostrophes."""
    plain = unicodedata.normalize("NFKD", based(text.casefold()))
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(kept.split())


def visit_words(starts_at: dt.datetime) -> str:
    """« rendez-vous aujourd’hui 09:15 »."""
    return f"rendez-vous aujourd’hui {starts_at:%H:%M}"

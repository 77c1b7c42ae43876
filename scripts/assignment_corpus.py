"""Incoming messages of a fictitious practice, with the truth beside each: who it really is about.

Twins, marital names, compound names, wrong keys, empty values, conflicting identities: the same
seed gives the same corpus.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lgc.domain.assignment import Evidence, Hints, Verdict, judge
from lgc.domain.identity import Identity, IdentityStatus, Ins, InsAuthority, Sex, Traits, ins_key
from lgc.domain.patients import Patient
from lgc.domain.readable import DocumentPatient

NAMES = (
    "MARTIN", "BERNARD", "THOMAS", "PETIT", "LE GOFF", "D'ALMEIDA", "SAINT-MARTIN", "LÉVY",
    "DUPONT-MOREL", "NGUYEN", "DA SILVA", "ŒUVRARD",
)  # fmt: skip
WOMEN = ("MARIE", "ANNE-MARIE", "CHANTAL", "ÉLOÏSE", "NOÉMIE")
MEN = ("PAUL", "JEAN-PIERRE", "HENRI", "LOÏC", "NOÉ")


@dataclass(frozen=True, slots=True)
class Case:
    """One message: what it says, the patients the store would propose, whose it is.

    ``owner`` is None when no record of the practice may take it by itself.
    """

    kind: str
    evidence: tuple[Evidence, ...]
    known: tuple[Patient, ...]
    hints: Hints
    owner: str | None


@dataclass(frozen=True, slots=True)
class Tally:
    """``wrong`` went to another record than its own, or to one where it may not go by itself."""

    cases: int
    filed: int
    wrong: int
    sure: int

    @property
    def abstention(self) -> float:
        """Messages left to the doctor among those that do belong to a record, 0 to 1."""
        return 1 - self.filed / self.sure if self.sure else 0.0


def run(count: int, seed: int = 2026) -> Tally:
    filed = wrong = sure = 0
    for case in corpus(count, seed):
        verdict: Verdict = judge(case.evidence, case.known, case.hints)
        filed += verdict.patient_id is not None
        wrong += verdict.patient_id is not None and verdict.patient_id != case.owner
        sure += case.kind in BELONGS
    return Tally(count, filed, wrong, sure)


def corpus(count: int, seed: int) -> Iterator[Case]:
    draw = random.Random(seed)
    kinds = list(KINDS)
    for number in range(count):
        patient = _patient(draw, number)
        kind = kinds[number % len(kinds)]
        yield KINDS[kind](draw, patient, kind)


def _patient(draw: random.Random, number: int) -> Patient:
    sex = draw.choice((Sex.FEMALE, Sex.MALE))
    born = dt.date(1925, 1, 1) + dt.timedelta(days=draw.randrange(36_000))
    given = draw.choice(WOMEN if sex is Sex.FEMALE else MEN)
    second = draw.choice(WOMEN if sex is Sex.FEMALE else MEN)
    traits = Traits(draw.choice(NAMES), (given, second), sex, born, "75056")
    body = f"{'2' if sex is Sex.FEMALE else '1'}{born:%y%m}75{number % 1_000_000:06d}"
    ins = Ins(body + ins_key(body), InsAuthority.NIR)
    return Patient(f"p{number}", Identity(traits, IdentityStatus.QUALIFIED, ins))


def _claim(patient: Patient) -> DocumentPatient:
    identity = patient.identity
    return DocumentPatient(
        ins=(identity.ins,) if identity.ins else (),
        birth_name=identity.traits.birth_name,
        used_name=identity.used_name,
        given_names=identity.traits.birth_given_names,
        birth_date=identity.traits.birth_date,
        sex=identity.traits.sex.value,
    )


def _case(
    kind: str, patient: Patient, said: DocumentPatient, *more: Patient, **given: object
) -> Case:
    metadata = given.get("metadata", said)
    owner = given.get("owner")
    return Case(
        kind,
        (Evidence(said, metadata if isinstance(metadata, DocumentPatient) else None),),
        (patient, *more),
        _mail_about(patient),
        owner if isinstance(owner, str) else None,
    )


def _mail_about(patient: Patient, file: str = "") -> Hints:
    """Subject and file name as the rules write them."""
    traits = patient.identity.traits
    who = f"{traits.birth_name} {traits.first_given_name.title()} {traits.birth_date:%d/%m/%Y}"
    named = f"20261122_CR_{traits.birth_name}_{traits.first_given_name}.pdf"
    return Hints(
        subject=f"Compte rendu {who}",
        announced=f"XDM/1.0/DDM+Compte rendu {who}",
        files=("IHE_XDM.zip", file or named),
    )


def _plain(draw: random.Random, patient: Patient, kind: str) -> Case:
    return _case(kind, patient, _claim(patient), owner=patient.patient_id)


def _spelled(draw: random.Random, patient: Patient, kind: str) -> Case:
    """Case, accents, hyphens and apostrophes as senders write them."""
    said = _claim(patient)
    told = replace(
        said,
        birth_name=said.birth_name.lower().replace("-", " ").replace("'", "’"),
        given_names=tuple(one.title() for one in said.given_names[: draw.choice((1, 2))]),
    )
    return _case(kind, patient, told, owner=patient.patient_id)


def _twins(draw: random.Random, patient: Patient, kind: str) -> Case:
    """Same name, sex and birthday: number and given name tell them apart."""
    twin = _twin(patient)
    return _case(kind, patient, _claim(patient), twin, owner=patient.patient_id)


def _crossed_twins(draw: random.Random, patient: Patient, kind: str) -> Case:
    """The number of one with the given names of the other."""
    twin = _twin(patient)
    said = replace(_claim(patient), ins=_claim(twin).ins)
    return _case(kind, patient, said, twin)


def _twin(patient: Patient) -> Patient:
    traits, ins = patient.identity.traits, patient.identity.ins
    body = f"{ins.matricule[:10]}{(int(ins.matricule[10:13]) + 1) % 1000:03d}" if ins else ""
    names = WOMEN if traits.sex is Sex.FEMALE else MEN
    other = next(one for one in names if one != traits.first_given_name)
    return Patient(
        f"{patient.patient_id}-twin",
        replace(
            patient.identity,
            traits=replace(traits, birth_given_names=(other,)),
            ins=Ins(body + ins_key(body), InsAuthority.NIR),
        ),
    )


def _marital(draw: random.Random, patient: Patient, kind: str) -> Case:
    """The used name stands where the birth name belongs."""
    said = replace(_claim(patient), birth_name="MARITAL", used_name="MARITAL")
    return _case(kind, patient, said)


def _half(draw: random.Random, patient: Patient, kind: str) -> Case:
    """Half of a compound name, or an invented second half."""
    said = _claim(patient)
    parts = said.birth_name.replace("-", " ").split()
    told = parts[0] if len(parts) > 1 else f"{said.birth_name}-AUTRE"
    return _case(kind, patient, replace(said, birth_name=told))


def _wrong_key(draw: random.Random, patient: Patient, kind: str) -> Case:
    matricule = patient.identity.ins.matricule if patient.identity.ins else ""
    key = (int(matricule[13:]) + draw.randrange(1, 96)) % 97 + 1
    told = f"{matricule[:13]}{key:02d}"
    if told == matricule:
        told = f"{matricule[:13]}00"
    return _case(kind, patient, replace(_claim(patient), ins=(Ins(told, InsAuthority.NIR),)))


def _other_authority(draw: random.Random, patient: Patient, kind: str) -> Case:
    matricule = patient.identity.ins.matricule if patient.identity.ins else ""
    told = (Ins(matricule, InsAuthority.NIA),)
    return _case(kind, patient, replace(_claim(patient), ins=told))


def _empty(draw: random.Random, patient: Patient, kind: str) -> Case:
    """One value missing, in the document or in its metadata."""
    said = _claim(patient)
    told = draw.choice(
        (
            replace(said, ins=()),
            replace(said, birth_name=""),
            replace(said, given_names=()),
            replace(said, birth_date=None),
            replace(said, sex=""),
        )
    )
    if draw.random() < 0.5:
        return _case(kind, patient, said, metadata=told)
    return _case(kind, patient, told, metadata=said)


def _conflict(draw: random.Random, patient: Patient, kind: str) -> Case:
    """Document and metadata name two patients of the practice."""
    other = _twin(patient)
    return _case(kind, patient, _claim(patient), other, metadata=_claim(other))


def _not_qualified(draw: random.Random, patient: Patient, kind: str) -> Case:
    status = draw.choice([one for one in IdentityStatus if one is not IdentityStatus.QUALIFIED])
    weaker = replace(patient, identity=replace(patient.identity, status=status))
    return _case(kind, weaker, _claim(weaker))


def _two_records(draw: random.Random, patient: Patient, kind: str) -> Case:
    """The same INS on two records of the practice: the doctor must merge them first."""
    return _case(kind, patient, _claim(patient), replace(patient, patient_id="again"))


def _stranger(draw: random.Random, patient: Patient, kind: str) -> Case:
    """Nobody's INS here, though the names are those of a patient."""
    return _case(kind, patient, replace(_claim(patient), ins=_claim(_twin(patient)).ins))


def _several(draw: random.Random, patient: Patient, kind: str) -> Case:
    """Two documents about two people in one message."""
    case = _case(kind, patient, _claim(patient), _twin(patient))
    return replace(case, evidence=(*case.evidence, Evidence(_claim(_twin(patient)))))


def _words_only(draw: random.Random, patient: Patient, kind: str) -> Case:
    return replace(_case(kind, patient, _claim(patient)), evidence=())


def _damaged(draw: random.Random, patient: Patient, kind: str) -> Case:
    case = _case(kind, patient, _claim(patient))
    return replace(case, evidence=tuple(replace(one, damaged=True) for one in case.evidence))


def _other_trait(draw: random.Random, patient: Patient, kind: str) -> Case:
    """The right number with another birthday or sex."""
    said = _claim(patient)
    born = said.birth_date + dt.timedelta(days=1) if said.birth_date else None
    other = "M" if said.sex == "F" else "F"
    told = draw.choice((replace(said, birth_date=born), replace(said, sex=other)))
    return _case(kind, patient, told)


def _other_mail(draw: random.Random, patient: Patient, kind: str) -> Case:
    """The documents of one, the subject or the PDF of another."""
    other = _twin(patient)
    if draw.random() < 0.5:
        hints = replace(_mail_about(patient), announced=_mail_about(other).announced)
    else:
        hints = _mail_about(patient, _mail_about(other).files[1])
    return replace(_case(kind, patient, _claim(patient), other), hints=hints)


KINDS: dict[str, Callable[[random.Random, Patient, str], Case]] = {
    "plain": _plain,
    "spelled": _spelled,
    "twins": _twins,
    "crossed twins": _crossed_twins,
    "marital name": _marital,
    "half a compound name": _half,
    "wrong key": _wrong_key,
    "other authority": _other_authority,
    "empty value": _empty,
    "conflict": _conflict,
    "not qualified": _not_qualified,
    "two records": _two_records,
    "stranger": _stranger,
    "several people": _several,
    "other mail": _other_mail,
    "words only": _words_only,
    "damaged": _damaged,
    "other trait": _other_trait,
}
BELONGS = ("plain", "spelled", "twins")

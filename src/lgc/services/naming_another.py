"""Does a document name somebody else than the record where the doctor would file it?

Only a CDA says whose it is. What it names is told in words beside who the record is; where another
record of the practice holds its INS, qualified, it may go nowhere else (RNIV: the matricule and its
OID name one person).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lgc.cda import parse
from lgc.domain.assignment import is_sure
from lgc.domain.belonging import contradictions
from lgc.domain.documents import Document
from lgc.domain.identity import Ins
from lgc.domain.patients import Patient
from lgc.domain.readable import DocumentPatient
from lgc.errors import UnreadableInput
from lgc.services.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Another:
    """``title`` of the document; ``names`` and ``record`` are persons in words, ``differs`` what is
    not the same of them;
    ``holder`` is the person whose record holds the INS of the document, empty when none does.
    ``refused``: that record is qualified, and the document is hers."""

    title: str
    names: str
    record: str
    differs: tuple[str, ...]
    holder: str = ""
    refused: bool = False

    @property
    def sentence(self) -> str:
        differs = ", ".join(self.differs)
        told = [
            f"« {self.title} » nomme {self.names}.",
            f"Le dossier choisi est celui de {self.record}.",
        ]
        told += [f"Ne sont pas les mêmes : {differs}."] if differs else []
        told += [f"Son INS est celle du dossier de {self.holder}."] if self.holder else []
        return " ".join(told)


def another(uow: UnitOfWork, documents: Sequence[Document], patient_id: str) -> tuple[Another, ...]:
    """What each of ``documents`` says against the record of ``patient_id``; empty when nothing."""
    patient = uow.patients.get(patient_id)
    found = (_against(uow, one, patient) for one in documents)
    return tuple(one for one in found if one is not None)


def _claim(uow: UnitOfWork, document: Document) -> DocumentPatient | None:
    if document.mime_type != "text/xml":
        return None
    try:
        return parse.header(uow.documents.content(document.document_id).content).patient
    except UnreadableInput:
        return None


def _against(uow: UnitOfWork, document: Document, patient: Patient) -> Another | None:
    claim = _claim(uow, document)
    if claim is None:
        return None
    differs, holder = contradictions(claim, patient.identity), _holder(uow, claim, patient)
    if not differs and holder is None:
        return None
    return Another(
        document.title,
        _person(claim.birth_name or claim.used_name, claim.given_names, claim.born, claim.ins),
        _known(patient),
        differs,
        _known(holder) if holder is not None else "",
        refused=holder is not None and is_sure(holder.identity),
    )


def _holder(uow: UnitOfWork, claim: DocumentPatient, patient: Patient) -> Patient | None:
    """Who else has its INS, a qualified record first; nobody when the record has it too."""
    if patient.identity.ins in claim.ins:
        return None
    owners = [one for ins in claim.ins for one in uow.patients.with_ins(ins)]
    owners = [one for one in owners if one.patient_id != patient.patient_id]
    return min(owners, key=lambda one: not is_sure(one.identity), default=None)


def _known(patient: Patient) -> str:
    identity = patient.identity
    traits, ins = identity.traits, (identity.ins,) if identity.ins is not None else ()
    born = f"{traits.birth_date:%d/%m/%Y}"
    return _person(traits.birth_name, traits.birth_given_names, born, ins)


def _person(name: str, given: Sequence[str], born: str, ins: Sequence[Ins]) -> str:
    parts = [" ".join(filter(None, (name, *given))) or "une personne sans nom"]
    parts += [f"naissance {born}"] if born else []
    parts += [f"INS {one.spaced}" for one in ins]
    return ", ".join(parts)

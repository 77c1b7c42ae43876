"""The store implements ``services.ports`` without importing it: compare the doors, one by one."""

import inspect

import pytest

from lgc.services import ports
from lgc.store.practice_store import PracticeStore
from lgc.store.repositories.agenda import AgendaRepository
from lgc.store.repositories.contacts import ContactRepository
from lgc.store.repositories.deliveries import DeliveryRepository
from lgc.store.repositories.documents import DocumentRepository
from lgc.store.repositories.lab_results import LabResultRepository
from lgc.store.repositories.mailboxes import MailboxRepository
from lgc.store.repositories.medical_records import MedicalRecordRepository
from lgc.store.repositories.messages import MessageRepository
from lgc.store.repositories.notes import NoteRepository
from lgc.store.repositories.own_words import OwnWordRepository
from lgc.store.repositories.patients import PatientRepository
from lgc.store.repositories.relations import RelationRepository
from lgc.store.repositories.terms import TermRepository
from lgc.store.unit_of_work import SqlUnitOfWork
from lgc.store.vault import Vault

PAIRS = [
    (ports.Patients, PatientRepository),
    (ports.MedicalRecords, MedicalRecordRepository),
    (ports.Agenda, AgendaRepository),
    (ports.Documents, DocumentRepository),
    (ports.LabResults, LabResultRepository),
    (ports.Messages, MessageRepository),
    (ports.Mailboxes, MailboxRepository),
    (ports.Deliveries, DeliveryRepository),
    (ports.Contacts, ContactRepository),
    (ports.Notes, NoteRepository),
    (ports.Terms, TermRepository),
    (ports.OwnWords, OwnWordRepository),
    (ports.Relations, RelationRepository),
]
OURS = {"PracticeStore": "Store"}


def doors(protocol):
    return {
        name: member
        for name, member in vars(protocol).items()
        if inspect.isfunction(member) and not name.startswith("_")
    }


def shape(function):
    return [
        (p.name, p.kind, p.default, p.annotation)
        for p in inspect.signature(function).parameters.values()
    ]


@pytest.mark.parametrize(
    ("protocol", "implementation"),
    [*PAIRS, (ports.UnitOfWork, SqlUnitOfWork), (ports.Store, PracticeStore), (ports.Vault, Vault)],
    ids=lambda kind: kind.__name__,
)
def test_every_method_has_the_parameters_of_its_port(protocol, implementation):
    assert doors(protocol)
    for name, expected in doors(protocol).items():
        assert shape(getattr(implementation, name)) == shape(expected), name


@pytest.mark.parametrize(
    ("protocol", "implementation"),
    [*PAIRS, (ports.Vault, Vault)],
    ids=lambda kind: kind.__name__,
)
def test_every_method_answers_with_the_type_of_its_port(protocol, implementation):
    for name, expected in doors(protocol).items():
        answer = inspect.signature(getattr(implementation, name)).return_annotation
        for ours, theirs in OURS.items():
            answer = answer.replace(ours, theirs)
        assert answer == inspect.signature(expected).return_annotation, name


def test_a_unit_of_work_has_every_repository_of_its_port(tmp_path):
    unit = SqlUnitOfWork(None, "8", lambda: None, lambda: None)
    expected = {protocol.__name__: implementation for protocol, implementation in PAIRS}

    attributes = ports.UnitOfWork.__annotations__
    assert len(attributes) == len(PAIRS)
    for name, protocol in attributes.items():
        assert type(getattr(unit, name)) is expected[protocol], name

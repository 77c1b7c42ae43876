"""The transactions this DMP speaks: where each comes in, what it reads, who answers it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lxml import etree

from lgc_sandbox.authority import Authority
from lgc_sandbox.card import CardModel
from lgc_sandbox.dmp import (
    habilitations,
    td0_2_existence,
    td0_4_my_patients,
    td0_5_search,
    td1_register,
    td2_1_submit,
    td3_1_find,
    td3_2_retrieve,
    td3_3_update,
)
from lgc_sandbox.dmp.registry import Registry
from lgc_sandbox.dmp.schemas import Schemas
from lgc_sandbox.dmp.soap import Request
from lgc_sandbox.dmp.vihf import User
from lgc_sandbox.xml import tag

BASE = "/si-dmp-server/v2/services"
Answered = tuple[etree._Element, dict[str, bytes]]


@dataclass(frozen=True, slots=True)
class Case:
    """One request to answer, with what the answer may need."""

    request: Request
    user: User
    registry: Registry
    authority: Authority
    schemas: Schemas
    people: Mapping[str, CardModel]
    now: dt.datetime


@dataclass(frozen=True, slots=True)
class Transaction:
    """Its knob, its service, its answer's action, the element it reads, what answers it.

    ``refusal`` is the element in which a registry says no, "" where a SOAP fault says it.
    """

    name: str
    service: str
    answers: str
    body: str
    work: Callable[[Case], Answered]
    refusal: str = ""
    patient_needed: bool = True


def _existence(case: Case) -> Answered:
    return td0_2_existence.answer(case.request, case.user, case.registry, case.now), {}


def _authorise(case: Case) -> Answered:
    return habilitations.set_authorisation(case.request, case.user, case.registry, case.now), {}


def _professionals(case: Case) -> Answered:
    found = habilitations.list_authorisations(case.request, case.user, case.registry, case.people)
    return found, {}


def _my_patients(case: Case) -> Answered:
    return td0_4_my_patients.answer(case.request, case.user, case.registry), {}


def _by_traits(case: Case) -> Answered:
    return td0_5_search.answer(case.request, case.registry, case.now), {}


def _register(case: Case) -> Answered:
    return td1_register.answer(case.request, case.user, case.registry, case.now), {}


def _submit(case: Case) -> Answered:
    return td2_1_submit.answer(
        case.request, case.user, case.registry, case.authority, case.schemas, case.now
    ), {}


def _find(case: Case) -> Answered:
    return td3_1_find.answer(case.request, case.user, case.registry), {}


def _retrieve(case: Case) -> Answered:
    return td3_2_retrieve.answer(case.request, case.user, case.registry)


def _update(case: Case) -> Answered:
    return td3_3_update.answer(case.request, case.user, case.registry, case.now), {}


RESPONSE, QUERY_RESPONSE = "rs:RegistryResponse", "query:AdhocQueryResponse"
TRANSACTIONS = {
    td0_2_existence.ACTION: Transaction(
        "td0.2", "patients", td0_2_existence.ANSWER, tag("hl7", "PRPA_IN201307UV02"), _existence
    ),
    habilitations.SET: Transaction(
        "td0.3",
        "habilitations",
        habilitations.SET + "Response",
        tag("hab", "setAuthorization"),
        _authorise,
    ),
    td0_4_my_patients.ACTION: Transaction(
        "td0.4",
        "patientsSpecific",
        td0_4_my_patients.ACTION + "Response",
        tag("pat", "patientList"),
        _my_patients,
        patient_needed=False,
    ),
    td0_5_search.ACTION: Transaction(
        "td0.5",
        "patientsPDQ",
        td0_5_search.ANSWER,
        td0_5_search.BODY,
        _by_traits,
        patient_needed=False,
    ),
    td1_register.CREATE: Transaction(
        "td1.1", "patients", td1_register.CREATED, tag("hl7", "PRPA_IN201311UV02"), _register
    ),
    td1_register.CHANGE: Transaction(
        "td1.3b", "patients", td1_register.CHANGED, tag("hl7", "PRPA_IN201314UV02"), _register
    ),
    habilitations.LIST: Transaction(
        "td1.6",
        "habilitations",
        habilitations.LIST + "Response",
        tag("hab", "listAuthorizationByPatient"),
        _professionals,
    ),
    td2_1_submit.ACTION: Transaction(
        "td2.1",
        "repository",
        td2_1_submit.ACTION + "Response",
        tag("xdsb", "ProvideAndRegisterDocumentSetRequest"),
        _submit,
        RESPONSE,
    ),
    td3_1_find.ACTION: Transaction(
        "td3.1",
        "registry",
        td3_1_find.ACTION + "Response",
        tag("query", "AdhocQueryRequest"),
        _find,
        QUERY_RESPONSE,
    ),
    td3_2_retrieve.ACTION: Transaction(
        "td3.2",
        "repository",
        td3_2_retrieve.ACTION + "Response",
        tag("xdsb", "RetrieveDocumentSetRequest"),
        _retrieve,
    ),
    td3_3_update.ACTION: Transaction(
        "td3.3",
        "registry",
        td3_3_update.ACTION + "Response",
        tag("lcm", "SubmitObjectsRequest"),
        _update,
        RESPONSE,
    ),
}


def name_in(content_type: str, raw: bytes) -> str:
    """Which knob a request turns, before it is judged."""
    for action, transaction in TRANSACTIONS.items():
        if f'"{action}"' in content_type or f">{action}<".encode() in raw:
            if action == td1_register.CHANGE:
                return next(
                    (n for code, n in td1_register.REASONS.items() if f'"{code}"'.encode() in raw),
                    transaction.name,
                )
            return transaction.name
    return "dmp"

"""The fictitious practice: its patients' DMP, its mailbox, and what arrives while one looks."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lgc_sandbox.card import DOCTOR
from lgc_sandbox.dmp.registry import VALID, Dmp, Registry
from lgc_sandbox.documents import cda, mail, pdf
from lgc_sandbox.mail import MailServers

PARIS = ZoneInfo("Europe/Paris")
PLACES = (
    Path(__file__).resolve().parents[2] / "resources",
    Path(__file__).resolve().parents[1] / "lgc" / "bundled" / "resources",
)
FORMATS = {True: "urn:ihe:lab:xd-lab:2008", False: "urn:ihe:iti:xds-sd:pdf:2008"}
CLASSES = {"imaging": "31"}


def load() -> dict[str, Any]:
    """The data file. Raises FileNotFoundError where it is not shipped."""
    file = next((p for place in PLACES if (p := place / "demo" / "practice.json").is_file()), None)
    if file is None:
        raise FileNotFoundError("practice.json")
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def addresses(practice: Mapping[str, Any]) -> list[str]:
    """Everybody who has a mailbox here, besides the card holders."""
    return [contact["address"] for contact in practice["contacts"]]


def fill_dmp(registry: Registry, practice: Mapping[str, Any], today: dt.date) -> None:
    """DMPs, rights, and what colleagues deposited before today."""
    people = {patient["key"]: patient for patient in practice["patients"]}
    now = dt.datetime.now(dt.UTC)
    for patient in practice["patients"]:
        if not patient["ins"] or patient["dmp"] == "none":
            continue
        registry.enrol(
            Dmp(
                patient["ins"],
                patient["oid"],
                state="terminated" if patient["dmp"] == "closed" else "active",
                closed=f"{today:%Y%m%d}" if patient["dmp"] == "closed" else "",
                family=patient["birth_name"],
                used=patient["used_name"],
                given=patient["birth_given_names"][0],
                sex=patient["sex"],
                birth=patient["birth_date"].replace("-", ""),
            )
        )
        if patient["dmp"] == "authorised":
            registry.authorise(patient["ins"], DOCTOR.person.national_id, VALID, mt=True, now=now)
    for document in practice["dmp_documents"]:
        patient = people[document["patient"]]
        if patient["ins"] and patient["dmp"] not in ("none", "closed"):
            _deposit(registry, patient, document, _written(today, document["days_ago"]))


def fill_mailbox(servers: MailServers, practice: Mapping[str, Any], today: dt.date) -> None:
    """What waits in the doctor's mailbox at the first start."""
    to = practice["practitioner"]["mssante"]
    for data in sorted(practice["messages"], key=lambda one: (-one["days_ago"], one["time"])):
        servers.deliver(to, _message(practice, data, today))


def arrivals(servers: MailServers, practice: Mapping[str, Any]) -> dict[str, Callable[[], None]]:
    """Messages that arrive when asked for, by name."""
    to = practice["practitioner"]["mssante"]

    def arrive(data: Mapping[str, Any]) -> None:
        now = dt.datetime.now(PARIS)
        servers.deliver(to, _message(practice, {**data, "time": f"{now:%H:%M}"}, now.date()))

    return {name: partial(arrive, data) for name, data in practice["arrivals"].items()}


def _written(today: dt.date, days_ago: int, time: str = "10:00") -> dt.datetime:
    day = today - dt.timedelta(days=days_ago)
    return dt.datetime.combine(day, dt.time.fromisoformat(time), PARIS)


def _deposit(
    registry: Registry, patient: Mapping[str, Any], document: Mapping[str, Any], when: dt.datetime
) -> None:
    author, organisation = document["author"], document["organisation"]
    biology = bool(document["results"])
    code, label = cda.TYPES["biology" if biology else document["kind"]]
    registry.deposit(
        patient["ins"],
        patient["oid"],
        _cda(patient, document, when),
        {
            "title": document["title"],
            "type_code": code,
            "type_system": cda.LOINC,
            "type_label": label,
            "class_code": CLASSES.get(document["kind"], "10"),
            "format_code": FORMATS[biology],
            "creation_time": when,
            "service_start": when,
            "author_person": f"{author['national_id']}^{author['family_name']}"
            f"^{author['given_name']}^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS",
            "author_institution": f"{organisation['name']}^^^^^&1.2.250.1.71.4.2.2&ISO"
            f"^IDNST^^^{organisation['id']}",
            "confidentiality": [document["confidentiality"]],
            "patient_info": [
                f"PID-5|{patient['birth_name']}^{patient['birth_given_names'][0]}^^^^^L",
                f"PID-7|{patient['birth_date'].replace('-', '')}",
                f"PID-8|{patient['sex']}",
            ],
        },
    )


def _cda(patient: Mapping[str, Any], document: Mapping[str, Any], when: dt.datetime) -> bytes:
    return cda.render(patient, document, when, _pdf(patient, document))


def _pdf(patient: Mapping[str, Any], document: Mapping[str, Any]) -> bytes:
    name = f"{patient['used_name'] or patient['birth_name']} {patient['birth_given_names'][0]}"
    born = dt.date.fromisoformat(patient["birth_date"])
    lines = document["text"] or [
        f"{result['label']} : {result['value']} {result['unit']}" for result in document["results"]
    ]
    return pdf.render(
        document["organisation"]["name"], document["title"], f"{name}, {born:%d/%m/%Y}", lines
    )


def _message(practice: Mapping[str, Any], data: Mapping[str, Any], today: dt.date) -> bytes:
    people = {patient["key"]: patient for patient in practice["patients"]}
    senders = {contact["address"]: contact for contact in practice["contacts"]}
    when = _written(today, data["days_ago"], data["time"])
    document = data["document"]
    patient = people[document["patient"]] if document else None
    attachments: list[tuple[str, bytes]] = []
    if data["attachment"] == "xdm" and document and patient:
        written = _written(today, document["days_ago"], data["time"])
        content = _cda(patient, document, written)
        stamp = f"{written:%Y%m%d}_{document['title']}_{patient['birth_name']}.pdf"
        attachments = [
            ("IHE_XDM.zip", mail.archive(patient, document, content, written)),
            (stamp, _pdf(patient, document)),
        ]
    elif data["attachment"] == "pdf" and document and patient:
        attachments = [(data["file_name"], _pdf(patient, document))]
    elif data["attachment"] == "corrupt":
        attachments = [(data["file_name"], b"PK\x03\x04" + bytes(range(256)) * 4)]
    to = practice["practitioner"]["mssante"]
    return mail.message(senders[data["from"]], to, data, when, attachments, patient)

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
from lgc_sandbox.documents import cda, lab, mail, pdf, sheet, xdm
from lgc_sandbox.mail import MailServers

PARIS = ZoneInfo("Europe/Paris")
PLACES = (
    Path(__file__).resolve().parents[2] / "resources",
    Path(__file__).resolve().parents[1] / "lgc" / "bundled" / "resources",
)


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
    made = sheet.entry(patient, document, when)
    registry.deposit(patient["ins"], patient["oid"], _cda(patient, document, when), made)


def _cda(patient: Mapping[str, Any], document: Mapping[str, Any], when: dt.datetime) -> bytes:
    return cda.render(patient, document, when, _pdf(patient, document, when))


def _pdf(patient: Mapping[str, Any], document: Mapping[str, Any], when: dt.datetime) -> bytes:
    name = f"{patient['used_name'] or patient['birth_name']} {patient['birth_given_names'][0]}"
    born = "née" if patient["sex"] == "F" else "né"
    birth = dt.date.fromisoformat(patient["birth_date"])
    author = document["author"]
    return pdf.render(
        pdf.Sheet(
            organisation=document["organisation"]["name"],
            place_and_date=f"Le {when:%d/%m/%Y}",
            title=document["title"],
            patient=f"{name}, {born} le {birth:%d/%m/%Y}",
            paragraphs=document["text"] or list(lab.lines(document)),
            signature=f"Dr {author['given_name']} {author['family_name']}",
        )
    )


def _message(practice: Mapping[str, Any], data: Mapping[str, Any], today: dt.date) -> bytes:
    people = {one["key"]: one for one in (*practice["patients"], *practice.get("strangers", ()))}
    senders = {contact["address"]: contact for contact in practice["contacts"]}
    when = _written(today, data["days_ago"], data["time"])
    document = data["document"]
    patient = people[document["patient"]] if document else None
    attachments: list[tuple[str, bytes]] = []
    if data["attachment"] == "xdm" and document and patient:
        written = _written(today, document["days_ago"], data["time"])
        content = _cda(patient, document, written)
        attachments = [
            (xdm.NAME, xdm.archive(patient, document, content, written)),
            (mail.pdf_name(patient, document, written), _pdf(patient, document, written)),
        ]
    elif data["attachment"] == "pdf" and document and patient:
        attachments = [(data["file_name"], _pdf(patient, document, when))]
    elif data["attachment"] == "corrupt":
        attachments = [(data["file_name"], b"PK\x03\x04" + bytes(range(256)) * 4)]
    to = practice["practitioner"]["mssante"]
    return mail.message(senders[data["from"]], to, data, when, attachments, patient)

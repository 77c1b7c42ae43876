"""The fictitious practice: its patients' DMP, its mailbox, and what arrives while one looks."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from email import message_from_bytes
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from lgc_sandbox.card import DOCTOR
from lgc_sandbox.dmp.registry import VALID, Dmp, Registry
from lgc_sandbox.documents import cda, lab, mail, pdf, sheet, xdm
from lgc_sandbox.files import resource
from lgc_sandbox.mail import MailServers
from lgc_sandbox.mail.boxes import INBOX

PARIS = ZoneInfo("Europe/Paris")
BROKEN = b"PK\x03\x04" + bytes(range(256)) * 4  # starts like a zip and is none


def load() -> dict[str, Any]:
    """The data file. Raises FileNotFoundError where it is not shipped."""
    found: dict[str, Any] = json.loads(resource("demo", "practice.json").read_text("utf-8"))
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


def fill_mailbox(
    servers: MailServers,
    practice: Mapping[str, Any],
    today: dt.date,
    now: dt.datetime | None = None,
) -> None:
    """What waits in the doctor's mailbox at the first start; what is there already is not added.

    No message is dated after ``now`` (aware; this moment when left out).
    """
    latest = now or dt.datetime.now(PARIS)
    to = practice["practitioner"]["mssante"]
    box = servers.office[to]
    known = {_id(one.content) for folder in box.folders() for one in box.messages(folder)}
    for data in sorted(practice["messages"], key=lambda one: (-one["days_ago"], one["time"])):
        content = message(practice, data, today, latest)
        if _id(content) not in known:
            received = min(_written(today, data["days_ago"], data["time"]), latest)
            box.add(INBOX, content, ["\\Seen"] if data["read"] else [], received)


def arrivals(servers: MailServers, practice: Mapping[str, Any]) -> dict[str, Callable[[], None]]:
    """What may arrive while one looks, by name: each call brings one more message.

    ``hba1c`` files itself; ``unknown`` is a PDF without archive; ``stranger`` an archive of
    somebody the practice does not know; ``hostile`` an archive whose paths leave it;
    ``damaged`` one of which a file was cut on the way.
    """
    return {name: partial(deliver, servers, practice, name) for name in practice["arrivals"]}


def deliver(servers: MailServers, practice: Mapping[str, Any], name: str) -> None:
    """Let one message arrive now. Raises KeyError for an unknown name."""
    data = practice["arrivals"][name]
    now = dt.datetime.now(PARIS)
    dated = {**data, "time": now.time().isoformat()}
    content = message(practice, dated, now.date(), now)
    servers.deliver(practice["practitioner"]["mssante"], content)


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
            # Some letters name their patient too loosely to say who it is.
            patient=document.get("named") or f"{name}, {born} le {birth:%d/%m/%Y}",
            paragraphs=document["text"] or list(lab.lines(document)),
            signature=f"Dr {author['given_name']} {author['family_name']}",
        )
    )


def message(
    practice: Mapping[str, Any], data: Mapping[str, Any], today: dt.date, latest: dt.datetime
) -> bytes:
    """One entry of ``messages`` or ``arrivals`` as an e-mail, never dated after ``latest``."""
    people = {one["key"]: one for one in (*practice["patients"], *practice["strangers"])}
    senders = {contact["address"]: contact for contact in practice["contacts"]}
    sent = _written(today, data["days_ago"], data["time"])
    document = data["document"]
    patient = people[document["patient"]] if document else None
    attachments = _attachments(data, patient, today)
    to = practice["practitioner"]["mssante"]
    # A citizen is in nobody's contacts: the address alone says who writes.
    sender = senders.get(data["from"]) or {"address": data["from"], "title": "",
                                           "given_name": "", "family_name": ""}  # fmt: skip
    return mail.message(sender, to, data, sent, attachments, patient, latest)


def _attachments(
    data: Mapping[str, Any], patient: Mapping[str, Any] | None, today: dt.date
) -> list[tuple[str, bytes]]:
    document, kind = data["document"], data["attachment"]
    if kind == "corrupt":
        return [(data["file_name"], BROKEN)]
    if kind == "escaping":
        return [(data["file_name"], xdm.escaping())]
    if kind == "damaged":
        return [(data["file_name"], xdm.damaged())]
    if kind == "none" or document is None or patient is None:
        return []
    written = _written(today, document["days_ago"], data["time"])
    paper = _pdf(patient, document, written)
    if kind == "pdf":
        return [(data["file_name"], paper)]
    zipped = xdm.archive(patient, document, _cda(patient, document, written), written)
    return [(xdm.NAME, zipped), (mail.pdf_name(patient, document, written), paper)]


def _id(content: bytes) -> str:
    return str(message_from_bytes(content)["Message-ID"])

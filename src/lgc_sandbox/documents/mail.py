"""The message that carries a document, as an official sender writes it (mssante-xdm §2)."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Any

from lgc_sandbox.documents.cda import TYPES, kind_of
from lgc_sandbox.documents.hl7 import unique_id

PREFIX = "XDM/1.0/DDM+"
LONGEST_LABEL = 40
NIL = "DEV000001"


def message(
    sender: Mapping[str, Any],
    to: str,
    data: Mapping[str, Any],
    when: dt.datetime,
    attachments: list[tuple[str, bytes]],
    patient: Mapping[str, Any] | None,
    latest: dt.datetime | None = None,
) -> bytes:
    """An e-mail of the data file. The same ``sender``, ``data`` and ``when`` give the same id.

    Times are aware; no message is dated after ``latest``. With an archive, subject and X-MSS
    headers follow the rules (§2.1, §2.3).
    """
    made = EmailMessage(policy=SMTP)
    parts = (sender["title"], sender["given_name"], sender["family_name"])
    made["From"] = formataddr((" ".join(p for p in parts if p), sender["address"]))
    made["To"] = to
    made["Date"] = format_datetime(min(when, latest) if latest else when)
    made["Message-ID"] = message_id(sender["address"], data["subject"], when)
    subject = data["subject"]
    if patient is not None and data["attachment"] == "xdm":
        subject = f"{PREFIX}{subject[:LONGEST_LABEL]} {_who(patient)}"
        made["X-MSS-CODECDA"] = TYPES[kind_of(data["document"])][0]
        made["X-MSS-INS"] = "O"
    made["Subject"] = subject
    made["X-MSS-NIL"] = NIL
    if data.get("receipt"):
        made["Return-Path"] = f"<{sender['address']}>"  # as a server leaves it at delivery
        made["Disposition-Notification-To"] = sender["address"]
    made.set_content(data["body"])
    for name, content in attachments:
        subtype = "zip" if name.lower().endswith(".zip") else "pdf"
        made.add_attachment(content, maintype="application", subtype=subtype, filename=name)
    return made.as_bytes()


def message_id(sender: str, subject: str, when: dt.datetime) -> str:
    """Depends only on what the message is."""
    identity = unique_id("mail", sender, subject, when.isoformat())
    return f"<{identity}@{sender.partition('@')[2]}>"


def pdf_name(patient: Mapping[str, Any], document: Mapping[str, Any], written: dt.datetime) -> str:
    """``<date>_<type>_<NOM>_<Prénom>.pdf`` (ECO.2.1.6), safe on every file system."""
    given = patient["birth_given_names"][0]
    name = f"{written:%Y%m%d}_{document['title']}_{patient['birth_name']}_{given}.pdf"
    return re.sub(r'[\\/:*?"<>|]+', "-", name)


def _who(patient: Mapping[str, Any]) -> str:
    born = dt.date.fromisoformat(patient["birth_date"])
    name = f"{_plain(patient['birth_name'])} {_plain(patient['birth_given_names'][0])}"
    return f"{name} {born:%d/%m/%Y}"


def _plain(text: str) -> str:
    kept = unicodedata.normalize("NFKD", text)
    return "".join(c for c in kept if not unicodedata.combining(c))

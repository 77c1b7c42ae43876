"""An XDM archive and the message that carries it, as an official sender makes them (ITI-32)."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import unicodedata
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Any

from lxml import etree

from lgc_sandbox.dmp import rim
from lgc_sandbox.documents.cda import LOINC, TYPES, unique_id
from lgc_sandbox.xml import NS, tag

README = "Archive IHE XDM de démonstration.\r\n"
INDEX = (
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>IHE XDM</title></head>'
    '<body><p><a href="README.TXT">README</a></p></body></html>'
)


def archive(
    patient: Mapping[str, Any], document: Mapping[str, Any], cda: bytes, written: dt.datetime
) -> bytes:
    """IHE_XDM.zip of one document, its hash and size told."""
    sheet = etree.tostring(
        _metadata(patient, document, cda, written), xml_declaration=True, encoding="UTF-8"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in (
            ("INDEX.HTM", INDEX.encode()),
            ("README.TXT", README.encode()),
            ("IHE_XDM/SUBSET01/METADATA.XML", sheet),
            ("IHE_XDM/SUBSET01/DOC00001.XML", cda),
        ):
            info = zipfile.ZipInfo(name, written.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(info, content)
    return made.getvalue()


def _metadata(
    patient: Mapping[str, Any], document: Mapping[str, Any], cda: bytes, written: dt.datetime
) -> etree._Element:
    root = etree.Element(
        tag("lcm", "SubmitObjectsRequest"), nsmap={"lcm": NS["lcm"], "rim": NS["rim"]}
    )
    objects = etree.SubElement(root, tag("rim", "RegistryObjectList"))
    entry = etree.SubElement(objects, tag("rim", "ExtrinsicObject"))
    for key, value in (
        ("id", "Document01"),
        ("objectType", rim.DOCUMENT),
        ("mimeType", "text/xml"),
    ):
        entry.set(key, value)
    stamp = written.astimezone(dt.UTC).strftime("%Y%m%d%H%M%S")
    digest = hashlib.sha1(cda, usedforsecurity=False).hexdigest()
    cx = f"{patient['ins']}^^^&{patient['oid']}&ISO^NH"
    info = [
        f"PID-5|{patient['birth_name']}^{patient['birth_given_names'][0]}^^^^^L",
        f"PID-7|{patient['birth_date'].replace('-', '')}",
        f"PID-8|{patient['sex']}",
    ]
    if patient["used_name"]:
        info.insert(1, f"PID-5|{patient['used_name']}^{patient['birth_given_names'][0]}^^^^^D")
    for name, values in (
        ("creationTime", [stamp]),
        ("languageCode", ["fr-FR"]),
        ("serviceStartTime", [stamp]),
        ("sourcePatientId", [cx]),
        ("sourcePatientInfo", info),
        ("hash", [digest]),
        ("size", [str(len(cda))]),
        ("URI", ["DOC00001.XML"]),
    ):
        rim.add_slot(entry, name, values)
    rim.add_name(entry, document["title"])
    author = document["author"]
    rim.add_author(
        entry,
        rim.AUTHOR,
        {
            "authorPerson": f"{author['national_id']}^{author['family_name']}"
            f"^{author['given_name']}^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS"
        },
    )
    code, label = TYPES["biology" if document["results"] else document["kind"]]
    rim.add_coded(entry, rim.TYPE, code, LOINC, label)
    rim.add_external(entry, rim.PATIENT, cx, "XDSDocumentEntry.patientId")
    unique = etree.fromstring(cda).find(tag("hl7", "id"))
    assert unique is not None
    rim.add_external(entry, rim.UNIQUE, unique.get("root", ""), "XDSDocumentEntry.uniqueId")
    return root


def message(
    sender: Mapping[str, Any],
    to: str,
    data: Mapping[str, Any],
    when: dt.datetime,
    attachments: list[tuple[str, bytes]],
    patient: Mapping[str, Any] | None,
) -> bytes:
    """An e-mail of the data file; its subject follows the rules when an archive goes with it."""
    made = EmailMessage(policy=SMTP)
    parts = (sender["title"], sender["given_name"], sender["family_name"])
    made["From"] = formataddr((" ".join(p for p in parts if p), sender["address"]))
    made["To"] = to
    made["Date"] = format_datetime(when)
    identity = unique_id("mail", sender["address"], data["subject"], when.isoformat())
    made["Message-ID"] = f"<{identity}@{sender['address'].partition('@')[2]}>"
    subject = data["subject"]
    if patient is not None and data["attachment"] == "xdm":
        born = dt.date.fromisoformat(patient["birth_date"])
        name = f"{_plain(patient['birth_name'])} {_plain(patient['birth_given_names'][0])}"
        subject = f"XDM/1.0/DDM+{subject[:40]} {name} {born:%d/%m/%Y}"
        document = data["document"]
        kind = "biology" if document["results"] else document["kind"]
        made["X-MSS-CODECDA"], made["X-MSS-INS"] = TYPES[kind][0], "O"
    made["Subject"] = subject
    made["X-MSS-NIL"] = "DEV000001"
    made.set_content(data["body"])
    for name, content in attachments:
        subtype = "zip" if name.lower().endswith(".zip") else "pdf"
        made.add_attachment(content, maintype="application", subtype=subtype, filename=name)
    return made.as_bytes()


def _plain(text: str) -> str:
    kept = unicodedata.normalize("NFKD", text)
    return "".join(c for c in kept if not unicodedata.combining(c))

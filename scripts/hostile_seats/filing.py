"""The correspondent's archives and names: what files itself, what it hides, who is shown."""

from __future__ import annotations

import datetime as dt
import io
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP
from types import SimpleNamespace
from typing import Any, cast

from reportlab.pdfgen.canvas import Canvas

from hostile_seats import nasty
from hostile_seats.ground import Found, Ground, SoftKey, holder, now, sure
from lgc.bootstrap import InstallationIds, SystemClock
from lgc.cda import vsm
from lgc.domain.days import practice_zone
from lgc.domain.documents import Confidentiality, Document, DocumentKind, Origin
from lgc.domain.identity import Identity, IdentityStatus, Ins, InsAuthority, Sex, Traits, ins_key
from lgc.domain.mailboxes import ServerFolder
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord
from lgc.domain.messages import Folder, Message
from lgc.domain.patients import Patient
from lgc.domain.professionals import Coded, PlaceOfPractice, Practitioner
from lgc.mssante.message import parse, salvage
from lgc.mssante.white_list import WhiteList
from lgc.paths import bundled
from lgc.services.connection import DeskConnection
from lgc.services.filing_incoming import FilingIncoming
from lgc.services.ports import Connections, DmpSubmission
from lgc.services.understanding import Understanding
from lgc.store.vault import Vault
from lgc.xds import xdm

ME, COLLEAGUE, OUTSIDE = "moi@mssante.example", "muller@chmc.example", "pirate@ailleurs.example"
CITIZEN = "255069900000024@patient.mssante.fr"
PAPER = "20261123_CR_CHEMIN_HENRI.pdf"
BODY = "1480892999999"
PATIENT = Patient(
    "p1",
    Identity(
        Traits("CHEMIN", ("HENRI", "LOUIS"), Sex.MALE, dt.date(1948, 8, 18), "75056"),
        IdentityStatus.QUALIFIED,
        Ins(BODY + ins_key(BODY), InsAuthority.TEST_NIR.value),
    ),
)
PLACE = PlaceOfPractice("499700057294007", "CABINET", "SA07")
DOCTOR = Practitioner(holder(), PLACE, mssante_address=ME)
OTHER = Practitioner(replace(holder(), national_id="899700000017", family_name="MULLER"), PLACE)


@dataclass
class Incoming:
    """What a mailbox gives."""

    raw: bytes
    uid: int
    mailbox: str = "INBOX"
    uid_validity: int = 7
    seen: bool = False
    arrived_at: dt.datetime | None = None
    cut_from: int = 0


class Office:
    """A practice whose patient is known, with a doctor at the desk and his card in the reader."""

    def __init__(self, store: Any) -> None:
        self.store, self.connection, self._uid = store, DeskConnection(), 0
        trusted = SimpleNamespace(trusts=lambda address: address != OUTSIDE)
        self.connection.plug(DOCTOR, cast(Connections, SimpleNamespace(mssante=trusted)))
        self._filing = FilingIncoming(
            store.unit, SystemClock(practice_zone()), InstallationIds("2.25.1"), self.connection,
            Understanding(parse, salvage), lambda event: None,
        )  # fmt: skip
        with store.unit() as uow:
            uow.patients.add(PATIENT)
            uow.commit()

    def receive(self, raw: bytes, folder: ServerFolder | None = None) -> Message:
        self._uid += 1
        came = Incoming(raw, self._uid)
        found = self._filing.receive(came, folder) if folder else self._filing.receive(came)
        assert found is not None
        return found

    def documents(self) -> list[Document]:
        with self.store.unit() as uow:
            return list(uow.documents.of_patient(PATIENT.patient_id))

    def papers(self) -> list[bytes | None]:
        with self.store.unit() as uow:
            return [uow.documents.content(one.document_id).pdf for one in self.documents()]


@contextmanager
def _office(ground: Ground) -> Iterator[Office]:
    store, _ = Vault(ground.room("office") / "practice", now).create(SoftKey(), holder())
    try:
        yield Office(store)
    finally:
        store.close()


def _archive(number: int = 1, author: Practitioner = OTHER) -> bytes:
    """The same document again, with another version and identifier."""
    at = dt.datetime(2026, 11, 23, 9, number, tzinfo=dt.UTC)
    record = MedicalRecord((MedicalEntry("e", Family.CHRONIC, f"Pathologie {number}"),))
    content = vsm.render(
        vsm.VsmContext(
            PATIENT, record, author, f"2.25.90{number}", "2.25.900", number, at, None, "Cabinet"
        )
    )
    document = Document(
        "d", "p1", f"2.25.90{number}", "2.25.900", number, "Synthèse",
        Coded("SYNTH", "1.2.250.1.213.1.1.4.12", "Synthèse"), DocumentKind.VSM, Origin.PRACTICE,
        "text/xml", at, "Dr", "Cabinet", "00" * 20, len(content),
    )  # fmt: skip
    request = DmpSubmission(
        PATIENT.identity.qualified(), author, document, content, Confidentiality.VISIBLE,
        "2.25.103", "2.25.104", at, "Synthèse",
    )  # fmt: skip
    return xdm.write(request, "2.25.42", "lgc")


def _mail(sender: str, *files: tuple[str, bytes], number: int = 1) -> bytes:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = COLLEAGUE, ME, "XDM/1.0/DDM+Synthèse"
    made["Message-ID"], made["Date"] = f"<m{number}@x>", "Mon, 23 Nov 2026 08:47:00 +0100"
    made.set_content("Bonjour")
    for name, content in files:
        subtype = "zip" if name.endswith("zip") else "pdf"
        made.add_attachment(content, maintype="application", subtype=subtype, filename=name)
    return made.as_bytes().replace(f"From: {COLLEAGUE}".encode(), f"From: {sender}".encode())


def by_itself(ground: Ground) -> Found:
    """Nothing files itself but from a professional of the space of trust; none hides another's."""
    zipped = ("IHE_XDM.zip", _archive())
    with _office(ground) as office:
        sure(office.receive(_mail(COLLEAGUE, zipped)).patient_id is not None, "a colleague's files")
        second = office.receive(_mail("autre@chmc.example", ("IHE_XDM.zip", _archive(2)), number=2))
        hidden = [one.replaced_by for one in office.documents()]
        yield "a colleague replaces another's", second.patient_id is None and hidden == [None]
    for sender in (OUTSIDE, CITIZEN, ME, f"{ME})<{OUTSIDE}>", f'"{COLLEAGUE}" <{OUTSIDE}>'):
        with _office(ground) as office:
            message = office.receive(_mail(sender, zipped))
            yield f"from {sender}", message.patient_id is None and office.documents() == []
    with _office(ground) as office:
        office.connection.unplug()
        message = office.receive(_mail(COLLEAGUE, zipped))
        yield "without a card", message.patient_id is None and office.documents() == []
    with _office(ground) as office:
        junk = ServerFolder("Junk", Folder.OWN, "Junk", unwanted=True)
        message = office.receive(_mail(COLLEAGUE, zipped), junk)
        yield "from the unwanted", message.patient_id is None and office.documents() == []
    with _office(ground) as office:
        message = office.receive(_mail(COLLEAGUE, ("IHE_XDM.zip", _archive(1, DOCTOR))))
        yield "said signed by the doctor", message.patient_id is None and office.documents() == []


def papers(ground: Ground) -> Found:
    """A PDF is the paper of a document only when its name and its words name the patient."""
    with _office(ground) as office:
        twin = _paper("CHEMIN Henri, 18/08/1948")
        office.receive(_mail(COLLEAGUE, ("IHE_XDM.zip", _archive()), (PAPER, twin)))
        sure(office.papers() == [twin], "its own paper is taken")
    for name, words in (
        ("a.pdf", "CHEMIN Henri"), (PAPER, "AUTRE Luc"), (PAPER, "CHEMIN Paul"), (PAPER, ""),
        ("20261123_CR_AUTRE_LUC.pdf", "CHEMIN Henri"), ("x.pdf", "AUTRE Luc"),
    ):  # fmt: skip
        with _office(ground) as office:
            office.receive(_mail(COLLEAGUE, ("IHE_XDM.zip", _archive()), (name, _paper(words))))
            yield f"{name} that says « {words} »", not any(office.papers())


def _paper(words: str) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 700, words)
    canvas.save()
    return out.getvalue()


def names(ground: Ground) -> Found:
    """The doctor's name with another address is said; what hides in a line shows as a mark."""
    chance = ground.chance("names")
    with _office(ground) as office:
        message = office.receive(_mail(f"{DOCTOR.display_name} <{OUTSIDE}>"))
        yield "the doctor's name", any("autre adresse" in fault for fault in message.faults)
        for number in range(ground.some(60, 8)):
            letters = [chance.choice(nasty.HIDDEN) for _ in range(3)]
            name = "Dr " + "ROBERT".join(letters)
            raw = _mail(f"=?utf-8?q?{_quoted(name)}?= <{OUTSIDE}>", number=number + 10)
            message = office.receive(raw)
            shown = not set(message.sender_name) & set(nasty.HIDDEN)
            yield f"hidden {name!r}", shown and message.sender_address == OUTSIDE


def _quoted(words: str) -> str:
    return "".join(f"={byte:02X}" for byte in words.encode())


def in_my_name(ground: Ground) -> Found:
    """A mail in the doctor's name that never left here waits unread in the inbox, and says so."""
    with _office(ground) as office:
        for number, sender in enumerate(
            (ME, f"Moi <{ME}>", f"{ME})<{OUTSIDE}>", f"<{ME}>, <{OUTSIDE}>", f'"{ME}" <{OUTSIDE}>',
             ME.upper())
        ):  # fmt: skip
            message = office.receive(_mail(sender, number=number))
            yield f"from {sender}", message.folder is Folder.INBOX and message.unread
        plain = b"X-LGC-Cut: 5\r\nFrom: a@x.example\r\nSubject: s\r\n\r\nx"
        message = office.receive(plain)
        yield "our own mark", message.cut_from == 0


def outside(ground: Ground) -> Found:
    """With or without a list, mail of the general public is never MSSanté, however it is spelled;
    with one, nothing that is not on it is."""
    folder = ground.room("white-list")
    file = folder / "list.xml"
    file.write_text(
        "<Liste><Domaines><Domaine><Nom>medecin.mssante.example</Nom></Domaine></Domaines></Liste>"
    )
    public = tomllib.loads(
        (bundled("resources") / "mssante" / "public_providers.toml").read_text("utf-8")
    )["domains"]
    without, listed = WhiteList(None), WhiteList(file)
    sure(listed.holds("a@medecin.mssante.example") is True, "a listed domain is MSSanté")
    sure(without.holds("a@medecin.mssante.example") is None, "without a list nobody knows")
    for domain in public[: ground.some(len(public), 8)]:
        for spelled in (domain, domain.upper(), f"{domain}.", f"smtp.{domain}"):
            address = f"dr.robert@{spelled}"
            yield spelled, without.holds(address) is False and listed.holds(address) is False
    for domain in (
        "mssante.example", "medecin.mssante.example.evil.example", "xmedecin.mssante.example",
        "medecin-mssante.example", "",
    ):  # fmt: skip
        yield domain, listed.holds(f"a@{domain}") is False

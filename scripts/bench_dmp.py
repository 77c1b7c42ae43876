"""What one submission (TD2.1) costs us beside the bare cost of its parts.

Against the sandbox in another process, with a soft card: processor time of this process for a
whole submission, then for two card signatures, one TLS handshake with the card, and the same
bytes written and read on an open TLS connection. What is left is ours.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import http.client
import secrets
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lgc import settings as declared
from lgc.card.reader import Pkcs11Reader
from lgc.cda.vsm import VsmContext, render
from lgc.commands import practice_zone
from lgc.demo import Sandbox, profile
from lgc.dmp.client import DirectDmp
from lgc.domain.deliveries import Receipt
from lgc.domain.documents import Confidentiality, Document, DocumentKind, Origin
from lgc.domain.identity import Identity, IdentityStatus, Ins, Sex, Traits
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord
from lgc.domain.patients import Patient
from lgc.domain.professionals import Address, Coded, Practitioner
from lgc.services.ports import CardSession, DmpSubmission
from lgc.settings import Settings
from lgc.terminology import specialities

practice_zone.use()

ROUNDS = 7


class Clock:
    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)


class Ids:
    def uuid(self) -> str:
        return str(uuid.uuid4())


@dataclass
class Wire:
    """The bytes of the last exchange, as they left."""

    sent: bytes = b""

    def see(self, name: str, sent: bytes, received: bytes) -> None:
        self.sent = sent


def bench() -> None:
    with tempfile.TemporaryDirectory() as folder, Sandbox(Path(folder) / "sandbox") as sandbox:
        profile(Path(folder) / "practice", sandbox.facts)
        settings = Settings(Path(folder) / "practice" / "settings.json")
        settings[declared.lps_oid] = "1.2.250.1.999"
        with _session(settings, sandbox.facts) as session:
            _measure(settings, session, _somebody(sandbox.control("/state")))


def _measure(settings: Settings, session: CardSession, patient: Patient) -> None:
    author, wire = _author(session), Wire()

    def connected() -> DirectDmp:
        return DirectDmp.connect(
            settings,
            session.client_context(),
            session.signature_key,
            author,
            Clock(),
            Ids(),
            Clock().now(),
            wire.see,
        )

    def submit(dmp: DirectDmp) -> None:
        outcome = dmp.submit(_submission(patient, author))
        assert isinstance(outcome, Receipt), outcome

    def first() -> None:
        with contextlib.closing(connected()) as dmp:
            submit(dmp)

    whole = processor(first)
    with contextlib.closing(connected()) as kept:
        submit(kept)
        warm = processor(lambda: submit(kept))
    document = processor(lambda: _submission(patient, author))
    parts = {
        "two card signatures": processor(lambda: _sign_twice(session)),
        "one TLS handshake": processor(lambda: _handshake(settings, session)),
        "the bytes on the wire": processor(_exchange(settings, session, wire.sent)),
    }
    bare = sum(parts.values())
    print(f"{len(wire.sent)} bytes; the document itself takes {document:.1f} ms to write")
    for name, taken in parts.items():
        print(f"{name:34} {taken:6.1f} ms")
    for name, taken, below in (
        ("whole submission, new connection", whole - document, bare),
        ("whole submission, kept connection", warm - document, bare - parts["one TLS handshake"]),
    ):
        print(f"{name:34} {taken:6.1f} ms = {taken / below:4.1f} x the bare cost of its parts")


def processor(work: Callable[[], object]) -> float:
    """The median processor time of this process, in milliseconds, after one that warms up."""
    work()
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        taken.append((time.process_time() - start) * 1000)
    return statistics.median(taken)


def _sign_twice(session: CardSession) -> None:
    for algorithm in ("sha256", "sha1"):
        digest = hashlib.new(algorithm, b"x").digest()
        session.signature_key.sign(digest, algorithm)


def _link(settings: Settings, session: CardSession) -> http.client.HTTPSConnection:
    place = urlsplit(settings[declared.dmp_base])
    assert place.hostname is not None
    made = http.client.HTTPSConnection(
        place.hostname, place.port, context=session.client_context(), timeout=10
    )
    made.connect()
    return made


def _handshake(settings: Settings, session: CardSession) -> None:
    _link(settings, session).close()


def _exchange(settings: Settings, session: CardSession, sent: bytes) -> Callable[[], None]:
    link = _link(settings, session)
    path = f"{urlsplit(settings[declared.dmp_base]).path}/repository"

    def post() -> None:
        link.request("POST", path, sent, {"Content-Type": "application/octet-stream"})
        link.getresponse().read()

    return post


@contextlib.contextmanager
def _session(settings: Settings, facts: dict[str, Any]) -> Iterator[CardSession]:
    reader = Pkcs11Reader(Path(facts["pkcs11_module"]), trust=Path(facts["trust"]))
    with contextlib.closing(reader):
        reader.observe()
        with contextlib.closing(reader.open(facts["pin"])) as session:
            yield session


def _author(session: CardSession) -> Practitioner:
    holder = session.holder
    return Practitioner(
        holder,
        session.places[0],
        speciality=specialities.of_card(holder.profession.code, holder.speciality),
        telephone="01 46 00 00 00",
        address=Address(("8 rue de Lyon",), "92100", "Boulogne-Billancourt"),
    )


def _somebody(state: dict[str, Any]) -> Patient:
    """A patient of the sandbox whose DMP is open."""
    number, dmp = next(
        (number, one) for number, one in state["patients"].items() if one["state"] == "active"
    )
    traits = Traits("CHEMIN", ("HENRI",), Sex.MALE, dt.date(1948, 8, 18), "75056")
    identity = Identity(traits, IdentityStatus.QUALIFIED, Ins(number, dmp["oid"]))
    return Patient("p", identity, Address(("12 rue des Lilas",), "92100", "Boulogne"))


def _submission(patient: Patient, author: Practitioner) -> DmpSubmission:
    """A new summary, as the services hand it over."""
    number, now = secrets.randbits(60), Clock().now() - dt.timedelta(minutes=1)
    oid = f"1.2.250.1.999.{number}"
    entries = tuple(MedicalEntry(f"e{n}", Family.CHRONIC, f"Affection {n}") for n in range(12))
    content = render(
        VsmContext(
            patient=patient,
            record=MedicalRecord(entries),
            author=author,
            unique_id=f"{oid}.1",
            set_id=f"{oid}.2",
            version=1,
            written_at=now,
            service_start=now,
            practice_name="Cabinet",
        )
    )
    document = Document(
        document_id="d",
        patient_id="p",
        unique_id=f"{oid}.1",
        set_id=f"{oid}.2",
        version=1,
        title="Synthèse médicale",
        type=Coded("SYNTH", "1.2.250.1.213.1.1.4.12", "Synthèse"),
        kind=DocumentKind.VSM,
        origin=Origin.PRACTICE,
        mime_type="text/xml",
        created_at=now,
        author=author.display_name,
        organisation="Cabinet",
        sha1=hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        size=len(content),
    )
    return DmpSubmission(
        ins=patient.identity.qualified(),
        author=author,
        document=document,
        content=content,
        confidentiality=Confidentiality.VISIBLE,
        submission_set_id=f"{oid}.3",
        signature_document_id=f"{oid}.4",
        submitted_at=now,
        title="Synthèse médicale",
    )

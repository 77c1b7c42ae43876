"""The thief who has the key of the base: what he rewrites of the journal is found out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hostile_seats.ground import Found, Ground, SoftKey, now, refused, sure
from lgc.errors import UserFacingError
from lgc.store import audit, audit_head, upgrade
from lgc.store.engine import connect, open_engine
from lgc.store.models import AuditLineRow
from lgc.store.practice_store import PracticeStore
from lgc.store.signed_heads import Anchor

WHO, DOCTOR = "899700057294", "Dr Paul MEDECIN5729"
LINES = 6  # before each signature


class SigningKey(SoftKey):
    """A card's key with a certificate that says whose it is."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, WHO)])
        builder = x509.CertificateBuilder(name, name, self._key.public_key(), 1, now(), now())
        made = builder.sign(self._key, hashes.SHA256())
        self.certificate = made.public_bytes(Encoding.DER)

    def sign_challenge(self, challenge: bytes) -> bytes:
        return self._key.sign(challenge, padding.PKCS1v15(), hashes.SHA256())


@dataclass(frozen=True)
class Practice:
    """``folder`` is in the thief's hands; ``apart`` is the second place, which he does not have."""

    folder: Path
    apart: Path
    key: bytes
    card: SigningKey

    @property
    def base(self) -> Path:
        return self.folder / "practice.db"

    def open(self) -> PracticeStore:
        mine = self.card.certificate
        anchor = Anchor(lambda der: DOCTOR if der == mine else "", self.apart)
        keys = self.folder / "vault.json"
        return PracticeStore(self.base, keys, self.key, WHO, now, anchor=anchor)

    def work(self) -> None:
        """Some lines and the card's signature."""
        with closing(self.open()) as store:
            for number in range(LINES):
                with store.unit() as uow:
                    uow.audit("document filed", str(number))
                    uow.commit()
            store.sign_journal(self.card)


def _practice(ground: Ground) -> Practice:
    room, chance = ground.room("journal"), ground.chance("journal key")
    made = Practice(room / "practice", room / "apart", chance.randbytes(32), SigningKey())
    made.folder.mkdir()
    upgrade.bring_up_to_date(made.base, made.key)
    (made.folder / "vault.json").write_text('{"store_id": "aa"}', "ascii")
    return made


def _cut(practice: Practice, former: Path, line: int) -> None:
    with closing(connect(practice.base, practice.key)) as base:
        base.execute("DROP TRIGGER IF EXISTS audit_line_no_delete")
        base.execute("DELETE FROM audit_line WHERE number > ?", (line,))


def _rewritten(practice: Practice, former: Path, line: int) -> None:
    """A line says something else, and the chain is made again from there."""
    with closing(connect(practice.base, practice.key)) as base:
        base.execute("DROP TRIGGER IF EXISTS audit_line_no_update")
        base.execute("UPDATE audit_line SET subject = 'else' WHERE number = ?", (line,))
    engine, previous = open_engine(practice.base, practice.key), audit.BEFORE_THE_FIRST
    with Session(engine) as session:
        for row in session.execute(select(AuditLineRow.__table__).order_by("number")).all():
            fact = audit.Fact(row.at, row.who, row.action, row.subject, row.detail)
            link = audit.chain_hash(previous, row.number, fact)
            again = update(AuditLineRow).where(AuditLineRow.number == row.number)
            session.execute(again.values(previous_hash=previous, hash=link))
            previous = link
        session.commit()
    engine.dispose()


def _older(practice: Practice, former: Path, line: int) -> None:
    """The whole folder as it was, signatures and notes included."""
    shutil.rmtree(practice.folder)
    shutil.copytree(former, practice.folder)


ATTACKS: tuple[Callable[[Practice, Path, int], None], ...] = (_cut, _rewritten, _older)


def rewritten(ground: Ground) -> Found:
    """Cut, rewritten or put back from before, with its notes taken away: it is said."""
    practice, chance = _practice(ground), ground.chance("journal")
    practice.work()
    former = ground.room("former") / "practice"
    shutil.copytree(practice.folder, former)
    practice.work()
    whole = ground.room("whole")
    for place in (practice.folder, practice.apart):
        shutil.copytree(place, whole / place.name)
    sure(not _is_told(practice), "a journal that nobody touched says nothing")
    for number in range(ground.some(24, 3)):
        for place in (practice.folder, practice.apart):
            shutil.rmtree(place)
            shutil.copytree(whole / place.name, place)
        attack = ATTACKS[number % len(ATTACKS)]
        attack(practice, former, chance.randrange(1, LINES))
        if attack is not _older and number % 2:
            audit_head.beside(practice.base).unlink()
        yield f"{attack.__name__} {number}", _is_told(practice)


def _is_told(practice: Practice) -> bool:
    try:
        store = practice.open()
    except UserFacingError:
        return True
    with closing(store):
        return store.short_journal() is not None or refused(store.verify_audit, UserFacingError)

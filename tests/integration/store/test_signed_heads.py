"""The journal is signed by the cards: who has the base's key rewrites it, and is found out."""

import hashlib
import shutil
from contextlib import closing
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from lgc.domain.card import CardGone
from lgc.domain.copies import AuditEnd
from lgc.errors import UserFacingError
from lgc.services.keeping_store import KeepingStore
from lgc.store import audit
from lgc.store.engine import connect
from lgc.store.practice_store import PracticeStore
from lgc.store.signed_heads import Anchor, SignedHeads

WHO = "899700057294"


class Card:
    """A real key and a certificate of its own; ``vouch`` below says which are known."""

    usage = "authentication"

    def __init__(self, clock):
        self.key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, WHO)])
        now = clock.now()
        made = x509.CertificateBuilder(name, name, self.key.public_key(), 1, now, now.replace(2099))
        self.certificate = made.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def sign_challenge(self, challenge):
        return self.key.sign(challenge, padding.PKCS1v15(), hashes.SHA256())


@pytest.fixture
def known():
    """Certificates that an authority vouches for, and for whom."""
    return {}


@pytest.fixture
def doctor(clock, known):
    card = Card(clock)
    known[card.certificate] = "Paul MEDECIN5729"
    return card


@pytest.fixture
def practice(tmp_path, empty_practice, clock, known):
    """``open()`` again; ``write(n)`` lines; ``cut(n)``, ``rewrite(n)`` by who has the key."""
    template, key = empty_practice
    path = tmp_path / "practice" / "practice.db"
    path.parent.mkdir()
    path.write_bytes(template.read_bytes())
    keys = path.with_name("vault.json")
    keys.write_text('{"store_id": "aa"}', "ascii")
    anchor = Anchor(lambda der: known.get(der, ""), tmp_path / "apart")
    opened = []

    def start(who=WHO):
        for store in opened:
            store.close()
        opened[:] = [PracticeStore(path, keys, key, who, clock.now, anchor=anchor)]
        return opened[0]

    def write(lines):
        for number in range(lines):
            clock.advance(seconds=60)
            with opened[0].unit() as uow:
                uow.audit("document filed", str(number))
                uow.commit()

    def close():
        opened.pop().close()

    def cut(keep):
        with closing(connect(path, key)) as connection:
            connection.execute("DROP TRIGGER IF EXISTS audit_line_no_delete")
            connection.execute("DELETE FROM audit_line WHERE number > ?", (keep,))
        path.with_name("practice.db.head").unlink()

    def rewrite(number):
        """A line is changed, and the whole chain made again from there."""
        with closing(connect(path, key)) as base:
            base.execute("DROP TRIGGER IF EXISTS audit_line_no_update")
            base.execute("UPDATE audit_line SET subject = 'else' WHERE number = ?", (number,))
        _chain_again(path, key)
        path.with_name("practice.db.head").unlink()

    yield SimpleNamespace(open=start, close=close, write=write, cut=cut, rewrite=rewrite,
                          folder=path.parent, apart=tmp_path / "apart", clock=clock)  # fmt: skip
    for store in opened:
        store.close()


def _chain_again(path, key):
    from sqlalchemy import select, update
    from sqlalchemy.orm import Session

    from lgc.store.engine import open_engine
    from lgc.store.models import AuditLineRow

    engine = open_engine(path, key)
    previous = audit.BEFORE_THE_FIRST
    with Session(engine) as session:
        for row in session.execute(select(AuditLineRow.__table__).order_by("number")).all():
            fact = audit.Fact(row.at, row.who, row.action, row.subject, row.detail)
            link = audit.chain_hash(previous, row.number, fact)
            where = AuditLineRow.number == row.number
            session.execute(update(AuditLineRow).where(where).values(
                previous_hash=previous, hash=link))  # fmt: skip
            previous = link
        session.commit()
    engine.dispose()


def said(store, clock):
    events = []
    KeepingStore(store, clock, events.append).tell()
    return [one.notice.sentence for one in events if one.notice]


def signed(practice, doctor, lines=5):
    store = practice.open()
    practice.write(lines)
    store.sign_journal(doctor)
    return store


def test_who_signed_up_to_where_is_known(practice, doctor):
    store = signed(practice, doctor)
    practice.write(2)

    found = store.verify_journal()

    assert found.lines == 8
    assert [(one.by, one.end.lines) for one in found.signed] == [("Paul MEDECIN5729", 5)]
    practice.close()
    assert practice.open().short_journal() is None


def test_a_base_that_ends_before_the_signed_line_is_said(practice, doctor):
    signed(practice, doctor)
    practice.close()
    practice.cut(keep=3)

    store = practice.open()

    [words] = said(store, practice.clock)
    assert words.startswith("Cette base s’arrête au ")
    assert "la carte de Paul MEDECIN5729 l’a signée jusqu’à la ligne 5" in words
    assert store.verify_journal().signed == ()
    practice.close()
    assert said(practice.open(), practice.clock) == []


def test_a_line_rewritten_below_the_signature_is_said(practice, doctor):
    signed(practice, doctor)
    practice.write(3)
    practice.close()
    practice.rewrite(2)

    [words] = said(practice.open(), practice.clock)

    assert words == (
        "Le journal n’est plus celui que la carte de Paul MEDECIN5729 a signé jusqu’à la ligne 5."
    )


def test_a_line_rewritten_under_the_application_is_found(practice, doctor):
    store = signed(practice, doctor)
    practice.rewrite(2)

    with pytest.raises(UserFacingError, match="n’est plus celui que la carte de Paul"):
        store.verify_journal()


def test_the_whole_folder_put_back_is_said(practice, doctor, tmp_path):
    signed(practice, doctor)
    practice.close()
    shutil.copytree(practice.folder, tmp_path / "older")
    store = practice.open()
    practice.write(4)
    store.sign_journal(doctor)
    practice.close()
    shutil.rmtree(practice.folder)
    shutil.copytree(tmp_path / "older", practice.folder)

    [words] = said(practice.open(), practice.clock)

    assert words.startswith("Cette base s’arrête au ")
    assert "jusqu’à la ligne 10" in words


@pytest.mark.parametrize("left", ["nothing", "garbage", "older"])
def test_signatures_taken_away_are_said(practice, doctor, left):
    store = signed(practice, doctor)
    file = practice.folder / "practice.db.signed"
    older = file.read_bytes()
    practice.write(2)
    store.sign_journal(doctor)
    practice.close()
    content = {"nothing": None, "garbage": b'{"version": 1, "heads": [7]}', "older": older}[left]
    file.unlink()
    if content:
        file.write_bytes(content)

    [words] = said(practice.open(), practice.clock)

    assert words == "Les signatures du journal manquent : la dernière allait jusqu’à la ligne 8."


def test_a_signature_of_a_certificate_that_nobody_vouches_for_is_none(practice, doctor, known):
    store = signed(practice, doctor)
    stranger = Card(practice.clock)
    store.sign_journal(stranger)
    known.clear()

    assert store.verify_journal().signed == ()
    assert store.verify_journal().lines == 6


def test_a_signature_of_another_practice_or_end_is_none(tmp_path, doctor, known):
    (tmp_path / "practice.db").touch()
    anchor = Anchor(lambda der: known.get(der, ""), None)
    ours = SignedHeads(tmp_path / "practice.db", b"ours", anchor)
    ours.sign(doctor, AuditEnd(5, "ab" * 32))
    file = tmp_path / "practice.db.signed"
    content = file.read_bytes()
    assert [one.end.lines for one in ours.known()] == [5]

    assert SignedHeads(tmp_path / "practice.db", b"theirs", anchor).known() == []
    file.write_bytes(content.replace(b"abab", b"acab"))
    assert ours.known() == []


def test_each_card_has_its_last_signature(practice, doctor, clock, known):
    other = Card(clock)
    known[other.certificate] = "Anne AUTRE"
    store = signed(practice, doctor)
    store.sign_journal(other)
    practice.write(1)
    store.sign_journal(doctor)

    found = store.verify_journal().signed

    assert [(one.by, one.end.lines) for one in found] == [
        ("Anne AUTRE", 6),
        ("Paul MEDECIN5729", 8),
    ]
    assert found[1].card == hashlib.sha256(doctor.certificate).hexdigest()


def test_a_card_that_leaves_signs_nothing(practice, doctor):
    store = signed(practice, doctor)

    def gone(challenge):
        raise CardGone

    doctor.sign_challenge = gone
    with pytest.raises(CardGone):
        store.sign_journal(doctor)
    assert store.verify_journal().lines == 6


def test_a_copy_bears_the_signatures(practice, doctor, tmp_path):
    store = signed(practice, doctor)

    copy = store.copy_to(tmp_path / "copies", lambda: None)

    kept = copy.place / "practice.db.signed"
    assert kept.read_bytes() == (practice.folder / "practice.db.signed").read_bytes()


def test_signatures_that_cannot_be_kept_stop_nobody(practice, doctor):
    store = practice.open()
    practice.write(1)
    (practice.folder / "practice.db.signed").mkdir()

    store.sign_journal(doctor)

    assert store.verify_journal().lines == 1

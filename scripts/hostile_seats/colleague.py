"""The colleague: at the doctor's screen while he is away, with cards and hands of his own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from hostile_seats.cards import COLLEAGUE, MINE, RENEWED, STRANGER, Door, leave
from hostile_seats.ground import Found, Ground, now, refused, sure
from hostile_seats.windows import application, settle
from lgc.card.authorities import vouched
from lgc.desktop.components.fields import PinField
from lgc.domain.card import CardChanged, CardGone, CardPresence, MalformedPin
from lgc.errors import UserFacingError
from lgc.services.access import UnknownCard
from lgc_sandbox.card import PIN

WRONG_CODE = "AAAA-AAAA-AAAA-AAAA"


@contextmanager
def _locked(ground: Ground) -> Iterator[Door]:
    """The doctor's session waits under the lock."""
    door = ground.drawer.door(ground.room("door") / "practice")
    try:
        door.access.lock("asked")
        yield door
    finally:
        leave(door)


def _is_untouched(door: Door, lines: int) -> bool:
    """Nothing began, ended or was written, nobody is connected, no try was spent."""
    return (
        door.told == ["started"]
        and not door.connection.plugged
        and door.lines() == lines
        and door.access.observe().tries_left == 3
    )


def own_number(ground: Ground) -> Found:
    """A token that bears the doctor's public number, of an authority of the colleague's own."""
    with _locked(ground) as door:
        for number in range(ground.some(4, 1)):
            lines = door.lines()
            door.drawer.put(STRANGER)
            state = door.access.observe()
            foreign = state.presence is CardPresence.FOREIGN and state.holder is None
            yield f"a stranger's token is shown as such {number}", foreign
            yield (
                f"its PIN opens nothing {number}",
                refused(partial(door.access.open, PIN), CardGone),
            )
            door.drawer.put(STRANGER, MINE)
            shown = door.access.observe()
            yield f"it does not hide the doctor's {number}", shown.presence is CardPresence.READY
            # The one thing written says that a foreign card was seen.
            yield f"nothing happened {number}", _is_untouched(door, lines + 1)
        yield "the doctor comes back to his session", door.enter().same_session


def own_chain(ground: Ground) -> Found:
    """Certificates that imitate a chain of ours are vouched for by nobody."""
    drawer, key = ground.drawer, rsa.generate_private_key(65537, 2048)
    ours = drawer.authority
    person = drawer.strangers.certificate("persons")
    good = _signed("899700057294", drawer.strangers.certificate("root").subject, key, key)
    for words, certificate in (
        ("an authority of the same name", person),
        ("signed by itself", _signed("899700057294", None, key, key)),
        ("in our root's name", _signed("899700057294", ours.certificate("root").subject, key, key)),
        ("in our persons' name", _signed("1", ours.certificate("persons").subject, key, key)),
        ("in another's name", good),
    ):
        yield words, not vouched(certificate, ours.trust)
    sure(vouched(ours.certificate("persons"), ours.trust), "our own authority is vouched for")


def _signed(
    name: str, issuer: x509.Name | None, key: rsa.RSAPrivateKey, by: rsa.RSAPrivateKey
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now()).not_valid_after(now() + dt.timedelta(days=9))
    builder = builder.add_extension(x509.BasicConstraints(True, None), True)
    return builder.sign(by, hashes.SHA256())


def unknown_certificate(ground: Ground) -> Found:
    """A card of the same person, rightly issued, that the vault does not know: code first."""
    with _locked(ground) as door:
        lines = door.lines()
        door.drawer.put(RENEWED)
        yield "it does not uncover", refused(partial(door.access.open, PIN), UnknownCard)
        enrol = partial(door.access.enrol, WRONG_CODE)
        yield "nor with a wrong code", refused(enrol, UserFacingError)
        yield "nothing happened", door.told == ["started"] and door.lines() >= lines
        yield "the code admits it to the same session", door.access.enrol(door.code).same_session
        door.access.lock("asked")
        yield "and it is known from then on", door.enter().same_session


def unknown_card(ground: Ground) -> Found:
    """A colleague's card and its right PIN end nothing of the session that waits."""
    with _locked(ground) as door:
        for number in range(ground.some(4, 1)):
            door.drawer.put(COLLEAGUE)
            yield f"it is refused {number}", refused(partial(door.access.open, PIN), UnknownCard)
            door.access.lock("log-in abandoned")
            yield (
                f"nothing ended {number}",
                door.told == ["started"] and not door.connection.plugged,
            )
            door.drawer.put(MINE)
            yield f"the doctor's words are there {number}", door.enter().same_session
            door.access.lock("asked")


def other_first(ground: Ground) -> Found:
    """A card put in the place of the one on the screen is not given its PIN."""
    with _locked(ground) as door:
        for number in range(ground.some(4, 1)):
            door.drawer.put(MINE)
            serial = _serial(door)
            door.drawer.put(COLLEAGUE)
            tried = partial(door.access.open, "0000", serial=serial)
            yield f"another card is untouched {number}", refused(tried, CardChanged, CardGone)
            yield f"and has all its tries {number}", door.access.observe().tries_left == 3
            door.drawer.put(MINE)
            yield f"and so has the doctor's {number}", door.access.observe().tries_left == 3


def _serial(door: Door) -> str:
    seen = door.access.observe().holder
    return seen.card_serial if seen is not None else ""


def no_pin(ground: Ground) -> Found:
    """What is no PIN never reaches the card."""
    with _locked(ground) as door:
        for typed in ("", "1", "123", "12345", "0612345678", "12a4", "١٢٣٤", "12 4", "１２３４"):
            held = refused(partial(door.access.open, typed), MalformedPin)
            yield f"« {typed} »", held and door.access.observe().tries_left == 3


def without_card(ground: Ground) -> Found:
    """The recovery key opens for the day, nothing leaves, and nobody sits without it."""
    with _locked(ground) as door:
        door.drawer.put()
        wrong = partial(door.access.open_without_card, WRONG_CODE)
        yield "a wrong key", refused(wrong, UserFacingError) and door.told == ["started"]
        [card, *_] = door.access.open_without_card(door.code)
        opened = door.access.sit(card)
        yield "nobody sits twice", refused(partial(door.access.sit, card), UserFacingError)
        lines = door.lines()
        door.access.choose(opened.places[0])
        yield "it is in the journal", door.lines() > lines
        yield "nothing leaves", opened.without_card and not door.connection.plugged


def typed_around(ground: Ground) -> Found:
    """Digits typed while the lock comes are not taken; a telephone number is no code."""
    with application():
        chance = ground.chance("rhythms")
        for number in range(ground.some(15, 2)):
            field = PinField()
            field.show()
            gaps = [chance.randrange(20, 420) for _ in range(4)]
            for gap in gaps:
                QTest.keyClick(field, Qt.Key.Key_7)
                QTest.qWait(gap)
            yield f"rhythm {gaps}: none is taken", field.text() == "" and not field.takes_keys
            settle(partial(_takes_keys, field))
            QTest.keyClicks(field, PIN)
            yield f"rhythm {number}: the code after it is whole", field.text() == PIN
            QTest.keyClicks(field, "678")
            yield f"rhythm {number}: more is too long", field.too_long and not field.complete
            field.deleteLater()


def _takes_keys(field: PinField) -> bool:
    return field.takes_keys

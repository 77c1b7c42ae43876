"""Is a message that comes one that is known? Its bytes tell it, as the server holds them.

What stands under a known UID is never asked for again; whatever has another UID is fetched and
weighed: a result corrected under the Message-ID, the subject and the length of the first one is
another message.
"""

from __future__ import annotations

from collections.abc import Callable

from lgc.domain.assignment import fold
from lgc.domain.fingerprints import Fingerprint
from lgc.domain.messages import DIGEST, Message
from lgc.domain.writing import typed
from lgc.services.ports import IncomingMail, ParsedMail, UnitOfWork

SAME_NUMBER = "Porte l’identifiant d’un autre message, avec un autre contenu : comparez les deux"


class Recognising:
    """``me`` gives the doctor's own address."""

    def __init__(self, me: Callable[[], str]) -> None:
        self._me = me

    def find(
        self, uow: UnitOfWork, seen: Fingerprint, parsed: ParsedMail | None
    ) -> tuple[Message | None, bool]:
        """(the message that it is, None when it is new; whether another has its Message-ID)."""
        alike = uow.messages.alike(seen, identity(seen, parsed))
        for message_id, known_by in sorted(alike, key=lambda one: _doubt(seen, one[1])):
            if self._is_same(uow, message_id, known_by, seen, parsed):
                return uow.messages.get(message_id), False
        same_number = any(known_by is None or known_by.stable != seen.stable
                          for _, known_by in alike)  # fmt: skip
        return None, same_number

    def _is_same(
        self,
        uow: UnitOfWork,
        message_id: str,
        known_by: Fingerprint | None,
        seen: Fingerprint,
        parsed: ParsedMail | None,
    ) -> bool:
        if known_by is None:
            known_by = self._weighed_late(uow, message_id, seen, parsed)
        if known_by is None or known_by.whole == seen.whole:
            return known_by is not None
        # A server may write a header when it moves a message. One that still stands where it stood
        # was not moved: what came is a second copy, and is shown.
        return known_by.stable == seen.stable and not uow.mailboxes.of_message(message_id)

    def _weighed_late(
        self, uow: UnitOfWork, message_id: str, seen: Fingerprint, parsed: ParsedMail | None
    ) -> Fingerprint | None:
        """What came before messages were weighed, or was written here; None: it is another."""
        raw, message = uow.messages.raw(message_id), uow.messages.get(message_id)
        known_by: Fingerprint | None = seen
        if typed(message_id, raw) is None:
            known_by = Fingerprint.of(raw, message.cut_from, message_id if message.cut_from else "")
        elif parsed is None or not self._is_copy(message, parsed):
            known_by = None
        if known_by is not None:
            uow.messages.known_by(message_id, known_by)
        return known_by

    def _is_copy(self, written: Message, parsed: ParsedMail) -> bool:
        """Does what came say what was written here, and nothing else?

        With an archive the doctor’s subject opens the body (ECO.2.1.3).
        """
        text, opened = fold(written.text), fold(f"{written.subject} {written.text}")
        said = fold(parsed.text)
        same = said == opened or (said == text and fold(parsed.subject) == fold(written.subject))
        return same and parsed.sender_address == self._me()


def weighed(mail: IncomingMail) -> Fingerprint:
    place = f"{mail.mailbox} {mail.uid_validity} {mail.uid}" if mail.cut_from else ""
    return Fingerprint.of(mail.raw, mail.cut_from, place)


def identity(seen: Fingerprint, parsed: ParsedMail | None) -> str:
    """Its Message-ID, under which others name it; one without has the digest of its bytes."""
    if parsed is not None and parsed.rfc_message_id:
        return parsed.rfc_message_id
    return f"{DIGEST}{seen.whole}"


def _doubt(seen: Fingerprint, known_by: Fingerprint | None) -> int:
    if known_by is None:
        return 2
    return 0 if known_by.whole == seen.whole else 1

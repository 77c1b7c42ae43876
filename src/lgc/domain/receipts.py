"""What became of a message after it left: read, integrated, refused, not delivered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """TAKEN: the server accepted this copy when it was sent, and nothing was heard since."""

    TAKEN = "taken"
    DELIVERED = "delivered"
    DELAYED = "delayed"
    READ = "read"
    INTEGRATED = "integrated"
    UNREAD = "unread"
    REFUSED = "refused"
    NOT_DELIVERED = "not_delivered"


WORDS = {
    Fate.TAKEN: "pris en charge",
    Fate.DELIVERED: "distribué",
    Fate.DELAYED: "retardé, le serveur essaie encore",
    Fate.READ: "lu",
    Fate.INTEGRATED: "intégré",
    Fate.UNREAD: "supprimé sans être lu",
    Fate.REFUSED: "refusé",
    Fate.NOT_DELIVERED: "non distribué",
}
# What became of an accepted message, in one word: the state that the doctor reads everywhere.
STATES = {
    Fate.TAKEN: "Pris en charge",
    Fate.DELAYED: "Pris en charge",
    Fate.DELIVERED: "Distribué",
    Fate.UNREAD: "Distribué",
    Fate.READ: "Lu",
    Fate.INTEGRATED: "Intégré",
    Fate.REFUSED: "Non intégré",
    Fate.NOT_DELIVERED: "Non distribué",
}
# Receipts come in any order: what says more of a copy is kept.
_LATER = (
    Fate.TAKEN,
    Fate.DELAYED,
    Fate.DELIVERED,
    Fate.NOT_DELIVERED,
    Fate.UNREAD,
    Fate.READ,
    Fate.REFUSED,
    Fate.INTEGRATED,
)
# TRANS-LPS: why a colleague's software could not take a document.
CODES = {
    "900": "version du document incorrecte",
    "901": "auteur non autorisé à remplacer ou supprimer",
    "902": "patient inconnu",
    "903": "pas d’INS dans le document",
    "904": "INS différente de celle du dossier",
    "905": "INS incomplète, traits manquants",
    "906": "autre erreur",
}


class ReadingReceipt(StrEnum):
    """What the sender of a received message asked, and what the doctor answered."""

    NONE = ""
    ASKED = "asked"
    SENT = "sent"
    DECLINED = "declined"


FAILED = frozenset({Fate.REFUSED, Fate.NOT_DELIVERED})


Fates = tuple[tuple[str, Fate], ...]


def with_receipt(fates: Fates, address: str, told: Fate) -> Fates:
    """The fates of all copies, once a receipt spoke of the one sent to ``address``."""
    known = dict(fates)
    known[address] = max(known.get(address, told), told, key=_LATER.index)
    return tuple(known.items())


def together(former: Fates, later: Fates) -> Fates:
    """What both know of the copies."""
    for address, told in later:
        former = with_receipt(former, address, told)
    return former


def overall(fates: Fates) -> tuple[Fate | None, int]:
    """The fate to tell of a message and how many copies share it; (None, 0) before any receipt.

    A failure is told before anything else; otherwise the furthest that a copy came.
    """
    told = [fate for _, fate in fates if fate is not Fate.TAKEN]
    if not told:
        return None, 0
    failed = [fate for fate in told if fate in FAILED]
    chosen = max(failed or told, key=_LATER.index)
    return chosen, sum(STATES[fate] == STATES[chosen] for fate in told)


@dataclass(frozen=True, slots=True)
class MailReceipt:
    """One receipt; ``originals`` are the Message-IDs it may be about, the likeliest first.

    ``code`` is of TRANS-LPS, empty when none was given; ``recipient`` whom it speaks for;
    ``sender`` the mailbox it came from, ``by_server``: it tells of the way, not of a reader.
    """

    fate: Fate
    originals: tuple[str, ...]
    code: str = ""
    recipient: str = ""
    sender: str = ""
    by_server: bool = False

    @property
    def failed(self) -> bool:
        return self.fate in FAILED

    @property
    def words(self) -> str:
        """« refusé : patient inconnu (902) »."""
        said = WORDS[self.fate]
        if self.fate is not Fate.REFUSED or not self.code:
            return said
        why = CODES.get(self.code)
        return f"{said} : {why} ({self.code})" if why else f"{said} (code {self.code})"

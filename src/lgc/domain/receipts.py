"""What became of a message after it left: read, integrated, refused, not delivered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    DELIVERED = "delivered"
    DELAYED = "delayed"
    READ = "read"
    INTEGRATED = "integrated"
    UNREAD = "unread"
    REFUSED = "refused"
    NOT_DELIVERED = "not_delivered"


WORDS = {
    Fate.DELIVERED: "délivré",
    Fate.DELAYED: "retardé, le serveur essaie encore",
    Fate.READ: "lu",
    Fate.INTEGRATED: "intégré",
    Fate.UNREAD: "supprimé sans être lu",
    Fate.REFUSED: "refusé",
    Fate.NOT_DELIVERED: "non remis",
}
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


@dataclass(frozen=True, slots=True)
class MailReceipt:
    """One receipt; ``originals`` are the Message-IDs it may be about, the likeliest first.

    ``code`` is of TRANS-LPS, empty when none was given; ``recipient`` whom it speaks for.
    """

    fate: Fate
    originals: tuple[str, ...]
    code: str = ""
    recipient: str = ""

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

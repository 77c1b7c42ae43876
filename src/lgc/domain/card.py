"""What the access screen may know of the card before and after the PIN (cps-ins §1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lgc.domain.professionals import CardHolder
from lgc.errors import UserFacingError


class CardPresence(StrEnum):
    NO_MODULE = "no_module"
    NO_READER = "no_reader"
    NO_CARD = "no_card"
    UNREADABLE = "unreadable"
    FOREIGN = "foreign"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class CardState:
    """One look at the reader. ``tries_left`` is what the token's flags say, 0 when blocked.

    FOREIGN: its certificate does not come from our authorities, so nothing it says is believed.
    """

    presence: CardPresence
    reader_name: str = ""
    holder: CardHolder | None = None
    tries_left: int = 3

    @property
    def blocked(self) -> bool:
        return self.presence is CardPresence.READY and self.tries_left == 0


class WrongPin(UserFacingError):
    """The card refused the PIN; ``tries_left`` was read from the token afterwards."""

    def __init__(self, tries_left: int) -> None:
        tries = f"{tries_left} essai{'s' if tries_left > 1 else ''}"
        super().__init__(
            f"Code incorrect. Il vous reste {tries}." if tries_left else "Carte bloquée.",
            advice="Ensuite la carte se bloque ; seul le code de déblocage de la carte la débloque."
            if tries_left
            else "Elle se débloque avec le code de déblocage de la carte, dans l’outil de l’ANS.",
            may_retry=tries_left > 0,
        )
        self.tries_left = tries_left


class MalformedPin(UserFacingError):
    """Not four digits: refused here, the card was not touched."""

    def __init__(self) -> None:
        super().__init__("Le code porteur a 4 chiffres.", advice="La carte n’a pas compté d’essai.")


class CardChanged(UserFacingError):
    """Another card than the one on the screen is in the reader: it was not touched."""

    def __init__(self) -> None:
        super().__init__(
            "Ce n’est plus la même carte dans le lecteur.",
            advice="Votre code ne lui a pas été donné. Vérifiez le nom affiché, puis recommencez.",
        )


class LastTry(UserFacingError):
    """One try is left and the doctor has not confirmed: the card was not touched."""

    def __init__(self) -> None:
        super().__init__(
            "Dernier essai avant le blocage de la carte.",
            advice="Confirmez que vous voulez l’utiliser.",
            may_retry=True,
        )


class CardGone(UserFacingError):
    """The card was pulled, or the session died with it."""

    def __init__(self) -> None:
        super().__init__(
            "Le lecteur ne voit pas de carte CPS.",
            advice="Insérez la carte, l’envoi reprendra seul.",
            may_retry=True,
        )

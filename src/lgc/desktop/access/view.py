"""What the access screen shows, decided without Qt from the card and what just happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from lgc.desktop import text
from lgc.domain.admission import AdmittedCard
from lgc.domain.card import CardPresence, CardState, LastTry, WrongPin
from lgc.domain.professionals import CardHolder, PlaceOfPractice, Practitioner
from lgc.errors import UserFacingError
from lgc.terminology.value_sets import value_set

TRIES = 3
FOUR_DIGITS = "4 chiffres"
TOO_LONG = "Plus de 4 chiffres : ce n’est pas un code porteur. Échap efface."
WAITING = "Touches ignorées : relâchez-les un instant, puis saisissez le code."
SETTINGS_REFUSED = "Des réglages n’ont pas été pris : les valeurs proposées les remplacent."
ASIDE = "Le fichier tel qu’il était est gardé à côté, sous le nom settings-refusé.json."
PIN_DIGITS = 4


class Opened(Protocol):
    """What the door says once the PIN was right (services.access.Opened)."""

    @property
    def holder(self) -> CardHolder: ...
    @property
    def places(self) -> tuple[PlaceOfPractice, ...]: ...
    @property
    def place(self) -> PlaceOfPractice | None: ...
    @property
    def recovery_code(self) -> str | None: ...
    @property
    def same_session(self) -> bool: ...
    @property
    def without_card(self) -> bool: ...


class Door(Protocol):
    """services.access.Access as this screen needs it; every call runs in a worker."""

    def observe(self) -> CardState: ...
    def open(self, pin: str, *, serial: str = "", last_try_confirmed: bool = False) -> Opened: ...
    def enrol(self, recovery_code: str) -> Opened: ...
    def keep_code(self) -> None: ...
    def has_practice(self) -> bool: ...
    def open_without_card(self, recovery_code: str) -> tuple[AdmittedCard, ...]: ...
    def sit(self, card: AdmittedCard) -> Opened: ...
    def choose(self, place: PlaceOfPractice) -> Practitioner: ...
    def lock(self, why: str) -> None: ...


class Stage(StrEnum):
    """One at a time; each says what to do next."""

    STARTING = "starting"
    NO_MODULE = "no_module"
    NO_READER = "no_reader"
    NO_CARD = "no_card"
    FOREIGN = "foreign"
    UNREADABLE = "unreadable"
    READING = "reading"
    PIN = "pin"
    WRONG_PIN = "wrong_pin"
    LAST_TRY = "last_try"
    BLOCKED = "blocked"
    OPENING = "opening"
    PLACE = "place"
    RECOVERY_CODE = "recovery_code"
    UNKNOWN_CARD = "unknown_card"
    WITHOUT_CARD = "without_card"
    HOLDER = "holder"


@dataclass(frozen=True, slots=True)
class AccessView:
    """``step`` counts what is done: 0 reader, 1 card, 2 PIN, 3 all.

    ``tries_left`` is None when there is nothing to say of it. An empty ``sentence`` shows no
    notice.
    """

    stage: Stage
    step: int
    title: str
    subtitle: str
    tone: str = "text.muted"
    sentence: str = ""
    advice: str = ""
    glyph: str = ""
    busy: bool = False
    tries_left: int | None = None

    @property
    def asks_pin(self) -> bool:
        return self.stage in (Stage.PIN, Stage.WRONG_PIN, Stage.LAST_TRY)


ABSENT: dict[CardPresence, AccessView] = {
    CardPresence.NO_MODULE: AccessView(
        Stage.NO_MODULE,
        0,
        "Bonjour",
        "Le logiciel de la carte manque sur ce poste.",
        "danger",
        "Aucun module PKCS#11 trouvé.",
        "Installez la Cryptolib CPS de l’ANS, ou indiquez le module dans « Réglages du poste ».",
        "ri.alert-fill",
    ),
    CardPresence.NO_READER: AccessView(
        Stage.NO_READER,
        0,
        "Bonjour",
        "Aucun lecteur de carte n’est branché.",
        "text.muted",
        "Aucun lecteur",
        "Branchez le lecteur. La détection est automatique.",
        "ri.usb-line",
    ),
    CardPresence.NO_CARD: AccessView(
        Stage.NO_CARD,
        1,
        "Bonjour",
        "Votre carte CPS ouvre le cabinet.",
        "accent.text",
        "Insérez votre CPS",
        "Puce vers le haut, jusqu’à la butée.",
        "ri.bank-card-line",
    ),
    CardPresence.FOREIGN: AccessView(
        Stage.FOREIGN,
        1,
        "Bonjour",
        "Cette carte n’est pas reconnue.",
        "danger",
        "Son certificat ne vient d’aucune autorité de ce poste",
        "Rien de ce qu’elle dit n’est cru. Si c’est votre CPS, vérifiez le fichier des autorités "
        "dans « Réglages du poste ».",
        "ri.shield-cross-line",
    ),
    CardPresence.UNREADABLE: AccessView(
        Stage.UNREADABLE,
        1,
        "Bonjour",
        "La carte est dans le lecteur, mais elle ne répond pas.",
        "warn",
        "Carte illisible",
        "Retirez-la, vérifiez que c’est une CPS et que la puce est vers le haut, "
        "puis insérez-la de nouveau.",
        "ri.error-warning-fill",
    ),
}
STARTING = AccessView(
    Stage.STARTING, 0, "Bonjour", "Recherche du lecteur et de la carte.", busy=True,
    tone="accent.text", sentence="Recherche du lecteur…", advice="La détection est automatique.",
)  # fmt: skip
READING = AccessView(
    Stage.READING, 1, "Bonjour", "Un instant.", busy=True, tone="accent.text",
    sentence="Lecture de la carte…", advice="1 à 3 secondes. Laissez la carte en place.",
)  # fmt: skip


def view_of(
    card: CardState | None,
    *,
    problem: UserFacingError | None = None,
    reading: bool = False,
    locked_holder: CardHolder | None = None,
    first_start: bool = False,
) -> AccessView:
    """The view before the PIN is right.

    ``problem`` is what the last attempt said, ``reading`` that a look at the reader lasts,
    ``locked_holder`` whose session waits under the lock.
    """
    if card is None:
        return STARTING
    if reading and card.presence is not CardPresence.READY:
        return READING
    if card.presence is not CardPresence.READY:
        return _locked(ABSENT[card.presence], locked_holder)
    if card.blocked:
        return AccessView(
            Stage.BLOCKED, 2, _hello(card), "Cette carte ne peut plus servir pour l’instant.",
            "danger", "Carte bloquée",
            "Elle se débloque avec le code de déblocage de la carte, dans l’outil de l’ANS.",
            "ri.lock-fill", tries_left=0,
        )  # fmt: skip
    return _ready(card, problem, locked_holder, first_start)


def _ready(
    card: CardState,
    problem: UserFacingError | None,
    locked_holder: CardHolder | None,
    first_start: bool,
) -> AccessView:
    left = problem.tries_left if isinstance(problem, WrongPin) else card.tries_left
    hello, subtitle = _hello(card), "Votre carte est lue. Saisissez votre code porteur."
    if first_start:
        subtitle = "Premier démarrage : ce code ouvrira le cabinet à votre carte."
    if left == 1:
        why = problem.sentence if isinstance(problem, WrongPin) else LastTry().sentence
        return AccessView(
            Stage.LAST_TRY, 2, hello, subtitle, "danger", text.french(why),
            "Une erreur de plus bloque la carte.", "ri.error-warning-fill", tries_left=1,
        )  # fmt: skip
    if problem is not None:
        return AccessView(
            Stage.WRONG_PIN, 2, hello, subtitle, "warn", text.french(problem.sentence),
            text.french(problem.advice), tries_left=left if left < TRIES else None,
        )  # fmt: skip
    if left < TRIES:
        return AccessView(
            Stage.WRONG_PIN, 2, hello, subtitle, "warn",
            f"Il vous reste {text.count(left, 'essai')}.",
            text.french(
                "Ensuite la carte se bloque ; seul le code de déblocage de la carte la débloque."
            ),
            tries_left=left,
        )  # fmt: skip
    return _locked(AccessView(Stage.PIN, 2, hello, subtitle), locked_holder, card.holder)


def _locked(
    view: AccessView, locked: CardHolder | None, present: CardHolder | None = None
) -> AccessView:
    """Say that a session waits below, and whose card brings it back."""
    if locked is None:
        return view
    same = present is not None and present.national_id == locked.national_id
    if present is None or same:
        return AccessView(
            view.stage, view.step, "Session verrouillée",
            f"Même carte, même code{text.NB}: vous revenez au même endroit.",
            view.tone if not same else "ok",
            view.sentence if not same else "Votre travail est intact.",
            view.advice if not same else "Ce qui était saisi est resté en place.",
            view.glyph if not same else "ri.shield-check-fill",
        )  # fmt: skip
    return AccessView(
        view.stage, view.step, "Une autre carte", "Saisissez le code porteur de cette carte.",
        "warn", "Une session est déjà ouverte avec une autre carte.",
        "La vôtre ouvrira une nouvelle session ; rien de l’autre ne sera montré, "
        "et ses saisies non enregistrées seront fermées.",
    )  # fmt: skip


OPENING = AccessView(
    Stage.OPENING, 2, "Ouverture de la session", "La carte vérifie votre code.",
    busy=True, tone="accent.text", sentence="Ouverture de la session…",
    advice="Laissez la carte en place.",
)  # fmt: skip
PLACE = AccessView(
    Stage.PLACE, 3, "Où exercez-vous aujourd’hui ?".replace(" ?", f"{text.NB}?"),
    "Ce lieu figurera sur vos documents et dans vos accès au DMP.",
)  # fmt: skip
RECOVERY_CODE = AccessView(
    Stage.RECOVERY_CODE, 3, "Clé de secours du cabinet",
    f"Elle n’est montrée qu’une fois{text.NB}: imprimez-la et gardez-la en lieu sûr.",
    "warn", "Sans elle, une carte perdue ou renouvelée ne rouvre pas le cabinet.",
    text.french(
        "Cochez une fois notée ; sinon une autre sera faite à la prochaine ouverture, et celle-ci "
        "ne servira plus."
    ),
)  # fmt: skip


WITHOUT_CARD = AccessView(
    Stage.WITHOUT_CARD, 0, "Ouvrir sans carte", "Carte oubliée, bloquée, ou lecteur en panne.",
    "warn", text.french("Pour aujourd’hui : lire et écrire ici, rien ne part."),
    "Les envois attendront votre carte. Cette ouverture est inscrite au journal.",
    "ri.key-2-line",
)  # fmt: skip
HOLDER = AccessView(
    Stage.HOLDER, 0, text.french("Qui êtes-vous ?"),
    "Le journal signera de ce nom, avec la mention « sans carte ».",
)  # fmt: skip
CHECKING_KEY = AccessView(
    Stage.OPENING, 0, "Ouverture sans carte", "La clé est vérifiée.",
    busy=True, tone="accent.text", sentence="Vérification de la clé…", advice="Un instant.",
)  # fmt: skip
# From where the recovery key may be asked: a card that is not there, not read, or not to be used.
MAY_GO_WITHOUT = frozenset(
    {
        Stage.NO_MODULE, Stage.NO_READER, Stage.NO_CARD, Stage.FOREIGN, Stage.UNREADABLE,
        Stage.PIN, Stage.WRONG_PIN, Stage.LAST_TRY, Stage.BLOCKED,
    }
)  # fmt: skip


def who_sits(locked: CardHolder | None) -> AccessView:
    """Which of the admitted holders; ``locked`` is whose session waits under the lock."""
    if locked is None:
        return HOLDER
    return replace(
        HOLDER,
        tone="warn",
        sentence=text.french(f"La session de {holder_lines(locked)[0]} est ouverte."),
        advice="Un autre nom la ferme, avec ses saisies non enregistrées.",
    )


def wrong_key(problem: UserFacingError) -> AccessView:
    """The recovery key did not open."""
    return replace(
        WITHOUT_CARD, sentence=text.french(problem.sentence), advice=text.french(problem.advice)
    )


def unknown_card(problem: UserFacingError) -> AccessView:
    """The PIN is right but this card is new here."""
    return AccessView(
        Stage.UNKNOWN_CARD, 3, "Carte inconnue de ce cabinet",
        "La clé de secours du cabinet l’ajoutera.",
        "warn", text.french(problem.sentence), text.french(problem.advice),
    )  # fmt: skip


def _hello(card: CardState) -> str:
    return "Bonjour Docteur" if card.holder is not None else "Bonjour"


def holder_lines(holder: CardHolder) -> tuple[str, str, str]:
    """Name, profession with speciality, number: as the card says before any PIN."""
    doctor = holder.profession.code == "10"
    title = "Dr " if doctor else ""
    profession = holder.profession.label or ("Médecin" if doctor else "")
    number = f"RPPS {holder.rpps}" if holder.national_id.startswith("8") else holder.national_id
    return (
        f"{title}{holder.given_name} {holder.family_name}".strip(),
        text.join(profession, speciality_label(holder)),
        number,
    )


def speciality_label(holder: CardHolder) -> str:
    """« Médecine générale (SM) » from the code of the card; the code when it is not known."""
    if not holder.speciality:
        return ""
    code = f"G15_{holder.profession.code}/{holder.speciality}"
    label = value_set("author_speciality").label(code)
    return label.partition(" - ")[2] if label != code else holder.speciality


def place_lines(place: PlaceOfPractice) -> tuple[str, str]:
    """Name of the structure, then its number."""
    return place.structure_name or "Lieu sans nom", f"n° {place.structure_id} · {place.sector}"


def card_lines(card: AdmittedCard) -> tuple[str, str]:
    """Whose admitted card it is: name, then profession and number."""
    if card.holder is None:
        return card.name, ""
    name, work, number = holder_lines(card.holder)
    return name, text.join(work, number)


def preselected(places: Sequence[PlaceOfPractice], last: PlaceOfPractice | None) -> int:
    return places.index(last) if last in places else 0

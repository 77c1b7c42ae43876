"""Who may move an identity's status and how (RNIV; guide d'implémentation INS).

The status says two things only: INSi answered, and a high-confidence identity document was seen.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum

from lgc.domain.characters import as_on_a_keyboard, based
from lgc.domain.identity import Identity, IdentityStatus, Ins, Traits
from lgc.errors import UserFacingError

_PROV, _RECUP = IdentityStatus.PROVISIONAL, IdentityStatus.RETRIEVED
_VALI, _QUAL = IdentityStatus.VALIDATED, IdentityStatus.QUALIFIED


class IdentityEvent(StrEnum):
    """What may happen to an identity. Only INSi's answer and a seen document raise it."""

    INSI_ANSWERED = "insi answered"
    DOCUMENT_SEEN = "identity document seen"
    TRAIT_CHANGED = "strict trait changed"
    DOUBT_RAISED = "doubt raised"
    DOUBT_LIFTED = "doubt lifted"
    MADE_FICTITIOUS = "made fictitious"


_E = IdentityEvent
NEXT: dict[tuple[IdentityStatus, IdentityEvent], IdentityStatus] = {
    (_PROV, _E.INSI_ANSWERED): _RECUP,
    (_PROV, _E.DOCUMENT_SEEN): _VALI,
    (_PROV, _E.TRAIT_CHANGED): _PROV,
    (_PROV, _E.DOUBT_RAISED): _PROV,
    (_PROV, _E.DOUBT_LIFTED): _PROV,
    (_PROV, _E.MADE_FICTITIOUS): _PROV,
    (_RECUP, _E.INSI_ANSWERED): _RECUP,
    (_RECUP, _E.DOCUMENT_SEEN): _QUAL,
    (_RECUP, _E.TRAIT_CHANGED): _PROV,
    (_RECUP, _E.DOUBT_RAISED): _PROV,
    (_VALI, _E.INSI_ANSWERED): _QUAL,
    (_VALI, _E.DOCUMENT_SEEN): _VALI,
    (_VALI, _E.TRAIT_CHANGED): _PROV,
    (_VALI, _E.DOUBT_RAISED): _PROV,
    (_QUAL, _E.INSI_ANSWERED): _QUAL,
    (_QUAL, _E.DOCUMENT_SEEN): _QUAL,
    (_QUAL, _E.TRAIT_CHANGED): _PROV,
    (_QUAL, _E.DOUBT_RAISED): _PROV,
}
"""A missing cell is forbidden: nothing is lifted where nothing doubts, nobody real is made up."""

BARRED = frozenset({IdentityEvent.INSI_ANSWERED, IdentityEvent.DOCUMENT_SEEN})
"""What a doubtful or fictitious identity refuses (EXI ID 24, 26)."""

STATUS_WORDS = {
    _PROV: "Identité provisoire",
    _RECUP: "Identité récupérée",
    _VALI: "Identité validée",
    _QUAL: "Identité qualifiée",
}


class IdentityPaper(StrEnum):
    """The identity documents of high confidence a doctor may say they saw."""

    IDENTITY_CARD = "identity card"
    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence permit"


PAPER_WORDS = {
    IdentityPaper.IDENTITY_CARD: "Carte nationale d’identité",
    IdentityPaper.PASSPORT: "Passeport",
    IdentityPaper.RESIDENCE_PERMIT: "Titre de séjour",
}


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """Which document was seen, when (aware) and by whom (national id)."""

    paper: IdentityPaper
    seen_at: dt.datetime
    seen_by: str


def after(identity: Identity, event: IdentityEvent) -> IdentityStatus:
    """The status that follows. Raises UserFacingError for a forbidden cell of ``NEXT``."""
    found = NEXT.get((identity.status, event))
    barred = event in BARRED and (identity.doubtful or identity.fictitious)
    made_up = event is IdentityEvent.MADE_FICTITIOUS and (
        identity.doubtful or identity.homonym or identity.ins is not None
    )
    nothing_to_lift = event is IdentityEvent.DOUBT_LIFTED and not identity.doubtful
    doubt_of_nobody = event is IdentityEvent.DOUBT_RAISED and identity.fictitious
    if found is None or barred or made_up or nothing_to_lift or doubt_of_nobody:
        raise UserFacingError(
            "Ce changement d’identité n’est pas permis.",
            advice="Levez d’abord le doute, ou vérifiez les traits : rien n’a été changé.",
        )
    return found


def moved(identity: Identity, event: IdentityEvent) -> Identity:
    """The identity after ``event``; an INS it may no longer carry goes to its history.

    Raises UserFacingError for a forbidden cell.
    """
    status = after(identity, event)
    doubtful = identity.doubtful
    if event in (IdentityEvent.DOUBT_RAISED, IdentityEvent.DOUBT_LIFTED):
        doubtful = event is IdentityEvent.DOUBT_RAISED
    made = replace(
        identity,
        status=status,
        doubtful=doubtful,
        fictitious=identity.fictitious or event is IdentityEvent.MADE_FICTITIOUS,
    )
    return without_ins(made) if status in (_PROV, _VALI) else made


def without_ins(identity: Identity) -> Identity:
    """The matricule leaves the identity and stays in its history, once."""
    if identity.ins is None:
        return identity
    former = tuple(ins for ins in identity.former_ins if ins != identity.ins)
    return replace(identity, ins=None, former_ins=(identity.ins, *former))


def corrected(identity: Identity, traits: Traits) -> Identity:
    """The same person with other strict traits: any change of one lowers the status."""
    if traits == identity.traits:
        return identity
    return replace(moved(identity, IdentityEvent.TRAIT_CHANGED), traits=traits)


def with_answer(identity: Identity, ins: Ins, traits: Traits) -> Identity:
    """What INSi answered takes the place of the traits; the former INS is kept.

    Raises UserFacingError for a wrong key of a real matricule, or a forbidden cell.
    """
    if not ins.key_is_right and not ins.fictitious:
        raise UserFacingError(
            "La clé de ce matricule INS est fausse.",
            advice="L’identité reste telle quelle ; interrogez de nouveau INSi.",
        )
    known = without_ins(identity) if identity.ins != ins else identity
    return replace(moved(known, IdentityEvent.INSI_ANSWERED), ins=ins, traits=traits)


# --- what a form may hold ---------------------------------------------------------------------

PLACE = re.compile(r"(\d{5}|2[AB]\d{3})")
_NAME = re.compile(r"[A-Z'][A-Z' -]*")


def plain_capitals(text: str) -> str:
    """A name as INSi writes it: capitals without accents, ligatures opened, plain apostrophe."""
    opened = based(as_on_a_keyboard(text)).upper()
    bare = unicodedata.normalize("NFKD", opened)
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


def faults(traits: Traits, today: dt.date) -> dict[str, str]:
    """Field → what is wrong with it, in French; empty when the traits can be kept."""
    found: dict[str, str] = {}
    if not traits.birth_name:
        found["birth_name"] = "Écrivez le nom de naissance."
    elif not _NAME.fullmatch(traits.birth_name):
        found["birth_name"] = "Lettres, espaces, tirets et apostrophes seulement."
    given = traits.birth_given_names
    if not given:
        found["given_names"] = "Écrivez au moins un prénom de naissance."
    elif not all(_NAME.fullmatch(g) and g[-1] not in "-'" for g in given):
        found["given_names"] = "Des prénoms séparés par des espaces, sans chiffre ni signe final."
    if traits.birth_date > today:
        found["birth_date"] = "Cette date est à venir."
    if traits.birth_place_code and not PLACE.fullmatch(traits.birth_place_code):
        found["birth_place"] = "Cinq caractères : 44109, 2A004, 99100 à l’étranger."
    return found


def starts_the_list(first: str, given_names: str) -> bool:
    """EXI ID 10: hyphen, apostrophe and space count the same."""
    one, whole = (re.sub(r"[-' ]+", " ", plain_capitals(text)) for text in (first, given_names))
    return whole == one or whole.startswith(f"{one} ")

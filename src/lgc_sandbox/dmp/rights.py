"""The rights matrix (PDT-INF-526 as dmp.md §4 gives it): who may do what, in which mode."""

from __future__ import annotations

from dataclasses import dataclass

from lgc_sandbox.dmp import rim
from lgc_sandbox.dmp.answers import DENIED, Problem, Refused
from lgc_sandbox.dmp.registry import FORBIDDEN, VALID, Entry, Registry
from lgc_sandbox.dmp.vihf import User

NORMAL, BREAK_GLASS, REGULATION = "normal", "bris_de_glace", "centre_15"
EVERY = frozenset({NORMAL, BREAK_GLASS, REGULATION})
N, B, R = frozenset({NORMAL}), frozenset({BREAK_GLASS}), frozenset({REGULATION})
# Transaction → modes of a doctor, whether a CPE may.
TRANSACTIONS: dict[str, tuple[frozenset[str], bool]] = {
    "td0.2": (EVERY, True),
    "td0.3": (N, True),
    "td0.4": (EVERY, True),
    "td0.5": (R, False),
    "td1.1": (N, True),
    "td1.2": (N, True),
    "td1.3b": (N, True),
    "td1.4": (N, True),
    "td1.6": (N, False),
    "td2.1": (EVERY, True),
    "td3.1": (EVERY, True),  # a CPE gets references only, see td3_1_find
    "td3.2": (EVERY, False),
    "td3.3": (EVERY, True),  # by action, below
}


@dataclass(frozen=True, slots=True)
class Rule:
    """Modes of the author on own documents, of the MT on anybody's, of anybody authorised."""

    author: frozenset[str]
    attending: frozenset[str]
    anybody: frozenset[str] = frozenset()
    needs_authorisation: bool = True


ACTIONS = {
    "mask": Rule(N, N, N),
    "unmask": Rule(N, N),
    "show": Rule(N, N, N),
    "delete": Rule(EVERY, frozenset(), needs_authorisation=False),
    "archive": Rule(N, N | B),
}


def check(transaction: str, user: User) -> None:
    """Raises ``Refused`` when this user may not run this transaction in this mode."""
    modes, cpe = TRANSACTIONS[transaction]
    if user.mode not in modes:
        raise Refused(Problem(DENIED, f"{transaction} interdit en mode {user.mode}"))
    if user.is_cpe and not cpe:
        raise Refused(Problem(DENIED, f"{transaction} interdit avec une carte CPE"))


def check_oppositions(user: User, registry: Registry) -> None:
    """A patient may have refused the two emergency modes. Raises ``Refused``."""
    refusal = {
        BREAK_GLASS: "OPPOSITION_BRIS_DE_GLACE",
        REGULATION: "OPPOSITION_ACCES_URGENCE",
    }.get(user.mode, "")
    if refusal and registry.wishes(user.patient.ins).get(refusal):
        raise Refused(Problem(DENIED, f"{refusal}: le patient s'y oppose"))


def check_action(action: str, entry: Entry, user: User, registry: Registry) -> None:
    """Raises ``Refused`` unless ``user`` may do ``action`` to ``entry``."""
    rule = ACTIONS[action]
    right = registry.authorisation(entry.ins, user.national_id)
    if right is not None and right.value == FORBIDDEN:
        raise Refused(Problem(DENIED, "le patient a refusé l'accès à ce professionnel"))
    authorised = right is not None and right.value == VALID
    attending = authorised and right is not None and right.mt
    if attending and user.mode in rule.attending:
        return
    if entry.meta.code(rim.CLASS) == "90":
        raise Refused(Problem(DENIED, "document du patient: réservé au médecin traitant"))
    if rule.needs_authorisation and not (authorised or user.mode != NORMAL):
        raise Refused(Problem(DENIED, "pas d'autorisation valide sur ce DMP"))
    mine = user.national_id in entry.meta.authors
    if user.is_cpe:
        mine = user.structure in _structures(entry)
    if not (mine and user.mode in rule.author) and user.mode not in rule.anybody:
        raise Refused(Problem(DENIED, f"{action}: réservé à l'auteur du document"))


def _structures(entry: Entry) -> list[str]:
    return [
        one.rpartition("^")[2]
        for author in entry.meta.coded(rim.AUTHOR)
        for one in author.slot("authorInstitution")
    ]

"""Raised, lowered and struck words as plain text: 10⁹ is not 109, and a dose struck out is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, auto

STRUCK_START, STRUCK_END = "[barré\u00a0: ", "]"


class Script(Enum):
    """Where letters stand on their line."""

    NONE = auto()
    SUPER = auto()
    SUB = auto()
    RAISED = auto()
    """By some points: only figures mean something by it."""
    LOWERED = auto()


_RAISED = str.maketrans("0123456789+-\u2212=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-\u2212=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
# What is raised in ordinary French: « 1er », « Mme », « n° ».
_ORDINARY = frozenset(
    ("e", "er", "ers", "ère", "ères", "es", "ème", "èmes", "eme", "re", "nd", "nde", "de", "me",
     "mes", "lle", "lles", "le", "gr", "r", "rs", "th", "st", "rd")
)  # fmt: skip
_DEGREE = frozenset(("o", "°", "º"))
_SIGNS = frozenset("°º™®©ª’'\"*†‡²³¹")


def scripted(text: str, script: Script) -> str:
    """``text`` raised or lowered: by its own letters, else with ``^`` or ``_`` before it."""
    core = text.strip()
    if script is Script.NONE or not core:
        return text
    return text.replace(core, _WAYS[script](core), 1)


def _lifted(core: str) -> str:
    return core.translate(_RAISED) if all(ord(letter) in _RAISED for letter in core) else core


def _dropped(core: str) -> str:
    return core.translate(_LOWERED) if all(ord(letter) in _LOWERED for letter in core) else core


def _raised(core: str) -> str:
    if all(ord(letter) in _RAISED for letter in core):
        return core.translate(_RAISED)
    if core.lower() in _DEGREE:
        return "°"
    is_mark = core.startswith("[") and core.endswith("]")
    if is_mark or core.lower() in _ORDINARY or _SIGNS.issuperset(core):
        return core
    return f"^{core}" if _is_one(core) else f"^({core})"


def _lowered(core: str) -> str:
    if all(ord(letter) in _LOWERED for letter in core):
        return core.translate(_LOWERED)
    if core.isalnum():
        return core
    return f"_{core}" if _is_one(core) else f"_({core})"


_WAYS: Mapping[Script, Callable[[str], str]] = {
    Script.SUPER: _raised,
    Script.SUB: _lowered,
    Script.RAISED: _lifted,
    Script.LOWERED: _dropped,
}


def _is_one(core: str) -> bool:
    return not any(letter.isspace() or letter in "()^_" for letter in core)


def struck(text: str) -> str:
    """Words with a line through them."""
    core = text.strip()
    return text.replace(core, f"{STRUCK_START}{core}{STRUCK_END}", 1) if core else text

"""Whom or what something is about: the nearest thing around it that says so."""

from __future__ import annotations

from PySide6.QtCore import QObject
from shiboken6 import isValid

NOBODY = "Ce poste"


def subject_of(one: QObject | None) -> str:
    """« CHEMIN Henri », « Agenda », « Modifier le contact »; what has no place is of this desk.

    A widget says it with ``speaks_of()``, empty while it does not know.
    """
    while one is not None and isValid(one):
        says = getattr(one, "speaks_of", None)
        if callable(says) and (words := str(says())):
            return words
        one = one.parent()
    return NOBODY

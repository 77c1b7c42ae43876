"""What the words of an RTF do not say of its page, in the doctor's words."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum


class Loss(Enum):
    """One kind of thing that is on the page, or in the file, and not in the words."""

    PICTURE = "images"
    OBJECT = "objets insérés"
    FORMULA = "formules"
    SIGN = "signes inconnus"
    FONT = "signes de polices inconnues"
    FIELD = "champs calculés"
    NUMBER = "numéros de liste"
    DELETED = "passages supprimés"
    HIDDEN = "texte caché"
    UNKNOWN = "contenu d’une autre forme"
    CUT = "fin du texte"


def told(losses: Collection[Loss]) -> str:
    """One French sentence, empty when the words say it all."""
    if not losses:
        return ""
    named = ", ".join(loss.value for loss in Loss if loss in losses)
    return f"Texte simplifié, voir l’original (non montrés\u00a0: {named})."

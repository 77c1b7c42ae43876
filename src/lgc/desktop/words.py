"""Words compared as a person would: without case, accents, ligatures or punctuation."""

from __future__ import annotations

import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "’": " ", "'": " ", "-": " "})


def fold(text: str) -> str:
    """``Cœur d’Hélène`` → ``coeur d helene``."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return "".join(character for character in plain if not unicodedata.combining(character))

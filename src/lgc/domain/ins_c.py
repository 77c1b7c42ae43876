"""INS-C, the identifier before the INS: only to recognise old data, never sent."""

from __future__ import annotations

import hashlib
import re
import unicodedata


def ins_c(given_name: str, birth_date: str, nir: str) -> str:
    """The 22 digits computed from what an old Vitale card held.

    ``birth_date`` is AAMMJJ, empty when absent; ``nir`` the person's own 13 digits without key.
    Raises ValueError for anything else; a Corsican NIR too, whose place in the seed is not known.
    """
    if not re.fullmatch(r"[0-9]{13}", nir) or not re.fullmatch(r"(?:[0-9]{6})?", birth_date):
        raise ValueError("an INS-C is made of a date AAMMJJ and a NIR of 13 digits")
    bare = unicodedata.normalize("NFKD", given_name)
    letters = re.sub(r"[^A-Z]", "", bare.upper())[:10]
    seed = f"{letters:<10}{birth_date or '000000'}{nir}"
    number = int.from_bytes(hashlib.sha256(seed.encode("ascii")).digest()[:8], "big")
    return f"{number:020d}{97 - number % 97:02d}"

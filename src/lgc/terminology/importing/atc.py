"""ATC as a table with a header: a code and its name, at any level.

Read by the names of its columns (« Code », « ATC code », « Libellé », « ATC level name »…).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lgc.domain.professionals import Coded
from lgc.domain.terms import Term
from lgc.terminology import code_systems
from lgc.terminology.importing.lines import Files, not_this, not_used, table, wrong

CODE = re.compile(r"[A-Z](?:\d{2}(?:[A-Z](?:[A-Z](?:\d{2})?)?)?)?")
KNOWN = {
    "code": ("code", "code atc", "atc code", "atc"),
    "label": ("libelle", "libelle francais", "nom", "label", "name", "atc level name"),
}
USUAL, OTHER = 100, 500


def read(files: Files, usual: frozenset[str]) -> Iterator[Term]:
    """Every class and substance; ``usual`` come first. Raises UnreadableInput."""
    if not files.paths:
        raise not_this(None, "la table de l’ATC")
    path, some = files.paths[0], False
    for row in table(files, path, KNOWN, ("code", "label")):
        code, label = row.get("code").upper(), " ".join(row.get("label").split())
        if not CODE.fullmatch(code) or not label:
            if not some:
                raise not_this(path, "la table de l’ATC")
            files.leave_out(wrong(path, row.number, "code ATC et libellé attendus"))
            continue
        some = True
        if not_used(row):
            files.withdraw(code, row.get("instead").upper())
            continue
        weight = USUAL if code in usual else OTHER
        yield Term(Coded(code, code_systems.ATC, label), weight=weight)
    if not some:
        raise not_this(path, "la table de l’ATC")

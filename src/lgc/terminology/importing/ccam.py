"""CCAM as a table: one row per act, or per act, activity and phase; titles of chapters between.

Read by the names of its columns (« Code », « Texte » or « Libellé »…). A row whose code is not an
act (chapter heads, notes) is left out; the first row of an act gives its label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lgc.domain.professionals import Coded
from lgc.domain.terms import Term
from lgc.terminology import code_systems
from lgc.terminology.importing.lines import Files, not_this, not_used, table, wrong

CODE = re.compile(r"([A-Z]{4}\d{3})(?:[-. ].*)?")
KNOWN = {
    "code": ("code", "code acte", "code ccam", "cod acte", "acte", "code de l acte"),
    "label": (
        "texte", "libelle long", "libelle", "libelle acte", "nom long", "nom court", "intitule",
        "libelle court", "label",
    ),
}  # fmt: skip
USUAL, OTHER = 100, 500


def read(files: Files, usual: frozenset[str]) -> Iterator[Term]:
    """Every act; ``usual`` are the codes that come first. Raises UnreadableInput."""
    if not files.paths:
        raise not_this(None, "la table de la CCAM")
    path, seen = files.paths[0], set[str]()
    for row in table(files, path, KNOWN, ("code", "label")):
        act = CODE.fullmatch(row.get("code").upper())
        if act is None or act.group(1) in seen:
            continue
        code, label = act.group(1), " ".join(row.get("label").split())
        if not_used(row):
            files.withdraw(code, row.get("instead").upper())
            continue
        if not label:
            files.leave_out(wrong(path, row.number, f"l’acte {code} n’a pas de libellé"))
            continue
        seen.add(code)
        weight = USUAL if code in usual else OTHER
        yield Term(Coded(code, code_systems.CCAM, label), weight=weight)
    if not seen:
        raise not_this(path, "la table de la CCAM")

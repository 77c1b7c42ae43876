"""Vaccines as a table with a header: ATC code (J07…), label, and the names they are known by.

Read by the names of its columns (« Code », « Libellé », « Noms » or « Marques »…); names are parted
by « ; » inside their cell, or by « / ».
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lgc.domain.professionals import Coded
from lgc.domain.terms import Term
from lgc.terminology import code_systems
from lgc.terminology.importing.lines import Files, not_this, not_used, table, wrong

CODE = re.compile(r"J07(?:[A-Z](?:[A-Z](?:\d{2})?)?)?")
KNOWN = {
    "code": ("code", "code atc", "atc code", "atc"),
    "label": ("libelle", "libelle francais", "vaccin", "nom", "label", "name"),
    "others": ("noms", "marques", "marque", "specialites", "noms commerciaux", "autres mots"),
}
EXPECTED = "une table de vaccins (codes ATC J07)"
_PARTED = re.compile(r"\s*[;/]\s*")


def read(files: Files, usual: frozenset[str]) -> Iterator[Term]:
    """Every vaccine, in the order of the file. Raises UnreadableInput."""
    if not files.paths:
        raise not_this(None, EXPECTED)
    path, place = files.paths[0], 0
    for row in table(files, path, KNOWN, ("code", "label")):
        code, label = row.get("code").upper(), " ".join(row.get("label").split())
        if not CODE.fullmatch(code) or not label:
            if not place:
                raise not_this(path, EXPECTED)
            files.leave_out(wrong(path, row.number, "code J07 et libellé attendus"))
            continue
        place += 1
        if not_used(row):
            files.withdraw(code, row.get("instead").upper())
            continue
        names = ";".join(name for name in _PARTED.split(row.get("others")) if name)
        yield Term(Coded(code, code_systems.ATC, label), names, weight=place)
    if not place:
        raise not_this(path, EXPECTED)

"""The public base of medicines (base de données publique des médicaments, BDPM).

Tab-separated files without a header, as the base publishes them (ranks from 0):

- ``CIS_bdpm``: 0 CIS (8 digits), 1 name, 2 form, 3 routes, 6 state of marketing;
- ``CIS_COMPO_bdpm``: 0 CIS, 2 code of the substance, 3 substance, 4 dosage, 6 nature (``SA`` is
  the active substance as it is made, ``FT`` its therapeutic fraction), 7 link between both;
- ``CIS_CIP_bdpm``: 0 CIS, 6 CIP13; ``CIS_GENER_bdpm``: 1 group, 2 CIS;
- ``CIS_MITM``: 0 CIS, 1 ATC, for the medicines of major interest only.

Only the first is needed. A line of the others about an unknown CIS is left out: the base is not
whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lgc.domain.professionals import Coded
from lgc.domain.terms import Medicine, Term
from lgc.terminology import code_systems
from lgc.terminology.importing.lines import Files, not_this, rows, wrong
from lgc.terminology.nomenclature import fold

CIS = re.compile(r"\d{8}")
ATC = re.compile(r"[A-Z]\d{2}(?:[A-Z]{1,2}(?:\d{2})?)?")
SOLD = "commercialis"
ACTIVE, FRACTION = "SA", "FT"
USUAL, SELDOM, GONE = 100, 500, 900


@dataclass(slots=True)
class _Beside:
    """What the other files say, by CIS."""

    parts: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    cip13: dict[str, str] = field(default_factory=dict)
    group: dict[str, str] = field(default_factory=dict)
    atc: dict[str, str] = field(default_factory=dict)


def read(files: Files, usual: frozenset[str]) -> Iterator[Term]:
    """Every speciality. ``usual`` are folded names of substances that come first.

    A damaged line is left out (``Files.left_out``). Raises UnreadableInput when the main file is
    missing.
    """
    main = files.named("cis_bdpm") or files.named("cis.")
    if main is None:
        raise not_this(None, "le fichier CIS_bdpm.txt, seul ou avec ceux qui l’accompagnent")
    beside = _beside(files)
    for cis, number, fields in _coded(files, main, 7, 0):
        if not fields[1]:
            files.leave_out(wrong(main, number, "la dénomination manque"))
            continue
        yield _term(cis, fields, beside, usual)


def _term(cis: str, fields: list[str], beside: _Beside, usual: frozenset[str]) -> Term:
    parts = list(beside.parts.get(cis, {}).values())
    substances = [substance for substance, _ in parts]
    sold = fields[6].casefold().startswith(SOLD)
    known = any(not usual.isdisjoint(_plain(one)) for one in substances)
    medicine = Medicine(
        form=fields[2],
        dosage=" + ".join(f"{substance} {dose}".strip() for substance, dose in parts),
        route=fields[3].replace(";", ", "),
        atc=beside.atc.get(cis, ""),
        marketed=sold,
        cip13=beside.cip13.get(cis, ""),
        generic_group=beside.group.get(cis, ""),
    )
    return Term(
        Coded(cis, code_systems.CIS, fields[1]),
        others=" ".join(dict.fromkeys(substances)),
        detail="" if sold else "n’est plus commercialisé",
        weight=GONE if not sold else USUAL if known else SELDOM,
        medicine=medicine,
    )


def _plain(substance: str) -> set[str]:
    """« metformine (chlorhydrate de) » is metformine for whoever looks for the usual ones."""
    words = fold(substance)
    return {words, words.partition(" ")[0]}


def _beside(files: Files) -> _Beside:
    found = _Beside()
    for path, read_it in (
        (files.named("cis_compo"), _composition),
        (files.named("cis_cip"), _presentations),
        (files.named("cis_gener"), _groups),
        (files.named("cis_mitm"), _atc),
    ):
        if path is not None:
            read_it(files, path, found)
    return found


def _composition(files: Files, path: Path, into: _Beside) -> None:
    """The therapeutic fraction says better what is prescribed than the salt it is made of."""
    for cis, _, fields in _coded(files, path, 5, 0):
        nature = fields[6] if len(fields) > 6 else ACTIVE
        link = fields[7] if len(fields) > 7 and fields[7] else fields[2]
        parts = into.parts.setdefault(cis, {})
        if link not in parts or nature == FRACTION:
            parts[link] = (fields[3].casefold(), fields[4])


def _presentations(files: Files, path: Path, into: _Beside) -> None:
    for cis, _, fields in _coded(files, path, 5, 0):
        if len(fields) > 6 and fields[6].isdigit():
            into.cip13.setdefault(cis, fields[6])


def _groups(files: Files, path: Path, into: _Beside) -> None:
    for cis, _, fields in _coded(files, path, 3, 2):
        into.group.setdefault(cis, fields[1])


def _atc(files: Files, path: Path, into: _Beside) -> None:
    for cis, _, fields in _coded(files, path, 2, 0):
        if ATC.fullmatch(fields[1]):
            into.atc.setdefault(cis, fields[1])


def _coded(
    files: Files, path: Path, columns: int, place: int
) -> Iterator[tuple[str, int, list[str]]]:
    """(CIS, line, fields) of the rows that have a CIS at ``place``; others are left out."""
    for number, fields in rows(files, path, columns):
        if CIS.fullmatch(fields[place]):
            yield fields[place], number, fields
        else:
            files.leave_out(wrong(path, number, "le code CIS n’a pas huit chiffres"))

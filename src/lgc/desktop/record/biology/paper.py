"""The table as text to paste and as pages to print. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from lgc.desktop.record.biology import words
from lgc.services.columns import Group, Report
from lgc.services.result_words import Line, lines, named, several
from lgc.services.series import Analysis, Cell, Column

ON_PAPER = 6  # columns that fit on a page
NAME, UNIT = 19, 15  # per cent of its width
MOST = 26  # of a report, where few stand beside each other
LEGEND = (
    "H, L : plus haut, plus bas que la référence du laboratoire ; HH, LL, AA : alerte. N : normal"
    " selon le laboratoire, hors de la référence qu’il imprime. {converted} : converti dans l’unité"
    " de la ligne. « réf. » : la référence de cette valeur, où elle n’est pas celle de la ligne."
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is put on paper: whose, what of it (« Extrait : … », empty for all), printed when."""

    patient: str
    groups: Sequence[Group]
    reports: Sequence[Report]
    extract: str = ""
    printed: str = ""
    missing: Sequence[str] = ()

    @property
    def title(self) -> str:
        return f"Biologie – {self.patient}"

    @property
    def about(self) -> list[str]:
        """What the reader must know of it before the values."""
        return [part for part in (self.extract, self.printed, *self.missing) if part]


def tabbed(sheet: Sheet) -> str:
    """Rows and columns separated by tabs, as spreadsheets and letters take them."""
    head = ["Analyse", "Unité", "Référence", *(no_formula(_title(one)) for one in sheet.reports)]
    told = [no_formula(part) for part in (sheet.title, *sheet.about)] if sheet.about else []
    made = [*told, "\t".join(head)]
    for group in sheet.groups:
        made.append(no_formula(group.title))
        for one in group.analyses:
            cells = one.cells()
            row = [_plain(_lines(one, cells, report)) for report in sheet.reports]
            first = [named(one), words.unit(one.unit), words.last_reference(one)]
            made.append("\t".join(no_formula(cell) for cell in (*first, *row)))
    return "\n".join(made)


def no_formula(cell: str) -> str:
    """A laboratory's words that a spreadsheet would compute stay words; numbers stay numbers.

    A tab or a line end inside them would begin a cell of its own.
    """
    cell = re.sub(r"[\t\n\v\f\r\x85\u2028\u2029]+", " ", cell)
    begins = cell.lstrip()[:1]
    signed = re.fullmatch(r"\s*[-+]\s*\d[\d\s.,]*[A-Za-z% ]*", cell)
    return f"'{cell}" if begins and begins in "=+-@" and not signed else cell


def pasted(sheet: Sheet) -> str:
    """The same for pasting into a letter or a spreadsheet: no cell is a formula."""
    return re.sub(r"(?<=>)([^<>]+)(?=<)", lambda words: no_formula(words[1]), page(sheet))


def page(sheet: Sheet) -> str:
    """HTML for print; many reports make several tables, and each page says whose it is."""
    parts = []
    for start in range(0, max(len(sheet.reports), 1), ON_PAPER):
        parts.append(_table(sheet, sheet.reports[start : start + ON_PAPER]))
    legend = LEGEND.format(converted=words.CONVERTED)
    parts.append(f"<p style='font-size:8pt'>{legend}</p>")
    return "".join(parts)


def _table(sheet: Sheet, reports: Sequence[Report]) -> str:
    each = min(MOST, (100 - NAME - UNIT) // max(len(reports), 1))
    width, across = NAME + UNIT + each * len(reports), len(reports) + 2
    titles = "".join(_head(report, _share(each, width)) for report in reports)
    first = f"<th width='{_share(NAME, width)}%' align='left'>Analyse</th>"
    second = f"<th width='{_share(UNIT, width)}%' align='left'>Unité, référence</th>"
    about = "".join(f"<br/>{escape(part)}" for part in sheet.about)
    whose = (
        f"<th colspan='{across}' align='left'><span style='font-size:11pt'>{escape(sheet.title)}"
        f"</span><span style='font-weight:400'>{about}</span></th>"
    )
    rows = []
    for group in sheet.groups:
        held = [(one, one.cells()) for one in group.analyses]
        shown = [(one, cells) for one, cells in held if any(r.column in cells for r in reports)]
        if shown:
            rows.append(f"<tr><td colspan='{across}'><b>{escape(group.title)}</b></td></tr>")
        rows += [_row(one, cells, reports) for one, cells in shown]
    look = "border-collapse:collapse;font-size:8pt"
    # The head of a table is printed again on each page that it goes on to.
    return (
        f"<table width='{width}%' cellpadding='3' border='1' style='{look}'>"
        f"<thead><tr>{whose}</tr><tr>{first}{second}{titles}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table><br/>"
    )


def _head(report: Report, share: int) -> str:
    where = escape(words.laboratory(report))
    small = f"<span style='font-size:7pt'>{where}</span>"
    date = f"<span style='font-size:7pt'>{words.head(report)}</span>"
    return f"<th width='{share}%' align='right'>{date}<br/>{small}</th>"


def _share(part: int, width: int) -> int:
    """Of a table that may be narrower than the page."""
    return round(part * 100 / width)


Cells = dict[Column, Cell]


def _row(one: Analysis, cells: Cells, reports: Sequence[Report]) -> str:
    shown = "".join(
        f"<td align='right'>{_marked(_lines(one, cells, report))}</td>" for report in reports
    )
    # A range on a line of its own is not cut between its ends.
    parts = (words.unit(one.unit), words.last_reference(one))
    told = "<br/>".join(escape(part) for part in parts if part)
    return f"<tr><td>{escape(named(one))}</td><td>{told}</td>{shown}</tr>"


def _lines(one: Analysis, cells: Cells, report: Report) -> tuple[str, tuple[Line, ...]]:
    """« 2 valeurs » where it is so, and each value."""
    found = cells.get(report.column)
    if found is None:
        return "", ()
    return several(found), lines(one, found, report.laboratory)


def _plain(told: tuple[str, tuple[Line, ...]]) -> str:
    count, values = told
    said = " ; ".join(value.plain for value in values)
    return f"{count} : {said}" if count else said


def _marked(told: tuple[str, tuple[Line, ...]]) -> str:
    count, values = told
    parts = [escape(f"{count} :")] if count else []
    for line in values:
        said = escape(" ".join(part for part in (line.value, line.letter) if part))
        said = f"<b>{said}</b>" if line.alarming else said
        said = f"<span style='font-size:7pt'>{said}</span>" if line.in_words else said
        beside = "".join(
            f"<br/><span style='font-size:6.5pt'>{escape(part)}</span>" for part in line.beside
        )
        parts.append(said + beside)
    return "<br/>".join(parts)


def _title(report: Report) -> str:
    return f"{words.head(report)} {words.laboratory(report)}".strip()

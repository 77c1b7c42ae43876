"""The table as text to paste and as pages to print. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from lgc.desktop.record.biology import words
from lgc.services.biology import Analysis, Group, Point, Report, column_of

ON_PAPER = 6  # columns that fit on a page
NAME, UNIT, REPORT = 22, 18, 10  # per cent of its width


def tabbed(groups: Sequence[Group], reports: Sequence[Report]) -> str:
    """Rows and columns separated by tabs, as spreadsheets and letters take them."""
    head = ["Analyse", "Unité", "Référence", *(no_formula(_title(one)) for one in reports)]
    lines = ["\t".join(head)]
    for group in groups:
        lines.append(no_formula(group.title))
        for one in group.analyses:
            cells = [_cell(_at(one, report)) for report in reports]
            first = [one.label, words.unit(one.unit), words.last_reference(one)]
            lines.append("\t".join(no_formula(cell) for cell in (*first, *cells)))
    return "\n".join(lines)


def no_formula(cell: str) -> str:
    """A laboratory's words that a spreadsheet would compute stay words; numbers stay numbers.

    A tab or a line end inside them would begin a cell of its own.
    """
    cell = re.sub(r"[\t\n\v\f\r\x85\u2028\u2029]+", " ", cell)
    begins = cell.lstrip()[:1]
    signed = re.fullmatch(r"\s*[-+]\s*\d[\d\s.,]*[A-Za-z% ]*", cell)
    return f"'{cell}" if begins and begins in "=+-@" and not signed else cell


def pasted(patient: str, groups: Sequence[Group], reports: Sequence[Report]) -> str:
    """The same for pasting into a letter or a spreadsheet: no cell is a formula."""
    made = page(patient, groups, reports)
    return re.sub(r"(?<=>)([^<>]+)(?=<)", lambda words: no_formula(words[1]), made)


def page(patient: str, groups: Sequence[Group], reports: Sequence[Report]) -> str:
    """HTML for print; many reports make several tables."""
    parts = [f"<p style='font-size:12pt;font-weight:600'>Biologie – {escape(patient)}</p>"]
    for start in range(0, max(len(reports), 1), ON_PAPER):
        parts.append(_table(groups, reports[start : start + ON_PAPER]))
    parts.append(
        "<p style='font-size:8pt'>H, L : plus haut, plus bas que la référence du laboratoire."
        f" {words.CONVERTED} : converti dans l’unité de la ligne.</p>"
    )
    return "".join(parts)


def _table(groups: Sequence[Group], reports: Sequence[Report]) -> str:
    width = NAME + UNIT + REPORT * len(reports)
    titles = "".join(_head(report, width) for report in reports)
    first = f"<th width='{_share(NAME, width)}%' align='left'>Analyse</th>"
    second = f"<th width='{_share(UNIT, width)}%' align='left'>Unité, référence</th>"
    rows = [f"<tr>{first}{second}{titles}</tr>"]
    for group in groups:
        shown = [one for one in group.analyses if any(_at(one, report) for report in reports)]
        if shown:
            across = len(reports) + 2
            rows.append(f"<tr><td colspan='{across}'><b>{escape(group.title)}</b></td></tr>")
        rows += [_row(one, reports) for one in shown]
    look = "border-collapse:collapse;font-size:8pt"
    return (
        f"<table width='{width}%' cellpadding='3' border='1' style='{look}'>"
        f"{''.join(rows)}</table><br/>"
    )


def _head(report: Report, width: int) -> str:
    day, where = words.day(report), escape(words.laboratory(report))
    small = f"<span style='font-size:7pt'>{where}</span>"
    date = f"<span style='font-size:7.5pt'>{day}</span>"
    return f"<th width='{_share(REPORT, width)}%' align='right'>{date}<br/>{small}</th>"


def _share(part: int, width: int) -> int:
    """Of a table that may be narrower than the page."""
    return round(part * 100 / width)


def _row(one: Analysis, reports: Sequence[Report]) -> str:
    cells = "".join(f"<td align='right'>{_bold(_at(one, report))}</td>" for report in reports)
    told = ", ".join(part for part in (words.unit(one.unit), words.last_reference(one)) if part)
    return f"<tr><td>{escape(one.label)}</td><td>{escape(told)}</td>{cells}</tr>"


def _bold(point: Point | None) -> str:
    shown = escape(_cell(point))
    strong = point is not None and words.out_of_range(point.result.letter)
    return f"<b>{shown}</b>" if strong else shown


def _cell(point: Point | None) -> str:
    if point is None:
        return ""
    return " ".join(part for part in (words.cell(point), point.result.letter) if part)


def _title(report: Report) -> str:
    return f"{words.day(report)} {words.laboratory(report)}".strip()


def _at(one: Analysis, report: Report) -> Point | None:
    key = (report.document_id, report.day, report.quoted)
    return next((point for point in one.points if column_of(point) == key), None)

"""What the table says, read back from each place where it is said."""

from lxml import html

from lgc.desktop.record.biology import paper, words
from lgc.desktop.record.biology.drawing import curve_of
from lgc.desktop.record.biology.rows import FIXED, BiologyRows
from lgc.services import result_words, results_in_letter
from lgc.services.columns import group, reports_of
from lgc.services.evidence import done_of
from lgc.services.protocols import PlannedAct
from lgc.services.series import Analysis, series_of


def table(results):
    """Chapters and columns of a scene, columns oldest first."""
    groups = group(series_of(results))
    return groups, reports_of(groups, {})[::-1]


def copied(groups, reports):
    """(chapter, label, unit, column) → what is copied."""
    lines = paper.tabbed(paper.Sheet("P", groups, reports)).split("\n")
    return dict(_cells([line.split("\t") for line in lines[1:]], reports, _copied_unit))


def _cells(lines, reports, unit_of):
    chapter = ""
    for line in lines:
        if len(line) < 2:
            chapter = line[0]
            continue
        name, unit, told = unit_of(line)
        for report, cell in zip(reports, told, strict=True):
            if cell:
                yield (chapter, name, unit, report.column), cell


def _copied_unit(line):
    return line[0], line[1], line[3:]


def printed(groups, reports):
    """The same of the paper: each value with what stands under it, its unit beside its range."""
    found = {}
    for start in range(0, len(reports), paper.ON_PAPER):
        some = reports[start : start + paper.ON_PAPER]
        tree = html.fromstring(paper.page(paper.Sheet("P", groups, some)))
        chapter = ""
        for line in tree.xpath("//tbody/tr"):
            cells = [" ".join(part.strip() for part in td.itertext()) for td in line]
            if len(cells) == 1:
                chapter = cells[0]
                continue
            for report, cell in zip(some, cells[2:], strict=True):
                if cell:
                    found[chapter, cells[0], cells[1], report.column] = cell
    return found


def on_screen(groups, reports):
    """(chapter, analysis, column) → (the words of the cell, its letter, its tip)."""
    model = BiologyRows()
    model.fill(groups, reports)
    chapter, found = "", {}
    for number, row in enumerate(model.rows):
        if not isinstance(row, Analysis):
            chapter = row.title
            continue
        for place, report in enumerate(reports):
            index = model.index(number, FIXED + place)
            cell = model.cell(number, FIXED + place)
            if cell is not None:
                tip = model._tooltip(row, number, FIXED + place)
                found[chapter, row.key, report.column] = (index.data(), cell.letter, tip)
    return found


def curves(groups):
    """Label → the words of each point drawn, oldest first."""
    rows = [one for chapter in groups for one in chapter.analyses if one.drawn]
    return {
        f"{one.label}, {result_words.unit(one.unit)}".rstrip(", "): [
            point.words for point in curve_of(one, "violet").points
        ]
        for one in rows
    }


def letter(results):
    return results_in_letter.latest(results).splitlines()


def life(results):
    """What the life line says of an act that every code of the scene answers."""
    codes = tuple({r.code.code for _, r in results if r.code is not None})
    act = PlannedAct(name="Bilan", months=12, loinc=codes)
    done = done_of(act, [], results, _NoRecord())
    return [one.detail for one in done]


class _NoRecord:
    entries = ()
    intents = ()


def rows(groups, reports):
    """Label → « 02/11/26 08:05 = 9 | … » of what is copied, oldest first."""
    found = {}
    for (chapter, name, unit, column), cell in copied(groups, reports).items():
        report = next(one for one in reports if one.column == column)
        label = f"{chapter} · {name}" if chapter != "Autres analyses" else name
        label = f"{label}, {unit}" if unit else label
        said = f"{words.head(report)} = {cell}"
        found[label] = f"{found[label]} | {said}" if label in found else said
    return found

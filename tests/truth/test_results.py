"""One result, one truth: sixty scenes said alike by screen, paper, copy, curve, letter, life line.

`results.txt` is what is right of each scene of `result_scenes.py`; the rest holds for any scene.
"""

import importlib.util
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgc.desktop.record.biology import words
from lgc.desktop.record.biology.rows import BiologyRows
from lgc.services import result_words
from lgc.services.series import Cell
from lgc.terminology.unit_spellings import canonical

HERE = Path(__file__).parent
FILE = HERE / "results.txt"


def module(name):
    spec = importlib.util.spec_from_file_location(f"truth_{name}", HERE / f"{name}.py")
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    return made


reading_table = module("reading_table")
scenes = module("result_scenes")
SCENES = scenes.SCENES
NAMES = [scene.name for scene in SCENES]
BLANKS = re.compile("[\u00a0\u202f]")


def plain(said):
    return BLANKS.sub(" ", said)


def described(scene):
    """The lines that `results.txt` has of a scene."""
    groups, reports = reading_table.table(scene.results)
    rows = reading_table.rows(groups, reports)
    told = [f"row | {name} | {cells}" for name, cells in rows.items()]
    told += [f"curve | {name} | {' ; '.join(points)}"
             for name, points in reading_table.curves(groups).items()]  # fmt: skip
    told += [f"letter | {line}" for line in reading_table.letter(scene.results)]
    told += [f"life | {line}" for line in reading_table.life(scene.results)]
    told += [f"out | {one.label}" for g in groups for one in g.analyses if one.out_of_range]
    return [plain(line) for line in told]


def truth():
    found, name = {}, ""
    for line in FILE.read_text("utf-8").splitlines():
        if line.startswith("# "):
            name = line[2:]
            found[name] = []
        elif line:
            found[name].append(line)
    return found


def test_there_are_sixty_scenes_each_with_its_truth():
    assert len(NAMES) == len(set(NAMES)) >= 60
    assert list(truth()) == NAMES


@pytest.mark.parametrize("scene", SCENES, ids=NAMES)
def test_each_scene_is_told_as_it_is(scene):
    assert described(scene) == truth()[scene.name]


@pytest.mark.parametrize("scene", SCENES, ids=NAMES)
def test_paper_copy_and_screen_hold_the_same(scene):
    agree(scene.results)


@pytest.mark.parametrize("scene", SCENES, ids=NAMES)
def test_curve_letter_and_life_line_tell_values_of_the_table(scene):
    groups, _ = reading_table.table(scene.results)
    analyses = [one for group in groups for one in group.analyses]
    held = {result_words.value(point) for one in analyses for point in one.points}

    for points in reading_table.curves(groups).values():
        assert set(points) <= held
    printed = {result_words.as_printed(result) for _, result in scene.results}
    told = printed | {result_words.whole(one, p) for one in analyses for p in one.points}
    for line in reading_table.letter(scene.results):
        assert "voir le compte rendu" in line or any(value in line for value in told), line
    for line in reading_table.life(scene.results):
        assert any(value in line for value in told), line


def agree(results):
    """The same cells on screen, on paper and in a copy, each with its letter."""
    groups, reports = reading_table.table(results)
    rows = [(group.title, one) for group in groups for one in group.analyses]
    screen = reading_table.on_screen(groups, reports)
    copied = reading_table.copied(groups, reports)
    printed = reading_table.printed(groups, reports)
    assert len(copied) == len(printed) == len(screen) == sum(len(one.cells()) for _, one in rows)
    for title, one in rows:
        for column, cell in one.cells().items():
            said, letter, tip = screen[title, one.key, column]
            name, unit = result_words.named(one), result_words.unit(one.unit)
            beside = " ".join(part for part in (unit, result_words.last_reference(one)) if part)
            copy, paper = copied[title, name, unit, column], printed[title, name, beside, column]
            assert letter == cell.letter
            assert said == (result_words.several(cell) or result_words.cell(cell.first))
            report = next(one for one in reports if one.column == column)
            for line in result_words.lines(one, cell, report.laboratory):
                for part in (line.value, line.letter, *line.beside):
                    assert part in copy and part in paper
                assert line.value.removeprefix("≈\u00a0") in tip


a_result = st.builds(
    scenes.r,
    st.sampled_from(["Glucose", "Potassium", "CD4+", "CD4−", "Glucose [Moles/Volume] Urine"]),
    st.sampled_from([1.5, 1.5, 9.25, 140, "< 1", "≥ 12", "Négatif", "Résultat en attente"]),
    st.sampled_from(["mmol/L", "umol/L", "g/L", "G/L", "Giga/L", "", "%"]),
    at=st.sampled_from(["02/11", "02/11 00:00", "02/11 08:05", "02/11 11:10", "05/11 08:05"]),
    doc=st.sampled_from("abc"),
    ref=st.none() | st.sampled_from([(1, 5), (None, 8), (5, 1), (None, 1.5, False, True)]),
    flag=st.sampled_from(["", "", "H", "HH", "N", "POS"]),
    code=st.sampled_from(["", "2823-3", "12"]),
    system=st.sampled_from([scenes.LOINC, scenes.OWN, ""]),
    specimen=st.sampled_from(["", "Sang", "Urine"]),
    laboratory=st.sampled_from(["", "Auteuil", "Tarro"]),
    isolate=st.sampled_from(["", "", "Escherichia coli"]),
    isolate_id=st.sampled_from(["#1", "#2", "1^a"]),
    comment=st.sampled_from(["", "Sérum hémolysé"]),
    previous=st.sampled_from([False, False, True]),
)


@settings(deadline=None, max_examples=200)
@given(st.lists(a_result, max_size=9))
def test_of_any_reports_every_result_is_found_as_it_came_and_nothing_else(results):
    results = sorted(results, key=lambda sourced: sourced[1].taken_at)
    agree(results)
    groups, _ = reading_table.table(results)
    told = [(one, point) for group in groups for one in group.analyses for point in one.points]

    for document_id, result in results:
        if not result.previous:
            assert any(_tells(document_id, result, one, point) for one, point in told), result
    came = [(document_id, _essence(result)) for document_id, result in results]
    for _, point in told:
        assert (point.document_id, _essence(point.result)) in came
    assert len(told) <= len(results) + sum(point.also is not None for _, point in told)


def _essence(result):
    said = (result.value, canonical(result.unit), result.text)
    return (result.label, result.taken_at, *said, result.previous)


def _tells(document_id, result, one, point):
    """Its own value, unit, range, flag, hour, specimen and laboratory, beside the point."""
    if point.document_id != document_id:
        return False
    given = next((r for r in (point.result, point.also) if r and _same(result, r)), None)
    if given is None or (result.timed and point.hour != result.taken_at.time()):
        return False
    tip = "\n".join(words.tip(one, Cell((point,))))
    paper = result_words.lines(one, Cell((point,)), "")[0].plain
    named = result_words.named(one) + one.isolate
    # Spellings of one unit are one unit.
    if canonical(result.unit) == canonical(one.unit):
        result = replace(result, unit=one.unit)
    wanted = [result.specimen, result_words.as_printed(result)]
    laboratory = result.laboratory in tip
    own = result_words.bounds(result.reference)
    beside = paper + result_words.last_reference(one) + named + result_words.unit(one.unit)
    beside = beside.casefold()
    ranged = not own or own in tip or point.converted
    flagged = not result.letter or result_words.LETTERS[result.letter] in tip or point.also
    return laboratory and ranged and flagged and all(
        part in tip and all(word in beside for word in part.casefold().split()) for part in wanted
    )  # fmt: skip


def _same(result, other):
    """The result itself, with what another report added to what it left out."""
    own = ("interpretation", "reference", "reference_text", "comment", "specimen", "laboratory")
    said = all(not getattr(result, name) or getattr(result, name) == getattr(other, name)
               for name in own)  # fmt: skip
    return said and _essence(result)[1:] == _essence(other)[1:]


def test_the_model_counts_what_the_table_counts():
    groups, reports = reading_table.table(SCENES[0].results)
    model = BiologyRows()
    model.fill(groups, reports)

    assert model.columnCount() == 4 + len(reports)

"""Biology of a record: a table walked by keys, curves pointed at, reports one click away."""

import datetime as dt
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QBuffer, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QTextDocument, QWheelEvent
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QApplication, QLabel

from lgc.desktop.components.buttons import Button
from lgc.desktop.components.chips import Chip
from lgc.desktop.documents.printing import on_paper
from lgc.desktop.record.biology import paper, words
from lgc.desktop.record.biology.part import ALL, OUT, TOGETHER, BiologyPart
from lgc.desktop.record.biology.rows import FIXED
from lgc.desktop.record.biology.table import REPORT_W
from lgc.desktop.record.biology.table_painter import _fitting
from lgc.desktop.tasks import Tasks
from lgc.desktop.theme import font
from lgc.domain.biology import Bound, LabResult, ReferenceRange
from lgc.domain.professionals import Coded
from lgc.services.biology import BiologyView, Untabled
from lgc.services.columns import Report, group, reports_of
from lgc.services.series import series_of

WAIT = 10_000
LOINC = "2.16.840.1.113883.6.1"
ANALYSES = {
    "4548-4": ("HbA1c", "%", 4.0, 6.0, "Biochimie"),
    "14682-9": ("Créatinine", "umol/L", 62.0, 106.0, "Biochimie"),
    "1988-5": ("CRP", "mg/L", None, 5.0, "Biochimie"),
    "718-7": ("Hémoglobine", "g/dL", 13.0, 17.0, "Hématologie"),
}


def result(code, at, value, **more):
    label, unit, low, high, chapter = ANALYSES[code]
    found = LabResult(
        Coded(code, LOINC, label), label, at, value, unit=unit,
        reference=ReferenceRange(low, high), chapter=chapter, laboratory="Labo Auteuil",
    )  # fmt: skip
    return replace(found, **more)


def view_of(results, **more):
    groups = group(series_of(results))
    made = BiologyView(groups, reports_of(groups, {}), len({d for d, _ in results}), ())
    return replace(made, **more)


@pytest.fixture
def results(scenes):
    at = [scenes.NOW - dt.timedelta(days) for days in (400, 200, 20)]
    return [
        ("a", result("4548-4", at[0], 7.4)),
        ("a", result("14682-9", at[0], 92.0)),
        ("b", result("4548-4", at[1], 7.9)),
        ("b", result("1988-5", at[1], 1.0, bound=Bound.LESS)),
        ("b", result("14682-9", at[1], 0.098, unit="mmol/L", reference=None)),
        ("c", result("4548-4", at[2], 5.1)),
        ("c", result("14682-9", at[2], 104.0)),
        ("c", result("718-7", at[2], 12.1)),
    ]


@pytest.fixture
def biology(results):
    """services.biology.Biology over one view."""
    made = SimpleNamespace(now=view_of(results), brought=[])
    made.view = lambda patient_id: made.now
    made.bring = lambda patient_id, entries: made.brought.append(entries) or len(entries)
    return made


@pytest.fixture
def part(qtbot, theme, scenes, biology):
    desk = SimpleNamespace(
        biology=biology,
        clock=SimpleNamespace(now=lambda: scenes.NOW),
        dmp=SimpleNamespace(search=lambda patient_id: ()),
    )
    errors = []
    tasks = Tasks(lambda error, about: errors.append(error))
    made = BiologyPart("CHEMIN Henri", desk, tasks)
    made.errors, made.tasks = errors, tasks
    qtbot.addWidget(made)
    made.resize(1100, 760)
    made.show()
    made.show_patient(scenes.CHEMIN)
    made.shown("biology")
    qtbot.waitUntil(lambda: made.was_read, timeout=WAIT)
    ready(qtbot, made)
    yield made
    tasks.close()
    assert errors == []


def ready(qtbot, part):
    if part.view.groups:
        qtbot.waitUntil(lambda: part.curves is not None and part.curves.ready, timeout=WAIT)
    QApplication.processEvents()


def labels(part):
    return [getattr(row, "label", None) or row.title for row in part.table.rows.rows]


def shown(part, label):
    """The cells of one row as they are written."""
    rows = part.table.rows
    number = labels(part).index(label)
    return [rows.index(number, n).data() for n in range(FIXED, rows.columnCount())]


def point_at(part, label, number):
    one = next(a for a in part.view.analyses if a.label == label)
    return part.curves.place_of(one.key, number)


def test_rows_are_analyses_by_chapter_and_columns_reports_newest_first(part):
    assert labels(part) == ["Biochimie", "HbA1c", "Créatinine", "CRP", "Hématologie", "Hémoglobine"]
    assert [report.document_id for report in part.table.rows.reports] == ["c", "b", "a"]
    assert shown(part, "HbA1c") == ["5,1", "7,9", "7,4"]
    assert shown(part, "CRP") == ["", "< 1", ""]


def test_a_converted_value_carries_its_sign_and_says_from_what(part):
    assert shown(part, "Créatinine")[1] == "≈\u00a098"
    rows = part.table.rows
    cell = rows.index(labels(part).index("Créatinine"), FIXED + 1)
    assert "Converti de 0,098 mmol/L" in cell.data(Qt.ItemDataRole.ToolTipRole)


def test_the_order_of_dates_is_the_doctor_s(qtbot, part):
    qtbot.mouseClick(part.order, Qt.MouseButton.LeftButton)

    assert [report.document_id for report in part.table.rows.reports] == ["a", "b", "c"]


def test_out_of_range_alone_or_one_analysis_by_name(qtbot, part, type_text):
    part.choice.setCurrentIndex(part.choice.findData(OUT))
    assert labels(part) == ["Biochimie", "HbA1c", "Hématologie", "Hémoglobine"]

    part.choice.setCurrentIndex(part.choice.findData(ALL))
    part.activateWindow()
    part.search.setFocus()
    type_text("créat")
    qtbot.waitUntil(lambda: labels(part) == ["Biochimie", "Créatinine"], timeout=WAIT)


def test_another_name_of_the_loinc_that_was_loaded_finds_an_analysis(qtbot, part, biology):
    code = next(one.code for one in part.view.analyses if one.label == "Créatinine")
    biology.now = replace(biology.now, also_called={code: "Creatinine in Serum"})
    part.refresh()
    qtbot.waitUntil(lambda: part.view is biology.now, timeout=WAIT)

    part.search.setText("serum")
    qtbot.waitUntil(lambda: labels(part) == ["Biochimie", "Créatinine"], timeout=WAIT)


def test_space_puts_an_analysis_on_the_curves_and_takes_it_off(qtbot, part):
    row = labels(part).index("Hémoglobine")
    part.table.values.setCurrentIndex(part.table.rows.index(row, FIXED))

    qtbot.keyClick(part.table.values, Qt.Key.Key_Space)
    ready(qtbot, part)
    assert ["Hémoglobine"] in part.curves.panels

    qtbot.keyClick(part.table.values, Qt.Key.Key_Space)
    ready(qtbot, part)
    assert ["Hémoglobine"] not in part.curves.panels


def test_enter_on_a_value_opens_its_report(qtbot, part):
    row = labels(part).index("HbA1c")
    part.table.values.setCurrentIndex(part.table.rows.index(row, FIXED + 1))

    with qtbot.waitSignal(part.document_asked, timeout=WAIT) as asked:
        qtbot.keyClick(part.table.values, Qt.Key.Key_Return)

    assert asked.args == ["b"]


def test_several_analyses_stand_apart_or_against_their_reference(qtbot, part):
    assert part.curves.panels == [["HbA1c"], ["Créatinine"]]

    qtbot.mouseClick(part.mode.button(TOGETHER), Qt.MouseButton.LeftButton)
    ready(qtbot, part)

    assert part.curves.panels == [["HbA1c", "Créatinine"]]


def test_hovering_a_point_says_its_value(qtbot, part):
    canvas = part.curves.canvas.viewport()
    qtbot.mouseMove(canvas, QPoint(5, 5))

    qtbot.mouseMove(canvas, point_at(part, "HbA1c", 1))

    qtbot.waitUntil(lambda: part.curves.tip.isVisible(), timeout=WAIT)
    assert part.curves.tip.lines[1] == "HbA1c : 7,9 %, plus haut que la référence"


def test_a_click_on_a_point_opens_the_report_it_comes_from(qtbot, part):
    place = point_at(part, "HbA1c", 1)

    with qtbot.waitSignal(part.document_asked, timeout=WAIT) as asked:
        qtbot.mouseClick(part.curves.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert asked.args == ["b"]
    assert part.table.current()[1].document_id == "b"


def test_arrows_walk_the_points_and_enter_opens(qtbot, part):
    part.curves.setFocus(Qt.FocusReason.TabFocusReason)
    part.curves.set_current(part.chosen[0].key, 2)
    qtbot.keyClick(part.curves, Qt.Key.Key_Left)
    assert part.table.current()[1].document_id == "b"

    with qtbot.waitSignal(part.document_asked, timeout=WAIT) as asked:
        qtbot.keyClick(part.curves, Qt.Key.Key_Return)
    assert asked.args == ["b"]


def test_the_wheel_zooms_in_time_only(qtbot, part):
    before, (low, high) = part.curves.period, heights(part)
    canvas = part.curves.canvas.viewport()
    at = QPointF(point_at(part, "HbA1c", 1))
    wheel = QWheelEvent(
        at, canvas.mapToGlobal(at), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, wheel)
    after = part.curves.period

    assert after[1] - after[0] < before[1] - before[0]
    assert heights(part) == (low, high)


def heights(part):
    bottom, top = part.curves._panels[0].plot.viewRange()[1]
    return (round(bottom, 6), round(top, 6))


def test_the_period_is_chosen(qtbot, part):
    qtbot.mouseClick(part.periods.button("12"), Qt.MouseButton.LeftButton)
    low, high = part.curves.period

    assert 365 <= high - low < 400


def test_a_period_without_a_point_says_the_last_value(qtbot, part, biology, scenes):
    old = scenes.NOW - dt.timedelta(2000)
    results = [("a", result("4548-4", old, 7.4)), ("b", result("4548-4", old, 7.9))]
    biology.now = view_of([(d, replace(r, taken_at=old + dt.timedelta(n * 30)))
                           for n, (d, r) in enumerate(results)])  # fmt: skip
    part.refresh()
    qtbot.waitUntil(lambda: len(part.view.analyses) == 1, timeout=WAIT)
    ready(qtbot, part)
    (panel,) = part.curves._panels

    qtbot.waitUntil(panel.outside.isVisible, timeout=WAIT)
    day = f"{(old + dt.timedelta(30)).astimezone():%d/%m/%Y}"
    assert panel.outside.toPlainText() == f"Dernière valeur : 7,9 H le {day}"

    qtbot.mouseClick(part.periods.button("0"), Qt.MouseButton.LeftButton)
    ready(qtbot, part)
    qtbot.waitUntil(lambda: not panel.outside.isVisible(), timeout=WAIT)


def test_of_a_cluster_the_newest_value_is_written(qtbot, part, biology, scenes):
    crowd = [(f"d{n}", result("4548-4", scenes.NOW - dt.timedelta(40 - n), 5 + n / 10))
             for n in range(20)]  # fmt: skip
    biology.now = view_of(crowd)
    part.refresh()
    qtbot.waitUntil(lambda: len(part.view.analyses) == 1, timeout=WAIT)
    ready(qtbot, part)

    written = [item.toPlainText() for _, item, _ in part.curves._marks if item.isVisible()]
    assert written and written[-1] == "6,9" and len(written) < 20


def test_the_table_is_copied_as_text_and_as_a_page(part):
    part.copy_action.trigger()

    copied = QGuiApplication.clipboard().mimeData()
    assert "HbA1c\t%\t4\u00a0–\u00a06\t5,1\t7,9 H\t7,4 H" in copied.text()
    assert "CHEMIN Henri" in copied.html()


def test_more_reports_than_a_page_holds_make_several_tables(scenes):
    groups = group(series_of(big(scenes, 8, 2)))

    html = paper.page(paper.Sheet("CHEMIN Henri", groups, reports_of(groups, {})))

    assert html.count("<table") == 2
    assert html.count("Analyse 0") == 2


def test_a_folded_chapter_hides_its_rows(qtbot, part):
    view = part.table.frozen
    box = view.visualRect(part.table.rows.index(0, 0))

    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box.center())

    assert labels(part) == ["Biochimie", "Hématologie", "Hémoglobine"]


def test_a_corrected_report_replaces_the_old_value_on_screen(qtbot, part, biology, results):
    corrected = [(d, r) for d, r in results if d != "b"]
    corrected.append(("b2", result("4548-4", results[2][1].taken_at, 6.9)))
    biology.now = view_of(corrected)

    part.refresh()

    qtbot.waitUntil(lambda: shown(part, "HbA1c") == ["5,1", "6,9", "7,4"], timeout=WAIT)


def test_reports_of_the_dmp_are_offered_and_brought_in_one_go(qtbot, part, biology, results):
    biology.now = view_of(results, absent=("one", "two"))
    part.refresh()
    button = part.findChild(Button, "bringLabs")
    qtbot.waitUntil(button.isVisible, timeout=WAIT)
    assert part.notice.sentence().startswith("2\u00a0comptes rendus de biologie sont dans le DMP")

    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: biology.brought == [("one", "two")], timeout=WAIT)


def test_without_any_result_words_say_where_they_come_from(qtbot, part, biology):
    biology.now = BiologyView((), (), 0, ())
    part.refresh()

    search = part.findChild(Button, "searchDmpForLabs")
    qtbot.waitUntil(search.isVisible, timeout=WAIT)
    assert part._empty._state.accessibleName() == "Aucun résultat structuré dans ce dossier."


def test_reports_without_any_result_are_opened_by_a_key(qtbot, part, biology):
    biology.now = BiologyView(
        (), (), 0, (), untabled=(Untabled("pdf", "CR", dt.date(2026, 11, 5)),)
    )
    part.activateWindow()
    part.refresh()
    button = part.findChild(Button, "openFirstUntabled")
    qtbot.waitUntil(lambda: button.isVisible() and button.hasFocus(), timeout=WAIT)

    with qtbot.waitSignal(part.document_asked, timeout=WAIT) as asked:
        qtbot.keyClick(button, Qt.Key.Key_Space)
    assert asked.args == ["pdf"]


def test_a_date_to_come_stands_apart_on_screen_and_on_paper(qtbot, part, biology, results, scenes):
    to_come = scenes.NOW.replace(year=2062)
    given = [*results, ("z", result("4548-4", to_come, 12.9, interpretation="HH"))]
    groups = group(series_of(given, today=scenes.NOW.date()))
    biology.now = BiologyView(groups, reports_of(groups, {}), 4, ())
    part.refresh()
    qtbot.waitUntil(lambda: len(part.table.rows.reports) == 4, timeout=WAIT)
    ready(qtbot, part)

    assert shown(part, "HbA1c") == ["5,1", "7,9", "7,4", "12,9"]
    qtbot.mouseClick(part.order, Qt.MouseButton.LeftButton)
    assert shown(part, "HbA1c") == ["7,4", "7,9", "5,1", "12,9"]
    head = part.table.rows.headerData(FIXED + 3, Qt.Orientation.Horizontal)
    assert f"{to_come:%d/%m/%Y}" in head
    assert "date à venir\u00a0: à vérifier" in head and head in paper.tabbed(part._sheet())
    cell = part.table.rows.index(labels(part).index("HbA1c"), FIXED + 3)
    assert "Date à venir\u00a0: à vérifier" in cell.data(Qt.ItemDataRole.ToolTipRole)
    assert "hors des courbes" in part.untold.sentence()
    assert "hors des courbes" in paper.page(part._sheet())
    assert not part.findChild(Button, "openUntabled").isVisible()


def test_names_are_whole_on_chips_and_in_the_panel(qtbot, part, biology, results):
    name = "Troponine I ultrasensible"
    moved = [(doc, replace(r, label=name, code=None, specimen="Sang total"))
             for doc, r in results if r.label == "HbA1c"]  # fmt: skip
    biology.now = view_of(moved)
    part.refresh()
    qtbot.waitUntil(lambda: name in labels(part), timeout=WAIT)
    ready(qtbot, part)

    assert name in {chip.text() for chip in part.findChildren(Chip)}
    told = {one.text() for one in part.side.findChildren(QLabel) if one.isVisible()}
    assert name in told


def test_few_reports_take_the_room_that_there_is(part):
    wide = [part.table.values.columnWidth(FIXED + n) for n in range(3)]

    assert min(wide) > REPORT_W
    assert part.table.frozen.width() + sum(wide) <= part.table.width()


def test_a_column_has_room_for_its_day_and_hour(theme):
    day = QFontMetrics(font("small-strong")).horizontalAdvance("28/08/26")
    hour = QFontMetrics(font("tiny")).horizontalAdvance("08:08")

    assert day + 4 + hour <= REPORT_W - 9


def test_a_laboratory_has_a_short_name_in_its_column():
    told = {
        "Laboratoire d’Auteuil": "Auteuil",
        "Laboratoire du Centre hospitalier Marie Curie": "CH Marie Curie",
        "Centre hospitalier universitaire de Nice": "CHU de Nice",
    }
    for name, short in told.items():
        report = Report("a", dt.date(2026, 11, 2), name, quoted=False)
        assert words.laboratory(report) == short


def test_the_other_theme_redraws_the_curves(qtbot, part, theme):
    theme.use("dark")
    canvas = part.curves.canvas
    dark = theme.role("surface")
    qtbot.waitUntil(lambda: canvas.backgroundBrush().color() == dark, timeout=WAIT)
    ready(qtbot, part)

    assert part.curves.panels == [["HbA1c"], ["Créatinine"]]
    theme.use("light")
    ready(qtbot, part)


def big(scenes, reports, analyses):
    return [
        (
            f"r{n}",
            LabResult(
                Coded(f"{k}-1", LOINC), f"Analyse {k}", scenes.NOW - dt.timedelta(40 * n),
                5.0 + (n * k) % 7, unit="mmol/L", reference=ReferenceRange(4, 9),
                chapter=f"Chapitre {k // 12}", laboratory="Labo",
            ),
        )
        for n in range(reports)
        for k in range(analyses)
    ]  # fmt: skip


def test_forty_reports_of_sixty_analyses_cost_what_is_seen(qtbot, part, biology, scenes):
    """A ratio, not a time: ten times more results take far less than ten times longer to show."""

    def spent(reports, analyses):
        biology.now = view_of(big(scenes, reports, analyses))
        part._view = biology.now
        best = []
        for _ in range(3):
            started = time.perf_counter()
            part._fill()
            part.table.grab()
            best.append(time.perf_counter() - started)
        return min(best)

    few, many = spent(8, 30), spent(40, 60)

    assert many < few * 6


def test_nothing_is_told_of_a_value_that_is_not_there(part):
    rows = part.table.rows
    cell = rows.index(labels(part).index("CRP"), FIXED)

    assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == "CRP : pas de résultat"


def test_what_is_not_in_the_table_is_said_and_opens(qtbot, part, biology, results):
    gone = (
        Untabled("pdf", "CR", dt.date(2026, 11, 5)),
        Untabled("empty", "CR", dt.date(2026, 11, 4), dt.date(2026, 11, 1)),
    )
    biology.now = view_of(results, untabled=gone)
    part.refresh()
    button = part.findChild(Button, "openUntabled")
    qtbot.waitUntil(button.isVisible, timeout=WAIT)
    assert part.untold.sentence().startswith("Pas dans ce tableau\u00a0: 1\u00a0compte rendu")
    told = paper.page(part._sheet())
    assert "05/11/2026" in told and "compte rendu du 01/11/2026 a été remplacé" in told

    with qtbot.waitSignal(part.document_asked, timeout=WAIT) as asked:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked.args == ["pdf"]


def test_a_filtered_print_says_that_it_is_an_extract(qtbot, part, type_text):
    assert "Extrait" not in paper.page(part._sheet())
    part.activateWindow()
    part.search.setFocus()
    type_text("hba1c")
    qtbot.waitUntil(lambda: labels(part) == ["Biochimie", "HbA1c"], timeout=WAIT)

    told = paper.page(part._sheet())
    assert "Extrait : hba1c ; 1\u00a0analyse sur 4" in told
    assert "Extrait : hba1c ; 1\u00a0analyse sur 4" in paper.tabbed(part._sheet())


def test_each_page_names_the_patient_and_the_day(scenes):
    groups = group(series_of(big(scenes, 3, 150)))
    sheet = paper.Sheet("CHEMIN Henri", groups, reports_of(groups, {}), printed="Édité le 06/11")
    document = QTextDocument()
    document.setHtml(paper.page(sheet))
    pages = QPdfDocument()
    buffer = QBuffer()
    buffer.setData(on_paper(document, "Biologie"))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    pages.load(buffer)

    assert pages.pageCount() > 2
    for number in range(pages.pageCount() - 1):
        told = pages.getAllText(number).text()
        assert "CHEMIN Henri" in told and "06/11" in told, number


def test_a_usual_name_finds_an_analysis(qtbot, part, type_text):
    part.activateWindow()
    part.search.setFocus()
    type_text("hgb")
    qtbot.waitUntil(lambda: labels(part) == ["Hématologie", "Hémoglobine"], timeout=WAIT)


def test_a_cell_that_values_share_says_so_and_the_panel_has_them_all(qtbot, part, biology, scenes):
    at = scenes.NOW.replace(hour=0, minute=0)
    shared = [("a", result("718-7", at, 6.8, interpretation="LL")),
              ("a", result("718-7", at, 14.2, comment="Contrôle"))]  # fmt: skip
    biology.now = view_of(shared)
    part.refresh()
    qtbot.waitUntil(lambda: len(part.view.analyses) == 1, timeout=WAIT)

    assert shown(part, "Hémoglobine") == ["2 valeurs"]
    told = " ".join(one.text() for one in part.side.findChildren(QLabel))
    assert "6,8" in told and "14,2" in told and "Contrôle" in told


@pytest.mark.parametrize("said", ["Absence de leucocytes", "1\u202f234\u202f567\u202f890\u202f123"])
def test_a_value_is_whole_in_its_cell_or_not_there(theme, said):
    assert _fitting(said, QRect(0, 0, 60, 20), "strong") == words.SEE_BELOW
    assert _fitting(said, QRect(0, 0, 400, 20), "strong") == said


def test_an_alarm_is_stronger_than_what_is_out_of_range():
    assert {"HH", "LL", "AA"} == words.STRONG

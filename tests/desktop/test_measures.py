"""« Mesures » under real keys: typed in one line, warned about, corrected, taken back."""

import datetime as dt
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from lgc.desktop.record.measures.editor import MeasureEditor
from lgc.desktop.record.measures.part import MeasuresPart
from lgc.domain import measures
from lgc.domain.medical_data import Family, MedicalRecord, PartialDate
from lgc.services.measures import Measures

WAIT = 10_000


class MemoryRecords:
    """The repository of one patient, in memory."""

    def __init__(self):
        self.entries = {}

    def of_patient(self, patient_id):
        return MedicalRecord(tuple(self.entries.values()))

    def add(self, patient_id, entry):
        self.entries[entry.entry_id] = entry

    def update(self, entry):
        self.entries[entry.entry_id] = entry

    def remove(self, entry_id):
        del self.entries[entry_id]


@pytest.fixture
def records():
    return MemoryRecords()


@pytest.fixture
def part(qtbot, window, records, clock, ids, make):
    patients = SimpleNamespace(get=lambda patient_id: make.patient())
    uow = SimpleNamespace(
        medical=records, patients=patients, audit=lambda *line: None, commit=lambda: None
    )

    @contextmanager
    def unit():
        yield uow

    desk = SimpleNamespace(measures=Measures(unit, clock, ids, lambda event: None), clock=clock)
    made = MeasuresPart("patient-1", desk, window.tasks)
    made.told.connect(window.messages.toast)
    window.stack.addWidget(made)
    window.stack.setCurrentWidget(made)
    made.shown("measures")
    qtbot.waitUntil(lambda: made.curves is not None and window.tasks.running == 0, timeout=WAIT)
    return made


def type_text(widget, words):
    for letter in words:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
            QCoreApplication.sendEvent(widget, event)


def enter(qtbot, part, words):
    count = len(part.table.rows())
    type_text(part.bar.edit, words)
    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(part.table.rows()) > count, timeout=WAIT)


def cell(part, key, row=0):
    return part.table.cell(row, key)


def test_one_line_becomes_a_row_with_its_index_and_goes_with_ctrl_z(qtbot, part, records):
    enter(qtbot, part, "PA 135/80, poids 72,5 taille 1m72")

    assert cell(part, "pressure").text == "135/80"
    assert cell(part, "weight").text == "72,5"
    assert cell(part, "bmi").text == "24,5" and "calculé" in cell(part, "bmi").tooltip
    assert {e.code.code for e in records.entries.values()} == {
        "8480-6", "8462-4", "29463-7", "8302-2",
    }  # fmt: skip
    assert part.bar.edit.text() == ""

    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: part.table.rows() == [], timeout=WAIT)
    assert records.entries == {}


def test_what_is_typed_is_understood_aloud_before_it_is_added(qtbot, part, records):
    type_text(part.bar.edit, "température 38,2")
    assert "Température corporelle 38,2 °C, aujourd’hui" in part.bar.said.text().replace(
        "\u00a0", " "
    )
    part.bar.clear()
    type_text(part.bar.edit, "poids 725")
    assert "inhabituelle" in part.bar.said.text()
    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(part.table.rows()) == 1, timeout=WAIT)

    assert cell(part, "weight").glyph and "inhabituelle" in cell(part, "weight").tooltip


def test_what_is_not_understood_stays_in_the_line(qtbot, part, window, records):
    type_text(part.bar.edit, "poids 72 truc")
    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: window.messages.on_screen() != [], timeout=WAIT)
    assert part.bar.edit.text() == "poids 72 truc"
    assert records.entries == {}


def test_a_correction_keeps_what_was_written(qtbot, part, window, records):
    enter(qtbot, part, "poids 725")
    part.table.setFocus()
    qtbot.keyClick(part.table, Qt.Key.Key_F2)
    dialog = next(d for d in window.findChildren(MeasureEditor) if d.isVisible())
    assert "inhabituelle" in dialog.notice.sentence()
    dialog.first.setText("72,5")
    assert "inhabituelle" not in dialog.notice.sentence()
    qtbot.keyClick(dialog.first, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: part.table.rows() and cell(part, "weight").text == "72,5", timeout=WAIT)
    assert len(part.table.rows()) == 1
    assert "725 kg, corrigé le" in cell(part, "weight").tooltip.replace("\u00a0", " ")
    assert sorted(e.value for e in records.entries.values()) == [72.5, 725.0]

    qtbot.keyClick(part.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: cell(part, "weight").text == "725", timeout=WAIT)
    assert [e.active for e in records.entries.values()] == [True]


def test_a_cancelled_measure_no_longer_counts_and_can_still_be_read(qtbot, part, records):
    enter(qtbot, part, "pouls 72")
    part.table.setFocus()
    qtbot.keyClick(part.table, Qt.Key.Key_Delete)

    qtbot.waitUntil(lambda: part.table.rows()[0].values == (), timeout=WAIT)
    assert "annulé le" in cell(part, "date").tooltip


def test_the_row_is_the_point_of_the_curve(qtbot, part, records, make):
    for day, value in ((1, 72.0), (10, 73.0), (20, 74.5)):
        entry = make.entry(
            entry_id=f"w{day}", family=Family.MEASUREMENT, label="Poids", code=None, value=value,
            unit="kg", start=PartialDate(2026, 10, day), active=True,
        )  # fmt: skip
        records.entries[entry.entry_id] = entry
    part.refresh()
    qtbot.waitUntil(lambda: len(part.table.rows()) == 3, timeout=WAIT)
    qtbot.waitUntil(lambda: part.curves.isVisible() and part.curves.ready, timeout=WAIT)
    assert part.curves.panels == [["Poids"]]

    part.table.setFocus()
    qtbot.keyClick(part.table, Qt.Key.Key_Down)

    assert part.curves._current == (measures.WEIGHT.key, 1)
    assert part.table.current().day == dt.date(2026, 10, 10)


def test_a_letter_with_two_meanings_opens_its_readings_and_enter_takes_none(qtbot, part, records):
    type_text(part.bar.edit, "T 38,5")
    assert part.bar.readings.isVisible()
    assert part.bar.readings.current() is None
    assert "température corporelle ou taille" in part.bar.said.text()

    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Return)
    qtbot.wait(100)
    assert records.entries == {} and part.bar.edit.text() == "T 38,5"

    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Down)
    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Return)
    assert part.bar.edit.text() == "température 38,5"
    assert not part.bar.readings.isVisible() and records.entries == {}

    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(part.table.rows()) == 1, timeout=WAIT)
    assert [e.label for e in records.entries.values()] == ["Température corporelle"]


def test_escape_leaves_the_readings_then_empties_the_line_and_never_the_screen(qtbot, part):
    left = []
    part.left.connect(lambda: left.append(True))
    type_text(part.bar.edit, "T 38,5")
    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Escape)
    assert not part.bar.readings.isVisible() and part.bar.edit.text() == "T 38,5"

    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Escape)
    assert part.bar.edit.text() == "" and left == []
    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert part.bar.edit.text() == "T 38,5"

    part.bar.clear()
    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Escape)
    assert left == [True]


def test_a_reading_moved_to_is_left_when_one_types_on(qtbot, part, records):
    type_text(part.bar.edit, "P 5")
    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Down)
    type_text(part.bar.edit, "8")

    assert part.bar.readings.current() is None
    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Return)
    assert part.bar.edit.text() == "P 58"


def test_a_height_lost_is_said_and_blocks_nothing(qtbot, part, records):
    enter(qtbot, part, "taille 174 le 03/11/2020")
    type_text(part.bar.edit, "taille 172")
    assert "2 cm de moins" in part.bar.said.text().replace("\u00a0", " ")
    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(part.table.rows()) == 2, timeout=WAIT)

    assert "2 cm de moins" in cell(part, "height").tooltip.replace("\u00a0", " ")


def test_a_pressure_shows_its_two_names_and_its_thresholds(qtbot, part, records):
    type_text(part.bar.edit, "PA 150/80")
    assert "systolique 150, diastolique 80" in part.bar.said.text()
    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(part.table.rows()) == 1, timeout=WAIT)
    enter(qtbot, part, "PA 130/85 le 03/11/2025")

    told = cell(part, "pressure").tooltip.replace("\u00a0", " ")
    assert "Systolique 150 mmHg" in told and "Diastolique 80 mmHg" in told
    assert "140/90 mmHg (HAS" in told and cell(part, "pressure").glyph
    assert not cell(part, "pressure", 1).glyph
    qtbot.waitUntil(lambda: part.curves.isVisible() and part.curves.ready, timeout=WAIT)
    assert part.curves.panels == [["Systolique", "Diastolique"]]
    assert [curve.limit for curve in part.curves._curves] == [140, 90]


def test_half_of_a_pressure_is_not_emptied(qtbot, part, window, records):
    enter(qtbot, part, "PA 170/100")
    part.table.setFocus()
    qtbot.keyClick(part.table, Qt.Key.Key_F2)
    dialog = next(d for d in window.findChildren(MeasureEditor) if d.isVisible())
    dialog.fields["diastolic"][1].setText("")
    qtbot.keyClick(dialog.first, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    assert dialog.isVisible()
    assert [e.active for e in records.entries.values()] == [True, True]


def test_an_empty_record_says_where_to_write(part):
    assert part._rows.currentWidget()._sentence.text() == "Aucune mesure dans ce dossier"
    assert QApplication.focusWidget() is part.bar.edit

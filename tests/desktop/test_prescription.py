"""The drug prescription under real keys: written in a breath, read back, never changed."""

import json
import os
from dataclasses import replace
from types import SimpleNamespace

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu

from lgc.desktop.components.rows import CELL_ROLE
from lgc.desktop.record.code_origin import CodeOriginDialog
from lgc.desktop.record.writing.alert_lines import AlertQuestion
from lgc.desktop.record.writing.drugs_part import DrugsPart
from lgc.domain.medical_data import Family
from lgc.domain.professionals import Coded
from lgc.errors import UserFacingError
from lgc.services.comparing import Alert, Comparison
from lgc.services.drafting import Draft
from lgc.services.medical import Suggestion
from lgc.services.prescribing import (
    KEPT,
    LINES,
    VALIDITY,
    PrescriptionLine,
    lines_of,
    text_of,
)

WAIT = 10_000
ATC = "2.16.840.1.113883.6.73"
METFORMIN = Coded("A10BA02", ATC, "Metformine")
KNOWN = (METFORMIN, Coded("N02BE01", ATC, "Paracétamol"))


class FakeMedical:
    def suggest(self, patient_id, family, typed):
        found = [one for one in KNOWN if one.label.casefold().startswith(typed.casefold())]
        coded = tuple(Suggestion(Family.CURRENT_TREATMENT, one.label, one) for one in found)
        return (*coded, Suggestion(Family.CURRENT_TREATMENT, typed, None))


class FakeDrafting:
    def __init__(self, clock):
        self.kept, self.finished, self._clock = Draft(), [], clock

    def draft(self, patient_id, kind):
        return self.kept

    def to_be_seen(self, patient_id, kind, draft):
        return ()

    def keep(self, patient_id, kind, draft):
        self.kept = draft
        return self._clock.now()

    def finish(self, patient_id, kind, draft):
        lines = lines_of(draft.of(LINES))
        if not all(one.dosage for one in lines):
            raise UserFacingError("Le document ne peut pas encore être terminé.")
        self.finished.append(lines)
        self.words = draft.words
        self.kept = Draft()
        return "document-1"


class FakePrescribing:
    def treatments(self, patient_id):
        return (PrescriptionLine("Metformine", "1 cp matin et soir", METFORMIN),)

    def last(self, patient_id):
        return ()


class FakeComparing:
    """services.comparing.Comparing: every line that begins so touches the allergy."""

    def __init__(self):
        self.allergic_to, self.asked = "", 0

    def lines(self, patient_id, drugs):
        self.asked += 1
        alerts = tuple(
            Alert(place, one.label, "a1", "Allergie : Pénicilline (urticaire)",
                  "du groupe « pénicillines » (ATC J01C)", "notée le 12/02/2019")
            for place, one in enumerate(drugs)
            if self.allergic_to and one.label.startswith(self.allergic_to)
        )  # fmt: skip
        unread = tuple(one.label for one in drugs if one.code is None)
        known = bool(self.allergic_to)
        return Comparison(len(drugs), len(drugs) - len(unread) if known else 0, alerts,
                          unread if known else (), (), known)  # fmt: skip


@pytest.fixture
def comparing():
    return FakeComparing()


@pytest.fixture
def drafting(clock):
    return FakeDrafting(clock)


@pytest.fixture
def part(qtbot, window, drafting, comparing, clock):
    desk = SimpleNamespace(
        drafting=drafting,
        clock=clock,
        medical=FakeMedical(),
        prescribing=FakePrescribing(),
        comparing=comparing,
        nomenclatures=SimpleNamespace(edition_of=lambda code: "fichier 2026, chargé le 06/11/2026"),
    )
    made = DrugsPart("p", desk, window.tasks)
    made.told.connect(window.messages.toast)
    window.stack.addWidget(made)
    window.stack.setCurrentWidget(made)
    made.shown("drugs")
    qtbot.waitUntil(lambda: made.loaded, timeout=WAIT)
    return made


def type_text(words):
    for letter in words:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
            QCoreApplication.sendEvent(QApplication.focusWidget(), event)


def press(qtbot, key, modifiers=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget(), key, modifiers)


def prescribe(qtbot, part, drug, dosage):
    type_text(drug)
    qtbot.waitUntil(part.entry.popup.isVisible, timeout=WAIT)
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(part.entry.dosage.hasFocus, timeout=WAIT)
    type_text(dosage)
    press(qtbot, Qt.Key.Key_Return)


def picture(widget, name):
    if folder := os.environ.get("LGC_PICTURES"):
        widget.grab().save(f"{folder}/{name}.png")


def test_two_medicines_are_written_without_leaving_the_keys(qtbot, part, window, drafting):
    prescribe(qtbot, part, "para", "1 g 3 fois par jour si douleur 5 jours")
    prescribe(qtbot, part, "metf", "1 cp matin et soir pendant 3 mois")
    type_text("collyre maison")
    qtbot.waitUntil(part.entry.popup.isVisible, timeout=WAIT)
    press(qtbot, Qt.Key.Key_Escape)
    press(qtbot, Qt.Key.Key_Return)
    type_text("1 goutte")
    assert part.entry.understood.text() == "Compris : 1\u00a0goutte"
    qtbot.wait(60)
    picture(window, "ordonnance")

    assert [(one.label, one.code) for one in part.lines] == [
        ("Paracétamol", KNOWN[1]), ("Metformine", METFORMIN),
    ]  # fmt: skip
    assert part.lines[1].understood == "1\u00a0comprimé, matin et soir, pendant 3\u00a0mois"
    qtbot.waitUntil(lambda: drafting.kept.of("drug") == "collyre maison", timeout=WAIT)
    assert lines_of(drafting.kept.of(LINES)) == tuple(part.lines)


def test_a_draft_comes_back_with_the_line_that_was_being_typed(qtbot, part, drafting):
    lines = [PrescriptionLine("Metformine", "1-0-1", METFORMIN, chronic=True, renewals=2)]
    drafting.kept = Draft({LINES: text_of(lines), "drug": "amox", "dosage": "1 g"})
    part.reopened("prescription")

    qtbot.waitUntil(lambda: part.lines == lines, timeout=WAIT)
    assert part.entry.line() == PrescriptionLine("amox", "1 g")


def test_keys_say_what_the_law_wants_of_a_line(qtbot, part, window):
    part.add_all([PrescriptionLine("Metformine", "1-0-1"), PrescriptionLine("Autre", "1/j")], "")
    part.table.setFocus()
    part.table.select("0")
    qtbot.keyClick(part.table, Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    for key in "++-":
        qtbot.keyClicks(part.table, key)
    qtbot.keyClick(part.table, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    menu = part.findChild(QMenu, "fixedReasons")
    menu.actions()[0].trigger()
    menu.close()
    window.activateWindow()
    part.table.setFocus()
    qtbot.waitUntil(part.table.hasFocus, timeout=WAIT)
    picture(window, "ordonnance-ald")

    line = part.lines[0]
    assert (line.chronic, line.renewals) == (True, 1)
    assert line.fixed.endswith("(MTE)")
    qtbot.keyClick(part.table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert [one.label for one in part.lines] == ["Autre", "Metformine"]


def test_a_line_taken_away_comes_back_and_one_is_taken_up_again(qtbot, part, window):
    part.add_all([PrescriptionLine("Metformine", "1-0-1"), PrescriptionLine("Autre", "1/j")], "")
    part.table.setFocus()
    part.table.select("0")
    qtbot.keyClick(part.table, Qt.Key.Key_Delete)
    assert [one.label for one in part.lines] == ["Autre"]
    window.messages.undo_last()
    assert [one.label for one in part.lines] == ["Metformine", "Autre"]

    part.table.select("0")
    qtbot.keyClick(part.table, Qt.Key.Key_F2)
    assert part.entry.line().label == "Metformine"
    assert part.entry.dosage.hasFocus()
    assert [one.label for one in part.lines] == ["Autre"]


def test_treatments_under_way_are_taken_once(qtbot, part, window):
    press(qtbot, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(part.lines) == 1, timeout=WAIT)
    press(qtbot, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    press(
        qtbot, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    qtbot.wait(100)

    assert [one.label for one in part.lines] == ["Metformine"]


def test_finishing_takes_the_line_being_typed_and_a_refusal_loses_nothing(
    qtbot, part, window, drafting
):
    opened = []
    part.document_asked.connect(opened.append)
    prescribe(qtbot, part, "metf", "1-0-1 1 mois")
    type_text("amox")
    press(qtbot, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.messages.on_screen() != [], timeout=WAIT)
    assert [one.label for one in part.lines] == ["Metformine", "amox"]
    assert drafting.finished == []

    part.table.setFocus()
    part.table.select("1")
    qtbot.keyClick(part.table, Qt.Key.Key_Delete)
    press(qtbot, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: opened == ["document-1"], timeout=WAIT)
    assert part.lines == []


def test_a_prescription_thrown_away_comes_back_after_its_record_was_closed(
    qtbot, part, window, drafting
):
    part.add_all([PrescriptionLine("PARACETAMOL 1 g")], "")
    part.throw_button.click()
    part.flush()
    qtbot.waitUntil(lambda: "PARACETAMOL" not in drafting.kept.of("lines"), timeout=WAIT)
    shiboken6.delete(part)

    window.messages.undo_last()

    qtbot.waitUntil(lambda: "PARACETAMOL" in drafting.kept.of("lines"), timeout=WAIT)


def test_what_the_profile_wants_answered_stands_in_sight_and_is_turned_by_a_key(qtbot, part):
    part._add(PrescriptionLine("Metformine", "1 cp matin et soir"))
    part.table.setFocus()
    part.table.select("0")
    columns = [part.table.model().headerData(n, Qt.Orientation.Horizontal) for n in range(7)]
    assert columns[-1] == "Mentions"

    for key in (Qt.Key.Key_T, Qt.Key.Key_F, Qt.Key.Key_H):
        part.table.setFocus()
        qtbot.keyClick(part.table, key, Qt.KeyboardModifier.AltModifier)

    [line] = lines_of(part.typed().of(LINES))
    assert (line.work_accident, line.not_refunded, line.off_label) == (True, True, True)


def test_the_validity_is_a_field_and_its_last_day_is_said(qtbot, part, clock):
    part._add(PrescriptionLine("Metformine", "1 cp matin et soir"))
    assert part.until.text() == "jusqu’au 23/02/2027"

    part._valid(12)
    part._changed()

    assert part.until.text() == "jusqu’au 23/11/2027"
    assert part.typed().of(VALIDITY) == "12"


@pytest.mark.parametrize("meanwhile", ["other", "gone", "changed"])
def test_a_menu_of_a_line_changes_that_line_or_none(qtbot, part, meanwhile):
    metformin, other = PrescriptionLine("Metformine", "1-0-1"), PrescriptionLine("Autre", "1/j")
    part.add_all([metformin, other], "")
    part.table.setFocus()
    part.table.select("0")
    said = []
    part.told.connect(lambda words, back: said.append(words))
    part._fix()
    menu = part.findChild(QMenu, "fixedReasons")
    if meanwhile == "other":
        part.table.select("1")
    elif meanwhile == "gone":
        part._restore([other], part.typed())
    else:
        part._restore([replace(metformin, dosage="2-0-2"), other], part.typed())
    menu.actions()[0].trigger()
    menu.close()

    fixed = [one.label for one in part.lines if one.fixed]
    assert fixed == (["Metformine"] if meanwhile == "other" else [])
    assert any("a changé" in one for one in said) is (meanwhile != "other")


def test_a_line_of_the_version_before_keeps_its_start_until_it_is_changed(qtbot, part, drafting):
    kept = PrescriptionLine("Metformine", "1 cp", start="2026-11-20")
    drafting.kept = Draft(
        {LINES: text_of([kept])}, replaces="d1", acted_at="2026-11-20T10:00:00+01:00"
    )
    part.reopened("prescription")
    qtbot.waitUntil(lambda: part.lines == [kept], timeout=WAIT)
    assert part.act.day.isVisible() and part.act.day.typed_words() == "20/11/2026"

    part.table.select("0")
    part._begin()
    menu = part.findChild(QMenu, "starts")
    assert [one.text() for one in menu.actions()][1] == "Le 20/11/2026"
    menu.actions()[0].trigger()
    menu.close()

    assert part.lines[0].start == ""


AMOXICILLIN = Coded("J01CA04", ATC, "Amoxicilline")


def put(qtbot, part, *lines):
    for line in lines:
        part._add(line)
    qtbot.waitUntil(lambda: part.alerts.found.lines == len(part.lines), timeout=WAIT)
    qtbot.waitUntil(part.alerts.isVisible, timeout=WAIT)


@pytest.fixture
def touched(qtbot, part, comparing):
    """Metformin, then amoxicillin for somebody whose record says penicillin."""
    comparing.allergic_to = "Amoxicilline"
    put(
        qtbot,
        part,
        PrescriptionLine("Metformine", "1 cp matin et soir", METFORMIN),
        PrescriptionLine("Amoxicilline", "1 g matin et soir 7 jours", AMOXICILLIN),
    )
    return part


def test_a_line_that_an_allergy_touches_says_so_and_nothing_is_blocked(touched):
    [row] = touched.alerts.rows
    assert "Allergie : Pénicilline (urticaire)" in row.accessibleName()
    assert "notée le 12/02/2019" in row.accessibleName()
    assert touched.table.cell(0, "drug").second == "A10BA02"
    assert touched.table.cell(1, "drug").second == "Allergie : Pénicilline (urticaire)"
    assert touched.table.cell(1, "drug").glyph == "ri.alert-fill"
    assert touched.finish_button.isEnabled()
    assert touched.alerts.coverage.text().startswith("2 sur 2")
    assert "certifié" in touched.alerts.coverage.text()


def test_what_could_not_be_compared_stands_there_as_loudly(qtbot, touched):
    put(qtbot, touched, PrescriptionLine("Préparation", "1 fois"))

    said = touched.alerts.coverage
    assert "2 sur 3" in said.text()
    assert "« Préparation »" in said.text().replace("\u00a0", " ")
    assert said.property("tone") == "warn"


def test_it_never_says_that_there_is_nothing(qtbot, part):
    put(qtbot, part, PrescriptionLine("Metformine", "1 cp", METFORMIN))

    assert part.alerts.rows == []
    assert "non renseignées" in part.alerts.coverage.text()
    assert part.alerts.coverage.property("tone") == "warn"


def test_an_alert_is_asked_once_before_the_end_and_going_back_finishes_nothing(
    qtbot, window, touched, drafting
):
    touched.finish()
    qtbot.waitUntil(lambda: window.findChildren(AlertQuestion) != [], timeout=WAIT)
    question = window.findChildren(AlertQuestion)[0]
    assert QApplication.focusWidget() is question.back_button
    question.back_button.click()
    assert drafting.finished == []

    touched.finish()
    qtbot.waitUntil(lambda: len(asked(window)) == 1, timeout=WAIT)
    question = asked(window)[0]
    question.reason.setText("Tolérée en 2024")
    question.keep_button.click()

    qtbot.waitUntil(lambda: len(drafting.finished) == 1, timeout=WAIT)
    assert json.loads(drafting.words[KEPT]) == {"Amoxicilline|a1": "Tolérée en 2024"}


def asked(window):
    return [one for one in window.findChildren(AlertQuestion) if one.isVisible()]


def test_a_line_kept_with_a_reason_is_not_asked_about_again(qtbot, window, touched, drafting):
    touched.table.select("1")
    touched.table.setFocus()
    press(qtbot, Qt.Key.Key_G)
    type_text("avis")
    press(qtbot, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: touched.alerts.undecided() == (), timeout=WAIT)
    assert touched.table.cell(1, "drug").second == "J01CA04"
    touched.flush()
    qtbot.waitUntil(lambda: "avis" in drafting.kept.of(KEPT), timeout=WAIT)
    touched.finish()
    qtbot.waitUntil(lambda: len(drafting.finished) == 1, timeout=WAIT)
    assert asked(window) == []


def test_a_line_is_replaced_from_its_alert(qtbot, touched):
    touched.table.select("1")
    touched.table.setFocus()
    press(qtbot, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)

    assert touched.entry.drug.text() == "Amoxicilline"
    assert touched.entry.drug.hasFocus() and touched.entry.drug.hasSelectedText()
    assert [line.label for line in touched.lines] == ["Metformine"]
    qtbot.waitUntil(lambda: touched.alerts.rows == [], timeout=WAIT)


def test_treatments_taken_up_again_are_compared_too(qtbot, part, comparing):
    comparing.allergic_to = "Metformine"
    press(qtbot, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: len(part.alerts.rows) == 1, timeout=WAIT)


def test_an_allergy_entered_meanwhile_is_met_at_once(qtbot, part, comparing):
    put(qtbot, part, PrescriptionLine("Amoxicilline", "1 g", AMOXICILLIN))
    assert part.alerts.rows == []
    comparing.allergic_to = "Amoxicilline"

    part.refresh()

    qtbot.waitUntil(lambda: len(part.alerts.rows) == 1, timeout=WAIT)


def test_the_line_still_in_the_entry_is_compared_before_the_end(
    qtbot, window, part, comparing, drafting
):
    comparing.allergic_to = "Amoxicilline"
    part.entry.show_line(PrescriptionLine("Amoxicilline", "1 g", AMOXICILLIN))

    part.finish()

    qtbot.waitUntil(lambda: len(asked(window)) == 1, timeout=WAIT)
    assert drafting.finished == []


def test_a_dose_that_stays_text_says_so_in_sight(qtbot, part, window):
    prescribe(qtbot, part, "para", "15 mg/kg toutes les 6 h")
    type_text("collyre")
    part.entry.popup.hide()
    part.entry.dosage.setFocus()
    type_text("1 goutte à débuter dans 8 jours")
    picture(window, "ordonnance-non-structuree")

    assert part.entry.understood.text().startswith("Non structuré")
    assert part.lines[0].understood == ""
    shown = part.table.model().index(0, 1).data(CELL_ROLE)
    assert (shown.text, shown.second, shown.second_chip) == (
        "15 mg/kg toutes les 6 h", "Non structuré", True,
    )  # fmt: skip


@pytest.fixture
def taken_up(qtbot, part):
    """A line of metformine back in the entry, its name typed over."""
    reason = "Marge thérapeutique étroite (MTE)"
    line = PrescriptionLine("Metformine", "1 cp matin et soir 7 jours", METFORMIN, fixed=reason)
    part.add_all([line], "")
    part.table.setFocus()
    part.table.select("0")
    qtbot.keyClick(part.table, Qt.Key.Key_F2)
    part.entry.drug.setFocus()
    part.entry.drug.selectAll()
    type_text("Gliclazide 60")
    part.entry.popup.hide()
    return part


def test_another_name_drops_the_code_and_the_dose_of_the_first(qtbot, taken_up, window):
    taken_up.entry.dosage.setFocus()
    picture(window, "ordonnance-autre-medicament")

    assert "écrite pour «\u00a0Metformine\u00a0»" in taken_up.entry.understood.text()
    taken_up.entry.add()

    (line,) = taken_up.lines
    assert (line.label, line.code, line.fixed) == ("Gliclazide 60", None, "")
    assert (line.dosage, line.as_text, line.understood) == ("1 cp matin et soir 7 jours", True, "")


def test_enter_confirms_the_dose_before_it_adds(qtbot, taken_up):
    taken_up.entry.dosage.setFocus()
    press(qtbot, Qt.Key.Key_Return)
    assert taken_up.lines == []
    assert taken_up.entry.understood.text().startswith("Compris")
    press(qtbot, Qt.Key.Key_Return)

    (line,) = taken_up.lines
    assert (line.code, line.as_text) == (None, False)
    assert line.understood.startswith("1\u00a0comprimé, matin et soir")


def test_a_dose_typed_anew_is_that_of_the_new_name(qtbot, taken_up):
    taken_up.entry.dosage.setFocus()
    taken_up.entry.dosage.selectAll()
    type_text("1 cp le matin")
    press(qtbot, Qt.Key.Key_Return)

    assert [one.as_text for one in taken_up.lines] == [False]


def test_the_first_name_typed_again_has_its_code_and_its_dose(qtbot, taken_up):
    taken_up.entry.drug.selectAll()
    type_text("Metformine")
    taken_up.entry.popup.hide()
    taken_up.entry.add()

    (line,) = taken_up.lines
    assert (line.code, line.as_text, bool(line.fixed)) == (METFORMIN, False, True)


def test_what_is_not_confirmed_is_asked_again_after_a_crash(qtbot, taken_up, drafting):
    taken_up.flush()
    qtbot.waitUntil(lambda: drafting.kept.of("drug") == "Gliclazide 60", timeout=WAIT)
    taken_up.reopened("prescription")
    qtbot.waitUntil(lambda: taken_up.loaded, timeout=WAIT)

    assert taken_up.entry.line().as_text
    assert taken_up.entry.understood.text().startswith("À confirmer")


def test_a_prescription_finished_without_confirming_prints_the_words_alone(
    qtbot, taken_up, drafting
):
    taken_up.finish()
    qtbot.waitUntil(lambda: drafting.finished != [], timeout=WAIT)

    assert [(one.dosage, one.as_text) for one in drafting.finished[0]] == [
        ("1 cp matin et soir 7 jours", True)
    ]


def told_origins(window):
    return [one for one in window.findChildren(CodeOriginDialog) if one.isVisible()]


def test_a_prescribed_line_says_which_table_its_code_is_of(qtbot, part, window):
    lines = [PrescriptionLine("Metformine", "1-0-1", METFORMIN), PrescriptionLine("Autre")]
    part.add_all(lines, "")
    for place, wanted in (("0", "fichier 2026"), ("1", "n’a pas de code")):
        part.table.setFocus()
        part.table.select(place)
        qtbot.keyClick(part.table, Qt.Key.Key_F4)
        qtbot.waitUntil(lambda: bool(told_origins(window)), timeout=WAIT)
        (dialog,) = told_origins(window)
        assert any(wanted in one.text() for one in dialog.findChildren(QLabel))
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: not told_origins(window), timeout=WAIT)

"""« Données médicales » under real keys: one line adds, one key undoes, nothing is in doubt."""

import datetime as dt
import os
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from lgc.desktop.record.code_origin import CodeOriginDialog
from lgc.desktop.record.medical import words
from lgc.desktop.record.medical.absence_question import AbsenceQuestion
from lgc.desktop.record.medical.editor import EntryEditor
from lgc.desktop.record.medical.part import MedicalPart
from lgc.desktop.record.medical.words import PLACES
from lgc.domain.allergies import UNTOLD, Agent, Allergy, Kind, Severity
from lgc.domain.entry_line import EntryLine
from lgc.domain.families import TITLES
from lgc.domain.medical_data import CodeOrigin, Family, MedicalRecord, Standing, contradicts
from lgc.domain.professionals import Coded
from lgc.domain.risks import Risk
from lgc.services.comparing import NOTHING_COMPARED, Alert, Comparison
from lgc.services.medical import Medical, Suggestion
from lgc.settings import Settings, guidance_cim10
from lgc.terminology import code_systems

WAIT = 10_000


class MemoryRecords:
    """The repository of one patient, in memory."""

    def __init__(self):
        self.entries, self.absences, self.denials = {}, {}, {}

    def of_patient(self, patient_id):
        lines = tuple(self.entries.values())
        return MedicalRecord(
            tuple(one for one in lines if one.standing is Standing.FACT),
            tuple(self.absences.values()),
            tuple(one for one in lines if one.standing is not Standing.FACT),
            tuple(self.denials.values()),
        )

    def add(self, patient_id, entry):
        self.entries[entry.entry_id] = entry
        self.denials.pop(entry.risk, None)
        return self.absences.pop(entry.family, None) if contradicts(entry, entry.family) else None

    def update(self, entry):
        return self.add("patient-1", entry)

    def remove(self, entry_id):
        del self.entries[entry_id]

    def state_absence(self, patient_id, absence):
        self.absences[absence.family] = absence

    def withdraw_absence(self, patient_id, absence):
        self.absences.pop(absence.family, None)

    def deny(self, patient_id, denial):
        self.denials[denial.risk] = denial

    def withdraw_denial(self, patient_id, risk):
        self.denials.pop(risk, None)


class OwnWords(dict):
    """A doctor's own dictionary, in memory."""

    def find(self, author, family, words):
        return self.get((author, family, words))

    def keep(self, word):
        self[word.author, word.family, word.words] = word

    def forget(self, word):
        self.pop((word.author, word.family, word.words), None)


@pytest.fixture
def medical(clock, ids, make):
    records = MemoryRecords()
    uow = SimpleNamespace(
        medical=records, own_words=OwnWords(), audit=lambda *line: None, commit=lambda: None
    )

    @contextmanager
    def unit():
        yield uow

    connection = SimpleNamespace(practitioner=make.practitioner())
    return Medical(unit, clock, ids, connection, lambda event: None)


class FakeComparing:
    """services.comparing.Comparing: says what it is told to say."""

    found = NOTHING_COMPARED

    def treatments(self, patient_id):
        return self.found


@pytest.fixture
def comparing():
    return FakeComparing()


@pytest.fixture
def part(qtbot, window, medical, clock, comparing):
    desk = SimpleNamespace(medical=medical, clock=clock, settings=Settings(), comparing=comparing)
    made = MedicalPart("patient-1", desk, window.tasks)
    made.told.connect(window.messages.toast)
    window.stack.addWidget(made)
    window.stack.setCurrentWidget(made)
    made.shown("overview")
    qtbot.waitUntil(lambda: made.bar.edit.hasFocus(), timeout=WAIT)
    return made


def type_text(widget, words):
    for letter in words:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
            QCoreApplication.sendEvent(widget, event)


def test_words_that_no_code_says_are_completed_below_what_was_typed(qtbot, part):
    part.bar.start(Family.ALLERGY)
    type_text(part.bar.edit, "arach")
    qtbot.waitUntil(lambda: part.bar.popup.isVisible(), timeout=WAIT)

    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Down)
    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: shown(part, Family.ALLERGY) == ["Arachide"], timeout=WAIT)
    assert part.panels[Family.ALLERGY].rows[0].entry.code is None


def shown(part, family):
    return [row.entry.label for row in part.panels[family].rows]


def test_a_few_letters_and_enter_add_a_coded_line_that_ctrl_z_takes_back(qtbot, window, part):
    type_text(part.bar.edit, "fibrillation à vérifier 2019"[:12])
    qtbot.waitUntil(lambda: part.bar.popup.isVisible(), timeout=WAIT)
    # What the letters only begin stands below the words.
    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Down)
    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(shown(part, Family.CHRONIC)) == 1, timeout=WAIT)
    entry = part.panels[Family.CHRONIC].rows[0].entry
    assert (entry.code.code, entry.typed) == ("I48.9", "fibrillation")
    assert part.bar.edit.text() == ""

    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: shown(part, Family.CHRONIC) == [], timeout=WAIT)


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_F2, Qt.Key.Key_Return])
def test_a_line_that_changed_meanwhile_is_left_and_both_are_told(qtbot, window, part, medical, key):
    medical.add("patient-1", Suggestion(Family.CHRONIC, "Asthme", None), "Asthme")
    part.refresh()
    qtbot.waitUntil(lambda: shown(part, Family.CHRONIC) == ["Asthme"], timeout=WAIT)
    row = part.panels[Family.CHRONIC].rows[0]
    now = replace(row.entry, note="sévère")
    row.setFocus()
    if key == Qt.Key.Key_Return:  # its dialog is open when the line changes
        qtbot.keyClick(row, key)
        qtbot.waitUntil(lambda: window.findChild(EntryEditor) is not None, timeout=WAIT)
        dialog = window.findChild(EntryEditor)
        dialog.label.setText("Asthme ancien")
    medical.update("patient-1", row.entry, now)

    if key == Qt.Key.Key_Return:
        qtbot.keyClick(dialog, key, Qt.KeyboardModifier.ControlModifier)
    else:
        qtbot.keyClick(row, key)
    qtbot.waitUntil(lambda: "a changé" in words_of(window), timeout=WAIT)

    assert "Vous voyiez : Asthme." in words_of(window) and "sévère" in words_of(window)
    assert medical.record("patient-1").entries == (now,)


def words_of(window):
    told = " ".join(one.text() for one in window.findChildren(QLabel) if one.isVisible())
    return told.replace("\u00a0", " ")


def test_words_without_a_code_are_kept_as_they_are(qtbot, part):
    part.bar.set_family(Family.VIGILANCE)
    type_text(part.bar.edit, "vit seule, œdèmes 2024")
    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: shown(part, Family.VIGILANCE) == ["vit seule, œdèmes"], timeout=WAIT)
    assert part.panels[Family.VIGILANCE].rows[0].entry.start.iso == "2024"


def test_tab_changes_the_family_and_keeps_the_words(qtbot, part):
    type_text(part.bar.edit, "asthme")
    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Tab)

    assert part.bar.family is Family.MEDICAL_HISTORY
    assert part.bar.edit.text() == "asthme"
    assert part.bar.edit.hasFocus()
    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Escape)
    assert part.bar.edit.text() == ""


def test_an_absence_is_not_the_same_as_silence(qtbot, part):
    panel = part.panels[Family.ALLERGY]
    qtbot.waitUntil(lambda: panel.findChildren(QPushButton) != [], timeout=WAIT)
    button = next(b for b in panel.findChildren(QPushButton) if b.text() == "Absence connue")

    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(
        lambda: any(b.text() == "Retirer" for b in panel.findChildren(QPushButton)), timeout=WAIT
    )


def test_a_line_is_ended_and_removed_by_keys(qtbot, part, medical):
    medical.add("patient-1", Suggestion(Family.CHRONIC, "Goutte", None), "goutte")
    part.refresh()
    qtbot.waitUntil(lambda: len(part.panels[Family.CHRONIC].rows) == 1, timeout=WAIT)

    qtbot.keyClick(part.panels[Family.CHRONIC].rows[0], Qt.Key.Key_F2)
    qtbot.waitUntil(
        lambda: [r.entry.active for r in part.panels[Family.CHRONIC].rows] == [False],
        timeout=WAIT,
    )
    qtbot.keyClick(part.panels[Family.CHRONIC].rows[0], Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: part.panels[Family.CHRONIC].rows == [], timeout=WAIT)


def test_the_editor_says_a_wrong_date_and_loses_nothing(qtbot, part, window, medical):
    entry = medical.add("patient-1", Suggestion(Family.CHRONIC, "Goutte", None), "goutte").after
    part._edit(entry)
    editor = window.findChild(EntryEditor)
    editor.start.setText("31/02/2020")
    qtbot.keyClick(editor.label, Qt.Key.Key_Return)
    assert editor.isVisible()
    assert "n’est pas une date" in editor.form.line_of(editor.start).text()

    editor.start.setText("02/2020")
    qtbot.keyClick(editor.label, Qt.Key.Key_Return)

    qtbot.waitUntil(
        lambda: [r.entry.start for r in part.panels[Family.CHRONIC].rows] != [], timeout=WAIT
    )
    assert part.panels[Family.CHRONIC].rows[0].entry.start.iso == "2020-02"


def test_guidance_is_offered_only_where_an_address_was_chosen(
    qtbot, window, medical, clock, monkeypatch
):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    settings = Settings()
    settings[guidance_cim10] = "https://example.org/{code}?q={label}"
    hta = Coded("I10", code_systems.CIM_10, "Hypertension")
    medical.add("patient-1", Suggestion(Family.CHRONIC, "HTA", hta), "hta")
    medical.add("patient-1", Suggestion(Family.CHRONIC, "Sans code", None), "sans code")
    desk = SimpleNamespace(
        medical=medical, clock=clock, settings=settings, comparing=FakeComparing()
    )
    part = MedicalPart("patient-1", desk, window.tasks)
    window.stack.addWidget(part)
    window.stack.setCurrentWidget(part)
    part.shown("overview")
    qtbot.waitUntil(lambda: len(part.panels[Family.CHRONIC].rows) == 2, timeout=WAIT)
    rows = part.panels[Family.CHRONIC].rows
    assert [row._guided for row in rows] == [True, False]
    rows[0].grab()

    qtbot.mouseClick(rows[0], Qt.MouseButton.LeftButton, pos=rows[0]._info.center())

    assert opened == ["https://example.org/I10?q=Hypertension"]


def test_an_allergy_has_its_kind_agent_and_severity_and_none_is_chosen_beforehand(
    qtbot, part, medical, window
):
    medical.add("patient-1", Suggestion(Family.ALLERGY, "Lactose", None), "lactose (diarrhée)")
    part.refresh()
    panel = part.panels[Family.ALLERGY]
    qtbot.waitUntil(lambda: len(panel.rows) == 1, timeout=WAIT)
    qtbot.keyClick(panel.rows[0], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.findChildren(EntryEditor) != [], timeout=WAIT)
    editor = window.findChildren(EntryEditor)[0]
    answers = editor.allergy
    assert answers.chosen() == UNTOLD

    for choice, value in (
        (answers.kind, Kind.INTOLERANCE),
        (answers.agent, Agent.FOOD),
        (answers.severity, Severity.MODERATE),
    ):
        choice.setCurrentIndex(choice.findData(value.value))
    editor.keep_button.click()

    told = Allergy(Kind.INTOLERANCE, Agent.FOOD, Severity.MODERATE)
    qtbot.waitUntil(lambda: panel.rows[0].entry.allergy == told, timeout=WAIT)
    assert "intolérance, aliment · diarrhée · modéré" in panel.rows[0].accessibleName()


def test_what_is_over_stands_above_a_stated_absence(qtbot, part, medical):
    family = Family.LONG_TERM_TREATMENT
    entry = medical.add("patient-1", Suggestion(family, "Préviscan", None), "préviscan").after
    medical.update("patient-1", entry, replace(entry, active=False))
    medical.state_absence("patient-1", family)

    part.refresh()

    panel = part.panels[family]
    qtbot.waitUntil(lambda: len(panel.rows) == 1, timeout=WAIT)
    assert any(b.text() == "Retirer" for b in panel.findChildren(QPushButton))


def answers(part):
    """What the panel of risks offers, by the names of its buttons."""
    panel = part.panels[Family.RISK_FACTOR]
    return {b.accessibleName(): b for b in panel.findChildren(QPushButton) if b.isVisible()}


def test_each_risk_is_answered_by_itself(qtbot, window, part, medical):
    qtbot.waitUntil(lambda: "Tabac\u00a0: non" in answers(part), timeout=WAIT)

    qtbot.mouseClick(answers(part)["Tabac\u00a0: non"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Tabac\u00a0: retirer la réponse" in answers(part), timeout=WAIT)
    assert "Alcool\u00a0: non" in answers(part)
    assert [d.risk for d in medical.record("patient-1").denials] == [Risk.TOBACCO]

    again = "Tabac\u00a0: retirer la réponse"
    qtbot.waitUntil(
        lambda: again in answers(part) and answers(part)[again].hasFocus(), timeout=WAIT
    )
    qtbot.keyClick(answers(part)[again], Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "Tabac\u00a0: non" in answers(part), timeout=WAIT)

    qtbot.mouseClick(answers(part)["Alcool\u00a0: oui"], Qt.MouseButton.LeftButton)
    panel = part.panels[Family.RISK_FACTOR]
    qtbot.waitUntil(lambda: len(panel.rows) == 1, timeout=WAIT)
    assert panel.rows[0].accessibleName() == "Alcool : oui"
    assert "Alcool\u00a0: non" not in answers(part)


def test_a_past_end_unticks_and_says_so(qtbot, part, window, medical):
    entry = medical.add("patient-1", Suggestion(Family.VIGILANCE, "Escarre", None), "escarre").after
    part._edit(entry)
    editor = window.findChild(EntryEditor)
    assert editor.active.isChecked() and not editor.over.isVisible()

    editor.end.setText("2031")
    assert editor.active.isChecked() and not editor.over.isVisible()
    editor.end.setText("2019")
    assert not editor.active.isChecked()
    assert editor.over.isVisible() and "décoché" in editor.over.text()

    editor.active.setChecked(True)
    qtbot.keyClick(editor.label, Qt.Key.Key_Return)
    assert editor.isVisible()
    assert "la fin est passée" in editor.form.line_of(editor.active).text()
    editor.active.setChecked(False)
    qtbot.keyClick(editor.label, Qt.Key.Key_Return)

    panel = part.panels[Family.VIGILANCE]
    qtbot.waitUntil(lambda: [r.entry.active for r in panel.rows] == [False], timeout=WAIT)
    assert panel.rows[0].entry.end.iso == "2019"


def test_the_subject_of_a_risk_is_chosen_in_its_line(qtbot, part, window, medical):
    added = medical.add("patient-1", Suggestion(Family.RISK_FACTOR, "vapote", None), "vapote")
    part._edit(added.after)
    editor = window.findChild(EntryEditor)
    assert editor.risk.currentText() == "Autre facteur de risque"

    editor.risk.setCurrentIndex(editor.risk.findText("Tabac"))
    qtbot.keyClick(editor.label, Qt.Key.Key_Return)

    panel = part.panels[Family.RISK_FACTOR]
    qtbot.waitUntil(lambda: [r.entry.risk for r in panel.rows] == [Risk.TOBACCO], timeout=WAIT)
    assert panel.rows[0].accessibleName() == "Tabac : vapote"


def test_a_family_has_one_name_on_screen_and_in_documents():
    assert {family: place.title for family, place in PLACES.items()} == {
        family: title for family, title in TITLES.items() if family is not Family.MEASUREMENT
    }


# --- the line: read before Enter, asked where it may be read in two ways ------------------------

ENTER, DOWN = Qt.Key.Key_Return, Qt.Key.Key_Down


@pytest.fixture
def bar(part):
    return part.bar


@pytest.fixture
def press(qtbot, bar):
    return lambda *keys: [qtbot.keyClick(bar.edit, key) for key in keys]


def entry(part, family):
    return part.panels[family].rows[0].entry


def test_the_reading_stands_under_the_line_before_enter(qtbot, part, bar, press):
    bar.set_family(Family.LONG_TERM_TREATMENT)
    type_text(bar.edit, "Préviscan arrêté en 2019")
    qtbot.waitUntil(lambda: bar.popup.isVisible(), timeout=WAIT)
    assert bar.popup.head.text() == "arrêt 2019 · plus en cours · F3 lire autrement"

    press(ENTER)

    qtbot.waitUntil(lambda: shown(part, Family.LONG_TERM_TREATMENT) == ["Fluindione"], timeout=WAIT)
    kept = entry(part, Family.LONG_TERM_TREATMENT)
    assert (kept.start, kept.end.iso, kept.active) == (None, "2019", False)
    assert kept.typed == "Préviscan"


def test_one_key_says_otherwise(qtbot, part, bar, press):
    type_text(bar.edit, "hta 2011")
    press(Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: "en mots, sans code" in bar.popup.head.text(), timeout=WAIT)

    press(ENTER)

    qtbot.waitUntil(lambda: shown(part, Family.CHRONIC) == ["hta 2011"], timeout=WAIT)
    assert (entry(part, Family.CHRONIC).code, entry(part, Family.CHRONIC).start) == (None, None)


def test_a_refusal_is_asked_and_kept_as_one(qtbot, part, bar, press):
    bar.set_family(Family.VACCINATION)
    type_text(bar.edit, "grippe refus 2026")
    press(ENTER, ENTER)
    assert bar.question.isVisible()
    assert bar.edit.text() == "grippe refus 2026", "nothing was moved to"

    press(DOWN, ENTER)

    qtbot.waitUntil(lambda: shown(part, Family.VACCINATION) != [], timeout=WAIT)
    kept = entry(part, Family.VACCINATION)
    assert (kept.standing, kept.start.iso, kept.end) == (Standing.REFUSED, "2026", None)
    assert part.panels[Family.VACCINATION].count.isHidden(), "nothing was given"


def test_a_stated_absence_is_asked_and_stated(qtbot, part, medical, bar, press):
    type_text(bar.edit, "aucune allergie")
    press(ENTER)
    qtbot.waitUntil(lambda: bar.question.isVisible(), timeout=WAIT)

    press(DOWN, ENTER)

    def stated():
        return medical.record("patient-1").absence_of(Family.ALLERGY) is not None

    qtbot.waitUntil(stated, timeout=WAIT)
    assert medical.record("patient-1").entries == ()


def test_escape_adds_nothing_of_what_was_asked(qtbot, part, medical, bar, press):
    type_text(bar.edit, "BCG non fait")
    press(ENTER)
    qtbot.waitUntil(lambda: bar.question.isVisible(), timeout=WAIT)

    press(Qt.Key.Key_Escape)

    assert bar.edit.text() == ""
    assert medical.record("patient-1").entries == medical.record("patient-1").intents == ()


def test_two_meanings_are_asked_once_and_remembered(qtbot, part, bar, press):
    type_text(bar.edit, "irc")
    press(ENTER)
    qtbot.waitUntil(lambda: bar.popup.isVisible(), timeout=WAIT)
    press(ENTER)
    assert shown(part, Family.CHRONIC) == []
    meant = bar.popup.table.model().index(1, 0)
    bar.popup.table.setCurrentIndex(meant)
    wanted = bar.popup.current().code
    press(ENTER)
    qtbot.waitUntil(lambda: len(shown(part, Family.CHRONIC)) == 1, timeout=WAIT)

    type_text(bar.edit, "irc")
    press(ENTER)

    qtbot.waitUntil(lambda: len(shown(part, Family.CHRONIC)) == 2, timeout=WAIT)
    assert {row.entry.code for row in part.panels[Family.CHRONIC].rows} == {wanted}


def test_what_is_taken_was_found_for_what_stands_in_the_line(qtbot, part, bar, press):
    """An answer for fewer letters is no answer."""
    type_text(bar.edit, "hypo")
    qtbot.waitUntil(lambda: bar.popup.isVisible(), timeout=WAIT)
    press(DOWN)
    bar.edit.setText("hypokaliemie")
    bar.edit.textEdited.emit("hypokaliemie")

    press(ENTER)

    qtbot.waitUntil(lambda: len(shown(part, Family.CHRONIC)) == 1, timeout=WAIT)
    assert entry(part, Family.CHRONIC).code.code == "E87.6"


def picture(widget, name):
    if folder := os.environ.get("LGC_PICTURES"):
        widget.grab().save(f"{folder}/{name}.png")


def treated(part, medical, typed):
    """A treatment of the record, and the editor of its line."""
    added = medical.add(
        "patient-1", Suggestion(Family.LONG_TERM_TREATMENT, "Metformine", METFORMIN), typed
    )
    part._edit(added.after)
    return added.after


METFORMIN = Coded("A10BA02", code_systems.ATC, "metformine")


def test_other_words_drop_the_code_and_leave_the_dose_as_text(qtbot, part, window, medical):
    treated(part, medical, "metformine : 1 cp matin et soir")
    editor = window.findChild(EntryEditor)
    assert editor.understood.text() == "Compris : 1\u00a0comprimé, matin et soir"
    assert not editor.same_dose.isVisible()

    editor.label.selectAll()
    type_text(editor.label, "Gliclazide 60")
    assert editor.same_dose.isVisible() and not editor.same_dose.isChecked()
    assert editor.understood.text().startswith("À confirmer")
    picture(editor, "prise-a-confirmer")
    qtbot.keyClick(editor.label, Qt.Key.Key_Return)

    panel = part.panels[Family.LONG_TERM_TREATMENT]
    qtbot.waitUntil(lambda: shown(part, panel.family) == ["Gliclazide 60"], timeout=WAIT)
    row = panel.rows[0]
    assert (row.entry.code, row.entry.posology.as_text) == (None, True)
    assert "non structuré" in row.accessibleName()


def test_a_dose_confirmed_for_other_words_stays_structured(qtbot, part, window, medical):
    treated(part, medical, "metformine : 1 cp matin et soir")
    editor = window.findChild(EntryEditor)
    editor.label.selectAll()
    type_text(editor.label, "Metformine 1000 mg")
    editor.same_dose.click()
    qtbot.keyClick(editor.label, Qt.Key.Key_Return)

    panel = part.panels[Family.LONG_TERM_TREATMENT]
    qtbot.waitUntil(lambda: shown(part, panel.family) == ["Metformine 1000 mg"], timeout=WAIT)
    assert not panel.rows[0].entry.posology.as_text
    assert "non structuré" not in panel.rows[0].accessibleName()


def test_a_dose_that_is_text_says_so_in_the_record(qtbot, part, window, medical):
    treated(part, medical, "metformine : 10 mg/kg/j")
    editor = window.findChild(EntryEditor)
    assert editor.understood.text().startswith("Non structuré")
    editor.note.setText("poids du jour")
    qtbot.keyClick(editor.label, Qt.Key.Key_Return)

    panel = part.panels[Family.LONG_TERM_TREATMENT]
    qtbot.waitUntil(lambda: len(panel.rows) == 1, timeout=WAIT)
    assert "non structuré" in panel.rows[0].accessibleName()
    assert panel.rows[0].entry.posology.sentence == "10 mg/kg/j"
    picture(window, "donnees-non-structure")
    row = panel.rows[0]
    row.setFixedWidth(300)
    picture(row, "ligne-etroite")


def questions(window):
    return [one for one in window.findChildren(AbsenceQuestion) if one.isVisible()]


def test_what_contradicts_a_stated_absence_is_asked_and_settles_it(qtbot, window, part, medical):
    stated = medical.state_absence("patient-1", Family.ALLERGY).absence_after
    part.refresh()
    qtbot.waitUntil(lambda: part.record.absences != (), timeout=WAIT)
    part.bar.start(Family.CHRONIC)
    type_text(part.bar.edit, "allergie latex")
    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(questions(window)) == 1, timeout=WAIT)
    assert questions(window)[0].back_button.hasFocus()
    questions(window)[0].back_button.click()
    assert part.bar.edit.text() == "allergie latex"
    assert medical.record("patient-1").absence_of(Family.ALLERGY) == stated

    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(questions(window)) == 1, timeout=WAIT)
    questions(window)[0].add_it.click()

    qtbot.waitUntil(lambda: shown(part, Family.ALLERGY) == ["latex"], timeout=WAIT)
    assert medical.record("patient-1").absences == ()
    qtbot.keyClick(part.bar.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shown(part, Family.ALLERGY) == [], timeout=WAIT)
    assert medical.record("patient-1").absence_of(Family.ALLERGY) == stated


def test_a_treatment_that_meets_an_allergy_is_said_above_the_record(qtbot, part, comparing):
    assert not part.alert.isVisible()
    alert = Alert(0, "Amoxicilline", "a1", "Allergie : Pénicilline", "même groupe", "")
    comparing.found = Comparison(2, 2, (alert,))
    part.refresh()
    qtbot.waitUntil(part.alert.isVisible, timeout=WAIT)
    assert "Amoxicilline : Allergie : Pénicilline" in part.alert.sentence()

    comparing.found = Comparison(2, 2)
    part.refresh()
    qtbot.waitUntil(lambda: not part.alert.isVisible(), timeout=WAIT)

    comparing.found = Comparison(2, 1, (), ("Préparation",))
    part.refresh()
    qtbot.waitUntil(part.alert.isVisible, timeout=WAIT)
    assert "Préparation" in part.alert.sentence()


# --- the editor: other words are no longer what a code says ------------------------------------


def edited(qtbot, window, part, medical, entry, change):
    """The line after ``change`` was made in its editor and saved."""
    medical_entry = entry
    part._edit(medical_entry)
    editor = next(one for one in window.findChildren(EntryEditor) if one.isVisible())
    change(editor)
    qtbot.keyClick(editor.note, ENTER)
    qtbot.waitUntil(lambda: not editor.isVisible(), timeout=WAIT)
    qtbot.wait(50)
    return next(
        one for one in medical.record("patient-1").entries if one.entry_id == entry.entry_id
    )


def coded(medical, family=Family.CHRONIC, typed="hta", **line):
    first = medical.offer("patient-1", family, EntryLine(typed, **line))[0]
    return medical.add("patient-1", first, typed).after


def test_other_words_drop_the_code_unless_it_is_ticked_again(qtbot, window, part, medical):
    def reword(editor):
        editor.label.setText("Hypotension")
        assert editor.other_words.isVisible()

    changed = edited(qtbot, window, part, medical, coded(medical), reword)
    assert (changed.label, changed.code, changed.typed) == ("Hypotension", None, "")

    def confirm(editor):
        editor.label.setText("Hypertension du sujet âgé")
        editor.code.setChecked(True)

    kept = edited(qtbot, window, part, medical, coded(medical), confirm)
    assert (kept.label, kept.code.code) == ("Hypertension du sujet âgé", "I10")

    same = edited(qtbot, window, part, medical, coded(medical), lambda e: e.note.setText("vu"))
    assert (same.code.code, same.typed, same.note) == ("I10", "hta", "vu")


def test_an_age_of_nought_and_an_unsaid_relative_survive(qtbot, window, part, medical):
    line = {"kinship": "SONC", "age_at_onset": 0}
    entry = coded(medical, Family.FAMILY_HISTORY, "épilepsie", **line)

    untouched = edited(qtbot, window, part, medical, entry, lambda e: e.note.setText("vu"))
    assert (untouched.age_at_onset, untouched.kinship) == (0, "SONC")

    unsaid = edited(qtbot, window, part, medical, untouched, lambda e: e.kinship.setCurrentIndex(0))
    assert (unsaid.kinship, unsaid.age_at_onset) == ("", 0)


def test_half_a_line_is_found_where_it_was_typed_and_in_no_other_record(
    qtbot, window, part, medical, clock, comparing
):
    part.bar.edit.setText("allergie penici")

    def again(patient_id):
        desk = SimpleNamespace(
            medical=medical, clock=clock, settings=Settings(), comparing=comparing
        )
        made = MedicalPart(patient_id, desk, window.tasks)
        window.stack.addWidget(made)
        window.stack.setCurrentWidget(made)
        made.shown("overview")
        return made.bar.edit

    assert again("patient-2").text() == ""
    found = again("patient-1")
    assert found.text() == "allergie penici"
    found.clear()
    assert window.typed.kept() == {}


def test_the_tip_of_a_coded_line_says_where_its_code_comes_from(make):
    code = Coded("K64.9", "2.16.840.1.113883.6.3", "Hémorroïdes")
    taken = dt.datetime(2026, 3, 12, 9, tzinfo=dt.UTC)
    origin = CodeOrigin("CIM10", "fichier version 2026", taken, "I84.9 Hémorroïdes")
    entry = make.entry(label="Hémorroïdes", code=code, typed="hémor", origin=origin)

    said = [line.replace("\u00a0", " ") for line in words.origin(entry)]

    assert said == [
        "Code : CIM10 K64.9 : Hémorroïdes", "Table : CIM10", "Édition : fichier version 2026",
        "Pris le : 12/03/2026", "Tapé : « hémor »", "À la place de : I84.9 Hémorroïdes",
    ]  # fmt: skip
    nobody = [line.replace("\u00a0", " ") for line in words.origin(replace(entry, origin=None))]
    assert nobody[1:] == ["Table : origine non enregistrée", "Tapé : « hémor »"]
    assert words.origin(replace(entry, code=None)) == []


def test_where_a_code_comes_from_opens_by_key_and_gives_the_hands_back(
    qtbot, window, part, medical
):
    coded(medical, typed="hta")
    part.refresh()
    qtbot.waitUntil(lambda: len(shown(part, Family.CHRONIC)) == 1, timeout=WAIT)
    row = part.panels[Family.CHRONIC].rows[0]
    row.setFocus()

    qtbot.keyClick(row, Qt.Key.Key_F4)

    dialog = window.findChild(CodeOriginDialog)
    qtbot.waitUntil(lambda: dialog.isVisible(), timeout=WAIT)
    said = " / ".join(one.text() for one in dialog.findChildren(QLabel)).replace("\u00a0", " ")
    for known in ("CIM10 I10", "liste fournie avec le logiciel", "Tapé / « hta »"):
        assert known in said
    picture(window, "code_origin")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: row.hasFocus(), timeout=WAIT)


def test_a_line_without_a_noted_origin_says_so_and_one_without_a_code_has_none(
    qtbot, window, part, medical, make
):
    with medical._open() as uow:
        old = make.entry(label="HTA", code=Coded("I10", code_systems.CIM_10, "HTA"))
        uow.medical.add("patient-1", old)
        uow.medical.add("patient-1", replace(old, entry_id="free", label="Sans code", code=None))
    part.refresh()
    qtbot.waitUntil(lambda: len(part.panels[Family.CHRONIC].rows) == 2, timeout=WAIT)

    for place, wanted in ((0, "origine non enregistrée"), (1, "n’a pas de code")):
        row = part.panels[Family.CHRONIC].rows[place]
        row.setFocus()
        qtbot.waitUntil(row.hasFocus, timeout=WAIT)
        qtbot.keyClick(row, Qt.Key.Key_F4)
        qtbot.waitUntil(lambda: any(map(QWidget.isVisible, origins(window))), timeout=WAIT)
        (dialog,) = filter(QWidget.isVisible, origins(window))
        assert any(wanted in one.text() for one in dialog.findChildren(QLabel))
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def origins(window):
    return window.findChildren(CodeOriginDialog)

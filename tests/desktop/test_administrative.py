"""The administrative form under real keys: accents, errors in place, a fall said before it is."""

import datetime as dt
import os
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox

from lgc.desktop.record.administrative.circle import RelationDialog
from lgc.desktop.record.administrative.fields import SEPARATOR
from lgc.desktop.record.administrative.part import AdministrativePart
from lgc.desktop.tasks import Tasks
from lgc.domain.identity_rules import IdentityEvent, moved
from lgc.domain.professionals import Correspondent
from lgc.domain.relations import Relation, RelationKind
from lgc.services.identities import AdministrativeView, PatientForm, _with_form
from lgc.services.seen import must_still_be

WAIT = 10_000


class FakeIdentities:
    """services.identities.Identities over one patient in memory."""

    def __init__(self, patient):
        self.now, self.saved = AdministrativeView(patient, None), []

    def view(self, patient_id):
        return self.now

    def save(self, patient_id, before: PatientForm, form: PatientForm):
        self.saved.append(form)
        self.now = AdministrativeView(_with_form(self.now.patient, form), None)
        return self.now

    def raise_doubt(self, patient_id):
        who = self.now.patient
        doubted = replace(who, identity=moved(who.identity, IdentityEvent.DOUBT_RAISED))
        self.now = AdministrativeView(doubted, None)
        return self.now


COLLEAGUE = Correspondent(
    "robert@medecin.mssante.example", "SPECIALISTE5737", "Robert", "Dr", "Pneumologie", "Paris"
)


class FakeCircle:
    """services.circle.Circle in memory."""

    def __init__(self):
        self.known = {}

    def of(self, patient_id):
        return tuple(self.known.values())

    def put(self, patient_id, relation, seen=None):
        self._must_be(seen)
        kept = replace(relation, relation_id=relation.relation_id or f"r{len(self.known)}")
        self.known[kept.relation_id] = kept
        return kept

    def remove(self, patient_id, relation):
        self._must_be(relation)
        del self.known[relation.relation_id]

    def _must_be(self, seen):
        if seen is not None and seen.relation_id in self.known:
            must_still_be(
                self.known[seen.relation_id], seen, "Cette ligne", lambda one: one.telephone
            )


@pytest.fixture
def part(qtbot, theme, make, scenes):
    service = FakeIdentities(make.patient())
    desk = SimpleNamespace(
        identities=service,
        circle=FakeCircle(),
        sharing=SimpleNamespace(directory=lambda words: (COLLEAGUE,) if "rob" in words else ()),
        clock=SimpleNamespace(now=lambda: scenes.NOW),
    )
    errors = []
    tasks = Tasks(lambda error, about: errors.append(error))
    made = AdministrativePart("p1", desk, tasks)
    made.service = service
    made.known, made.errors = desk.circle.known, errors
    qtbot.addWidget(made)
    made.resize(1100, 760)
    made.show()
    made.activateWindow()
    made.shown("administrative")
    qtbot.waitUntil(lambda: made.view is not None, timeout=WAIT)
    yield made
    tasks.close()
    assert errors == []


def keys(widget, text):
    for character in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, character)
            QCoreApplication.sendEvent(widget, event)


def test_a_town_with_accents_is_typed_and_kept(qtbot, part):
    line = part.fields.line("city")
    line.selectAll()
    keys(line, "Sèvres-lès-Œuf")

    qtbot.keyClick(line, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not part.dirty, timeout=WAIT)

    assert part.service.saved[-1].city == "Sèvres-lès-Œuf"
    assert not part.save_action.isEnabled()


def test_what_the_patient_refuses_of_secure_mail_is_kept(qtbot, part):
    box = part.fields.findChild(QCheckBox, "refuses_own_mail")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert part.dirty

    qtbot.keyClick(box, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not part.dirty, timeout=WAIT)

    kept = part.service.saved[-1]
    assert kept.refuses_own_mail and not kept.refuses_shared_mail
    assert box.isChecked()


def test_a_wrong_code_is_said_beside_its_field_and_nothing_is_saved(qtbot, part):
    line = part.fields.line("birth_place")
    keys(line, "X")

    part.save()

    assert "cinq caractères" in part.fields.error("birth_place")
    assert "Lieu de naissance" in part.fields.error("birth_place")
    assert part.service.saved == []
    assert part.notice.sentence() == "Rien n’est enregistré."


def test_a_fall_of_the_status_is_announced_and_needs_a_second_press(qtbot, part):
    keys(part.fields.line("birth_name"), "é")

    part.save()
    assert part.service.saved == [] and "provisoire" in part.notice.sentence()
    part.save()
    qtbot.waitUntil(lambda: bool(part.service.saved) and not part.dirty, timeout=WAIT)

    assert part.status.text() == "Identité provisoire"
    assert part.fields.line("birth_name").text() == "CHEMINE"
    assert "Anciens matricules" in part.history.text()


def test_unsaved_typing_keeps_the_record_open_until_it_is_undone(part):
    keys(part.fields.line("telephone"), "06")

    assert not part.may_close()
    part.undo()
    assert part.may_close()


def test_a_doubt_is_confirmed_before_the_ins_leaves(qtbot, part):
    part.doubt_action.trigger()
    assert not part.view.patient.identity.doubtful

    part.doubt_action.trigger()
    qtbot.waitUntil(lambda: part.view.patient.identity.doubtful, timeout=WAIT)

    assert part.matricule.text() == "Aucun matricule INS"
    assert not part.record_action.isEnabled()


def test_a_scan_fills_the_form_says_each_difference_and_saves_nothing(qtbot, part):
    header = "IS01" + "0" * 22
    ins = part.view.patient.identity.ins
    keys(
        part.scan,
        f"{header}S1{ins.matricule}S2{ins.oid}S3HENRI{SEPARATOR}S4CHEMINS{SEPARATOR}"
        "S5MS618-08-1948S775056",
    )
    qtbot.keyClick(part.scan, Qt.Key.Key_Return)

    assert "Nom de naissance" in part.notice.advice()
    assert "CHEMIN → CHEMINS" in part.notice.advice()
    assert part.fields.form().birth_date == dt.date(1948, 8, 18)
    assert part.fields.line("birth_name").text() == "CHEMINS"
    assert part.dirty and part.service.saved == []


def test_something_else_in_the_scanner_field_is_refused_in_words(qtbot, part):
    keys(part.scan, "bonjour")
    qtbot.keyClick(part.scan, Qt.Key.Key_Return)

    assert "datamatrix INS" in part.notice.sentence()
    assert not part.dirty


def asked(qtbot, part):
    qtbot.waitUntil(lambda: part.window().findChild(RelationDialog) is not None, timeout=WAIT)
    return part.window().findChild(RelationDialog)


def test_a_colleague_is_completed_and_kept_with_their_address(qtbot, part):
    part.circle.add_relation()
    dialog = asked(qtbot, part)
    assert [words for _, words in dialog.faults()] == ["Écrivez le nom."]
    keys(dialog.name, "rob")
    qtbot.waitUntil(dialog.popup.isVisible, timeout=WAIT)
    dialog.popup.take()
    qtbot.wait(50)
    if folder := os.environ.get("LGC_PICTURES"):
        part.grab().save(f"{folder}/entourage.png")
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: part.known != {}, timeout=WAIT)
    kept = part.known["r0"]
    assert (kept.name, kept.detail) == ("Dr Robert SPECIALISTE5737", "Pneumologie")
    assert kept.correspondent.address == COLLEAGUE.address


def test_a_coverage_says_when_it_ended_and_a_line_taken_away_comes_back(qtbot, part):
    told = []
    part.told.connect(lambda words, undo: told.append((words, undo)))
    part.circle.change(Relation("r9", RelationKind.COMPLEMENTARY_COVER, "Mutuelle", "12345"))
    dialog = asked(qtbot, part)
    assert not dialog.address.isVisibleTo(dialog)
    dialog.until.line.setText("31/12/2020")
    assert dialog.relation().until == dt.date(2020, 12, 31)
    dialog.until.line.setText("hier")
    assert "18/08/1948" in dialog.faults()[0][1]
    dialog.until.line.setText("31/12/2020")
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(part.circle.table.rows()) == 1, timeout=WAIT)
    assert part.circle.table.rows()[0].over(dt.date(2026, 11, 6))

    part.circle.table.setFocus()
    part.circle.table.select_first()
    part.circle._remove()
    qtbot.waitUntil(lambda: part.known == {} and told != [], timeout=WAIT)
    told[0][1]()
    qtbot.waitUntil(lambda: list(part.known) == ["r9"], timeout=WAIT)


@pytest.mark.parametrize("act", ["change", "remove"])
def test_a_relative_that_changed_meanwhile_is_left_and_both_are_told(qtbot, part, act):
    seen = Relation("r1", RelationKind.EMERGENCY, "Élise", "fille", "06 01")
    part.known["r1"] = seen
    part.circle.refresh()
    qtbot.waitUntil(lambda: part.circle.table.rows() == [seen], timeout=WAIT)
    part.circle.table.setFocus()
    part.circle.table.select_first()
    if act == "change":
        qtbot.keyClick(part.circle.table, Qt.Key.Key_Return)
        dialog = asked(qtbot, part)
        dialog.name.setText("Élise Martin")
    part.known["r1"] = now = replace(seen, telephone="06 02")

    if act == "change":
        qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    else:
        qtbot.keyClick(part.circle.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: part.errors != [], timeout=WAIT)

    error = part.errors.pop()
    assert "a changé" in error.sentence
    assert "Vous voyiez : 06 01. Maintenant : 06 02." in error.advice
    assert part.known == {"r1": now}

"""Forms that answer: what must be filled is marked; an error names its field, stands by it and
takes the keys there. Every dialog and form of the product is walked.
"""

import importlib.util
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit, QWidget

from lgc.desktop.closing.dialog import ClosingDialog
from lgc.desktop.components.date_field import DateField
from lgc.desktop.components.form import LEGEND, MARK, Form, keys_of
from lgc.desktop.dmp import words as dmp_words
from lgc.desktop.dmp.question import QuestionDialog
from lgc.desktop.mailbox.folder_dialog import FolderDialog
from lgc.desktop.mailbox.patient_field import PatientField
from lgc.desktop.mailbox.write_view import WriteView
from lgc.desktop.patients.page import NewPatientPage
from lgc.desktop.record.administrative.circle import RelationDialog
from lgc.desktop.record.administrative.part import AdministrativePart
from lgc.desktop.settings.cards import RenewDialog
from lgc.desktop.sharing.recipients import RecipientsField
from lgc.domain.relations import Relation, RelationKind
from lgc.services.closing import ClosingProposal

WAIT = 10_000
CTRL = Qt.KeyboardModifier.ControlModifier
found = importlib.util.spec_from_file_location(
    "lgc_desktop_typed", Path(__file__).with_name("test_typed.py")
)
typed = importlib.util.module_from_spec(found)
found.loader.exec_module(typed)


def relation(window, rooms, scenes):
    one = Relation("", RelationKind.CORRESPONDENT, "")
    return RelationDialog(window, one, window.tasks, typed.nobody, "p1", lambda: typed.TODAY)


def minor(window, rooms, scenes):
    return QuestionDialog(window, dmp_words.CREATE, scenes.CHEMIN, minor=True)


def new_patient(window, rooms, scenes):
    return typed.new_patient_page(window, scenes)


def message(window, rooms, scenes):
    desk = rooms.make_desk()
    view = WriteView(desk.writing.new(), "Nouveau message", desk, window.tasks, lambda error: None)
    view.setParent(window.body)
    view.setGeometry(0, 0, 900, 700)
    view.show()
    view.start()
    return view


def closing(window, rooms, scenes):
    papers = (rooms.document("CHEMIN Henri", 1),)
    proposal = ClosingProposal(scenes.CHEMIN, papers, (), None, True, True, False)
    return ClosingDialog(window, proposal, window.tasks, typed.nobody)


def renewal(window, rooms, scenes):
    return RenewDialog(window, SimpleNamespace(), window.tasks)


def refiling(window, rooms, scenes):
    made = typed.refile(window, rooms, scenes)
    made.patient.show_patient(scenes.CHEMIN)
    return made


# Who makes it, how its verb is pressed, and the words of each field that must be filled.
FORMS = {
    "appointment": (typed.visit, ("Patient", "Jour", "Heure", "Durée")),
    "contact": (typed.new_contact, ("Nom", "Adresse MSSanté")),
    "circle": (relation, ("Nom",)),
    "folder": (typed.folder, ("Nom du dossier",)),
    "entry of the record": (typed.entry, ("Libellé",)),
    "annulment": (typed.annul, ("Raison",)),
    "regulation": (typed.regulation, ("Nom de naissance",)),
    "emergency access": (typed.question, ("Motif", "Je confirme")),
    "DMP of a child": (minor, ("Nom de naissance", "Prénom", "consent")),
    "sharing": (typed.share, ("Destinataires", "accord")),
    "closing": (closing, ("accord",)),
    "another record": (refiling, ("Raison",)),
    "recovery key": (renewal, ("Code porteur",)),
    "new patient": (
        new_patient, ("Nom de naissance", "Prénoms de naissance", "Date de naissance"),
    ),
    "message": (message, ("À", "Objet")),
}  # fmt: skip
NOTHING_OBLIGATORY = {
    "CrashDialog", "EmptyDialog", "ExportDialog", "ImportDialog", "PrintPreview", "HollowDialog",
    "ProfessionalsDialog", "ReuseDialog", "ShortcutsDialog", "WithdrawDialog", "PartingDialog",
    "AlertQuestion", "AbsenceQuestion", "MeasureEditor", "PasswordDialog", "PostDialog",
    "CodeOriginDialog", "ReasonDialog", "SlotDialog", "PastDialog",
    "lgc.desktop.queue.question.QuestionDialog",
}  # fmt: skip


def every_form(made):
    return [one for one in made.findChildren(Form) if isinstance(one.parent(), QWidget)]


def empty(field):
    if isinstance(field, QCheckBox):
        field.setChecked(False)
    elif isinstance(field, PatientField):
        field.show_patient(None)
    elif isinstance(field, RecipientsField):
        field.clear()
    elif isinstance(field, DateField):
        field.line.clear()
    elif isinstance(field, QLineEdit):
        field.clear()


def press(made):
    """As the hands do, from the field in which they are."""
    if isinstance(made, NewPatientPage):
        QTest.keyClick(made.fields.line("email"), Qt.Key.Key_S, CTRL)
    elif isinstance(made, FolderDialog):
        QTest.keyClick(made.name, Qt.Key.Key_Return)
    else:
        QTest.keyClick(made, Qt.Key.Key_Return, CTRL)


def place(widget, of):
    return widget.mapTo(of, QPoint(0, 0))


@pytest.fixture
def shown(qtbot, window, rooms, scenes):
    def show(which):
        made = FORMS[which][0](window, rooms, scenes)
        if hasattr(made, "dismiss"):
            made.open()
        qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)
        forms = every_form(made)
        for field in [one for form in forms for one in form.required]:
            empty(field)
        qtbot.wait(20)
        return made, forms

    return show


def picture(window, name):
    if folder := os.environ.get("LGC_PICTURES"):
        window.grab().save(f"{folder}/form-{name.replace(' ', '-')}.png")


@pytest.mark.parametrize("which", FORMS)
def test_what_must_be_filled_bears_its_mark_in_sight(window, shown, which):
    made, _ = shown(which)
    words = FORMS[which][1]
    in_sight = [
        one.text() for kind in (QLabel, QCheckBox) for one in made.findChildren(kind)
        if one.isVisible() and one.text().endswith(MARK)
    ]  # fmt: skip

    assert len(in_sight) == len(words)
    assert all(any(one in marked for marked in in_sight) for one in words), in_sight
    legends = [one for one in made.findChildren(QLabel) if LEGEND in one.text()]
    assert which == "recovery key" or any(one.isVisible() for one in legends)


@pytest.mark.parametrize("which", FORMS)
def test_what_is_missing_is_said_by_name_under_its_field_and_takes_the_keys(window, shown, which):
    made, forms = shown(which)
    press(made)
    QTest.qWait(60)
    picture(window, which)

    assert made.isVisible()
    told = [(form, field) for form in forms for field in form.required if form.error(field)]
    assert told
    for form, field in told:
        line, keys = form.line_of(field), keys_of(field)
        assert line.isVisible() and form.error(field) in line.text()
        assert form.error(field) in keys.accessibleDescription()
        assert keys.accessibleDescription().startswith("obligatoire")
        gap = place(line, window).y() - (place(field, window).y() + field.height())
        assert -2 <= gap <= 24, (which, line.text(), gap)
        assert keys.accessibleName() or isinstance(field, QCheckBox)
    first = min(
        (field for _, field in told),
        key=lambda one: (place(one, window).y(), place(one, window).x()),
    )
    assert QApplication.focusWidget() is keys_of(first)


def test_every_dialog_is_walked_or_has_nothing_that_must_be_filled(window, rooms, scenes):
    walked = {type(make(window, rooms, scenes)) for make, _ in FORMS.values()}
    left = [
        one for one in typed.every_dialog()
        if one not in walked
        and one.__name__ not in NOTHING_OBLIGATORY
        and f"{one.__module__}.{one.__name__}" not in NOTHING_OBLIGATORY
    ]  # fmt: skip

    assert left == []


def test_what_is_corrected_is_said_no_more_and_moves_no_key(window, shown):
    made, _ = shown("contact")
    press(made)
    name, address = made.lines["family_name"], made.lines["address"]
    assert made.form.error(name) and made.form.error(address)

    QTest.keyClicks(name, "DURAND")

    assert made.form.error(name) == "" and not made.form.line_of(name).isVisible()
    assert made.form.error(address) and name.hasFocus()


def test_a_sentence_without_the_name_of_its_field_gets_it(window):
    field, form = QLineEdit(window), Form(window)
    form.caption("Nom de naissance", field, required=True)
    line = form.said(field)

    form.stops([(field, "Lettres, espaces et tirets seulement.")])
    assert line.text() == "Nom de naissance\u00a0: lettres, espaces et tirets seulement."
    form.stops([(field, "Écrivez le nom de naissance.")])
    assert line.text() == "Écrivez le nom de naissance."


def test_a_wrong_date_elsewhere_takes_no_key_while_one_types(qtbot, theme, make, scenes):
    """The form of a record said each error at each key, and jumped there."""
    from lgc.desktop.tasks import Tasks
    from lgc.services.identities import AdministrativeView

    view = AdministrativeView(make.patient(), None)
    desk = SimpleNamespace(
        identities=SimpleNamespace(view=lambda patient_id: view),
        circle=SimpleNamespace(of=lambda patient_id: ()),
        sharing=SimpleNamespace(directory=lambda words: ()),
        clock=SimpleNamespace(now=lambda: scenes.NOW),
    )
    tasks = Tasks(lambda error, about: None)
    part = AdministrativePart("p1", desk, tasks)
    qtbot.addWidget(part)
    part.show()
    part.activateWindow()
    part.shown("administrative")
    qtbot.waitUntil(lambda: part.view is not None, timeout=WAIT)
    part.fields.line("birth_name").clear()
    telephone = part.fields.line("telephone")
    telephone.setFocus()
    QTest.keyClicks(telephone, "0102")

    assert QApplication.focusWidget() is telephone and telephone.text().endswith("0102")
    part.save()
    assert part.fields.line("birth_name").hasFocus()
    tasks.close()

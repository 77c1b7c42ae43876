"""The DMP in the record: nothing is done without its words, its attestation and its answer."""

import datetime as dt
import os
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from lgc.desktop.dmp.menus import of_patient
from lgc.desktop.dmp.professionals import ProfessionalsDialog
from lgc.desktop.dmp.question import QuestionDialog
from lgc.desktop.dmp.words import DOCUMENT, about
from lgc.desktop.sharing.share_dialog import _confidentialities
from lgc.desktop.start import _record
from lgc.domain.dmp import (
    ORDINARY,
    AccessContext,
    AuthorisedProfessional,
    DmpEntry,
    DocumentAction,
    EntryStatus,
    Guardian,
    Opposition,
    PurposeOfUse,
)
from lgc.domain.documents import DmpState, DocumentKind
from lgc.domain.identity import Sex
from lgc.domain.patients import DmpAccess
from lgc.domain.professionals import Coded
from lgc.services.acting_dmp import Offers, PossibleAction

WAIT = 10_000
CHEMIN, LEGRAND, SAUVEUR = "CHEMIN Henri", "LEGRAND Chantal", "SAUVEUR Sylvaine"
THEN = dt.datetime(2026, 9, 2, 8, 0, tzinfo=dt.UTC)
ENTRY = DmpEntry(
    "urn:uuid:1", "urn:uuid:1", "1.2.1", "1.2.9", "CR d’hospitalisation", Coded("34112-3", "s"),
    Coded("10", "c"), "", "text/xml", EntryStatus.APPROVED, THEN, THEN, ("Jacques MULLER",),
    ("CH Marie Curie",), ("N",),
)  # fmt: skip
PEOPLE = (
    AuthorisedProfessional(
        "899700057294", "MEDECIN5729", "PAUL", ("Médecine générale",), THEN, THEN, False, True
    ),
    AuthorisedProfessional(
        "899700059786", "MEDECIN5978", "ANNE", ("Médecine générale",), THEN, THEN, False, False
    ),
    AuthorisedProfessional(
        "899700051111", "REFUSE0001", "LOUIS", ("Cardiologie",), THEN, THEN, True, False
    ),
)


class FakeActing:
    """services.acting_dmp.ActingDmp that writes down what it is asked."""

    def __init__(self):
        self.asked = []
        self.minor = self.creation = False
        self.may = (
            PossibleAction(DocumentAction.MASK),
            PossibleAction(DocumentAction.ARCHIVE, "Réservé à l’auteur du document."),
            PossibleAction(DocumentAction.DELETE, "Réservé à l’auteur du document."),
        )

    def offers(self, patient_id):
        return Offers(self.minor, self.creation)

    def may_be_secret(self, patient_id):
        return self.minor

    def create(self, patient_id, *, attested, refused=frozenset(), guardian=None):
        self.asked.append(("create", patient_id, attested, refused, guardian))

    def wishes(self, patient_id):
        return frozenset({Opposition.BREAK_GLASS})

    def oppose(self, patient_id, refused):
        self.asked.append(("oppose", patient_id, refused))

    def authorise(self, patient_id, *, attested, attending=False):
        self.asked.append(("authorise", patient_id, attested, attending))

    def withdraw(self, patient_id, *, attending=False):
        self.asked.append(("withdraw", patient_id, attending))

    def professionals(self, patient_id):
        return PEOPLE

    def break_glass(self, patient_id, motive, *, confirmed):
        self.asked.append(("glass", motive, confirmed))
        return AccessContext(PurposeOfUse.BREAK_GLASS)

    def possible(self, patient_id, entry, access):
        return self.may

    def entry_of(self, patient_id, document):
        return ENTRY

    def act(self, patient_id, entry, action, access):
        self.asked.append((action, entry.unique_id, access))


@pytest.fixture
def desk(rooms):
    made = rooms.make_desk()
    made.acting = FakeActing()
    made.connection = SimpleNamespace(
        practitioner=SimpleNamespace(holder=SimpleNamespace(national_id="899700057294"))
    )
    return made


@pytest.fixture
def page(qtbot, window, desk):
    """``page(CHEMIN)``: an open record."""
    window.record_factory = lambda patient_id: _record(window, desk, patient_id)

    def opened(patient_id=CHEMIN):
        made = window.open_record(patient_id)
        qtbot.waitUntil(lambda: made.documents.table.rows() != [], timeout=WAIT)
        return made

    return opened


def shown(qtbot, window, kind):
    def visible():
        return [one for one in window.findChildren(kind) if one.isVisible()]

    qtbot.waitUntil(lambda: visible() != [], timeout=WAIT)
    return visible()[0]


def take(menu, key):
    item = next(one for one in menu.actions() if one.objectName() == key)
    menu.close()
    item.trigger()


def keys(menu):
    return [one.objectName() for one in menu.actions() if one.objectName()]


def picture(widget, name):
    """Kept beside where LGC_PICTURES says, to be looked at."""
    folder = os.environ.get("LGC_PICTURES")
    if folder:
        widget.grab().save(f"{folder}/{name}.png")


@pytest.mark.requirement("EX_0.3-1010")
def test_an_authorisation_waits_for_the_attested_consent(qtbot, window, page, desk):
    made = page(LEGRAND)
    made.dmp_action.trigger()
    menu = shown(qtbot, window, QMenu)
    picture(window, "dmp-menu")
    assert keys(menu) == ["authorise", "check", "web", "glass"]
    take(menu, "authorise")
    dialog = shown(qtbot, window, QuestionDialog)
    picture(window, "dmp-authorise")

    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert desk.acting.asked == []
    assert "La patiente m’a donné" in dialog.attest.text()

    dialog.attest.setChecked(True)
    dialog.confirm.click()
    qtbot.waitUntil(lambda: desk.acting.asked != [], timeout=WAIT)

    assert desk.acting.asked == [("authorise", LEGRAND, True, False)]


def test_leaving_the_question_does_nothing(qtbot, window, page, desk):
    page(LEGRAND).dmp_action.trigger()
    take(shown(qtbot, window, QMenu), "authorise")

    qtbot.keyClick(shown(qtbot, window, QuestionDialog), Qt.Key.Key_Escape)

    assert desk.acting.asked == []


def test_the_chip_of_the_banner_opens_the_same_menu(qtbot, window, page):
    made = page()

    qtbot.mouseClick(made.banner._dmp, Qt.MouseButton.LeftButton)

    assert "withdraw" in keys(shown(qtbot, window, QMenu))


def test_breaking_the_glass_wants_a_motive_and_stays_in_sight(qtbot, window, page, desk):
    made = page(LEGRAND)
    made.dmp_action.trigger()
    take(shown(qtbot, window, QMenu), "glass")
    dialog = shown(qtbot, window, QuestionDialog)
    dialog.attest.setChecked(True)
    dialog.confirm.click()
    assert dialog.isVisible() and dialog.missing().startswith("Écrivez le motif")

    dialog.motive.setText("Malaise au cabinet, inconsciente")
    picture(window, "dmp-urgence")
    dialog.confirm.click()
    qtbot.waitUntil(lambda: made.access != ORDINARY, timeout=WAIT)

    assert desk.acting.asked == [("glass", "Malaise au cabinet, inconsciente", True)]
    assert made.banner._mode.text() == "Accès d’urgence"
    picture(window, "dmp-urgence-ouverte")


def test_regulation_is_offered_where_a_setting_opens_it_and_stays_in_sight(scenes, page):
    for offered in (True, False):
        lines = of_patient(scenes.LEGRAND, Offers(regulation=offered), special=False)
        assert ("regulation" in [line.key for line in lines if line]) is offered
    made = page(LEGRAND)

    made.enter(AccessContext(PurposeOfUse.EMERGENCY_CENTRE))

    assert made.banner._mode.text() == "Accès centre 15"


def test_another_record_stays_in_the_ordinary_mode(qtbot, window, page):
    urgent, other = page(LEGRAND), page(CHEMIN)

    urgent.enter(AccessContext(PurposeOfUse.BREAK_GLASS))

    assert other.access == ORDINARY


def test_the_professionals_of_a_dmp_are_listed(qtbot, window, page):
    page().dmp_action.trigger()
    take(shown(qtbot, window, QMenu), "professionals")

    dialog = shown(qtbot, window, ProfessionalsDialog)

    rows = dialog.table.rows()
    assert [one.family_name for one in rows] == ["MEDECIN5729", "MEDECIN5978", "REFUSE0001"]
    assert dialog.table.cell(0, "right").text == "Médecin traitant"
    assert dialog.table.cell(2, "right").text == "Accès refusé"
    picture(window, "dmp-professionnels")


@pytest.fixture
def deposited(qtbot, page):
    """A record whose first line is in the DMP under ``state``."""

    def made(state=DmpState.DEPOSITED, **changes):
        record = page()
        line = replace(record.documents.table.rows()[0], dmp_state=state, entry=ENTRY, **changes)
        record.documents.show_lines([line], [])
        return record, line

    return made


def test_an_action_on_a_document_is_told_then_done(qtbot, window, deposited, desk):
    record, line = deposited()
    record.document_menu_asked.emit(line, QPoint(200, 200))
    menu = shown(qtbot, window, QMenu)
    picture(menu, "dmp-document-menu")
    assert keys(menu) == ["mask", "archive", "delete"]
    take(menu, "mask")

    dialog = shown(qtbot, window, QuestionDialog)
    picture(window, "dmp-masquer")
    dialog.confirm.click()
    qtbot.waitUntil(lambda: desk.acting.asked != [], timeout=WAIT)

    assert desk.acting.asked == [(DocumentAction.MASK, "1.2.1", ORDINARY)]


def test_what_the_matrix_refuses_is_grey_and_says_why(qtbot, window, deposited):
    record, line = deposited()
    record.document_menu_asked.emit(line, QPoint(200, 200))

    items = {one.objectName(): one for one in shown(qtbot, window, QMenu).actions()}

    assert items["mask"].isEnabled()
    assert not items["delete"].isEnabled()
    assert "Réservé à l’auteur" in items["delete"].text()


def test_a_document_that_nothing_can_change_says_so(qtbot, window, deposited, desk):
    desk.acting.may = ()
    record, line = deposited()

    record.document_menu_asked.emit(line, QPoint(200, 200))

    qtbot.waitUntil(lambda: window.messages.on_screen() != [], timeout=WAIT)
    assert "Rien ne peut être changé" in window.messages.on_screen()[0].words.text()


def test_a_document_that_is_nowhere_else_has_no_menu(qtbot, window, deposited):
    record, line = deposited(DmpState.NOT_DEPOSITED)
    record.documents.show_lines([replace(line, entry=None)], [])
    record.documents.table.select_first()

    with qtbot.assertNotEmitted(record.document_menu_asked):
        record.documents._menu_here()


@pytest.mark.requirement("EX_3.2-1025")
def test_a_document_invisible_to_the_patient_is_announced_before_it_opens(qtbot, window, deposited):
    record, line = deposited(DmpState.INVISIBLE)

    record._open_line(line)
    dialog = shown(qtbot, window, QuestionDialog)
    picture(window, "dmp-invisible")
    assert record.stack.currentWidget() is record.home

    dialog.confirm.click()
    qtbot.waitUntil(lambda: record.document.opened is not None, timeout=WAIT)


@pytest.mark.requirement("EX_3.1-1040")
def test_the_documents_of_the_patient_look_different(qtbot, window, deposited):
    record, _ = deposited(DmpState.FETCHED, kind=DocumentKind.PATIENT)

    cell = record.documents.table.cell(0, "origin")

    assert (cell.text, cell.tone) == ("Patient", "violet")


@pytest.mark.requirement("EX_3.1-1030", "EX_3.1-1080")
@pytest.mark.parametrize(
    ("state", "word"),
    [
        (DmpState.MASKED, "masque"),
        (DmpState.INVISIBLE, "invisible"),
        (DmpState.ARCHIVED, "archive"),
    ],
)
def test_a_word_of_the_filter_finds_documents_by_their_state(deposited, state, word):
    record, line = deposited(state)
    plain = replace(line, key="2", dmp_state=DmpState.FETCHED)
    record.documents.show_lines([line, plain], [])

    record.documents.search.setText(word)
    record.documents._filter()

    assert [one.key for one in record.documents.table.rows()] == [line.key]


@pytest.mark.requirement("EX_3.2-1025")
def test_a_document_invisible_to_the_patient_keeps_its_warning_while_it_is_printed(
    deposited, rooms
):
    record, line = deposited()
    paper = replace(line.document, dmp_state=DmpState.INVISIBLE)

    record.document.show_document(rooms.opened(paper, "texte"))

    assert not record.document.notice.isHidden()
    assert "l’imprimer" in record.document.notice.advice()


@pytest.mark.parametrize("action", DocumentAction)
@pytest.mark.parametrize("sex", [Sex.MALE, Sex.FEMALE])
def test_every_action_says_what_it_means_to_this_patient(scenes, action, sex):
    patient = replace(scenes.CHEMIN, sex=sex)
    question = DOCUMENT[action]

    said = [about(one, patient) for one in (question.title, question.meaning, question.attest)]

    assert not any("{" in one for one in said)
    assert not (sex is Sex.FEMALE and "patient " in " ".join(said))


@pytest.mark.requirement("EX_0.1-1100")
@pytest.mark.parametrize("minor", [True, False])
def test_the_secret_connection_is_proposed_for_minors_only(scenes, minor):
    lines = of_patient(scenes.CHEMIN, Offers(secret=minor), special=False)

    assert ("secret" in [line.key for line in lines if line]) is minor


@pytest.mark.parametrize("access", DmpAccess)
def test_every_state_of_a_dmp_has_its_own_menu(scenes, access):
    lines = of_patient(replace(scenes.CHEMIN, dmp=access), Offers(True, True), special=False)

    offered = {line.key for line in lines if line}
    assert "check" in offered
    assert ("withdraw" in offered) is (access is DmpAccess.AUTHORISED)
    assert ("authorise" in offered) is (access is DmpAccess.TO_AUTHORISE)
    assert ("create" in offered) is (access is DmpAccess.NONE)
    assert ("reactivate" in offered) is (access is DmpAccess.CLOSED)


def test_creation_is_not_offered_unless_a_setting_opens_it(scenes):
    nobody = replace(scenes.CHEMIN, dmp=DmpAccess.NONE)

    lines = of_patient(nobody, Offers(), special=False)

    assert [line.key for line in lines if line] == ["check"]


def test_a_creation_says_the_consent_and_the_oppositions(qtbot, window, page, desk):
    desk.acting.creation = True
    page(SAUVEUR).dmp_action.trigger()
    take(shown(qtbot, window, QMenu), "create")
    dialog = shown(qtbot, window, QuestionDialog)
    dialog.choices[Opposition.EMERGENCY_CENTRE.value].setChecked(True)
    dialog.attest.setChecked(True)
    qtbot.wait(50)
    picture(window, "dmp-creer")

    dialog.confirm.click()
    qtbot.waitUntil(lambda: desk.acting.asked != [], timeout=WAIT)

    refused = frozenset({Opposition.EMERGENCY_CENTRE})
    assert desk.acting.asked == [("create", SAUVEUR, True, refused, None)]


def test_the_dmp_of_a_minor_is_opened_by_a_parent_who_is_named(qtbot, window, page, desk):
    desk.acting.creation = desk.acting.minor = True
    page(SAUVEUR).dmp_action.trigger()
    take(shown(qtbot, window, QMenu), "create")
    dialog = shown(qtbot, window, QuestionDialog)
    dialog.attest.setChecked(True)
    assert "représentant légal" in dialog.missing()
    dialog.confirm.click()
    assert dialog.isVisible() and desk.acting.asked == []

    dialog.guardian.relation.choose("FTH")
    qtbot.keyClicks(dialog.guardian.family_name, "Sauveur")
    qtbot.keyClicks(dialog.guardian.given_name, "Marc")
    qtbot.wait(50)
    picture(window, "dmp-creer-mineur")
    dialog.confirm.click()
    qtbot.waitUntil(lambda: desk.acting.asked != [], timeout=WAIT)

    assert desk.acting.asked[0][-1] == Guardian("FTH", "SAUVEUR", "MARC")


def test_oppositions_open_as_the_dmp_knows_them_and_leave_as_the_patient_says(
    qtbot, window, page, desk
):
    page().dmp_action.trigger()
    take(shown(qtbot, window, QMenu), "oppositions")
    dialog = shown(qtbot, window, QuestionDialog)
    assert dialog.chosen() == {Opposition.BREAK_GLASS.value}

    dialog.choose(frozenset())
    dialog.confirm.click()
    qtbot.waitUntil(lambda: desk.acting.asked != [], timeout=WAIT)

    assert desk.acting.asked == [("oppose", CHEMIN, frozenset())]


@pytest.mark.requirement("EX_2.1-1050")
@pytest.mark.parametrize("minor", [True, False])
def test_a_document_may_be_hidden_from_the_parents_of_a_minor_only(scenes, minor):
    options = _confidentialities(scenes.CHEMIN, minor)

    assert ("INVISIBLE_REPRESENTANTS_LEGAUX" in [one.key for one in options]) is minor

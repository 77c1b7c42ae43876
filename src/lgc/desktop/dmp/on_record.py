"""The DMP joined to one open record: menus, questions, acts, and the mode of this record."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QPoint, QUrl
from PySide6.QtGui import QDesktopServices

from lgc.desktop import text
from lgc.desktop.components.status_line import failure_of
from lgc.desktop.dmp import menus, words
from lgc.desktop.dmp.professionals import ProfessionalsDialog
from lgc.desktop.dmp.question import QuestionDialog
from lgc.desktop.dmp.words import Question, about
from lgc.desktop.main_window import MainWindow
from lgc.desktop.record.record_page import Record
from lgc.domain.dmp import (
    ORDINARY,
    AccessContext,
    AuthorisedProfessional,
    DmpEntry,
    DocumentAction,
    Opposition,
)
from lgc.domain.documents import DmpState
from lgc.errors import UserFacingError
from lgc.services.acting_dmp import Offers, PossibleAction
from lgc.services.desk import Desk
from lgc.services.views import DocumentLine

Found = tuple[DmpEntry | None, tuple[PossibleAction, ...]]


class DmpOnRecord(QObject):
    """Lives as long as the record: an access mode never outlives it (dmp.md §9)."""

    def __init__(self, window: MainWindow, desk: Desk, record: Record) -> None:
        super().__init__(record)
        self._window, self._desk, self._record = window, desk, record
        record.dmp_menu_asked.connect(self.show_menu)
        record.document_menu_asked.connect(self.show_document_menu)
        record.guard_opening(self.guard)
        record.patient_changed.connect(self._first_look)
        record.document.dmp_menu_asked.connect(self.show_document_menu)
        self._looked = False
        self._acts: dict[str, Callable[[], None]] = {
            "authorise": self._authorise,
            "withdraw": self._withdraw,
            "attending": partial(self._authorise, attending=True),
            "not_attending": partial(self._withdraw, attending=True),
            "check": self._check,
            "professionals": self._professionals,
            "web": self._web,
            "archives": self._archives,
            "glass": self._break_glass,
            "regulation": self._regulation,
            "secret": self._secret,
            "close": self._close,
            "create": self._create,
            "reactivate": self._reactivate,
            "oppositions": self._wishes,
        }

    def _first_look(self) -> None:
        """What the DMP holds joins the list by itself, once; a failure needs no word."""
        if not self._looked:
            self._looked = True
            self._window.tasks.run(
                partial(self._desk.dmp.look_once, self._record.patient_id),
                owner=self._record,
                done=lambda nothing: None,
                failed=self._unless_expected,
            )

    def _unless_expected(self, error: Exception) -> None:
        """Nobody asked: an unreachable DMP is the status line's business."""
        if not isinstance(error, UserFacingError):
            self._window.messages.show(error, self._record)

    # --- the patient's DMP ------------------------------------------------------------------

    def show_menu(self, where: QPoint) -> None:
        """Ask what this patient and the settings allow, then show what may be done."""
        self._run(
            partial(self._desk.acting.offers, self._record.patient_id),
            partial(self._show_menu, where),
        )

    def _show_menu(self, where: QPoint, offers: Offers) -> None:
        patient = self._record.patient
        if patient is not None:
            special = self._record.access != ORDINARY
            lines = menus.of_patient(patient, offers, special=special)
            menus.show(self._record, lines, where, lambda key: self._acts[key]())

    def _authorise(self, attending: bool = False) -> None:
        question = words.BECOME_ATTENDING if attending else words.AUTHORISE
        act = partial(self._desk.acting.authorise, attested=True, attending=attending)
        self._ask(question, lambda motive: self._do(question, act))

    def _withdraw(self, attending: bool = False) -> None:
        question = words.STOP_ATTENDING if attending else words.WITHDRAW
        act = partial(self._desk.acting.withdraw, attending=attending)
        self._ask(question, lambda motive: self._do(question, act))

    def _check(self) -> None:
        self._run(
            partial(self._desk.acting.check, self._record.patient_id),
            lambda status: self._window.messages.toast("État du DMP vérifié"),
        )

    def _close(self) -> None:
        act = partial(
            self._desk.acting.close, words="Fermeture demandée par le patient", attested=True
        )
        self._ask(words.CLOSE, lambda motive: self._do(words.CLOSE, act))

    def _create(self) -> None:
        def confirmed(dialog: QuestionDialog) -> None:
            refused = frozenset(map(Opposition, dialog.chosen()))
            act = partial(self._desk.acting.create, refused=refused, **_consent(dialog))
            self._do(words.CREATE, act)

        self._ask_opening(words.CREATE, confirmed)

    def _reactivate(self) -> None:
        def confirmed(dialog: QuestionDialog) -> None:
            self._do(words.REACTIVATE, partial(self._desk.acting.reactivate, **_consent(dialog)))

        self._ask_opening(words.REACTIVATE, confirmed)

    def _ask_opening(self, question: Question, answered: Callable[[QuestionDialog], None]) -> None:
        """A consent: who gives it is asked when the patient is a minor."""

        def ask(minor: bool) -> None:
            patient = self._record.patient
            if patient is not None:
                dialog = QuestionDialog(
                    self._window, question, patient, minor=minor, standing=self._standing()
                )
                dialog.answered.connect(lambda motive: answered(dialog))
                dialog.open(dialog.guardian)

        self._run(partial(self._desk.acting.may_be_secret, self._record.patient_id), ask)

    def _wishes(self) -> None:
        self._run(partial(self._desk.acting.wishes, self._record.patient_id), self._oppositions)

    def _oppositions(self, known: frozenset[Opposition]) -> None:
        def confirmed(chosen: frozenset[str]) -> None:
            refused = frozenset(map(Opposition, chosen))
            self._do(words.OPPOSE, partial(self._desk.acting.oppose, refused=refused))

        self._ask_choices(words.OPPOSE, frozenset(one.value for one in known), confirmed)

    def _ask_choices(
        self,
        question: Question,
        known: frozenset[str],
        answered: Callable[[frozenset[str]], None],
    ) -> None:
        patient = self._record.patient
        if patient is not None:
            dialog = QuestionDialog(self._window, question, patient, standing=self._standing())
            dialog.choose(known)
            dialog.answered.connect(lambda motive: answered(dialog.chosen()))
            dialog.open()

    def _professionals(self) -> None:
        self._run(
            partial(self._desk.acting.professionals, self._record.patient_id),
            self._show_professionals,
        )

    def _show_professionals(self, found: tuple[AuthorisedProfessional, ...]) -> None:
        patient = self._record.patient
        if patient is not None:
            me = self._desk.connection.practitioner.holder.national_id
            ProfessionalsDialog(self._window, patient, found, me).open()

    def _web(self) -> None:
        self._run(
            partial(self._desk.acting.web_address, self._record.patient_id),
            lambda address: QDesktopServices.openUrl(QUrl(address)),
        )

    def _archives(self) -> None:
        work = partial(
            self._desk.dmp.search_archives, self._record.patient_id, access=self._record.access
        )
        self._run(work, lambda entries: self._record.refresh())

    # --- access modes -----------------------------------------------------------------------

    def _break_glass(self) -> None:
        self._emergency(words.BREAK_GLASS, self._desk.acting.break_glass)

    def _regulation(self) -> None:
        self._emergency(words.REGULATION, self._desk.acting.regulate)

    def _emergency(self, question: Question, opens: Callable[..., AccessContext]) -> None:
        def confirmed(motive: str) -> None:
            work = partial(opens, self._record.patient_id, motive, confirmed=True)
            self._run(work, partial(self._enter, question))

        self._ask(question, confirmed)

    def _secret(self) -> None:
        work = partial(self._desk.acting.secret_connection, self._record.patient_id)
        self._ask(words.SECRET, lambda motive: self._run(work, partial(self._enter, words.SECRET)))

    def _enter(self, question: Question, access: AccessContext) -> None:
        self._record.enter(access)
        self._window.messages.toast(question.said, glyph=question.glyph)

    # --- documents --------------------------------------------------------------------------

    def show_document_menu(self, line: DocumentLine, where: QPoint) -> None:
        """What the DMP holds of this line, then what may be done to it."""
        self._run(partial(self._possible, line), partial(self._show_document_menu, line, where))

    def _possible(self, line: DocumentLine) -> Found:
        entry = line.entry
        if entry is None and line.document is not None:
            entry = self._desk.acting.entry_of(self._record.patient_id, line.document)
        if entry is None:
            return None, ()
        access = self._record.access
        return entry, self._desk.acting.possible(self._record.patient_id, entry, access)

    def _show_document_menu(self, line: DocumentLine, where: QPoint, found: Found) -> None:
        entry, possible = found
        patient = self._record.patient
        if entry is None or patient is None:
            self._window.messages.toast("Ce document n’est pas dans le DMP")
            return
        if not possible:
            self._window.messages.toast("Rien ne peut être changé à ce document dans le DMP")
            return
        lines = menus.of_document(possible, patient)
        menus.show(self._record, lines, where, partial(self._act, line, entry))

    def _act(self, line: DocumentLine, entry: DmpEntry, key: str) -> None:
        action = DocumentAction(key)
        question = words.DOCUMENT[action]

        def confirmed(motive: str) -> None:
            access = self._record.access
            work = partial(self._desk.acting.act, self._record.patient_id, entry, action, access)
            self._run(work, lambda nothing: self._said(question))

        self._ask(question, confirmed, line.title)

    def guard(self, line: DocumentLine, go_on: Callable[[], None]) -> None:
        """A document invisible to the patient is not opened without a word (EX_3.2-1025)."""
        if line.dmp_state is DmpState.INVISIBLE:
            self._ask(words.INVISIBLE, lambda motive: go_on(), line.title)
        else:
            go_on()

    # --- inside -----------------------------------------------------------------------------

    def _do(self, question: Question, act: Callable[[str], object]) -> None:
        self._run(partial(act, self._record.patient_id), lambda status: self._said(question))

    def _said(self, question: Question) -> None:
        patient = self._record.patient
        if patient is not None:
            said = text.french(about(question.said, patient))
            self._window.messages.toast(said, glyph=question.glyph)
        self._record.refresh()

    def _ask(
        self, question: Question, answered: Callable[[str], None], about_what: str = ""
    ) -> None:
        patient = self._record.patient
        if patient is not None:
            dialog = QuestionDialog(
                self._window, question, patient, about_what, standing=self._standing()
            )
            dialog.answered.connect(answered)
            dialog.open(dialog.motive if question.motive else None)

    def _standing(self) -> str:
        """Said before a question leaves for a DMP that does not answer."""
        return failure_of(self._window.services.get("dmp"))

    def _run(self, work: Callable[[], object], done: Callable[[Any], object]) -> None:
        def finished(answer: object) -> None:
            done(answer)

        task = self._window.tasks.run(work, owner=self._record, done=finished)
        self._record.documents.busy.follow(task, "Échange avec le DMP…")


def _consent(dialog: QuestionDialog) -> dict[str, Any]:
    """What the service needs beside the act: attested, and by whom for a minor."""
    guardian = dialog.guardian.value() if dialog.guardian is not None else None
    return {"attested": True, "guardian": guardian}

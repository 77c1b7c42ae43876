"""Open the windows of an office: the screens of a session joined to its desk."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from lgc.desktop import leaving, text
from lgc.desktop.access.failed_start import FailedStart
from lgc.desktop.agenda.page import AgendaPage, item_of
from lgc.desktop.app import Desktop, make_application
from lgc.desktop.base_notice import BaseNotice
from lgc.desktop.bridge import Bridge
from lgc.desktop.closing.on_record import ClosingOnRecord
from lgc.desktop.contacts.page import ContactsPage
from lgc.desktop.dmp.on_record import DmpOnRecord
from lgc.desktop.dmp.regulation import RegulationDialog
from lgc.desktop.documents import printing
from lgc.desktop.mailbox.page import MailPage
from lgc.desktop.main_window import MainWindow
from lgc.desktop.outside.panel import OutsidePanel
from lgc.desktop.patients.page import NewPatientPage
from lgc.desktop.record.record_page import Record
from lgc.desktop.reusing.opening import reuse
from lgc.desktop.saving_typed import TypedSaver
from lgc.desktop.settings.page import SettingsPage
from lgc.desktop.sharing.share_dialog import ShareDialog
from lgc.desktop.visit_acts import VisitActs
from lgc.domain.documents import Document, DocumentContent
from lgc.errors import UserFacingError, place_of
from lgc.services.desk import Desk, Office
from lgc.services.events import MessageArrived
from lgc.services.sharing import ShareProposal
from lgc.services.views import PatientView
from lgc.services.workstation import Workstation
from lgc.settings import Settings

log = logging.getLogger(__name__)
Make = Callable[[], Office]


def run(make: Make, workstation: Callable[[], Workstation]) -> int:
    """Show the windows until they are closed; returns the exit code.

    ``make`` gives the office, again each time « Réglages du poste » were changed before a log-in.
    Whatever it raises is a window with its ways out.
    """
    app = make_application(sys.argv, Settings())
    # Between the windows of two offices there is none for a moment.
    app.setQuitOnLastWindowClosed(False)
    starting = Starting(make, workstation)
    starting.begin()
    try:
        return app.exec()
    finally:
        starting.end()


class Starting(QObject):
    """Opens the windows of an office, or the one that says why there is none."""

    def __init__(self, make: Make, workstation: Callable[[], Workstation]) -> None:
        super().__init__()
        self._make, self._workstation = make, workstation
        self._office: Office | None = None
        self.desktop: Desktop | None = None
        self.failed: FailedStart | None = None

    def begin(self) -> None:
        try:
            office = self._office = self._make()
            make_application(sys.argv, office.settings)
            self.desktop = open_desktop(office, self._post())
        except Exception as error:
            log.error("start: %s", place_of(error))
            self._fail(error)
        else:
            # After the signal: the windows that ask are still on the way of their own event.
            self.desktop.restart_asked.connect(self.again, Qt.ConnectionType.QueuedConnection)

    def again(self) -> None:
        """From the door anew, with what the settings say now."""
        self.end()
        self.begin()

    def end(self) -> None:
        desktop, self.desktop = self.desktop, None
        if desktop is not None:
            desktop.finished.disconnect()
            if desktop.frame.isVisible():
                desktop.frame.close()
            desktop.frame.deleteLater()
            desktop.deleteLater()
        office, self._office = self._office, None
        if office is not None:
            office.stop()

    def _post(self) -> Workstation | None:
        try:
            return self._workstation()
        except UserFacingError as error:
            log.error("start: %s", place_of(error))
            return None

    def _fail(self, error: Exception) -> None:
        self.end()
        self.failed = FailedStart(error, self._post())
        self.failed.left.connect(QApplication.quit)
        self.failed.retry_asked.connect(self._retry, Qt.ConnectionType.QueuedConnection)
        self.failed.show()

    def _retry(self) -> None:
        failed, self.failed = self.failed, None
        if failed is not None:
            failed.deleteLater()
            failed.hide()
        self.begin()


def join_newcomers(window: MainWindow, desk: Desk) -> None:
    """A patient created for an appointment comes back to it."""
    agenda, new = window.page("agenda"), window.page("new-patient")
    if not isinstance(agenda, AgendaPage) or not isinstance(new, NewPatientPage):
        return

    def view(patient_id: str) -> PatientView:
        return PatientView.of(desk.identities.view(patient_id).patient, desk.clock.now().date())

    def back(patient_id: str) -> None:
        window.tasks.run(partial(view, patient_id), owner=agenda, done=agenda.newcomer)

    agenda.newcomer_asked.connect(lambda name: new.create_for(name, back))


def open_desktop(office: Office, workstation: Workstation | None = None) -> Desktop:
    """The windows with the door closed, shown; the application may run already (tour, tests)."""
    bridge = Bridge()
    printing.use(office.settings)
    office.listen(bridge.post)

    def desk() -> Desk:
        if office.desk is None:
            raise UserFacingError("La session n’est pas ouverte.")
        return office.desk

    desktop = Desktop(
        office.access,
        desk,
        bridge,
        office.settings,
        extend=[
            AgendaPage.join,
            join_records,
            MailPage.join,
            ContactsPage.join,
            NewPatientPage.join,
            join_newcomers,
            SettingsPage.join,
            RegulationDialog.join,
            BaseNotice.join,
            OutsidePanel.join,
        ],
        workstation=workstation,
    )
    bridge.setParent(desktop)
    desktop.finished.connect(QApplication.quit)
    desktop.start()
    return desktop


def join_records(window: MainWindow, desk: Desk) -> None:
    """Give the window of a session its records, and tell what files itself."""
    window.record_factory = partial(_record, window, desk)
    Arrivals(window)
    leaving.use(partial(_note, window, desk))
    window.typed.now = desk.clock.now
    TypedSaver(window.typed, desk.typed, window.tasks)
    window.tasks.run(desk.keeping.notice, owner=window, done=partial(_notice, window))


def _note(window: MainWindow, desk: Desk, action: str, subject: str) -> None:
    """A line of the journal, written in a worker."""
    window.tasks.run(
        partial(desk.traces.note, action, subject), owner=window, done=lambda nothing: None
    )


def _record(window: MainWindow, desk: Desk, patient_id: str) -> Record:
    page = Record(patient_id, desk, window.tasks, window.stack)
    page.share_asked.connect(lambda document: share(window, desk, document))
    page.reuse_asked.connect(lambda opened: reuse(window, desk, patient_id, opened))
    page.told.connect(window.messages.toast)
    page.write_asked.connect(partial(_write_about, window, patient_id))
    page.warning_asked.connect(partial(_warn_of_annulment, window))
    page.message_asked.connect(lambda message_id: window.show_page("messages", message_id))
    page.visit_asked.connect(lambda line: window.show_page("agenda", item_of(line)))
    acts = VisitActs(window.acts, window.messages, desk.planning, desk.clock.now)
    page.visit_act.connect(lambda *given: acts.do(*given))
    # Methods of the page: the connections end with it.
    window.bridge.record_changed.connect(page.record_changed)
    window.bridge.agenda_changed.connect(page.agenda_changed)
    window.bridge.day_changed.connect(page.day_changed)
    DmpOnRecord(window, desk, page)
    ClosingOnRecord(window, desk, page)
    page.load()
    return page


def _write_about(window: MainWindow, patient_id: str, document_ids: tuple[str, ...]) -> None:
    mail = window.page("messages")
    if isinstance(mail, MailPage):
        window.show_page("messages")
        mail.composing.write_about(patient_id, document_ids)


def _warn_of_annulment(window: MainWindow, document_id: str) -> None:
    mail = window.page("messages")
    if isinstance(mail, MailPage):
        window.show_page("messages")
        mail.composing.warn_of_annulment(document_id)


def share(window: MainWindow, desk: Desk, document: DocumentContent | str) -> None:
    """Open the sharing dialog on a stored document or a draft."""

    def opened(proposal: ShareProposal) -> None:
        dialog = ShareDialog(
            window, proposal, document, desk.sharing, window.tasks, window.messages.show
        )
        dialog.sent.connect(lambda share_id: _sent(window, proposal, share_id))
        dialog.redo_asked.connect(partial(_redo, window))
        dialog.open()

    window.tasks.run(partial(desk.sharing.propose, document), owner=window, done=opened)


def _redo(window: MainWindow, document: Document) -> None:
    page = window.open_record(document.patient_id or "")
    if isinstance(page, Record):
        page.redo(document)


def _sent(window: MainWindow, proposal: ShareProposal, share_id: str) -> None:
    window.messages.toast(text.french(f"« {proposal.document.title} » part en arrière-plan"))
    window.page("queue").show_item(share_id)
    # Not the page in view: another record may have been opened while it left.
    for page in window.records():
        if isinstance(page, Record):
            page.document.was_shared(proposal.document.document_id)


def _notice(window: MainWindow, notice: UserFacingError | None) -> None:
    """What the opening itself had to tell."""
    if notice is not None:
        window.messages.show(notice, "Ouverture du cabinet", lasts=True)


class Arrivals(QObject):
    """Tells what files itself, in the window of one session: silent once that session is over."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._messages = window.messages
        window.bridge.message_arrived.connect(self._tell)

    def _tell(self, event: MessageArrived) -> None:
        if event.patient_id is not None:
            self._messages.tell(
                "filed",
                text.french(f"« {event.subject} » classé de lui-même"),
                lambda number: f"{number}{text.NB}messages classés d’eux-mêmes",
                "ri.magic-line",
            )

"""The closing joined to one open record: asked once, never in the way."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import shiboken6
from PySide6.QtCore import QObject

from lgc.desktop import text
from lgc.desktop.closing.dialog import ClosingDialog
from lgc.desktop.main_window import MainWindow
from lgc.desktop.record.record_page import Record
from lgc.desktop.visit_acts import VisitActs
from lgc.domain.agenda import Presence
from lgc.domain.professionals import Correspondent
from lgc.errors import UserFacingError
from lgc.services.closing import ClosingChoice, ClosingProposal
from lgc.services.desk import Desk


class ClosingOnRecord(QObject):
    """Lives as long as the record. A record with nothing to ask closes at once."""

    def __init__(self, window: MainWindow, desk: Desk, record: Record) -> None:
        super().__init__(record)
        self._window, self._desk, self._record = window, desk, record
        self._asking = self._settled = False
        self._acts = VisitActs(window.acts, window.messages, desk.planning, desk.clock.now)
        record.guard_closing(self.may_close)

    def may_close(self) -> bool:
        """True once there is nothing to ask; else looks, asks, and closes by itself."""
        if self._settled:
            return True
        if not self._asking:
            self._asking = True
            # A state noted a moment before is stored first: the visit that ends is as it is.
            self._window.acts.in_turn(self._look)
        return False

    def _look(self) -> None:
        if shiboken6.isValid(self._record):
            self._window.tasks.run(
                partial(self._desk.closing.propose, self._record.patient_id),
                owner=self._record,
                done=self._ask,
                failed=self._unasked,
            )

    def _unasked(self, error: Exception) -> None:
        """Nothing blocks closing."""
        self._asking = False
        if not isinstance(error, UserFacingError):
            self._window.messages.show(error, self._record)
        self._close()

    def _ask(self, proposal: ClosingProposal) -> None:
        self._asking = False
        if proposal.empty:
            if proposal.under_way:
                self._end(proposal)
            self._close()
            return
        here = self._window.current_page() is self._record
        if self._window.tasks.left is None and not here:  # asked by the cross of its tab
            self._window.open_record(self._record.patient_id)
        dialog = ClosingDialog(
            self._window, proposal, self._window.tasks, self._desk.sharing.directory
        )
        dialog.sent.connect(partial(self._send, proposal, dialog))
        dialog.left.connect(partial(self._leave, proposal, dialog))
        dialog.draft_asked.connect(self._record.show_draft)
        dialog.open(dialog.later if not proposal.documents else None)

    def _send(
        self,
        proposal: ClosingProposal,
        dialog: ClosingDialog,
        chosen: tuple[ClosingChoice, ...],
        recipients: tuple[Correspondent, ...],
        dmp: bool,
        agreed: bool,
    ) -> None:
        work = partial(
            self._desk.closing.send, chosen, recipients, dmp=dmp, consent_attested=agreed
        )
        ends = partial(self._end, proposal) if dialog.visit_over else _nothing
        self._window.tasks.run(work, owner=self._record, done=partial(self._sent, ends))

    def _sent(self, ends: Callable[[], None], found: tuple[int, UserFacingError | None]) -> None:
        number, error = found
        if number:
            words = text.count(number, "document part", "documents partent")
            self._window.messages.toast(f"{words} en arrière-plan")
        if error is not None:
            # The rest stays in the record: it is still there to be sent.
            self._window.messages.show(error, self._record)
            return
        ends()
        self._close()

    def _leave(self, proposal: ClosingProposal, dialog: ClosingDialog) -> None:
        if dialog.visit_over:
            self._end(proposal)
        self._close()

    def _end(self, proposal: ClosingProposal) -> None:
        """Said with its hour, and taken back: the record is gone by then, the window is not."""
        visit = proposal.visit
        if visit is not None:
            words = f"{visit.patient.name} : consultation de {text.time(visit.starts_at)} terminée"
            self._acts.set_presence(visit, Presence.DONE, words)

    def _close(self) -> None:
        self._settled = True
        self._window.close_record(self._record.patient_id)


def _nothing() -> None:
    """No visit ends."""

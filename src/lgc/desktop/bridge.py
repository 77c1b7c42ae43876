"""Events of services and lanes, brought to the interface thread: one signal per kind of event."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot

from lgc.services.events import (
    AgendaChanged,
    BaseState,
    DeliveryMoved,
    MailboxChanged,
    MailboxProgress,
    MessageArrived,
    RecordChanged,
    ServiceState,
    Warned,
)


class Bridge(QObject):
    """``post`` may be called from any thread; the signals are emitted in the thread of Qt.

    An event of an unknown kind is a mistake of ours and raises TypeError where it is posted.
    ``day_changed`` is no event of a service: ``new_day`` tells it, before anything else is done.
    """

    delivery_moved = Signal(object)
    message_arrived = Signal(object)
    mailbox_changed = Signal(object)
    mailbox_progress = Signal(object)
    record_changed = Signal(object)
    agenda_changed = Signal(object)
    service_state = Signal(object)
    warned = Signal(object)
    base_state = Signal(object)
    day_changed = Signal(object, object)
    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._signals = {
            DeliveryMoved: self.delivery_moved,
            MessageArrived: self.message_arrived,
            MailboxChanged: self.mailbox_changed,
            MailboxProgress: self.mailbox_progress,
            RecordChanged: self.record_changed,
            AgendaChanged: self.agenda_changed,
            ServiceState: self.service_state,
            Warned: self.warned,
            BaseState: self.base_state,
        }
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def post(self, event: object) -> None:
        """Hand an event over; returns at once."""
        if type(event) not in self._signals:
            raise TypeError(type(event).__name__)
        self._posted.emit(event)

    @Slot(object)
    def _deliver(self, event: object) -> None:
        self._signals[type(event)].emit(event)

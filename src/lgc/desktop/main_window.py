"""The shell of one session: rail, open records, pages, status line. Dialogs are its children."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from lgc.desktop import leaving, text
from lgc.desktop.acts import Acts
from lgc.desktop.bridge import Bridge
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Cover, Dialog, Host
from lgc.desktop.components.keys import action, acts_from_afar
from lgc.desktop.components.rail import Rail
from lgc.desktop.components.status_line import StatusLine
from lgc.desktop.components.tips import set_tip
from lgc.desktop.messages import Messages
from lgc.desktop.page import Page, RecordPage
from lgc.desktop.shortcuts import ShortcutsDialog
from lgc.desktop.tasks import Tasks
from lgc.desktop.theme import current
from lgc.desktop.top_bar import TopBar
from lgc.desktop.undoing import UndoKey
from lgc.desktop.without_card import WithoutCardBand
from lgc.services.events import MailboxProgress, ServiceState, Warned
from lgc.services.views import PatientView, QueueCounts

NARROW = 1400
WARNED = "Données du cabinet"
POPUP_MS = 100
RECORDS = "patients"


class MainWindow(Host):
    """Pages by key, records by patient. Everything of a session lives and dies with it.

    ``record_factory`` makes the page of a record; whoever owns the records registers it.
    """

    lock_asked = Signal()
    search_asked = Signal()
    theme_changed = Signal(str)
    page_changed = Signal(str)

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.messages = Messages(self)
        self.tasks = Tasks(self.messages.show, self)
        self.tasks.place = self.current_page
        self.acts = Acts(self.tasks, self.messages.show, self)
        self.bridge = bridge
        self.record_factory: Callable[[str], RecordPage] | None = None
        self._pages: dict[str, Page] = {}
        self._within: dict[str, str] = {}
        self._records: dict[str, RecordPage] = {}
        self._last_record: RecordPage | None = None
        self._compact = False
        self.services: dict[str, ServiceState] = {}
        self.body = QWidget(self)
        self.body.setObjectName("root")
        self.body.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._actions()
        self.rail = Rail()
        self.top = TopBar(self.search_action)
        self.stack = QStackedWidget()
        self.stack.setObjectName("pages")
        self.status = StatusLine()
        self._lay_out()
        self._fill_rail()
        self.top.tabs.asked.connect(self.open_record)
        self.top.tabs.close_asked.connect(self.close_record)
        self.status.queue_asked.connect(lambda: self.show_page("queue"))
        bridge.service_state.connect(self._service)
        bridge.mailbox_progress.connect(self._mail_progress)
        bridge.warned.connect(self._warned)
        self._undo_key = UndoKey(self)
        self._typing_in: QWidget | None = None
        self._popup_open = QTimer(self)
        self._popup_open.setSingleShot(True)
        self._popup_open.setInterval(POPUP_MS)
        self._popup_open.timeout.connect(self._keep_focus)
        self._focus_left = QTimer(self)
        self._focus_left.setSingleShot(True)
        self._focus_left.setInterval(0)
        self._focus_left.timeout.connect(self._keep_focus)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            # Qt tells it from inside destructors: nothing of ours is looked at before the next
            # turn of the event loop, when what was going has gone.
            app.focusChanged.connect(self._focus_left.start)

    # --- pages --------------------------------------------------------------------------------

    def add_page(
        self,
        key: str,
        page: Page,
        *,
        glyph: str,
        shortcut: str = "",
        help: str = "",
        foot: bool = False,
        within: str = "",
    ) -> None:
        """Register a page and its place in the rail: the home above all, ``foot`` at its foot.

        A page ``within`` another one has no place of its own: the other's is marked.
        """
        self._pages[key] = page
        page.setAccessibleName(page.title)
        if within:
            self._within[key] = within
        self.stack.addWidget(page)
        go = action(self.body, page.title, lambda: self.show_page(key), shortcut, help=help)
        if foot:
            self.rail.add_below(key, go, glyph, page=True)
        elif not within:
            self.rail.add(key, go, glyph, {"home": 0}.get(key, -1))
        page.hints_changed.connect(self._hints)
        page.set_compact(self._compact)

    def speaks_of(self) -> str:
        """What a notice of the window itself is about: what is in view."""
        page = self.current_page()
        return page.speaks_of() if page is not None else ""

    def holds(self, dialog: Dialog, focus: QWidget | None) -> bool:
        """A dialog that was asked on another page opens when the doctor says so."""
        place = self.tasks.left
        if place is None or dialog.of_no_page:
            return False
        self.messages.offer(
            text.french(f"Prêt : {dialog.speaks_of()}"),
            partial(self._open_held, place, dialog, focus),
            dialog.deleteLater,
        )
        return True

    def _open_held(self, place: QObject, dialog: Dialog, focus: QWidget | None) -> None:
        """Where it was asked, if that is still there."""
        if isValid(place):
            self._bring(place)
        if isValid(dialog):
            dialog.open(focus)

    def _bring(self, place: QObject) -> None:
        for key, page in self._pages.items():
            if page is place:
                self.show_page(key)
        for patient_id, record in self._records.items():
            if record is place:
                self.open_record(patient_id)
                return

    def page(self, key: str) -> Page:
        """Raises KeyError when no such page was registered."""
        return self._pages[key]

    def show_page(self, key: str, item: str = "") -> None:
        """Bring a page into view, and one thing of it forward. Unknown keys are ignored."""
        page = self._pages.get(key)
        if page is None:
            return
        self._show(page, key)
        self.top.tabs.show_current(None)
        if item:
            page.show_item(item)

    def current_page(self) -> Page | None:
        page = self.stack.currentWidget()
        return page if isinstance(page, Page) else None

    def say_without_card(self, without: bool) -> None:
        """Marked above every page, in the top bar and in the status line, for as long as it is."""
        self.band.setVisible(without)
        self.status.without_card.setVisible(without)
        if without:
            self.top.holder.set_without_card()

    # --- records ------------------------------------------------------------------------------

    def open_record(self, patient_id: str, item: str = "") -> RecordPage | None:
        """The page of a record, opened once. None when no module makes records yet."""
        page = self._records.get(patient_id)
        if page is None:
            if self.record_factory is None:
                return None
            page = self.record_factory(patient_id)
            self._records[patient_id] = page
            page.patient_changed.connect(self.top.tabs.show_patient)
            page.drafts_changed.connect(self.top.tabs.show_draft)
            page.hints_changed.connect(self._hints)
            page.seeing_asked.connect(partial(self.open_record, patient_id))
            self.stack.addWidget(page)
            self.top.tabs.add(patient_id, page.title)
            page.set_compact(self._compact)
            if page.patient is not None:
                self.top.tabs.show_patient(page.patient)
        self._last_record = page
        self._show(page, RECORDS)
        self.top.tabs.show_current(patient_id)
        if item:
            page.show_item(item)
        return page

    def close_record(self, patient_id: str) -> bool:
        """Close a record unless its page refuses; shows the neighbour, or the home."""
        page = self._records.get(patient_id)
        if page is None or not page.may_close():
            return False
        order = self.top.tabs.order()
        place = order.index(patient_id)
        in_view = self.stack.currentWidget() is page
        del self._records[patient_id]
        self.top.tabs.remove(patient_id)
        neighbours = [p for p in order if p != patient_id]
        if in_view and neighbours:
            self.open_record(neighbours[min(place, len(neighbours) - 1)])
        elif in_view:
            self.show_page("home")
        self.stack.removeWidget(page)
        if page is self._last_record:
            self._last_record = None
        page.deleteLater()
        return True

    def open_patients(self) -> tuple[PatientView, ...]:
        """Those whose records are open, the one looked at last first."""
        order = sorted(self._records.values(), key=lambda page: page is not self._last_record)
        return tuple(page.patient for page in order if page.patient is not None)

    def records(self) -> tuple[RecordPage, ...]:
        """The pages of the open records."""
        return tuple(self._records.values())

    def open_records(self) -> tuple[str, ...]:
        return tuple(self.top.tabs.order())

    # --- what the shell shows -----------------------------------------------------------------

    def show_queue(self, counts: QueueCounts) -> None:
        """Counts of the status line and of the rail."""
        self.status.queue.set(counts)
        if "queue" in self._pages:
            total = counts.waiting + counts.to_retry
            self.rail.button("queue").set_count(total, "warn" if counts.to_retry else "accent")

    def show_unread(self, count: int) -> None:
        """Messages waiting, in the rail."""
        if "messages" in self._pages:
            self.rail.button("messages").set_count(count)

    def show_shortcuts(self) -> None:
        page = self.current_page()
        here = page.keys() if page is not None else []
        title = page.title if page is not None else ""
        ShortcutsDialog(self, title, here, self.everywhere()).open()

    def everywhere(self) -> list[QAction]:
        """The actions of the shell itself."""
        return [a for a in self.body.actions() if not a.shortcut().isEmpty()]

    def covered(self) -> bool:
        """Is a dialog open?"""
        return bool(self._covers())

    def flush(self) -> None:
        """What waits for a pause to be saved is saved now (``tasks.saving`` until it is)."""
        for part in self.findChildren(QObject):
            flush = getattr(part, "flush", None)
            if callable(flush):
                flush()

    def close_session(self) -> None:
        """The session is over: no more answers, no more pages."""
        leaving.use(None)
        self.tasks.close()
        self.hide()
        self.deleteLater()

    # --- inside -------------------------------------------------------------------------------

    def _covers(self) -> list[Cover]:
        """The dialogs in view, the lowest first."""
        return [cover for cover in self.findChildren(Cover) if cover.isVisible()]

    def _actions(self) -> None:
        body = self.body
        self.search_action = action(
            body,
            "Rechercher",
            self.search_asked.emit,
            "Ctrl+K",
            help="Chercher un patient, un document, une action",
        )
        self.help_action = action(
            body,
            "Raccourcis",
            self.show_shortcuts,
            "?",
            hint="Tous les raccourcis",
            help="Montrer cette liste",
            others=("F1",),
        )
        self.next_tab = action(
            body, "Dossier suivant", lambda: self._step(+1), "Ctrl+Tab", repeats=True
        )
        self.previous_tab = action(
            body, "Dossier précédent", lambda: self._step(-1), "Ctrl+Shift+Tab", repeats=True
        )
        self.close_tab = action(body, "Fermer le dossier", self._close_current, "Ctrl+W")
        self.messages.undo_action = action(
            body, "Annuler", lambda: self.acts.in_turn(self.messages.undo_last), "Ctrl+Z",
            help="Défaire ce qui vient d’être dit en bas de l’écran, ou dire qu’il n’y a rien",
        )  # fmt: skip
        self.theme_action = action(
            body,
            "Thème",
            self._toggle_theme,
            "Ctrl+Shift+L",
            help="Passer du thème clair au thème sombre",
        )
        self.lock_action = action(
            body, "Verrouiller", self.lock_asked.emit, "Ctrl+L", help="Verrouiller l’application"
        )

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.body)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        column = QVBoxLayout()
        row.addLayout(column, 1)
        column.setSpacing(0)
        self.band = WithoutCardBand()
        self.band.card_asked.connect(self.lock_asked)
        for part, stretch in ((self.top, 0), (self.band, 0), (self.stack, 1), (self.status, 0)):
            column.addWidget(part, stretch)

    def _fill_rail(self) -> None:
        patients = QAction("Patients", self.body)
        set_tip(patients, "Chercher un patient · Ctrl K")
        patients.triggered.connect(self._patients)
        self.rail.add(RECORDS, patients, "ri.user-search-line")
        self.rail.add_below("theme", self.theme_action, "ri.contrast-2-line")
        self.rail.add_below("lock", self.lock_action, "ri.lock-line")

    def _patients(self) -> None:
        self.search_asked.emit()
        self._mark(self._place())

    def _place(self) -> str:
        page = self.stack.currentWidget()
        return next((key for key, known in self._pages.items() if known is page), RECORDS)

    def _mark(self, place: str) -> None:
        self.rail.show_place(self._within.get(place, place))

    def _show(self, page: Page, place: str) -> None:
        if page is not self.stack.currentWidget():
            self.messages.turn_page()
        self.stack.setCurrentWidget(page)
        self._mark(place)
        page.shown()
        self._hints()
        self.page_changed.emit(place)
        if not self._has_focus_inside(page):
            page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _has_focus_inside(self, page: Page) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and (focus is page or page.isAncestorOf(focus))

    def _hints(self) -> None:
        page = self.current_page()
        self.status.show_hints(page.keys() if page is not None else [], self.help_action)

    def _step(self, by: int) -> None:
        order = self.top.tabs.order()
        if not order:
            return
        page = self.stack.currentWidget()
        now = page.patient_id if isinstance(page, RecordPage) else None
        place = order.index(now) + by if now in order else 0
        self.open_record(order[place % len(order)])

    def _close_current(self) -> None:
        page = self.stack.currentWidget()
        if isinstance(page, RecordPage):
            self.close_record(page.patient_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key that nobody took where the focus is (the rail, the top bar, another part of the
        page): it is one of the page in view, if it is no key of a text nor a letter alone."""
        page = self.current_page()
        if page is None or self.covered() or event.isAutoRepeat():
            return super().keyPressEvent(event)
        keys = QKeySequence(event.keyCombination())
        own = page.keys()
        found = [one for one in own if keys in one.shortcuts() and one.isEnabled()]
        if len(found) != 1 or not acts_from_afar(keys):
            return super().keyPressEvent(event)
        found[0].trigger()
        return None

    def _toggle_theme(self) -> None:
        current().toggle()
        self.theme_changed.emit(current().name)

    def _service(self, event: ServiceState) -> None:
        self.services[event.service] = event
        self.status.set_service(event)

    def _warned(self, event: Warned) -> None:
        self.messages.show(event.notice, WARNED, lasts=True)

    def _mail_progress(self, event: MailboxProgress) -> None:
        self.status.services["mssante"].progress(f"Messages : {event.done} sur {event.total}")

    def _keep_focus(self) -> None:
        # Keys need a focus in view, and Qt gives it to what is hidden as well (a page that answers
        # late): it goes back to where the doctor types; when that went, to the dialog above all,
        # else to the page.
        now = QApplication.focusWidget()
        if now is not None and now.isVisible():
            if now.window() is self.window():
                self._typing_in = now
                self._undo_key.follow(now)
                self.messages.notice_key.follow(now)
            else:
                # A menu or a list: it may go without a word of Qt, and is watched as it hides.
                now.window().installEventFilter(self)
                self._popup_open.start()
        elif self.isVisible() and self.isEnabled():
            if self.isActiveWindow():
                self._give_focus()
            elif now is not None:  # in a list that is going: this window is active only after it
                self._popup_open.start()

    def _give_focus(self) -> None:
        covers, page = self._covers(), self.current_page() or self.body
        room, before = (covers[-1] if covers else page), self._typing_in
        here = before is not None and isValid(before) and room.isAncestorOf(before)
        if before is not None and here and before.isEnabled() and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        elif covers:
            covers[-1].take_focus()
        else:
            page.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide:
            self._focus_left.start()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        if narrow != self._compact:
            self._compact = narrow
            self.set_compact(narrow)

    def set_compact(self, narrow: bool) -> None:
        self.window().setProperty("compact", narrow)
        for button in self.findChildren(Button):
            button.set_compact(narrow)
        pages: Sequence[Page] = [*self._pages.values(), *self._records.values()]
        for page in pages:
            page.set_compact(narrow)

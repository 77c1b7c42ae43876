"""The application: one window, the door, and the shell of the session that is open.

Under the lock the window of the session is out of view, not gone: what was typed stays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from shiboken6 import isValid

from lgc.desktop import system_dialogs, text
from lgc.desktop.access.post import PostDialog
from lgc.desktop.access.screen import AccessScreen
from lgc.desktop.access.view import Door, Opened, holder_lines
from lgc.desktop.access.watch import CardWatch
from lgc.desktop.bridge import Bridge
from lgc.desktop.clipboard import ClipboardKeeper
from lgc.desktop.components.cover import Cover
from lgc.desktop.components.digit_row import act_of
from lgc.desktop.components.letters import Letters, writes_by_alt
from lgc.desktop.components.typed import TypedWords
from lgc.desktop.covering import Covering
from lgc.desktop.crash_hook import CrashHook
from lgc.desktop.garbage import Garbage
from lgc.desktop.home.page import HomePage
from lgc.desktop.main_window import MainWindow
from lgc.desktop.messages import Messages
from lgc.desktop.new_day import NewDay
from lgc.desktop.parting import Parting
from lgc.desktop.queue.page import QueuePage
from lgc.desktop.search.dialog import SearchDialog
from lgc.desktop.sleeping import Sleeping
from lgc.desktop.tasks import Tasks
from lgc.desktop.theme import Theme
from lgc.desktop.theme.palette import PALETTES
from lgc.domain.card import CardPresence, CardState
from lgc.domain.professionals import CardHolder, PlaceOfPractice, Practitioner
from lgc.services.workstation import Workstation
from lgc.settings import Settings, idle_lock_minutes, letter_keys, practice_name, theme

if TYPE_CHECKING:
    from lgc.services.desk import Desk

Extend = Callable[[MainWindow, "Desk"], object]


def make_application(arguments: Sequence[str], settings: Settings) -> QApplication:
    """The QApplication in the theme of the settings; the one already running in a test."""
    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication(list(arguments))
    app.setApplicationName("lgc")
    app.setStyle("Fusion")
    Theme(PALETTES[settings[theme]], app).apply(app)
    return app


OPENING = "Ouverture du cabinet"


class Frame(QWidget):
    """The one top-level window. ``closing`` comes before it goes; ``may_close`` may hold it."""

    closing = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.may_close: Callable[[], bool] = lambda: True
        self.setObjectName("root")
        self.setWindowTitle("lgc")
        self.setMinimumSize(1024, 640)
        self.resize(1440, 900)
        self.room = QVBoxLayout(self)
        self.room.setContentsMargins(0, 0, 0, 0)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)


class Lock(Cover):
    """The access screen above everything, on a plain background."""

    def __init__(self, frame: Frame, screen: AccessScreen) -> None:
        super().__init__(frame, role="app", escapable=False)
        self.typed = TypedWords(self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(screen)

    def cover(self, before: QWidget | None) -> None:
        """Above everything at once; ``before`` gets the keys back."""
        self.focus_came_from(before)
        # A field keeps what is selected in it when the keys go to a popup, not to another field.
        self._under.setFocus(Qt.FocusReason.PopupFocusReason)
        self.show()
        self.raise_()

    def leave(self) -> None:
        """Uncover, and give the focus back to where it was, before Qt gives it to the next."""
        before = self._before
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.hide()
        self._give_focus_back()


class Desktop(QObject):
    """Joins the door, the desk of a session and the windows.

    ``desk`` gives the services of the session just opened; ``extend`` lets other modules add
    pages and the record factory to its window; ``finished`` comes when the window is closed,
    ``restart_asked`` when what the door itself needs was changed in « Réglages du poste ».
    """

    finished = Signal()
    restart_asked = Signal()
    session_opened = Signal(object)
    locked = Signal()

    def __init__(
        self,
        door: Door,
        desk: Callable[[], Desk],
        bridge: Bridge,
        settings: Settings,
        extend: Sequence[Extend] = (),
        workstation: Workstation | None = None,
    ) -> None:
        super().__init__()
        self._workstation = workstation
        self._door, self._desk, self._bridge = door, desk, bridge
        self._settings, self._extend = settings, tuple(extend)
        self.frame = Frame()
        self._messages = Messages(self.frame)
        self.tasks = Tasks(self._messages.show, self)
        self.window: MainWindow | None = None
        self._holder: CardHolder | None = None
        self._opened: Opened | None = None
        self.watch = CardWatch(door, self.tasks, self)
        self.access = AccessScreen(
            door,
            self.tasks,
            self.watch,
            practice=settings[practice_name],
            problems=settings.problems,
        )
        self.access.post.setVisible(workstation is not None)
        self.lock = Lock(self.frame, self.access)
        self._covering = Covering(self.frame, self.lock)
        self.access.entered.connect(self._entered)
        self.access.unexpected.connect(lambda error: self._messages.show(error, OPENING))
        self.access.post_asked.connect(self._change_post)
        self.watch.changed.connect(self._card)
        self.frame.may_close = self._may_close
        self.frame.closing.connect(self._close)
        self._crashes = CrashHook(self)
        self._crashes.raised.connect(self._unexpected)
        self._letters = Letters(lambda: settings[letter_keys])
        self._clipboard = ClipboardKeeper(self)
        self.locked.connect(self._clipboard.empty)
        self.new_day = NewDay(self)
        self.new_day.changed.connect(bridge.day_changed)
        self.new_day.changed.connect(self._day_over)
        self._parting = Parting(self.frame)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(lambda: self.lock_now("idle"))

    def start(self) -> None:
        """Show the window with the door closed."""
        self._crashes.install()
        self._sleeping = Sleeping(self._longest_absence, self)
        self._sleeping.left.connect(self.lock_now)
        self._sleeping.woke.connect(self.new_day.look)
        self._garbage = Garbage(self)
        self.frame.show()
        # Hands are watched on the window alone: a filter on the application would bring every
        # event of every widget into Python.
        handle = self.frame.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)
        self.lock.open(self.access.pin)
        self.watch.start()

    def lock_now(self, why: str = "asked") -> None:
        """Cover everything at once, then let the door forget the card."""
        if self.window is None or self.lock.isVisible():
            return
        self._covering.close()
        self.lock.cover(self.frame.focusWidget())
        # Disabled as well as out of view: what answers late would take the focus.
        self.window.setEnabled(False)
        self.access.lock_for(self._holder)
        self._covering.take_out(self.window)
        self.access.take_focus()
        self._idle.stop()
        self.window.top.holder.set_card(False)
        self.tasks.run(partial(self._door.lock, why), owner=self, done=lambda nothing: None)
        self.locked.emit()

    # --- inside -------------------------------------------------------------------------------

    def _entered(self, opened: Opened, practitioner: Practitioner) -> None:
        if not (opened.same_session and self.window is not None):
            self._end_session()
            self._begin_session()
        self._holder, self._opened = opened.holder, opened
        window = self.window
        if window is None:
            return
        self.new_day.look()  # no page comes back into view with the day on which it was locked
        self._show_holder(practitioner)
        self._covering.bring_back(window)
        window.setEnabled(True)
        self.lock.raise_()
        self.lock.leave()
        self._say_cancelled(window)
        page = window.current_page()
        if page is not None and not opened.same_session:
            page.shown()
        self._stir()
        self.session_opened.emit(window)

    def _begin_session(self) -> None:
        desk = self._desk()
        self.new_day.follow(desk.clock)
        window = MainWindow(self._bridge, self.frame)
        self.window = window
        self.frame.room.addWidget(window)
        HomePage.join(window, desk)
        SearchDialog.join(window, desk)
        window.lock_asked.connect(self.lock_now)
        window.theme_changed.connect(self._keep_theme)
        window.top.holder.place_asked.connect(self._change_place)
        window.show_page("home")
        window.show()
        self.lock.raise_()
        self._make_pages([*self._extend, QueuePage.join], window, desk)

    def _say_cancelled(self, window: MainWindow) -> None:
        titles = system_dialogs.take_cancelled()
        if titles:
            words = ", ".join(f"« {title} »" for title in titles)
            window.messages.toast(text.french(f"Annulé au verrouillage : {words}"))

    def _make_pages(
        self, joins: Sequence[Callable[[MainWindow, Desk], object]], window: MainWindow, desk: Desk
    ) -> None:
        """The other pages, one per turn of the event loop: the day is seen and used meanwhile."""
        if window is not self.window:
            return
        if not joins:
            self._garbage.settle()
            return
        joins[0](window, desk)
        QTimer.singleShot(0, self, lambda: self._make_pages(joins[1:], window, desk))

    def _end_session(self) -> None:
        window, self.window = self.window, None
        self.new_day.rest()
        if window is not None:
            self.frame.room.removeWidget(window)
            window.close_session()

    def _change_post(self) -> None:
        if self._workstation is None or self.lock.findChild(PostDialog) is not None:
            return
        locked = self.window is not None
        dialog = PostDialog(self.lock, self._workstation, self.tasks, locked=locked)
        dialog.kept.connect(self.restart_asked)
        dialog.closed.connect(self._post_closed)
        # A card that comes meanwhile would take the keys to its PIN.
        self.access.setEnabled(False)
        dialog.open()

    def _post_closed(self) -> None:
        self.access.setEnabled(True)
        self.access.take_focus()

    def _show_holder(self, practitioner: Practitioner) -> None:
        if self.window is None or self._opened is None:
            return
        holder = self.window.top.holder
        name = holder_lines(practitioner.holder)[0]
        holder.set_holder(name, practitioner.place.structure_name, self._opened.places)
        holder.set_card(True)
        self.window.say_without_card(self._opened.without_card)

    def _change_place(self, place: PlaceOfPractice) -> None:
        if self.window is not None:
            self.window.tasks.run(
                partial(self._door.choose, place), owner=self.window, done=self._place_changed
            )

    def _place_changed(self, practitioner: Practitioner) -> None:
        self._show_holder(practitioner)
        if self.window is not None:
            self.window.messages.toast(
                f"Vous exercez maintenant : {practitioner.place.structure_name}"
            )

    def _card(self, state: CardState) -> None:
        without = self._opened is not None and self._opened.without_card
        if state.presence is not CardPresence.READY and not without:
            self.lock_now("card removed")

    def _day_over(self, before: dt.date, today: dt.date) -> None:
        """The recovery key opened one day of the practice: its midnight locks."""
        if self._opened is not None and self._opened.without_card:
            self.lock_now("day over")

    def _keep_theme(self, name: str) -> None:
        self._settings[theme] = name
        self.tasks.run(self._settings.save, owner=self, done=lambda nothing: None)

    def _may_close(self) -> bool:
        """What was typed is in the store first; what has none there is asked about."""
        unsaved = [one for one in self.lock.findChildren(PostDialog) if one.isVisible()]
        if any(one.changed for one in unsaved) and not self._parting.agreed:
            self._parting.ask(self.lock)
            return False
        if self.window is None:
            return True
        self.window.flush()
        return self._parting.all_saved(self.window)

    def _close(self) -> None:
        self.watch.stop()
        self._clipboard.empty()
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        self._end_session()
        self.tasks.close()
        self._garbage.stop()
        self._crashes.remove()
        self.finished.emit()

    def _longest_absence(self) -> float:
        """Seconds; the proposed ones where no idleness locks: a machine that slept was left."""
        return float(self._settings[idle_lock_minutes] or idle_lock_minutes.default) * 60

    def _stir(self) -> None:
        minutes = self._settings[idle_lock_minutes]
        if minutes > 0 and self.window is not None and not self.lock.isVisible():
            self._idle.start(minutes * 60_000)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (
            QEvent.Type.KeyPress,
            QEvent.Type.MouseButtonPress,
            QEvent.Type.Wheel,
        ):
            self._stir()
        if not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride and self._letters.refuses(event):
            event.accept()  # it is written where the focus is, and is no act
            return True
        # The window sees a key only where no shortcut took it.
        act = act_of(event, self.frame)
        if act is not None and self._letters.refused:
            return False
        if act is not None:
            act.trigger()
        return act is not None or writes_by_alt(event, QApplication.focusWidget())

    def _unexpected(self, error: BaseException) -> None:
        if isinstance(error, KeyboardInterrupt):
            self.frame.close()
            return
        messages = self.window.messages if self.window is not None else self._messages
        if isinstance(error, Exception):
            messages.show(error, "Ce poste")

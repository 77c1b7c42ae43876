"""One run of the monkey: FOLDER SEED ACTIONS SECONDS. Started by ``monkey.py``.

Prints ``did N what`` before each action and ``fault what`` for what is wrong; 1 after a fault.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import random
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMessageLogContext,
    QObject,
    QPoint,
    QPointF,
    Qt,
    QTimer,
    QtMsgType,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtGui import QDesktopServices, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QMenu,
    QMessageBox,
    QToolTip,
    QWidget,
)

from lgc import demo
from lgc.bootstrap import Office
from lgc.desktop import start, system_dialogs
from lgc.desktop.access.view import Stage
from lgc.desktop.app import Desktop, make_application
from lgc.desktop.components.cover import Cover
from lgc.desktop.components.menus import show_menu
from lgc.desktop.main_window import MainWindow
from lgc.desktop.messages import CrashDialog
from lgc.desktop.tasks import Tasks
from lgc.services import events

# A start, an action or an end that takes longer ends the run with the places of its threads.
START_SECONDS, HANG_SECONDS, END_SECONDS = 90, 30, 60
DOOR_SECONDS = 60.0
PLAIN_KEYS = (
    "Tab", "Shift+Tab", "Return", "Esc", "Space", "Up", "Down", "Left", "Right", "Home", "End",
    "PgUp", "PgDown", "Del", "Backspace", "F2", "F5", "Ctrl+A", "Ctrl+C", "Ctrl+V", "Ctrl+X",
    "Ctrl+Return", "Alt+Down", "Shift+Down", "Menu",
)  # fmt: skip
TYPED = (
    "é",
    "è",
    "ç",
    "Ÿ",
    "œ",
    "a",
    "mar",
    "chem",
    "’",
    "hb",
    "135/80",
    "poids 72,5",
    "€",
    "👩",
    " ",
)
SIZES = ((1024, 640), (1100, 700), (1366, 768), (1440, 900), (1920, 1080))
PASTED = ("CHEMIN Henri", "x" * 4000, "\u2028", "<b>é</b>", "")
# Of the offscreen platform, and of QTest about a click that nothing took.
HARMLESS = ("does not support", "not accepted by receiving widget", "outside target window")


class Ears(logging.Handler):
    """What our own log says of the desktop is a fault."""

    def __init__(self, fault: Callable[[str], None]) -> None:
        super().__init__(logging.ERROR)
        self._fault = fault

    def emit(self, record: logging.LogRecord) -> None:
        self._fault(record.getMessage())


class Monkey(QObject):
    """Lives in the event loop of the application: one action a turn, then a look around."""

    def __init__(self, desktop: Desktop, sandbox: demo.Sandbox, seed: int) -> None:
        super().__init__()
        self.desktop, self.sandbox, self.dice = desktop, sandbox, random.Random(seed)
        self.faults = 0
        self._number = 0
        self._disabled: list[QWidget] = []
        self._patients: list[str] = []
        self._life: Iterator[float] = iter(())

    # --- what it does ---------------------------------------------------------------------------

    def key(self) -> str:
        keys = self.dice.choice(PLAIN_KEYS)
        self._press(keys)
        return keys

    def shortcut(self) -> str:
        """Any key of the page in view or of the shell."""
        page = self.window.current_page()
        offered = [*self.window.everywhere(), *(page.keys() if page is not None else [])]
        keys = self.dice.choice(offered).shortcut().toString() if offered else "Esc"
        self._press(keys)
        return keys

    def type(self) -> str:
        words = self.dice.choice(TYPED)
        for letter in words:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
                QCoreApplication.sendEvent(self._focus(), event)
        return words

    def click(self) -> str:
        target = self._target()
        if target is None:
            return "nothing"
        where = self._point(target)
        QTest.mouseClick(target, self._button(), Qt.KeyboardModifier.NoModifier, where)
        return f"{name(target)} at {where.x()},{where.y()}"

    def double_click(self) -> str:
        target = self._target()
        if target is None:
            return "nothing"
        where, none = self._point(target), Qt.KeyboardModifier.NoModifier
        QTest.mouseDClick(target, Qt.MouseButton.LeftButton, none, where)
        return f"{name(target)} at {where.x()},{where.y()}"

    def drag(self) -> str:
        target = self._target()
        if target is None:
            return "nothing"
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QTest.mousePress(target, left, none, self._point(target))
        if self.dice.random() < 0.8:
            QTest.mouseMove(target, self._point(target))
        QTest.mouseRelease(target, left, none, self._point(target))
        return name(target)

    def wheel(self) -> str:
        target = self._target()
        if target is None:
            return "nothing"
        at = QPointF(target.rect().center())
        by = QPoint(0, self.dice.choice((-480, -120, 120)))
        none, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(
            at, target.mapToGlobal(at), QPoint(), by, Qt.MouseButton.NoButton, none, phase, False
        )
        QCoreApplication.sendEvent(target, event)
        return name(target)

    def page(self) -> str:
        page = self.dice.choice(("home", "agenda", "messages", "contacts", "settings", "queue"))
        if not self._covered():
            self.window.show_page(page)
        return page

    def record(self) -> str:
        if not self._patients:
            self._know_patients()
        if self._patients and not self._covered():
            self.window.open_record(self.dice.choice(self._patients))
        return "opened"

    def close_tab(self) -> str:
        opened = self.window.open_records()
        if opened and not self._covered():
            self.window.close_record(self.dice.choice(opened))
        return f"one of {len(opened)}"

    def lane(self) -> str:
        """What a lane tells while the doctor does something else."""
        opened = self.window.open_records()
        patient = self.dice.choice(opened) if opened else "nobody"
        told = self.dice.choice(
            (
                events.RecordChanged(patient),
                events.MailboxChanged(),
                events.MailboxProgress(self.dice.randrange(20), 20),
                events.AgendaChanged(),
                events.DeliveryMoved("d", "s", "x", patient),
                events.MessageArrived("m", patient, "Compte rendu", 1),
                events.ServiceState("dmp", self.dice.random() < 0.5, "DMP injoignable"),
            )
        )
        threading.Thread(target=partial(self.window.bridge.post, told)).start()
        return type(told).__name__

    def disable(self) -> str:
        """What has the focus is disabled under the hand, for a while."""
        target = QApplication.focusWidget()
        if target is None or target.isWindow() or target is self.window.body:
            return "nothing"
        target.setEnabled(False)
        QTimer.singleShot(self.dice.choice((0, 30, 200)), target, partial(target.setEnabled, True))
        return name(target)

    def dismiss(self) -> str:
        """The cover above all goes without a key, as when its answer came."""
        covers = self.covers()
        if not covers:
            return "nothing"
        covers[-1].dismiss()
        return type(covers[-1]).__name__

    def resize(self) -> str:
        size = self.dice.choice(SIZES)
        self.desktop.frame.resize(*size)
        return f"{size[0]}x{size[1]}"

    def theme(self) -> str:
        self.window.theme_action.trigger()
        return ""

    def clipboard(self) -> str:
        words = self.dice.choice(PASTED)
        QApplication.clipboard().setText(words)
        return words[:20]

    def lock(self) -> str:
        """With whatever is open: a menu, a list, a dialog."""
        self.desktop.lock_now()
        return ""

    def lock_over(self) -> str:
        """With something of each kind that stands above the window, or beside it."""
        page = self.window.current_page()
        if page is None or self._covered():
            return "nothing"
        chosen = self.dice.choice(ABOVE)
        chosen(page)
        wait = self.dice.choice((0, 0, 30, 200))
        QTimer.singleShot(wait, self.desktop, self.desktop.lock_now)
        return chosen.__name__

    def answer(self) -> str:
        """A dialog of the system gets its file, or nothing; no printer ever prints."""
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QDialog):
            return "nothing"
        if isinstance(dialog, QFileDialog) and self.dice.random() < 0.5:
            file = Path.cwd() / f"made-{self.dice.randrange(10_000)}"
            file.touch()
            dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # Qt would wait
            dialog.selectFile(str(file))
            dialog.accept()
        else:
            dialog.reject()
        return type(dialog).__name__

    def pull(self) -> str:
        """The card leaves the reader, and comes back."""
        self._card(pulled=True)
        QTimer.singleShot(1500, self, partial(self._card, pulled=False))
        return ""

    # --- how it lives ---------------------------------------------------------------------------

    def live(self, actions: int, seconds: float) -> None:
        """One life, in the event loop that starts after this returns."""
        self._life = self._live(actions, seconds)
        self.tick()

    @Slot()
    def tick(self) -> None:
        faulthandler.dump_traceback_later(HANG_SECONDS, exit=True)
        if QApplication.activeWindow() is None:
            self.desktop.frame.activateWindow()  # as a desktop does when a dialog closes
        pause = next(self._life, None)
        if pause is None or self.faults:
            faulthandler.dump_traceback_later(END_SECONDS, exit=True)
            QCoreApplication.exit(1 if self.faults else 0)
            return
        QTimer.singleShot(int(pause * 1000), self, self.tick)

    def _live(self, actions: int, seconds: float) -> Iterator[float]:
        yield from self._open_door()
        limit = time.monotonic() + seconds
        while self._number < actions and time.monotonic() < limit:
            if self.desktop.lock.isVisible() and self.dice.random() < 0.3:
                yield from self._open_door()
            chosen = ""
            for _ in range(self.dice.choice(BURSTS)):
                chosen = self._act() or chosen
            yield self.dice.choice(PAUSES)
            yield 0.0  # what that turn put off has its turn too
            self._look_around(chosen)

    def _act(self) -> str:
        """One action by the table; its name, nothing when it cannot be done before the door."""
        names, weights = zip(*ACTIONS.items(), strict=True)
        chosen: str = self.dice.choices(names, weights)[0]
        if self.desktop.lock.isVisible() and chosen not in BEFORE_THE_DOOR:
            return ""
        if (
            system_dialogs.opened() or QApplication.activeModalWidget()
        ) and chosen not in BESIDE_A_DIALOG:
            chosen = "answer"
        self._number += 1
        print(f"did {self._number} {chosen}", flush=True)
        what = getattr(self, chosen)()
        if what:
            print(f"what   {what!r}", flush=True)
        return chosen

    def _open_door(self) -> Iterator[float]:
        """The PIN, the recovery code of a first start, the place."""
        access, limit = self.desktop.access, time.monotonic() + DOOR_SECONDS
        given = False
        while self.desktop.lock.isVisible():
            if time.monotonic() > limit:
                self.fault(f"the door stays closed: {access.view.stage} {access.view.sentence}")
                return
            stage = access.view.stage
            if access.view.asks_pin and access.pin.takes_keys and not given:
                access.pin.clear()
                access.pin.setFocus()
                for digit in self.sandbox.facts["pin"]:
                    event = QKeyEvent(
                        QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, digit
                    )
                    QCoreApplication.sendEvent(access.pin, event)
                access.submit()
                given = True
            elif stage is Stage.RECOVERY_CODE:
                access.recovery.box.setChecked(True)
                access.go_on()
            elif stage is Stage.PLACE:
                access.go_on()
            elif stage is Stage.WITHOUT_CARD:
                access.give_up()
            given = given and not access.view.asks_pin
            yield 0.05

    # --- what it looks at -----------------------------------------------------------------------

    def fault(self, words: str) -> None:
        self.faults += 1
        print(f"fault {words}", flush=True)

    def covers(self) -> list[Cover]:
        """The dialogs in view, the lowest first."""
        return [one for one in self.window.findChildren(Cover) if one.isVisible()]

    def _look_around(self, chosen: str) -> None:
        frame = self.desktop.frame
        for crash in frame.findChildren(CrashDialog):
            self.fault(f"crash window after {chosen}: {crash.place.text()}")
        lock, focus = self.desktop.lock, QApplication.focusWidget()
        if focus is not None and not focus.isVisible():
            self.fault(f"the focus is out of view: {name(focus)}")
        for one in (focus, QApplication.activePopupWidget()):
            if one is not None and lock.isVisible() and not lock.isAncestorOf(one):
                self.fault(f"not under the lock: {name(one)}")
        for one in QApplication.topLevelWidgets() if lock.isVisible() else []:
            owner = one.parentWidget()
            asked = owner is not None and lock.isAncestorOf(owner)
            if one.isVisible() and one is not frame and not asked:
                self.fault(f"above the lock: {name(one)}")

    @property
    def window(self) -> MainWindow:
        assert self.desktop.window is not None
        return self.desktop.window

    def _covered(self) -> bool:
        return bool(self.covers()) or self.desktop.lock.isVisible()

    def _focus(self) -> QWidget:
        return QApplication.activePopupWidget() or QApplication.focusWidget() or self.desktop.frame

    def _press(self, keys: str) -> None:
        QTest.keySequence(self._focus(), QKeySequence(keys))

    def _button(self) -> Qt.MouseButton:
        left, right = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
        return self.dice.choices((left, right), (9, 1))[0]

    def _target(self) -> QWidget | None:
        """What lies under a point of what is in view: the popup, the topmost cover, the page."""
        above = QApplication.activePopupWidget()
        covers = [self.desktop.lock] if self.desktop.lock.isVisible() else self.covers()
        room = above or (covers[-1] if covers else self.desktop.frame)
        if self.dice.random() < 0.5:
            stops = [
                one
                for one in room.findChildren(QWidget)
                if one.isVisible() and one.isEnabled() and one.focusPolicy()
            ]
            if stops:
                chosen = self.dice.choice(stops)
                viewport = getattr(chosen, "viewport", None)
                return viewport() if callable(viewport) else chosen
        return room.childAt(self._point(room)) or room

    def _point(self, target: QWidget) -> QPoint:
        return QPoint(
            self.dice.randrange(max(target.width(), 1)),
            self.dice.randrange(max(target.height(), 1)),
        )

    def _know_patients(self) -> None:
        days: Any = self.window.page("home")
        rows = [one for one in days.days.table.rows() if hasattr(one, "patient")]
        self._patients = [one.patient.patient_id for one in rows]

    def _card(self, *, pulled: bool) -> None:
        threading.Thread(
            target=partial(self.sandbox.control, "/card", {"pulled": pulled}), daemon=True
        ).start()


def a_tip(page: QWidget) -> None:
    QToolTip.showText(page.mapToGlobal(QPoint(9, 9)), "CHEMIN Henri", page)


def a_menu(page: QWidget) -> None:
    menu = QMenu(page)
    menu.addAction("CHEMIN Henri")
    menu.aboutToHide.connect(menu.deleteLater)
    show_menu(menu, page.mapToGlobal(QPoint(9, 9)))


def a_list(page: QWidget) -> None:
    lists = [one for one in page.findChildren(QComboBox) if one.isVisible() and one.count()]
    for one in lists[:1]:
        one.showPopup()


def a_file(page: QWidget) -> None:
    system_dialogs.ask_save(page, "Copie", "copie.pdf", lambda file: None)


def a_printer(page: QWidget) -> None:
    system_dialogs.ask_printer(page, QPrinter(), lambda printer: None)


def a_question(page: QWidget) -> None:
    box = QMessageBox(QMessageBox.Icon.Question, "Remplacer", "CHEMIN Henri", parent=page)
    box.finished.connect(box.deleteLater)
    box.open()


def a_window(page: QWidget) -> None:
    """Of its own, beside the frame: it goes with the page."""
    viewer = QWidget(page, Qt.WindowType.Window)
    viewer.show()
    QTimer.singleShot(3000, viewer, viewer.deleteLater)


ABOVE = (a_tip, a_menu, a_list, a_file, a_printer, a_question, a_window)

# How often each thing is done; a new kind of action is a method and a line.
ACTIONS = {
    "key": 20, "shortcut": 14, "type": 12, "click": 30, "double_click": 4, "drag": 3, "wheel": 5,
    "page": 5, "record": 4, "close_tab": 2, "lane": 12, "disable": 4, "dismiss": 4, "resize": 2,
    "theme": 1, "clipboard": 1, "lock": 2, "pull": 0.3, "lock_over": 3,
    "answer": 2,
}  # fmt: skip
BEFORE_THE_DOOR = {"key", "click", "wheel", "lane", "resize", "theme", "clipboard", "answer"}
BESIDE_A_DIALOG = {"answer", "lane", "lock", "pull", "resize", "theme"}
BURSTS = (1, 1, 2, 4)  # actions before the event loop has its turn
PAUSES = (0.0, 0.0, 0.0, 0.0, 0.005, 0.02, 0.1)


def name(widget: QWidget) -> str:
    """Its class, its name, and those of what it stands in."""
    chain: list[str] = []
    one: QWidget | None = widget
    while one is not None and len(chain) < 4:
        chain.append(type(one).__name__ + (f"#{one.objectName()}" if one.objectName() else ""))
        one = one.parentWidget()
    return " < ".join(chain)


def stay_inside(folder: Path) -> None:
    """No browser and no network, files in its folder: what would leave ends here."""

    os.environ["HOME"] = str(folder)  # where a file is proposed
    os.chdir(folder)
    for owner, door, answer in ((QDesktopServices, "openUrl", lambda url: True),):
        setattr(owner, door, staticmethod(answer))
    found = socket.getaddrinfo

    def near(host: Any, *rest: Any, **more: Any) -> Any:
        if host not in ("localhost", "127.0.0.1", "::1", None):
            raise socket.gaierror(f"not from here: {host}")
        return found(host, *rest, **more)

    socket.getaddrinfo = near


def answer_late(dice: random.Random) -> None:
    """Some answers take their time, so that what asked has gone meanwhile."""
    run = Tasks.run

    def late(self: Tasks, work: Callable[[], Any], **how: Any) -> Any:
        wait = dice.choice((0.0, 0.0, 0.0, 0.05, 0.4))

        def waited() -> Any:
            time.sleep(wait)
            return work()

        return run(self, waited if wait else work, **how)

    setattr(Tasks, "run", late)  # noqa: B010


def main(folder: Path, seed: int, actions: int, seconds: float) -> int:
    faulthandler.enable()
    faulthandler.dump_traceback_later(START_SECONDS, exit=True)
    with demo.Sandbox(folder / "sandbox") as sandbox:
        office = Office(demo.profile(folder / "practice", sandbox.facts))
        application = make_application(sys.argv[:1], office.settings)
        desktop = start.open_desktop(office)
        monkey = Monkey(desktop, sandbox, seed)
        stay_inside(folder)
        answer_late(random.Random(seed))
        logging.getLogger("lgc").addHandler(Ears(monkey.fault))

        def heard(kind: QtMsgType, where: QMessageLogContext, words: str) -> None:
            if not any(known in words for known in HARMLESS):
                monkey.fault(f"Qt says: {words}")

        qInstallMessageHandler(heard)
        monkey.live(actions, seconds)
        ended = application.exec()
        desktop.frame.close()
        office.stop()
        qInstallMessageHandler(None)
    return ended or (1 if monkey.faults else 0)


if __name__ == "__main__":
    code = main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
    sys.stdout.flush()
    os._exit(code)

"""Widgets that go away at the worst moment, played in a process that may die of it.

``python going_away.py NAME`` plays one scene of SCENES; 0 when nothing was raised.
"""

import os
import sys
import threading
from functools import partial

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout

from lgc.desktop.bridge import Bridge
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.cover import Dialog
from lgc.desktop.crash_hook import CrashHook
from lgc.desktop.main_window import MainWindow
from lgc.desktop.messages import CrashDialog
from lgc.desktop.page import Page
from lgc.desktop.start import Arrivals
from lgc.desktop.theme import Theme
from lgc.desktop.theme.palette import LIGHT
from lgc.services.events import MessageArrived


class Host(Page):
    title = "Accueil"

    def __init__(self):
        super().__init__()
        self.field = QLineEdit()
        QVBoxLayout(self).addWidget(self.field)


class Stage:
    """A window with one page, and what was raised while a scene is played."""

    def __init__(self):
        self.app = QApplication([])
        Theme(LIGHT, self.app).apply(self.app)
        self.raised = []
        self.crashes = CrashHook(self.app)
        self.crashes.raised.connect(self.raised.append)
        self.crashes.install()
        self.bridge = Bridge(self.app)
        self.window = self.new_window()

    def new_window(self):
        window = MainWindow(self.bridge)
        window.add_page("home", Host(), glyph="ri.home-5-line")
        window.resize(1200, 800)
        window.show()
        window.activateWindow()
        window.show_page("home")
        self.turn()
        return window

    @property
    def page(self):
        return self.window.page("home")

    def turn(self, times=5):
        for _ in range(times):
            QCoreApplication.processEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def until(self, seen):
        while not seen():
            self.turn(1)

    def new_field(self):
        field = QLineEdit()
        self.page.layout().addWidget(field)
        self.turn()
        field.setFocus()
        self.turn()
        return field


GOING = {
    "disabled": lambda widget: widget.setEnabled(False),
    "hidden": lambda widget: widget.hide(),
    "deleted": lambda widget: widget.deleteLater(),
}


def dialog_closes(how, which, stage):
    """A dialog closes after what had the focus, below or in it, went."""
    below = stage.new_field()
    dialog, inside = Dialog(stage.window, "Question"), QLineEdit()
    dialog.body.addWidget(inside)
    dialog.open(inside)
    stage.turn()
    GOING[how]({"below": below, "inside": inside}[which])
    dialog.dismiss()
    stage.turn()
    assert stage.window.isAncestorOf(QApplication.focusWidget())


def session_ends(stage):
    """The window of a session goes with the focus inside, a dialog open."""
    stage.new_field()
    dialog, inside = Dialog(stage.window, "Question"), QLineEdit()
    dialog.body.addWidget(inside)
    dialog.open(inside)
    stage.turn()
    stage.window.close_session()
    stage.turn()


def task_outlives_its_line(stage):
    """The line that tells of a task goes before the answer comes."""
    gate, line = threading.Event(), BusyLine()
    stage.page.layout().addWidget(line)
    task = stage.window.tasks.run(gate.wait, owner=stage.page, done=lambda answer: None)
    line.follow(task, "Recherche…")
    line.deleteLater()
    stage.turn()
    task.slow.emit()
    gate.set()
    stage.until(lambda: not stage.window.tasks.running)


def answer_for_a_dead_widget(stage):
    """The owner is there, the widget whose method takes the answer is gone."""
    gate, field = threading.Event(), QLineEdit(stage.page)
    stage.window.tasks.run(gate.wait, owner=stage.page, done=field.setDisabled)
    field.deleteLater()
    stage.turn()
    gate.set()
    stage.until(lambda: not stage.window.tasks.running)


def event_after_the_session(stage):
    """What the lanes tell once another card is in concerns the window in view alone."""
    Arrivals(stage.window)
    stage.window.close_session()
    stage.turn()
    stage.window = stage.new_window()
    Arrivals(stage.window)
    stage.bridge.post(MessageArrived("m1", "p1", "Compte rendu", 1))
    stage.turn()
    assert len(stage.window.messages.on_screen()) == 1


def error_of_a_worker(stage):
    """Raised in a thread of ours, told in the thread of Qt."""
    seen = []
    stage.crashes.raised.connect(lambda error: seen.append(threading.current_thread()))
    worker = threading.Thread(target=lambda: 1 / 0)
    worker.start()
    worker.join()
    assert not seen
    stage.turn()
    assert seen == [threading.main_thread()]
    stage.raised.clear()


def error_of_a_burial(stage):
    """Raised by ``__del__``: nobody is told."""

    class Lost:
        def __del__(self):
            raise RuntimeError("buried")

    Lost()
    stage.turn()


def error_of_a_slot(stage):
    """Nothing is shown from the middle of the slot that raised."""

    class Teller(QObject):
        told = Signal()

    teller = Teller(stage.app)
    teller.told.connect(lambda: 1 / 0)
    teller.told.emit()
    assert not stage.raised
    stage.turn()
    assert [type(error) for error in stage.raised] == [ZeroDivisionError]
    stage.raised.clear()


def error_at_each_paint(stage):
    """One crash window, not one per error."""
    for _ in range(3):
        stage.window.messages.show(ZeroDivisionError(), "DMP")
    stage.turn()
    assert len(stage.window.findChildren(CrashDialog)) == 1


SCENES = {
    **{
        f"dialog_closes_{which}_{how}": partial(dialog_closes, how, which)
        for how in GOING
        for which in ("below", "inside")
    },
    **{
        scene.__name__: scene
        for scene in (
            session_ends, task_outlives_its_line, answer_for_a_dead_widget,
            event_after_the_session, error_of_a_worker, error_of_a_burial, error_of_a_slot,
            error_at_each_paint,
        )
    },
}  # fmt: skip


def main(name):
    stage = Stage()
    # A scene that waits for ever is a failure too.
    QTimer.singleShot(20_000, stage.app, lambda: os._exit(3))
    SCENES[name](stage)
    stage.turn()
    for error in stage.raised:
        print(f"raised: {error!r}")
    return 1 if stage.raised else 0


if __name__ == "__main__":
    code = main(sys.argv[1])
    sys.stdout.flush()
    os._exit(code)

"""Widgets die in the thread of Qt, whatever the workers do."""

import gc
import threading

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from lgc.desktop.garbage import Garbage
from lgc.desktop.tasks import Tasks


@pytest.fixture
def garbage(qapp):
    owner = QObject()
    made = Garbage(owner)
    yield made
    made.stop()


class Watched(QWidget):
    """Notes the thread that its Python half was destroyed in."""

    def __init__(self, seen):
        super().__init__()
        self._seen = seen

    def __del__(self):
        self._seen.append(threading.current_thread() is threading.main_thread())


def make_cycles(count):
    for _ in range(count):
        one = []
        one.append(one)


def test_a_worker_collects_no_widget(garbage):
    seen = []
    lost = Watched(seen)
    lost.myself = lost
    del lost

    worker = threading.Thread(target=make_cycles, args=(50_000,))
    worker.start()
    worker.join()

    assert seen == []
    gc.collect()
    assert seen == [True]


def test_the_timer_collects_what_is_due(garbage, qtbot):
    make_cycles(5_000)

    assert garbage.collect() > 0
    assert garbage.collect() == 0


def test_python_collects_again_when_the_application_ends(qapp):
    owner = QObject()
    made = Garbage(owner)

    assert not gc.isenabled()
    made.stop()
    assert gc.isenabled()


def test_the_screen_that_asked_is_never_let_go_of_by_the_worker(qtbot):
    tasks = Tasks(lambda error, about: None)
    seen = []
    answered = []
    for _ in range(50):
        screen = Watched(seen)
        tasks.run(lambda kept=screen: id(kept), owner=screen, done=answered.append)
    del screen
    qtbot.waitUntil(lambda: tasks.running == 0)
    gc.collect()

    assert len(seen) == 50
    assert all(seen)
    tasks.close()

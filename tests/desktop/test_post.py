"""« Réglages du poste »: reached before the PIN, tried in place, kept before any session."""

from types import SimpleNamespace

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from lgc import settings as declared
from lgc.bootstrap import workstation
from lgc.desktop.access.failed_start import FailedStart
from lgc.desktop.access.post import PostDialog
from lgc.desktop.app import Desktop
from lgc.desktop.bridge import Bridge
from lgc.desktop.parting import PartingDialog
from lgc.desktop.start import Starting
from lgc.errors import UserFacingError
from lgc.services.workstation import DECLARED, folder
from lgc.settings import Settings

WAIT = 20_000  # a module is tried in a process of its own


@pytest.fixture
def place(tmp_path):
    return tmp_path / "practice"


@pytest.fixture
def moved():
    return []


@pytest.fixture
def desktop(qtbot, theme, scenes, desk, place, moved):
    made = Desktop(
        scenes.FakeDoor(),
        lambda: desk,
        Bridge(),
        Settings(place / "settings.json"),
        workstation=workstation(place, moved.append),
    )
    made.start()
    qtbot.waitExposed(made.frame)
    made.frame.activateWindow()
    yield made
    made.frame.close()
    shiboken6.delete(made.frame)


def opened(qtbot, desktop):
    qtbot.mouseClick(desktop.access.post, Qt.MouseButton.LeftButton)
    dialog = desktop.lock.findChild(PostDialog)
    qtbot.waitUntil(lambda: dialog.tried, timeout=WAIT)
    return dialog


def give(qtbot, row, value):
    row.editor.widget.setText(str(value))
    row.editor.widget.editingFinished.emit()


def test_the_pin_window_leads_to_what_it_needs_and_says_how_it_stands(qtbot, desktop):
    dialog = opened(qtbot, desktop)

    assert [row.setting for row in dialog.rows] == list(DECLARED)
    assert "IGC-Santé" in dialog.row(declared.card_trust).found.text()
    assert "sera créé" in dialog.row(folder).found.text()


def test_a_wrong_file_is_said_at_once_and_cannot_be_kept(qtbot, desktop, tmp_path, place):
    wrong = tmp_path / "autorites.pem"
    wrong.write_text("bonjour")
    dialog = opened(qtbot, desktop)
    row = dialog.row(declared.card_trust)

    give(qtbot, row, wrong)
    qtbot.waitUntil(lambda: "ne contient pas" in row.found.text(), timeout=WAIT)
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "Rien n’a été enregistré" in dialog.notice.advice(), timeout=WAIT)

    assert dialog.isVisible()
    assert row.editor.widget.text() == str(wrong)
    assert not (place / "settings.json").exists()


def test_what_is_right_is_kept_and_the_door_opens_anew(qtbot, desktop, tmp_path, place, moved):
    other = tmp_path / "ailleurs"
    other.mkdir()
    dialog = opened(qtbot, desktop)
    give(qtbot, dialog.row(declared.time_zone), "Indian/Reunion")
    give(qtbot, dialog.row(folder), other)

    with qtbot.waitSignal(desktop.restart_asked, timeout=WAIT):
        qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    assert Settings(other / "settings.json")[declared.time_zone] == "Indian/Reunion"
    assert moved == [other]


def test_a_session_under_the_lock_lets_nobody_change_them(qtbot, desktop):
    qtbot.waitUntil(lambda: desktop.access.pin.takes_keys, timeout=WAIT)
    qtbot.keyClicks(desktop.access.pin, "1234")
    qtbot.keyClick(desktop.access.pin, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)
    desktop.lock_now()

    dialog = opened(qtbot, desktop)

    assert "session" in dialog.notice.sentence()
    assert not any(row.editor.widget.isEnabled() for row in dialog.rows)
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert dialog.isVisible()


def test_settings_that_were_refused_are_said_before_the_pin(qtbot, theme, scenes, desk, place):
    place.mkdir()
    (place / "settings.json").write_text("[]")
    made = Desktop(scenes.FakeDoor(), lambda: desk, Bridge(), Settings(place / "settings.json"))
    made.start()
    qtbot.waitExposed(made.frame)

    assert made.access.problems.isVisible()
    assert "illisible" in made.access.problems.advice()
    made.frame.close()
    shiboken6.delete(made.frame)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            UserFacingError("Le disque est plein.", advice="Libérez de la place."),
            "disque est plein",
        ),
        (ValueError("unforeseen"), "n’a pas pu s’ouvrir"),
    ],
)
def test_whatever_stops_the_start_is_a_window_with_its_ways_out(
    qtbot, theme, place, error, sentence
):
    tries = []

    def make():
        tries.append(1)
        raise error

    starting = Starting(make, lambda: workstation(place))
    starting.begin()
    failed = starting.failed

    assert isinstance(failed, FailedStart)
    assert sentence in failed.notice.sentence()
    assert "unforeseen" not in failed.details
    qtbot.mouseClick(failed.change, Qt.MouseButton.LeftButton)
    dialog = failed.findChild(PostDialog)
    qtbot.waitUntil(lambda: dialog.tried, timeout=WAIT)
    dialog.dismiss()
    with qtbot.waitSignal(failed.retry_asked, timeout=WAIT):
        qtbot.keyClick(failed, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(tries) == 2, timeout=WAIT)
    starting.failed.close()


def test_the_windows_come_back_after_the_settings_of_the_post_changed(
    qtbot, theme, scenes, desk, place
):
    stopped = []

    def make():
        return SimpleNamespace(
            access=scenes.FakeDoor(),
            desk=desk,
            settings=Settings(place / "settings.json"),
            listen=lambda announce: None,
            stop=lambda: stopped.append(1),
        )

    starting = Starting(make, lambda: workstation(place))
    starting.begin()
    first = starting.desktop
    qtbot.waitExposed(first.frame)

    first.restart_asked.emit()
    qtbot.waitUntil(lambda: starting.desktop not in (None, first), timeout=WAIT)

    assert stopped == [1]
    assert starting.desktop.frame.isVisible()
    assert QApplication.instance() is not None
    starting.end()
    assert stopped == [1, 1]


def test_closing_the_window_over_changed_settings_asks_first(qtbot, desktop, tmp_path):
    dialog = opened(qtbot, desktop)
    row = dialog.row(declared.card_trust)
    row.editor.widget.setText(str(tmp_path))

    desktop.frame.close()

    asked = desktop.lock.findChild(PartingDialog)
    assert asked is not None
    assert desktop.frame.isVisible()
    asked.dismiss()
    dialog.dismiss()
    qtbot.waitUntil(lambda: desktop.lock.findChild(PostDialog) is None, timeout=WAIT)
    again = opened(qtbot, desktop)
    assert again.row(declared.card_trust).editor.widget.text() == str(tmp_path)

    desktop.frame.close()
    desktop.lock.findChild(PartingDialog)._leave()
    assert not desktop.frame.isVisible()

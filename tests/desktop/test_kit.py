"""The kit: tasks, bridge, tables, covers, messages, keys, theme."""

import sys
import threading

import pytest
import shiboken6
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QColor, QFont, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from lgc.desktop.bridge import Bridge
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.keys import action, cap_text
from lgc.desktop.components.labels import ElidedLabel, label
from lgc.desktop.components.rows import Cell, Column, Head
from lgc.desktop.components.segmented import Segmented
from lgc.desktop.components.tables import Table
from lgc.desktop.messages import CrashDialog, ErrorNotice, Messages
from lgc.desktop.tasks import Cancel, Tasks
from lgc.desktop.theme import font
from lgc.errors import Cancelled, UserFacingError
from lgc.immortals import keep_alive
from lgc.services.events import RecordChanged

WAIT = 10_000


@pytest.fixture
def host(qtbot, theme):
    made = QWidget()
    made.resize(900, 600)
    QVBoxLayout(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    yield made
    shiboken6.delete(made)


@pytest.fixture
def failures():
    return []


@pytest.fixture
def tasks(qtbot, failures):
    made = Tasks(lambda error, about: failures.append(error))
    yield made
    made.close()


# --- tasks ------------------------------------------------------------------------------------


def test_work_runs_off_the_interface_thread_and_its_answer_comes_back(qtbot, tasks, host):
    seen = []
    tasks.run(threading.get_ident, owner=host, done=lambda ident: seen.append(
        (ident, threading.get_ident())))  # fmt: skip

    qtbot.waitUntil(lambda: seen != [], timeout=WAIT)
    assert seen[0][0] != seen[0][1] == threading.main_thread().ident


def test_the_answer_of_a_screen_that_is_gone_is_dropped(qtbot, tasks, host):
    gate, seen = threading.Event(), []
    owner = QWidget()
    tasks.run(gate.wait, owner=owner, done=seen.append)
    owner.deleteLater()
    QApplication.sendPostedEvents(owner, 52)
    QApplication.processEvents()

    gate.set()

    qtbot.waitUntil(lambda: tasks.running == 0, timeout=WAIT)
    assert seen == []


def test_a_cancelled_question_ends_in_silence(qtbot, tasks, host, failures):
    gate, seen, cancel = threading.Event(), [], Cancel()

    def work():
        gate.wait()
        cancel.check()

    tasks.run(work, owner=host, done=seen.append, cancel=cancel)
    cancel.cancel()
    gate.set()

    qtbot.waitUntil(lambda: tasks.running == 0, timeout=WAIT)
    assert seen == [] and failures == []


def test_an_error_goes_to_who_asked_else_to_everybody(qtbot, tasks, host, failures):
    mine = []

    def broken():
        raise UserFacingError("Non.")

    tasks.run(broken, owner=host, done=print, failed=mine.append)
    tasks.run(broken, owner=host, done=print)

    qtbot.waitUntil(lambda: bool(mine and failures), timeout=WAIT)
    assert mine[0].sentence == failures[0].sentence == "Non."


def test_waiting_is_told_and_can_be_cancelled_after_a_second(qtbot, tasks, host):
    gate, seen, line = threading.Event(), [], BusyLine()
    host.layout().addWidget(line)
    task = tasks.run(gate.wait, owner=host, done=seen.append)
    line.follow(task, "Lecture…")
    button = line.findChild(Button)
    assert line.isVisible() and not button.isVisible()

    qtbot.waitUntil(button.isVisible, timeout=WAIT)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    gate.set()

    qtbot.waitUntil(lambda: tasks.running == 0, timeout=WAIT)
    assert not line.isVisible()
    assert seen == []


# --- bridge -----------------------------------------------------------------------------------


def test_events_posted_from_a_thread_arrive_in_the_thread_of_the_windows(qtbot, theme):
    bridge, seen = Bridge(), []
    bridge.record_changed.connect(lambda event: seen.append((event, threading.get_ident())))

    thread = threading.Thread(target=bridge.post, args=(RecordChanged("p1"),))
    thread.start()
    thread.join()

    qtbot.waitUntil(lambda: seen != [], timeout=WAIT)
    assert seen == [(RecordChanged("p1"), threading.main_thread().ident)]


def test_an_unknown_event_is_our_mistake(theme):
    with pytest.raises(TypeError):
        Bridge().post(object())


# --- tables -----------------------------------------------------------------------------------


def people(qtbot, host):
    table = Table(
        [
            Column("name", "Nom", lambda row: Cell(row[0]), sort=lambda row: row[0]),
            Column("age", "Âge", lambda row: Cell(str(row[1])), 80, sort=lambda row: row[1]),
            Column("do", "", lambda row: Cell("Faire", button="plain"), 100),
        ],
        name="Personnes",
        key=lambda row: row[0],
        head=lambda row: Head(row[0], folded=False) if row[1] < 0 else None,
    )
    host.layout().addWidget(table)
    table.fill([("B", 2), ("A", 3), ("C", 1)])
    return table


def test_a_click_on_a_header_sorts_and_a_second_one_turns_it_round(qtbot, host):
    table = people(qtbot, host)
    header = table.horizontalHeader()
    spot = header.sectionViewportPosition(1) + 10
    for expected in ("CBA", "ABC"):
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(spot, 10))
        assert "".join(row[0] for row in table.rows()) == expected


def test_new_rows_keep_the_current_one(qtbot, host):
    table = people(qtbot, host)
    table.select("A")

    table.fill([("C", 1), ("Z", 9), ("A", 4)])

    assert table.current() == ("A", 4)


def test_a_click_on_the_button_of_a_cell_presses_it_and_opens_nothing(qtbot, host):
    table, pressed, opened = people(qtbot, host), [], []
    table.pressed_button.connect(lambda row, key: pressed.append((row, key)))
    table.opened.connect(opened.append)
    rect = table.visualRect(table.model().index(0, 2))

    spot = QPoint(rect.right() - 20, rect.center().y())
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)

    assert pressed == [(("B", 2), "do")]
    assert opened == []


def test_group_rows_unfold_on_enter_and_are_not_opened(qtbot, host):
    table, toggled, opened = people(qtbot, host), [], []
    table.toggled.connect(toggled.append)
    table.opened.connect(opened.append)
    table.fill([("Tête", -1), ("A", 1)])
    table.setFocus()
    table.select("Tête")

    qtbot.keyClick(table, Qt.Key.Key_Return)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Return)

    assert toggled == [("Tête", -1)]
    assert opened == [("A", 1)]


def test_a_screen_reader_hears_column_and_cell(qtbot, host):
    table = people(qtbot, host)

    said = table.model().data(table.model().index(0, 1), Qt.ItemDataRole.AccessibleTextRole)

    assert said == "Âge : 2"


# --- covers -----------------------------------------------------------------------------------


def test_a_dialog_keeps_the_focus_inside_and_gives_it_back(qtbot, host):
    below = QLineEdit()
    host.layout().addWidget(below)
    qtbot.waitUntil(below.isVisible, timeout=WAIT)
    below.setFocus()
    dialog = Dialog(host, "Titre")
    dialog.body.addWidget(QLineEdit())
    dialog.add_cancel()
    dialog.open()

    for _ in range(7):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert dialog.isAncestorOf(QApplication.focusWidget())
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)

    assert not dialog.isVisible()
    assert below.hasFocus()


def test_a_dialog_covers_its_window_at_any_size(qtbot, host):
    dialog = Dialog(host, "Titre")
    dialog.open()

    host.resize(1000, 700)

    qtbot.waitUntil(lambda: dialog.size() == host.size(), timeout=WAIT)


@pytest.mark.parametrize("wrap", [True, False])
def test_a_dialog_is_as_high_as_what_it_says(qtbot, host, wrap):
    dialog = Dialog(host, "Titre")
    words = label(
        "Une phrase plutôt longue qui dit ce qui se passe. " * (9 if wrap else 1), wrap=wrap
    )
    dialog.body.addWidget(words)
    dialog.add_cancel()
    dialog.open()
    qtbot.wait(30)

    needed = words.heightForWidth(words.width()) if wrap else words.sizeHint().height()
    assert words.height() >= needed
    assert dialog.card.height() > needed + 100


# --- messages ---------------------------------------------------------------------------------


def test_an_error_for_the_doctor_shows_its_details_on_demand(qtbot, host):
    messages = Messages(host)
    messages.show(
        UserFacingError("Le DMP ne répond pas.", advice="Attendez.", details="HTTP 503"), "DMP"
    )
    notice = messages.on_screen()[0]
    assert isinstance(notice, ErrorNotice)
    assert not notice.details_shown()

    qtbot.mouseClick(notice.more, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(notice.copy, Qt.MouseButton.LeftButton)

    assert notice.details_shown()
    assert QApplication.clipboard().text() == "HTTP 503"


def test_cancelled_is_silence(host):
    messages = Messages(host)

    messages.show(Cancelled(), "DMP")

    assert messages.on_screen() == []
    assert host.findChild(Dialog) is None


def test_the_unexpected_opens_a_window_without_a_name_of_a_patient(host):
    messages = Messages(host)
    try:
        raise ValueError("CHEMIN Henri")
    except ValueError as error:
        messages.show(error, "DMP")

    dialog = host.findChild(CrashDialog)
    words = " ".join(part.text() for part in dialog.findChildren(QLabel))
    assert "ValueError" in words
    assert "CHEMIN" not in words


def test_at_most_three_toasts_and_undo_undoes_once(qtbot, host):
    messages, undone = Messages(host), []
    for number in range(4):
        last = messages.toast(f"Fait {number}", lambda: undone.append(1))
    assert len(messages.on_screen()) == 3

    qtbot.mouseClick(last.undo, Qt.MouseButton.LeftButton)

    assert undone == [1]
    assert len(messages.on_screen()) == 2


# --- keys, choices, theme ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "cap"),
    [("Ctrl+Shift+N", "Ctrl Maj N"), ("Return", "↵"), ("Esc", "Échap"), ("", ""), ("?", "?")],
)
def test_caps_are_those_of_a_french_keyboard(keys, cap):
    assert cap_text(QKeySequence(keys)) == cap


def test_the_cap_of_a_button_follows_its_action(host):
    act = action(host, "Envoyer", lambda: None, "Ctrl+Return")
    button = Button(action=act, look="primary")
    assert button.cap() == "Ctrl ↵"

    act.setShortcut("Ctrl+P")
    act.setEnabled(False)

    assert button.cap() == "Ctrl P"
    assert not button.isEnabled()


def test_a_segmented_choice_tells_its_key(qtbot, host):
    choice, seen = Segmented([("a", "Un"), ("b", "Deux")], name="Choix"), []
    choice.changed.connect(seen.append)
    host.layout().addWidget(choice)

    qtbot.mouseClick(choice.button("b"), Qt.MouseButton.LeftButton)

    assert (choice.value(), seen) == ("b", ["b"])


def test_a_long_text_is_shortened_and_told_whole(qtbot, host):
    words = ElidedLabel("Compte rendu d’hospitalisation très long " * 6)
    host.layout().addWidget(words)
    words.setFixedWidth(200)

    qtbot.waitUntil(lambda: words.text().endswith("…"), timeout=WAIT)
    assert words.toolTip() == words.whole()


def test_figures_are_tabular(theme):
    assert font().isFeatureSet(QFont.Tag("tnum"))
    assert font("page").pixelSize() == 20


def test_the_theme_changes_everything_at_once(qtbot, theme, host):
    before = theme.role("surface")
    with qtbot.waitSignal(theme.changed):
        theme.toggle()

    assert theme.role("surface") != before
    assert QApplication.palette().base().color() == QColor(theme.palette["surface"])
    theme.toggle()


def test_a_screen_out_of_view_is_dressed_too(qtbot, theme, host):
    pages = QStackedWidget()
    for _ in range(2):
        pages.addWidget(label("Trop tard", "small", "danger"))
        pages.setCurrentIndex(pages.count() - 1)
    host.layout().addWidget(pages)
    for number in (0, 1):
        pages.setCurrentIndex(number)
        qtbot.waitUntil(pages.widget(number).isVisible, timeout=WAIT)

    for _ in range(2):
        with qtbot.waitSignal(theme.changed):
            theme.toggle()
        for number in (0, 1):
            ink = pages.widget(number).palette().windowText().color()
            assert ink == QColor(theme.palette["danger"])


def test_nothing_comes_back_many_times_without_harm(host):
    for _ in range(30_000):
        host.update()

    assert sys.version_info >= (3, 12) or (keep_alive() and sys.getrefcount(None) > 1 << 39)


def test_a_task_lasts_no_longer_than_its_application(qtbot, host):
    tasks = Tasks(print)
    tasks.close()

    task = tasks.run(lambda: 1, owner=QObject(), done=print)

    assert task.over

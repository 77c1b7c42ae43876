"""The colleague under the lock: what stands beside the session's window, and what is spoken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from hostile_seats.ground import Found, Ground, sure
from hostile_seats.windows import application, settle
from lgc.desktop.covering import Covering

SECRET = "ZYXEVANOUI Henri"
FADING_MS = 400  # Qt's own tips take 300
HERE = QPoint(60, 60)


def _menu(session: QWidget) -> None:
    menu = QMenu(session)
    inner = menu.addMenu(SECRET)
    inner.addAction(SECRET)
    menu.popup(HERE)
    inner.popup(HERE * 2)


def _tip(session: QWidget) -> None:
    QToolTip.showText(HERE, SECRET, session)


def _message(session: QWidget) -> None:
    asked = QMessageBox(QMessageBox.Icon.Question, SECRET, SECRET, parent=session)
    asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    asked.open()


def _files(session: QWidget) -> None:
    chooser = QFileDialog(session, SECRET)
    chooser.setOption(QFileDialog.Option.DontUseNativeDialog)
    chooser.open()


def _window(session: QWidget) -> None:
    field = QLineEdit(SECRET)
    field.setObjectName("beside")
    field.show()


def _dialog(session: QWidget) -> None:
    QDialog(None).show()


OPENERS: tuple[Callable[[QWidget], None], ...] = (_menu, _tip, _message, _files, _window, _dialog)


def beside(ground: Ground) -> Found:
    """Whatever was open, or comes late, is gone under the lock; a screen reader finds nobody."""
    for late in (False, True):
        for opener in OPENERS:
            with application() as running:
                frame, session, covering = _room()
                sure(SECRET in _spoken(running), "the session is spoken of before")
                if not late:
                    opener(session)
                covering.close()
                covering.take_out(session)
                if late:
                    opener(session)
                settle(partial(_alone, frame))
                QTest.qWait(FADING_MS)
                yield f"{opener.__name__}, late: {late}", SECRET not in _spoken(running)
                covering.bring_back(session)


def _room() -> tuple[QWidget, QWidget, Covering]:
    frame = QWidget()
    session, lock = QWidget(frame), QWidget(frame)
    QVBoxLayout(session).addWidget(QLineEdit(SECRET))
    for part in (session, lock):
        part.resize(300, 200)
    frame.show()
    return frame, session, Covering(frame, lock)


def _alone(frame: QWidget) -> bool:
    return all(one is frame or not one.isVisible() for one in QApplication.topLevelWidgets())


def _spoken(running: QApplication) -> str:
    """What a screen reader can read of the application."""
    return "\n".join(_words(QAccessible.queryAccessibleInterface(running)))


def _words(root: QAccessibleInterface | None) -> Iterator[str]:
    if root is None or not root.isValid():
        return
    for kind in (QAccessible.Text.Name, QAccessible.Text.Value, QAccessible.Text.Description):
        yield root.text(kind)
    for number in range(root.childCount()):
        yield from _words(root.child(number))

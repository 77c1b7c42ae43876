"""A window on a real X server with a layout of its own; real keys are pressed by XTest.

Prints what the window heard: the code porteur as typed, then each act by its key.
"""

import ctypes
import subprocess
import sys
import time

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListWidget, QVBoxLayout, QWidget

from lgc.desktop.components.digit_row import act_of
from lgc.desktop.components.fields import PinField
from lgc.desktop.components.keys import action
from lgc.desktop.theme import current

ALT = 64  # evdev 56, as X11 counts
ROW = dict(zip("1234567890", range(10, 20), strict=True))


class Keys:
    """Real strokes, by the place of the key."""

    def __init__(self):
        self._x = ctypes.CDLL("libX11.so.6")
        self._test = ctypes.CDLL("libXtst.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(None))

    def press(self, place, held=0):
        for code, down in ((held, 1), (place, 1), (place, 0), (held, 0)):
            if code:
                self._test.XTestFakeKeyEvent(self._display, code, down, 0)
        self._x.XFlush(self._display)
        for _ in range(8):
            QCoreApplication.processEvents()
            time.sleep(0.005)


class Filter(QObject):
    """As the application's window does."""

    def eventFilter(self, watched, event):  # noqa: N802
        act = act_of(event, self.parent()) if isinstance(event, QKeyEvent) else None
        if act is not None:
            act.trigger()
        return act is not None and event.type() == QEvent.Type.KeyPress


def main(layout):
    subprocess.run(["setxkbmap", *layout.split("-")], check=True)
    app = QApplication([])
    current().apply(app)
    window, heard = QWidget(), []
    column = QVBoxLayout(window)
    pin, rows = PinField(), QListWidget()
    column.addWidget(pin)
    column.addWidget(rows)
    for key in ("Alt+1", "Alt+4"):
        action(window, key, lambda key=key: heard.append(key), key)
    for key in ("1", "2", "3"):
        action(rows, key, lambda key=key: heard.append(key), key)
    window.show()
    watching = Filter(window)
    window.windowHandle().installEventFilter(watching)
    QTest.qWaitForWindowExposed(window)
    window.activateWindow()
    pin.setFocus()
    QTest.qWait(700)
    keys = Keys()
    for digit in "1234":
        keys.press(ROW[digit])
    print(pin.text(), flush=True)
    rows.setFocus()
    for digit in "123":
        keys.press(ROW[digit])
    for digit in "14":
        keys.press(ROW[digit], ALT)
    print(" ".join(heard), flush=True)
    app.quit()


main(sys.argv[1])

"""An application on a real X server: ``ours`` or ``theirs``, what is left of what was copied.

``ours``: a text field's own copy, then the lock. ``theirs``: another process copied since.
"""

import subprocess
import sys

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication, QTextEdit

from lgc.desktop.clipboard import ClipboardKeeper

THEIRS = """
from PySide6.QtGui import QGuiApplication
from PySide6.QtCore import QTimer
app = QGuiApplication([])
app.clipboard().setText("theirs")
QTimer.singleShot(0, app, lambda: print("copied", flush=True))
app.exec()
"""


def main(whose):
    app = QApplication([])
    keeper = ClipboardKeeper(app)
    field = QTextEdit("CHEMIN Henri")
    field.show()
    field.selectAll()
    field.copy()
    other = None
    if whose == "theirs":
        other = subprocess.Popen([sys.executable, "-c", THEIRS], stdout=subprocess.PIPE)
        other.stdout.readline()
    QTimer.singleShot(300, app, QCoreApplication.quit)
    app.exec()
    before = app.clipboard().text()
    keeper.empty()
    QTimer.singleShot(300, app, QCoreApplication.quit)
    app.exec()
    print(f"{before} -> {app.clipboard().text()}")
    if other is not None:
        other.kill()


main(sys.argv[1])

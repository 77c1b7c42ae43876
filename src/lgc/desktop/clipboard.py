"""What this application copies may name a patient: it does not stay where everybody reads.

Whatever it copied, a field's own Ctrl+C included, is emptied at the lock, after a minute and at the
end, while it is still there. What another application copied meanwhile is never touched.
"""

from __future__ import annotations

import atexit
from functools import partial

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication

STAY_MS = 60_000
OURS = "application/x-lgc-copied"
# Klipper, and those who follow it, keep nothing of this in their history.
UNKEPT = ("x-kde-passwordManagerHint", b"secret")


def copy(words: str, html: str = "") -> None:
    """Put a text in the clipboard, with its page when it has one."""
    copied = QMimeData()
    copied.setText(words)
    if html:
        copied.setHtml(html)
    copied.setData(OURS, b"")
    copied.setData(*UNKEPT)
    QGuiApplication.clipboard().setMimeData(copied)


class ClipboardKeeper(QObject):
    """Watches the clipboard, and the selection of X11, for the life of the application."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        clipboard = QGuiApplication.clipboard()
        for mode, changed in (
            (QClipboard.Mode.Clipboard, clipboard.dataChanged),
            (QClipboard.Mode.Selection, clipboard.selectionChanged),
        ):
            timer = QTimer(self)
            timer.setSingleShot(True)
            timer.setInterval(STAY_MS)
            timer.timeout.connect(partial(_take_back, mode))
            changed.connect(timer.start)

    def empty(self) -> None:
        """Take back what is still ours."""
        empty()


@atexit.register
def empty() -> None:
    """Take back what is still ours, however the application ends.

    What Python gave to the clipboard must not be there any more when Python itself is gone: Qt
    would call it (SIGSEGV).
    """
    for mode in (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection):
        _take_back(mode)


def _take_back(mode: QClipboard.Mode) -> None:
    if QGuiApplication.instance() is not None and _is_ours(mode):
        QGuiApplication.clipboard().clear(mode)


def _is_ours(mode: QClipboard.Mode) -> bool:
    clipboard = QGuiApplication.clipboard()
    if mode is QClipboard.Mode.Selection:
        return clipboard.supportsSelection() and clipboard.ownsSelection()
    # The mark for platforms that cannot tell whose it is.
    held: QMimeData | None = clipboard.mimeData()  # none at all once it was cleared
    return clipboard.ownsClipboard() or (held is not None and held.hasFormat(OURS))

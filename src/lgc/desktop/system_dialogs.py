"""The dialogs of the system: a file, a folder, the printer. None is waited for; the lock ends all.

One that is waited for (``exec``) holds whoever opened it, and stands above the lock: no PIN can be
typed. Who asks while it is not in view, under the lock that is, is told « annulé » at the unlock.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

OPEN = QFileDialog.AcceptMode.AcceptOpen
SAVE = QFileDialog.AcceptMode.AcceptSave
Mode = QFileDialog.FileMode

_open: list[QDialog] = []
_cancelled: list[str] = []


def ask_save(
    owner: QWidget, title: str, proposed: str, then: Callable[[Path], object], kinds: str = ""
) -> None:
    """Where to write: ``then`` is given the file, and nothing comes of a refusal."""
    dialog = _files(owner, title, proposed, kinds, SAVE, Mode.AnyFile)
    if dialog is not None:
        dialog.fileSelected.connect(partial(_one, then))
        _show(dialog)


def ask_file(
    owner: QWidget, title: str, start: str, then: Callable[[Path], object], kinds: str = ""
) -> None:
    """Which file to read."""
    dialog = _files(owner, title, start, kinds, OPEN, Mode.ExistingFile)
    if dialog is not None:
        dialog.fileSelected.connect(partial(_one, then))
        _show(dialog)


def ask_files(
    owner: QWidget,
    title: str,
    then: Callable[[list[Path]], object],
    start: str = "",
    kinds: str = "",
) -> None:
    """Which files to read."""
    dialog = _files(owner, title, start, kinds, OPEN, Mode.ExistingFiles)
    if dialog is not None:
        dialog.filesSelected.connect(partial(_several, then))
        _show(dialog)


def ask_folder(owner: QWidget, title: str, start: str, then: Callable[[Path], object]) -> None:
    """Which folder."""
    dialog = _files(owner, title, start, "", OPEN, Mode.Directory)
    if dialog is not None:
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(partial(_one, then))
        _show(dialog)


def ask_printer(owner: QWidget, printer: QPrinter, then: Callable[[QPrinter], object]) -> None:
    """The printer and its copies, by the dialog of the system."""
    title = "Imprimer"
    if _in_view(owner, title):
        dialog = QPrintDialog(printer, owner)
        dialog.setWindowTitle(title)
        # Also what keeps the printer while its dialog lives.
        dialog.finished.connect(partial(_printer_chosen, then, printer))
        _show(dialog)


def cancel_all() -> None:
    """Close every one that is open, and remember what it was for."""
    for dialog in opened():
        note(dialog.windowTitle())
        dialog.reject()


def cancel_of(owner: QObject) -> None:
    """Close those that ``owner`` opened: what they were for is over, nobody has to be told."""
    for dialog in opened():
        if dialog.parent() is owner:
            dialog.reject()


def opened() -> tuple[QDialog, ...]:
    """Those in view, the newest first."""
    _open[:] = [one for one in _open if shiboken6.isValid(one)]
    return tuple(reversed(_open))


def note(title: str) -> None:
    """Something the doctor had begun was cancelled by the lock."""
    if title and title not in _cancelled:
        _cancelled.append(title)


def take_cancelled() -> tuple[str, ...]:
    """What the lock cancelled, told once."""
    taken = tuple(_cancelled)
    _cancelled.clear()
    return taken


def _files(
    owner: QWidget,
    title: str,
    start: str,
    kinds: str,
    accept: QFileDialog.AcceptMode,
    mode: QFileDialog.FileMode,
) -> QFileDialog | None:
    if not _in_view(owner, title):
        return None
    place = Path(start)
    named = bool(start) and not place.is_dir()
    folder = str(place.parent) if named and place.is_absolute() else "" if named else start
    dialog = QFileDialog(owner, title, folder, kinds)
    dialog.setAcceptMode(accept)
    dialog.setFileMode(mode)
    if named:
        dialog.selectFile(place.name)
    return dialog


def _in_view(owner: QWidget, title: str) -> bool:
    seen = owner.isVisible()
    if not seen:
        note(title)
    return seen


def _show(dialog: QDialog) -> None:
    _open.append(dialog)
    dialog.finished.connect(partial(_gone, dialog))
    QDialog.open(dialog)  # of QPrintDialog, PySide shows another one


def _gone(dialog: QDialog, result: int) -> None:
    if dialog in _open:
        _open.remove(dialog)
    dialog.deleteLater()


def _printer_chosen(then: Callable[[QPrinter], object], printer: QPrinter, result: int) -> None:
    if result == QDialog.DialogCode.Accepted:
        then(printer)


def _one(then: Callable[[Path], object], name: str) -> None:
    if name:
        then(Path(name))


def _several(then: Callable[[list[Path]], object], names: list[str]) -> None:
    if names:
        then([Path(name) for name in names])

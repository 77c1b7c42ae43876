"""Waiting, said: a spinner, a sentence, and « Annuler » once it lasts."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from lgc.desktop.components.buttons import Button
from lgc.desktop.components.labels import Spinner, label
from lgc.desktop.tasks import Task


class BusyLine(QWidget):
    """Hidden until it follows a task; hides itself when the task is over."""

    def __init__(self) -> None:
        super().__init__()
        self._words = label("", "small", "text.muted")
        self._cancel = Button("Annuler", "quiet", height=24)
        self._cancel.clicked.connect(self._stop)
        self._task: Task | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Spinner())
        row.addWidget(self._words)
        row.addWidget(self._cancel)
        row.addStretch(1)
        self.hide()

    def follow(self, task: Task, sentence: str) -> None:
        """Tell ``sentence`` until ``task`` is over; an older task is no longer told."""
        if task.over:
            return
        if self._task is not None:
            self._task.slow.disconnect(self._slow)
            self._task.finished.disconnect(self._over)
        self._task = task
        self._words.setText(sentence)
        self.setAccessibleName(sentence)
        self._cancel.hide()
        self.show()
        # Methods of this line: a task outlives the dialog that told of it, they do not.
        task.slow.connect(self._slow)
        task.finished.connect(self._over)

    def _slow(self) -> None:
        self._cancel.show()

    def _over(self) -> None:
        self._task = None
        self.hide()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

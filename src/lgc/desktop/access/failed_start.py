"""The window of a start that failed: what happened, what was kept, the ways out."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lgc.desktop import clipboard, text
from lgc.desktop.access.post import PostDialog
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Card
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.notice import Notice
from lgc.desktop.components.rail import Mark
from lgc.desktop.messages import Messages
from lgc.desktop.tasks import Tasks
from lgc.errors import UserFacingError, place_of
from lgc.services.workstation import Workstation

UNFORESEEN = "Le logiciel n’a pas pu s’ouvrir."
KEPT = "Vos données n’ont pas été touchées. Copiez les détails pour votre assistance."


class FailedStart(QWidget):
    """``retry_asked``: begin again from nothing; ``left``: the doctor closed it."""

    retry_asked = Signal()
    left = Signal()

    def __init__(self, error: Exception, workstation: Workstation | None) -> None:
        super().__init__()
        self.setObjectName("root")
        self.setWindowTitle("lgc")
        self.setMinimumSize(820, 560)
        self._post = workstation
        self._tasks = Tasks(Messages(self).show, self)
        known = error if isinstance(error, UserFacingError) else None
        sentence, advice = (known.sentence, known.advice) if known else (UNFORESEEN, KEPT)
        self.details = (known.details if known else "") or place_of(error)
        self.notice = Notice("danger", text.french(sentence), text.french(advice))
        card = Card(560)
        column = QVBoxLayout(card)
        column.setContentsMargins(32, 28, 32, 24)
        column.setSpacing(18)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Mark())
        head.addWidget(label("Le cabinet ne s’est pas ouvert", "page"), 1)
        column.addLayout(head)
        column.addWidget(self.notice)
        column.addWidget(label(self.details, "small", "text.muted", wrap=True))
        column.addLayout(self._buttons())
        whole = QVBoxLayout(self)
        whole.addStretch(1)
        whole.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        whole.addStretch(1)
        self.again.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._tasks.close()
        super().closeEvent(event)
        self.left.emit()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        copy = Button("Copier les détails", "quiet", "ri.file-copy-line", height=36)
        copy.clicked.connect(self._copy)
        row.addWidget(copy)
        row.addStretch(1)
        change = action(self, "Réglages du poste", self._change, "Ctrl+,")
        self.change = Button(action=change, height=36, cap=False)
        self.change.setVisible(self._post is not None)
        row.addWidget(self.change)
        again = action(self, "Réessayer", self.retry_asked.emit, "Return", others=("Enter",))
        self.again = Button(action=again, look="primary", height=36)
        row.addWidget(self.again)
        return row

    def _copy(self) -> None:
        clipboard.copy(self.details)

    def _change(self) -> None:
        if self._post is None or self.findChild(PostDialog) is not None:
            return
        dialog = PostDialog(self, self._post, self._tasks)
        dialog.kept.connect(self.retry_asked)
        dialog.closed.connect(self.again.setFocus)
        dialog.open()

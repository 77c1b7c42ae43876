"""« Biologie » before its first result: where results come from, and what brings them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from lgc.desktop.components.buttons import Button
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.components.panel import Panel

EMPTY_ADVICE = (
    "Les résultats viennent des comptes rendus structurés des laboratoires, reçus par MSSanté"
    " ou trouvés dans le DMP."
)


class NothingYet(Panel):
    """The whole part when there is nothing to show yet."""

    def __init__(self) -> None:
        super().__init__("Biologie")
        self._state = EmptyState("ri.test-tube-line", "")
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 40)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self._row.addStretch(1)
        self._state.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.body.addStretch(2)
        self.add(self._state)
        self.body.addLayout(self._row)
        self.body.addStretch(3)

    def add_button(self, button: Button) -> None:
        self._row.insertWidget(self._row.count() - 1, button, 0, Qt.AlignmentFlag.AlignCenter)

    def layout_sentence(self, sentence: str, advice: str) -> None:
        self._state.set("ri.test-tube-line", sentence, advice)

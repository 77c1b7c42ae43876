"""« Ce que votre confrère lira »: each entry as his software will read it, before it leaves."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.labels import label
from lgc.services.reading_back import Reading

HEIGHT, LINE = 96, 19
NOTHING = "Un texte à lire, sans donnée à reprendre."
SINCE = "Le dossier a changé depuis :"


class WillBeRead(QScrollArea):
    """Under the title of each family; what the record says otherwise today in its own tone."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        super().__init__()
        self.setObjectName("willBeRead")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(2)
        lines = _lines(readings)
        for words, tone in lines:
            column.addWidget(label(text.french(words), "small", tone, wrap=True))
        column.addStretch(1)
        self.setWidget(inside)
        self.setFixedHeight(min(HEIGHT, 14 + LINE * len(lines)))


def _lines(readings: Sequence[Reading]) -> list[tuple[str, str]]:
    if not readings:
        return [(NOTHING, "text.muted")]
    made: list[tuple[str, str]] = []
    title = ""
    for one in readings:
        if one.title != title:
            title = one.title
            made.append((title, "text.muted"))
        made.append((one.words, "text"))
        if one.unlike:
            made.append((f"{SINCE} {one.unlike}", "warn"))
    return made

"""« Ce que votre confrère lira »: each entry as his software will read it, before it leaves."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.labels import label
from lgc.services.reading_back import ReadBack, Reading

HEIGHT, LINE = 96, 19
TITLE = "Ce que votre confrère lira"
NOTHING = "Un texte à lire, sans donnée à reprendre."
HELD = "Ne part pas"
Line = tuple[str, str, str]
"""Words, style, role."""


class WillBeRead(QScrollArea):
    """Under the title of each family; what the record says otherwise in its own tone, first what
    holds the document back. Several documents have their titles."""

    def __init__(self, reads: Sequence[ReadBack]) -> None:
        super().__init__()
        self.setObjectName("willBeRead")
        self.setAccessibleName(TITLE)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.show_reads(reads)

    def show_reads(self, reads: Sequence[ReadBack]) -> None:
        """These instead of what was shown."""
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(2)
        several = len(reads) > 1
        lines = [line for one in reads for line in _held(one, titled=several)]
        lines += [line for one in reads for line in _lines(one, titled=several)]
        for words, style, role in lines:
            column.addWidget(label(text.french(words), style, role, wrap=True))
        column.addStretch(1)
        self.setWidget(inside)
        self.setFixedHeight(min(HEIGHT, 14 + LINE * len(lines)))


def _held(read: ReadBack, *, titled: bool) -> list[Line]:
    """What holds a document back is in sight without scrolling."""
    unlike = (one.unlike for one in read.readings if one.unlike and one.allowed is None)
    head = f"« {read.title} » ne part pas" if titled else HELD
    return [(f"{head} : {why}", "small", "danger") for why in (*read.faults, *unlike)]


def _lines(read: ReadBack, *, titled: bool) -> list[Line]:
    made: list[Line] = [(read.title, "strong", "text")] if titled else []
    if not read.readings:
        return [*made, (NOTHING, "small", "text.muted")]
    title = ""
    for one in read.readings:
        if one.title != title:
            title = one.title
            made.append((title, "small", "text.muted"))
        made += _entry(one)
    return made


def _entry(one: Reading) -> list[Line]:
    made: list[Line] = [(one.words, "small", "text")]
    if one.unlike and one.allowed is not None:
        made.append((f"{one.allowed.french} : {one.unlike}", "small", "warn"))
    return made

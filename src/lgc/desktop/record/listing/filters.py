"""What of the list is shown: origin, type, period, author, DMP state, mine or new."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from lgc.desktop.components.buttons import Button
from lgc.desktop.components.pickers import Choice
from lgc.desktop.components.segmented import Segmented
from lgc.desktop.record.listing.rows import Line
from lgc.desktop.theme import glyphs
from lgc.desktop.words import fold
from lgc.domain.documents import DmpState, DocumentKind, Origin
from lgc.services.listing import Where

ALL, MINE, NEW = "", "mine", "new"
PERIODS = (
    ("30", "30 derniers jours"),
    ("183", "6 derniers mois"),
    ("366", "12 derniers mois"),
    ("1827", "5 dernières années"),
)


class Filters(QWidget):
    """``changed`` when another choice is made; ``keep`` says what passes."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.origin = _choice(
            "Origine : toutes", [(o.value, glyphs.ORIGIN[o].word) for o in Origin]
        )
        self.kind = _choice("Type : tous", [(k.value, glyphs.KIND[k].word) for k in DocumentKind])
        self.period = _choice("Période : toutes", PERIODS)
        self.author = _choice("Auteur : tous", ())
        self.state = _choice(
            "DMP : tous états", [(s.value, glyphs.DMP_STATE[s].word) for s in DmpState]
        )
        self.whose = Segmented(
            ((ALL, "Tous"), (MINE, "Les miens"), (NEW, "Nouveaux")),
            name="Tous, les miens, nouveaux",
        )
        self.clear_button = Button("Effacer les filtres", "quiet", "ri.filter-off-line", height=26)
        self.clear_button.clicked.connect(self.clear)
        self.me = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        for choice in self._choices():
            row.addWidget(choice)
            choice.currentIndexChanged.connect(lambda index: self._changed())
        row.addWidget(self.whose)
        self.whose.changed.connect(lambda key: self._changed())
        row.addStretch(1)
        row.addWidget(self.clear_button)
        self.clear_button.hide()

    @property
    def active(self) -> bool:
        return any(choice.value() for choice in self._choices()) or bool(self.whose.value())

    def clear(self) -> None:
        blocked = self.blockSignals(True)
        for choice in self._choices():
            choice.setCurrentIndex(0)
        self.whose.choose(ALL)
        self.blockSignals(blocked)
        self._changed()

    def offer_authors(self, authors: Iterable[str]) -> None:
        """The authors of the record, the chosen one kept."""
        names = sorted({name for name in authors if name}, key=fold)
        if names == [self.author.itemText(n) for n in range(1, self.author.count())]:
            return
        kept = self.author.value()
        blocked = self.author.blockSignals(True)
        while self.author.count() > 1:
            self.author.removeItem(1)
        for name in names:
            self.author.addItem(name, name)
        self.author.setCurrentIndex(max(self.author.findData(kept), 0))
        self.author.blockSignals(blocked)

    def keep(self, line: Line, now: dt.datetime) -> bool:
        """A message or a line of the record has no origin, type or state: these leave it out."""
        document, period = line.document, self.period.value()
        if period and (line.date is None or line.date < now - dt.timedelta(days=int(period))):
            return False
        if self.author.value() and line.author != self.author.value():
            return False
        if not self._whose(line):
            return False
        asked = (self.origin.value(), self.kind.value(), self.state.value())
        if document is None:
            return not any(asked)
        facts = (document.origin, document.kind, document.dmp_state)
        return all(not one or one == fact for one, fact in zip(asked, facts, strict=True))

    def _whose(self, line: Line) -> bool:
        if self.whose.value() == MINE:
            return line.where is Where.NOTE or (bool(self.me) and line.author == self.me)
        return line.unread if self.whose.value() == NEW else True

    def _choices(self) -> tuple[Choice, ...]:
        return (self.origin, self.kind, self.period, self.author, self.state)

    def _changed(self) -> None:
        self.clear_button.setVisible(self.active)
        for choice in self._choices():
            choice.updateGeometry()
        self.changed.emit()


def _choice(first: str, others: Iterable[tuple[str, str]]) -> Choice:
    return Choice([("", first), *others], name=first)

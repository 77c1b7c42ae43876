"""Above the pages: open records, the search, who is at the desk and where the card is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.fields import SearchButton
from lgc.desktop.components.labels import ElidedLabel, Glyph, label, retone
from lgc.desktop.components.menus import show_menu
from lgc.desktop.components.tips import set_tip
from lgc.desktop.record_tabs import RecordTabs
from lgc.domain.professionals import PlaceOfPractice

WITHOUT_CARD = f"Sans carte{text.NB}: rien ne part"
HINT = "Patient, document, action…"


class HolderMark(QWidget):
    """« Dr Paul MEDECIN5729 · CPS insérée », and the other places of practice of the card."""

    place_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._glyph = Glyph("ri.bank-card-fill", "ok", 18)
        self._name = ElidedLabel("", "strong")
        self._state = label("", "base", "text.muted")
        self._more = Button("", "quiet", "ri.arrow-down-s-line", cap=False, height=24)
        self._more.setAccessibleName("Changer de lieu d’exercice")
        self._more.clicked.connect(self._menu)
        self._places: tuple[PlaceOfPractice, ...] = ()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for part in (self._glyph, self._name, self._state, self._more):
            row.addWidget(part)
        self._more.hide()

    def set_holder(self, name: str, place: str, places: Sequence[PlaceOfPractice]) -> None:
        self._name.set_text(name)
        self._places = tuple(places)
        set_tip(self, text.join(name, place))
        self._more.setVisible(len(self._places) > 1)

    def set_card(self, inserted: bool) -> None:
        self._glyph.set(
            "ri.bank-card-fill" if inserted else "ri.bank-card-line", "ok" if inserted else "warn"
        )
        self._state.setText("· CPS insérée" if inserted else "· CPS retirée")
        retone(self._state, "text.muted" if inserted else "warn")
        self.setAccessibleName(f"{self._name.whole()} {self._state.text()}")

    def set_without_card(self) -> None:
        """The recovery key opened, for the day."""
        self._glyph.set("ri.key-2-line", "warn")
        self._state.setText(f"· {WITHOUT_CARD}")
        retone(self._state, "warn")
        self.setAccessibleName(f"{self._name.whole()} {self._state.text()}")

    def state(self) -> str:
        return self._state.text()

    def _menu(self) -> None:
        menu = QMenu(self)
        for place in self._places:
            entry = menu.addAction(place.structure_name or place.structure_id)
            entry.triggered.connect(lambda checked=False, p=place: self.place_asked.emit(p))
        show_menu(menu, self.mapToGlobal(QPoint(0, self.height())))


class TopBar(QFrame):
    """44 px on the rail's background."""

    def __init__(self, search: QAction) -> None:
        super().__init__()
        self.setObjectName("topBar")
        self.setFixedHeight(44)
        self.tabs = RecordTabs()
        self.search = SearchButton(HINT, search)
        self.holder = HolderMark()
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 12, 0)
        row.setSpacing(14)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(0, 7, 0, 0)
        tabs.addWidget(self.tabs)
        row.addLayout(tabs, 1)
        row.addStretch(0)
        row.addWidget(self.search)
        row.addWidget(self.holder)

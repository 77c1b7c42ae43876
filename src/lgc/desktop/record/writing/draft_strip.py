"""The drafts that wait, as a strip of buttons: each opens what was begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.flow import FlowLayout
from lgc.desktop.components.labels import Glyph, label
from lgc.desktop.record.writing.forms import TITLES
from lgc.services.views import DraftMark

GLYPH = "ri.edit-2-line"
MOST = 6


@dataclass(frozen=True, slots=True)
class Waiting:
    """One draft; ``whose`` is the name where several records are shown together."""

    patient_id: str
    draft: DraftMark
    whose: str = ""

    @property
    def words(self) -> str:
        title = TITLES.get(self.draft.kind, self.draft.kind)
        begun = self.draft.begun_at
        since = f"commencé le {text.short_date(text.local(begun))}" if begun is not None else ""
        return text.join(self.whose, title, since)


class DraftStrip(QFrame):
    """Hidden while nothing waits. ``asked`` carries the patient_id and the kind of the draft."""

    asked = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("draftStrip")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 12, 6)
        self._row.setSpacing(8)
        self._row.addWidget(Glyph(GLYPH, "warn", 16))
        self.said = label("", "small-medium", "warn")
        self._row.addWidget(self.said)
        self._room: QWidget | None = None
        self.hide()

    def show_drafts(self, drafts: Sequence[Waiting]) -> None:
        """Newest first; what is beyond the most is counted, and found in each record."""
        old, self._room = self._room, QWidget()
        flow = FlowLayout(spacing=6)
        self._room.setLayout(flow)
        for one in drafts[:MOST]:
            button = Button(text.french(one.words), "quiet", cap=False, height=24)
            button.setAccessibleName(f"Brouillon : {one.words}")
            button.clicked.connect(lambda checked=False, one=one: self._ask(one))
            flow.addWidget(button)
        if old is not None:
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._row.addWidget(self._room, 1)
        more = f" ({len(drafts)}, dont {len(drafts) - MOST} plus anciens)"
        noun = "Brouillon" if len(drafts) == 1 else "Brouillons"
        self.said.setText(noun + (more if len(drafts) > MOST else ""))
        self.setVisible(bool(drafts))

    def _ask(self, one: Waiting) -> None:
        self.asked.emit(one.patient_id, one.draft.kind)

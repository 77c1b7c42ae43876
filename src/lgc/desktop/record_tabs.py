"""The open records, as tabs: closable, movable, with the DMP glyph of their patient."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QTabBar

from lgc.desktop.components.buttons import Button
from lgc.desktop.components.labels import Glyph
from lgc.desktop.components.tips import set_tip
from lgc.desktop.theme import current
from lgc.desktop.theme.glyphs import DMP_ACCESS, Sign
from lgc.services.views import PatientView


class RecordTabs(QTabBar):
    """Tabs carry a patient id. ``asked`` and ``close_asked`` carry it too."""

    asked = Signal(str)
    close_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("records")
        self.setAccessibleName("Dossiers ouverts")
        self.setMovable(True)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setIconSize(QSize(16, 16))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # a stop once there is a tab
        self.tabBarClicked.connect(self._clicked)
        self._signs: dict[str, Sign] = {}
        self._said: dict[str, str] = {}
        self._drafts: set[str] = set()
        current().changed.connect(self._redress)

    def add(self, patient_id: str, title: str) -> None:
        number = self.addTab(title or "Dossier…")
        self.setTabData(number, patient_id)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        close = Button("", "quiet", "ri.close-line", cap=False, height=22)
        close.setFixedWidth(22)
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.setAccessibleName("Fermer le dossier")
        set_tip(close, "Fermer le dossier · Ctrl W")
        close.clicked.connect(partial(self.close_asked.emit, patient_id))
        self.setTabButton(number, QTabBar.ButtonPosition.RightSide, close)

    def show_patient(self, patient: PatientView) -> None:
        number = self.place(patient.patient_id)
        if number < 0:
            return
        sign = DMP_ACCESS[patient.dmp]
        self.setTabText(number, patient.name)
        self.setTabIcon(number, current().icon(sign.glyph, sign.role))
        self.setTabToolTip(number, f"{patient.civility} {patient.name} · DMP : {sign.word}")
        self._said[patient.patient_id] = f"{patient.name}, DMP : {sign.word}"
        self._name(number)
        self._signs[patient.patient_id] = sign

    def show_draft(self, patient_id: str, waits: bool) -> None:
        """A draft of this record waits: its pen stands beside the name."""
        number = self.place(patient_id)
        if number < 0 or waits is (patient_id in self._drafts):
            return
        self._drafts ^= {patient_id}
        side = QTabBar.ButtonPosition.LeftSide
        pen = Glyph("ri.edit-2-line", "warn", 15) if waits else None
        if pen is not None:
            pen.setFixedWidth(26)
            set_tip(pen, "Un brouillon attend dans ce dossier")
        old = self.tabButton(number, side)
        self.setTabButton(number, side, pen)
        if old is not None:
            old.hide()
            old.deleteLater()
        self._name(number)

    def _name(self, number: int) -> None:
        patient_id = str(self.tabData(number))
        words = self._said.get(patient_id, self.tabText(number))
        waits = ", brouillon" if patient_id in self._drafts else ""
        self.setAccessibleTabName(number, words + waits)

    def place(self, patient_id: str) -> int:
        """The number of a tab, -1 when it is not open."""
        return next((n for n in range(self.count()) if self.tabData(n) == patient_id), -1)

    def remove(self, patient_id: str) -> None:
        number = self.place(patient_id)
        self._drafts.discard(patient_id)
        self._said.pop(patient_id, None)
        if number >= 0:
            blocked = self.blockSignals(True)
            self.removeTab(number)
            self.blockSignals(blocked)
            if not self.count():
                self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_current(self, patient_id: str | None) -> None:
        """Mark one tab, or none when another place is in view."""
        if patient_id is not None:
            self.setCurrentIndex(self.place(patient_id))
        self.setProperty("elsewhere", patient_id is None)
        style = self.style()
        style.unpolish(self)
        style.polish(self)
        self.update()

    def order(self) -> list[str]:
        return [str(self.tabData(n)) for n in range(self.count())]

    def _clicked(self, number: int) -> None:
        if number >= 0:
            self.asked.emit(str(self.tabData(number)))

    def _redress(self) -> None:
        for number in range(self.count()):
            sign = self._signs.get(str(self.tabData(number)))
            if sign is not None:
                self.setTabIcon(number, current().icon(sign.glyph, sign.role))

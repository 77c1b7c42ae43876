"""The open records, as tabs: closable, movable, with the DMP glyph of their patient."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QTabBar

from lgc.desktop.components.buttons import Button
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
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tabBarClicked.connect(self._clicked)
        self._signs: dict[str, Sign] = {}
        current().changed.connect(self._redress)

    def add(self, patient_id: str, title: str) -> None:
        number = self.addTab(title or "Dossier…")
        self.setTabData(number, patient_id)
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
        self.setAccessibleTabName(number, f"{patient.name}, DMP : {sign.word}")
        self._signs[patient.patient_id] = sign

    def place(self, patient_id: str) -> int:
        """The number of a tab, -1 when it is not open."""
        return next((n for n in range(self.count()) if self.tabData(n) == patient_id), -1)

    def remove(self, patient_id: str) -> None:
        number = self.place(patient_id)
        if number >= 0:
            blocked = self.blockSignals(True)
            self.removeTab(number)
            self.blockSignals(blocked)

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

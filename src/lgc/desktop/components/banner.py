"""Whose record is open: 72 px on every page of a record, never scrolled away."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.chips import Chip
from lgc.desktop.components.labels import ElidedLabel, Glyph, label
from lgc.desktop.components.tips import set_tip
from lgc.desktop.theme import current
from lgc.desktop.theme.glyphs import DMP_ACCESS, DMP_CHIP, INS_STATUS, SEX
from lgc.domain.dmp import AccessContext, PurposeOfUse
from lgc.domain.patients import DmpAccess
from lgc.services.views import PatientView


def ins_chip(patient: PatientView, *, small: bool = False, number: bool = True) -> Chip:
    """The status of the identity, with the INS when there is one."""
    sign = INS_STATUS[patient.ins_status]
    detail = patient.ins if number and not small else ""
    return Chip(sign.word, sign.role, sign.glyph, detail=detail, small=small)


def dmp_chip(patient: PatientView, *, small: bool = False) -> Chip:
    """The patient's DMP and my right on it; outlined unless it is open to me."""
    sign = DMP_ACCESS[patient.dmp]
    tone = sign.role if sign.role in ("ok", "danger") else "text.muted"
    open_to_me = patient.dmp is DmpAccess.AUTHORISED
    return Chip(DMP_CHIP[patient.dmp], tone, sign.glyph, small=small, outlined=not open_to_me)


class Important(QFrame):
    """The important information: warn background, bar on the left; a click shows it whole."""

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("important")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(320)
        self.setFixedHeight(44)
        self._title = ElidedLabel("", "strong", "warn")
        self._detail = ElidedLabel("", "small", "text.muted")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._detail)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 4, 14, 4)
        row.setSpacing(10)
        row.addWidget(Glyph("ri.alert-fill", "warn", 18))
        row.addLayout(words, 1)

    def set(self, title: str, detail: str) -> None:
        self._title.set_text(title)
        self._detail.set_text(detail)
        self._detail.setVisible(bool(detail))
        set_tip(self, "\n".join(part for part in (title, detail) if part))
        self.setAccessibleName(f"Information importante : {title} {detail}".strip())
        self.setVisible(bool(title))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        # The bar is the rest of a rounded box after a second one is laid 3 px to its right.
        painter.setBrush(current().role("warn"))
        painter.drawRoundedRect(self.rect(), 6, 6)
        painter.setBrush(current().role("surface"))
        painter.drawRoundedRect(self.rect().adjusted(3, 0, 0, 0), 6, 6)
        painter.setBrush(current().role("warn.soft"))
        painter.drawRoundedRect(self.rect().adjusted(3, 0, 0, 0), 6, 6)


class Banner(QFrame):
    """Two lines of identity, the important block, then the actions of the record."""

    important_asked = Signal()
    dmp_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.setFixedHeight(72)
        self._name = label("", "page")
        self._sex_glyph = Glyph("ri.men-line", "text.muted", 16)
        self._sex = label("", "base", "text.muted")
        self._birth = label("", "medium")
        self._age = label("", "base", "text.muted")
        self._born = label("", "base", "text.muted")
        self._birth_name = label("", "strong")
        self._ins = Chip("")
        self._dmp = Chip("")
        self._dmp.setObjectName("bannerDmp")
        self._dmp.setCursor(Qt.CursorShape.PointingHandCursor)
        self._dmp.clicked.connect(self.dmp_asked)
        self._mode = Chip("")
        self._mode.hide()
        self.important = Important()
        self.important.clicked.connect(self.important_asked)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(10)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 16, 1)
        row.setSpacing(26)
        row.addLayout(self._lines())
        row.addWidget(self.important, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        row.addLayout(self._buttons)

    def add_action(self, button: QWidget) -> None:
        self._buttons.addWidget(button)

    def below_dmp(self) -> QPoint:
        """Where a menu of the DMP opens, on the screen."""
        return self._dmp.mapToGlobal(QPoint(0, self._dmp.height() + 2))

    def show_mode(self, access: AccessContext) -> None:
        """An access mode that is not the ordinary one stays in sight."""
        urgent = access.purpose is not PurposeOfUse.NORMAL
        if urgent:
            glass = access.purpose is PurposeOfUse.BREAK_GLASS
            words = "Accès d’urgence" if glass else "Accès centre 15"
            self._mode.set(words, "danger", "ri.alarm-warning-fill")
        elif access.secret_connection:
            self._mode.set("Connexion secrète", "warn", "ri.eye-off-fill")
        self._mode.setVisible(urgent or access.secret_connection)

    def show_patient(self, patient: PatientView) -> None:
        """Paint one person; every word comes from this one view."""
        self._name.setText(f"{patient.civility} {patient.name}".strip())
        sign = SEX[patient.sex]
        self._sex_glyph.set(sign.glyph, sign.role)
        self._sex.setText(sign.word)
        self._birth.setText(text.date(patient.birth_date))
        self._age.setText(text.age(*patient.age))
        self._born.setText(text.born(patient.sex))
        self._birth_name.setText(patient.birth_name)
        ins, dmp = INS_STATUS[patient.ins_status], DMP_ACCESS[patient.dmp]
        self._ins.set(ins.word, ins.role, ins.glyph, patient.ins)
        tone = dmp.role if dmp.role in ("ok", "danger") else "text.muted"
        self._dmp.set(DMP_CHIP[patient.dmp], tone, dmp.glyph)
        attended = ", vous êtes son médecin traitant" if patient.attended else ""
        when = "jamais vérifié"
        if patient.dmp_checked_at is not None:
            when = f"vérifié le {text.date_time(text.local(patient.dmp_checked_at))}"
        set_tip(self._dmp, f"{DMP_CHIP[patient.dmp]}{attended}, {when} · actions Ctrl D")
        self.important.set(patient.important, patient.important_detail)
        self.setAccessibleName(
            f"Dossier de {patient.civility} {patient.name}, {text.date(patient.birth_date)}"
        )

    def _lines(self) -> QVBoxLayout:
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self._name)
        first.addSpacing(2)
        sex = QHBoxLayout()
        sex.setSpacing(3)
        sex.addWidget(self._sex_glyph)
        sex.addWidget(self._sex)
        first.addLayout(sex)
        for part in (self._birth, self._age):
            first.addWidget(label("·", "base", "text.faint"))
            first.addWidget(part)
        first.addStretch(1)
        second = QHBoxLayout()
        second.setSpacing(4)
        second.addWidget(self._born)
        second.addWidget(self._birth_name)
        second.addSpacing(4)
        second.addWidget(self._ins)
        second.addSpacing(4)
        second.addWidget(self._dmp)
        second.addSpacing(4)
        second.addWidget(self._mode)
        second.addStretch(1)
        lines = QVBoxLayout()
        lines.setSpacing(3)
        lines.addStretch(1)
        lines.addLayout(first)
        lines.addLayout(second)
        lines.addStretch(1)
        return lines

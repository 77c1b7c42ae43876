"""Whose record is open: 72 px and more on every page of a record, never scrolled away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.chips import Chip
from lgc.desktop.components.flow import FlowLayout
from lgc.desktop.components.labels import Glyph, label
from lgc.desktop.components.tips import set_tip
from lgc.desktop.theme import current
from lgc.desktop.theme.glyphs import DMP_ACCESS, DMP_CHIP, INS_STATUS, SEX
from lgc.domain.dmp import AccessContext, PurposeOfUse
from lgc.domain.patients import DmpAccess
from lgc.services.views import PatientView

MIDDLE, LEFT = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignLeft
SIDE, EDGE, GAP, BETWEEN, LINES_APART, LEAST = 20, 9, 26, 10, 3, 160
FOLDS = ((False, False), (True, False), (True, True))
"""How buttons give way: (keys go to the tips, words go too)."""


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
    """Allergies whole, then the important information: warn background, bar on the left.

    Nothing in it is ever shortened: it wraps, and grows with what it says.
    """

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("important")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.title = label("", "strong", "warn", wrap=True)
        self.detail = label("", "small", "text.muted", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 4, 14, 4)
        row.setSpacing(10)
        row.addWidget(Glyph("ri.alert-fill", "warn", 18))
        words = QVBoxLayout()
        row.addLayout(words, 1)
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.detail)

    def set(self, allergies: Sequence[str], title: str, detail: str) -> None:
        """``allergies`` take the first place, a line each; without any the title has it."""
        beside = text.join(title, detail) if allergies else detail
        first = "\n".join(allergies) or title
        self.title.setText(first)
        self.detail.setText(beside)
        self.detail.setVisible(bool(beside))
        self.setAccessibleName(f"Information importante : {first} {beside}".strip())
        self.setVisible(bool(first))

    def natural_width(self) -> int:
        """With every line on one line."""
        words = max(_widest(self.title), _widest(self.detail))
        return words + self._around()

    def _around(self) -> int:
        return 14 + 18 + 10 + 14

    def fit(self, width: int) -> None:
        """Be that wide and as high as the words need."""
        self.setFixedWidth(width)
        inside = width - self._around()
        shown = [words for words in (self.title, self.detail) if not words.isHidden()]
        high = sum(_height(words, inside) for words in shown)
        self.setFixedHeight(max(high + 8, 44))

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
    """Two lines of identity, the important block, then the actions of the record.

    Where the room is short the keys go to the tips, then the words of the buttons, then the
    block takes a line of its own; names wrap, and nothing of the block is ever cut.
    """

    important_asked = Signal()
    dmp_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
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
        self.important.hide()
        self._held: list[Button] = []
        self._folded: tuple[object, ...] = ()
        # What is shown now asks for no room: the banner folds to what it is given.
        self.setMinimumWidth(LEAST)
        self._lay_out()

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SIDE, EDGE, 16, EDGE + 1)
        whole.setSpacing(6)
        self._top = QHBoxLayout()
        whole.addStretch(1)
        whole.addLayout(self._top)
        self._top.setSpacing(GAP)
        self._identity = QWidget()
        self._top.addWidget(self._identity, 0, Qt.AlignmentFlag.AlignVCenter)
        self._top.addWidget(self.important, 0, Qt.AlignmentFlag.AlignVCenter)
        self._top.addStretch(1)
        self._buttons = QHBoxLayout()
        self._top.addLayout(self._buttons)
        self._buttons.setSpacing(BETWEEN)
        self._below = QHBoxLayout()
        whole.addLayout(self._below)
        whole.addStretch(1)
        self._lines()

    def add_action(self, button: Button) -> None:
        self._buttons.addWidget(button)
        self._held.append(button)

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
        self.fold()

    def show_patient(self, patient: PatientView, allergies: Sequence[str] = ()) -> None:
        """Paint one person; ``allergies`` are the lines of the same record."""
        self._name.setText(f"{patient.civility} {patient.name}".strip())
        sign = SEX[patient.sex]
        self._sex_glyph.set(sign.glyph, sign.role)
        self._sex.setText(sign.word)
        self._birth.setText(text.date(patient.birth_date))
        self._age.setText(text.age(patient.age))
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
        self.important.set(allergies, patient.important, patient.important_detail)
        self.setAccessibleName(
            f"Dossier de {patient.civility} {patient.name}, {text.date(patient.birth_date)}"
        )
        self.fold()

    def _lines(self) -> None:
        dots = (label("·", "base", "text.faint"), label("·", "base", "text.faint"))
        first = (
            self._name,
            _together(self._sex_glyph, self._sex, spacing=3),
            _together(dots[0], self._birth),
            _together(dots[1], self._age),
        )
        second = (self._born, self._birth_name, self._ins, self._dmp, self._mode)
        lines = QVBoxLayout(self._identity)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(LINES_APART)
        self.parts = (*first, *second)
        self._flows = []
        for parts, spacing in ((first, 8), (second, 6)):
            flow = FlowLayout(spacing=spacing, middle=True)
            lines.addLayout(flow)
            self._flows.append(flow)
            for part in parts:
                flow.addWidget(part)

    # --- room -----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fold()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fold()

    def event(self, event: QEvent) -> bool:
        """Fonts and glyphs come with the style: what was folded before it is folded again."""
        if event.type() == QEvent.Type.LayoutRequest and self._wanted() != self._folded:
            self.fold()
        return super().event(event)

    def _wanted(self) -> tuple[object, ...]:
        """All that a fold depends on, and nothing that it changes."""
        words = (self._name, self._birth_name, self.important.title, self.important.detail)
        parts = [part for part in self.parts if part not in words]
        return (
            self.width(),
            *((part.sizeHint().width(), part.isHidden()) for part in parts),
            *((one.text(), one.fontMetrics().height()) for one in words),
            *(button.isHidden() for button in self._held),
            self.important.isHidden(),
        )

    def fold(self) -> None:
        """Give the block its whole line: first by what matters less."""
        room = self.width() - SIDE - 16
        for words in (self._name, self._birth_name):
            _fit_words(words, room)
        block = not self.important.isHidden()
        names = max(flow.natural_width() for flow in self._flows)
        wanted = names + (GAP + self.important.natural_width() if block else 0)
        stage = self._first_fold(room - GAP - wanted)
        beside = block and stage is not None
        if stage is None:
            stage = self._first_fold(room - GAP - names)
        acts = self._fold_buttons(len(FOLDS) - 1 if stage is None else stage)
        self._place(block, beside, room, min(names, max(room - GAP - acts, LEAST)))
        self._folded = self._wanted()

    def _first_fold(self, room: int) -> int | None:
        """The first stage at which the buttons fit."""
        return next((s for s in range(len(FOLDS)) if self._fold_buttons(s) <= room), None)

    def _fold_buttons(self, stage: int) -> int:
        """Show the buttons as that stage has them; returns the width they take."""
        keyless, bare = FOLDS[stage]
        for button in self._held:
            button.fold(keyless=keyless, bare=bare)
        shown = [button for button in self._held if not button.isHidden()]
        return sum(b.sizeHint().width() for b in shown) + BETWEEN * max(len(shown) - 1, 0)

    def _place(self, block: bool, beside: bool, room: int, names: int) -> None:
        self._identity.setFixedWidth(names)
        for words in (self._name, self._birth_name):
            _fit_words(words, names)
        high = LINES_APART + sum(flow.heightForWidth(names) for flow in self._flows)
        self._identity.setFixedHeight(high)
        row, other = (self._top, self._below) if beside else (self._below, self._top)
        if row.indexOf(self.important) < 0:
            other.removeWidget(self.important)
            row.insertWidget(1 if beside else 0, self.important, 0, MIDDLE if beside else LEFT)
        if block:
            self.important.fit(min(self.important.natural_width(), room))
            taken = self.important.height()
            high = max(high, taken) if beside else high + 6 + taken
        self.setFixedHeight(max(high + 2 * EDGE + 1, 72))


def _together(*parts: QWidget, spacing: int = 8) -> QWidget:
    """Parts that go to the next line together."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(2, 0, 0, 0)
    row.setSpacing(spacing)
    for part in parts:
        row.addWidget(part)
    return made


def _widest(words: QLabel) -> int:
    if words.isHidden():
        return 0
    metrics = words.fontMetrics()
    # A wrapping label keeps two pixels for itself.
    return max(metrics.horizontalAdvance(line) for line in words.text().split("\n")) + 4


def _fit_words(words: QLabel, room: int) -> None:
    """On one line where it fits, else wrapped: never cut."""
    metrics = words.fontMetrics()
    natural = metrics.horizontalAdvance(words.text()) + 2
    words.setWordWrap(natural > room)
    width = min(natural, max(room, LEAST))
    words.setFixedSize(width, _height(words, width))


def _height(words: QLabel, width: int) -> int:
    """Asked of the font: a label remembers the height it had."""
    wrapped = int(Qt.TextFlag.TextWordWrap)
    return words.fontMetrics().boundingRect(0, 0, width, 10_000, wrapped, words.text()).height()

"""« À quel dossier assigner ce message ? »: ranked candidates on keys 1, 2, 3, with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QHideEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.fields import SearchField
from lgc.desktop.components.keys import action, paint_cap
from lgc.desktop.components.labels import Glyph, label
from lgc.desktop.components.menus import show_menu
from lgc.desktop.components.people import Find, find_patient
from lgc.desktop.components.tips import set_tip
from lgc.desktop.tasks import Tasks
from lgc.desktop.theme import current, font
from lgc.domain.messages import Likelihood
from lgc.domain.receipts import CODES
from lgc.services.views import MessageView, PatientView, RankedCandidate

SHOWN = 3
STEPS = {
    Likelihood.CERTAIN: (4, "Certain"),
    Likelihood.PROBABLE: (4, "Probable"),
    Likelihood.POSSIBLE: (2, "Possible"),
    Likelihood.UNLIKELY: (1, "Peu sûr"),
}
PRESELECTED = (Likelihood.CERTAIN, Likelihood.PROBABLE)


class CandidateCard(QAbstractButton):
    """One person: name, birth date, how likely in bars and a word, reasons, her key."""

    HOLDS_NO_TEXT = True

    def __init__(self, ranked: RankedCandidate, key: int) -> None:
        super().__init__()
        self.ranked, self._key = ranked, key
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setObjectName(f"candidate-{key}")
        self.setFixedHeight(56)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        patient, likely = ranked.patient, STEPS[ranked.candidate.likelihood][1]
        reasons = ", ".join(reason.words for reason in ranked.candidate.reasons)
        self.setAccessibleName(
            f"{patient.name}, {text.date(patient.birth_date)}, {likely} : {reasons}"
        )

    def sizeHint(self) -> QSize:
        return QSize(420, 56)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        thick = self.isChecked() or self.hasFocus()
        painter.setPen(QPen(theme.role("accent" if thick else "line.strong"), 2 if thick else 1))
        painter.setBrush(theme.role("surface"))
        inside = 1.0 if thick else 0.5
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(inside, inside, -inside, -inside), 6, 6
        )
        self._radio(painter, 20, 19)
        patient = self.ranked.patient
        x = self._write(painter, 38, 10, patient.name, "strong", "text")
        self._write(painter, x + 10, 10, text.date(patient.birth_date), "base", "text.muted")
        self._likely(painter)
        self._reasons(painter)

    def _radio(self, painter: QPainter, x: int, y: int) -> None:
        theme, checked = current(), self.isChecked()
        painter.setPen(QPen(theme.role("accent" if checked else "control"), 5 if checked else 1.5))
        painter.setBrush(theme.role("surface"))
        radius = 5.0 if checked else 7.0
        painter.drawEllipse(QRectF(x - radius, y - radius, 2 * radius, 2 * radius))

    def _likely(self, painter: QPainter) -> None:
        theme = current()
        steps, word = STEPS[self.ranked.candidate.likelihood]
        paint_cap(painter, self.width() - 32, 19, str(self._key))
        width = QFontMetrics(font("small-medium")).horizontalAdvance(word)
        x = self.width() - 44 - width
        tone = "accent.text" if steps > 2 else "text.muted"
        self._write(painter, x, 10, word, "small-medium", tone)
        painter.setPen(Qt.PenStyle.NoPen)
        for number in range(4):
            painter.setBrush(theme.role("accent" if number < steps else "line.strong"))
            painter.drawRoundedRect(QRectF(x - 74 + number * 16, 17, 13, 4), 2, 2)

    def _reasons(self, painter: QPainter) -> None:
        x = 38
        for reason in self.ranked.candidate.reasons:
            glyph, tone = (
                ("ri.check-line", "ok") if reason.speaks_for else ("ri.close-line", "danger")
            )
            width = QFontMetrics(font("small")).horizontalAdvance(reason.words)
            if x + width > self.width() - 16:
                break
            current().icons.paint(painter, QRect(x, 32, 14, 14), glyph, tone)
            x = self._write(painter, x + 18, 30, reason.words, "small", "text.muted") + 16

    def _write(self, painter: QPainter, x: int, y: int, words: str, role: str, tone: str) -> int:
        chosen = font(role)
        width = QFontMetrics(chosen).horizontalAdvance(words) + 2
        painter.setFont(chosen)
        painter.setPen(current().role(tone))
        painter.drawText(QRect(x, y, width + 2, 18), int(Qt.AlignmentFlag.AlignVCenter), words)
        return x + width


class AssignPanel(QFrame):
    """``assigned`` carries the patient_id the doctor chose, ``refused`` the code of a refusal."""

    assigned = Signal(str)
    refused = Signal(str, str)

    def __init__(self, tasks: Tasks, find: Find) -> None:
        super().__init__()
        self.setObjectName("assignPanel")
        self._cards: list[CandidateCard] = []
        self._other: PatientView | None = None
        self._shown: tuple[object, ...] = ()
        self._why = label("", "small", "text.muted")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Glyph("ri.user-search-line", "accent.text", 18))
        head.addWidget(label("À quel dossier assigner ce message ?", "strong"))
        head.addStretch(1)
        head.addWidget(self._why)
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        other = action(self, "Autre patient", lambda: None, "3", help="Chercher un autre patient")
        self.search = SearchField("Autre patient…", action=other, name="Chercher un autre patient")
        self.search.setObjectName("otherPatient")
        self.completion = find_patient(self.search, tasks, find)
        self.completion.taken.connect(lambda found: self._take(found.patient))
        self._action = action(self, "Assigner", self._assign, "Return", others=("Enter",))
        self.button = Button("Assigner", "primary", "ri.check-line", action=self._action)
        self.button.setObjectName("assignButton")
        low = QHBoxLayout()
        low.addWidget(self.search)
        low.addStretch(1)
        self.refuse = Button("Refuser…", "quiet", "ri.mail-forbid-line")
        self.refuse.setObjectName("refuseMessage")
        set_tip(self.refuse, "Dire à l’expéditeur pourquoi ce message n’entre dans aucun dossier")
        self.refuse.clicked.connect(lambda checked=False: self._ask_why())
        low.addWidget(self.refuse)
        low.addWidget(self.button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 10, 16, 12)
        whole.setSpacing(8)
        whole.addLayout(head)
        whole.addLayout(self._column)
        whole.addLayout(low)
        candidates = (
            action(self, f"Candidat {number}", partial(self._choose, number), str(number))
            for number in (1, 2)
        )
        # The list beside takes them too: what stands on a card must work where the doctor is.
        self.keys = (*candidates, other)

    @property
    def chosen(self) -> PatientView | None:
        if self._other is not None:
            return self._other
        return next((card.ranked.patient for card in self._cards if card.isChecked()), None)

    def show_message(self, view: MessageView) -> None:
        """A choice made for this message stays: Enter must assign whom the doctor saw."""
        shown = (view.message.message_id, view.message.assigned_why, view.candidates)
        if shown == self._shown:
            return
        kept = self.chosen if self._shown[:1] == shown[:1] else None
        self._shown = shown
        if kept is None:
            self._other = None
            self.completion.write("")
        self._why.setText(view.message.assigned_why)
        for card in self._cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = []
        for number, ranked in enumerate(view.candidates[: SHOWN - 1], 1):
            card = CandidateCard(ranked, number)
            card.toggled.connect(self._picked)
            self._column.addWidget(card)
            self._cards.append(card)
        # Whoever is no longer proposed is not replaced by somebody else.
        wanted = kept.patient_id if kept is not None else _preselected(view.candidates)
        for card in self._cards:
            card.setChecked(card.ranked.patient.patient_id == wanted)
        self._told()

    def take_hands(self) -> None:
        """On the button that names whom, or where somebody may be searched."""
        wanted = self.button if self.chosen is not None else self.search
        wanted.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Nothing is in view: the next message starts anew."""
        self._shown = ()

    def _choose(self, number: int) -> None:
        if number <= len(self._cards):
            self._cards[number - 1].setChecked(True)

    def _picked(self, on: bool) -> None:
        """A card takes the place of whoever was searched."""
        if on and (self._other is not None or self.search.text()):
            self._other = None
            self.completion.write("")
        self._told()

    def _told(self) -> None:
        chosen = self.chosen
        whom = f"{chosen.name}, {text.date(chosen.birth_date)}" if chosen else ""
        self.button.setText(f"Assigner à {whom}" if whom else "Assigner")
        self._action.setEnabled(chosen is not None)
        self.button.updateGeometry()

    def _take(self, patient: PatientView) -> None:
        self._other = patient
        self.completion.write(f"{patient.name}, {text.date(patient.birth_date)}")
        for card in self._cards:
            card.setAutoExclusive(False)
            card.setChecked(False)
            card.setAutoExclusive(True)
        self._told()
        self.button.setFocus()

    def _assign(self) -> None:
        chosen = self.chosen
        if chosen is not None:
            self.assigned.emit(chosen.patient_id)

    def _ask_why(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("refuseMenu")
        menu.addSection("Répondre à l’expéditeur")
        seen = str(self._shown[0])  # another message may come into view under the menu
        for code, words in CODES.items():
            menu.addAction(text.capital(words), partial(self.refused.emit, seen, code))
        menu.aboutToHide.connect(menu.deleteLater)
        show_menu(menu, self.refuse.mapToGlobal(self.refuse.rect().bottomLeft()))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._enable(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._enable(False)

    def _enable(self, enabled: bool) -> None:
        for one in self.keys:
            one.setEnabled(enabled)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()


def _preselected(candidates: Sequence[RankedCandidate]) -> str:
    """The only one who is that likely; nobody doubtful, and nobody whom a homonym may hide."""
    for level in PRESELECTED:
        there = [one for one in candidates if one.candidate.likelihood is level]
        if there:
            return there[0].patient.patient_id if len(there) == 1 else ""
    return ""

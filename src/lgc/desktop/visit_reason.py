"""Why an appointment is cancelled, or was missed: usual words at one press, any words typed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.flow import FlowLayout
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.domain.agenda import Presence
from lgc.services.views import VisitLine

WIDTH, HEIGHT, LONGEST = 520, 32, 200
USUAL = {
    Presence.CANCELLED: (
        "À la demande du patient", "Par le cabinet", "Pris par erreur", "Hospitalisation",
    ),
    Presence.ABSENT: ("Sans prévenir", "Prévenu trop tard", "Transport", "Hospitalisation"),
}  # fmt: skip


def said_of(line: VisitLine) -> str:
    """« CHEMIN Henri, vendredi 6 novembre 2026 à 10:00 »."""
    day = text.uncapital(text.long_date(line.starts_at.date()))
    return f"{line.patient.name}, {day} à {text.time_in_words(line.starts_at)}"


class ReasonDialog(Dialog):
    """``chosen`` carries the words, possibly none. ``line`` is the appointment as it was seen."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget, line: VisitLine, verb: str) -> None:
        state = Presence.ABSENT if line.presence is Presence.ABSENT else Presence.CANCELLED
        title = "Motif de l’absence" if state is Presence.ABSENT else "Motif de l’annulation"
        super().__init__(parent, title, glyph="ri.calendar-2-line", width=WIDTH)
        self.setObjectName("visitReason")
        self.body.addWidget(label(said_of(line), "medium", wrap=True))
        self.words = QLineEdit(line.reason)
        self.words.setFixedHeight(HEIGHT)
        self.words.setMaxLength(LONGEST)
        self.words.setAccessibleName("Motif")
        self.body.addWidget(self.words)
        usual = FlowLayout(spacing=6)
        for words in USUAL[state]:
            button = Button(words, "quiet", cap=False, height=26)
            button.clicked.connect(lambda checked=False, words=words: self.words.setText(words))
            usual.addWidget(button)
        self.body.addLayout(usual)
        self.add_cancel("Fermer")
        go = action(self, verb, self._go, "Ctrl+Return")
        self.add_button(Button(action=go, look="primary", height=HEIGHT))
        thing = f"visit-reason:{line.visit_id}"
        self.keep_typed(thing, {"words": self.words})

    def _go(self) -> None:
        words = self.words.text()
        self.dismiss()
        self.chosen.emit(words)

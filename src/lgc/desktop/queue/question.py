"""What is known before the doctor sends again, or closes, what left no trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from PySide6.QtWidgets import QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.queue.words import ACTS, ASSUME, CLOSED, RESEND, known, title_of
from lgc.domain.deliveries import Channel
from lgc.services.views import DeliveryView

TITLES = {RESEND: "Renvoyer sans preuve", ASSUME: "Considérer comme parti"}
TWICE = {
    Channel.MSSANTE: "S’il est arrivé, votre confrère pourrait le recevoir deux fois.",
    Channel.DMP: "S’il est arrivé, le DMP pourrait garder deux fois ce document.",
}


@dataclass(frozen=True, slots=True)
class Question:
    """``facts`` are what is known, ``meaning`` what the act will do, ``verb`` the act."""

    title: str
    facts: tuple[str, ...]
    meaning: str
    verb: str
    glyph: str

    @classmethod
    def of(cls, name: str, delivery: DeliveryView) -> Self | None:
        """None for an act that needs no question."""
        if name not in TITLES:
            return None
        meaning = TWICE[delivery.channel] if name == RESEND else CLOSED
        facts = (title_of(delivery), delivery.reason, known(delivery))
        glyph = ACTS[name].glyph or "ri.question-line"
        return cls(TITLES[name], tuple(filter(None, facts)), meaning, ACTS[name].word, glyph)


class QuestionDialog(Dialog):
    """``go`` is called once the doctor decided."""

    def __init__(self, parent: QWidget, question: Question, go: Callable[[], None]) -> None:
        super().__init__(parent, question.title, glyph=question.glyph, width=520)
        self.setObjectName("deliveryQuestion")
        self._decided = go
        for fact in question.facts:
            self.body.addWidget(label(text.french(text.capital(fact)), wrap=True))
        self.body.addWidget(label(text.french(question.meaning), "strong", wrap=True))
        self.add_cancel()
        verb = action(self, question.verb, self._go, "Ctrl+Return")
        self.confirm = self.add_button(Button(action=verb, look="primary", height=32))

    def _go(self) -> None:
        self.dismiss()
        self._decided()

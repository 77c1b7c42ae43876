"""The doctor's decisions on a delivery, carried to the service from any screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject

from lgc.desktop.main_window import MainWindow
from lgc.desktop.queue.question import Question, QuestionDialog
from lgc.desktop.queue.words import ASSUME, RESEND, RETRY, VERIFY, WITHDRAW
from lgc.services.views import DeliveryView, QueueCounts, QueueLine


class QueueDoor(Protocol):
    """services.queue.Queue as screens need it; every call runs in a worker."""

    def lines(self, limit: int = 200) -> tuple[QueueLine, ...]: ...
    def counts(self) -> QueueCounts: ...
    def retry(self, delivery_id: str, seen: DeliveryView | None = None) -> None: ...
    def withdraw(self, delivery_id: str, seen: DeliveryView | None = None) -> None: ...
    def verify_now(self, delivery_id: str) -> None: ...
    def resend(self, delivery_id: str, seen: DeliveryView | None = None) -> None: ...
    def assume_sent(self, delivery_id: str, seen: DeliveryView | None = None) -> None: ...


SAID = {
    RETRY: "L’envoi repart",
    WITHDRAW: "L’envoi est retiré, le document reste au dossier",
    VERIFY: "Vérification demandée",
    RESEND: "L’envoi repart",
    ASSUME: "Envoi considéré comme parti",
}


def act(
    window: MainWindow,
    queue: QueueDoor,
    delivery: DeliveryView,
    name: str,
    owner: QObject,
    after: Callable[[], object],
) -> None:
    """Do ``name`` (words.RETRY…) on a delivery, then say so; what cannot be taken back is asked.

    It is done to the delivery as it was shown, or not at all.
    Raises KeyError for another name.
    """
    one = delivery.delivery_id
    work = {
        RETRY: partial(queue.retry, one, delivery),
        WITHDRAW: partial(queue.withdraw, one, delivery),
        VERIFY: partial(queue.verify_now, one),  # a question: it decides nothing
        RESEND: partial(queue.resend, one, delivery),
        ASSUME: partial(queue.assume_sent, one, delivery),
    }[name]

    def done(nothing: None) -> None:
        window.messages.toast(SAID[name])
        after()

    def failed(error: Exception) -> None:
        window.messages.show(error, owner)
        after()

    def go() -> None:
        window.tasks.run(work, owner=owner, done=done, failed=failed)

    question = Question.of(name, delivery)
    if question is None:
        go()
    else:
        QuestionDialog(window, question, go).open()

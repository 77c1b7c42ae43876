"""What a prescription meets of the record's allergies: said beside the line, never in the way.

The fact, why it touches the line, its date; then « Remplacer » or « Garder, avec un motif ».
Below stands what was compared and what could not be.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.allergy_coverage import coverage
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog, window_of
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import Glyph, label, retone
from lgc.desktop.tasks import Task, Tasks
from lgc.desktop.theme import current
from lgc.services.comparing import NOTHING_COMPARED, Alert, Comparing, Comparison, Drug
from lgc.services.prescribing import PrescriptionLine

MOST = 260
AT_THE_END = "gardé en terminant, sans motif"


class AlertLine(QFrame):
    """One alert; ``kept`` carries the reason that was typed, ``replaced`` asks for the line."""

    KEYS = (("Esc", "Laisser la raison"),)

    replaced = Signal()
    kept = Signal(str)
    taken_back = Signal()

    def __init__(self, alert: Alert, reason: str) -> None:
        super().__init__()
        self.alert, self._tone = alert, "warn" if reason else "danger"
        self.setObjectName("alertLine")
        why = text.join(alert.why, alert.noted)
        self.setAccessibleName(f"{alert.label} : {alert.fact}. {why}. {reason}".strip())
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 10, 8)
        row.setSpacing(10)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(Glyph("ri.alert-fill", self._tone, 18), 0, top)
        words = QVBoxLayout()
        row.addLayout(words, 1)
        words.setSpacing(2)
        words.addWidget(label(alert.fact, "strong", self._tone, wrap=True))
        words.addWidget(label(f"{alert.label} : {why}", "small", "text", wrap=True))
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("Motif, puis Entrée")
        self.reason.setAccessibleName(f"Motif pour garder {alert.label}")
        self.reason.setFixedHeight(28)
        self.reason.hide()
        self.reason.returnPressed.connect(self._keep)
        words.addWidget(self.reason)
        self._buttons(row, words, reason)

    def _buttons(self, row: QHBoxLayout, words: QVBoxLayout, reason: str) -> None:
        top = Qt.AlignmentFlag.AlignTop
        if reason:
            words.addWidget(label(f"Gardé : {reason}", "small", "warn", wrap=True))
            back = Button("Revenir dessus", "quiet", height=28)
            back.clicked.connect(self.taken_back)
            row.addWidget(back, 0, top)
            return
        self.replace_button = Button("Remplacer", "plain", "ri.refresh-line", height=28)
        self.replace_button.clicked.connect(self.replaced)
        self.keep_button = Button("Garder, avec un motif", "plain", height=28)
        self.keep_button.clicked.connect(self.ask_reason)
        row.addWidget(self.replace_button, 0, top)
        row.addWidget(self.keep_button, 0, top)

    def ask_reason(self) -> None:
        self.reason.show()
        self.reason.setFocus()

    def _keep(self) -> None:
        words = " ".join(self.reason.text().split())
        if words:
            self.kept.emit(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.reason.isVisible():
            self.reason.hide()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(current().role(self._tone))
        painter.drawRoundedRect(self.rect(), 6, 6)
        painter.setBrush(current().role("surface"))
        painter.drawRoundedRect(self.rect().adjusted(3, 0, 0, 0), 6, 6)
        painter.setBrush(current().role(f"{self._tone}.soft"))
        painter.drawRoundedRect(self.rect().adjusted(3, 0, 0, 0), 6, 6)


class AlertLines(QWidget):
    """Follows the lines of one prescription. ``kept`` maps an alert to the reason it was kept for.

    ``replace_asked`` carries the place of a line; ``compared`` says that the alerts are others.
    """

    replace_asked = Signal(int)
    compared = Signal()
    decided = Signal()

    def __init__(self, patient_id: str, comparing: Comparing, tasks: Tasks) -> None:
        super().__init__()
        self._patient_id, self._comparing, self._tasks = patient_id, comparing, tasks
        self._task: Task | None = None
        self._settling: Task | None = None
        self._drugs: tuple[Drug, ...] = ()
        self.found = NOTHING_COMPARED
        self.kept: dict[str, str] = {}
        self.keys: tuple[QAction, QAction] | None = None
        self.rows: list[AlertLine] = []
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(6)
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName("Alertes de l’ordonnance")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole.addWidget(self._scroll)
        self._room = QWidget()
        self._scroll.setWidget(self._room)
        self._column = QVBoxLayout(self._room)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        foot = QHBoxLayout()
        whole.addLayout(foot)
        self._sign = Glyph("ri.information-line", "text.muted", 16)
        foot.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        self.coverage = label("", "small", "text.muted", wrap=True)
        self.coverage.setObjectName("allergyCoverage")
        foot.addWidget(self.coverage, 1)
        self._scroll.hide()
        self.hide()

    # --- what is compared ---------------------------------------------------------------------

    def follow(self, lines: Sequence[PrescriptionLine]) -> None:
        """Compare these from now on; the alerts of the lines before go at once."""
        drugs = _drugs(lines)
        if drugs == self._drugs and lines:
            return
        self._drugs = drugs
        if self._task is not None and not self._task.over:
            self._task.cancel()
        self._show(Comparison(len(drugs), 0), known=False)
        if drugs:
            self._task = self._tasks.run(
                partial(self._comparing.lines, self._patient_id, drugs),
                owner=self,
                done=self._show,
            )

    def again(self) -> None:
        """The record changed: its allergies may be others."""
        drugs, self._drugs = self._drugs, ()
        if drugs:
            self.follow([PrescriptionLine(one.label, code=one.code) for one in drugs])

    def settle(self, lines: Sequence[PrescriptionLine], go_on: Callable[[], None]) -> None:
        """Compare what is about to leave, ask once for what nobody decided, then go on."""
        if self._settling is not None and not self._settling.over:
            return
        drugs = self._drugs = _drugs(lines)
        if not drugs:
            go_on()
            return
        self._settling = self._tasks.run(
            partial(self._comparing.lines, self._patient_id, drugs),
            owner=self,
            done=partial(self._settled, go_on),
        )

    def _settled(self, go_on: Callable[[], None], found: Comparison) -> None:
        self._show(found)
        if not self.undecided():
            go_on()
            return
        question = AlertQuestion(window_of(self), self.undecided(), partial(self._all_kept, go_on))
        question.open(question.back_button)

    def _all_kept(self, go_on: Callable[[], None], reason: str) -> None:
        for alert in self.undecided():
            self.kept[alert.key] = reason
        self._show(self.found)
        self.decided.emit()
        go_on()

    # --- what is decided ----------------------------------------------------------------------

    def undecided(self) -> tuple[Alert, ...]:
        return tuple(alert for alert in self.found.alerts if alert.key not in self.kept)

    def of(self, place: int) -> tuple[Alert, ...]:
        """The alerts of one line that nobody decided."""
        return tuple(alert for alert in self.undecided() if alert.place == place)

    def keep(self, place: int) -> None:
        """Ask the reason of the first alert of a line."""
        for row in self.rows:
            if row.alert.place == place and row.alert.key not in self.kept:
                row.ask_reason()
                return

    def text(self) -> str:
        """The decisions for a draft; none is an empty text."""
        here = {alert.key for alert in self.found.alerts}
        kept = {key: reason for key, reason in self.kept.items() if key in here or not here}
        return json.dumps(kept, ensure_ascii=False) if kept else ""

    def take(self, kept: str) -> None:
        """Decisions from a draft."""
        self.kept = dict(json.loads(kept)) if kept else {}
        self._show(self.found)

    def _decide(self, alert: Alert, reason: str) -> None:
        if reason:
            self.kept[alert.key] = reason
        else:
            self.kept.pop(alert.key, None)
        # The line that spoke goes with what it said: once its own signal is over.
        QTimer.singleShot(0, self, partial(self._show, self.found))
        self.decided.emit()

    # --- what is shown ------------------------------------------------------------------------

    def _show(self, found: Comparison, *, known: bool = True) -> None:
        self.found = found
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = [self._row(alert) for alert in found.alerts]
        self._scroll.setVisible(bool(self.rows))
        wanted = sum(row.sizeHint().height() + 6 for row in self.rows)
        self._scroll.setFixedHeight(min(wanted, MOST))
        tone, words = coverage(found)
        self.coverage.setText(text.french(words))
        retone(self.coverage, tone)
        self._sign.set("ri.error-warning-fill" if tone == "warn" else "ri.information-line", tone)
        self.setVisible(known and bool(found.lines))
        self.compared.emit()

    def _row(self, alert: Alert) -> AlertLine:
        row = AlertLine(alert, self.kept.get(alert.key, ""))
        if alert.key not in self.kept and self.keys is not None:
            row.replace_button.borrow_cap(self.keys[0])
            row.keep_button.borrow_cap(self.keys[1])
        self._column.addWidget(row)
        row.replaced.connect(partial(self.replace_asked.emit, alert.place))
        row.kept.connect(partial(self._decide, alert))
        row.taken_back.connect(partial(self._decide, alert, ""))
        return row


def _drugs(lines: Sequence[PrescriptionLine]) -> tuple[Drug, ...]:
    return tuple(Drug(one.label, one.code) for one in lines)


class AlertQuestion(Dialog):
    """Asked once, before what is undecided is printed; « Revoir » is under the hand."""

    def __init__(
        self, parent: QWidget, alerts: Sequence[Alert], go_on: Callable[[str], None]
    ) -> None:
        many = text.count(len(alerts), "alerte à trancher", "alertes à trancher")
        super().__init__(parent, many, glyph="ri.alert-fill", width=560)
        self._go_on = go_on
        for alert in alerts:
            self.body.addWidget(AlertWords(alert))
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("Motif pour garder (il reste avec l’ordonnance)")
        self.reason.setAccessibleName("Motif pour garder")
        self.reason.setFixedHeight(32)
        self.body.addWidget(self.reason)
        self.back_button = self.add_cancel("Revoir l’ordonnance")
        keep = action(self, "Garder et terminer", self._keep, "Alt+G")
        self.keep_button = self.add_button(Button("", "danger", action=keep, height=32))

    def _keep(self) -> None:
        reason = " ".join(self.reason.text().split())
        self.dismiss()
        self._go_on(reason or AT_THE_END)


class AlertWords(QWidget):
    """One alert as words alone."""

    def __init__(self, alert: Alert) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(label(alert.fact, "strong", "danger", wrap=True))
        why = text.join(alert.why, alert.noted)
        column.addWidget(label(f"{alert.label} : {why}", "base", "text", wrap=True))

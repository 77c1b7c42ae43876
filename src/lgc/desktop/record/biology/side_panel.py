"""What the current value says, and the report it comes from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.keys import KeyCap
from lgc.desktop.components.labels import ElidedLabel, Glyph, label, rule
from lgc.desktop.record.biology import words
from lgc.desktop.theme import font, glyphs
from lgc.services.columns import Report
from lgc.services.series import Analysis, Point

WIDTH = 232
BESIDE = 150  # pixels that a name and its value share on one line
Value = tuple[Analysis, Point, str]


class SidePanel(QFrame):
    """``opened`` asks for the report of the value shown."""

    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("Résultat choisi")
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(14, 12, 14, 10)
        self._whole.setSpacing(6)
        self._day = label("", "strong", wrap=True)
        self._values = QVBoxLayout()
        self._values.setSpacing(3)
        self._said = label("", "small", "text.muted", wrap=True)
        self._from = label("Issu du compte rendu", "small", "text.muted")
        self._glyph = Glyph("ri.test-tube-line", "violet", 16)
        self._title = ElidedLabel("", "medium")
        self._who = ElidedLabel("", "small", "text.muted")
        self._origin_glyph = Glyph("ri.home-4-line", "text.muted", 14)
        self._origin = ElidedLabel("", "small", "text.muted")
        self.button = Button("Ouvrir le CR", "plain", "ri.file-list-2-line")
        self.button.setObjectName("openLabReport")
        self.button.clicked.connect(self.opened)
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        whole = self._whole
        whole.addWidget(self._day)
        whole.addWidget(self._scrolled(), 1)
        whole.addWidget(rule())
        whole.addWidget(self._from)
        for glyph, words_ in ((self._glyph, self._title), (self._origin_glyph, self._origin)):
            row = QHBoxLayout()
            row.setSpacing(6)
            row.addWidget(glyph)
            row.addWidget(words_, 1)
            whole.addLayout(row)
            if glyph is self._glyph:
                whole.addWidget(self._who)
        whole.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self._hint = QWidget()
        row = QHBoxLayout(self._hint)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(KeyCap("← →"))
        row.addWidget(label("valeur précédente, suivante", "tiny", "text.muted"))
        row.addStretch(1)
        whole.addWidget(self._hint)

    def _scrolled(self) -> QScrollArea:
        """Values and what is said of them, whole however long they are."""
        inside = QWidget()
        both = QVBoxLayout(inside)
        both.setContentsMargins(0, 0, 6, 0)
        both.setSpacing(6)
        both.addLayout(self._values)
        both.addWidget(self._said)
        both.addStretch(1)
        area = QScrollArea()
        area.setAccessibleName("Détail du résultat")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        area.setWidget(inside)
        return area

    def set_short(self, short: bool) -> None:
        """A low window keeps the value, its report and the button."""
        self._hint.setVisible(not short)
        self._from.setVisible(not short)
        self._origin.setVisible(not short)
        self._origin_glyph.setVisible(not short)

    def show_value(
        self, one: Analysis, point: Point, others: Sequence[Value], report: Report | None
    ) -> None:
        """The values of the current cell first, then those of the curves on the same report."""
        self._day.setText(text.french(words.moment(point)))
        while (item := self._values.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        for analysis, value, tone in others:
            self._values.addWidget(_line(analysis, value, tone, strong=analysis.key == one.key))
        mine = [value for analysis, value, _ in others if analysis.key == one.key]
        # Values of several analyses stand above: each sentence names the one it speaks of.
        said = [sentence for value in mine for sentence in words.said_beside(one, value)]
        self._said.setText(text.french("\n".join(dict.fromkeys(said))))
        self._said.setVisible(bool(said))
        self._show_report(point, report)
        self.show()

    def _show_report(self, point: Point, report: Report | None) -> None:
        title = report.title if report is not None else ""
        self._title.set_text(text.french(title or "Compte rendu"))
        laboratory = point.result.laboratory or (report.organisation if report else "")
        author = report.author if report is not None else ""
        self._who.set_text(text.join(laboratory, author))
        if report is None:
            self._origin.set_text("")
            return
        sign = glyphs.ORIGIN[report.origin]
        self._origin_glyph.set(sign.glyph, sign.role)
        when = f", {text.date(report.received_on)}" if report.received_on else ""
        self._origin.set_text(f"{sign.word}{when}")


def _fit(parts: Sequence[tuple[str, str]]) -> bool:
    """Each with its type role; nothing long is measured."""
    if sum(len(said) for said, _ in parts) > BESIDE:
        return False
    return sum(QFontMetrics(font(role)).horizontalAdvance(said) for said, role in parts) <= BESIDE


def _line(one: Analysis, point: Point, tone: str, *, strong: bool) -> QWidget:
    """A number beside its name where both fit, else under it; all of it whole."""
    line = QWidget()
    whole = QVBoxLayout(line)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.setSpacing(1)
    row = QHBoxLayout()
    row.setSpacing(6)
    whole.addLayout(row)
    row.addWidget(Glyph("ri.checkbox-blank-circle-fill", tone or "text.faint", 10))
    name, weight = text.french(words.titled(one)), "medium" if strong else "base"
    colour, said = words.TONES.get(point.letter, "text"), words.whole(one, point)
    role = "strong" if point.letter else "base"
    under = point.value is None or not _fit(((name, weight), (said, role)))
    row.addWidget(label(name, weight, wrap=under), 1)
    shown = label(said, role, colour, wrap=under)
    if under:
        shown.setIndent(16)
        whole.addWidget(shown)
    else:
        row.addWidget(shown)
    if point.letter:
        row.addWidget(label(point.letter, "tiny-strong", colour))
    return line

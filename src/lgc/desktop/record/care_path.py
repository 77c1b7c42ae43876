"""« Parcours de soins »: the life line in its panel, with the period the doctor sets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPointF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QCursor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QMenu, QScrollArea, QWidget

from lgc.desktop.components.buttons import Button, icon_button
from lgc.desktop.components.chips import Chip
from lgc.desktop.components.date_field import DateField
from lgc.desktop.components.keys import KeyCap, action
from lgc.desktop.components.labels import Glyph, label
from lgc.desktop.components.menus import show_menu
from lgc.desktop.components.panel import Panel
from lgc.desktop.components.segmented import Segmented
from lgc.desktop.components.tips import set_tip
from lgc.desktop.record.life_ground import LANE_H, LANES_Y
from lgc.desktop.record.life_line import WHEEL, LifeLineView
from lgc.desktop.theme import current
from lgc.domain.medical_data import Standing
from lgc.domain.typed_dates import period
from lgc.services.protocols import family_of
from lgc.services.views import Lane, LifeLine, ProtocolChoice

PERIODS = (
    ("12", "1 an"),
    ("15", "15 mois"),
    ("60", "5 ans"),
    ("240", "20 ans"),
)
FUTURE_SHARE = 0.35  # how much of the period lies ahead, so that planned acts are seen
SAID = {
    Standing.FACT: "Fait",
    Standing.ORDERED: "Prescrit",
    Standing.INVITED: "Invité",
    Standing.REFUSED: "Refusé",
}
LANES_SHOWN, LANES_KEPT = 7, 3
WHOLE_HEIGHT = 820  # of the record: below it the lanes give way before the table loses rows
DAYS_PER_MONTH = 30.4375


class Planned(QWidget):
    """The hollow diamond of the life line, for its legend."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(14, 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(current().role("text.muted"), 1.4))
        corners = [QPointF(7, 2.5), QPointF(11.5, 7), QPointF(7, 11.5), QPointF(2.5, 7)]
        painter.drawPolygon(QPolygonF(corners))


class CarePathPanel(Panel):
    """Header with chips, dates, period and zoom; the life line; its legend.

    ``followed`` carries the key of a protocol and whether the doctor wants it for this patient,
    ``act_said`` the lane of an act as it was shown and what was said of it today (``Standing``).
    """

    opened = Signal(object)
    followed = Signal(str, bool)
    act_said = Signal(object, object)

    def __init__(self, today: dt.date) -> None:
        super().__init__("Parcours de soins")
        self._today = today
        self._proposed: tuple[dt.date, dt.date] | None = None
        self._lanes, self._shown = 1, LANES_SHOWN
        self._protocol = Chip("", "accent.text", "ri.route-line")
        self._late = Chip("", "danger", "ri.error-warning-fill")
        for chip in (self._protocol, self._late):
            self.add_chip(chip)
            chip.hide()
        self._offered: tuple[ProtocolChoice, ...] = ()
        self.choose = action(self, "Protocoles suivis", self._choose_protocols)
        self._choose_button = icon_button(self.choose, "ri.route-line")
        self._choose_button.setObjectName("chooseProtocols")
        self.choose.setEnabled(False)
        self.header.insertWidget(self.header.indexOf(self._protocol) + 1, self._choose_button)
        self.life = LifeLineView(today)
        self.life.opened.connect(self.opened)
        self.life.due_asked.connect(self._ask_about)
        self.life.period_changed.connect(self._dates_follow)
        self._first, self._last = self._date_field("Début"), self._date_field("Fin")
        self._periods = Segmented(PERIODS, name="Période")
        self._periods.choose("15")
        self._periods.changed.connect(lambda months: self._show_months(int(months)))
        self._header_parts()
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName("Ligne de vie")
        self._scroll.setWidget(self.life)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.add(self._scroll, 1)
        self._foot = self._legend()

    def show_life(self, life: LifeLine) -> None:
        """Paint a record's pathway and take the height its lanes need."""
        first_time = not self.life.documents and self._protocol.isHidden()
        # A period that the doctor set stays, and so does one of its dates half typed.
        writing = self._first.hasFocus() or self._last.hasFocus()
        follows = life.today != self._today and self.life.period == self._proposed and not writing
        self._today = life.today
        self.life.show_life(life)
        self._protocol.set(_protocol_words(life.protocols), "accent.text", "ri.route-line")
        set_tip(self._protocol, ", ".join(life.protocols))
        self._protocol.setVisible(bool(life.protocols))
        self._offered = life.offered
        self.choose.setEnabled(bool(life.offered))
        self._late.set(f"{life.late} en retard", "danger", "ri.error-warning-fill")
        self._late.setVisible(life.late > 0)
        self._lanes = max(len(life.lanes), 1)
        self._fit()
        self.life.setMinimumHeight(LANES_Y + max(len(life.lanes), 1) * LANE_H + 6)
        if first_time or follows:
            self._show_months(int(self._periods.value()))

    def set_room(self, height: int) -> None:
        """The height of the record's page, in pixels: lanes hide behind a scroll bar first."""
        given_up = max(WHOLE_HEIGHT - height, 0) // LANE_H
        self._shown = max(LANES_SHOWN - given_up, LANES_KEPT)
        self._fit()

    def _fit(self) -> None:
        lanes = min(self._lanes, self._shown)
        below = 8 if lanes == self._lanes else 1
        self._scroll.setFixedHeight(LANES_Y + lanes * LANE_H + below)

    def _show_months(self, months: int) -> None:
        days = months * DAYS_PER_MONTH
        last = self._today + dt.timedelta(days * FUTURE_SHARE if months <= 24 else 240)
        self.life.show_period(last - dt.timedelta(days), last)
        self._proposed = self.life.period

    def _header_parts(self) -> None:
        self.header.setSpacing(6)
        self.add_action(self._first)
        self.add_action(label("–", "small", "text.muted"))
        self.add_action(self._last)
        self.add_action(self._periods)
        out = action(self, "Dézoomer", lambda: self.life.zoom(1 / WHEEL), "Ctrl+-", repeats=True)
        into = action(self, "Zoomer", lambda: self.life.zoom(WHEEL), "Ctrl++", others=("Ctrl+=",),
                      repeats=True)  # fmt: skip
        self.add_action(icon_button(out, "ri.zoom-out-line"))
        self.add_action(icon_button(into, "ri.zoom-in-line"))
        self.fold = action(self, "Masquer", self._fold, "F8", help="Masquer le parcours de soins")
        self.fold.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self._fold_button = Button("Masquer", "quiet", action=self.fold, cap=False)
        self.add_action(self._fold_button)

    def _choose_protocols(self) -> None:
        """Every protocol with its tick: a click follows it or stops it."""
        menu = QMenu(self)
        for one in self._offered:
            made = menu.addAction(one.title)
            made.setCheckable(True)
            made.setChecked(one.followed)
            made.triggered.connect(partial(self.followed.emit, one.key, not one.followed))
        menu.aboutToHide.connect(menu.deleteLater)
        show_menu(menu, self._choose_button.mapToGlobal(self._choose_button.rect().bottomLeft()))

    def _ask_about(self, lane: Lane) -> None:
        """What is said today of an act that is due; a measure has its own screen."""
        if family_of(lane.name) is None:
            return
        menu = QMenu(self)
        menu.setObjectName("actSaid")
        for standing, words in SAID.items():
            said = partial(self.act_said.emit, lane, standing)
            menu.addAction(f"{words} aujourd’hui").triggered.connect(said)
        menu.aboutToHide.connect(menu.deleteLater)
        show_menu(menu, QCursor.pos())

    def _fold(self) -> None:
        folded = not self._scroll.isHidden()
        self._scroll.setVisible(not folded)
        self._foot.setVisible(not folded)
        self._fold_button.setText("Afficher" if folded else "Masquer")

    def _date_field(self, name: str) -> DateField:
        field = DateField(name, period, lambda: self._today, bare=True)
        field.changed.connect(self._dates_set)
        return field

    def _dates_set(self) -> None:
        first, last = self._first.day(), self._last.day()
        if first is not None and last is not None and first < last:
            self.life.show_period(first, last)

    def _dates_follow(self, first: dt.date, last: dt.date) -> None:
        for field, day in ((self._first, first), (self._last, last)):
            with QSignalBlocker(field):
                field.set_day(day)

    def _legend(self) -> QWidget:
        row = self.add_footer()
        for glyph, tone, words in (
            ("ri.checkbox-circle-fill", "ok", "fait, avec l’écart"),
            ("ri.error-warning-fill", "danger", "en retard"),
            ("ri.checkbox-blank-circle-line", "accent.text", "à venir"),
        ):
            row.addWidget(Glyph(glyph, tone, 14))
            row.addWidget(label(words, "small", "text.muted"))
            row.addSpacing(6)
        row.addWidget(Planned())
        row.addWidget(label("date prévue", "small", "text.muted"))
        row.addStretch(1)
        for cap, words in (
            ("molette", "zoomer"),
            ("glisser", "déplacer"),
            ("← →", "document précédent, suivant"),
        ):
            row.addWidget(KeyCap(cap))
            row.addWidget(label(words, "small", "text.muted"))
            row.addSpacing(4)
        foot = row.parentWidget()
        assert foot is not None
        return foot


def _protocol_words(names: Sequence[str]) -> str:
    """The first by its name, the others counted: the header has no room for more."""
    more = f" + {len(names) - 1}" if len(names) > 1 else ""
    return f"{names[0]}{more}" if names else ""

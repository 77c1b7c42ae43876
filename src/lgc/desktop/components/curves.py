"""Values over time: one panel per curve on a common time axis, or one panel for all.

Imported late, where curves are asked for: pyqtgraph brings numpy with it. The wheel zooms around
the pointer and dragging pans, in time only; arrows walk the points of the current curve.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QGraphicsPathItem, QVBoxLayout, QWidget

from lgc.desktop.components.curve_axes import Canvas, DateAxis, RatioAxis, ValueAxis
from lgc.desktop.components.curve_shapes import (
    Curve,
    CurvePoint,
    axis_words,
    band_of,
    day_of,
    heights_of,
    last_words,
    only_references_compare,
    panels_of,
    with_band,
)
from lgc.desktop.components.tip import Tip
from lgc.desktop.theme import current, font

NEAR = 14.0  # pixels around a point that point at it
AXIS_WIDTH = 58
LEAST_DAYS, MOST_DAYS = 0.5, 40 * 366.0
FAR = 1e9
ABOVE, BELOW = 24.0, 8.0  # pixels kept over the highest point for its value, under the lowest
FLATTEST = 6.0  # pixels of a curve in a low panel: its values are written whole first


@dataclass(slots=True)
class _Panel:
    """One plot and what it shows: points with the height they are drawn at."""

    plot: Any
    axis: Any
    curves: list[Curve]
    outside: Any
    heights: dict[tuple[str, int], float] = field(default_factory=dict)

    @property
    def relative(self) -> bool:
        return only_references_compare(self.curves)


class CurvesView(QWidget):
    """``show_curves`` draws; ``current_changed`` and ``picked`` carry the data of a point."""

    KEYS = (
        ("Left", "Point d’avant"),
        ("Right", "Point d’après"),
        ("Up", "Courbe d’avant"),
        ("Down", "Courbe d’après"),
        ("+", "Zoomer"),
        ("-", "Dézoomer"),
        ("Return", "Ouvrir le compte rendu du point"),
        ("Enter", "Ouvrir le compte rendu du point"),
    )

    current_changed = Signal(object)
    picked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("curves")
        self.setAccessibleName("Courbes de biologie")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.canvas = Canvas()
        self.tip = Tip(self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.canvas)
        self._curves: tuple[Curve, ...] = ()
        self._overlaid = False
        self._period: tuple[dt.date, dt.date] | None = None
        self._panels: list[_Panel] = []
        self._current: tuple[str, int] | None = None
        self._marks: list[Any] = []
        self._pending: list[list[Curve]] = []
        self._kept: tuple[float, float] | None = None
        self._marked = True
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._go_on)
        self.canvas.moved.connect(self._hover)
        self.canvas.clicked.connect(self._click)
        self.canvas.left.connect(self.tip.hide)
        current().changed.connect(self._draw)

    # --- what is shown ------------------------------------------------------------------------

    def show_curves(self, curves: Sequence[Curve], *, overlaid: bool = False) -> None:
        """Separate panels, or one: true values of one unit, else relative to the reference."""
        if tuple(curves) == self._curves and overlaid == self._overlaid:
            return
        self._curves, self._overlaid = tuple(curves), overlaid
        if self._point(self._current) is None:
            self._current = None
        self._draw()

    def show_period(self, first: dt.date, last: dt.date) -> None:
        self._period, self._kept = (first, last), None
        if self.ready:
            self._place_period()

    @property
    def period(self) -> tuple[float, float]:
        """Ordinal days in view."""
        if not self._panels:
            return (0.0, 1.0)
        low, high = self._panels[0].plot.viewRange()[0]
        return (float(low), float(high))

    @property
    def panels(self) -> list[list[str]]:
        """The names of the curves of each panel, from the top down."""
        return [[curve.name for curve in panel.curves] for panel in self._panels]

    def set_current(self, key: str, number: int) -> None:
        """Mark a point of a curve; nothing is told through the signals."""
        self._current = (key, number) if self._point((key, number)) is not None else None
        if self.ready:
            self._mark_current()

    def place_of(self, key: str, number: int) -> QPoint | None:
        """Where a point stands on ``canvas``, in pixels; None when it is out of view."""
        for panel in self._panels:
            if (key, number) in panel.heights:
                return self._pixels(panel, (key, number)).toPoint()
        return None

    # --- drawing ------------------------------------------------------------------------------

    def _draw(self) -> None:
        """Start again, one panel per turn of the event loop: keys are never kept waiting."""
        kept = self.period if self.ready and self._panels else self._kept
        self._kept = kept
        self.canvas.clear()
        self._panels, self._marks = [], []
        self.canvas.setBackground(current().role("surface"))
        layout = self.canvas.ci.layout
        layout.setContentsMargins(6, 6, 14, 4)
        layout.setVerticalSpacing(4)
        self._pending = panels_of(self._curves, overlaid=self._overlaid)
        self._turn.start()

    @property
    def ready(self) -> bool:
        """Everything asked for is drawn."""
        return not self._pending

    def _go_on(self) -> None:
        if self._pending:
            curves = self._pending.pop(0)
            self._add_panel(len(self._panels), curves, last=not self._pending)
            if self._pending:
                self._turn.start()
                return
            self._place_period()
        self._fit_heights()
        if not self._marked:
            self._mark_current()

    def _place_period(self) -> None:
        period = self._kept
        if period is None and self._period is not None:
            period = (float(self._period[0].toordinal()), float(self._period[1].toordinal()))
        self._kept, self._marked = None, False
        if period is not None and self._panels:
            self._panels[0].plot.setXRange(*period, padding=0.0)

    def _add_panel(self, number: int, curves: list[Curve], *, last: bool) -> None:
        relative = only_references_compare(curves)
        axis = (RatioAxis if relative else ValueAxis)(orientation="left")
        dates = DateAxis(orientation="bottom")
        plot = self.canvas.addPlot(row=number, col=0, axisItems={"left": axis, "bottom": dates})
        self._dress(plot, axis, dates, curves, relative=relative, last=last)
        if self._panels:
            plot.setXLink(self._panels[0].plot)
        outside = pg.TextItem(anchor=(0.5, 0.5), color=current().role("text.muted"))
        outside.setFont(font("small"))
        outside.setVisible(False)
        plot.addItem(outside, ignoreBounds=True)
        panel = _Panel(plot, axis, curves, outside)
        self._panels.append(panel)
        for curve in curves:
            self._add_curve(panel, curve, relative=relative)
        if number == 0:
            plot.vb.sigXRangeChanged.connect(lambda *_: self._moved())

    def _dress(
        self, plot: Any, axis: Any, dates: Any, curves: list[Curve], *, relative: bool, last: bool
    ) -> None:
        theme = current()
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(x=True, y=False)
        plot.vb.setDefaultPadding(0.0)
        plot.setLimits(minXRange=LEAST_DAYS, maxXRange=MOST_DAYS, xMin=1.0)
        axis.setWidth(AXIS_WIDTH)
        dates.setHeight(24 if last else 6)
        dates.setStyle(showValues=last, tickLength=-4)
        axis.setStyle(tickLength=0, maxTickLevel=0)
        for one in (axis, dates):
            one.setPen(theme.role("line.strong"))
            one.setTextPen(theme.role("text.muted"))
            one.setTickFont(font("tiny"))
        axis.setPen(theme.role("line"))
        tone = curves[0].tone if len(curves) == 1 else "text.muted"
        axis.setLabel(" ", color=theme.role(tone).name(), **{"font-size": "11px"})
        axis.label.setFont(font("tiny-strong"))
        plot.showGrid(x=False, y=True, alpha=0.0)

    def _name_axis(self, panel: _Panel) -> None:
        """The name and its unit where the height of the panel holds them, else the unit alone:
        the colour and the chip name the curve."""
        curve = panel.curves[0]
        names: tuple[str, ...] = ("Par rapport à la référence", "Référence", " ")
        if not panel.relative:
            several = len(panel.curves) > 1
            name = curve.axis if several else curve.name
            names = (", ".join(part for part in (name, curve.unit) if part), curve.unit, " ")
        words = axis_words(names, panel.plot.vb.height())
        if panel.axis.labelText != words:
            panel.axis.setLabel(words, **panel.axis.labelStyle)
            panel.axis.label.setFont(font("tiny-strong"))

    def _add_curve(self, panel: _Panel, curve: Curve, *, relative: bool) -> None:
        theme = current()
        colour = theme.role(curve.tone)
        places = []
        against = heights_of(curve) if relative else []
        for number, point in enumerate(curve.points):
            height = against[number] if relative else point.value
            if height is not None:
                panel.heights[(curve.key, number)] = height
                places.append((number, day_of(point.at), height))
        if not places:
            return
        band = band_of(curve, relative=relative)
        if band is not None and (len(panel.curves) == 1 or curve is panel.curves[0]):
            item = QGraphicsPathItem(band)
            item.setBrush(theme.role("band"))
            line = QPen(theme.role("band.line"), 1)
            line.setCosmetic(True)
            item.setPen(line)
            item.setZValue(-10)
            panel.plot.addItem(item, ignoreBounds=True)
        x = [place[1] for place in places]
        y = [place[2] for place in places]
        # Pens of pyqtgraph are cosmetic: their width is in pixels of the screen.
        pen = pg.mkPen(colour, width=2 * self.devicePixelRatioF())
        panel.plot.addItem(pg.PlotCurveItem(x=x, y=y, pen=pen, antialias=True))
        panel.plot.addItem(self._dots(curve, places))
        if len(panel.curves) == 1:
            self._values(panel, curve, places)
        elif curve.axis:
            self._name_at_end(panel, curve, places[-1])
        if curve.limit is not None and not relative:
            self._limit(panel, curve, curve.limit)

    def _dots(self, curve: Curve, places: list[tuple[int, float, float]]) -> Any:
        theme = current()
        colour, plain = theme.role(curve.tone), theme.role("surface")
        dots = pg.ScatterPlotItem(pxMode=True, antialias=True)
        dots.addPoints(
            [
                {
                    "pos": (x, y),
                    "size": 11 if curve.points[number].mark else 8,
                    "symbol": SYMBOLS.get(curve.points[number].mark, "o"),
                    "pen": pg.mkPen(colour, width=1.6),
                    "brush": plain
                    if curve.points[number].hollow or curve.points[number].mark
                    else colour,
                }
                for number, x, y in places
            ]
        )
        return dots

    def _values(self, panel: _Panel, curve: Curve, places: list[tuple[int, float, float]]) -> None:
        for number, x, y in places:
            item = pg.TextItem(anchor=(0.5, 1.25), color=current().role("text"))
            item.setText(curve.points[number].words)
            item.setFont(font("tiny"))
            panel.plot.addItem(item, ignoreBounds=True)
            item.setPos(x, y)
            self._marks.append((panel, item, x))

    def _name_at_end(self, panel: _Panel, curve: Curve, last: tuple[int, float, float]) -> None:
        colour, ground = current().role(curve.tone), current().role("surface")
        item = pg.TextItem(curve.name, anchor=(1.0, 1.3), color=colour, fill=ground)
        item.setFont(font("tiny-strong"))
        panel.plot.addItem(item, ignoreBounds=True)
        item.setPos(last[1], last[2])

    def _limit(self, panel: _Panel, curve: Curve, limit: float) -> None:
        """A dashed line and its value in words: colour never speaks alone."""
        tone = current().role(curve.tone)
        pen = pg.mkPen(tone, width=1, style=Qt.PenStyle.DashLine)
        words = f"Seuil {curve.name.lower()} {limit:g}"
        line = pg.InfiniteLine(
            limit, angle=0, pen=pen, label=words,
            labelOpts={"position": 0.02, "anchors": [(0, 1), (0, 1)], "color": tone},
        )  # fmt: skip
        line.label.setFont(font("tiny"))
        panel.plot.addItem(line, ignoreBounds=True)

    def _moved(self) -> None:
        self.tip.hide()
        self._turn.start()

    def _fit_heights(self) -> None:
        """Each panel takes the heights of the points in view, and the near end of its band."""
        low, high = self.period
        for panel in self._panels:
            seen = [
                (height, self._point(key))
                for key, height in panel.heights.items()
                if low <= day_of(self._at(key)) <= high
            ] or [(height, self._point(key)) for key, height in panel.heights.items()]
            ends = [height for height, _ in seen]
            if not ends:
                continue
            bottom, top = with_band(
                min(ends), max(ends), [p for _, p in seen if p], relative=panel.relative
            )
            if not panel.relative:
                limits = [one.limit for one in panel.curves if one.limit is not None]
                bottom, top = min([bottom, *limits]), max([top, *limits])
            span = (top - bottom) or max(abs(top) * 0.4, 1.0)
            pixels = max(panel.plot.vb.height() - ABOVE - BELOW, FLATTEST)
            low_end, high_end = bottom - span * BELOW / pixels, top + span * ABOVE / pixels
            panel.plot.setYRange(low_end, high_end, padding=0.0)
            self._name_axis(panel)
        self._spread_words(low, high)

    def _spread_words(self, low: float, high: float) -> None:
        """A value is written where there is room for it, the newest before those it would cover."""
        next_one: dict[int, float] = {}
        days = max(high - low, 1.0)
        width = max(self.canvas.width() - AXIS_WIDTH - 20, 50)
        for panel, item, x in sorted(self._marks, key=lambda mark: mark[2], reverse=True):
            pixels = (x - low) / days * width
            needed = item.textItem.boundingRect().width()
            shown = -5 <= pixels <= width + 5 and next_one.get(id(panel), FAR) - pixels > needed
            item.setVisible(shown)
            if shown:
                next_one[id(panel)] = pixels
        for panel in self._panels:
            self._say_outside(panel, low, high)

    def _say_outside(self, panel: _Panel, low: float, high: float) -> None:
        """A period without a point says the last value there was, instead of an empty field."""
        days = [day_of(self._at(key)) for key in panel.heights]
        empty = bool(days) and not any(low <= day <= high for day in days)
        panel.outside.setVisible(empty)
        if not empty:
            return
        said = [last_words(curve, high, several=len(panel.curves) > 1) for curve in panel.curves]
        panel.outside.setText("\n".join(said))
        bottom, top = panel.plot.viewRange()[1]
        panel.outside.setPos((low + high) / 2, (bottom + top) / 2)

    def _mark_current(self) -> None:
        """A ring around the current point, its day across every panel."""
        self._marked = True
        for panel in self._panels:
            for old in getattr(panel.plot, "lgc_marks", ()):
                panel.plot.removeItem(old)
            panel.plot.lgc_marks = []
        point = self._point(self._current)
        if point is None or self._current is None:
            return
        self.setAccessibleDescription(", ".join(point.tip))
        colour = current().role("text.muted")
        for panel in self._panels:
            pen = pg.mkPen(colour, width=1, style=Qt.PenStyle.DotLine)
            line = pg.InfiniteLine(day_of(point.at), angle=90, pen=pen)
            panel.plot.addItem(line, ignoreBounds=True)
            panel.plot.lgc_marks.append(line)
            if self._current in panel.heights:
                tone = next(c.tone for c in panel.curves if c.key == self._current[0])
                ring = pg.ScatterPlotItem(
                    [day_of(point.at)],
                    [panel.heights[self._current]],
                    size=17,
                    brush=None,
                    pen=pg.mkPen(current().role(tone), width=1.8),
                )
                panel.plot.addItem(ring, ignoreBounds=True)
                panel.plot.lgc_marks.append(ring)

    # --- pointing -----------------------------------------------------------------------------

    def _point(self, key: tuple[str, int] | None) -> CurvePoint | None:
        if key is None:
            return None
        curve = next((one for one in self._curves if one.key == key[0]), None)
        if curve is None or not 0 <= key[1] < len(curve.points):
            return None
        return curve.points[key[1]]

    def _at(self, key: tuple[str, int]) -> dt.datetime:
        point = self._point(key)
        assert point is not None
        return point.at

    def _pixels(self, panel: _Panel, key: tuple[str, int]) -> QPointF:
        scene = panel.plot.vb.mapViewToScene(QPointF(day_of(self._at(key)), panel.heights[key]))
        return QPointF(self.canvas.mapFromScene(scene))

    def _nearest(self, at: QPointF) -> tuple[str, int] | None:
        best, near = None, NEAR
        for panel in self._panels:
            for key in panel.heights:
                away = self._pixels(panel, key) - at
                far = (away.x() ** 2 + away.y() ** 2) ** 0.5
                if far < near:
                    best, near = key, far
        return best

    def _hover(self, at: QPointF) -> None:
        key = self._nearest(at)
        point = self._point(key)
        if key is None or point is None:
            self.canvas.unsetCursor()
            self.tip.hide()
            return
        self.canvas.setCursor(Qt.CursorShape.PointingHandCursor)
        place = self.place_of(*key)
        if place is not None and point.tip:
            self.tip.tell(point.tip, place)

    def _click(self, at: QPointF) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        key = self._nearest(at)
        if key is not None:
            self._choose(key)
            point = self._point(key)
            if point is not None:
                self.picked.emit(point.data)

    def _choose(self, key: tuple[str, int]) -> None:
        self._current = key
        self._mark_current()
        point = self._point(key)
        if point is not None:
            self.current_changed.emit(point.data)

    # --- keys ---------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {
            Qt.Key.Key_Left: lambda: self._walk(-1),
            Qt.Key.Key_Right: lambda: self._walk(+1),
            Qt.Key.Key_Up: lambda: self._other_curve(-1),
            Qt.Key.Key_Down: lambda: self._other_curve(+1),
            Qt.Key.Key_Plus: lambda: self.zoom(1.2),
            Qt.Key.Key_Minus: lambda: self.zoom(1 / 1.2),
            Qt.Key.Key_Return: self._open_current,
            Qt.Key.Key_Enter: self._open_current,
        }
        act = moves.get(Qt.Key(event.key()))
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def zoom(self, factor: float) -> None:
        """Around the middle of the period; above 1 comes closer."""
        if self._panels:
            low, high = self.period
            middle, half = (low + high) / 2, (high - low) / 2 / factor
            self._panels[0].plot.setXRange(middle - half, middle + half, padding=0.0)

    def _walk(self, step: int) -> None:
        if not self._curves:
            return
        key = self._current
        curve = next((c for c in self._curves if key and c.key == key[0]), self._curves[0])
        if not curve.points:
            return
        start = key[1] if key is not None else len(curve.points) if step < 0 else -1
        number = min(max(start + step, 0), len(curve.points) - 1)
        self._choose((curve.key, number))
        self._bring_into_view(curve.points[number])

    def _other_curve(self, step: int) -> None:
        """The point of the next curve that is nearest in time."""
        point = self._point(self._current)
        if point is None or self._current is None:
            self._walk(step)
            return
        keys = [curve.key for curve in self._curves]
        place = min(max(keys.index(self._current[0]) + step, 0), len(keys) - 1)
        points = self._curves[place].points
        if points:
            near = min(range(len(points)), key=lambda n: abs(points[n].at - point.at))
            self._choose((keys[place], near))

    def _bring_into_view(self, point: CurvePoint) -> None:
        low, high = self.period
        day = day_of(point.at)
        if self._panels and not low <= day <= high:
            half = (high - low) / 2
            self._panels[0].plot.setXRange(day - half, day + half, padding=0.0)

    def _open_current(self) -> None:
        point = self._point(self._current)
        if point is not None:
            self.picked.emit(point.data)

    # --- events -------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn.start()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._current is None and event.reason() is not Qt.FocusReason.MouseFocusReason:
            self._walk(-1)


SYMBOLS = {"<": "t", "≤": "t", ">": "t1", "≥": "t1"}

"""A series of results as a curve."""

from __future__ import annotations

from lgc.desktop.components.curve_shapes import Curve, CurvePoint
from lgc.desktop.record.biology import words
from lgc.services.series import Analysis, Cell


def curve_of(one: Analysis, tone: str) -> Curve:
    """In the unit of the series; ``data`` of each point is (Analysis, Point)."""
    points = tuple(
        CurvePoint(
            at=point.at,
            value=point.value or 0.0,
            words=words.value(point),
            low=point.reference.low if point.reference else None,
            high=point.reference.high if point.reference else None,
            mark=point.result.operator,
            hollow=point.quoted,
            letter=point.letter,
            tip=words.tip(one, Cell((point,))),
            data=(one, point),
        )
        for point in one.drawn
    )
    return Curve(one.key, words.titled(one), words.unit(one.unit), points, tone)

"""Biology in the visit, and what a colleague's summary gives: the DMP's documents put to use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from lgc.desktop.components.buttons import Button
from lgc.desktop.record.biology.part import TOGETHER, BiologyPart
from lgc.desktop.reusing.dialog import ReuseDialog
from lgc.domain.biology import Bound
from lgc.domain.documents import DocumentKind, Origin
from lgc.services.views import DocumentLine
from lgc.tour.driver import TourFailure

if TYPE_CHECKING:
    from lgc.tour.steps import Visit

REPORTS = 8


def biology(visit: Visit) -> None:
    """The reports the search found are one click away from the table."""
    doctor, part = visit.doctor, _part(visit)
    bring = next(b for b in part.findChildren(Button) if _brings(b) and b.isVisible())
    doctor.picture("biologie-a-reprendre-du-dmp")
    doctor.click(bring)
    doctor.until(lambda: part.view.documents >= REPORTS and not part.view.absent, "reports", 60)
    doctor.until(lambda: part.curves is not None and part.curves.ready, "curves")
    if not any(
        point.result.bound is Bound.LESS for one in part.view.analyses for point in one.points
    ):
        raise TourFailure("a value below its limit is missing")
    part.table.values.setFocus()
    doctor.breathe(0.3)
    doctor.picture("biologie")


def biology_curves(visit: Visit) -> None:
    """Hover, several analyses together, and a click on a point opens its report."""
    doctor, part = visit.doctor, _part(visit)
    curves = part.curves
    if curves is None:
        raise TourFailure("no curve")
    one = part.chosen[0]
    place = _place(part, one.key, len(one.drawn) - 2)
    _point_at(curves.canvas.viewport(), place)
    doctor.until(lambda: curves.tip.isVisible(), "what a point says")
    doctor.picture("biologie-valeur-survolee")
    doctor.click(part.mode.button(TOGETHER))
    doctor.until(lambda: curves.ready and len(curves.panels) == 1, "one panel for all")
    doctor.breathe(0.3)
    doctor.picture("biologie-courbes-superposees")
    doctor.click(curves.canvas.viewport(), _place(part, one.key, len(one.drawn) - 2))
    record = visit.record
    doctor.until(lambda: record.stack.currentWidget() is record.document, "the report")
    doctor.breathe(0.3)
    doctor.picture("biologie-compte-rendu-du-point")
    doctor.press("Esc")
    doctor.until(lambda: record.stack.currentWidget() is part, "back on the curves")
    record.show_home()


def _part(visit: Visit) -> BiologyPart:
    record = visit.record
    if not isinstance(record.stack.currentWidget(), BiologyPart):
        visit.doctor.click(record.menu.button("biology"))
    part = record.stack.currentWidget()
    if not isinstance(part, BiologyPart):
        raise TourFailure("biology is not in view")
    visit.doctor.until(lambda: part.was_read, "the results")
    return part


def _point_at(target: QWidget, place: QPoint) -> None:
    """Move the pointer there; without a screen QTest moves it nowhere when everything is scaled."""
    at = QPointF(place)
    none = Qt.MouseButton.NoButton
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        target.mapToGlobal(at),
        none,
        none,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(target, move)


def _brings(button: Button) -> bool:
    return button.objectName() in ("bringLabs", "bringFirstLabs")


def _place(part: BiologyPart, key: str, number: int) -> QPoint:
    place = part.curves.place_of(key, number) if part.curves is not None else None
    if place is None:
        raise TourFailure("the point is not in view")
    return place


def reuse(visit: Visit) -> None:
    """A colleague's summary in the DMP gives its entries, those already held left out."""
    doctor, record = visit.doctor, visit.record
    lines = record.documents.table.rows()
    found = next((line for line in lines if line.origin is Origin.DMP and _is_summary(line)), None)
    if found is None:
        raise TourFailure("no summary of a colleague in the DMP")
    record.documents.table.select(found.key)
    record.documents.table.setFocus()
    doctor.press("Return")
    doctor.until(lambda: record.stack.currentWidget() is record.document, "the summary", 30)
    doctor.picture("synthese-recue")
    doctor.click(doctor.find(Button, "reuseDocument"))
    doctor.until(lambda: visit.desktop.frame.findChildren(ReuseDialog), "the choice")
    dialog = visit.desktop.frame.findChildren(ReuseDialog)[0]
    if not any(row.proposal.why_not for row in dialog.rows):
        raise TourFailure("no duplicate was recognised")
    doctor.breathe(0.2)
    doctor.picture("reprendre-dans-le-dossier")
    doctor.press("Ctrl+Return")
    doctor.until(lambda: not visit.desktop.frame.findChildren(ReuseDialog), "what was brought in")
    doctor.picture("elements-repris")
    doctor.press("Esc")


def _is_summary(line: DocumentLine) -> bool:
    return line.kind is DocumentKind.VSM

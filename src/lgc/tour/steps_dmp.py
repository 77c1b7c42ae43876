"""The DMP in the visit: my rights, who else reads it, and masking the summary just deposited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from lgc.desktop.dmp.professionals import ProfessionalsDialog
from lgc.desktop.dmp.question import QuestionDialog
from lgc.domain.documents import DmpState, DocumentKind
from lgc.services.views import DocumentLine

if TYPE_CHECKING:
    from lgc.tour.steps import Visit


def rights(visit: Visit) -> None:
    """The menu of the banner, then the list of those who may read."""
    doctor, record = visit.doctor, visit.record
    record.documents.table.setFocus()
    doctor.press("Ctrl+Shift+D")
    doctor.until(lambda: _menu(visit), "the menu of the DMP")
    doctor.picture("dmp-mes-droits")
    _take(visit, "professionals")
    doctor.until(lambda: _shown(visit, ProfessionalsDialog), "who may read")
    doctor.breathe(0.3)
    doctor.picture("dmp-professionnels")
    doctor.press("Esc")


def masking(visit: Visit) -> None:
    """The summary sent a moment ago: masked, with what it means said before."""
    doctor, record = visit.doctor, visit.record
    line = next(one for one in record.documents.table.rows() if _summary(one))
    record.documents.table.select(line.key)
    record.documents.table.setFocus()
    doctor.press("Shift+F10")
    doctor.until(lambda: _menu(visit), "what may be done to it")
    doctor.picture("dmp-actions-document")
    _take(visit, "mask")
    doctor.until(lambda: _shown(visit, QuestionDialog), "what masking means")
    doctor.picture("dmp-masquer")
    doctor.press("Ctrl+Return")
    doctor.until(
        lambda: any(
            one.key == line.key and one.dmp_state is DmpState.MASKED
            for one in record.documents.table.rows()
        ),
        "the document is masked",
    )
    doctor.picture("dmp-document-masque")


def _summary(line: DocumentLine) -> bool:
    return (
        line.kind is DocumentKind.VSM
        and line.document is not None
        and line.dmp_state is DmpState.DEPOSITED
    )


def _menu(visit: Visit) -> list[QMenu]:
    return [one for one in visit.window.findChildren(QMenu, "dmpMenu") if one.isVisible()]


def _take(visit: Visit, key: str) -> None:
    menu = _menu(visit)[0]
    item = next(one for one in menu.actions() if one.objectName() == key)
    visit.doctor.click(menu, QPoint(menu.actionGeometry(item).center()))


def _shown(visit: Visit, kind: type[QuestionDialog] | type[ProfessionalsDialog]) -> bool:
    return any(one.isVisible() for one in visit.desktop.frame.findChildren(kind))

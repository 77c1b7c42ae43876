"""What the shell asks of a screen."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from lgc.services.views import PatientView


class Page(QWidget):
    """A screen in the shell.

    ``title`` names it; ``actions()`` (those made with ``keys.action(self, …)``) are its keys,
    shown in the status line and under « ? »; ``shown`` is called each time it comes into view.
    """

    title = ""
    hints_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")

    def speaks_of(self) -> str:
        """Whom or what a notice of this page is about."""
        return self.title

    def shown(self) -> None:
        """Bring what is shown up to date and put the focus where the work starts."""

    def show_item(self, item: str) -> None:
        """Bring one thing of the page forward (a message to assign, a document to read)."""

    def set_compact(self, compact: bool) -> None:
        """The window became narrow (under 1400 px) or wide again."""

    def keys(self) -> list[QAction]:
        """Every action of the page and of the parts of it that are in view."""
        found = list(self.actions())
        for child in self.findChildren(QWidget):
            if child.isVisibleTo(self):
                found += [a for a in child.actions() if a not in found]
        return [a for a in found if not a.shortcut().isEmpty()]


class RecordPage(Page):
    """One open record: one page per patient, so a late answer has only one place to land.

    ``seeing_asked``: something here must be seen (why it does not close).
    ``patient_changed`` carries the PatientView the tab must show; ``drafts_changed`` whether
    a draft waits there (patient_id, bool); ``may_close`` lets a page
    refuse (something is not saved) by returning False after having said why.
    """

    patient_changed = Signal(object)
    seeing_asked = Signal()
    drafts_changed = Signal(str, bool)

    def __init__(self, patient_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.patient_id = patient_id
        self.patient: PatientView | None = None

    def speaks_of(self) -> str:
        return self.patient.name if self.patient is not None else ""

    def may_close(self) -> bool:
        return True

    def show_draft(self, kind: str) -> None:
        """Go on with a draft of this record."""

    def show_patient(self, patient: PatientView) -> None:
        """Remember whose record it is and tell the tab."""
        self.patient = patient
        self.title = patient.name
        self.patient_changed.emit(patient)

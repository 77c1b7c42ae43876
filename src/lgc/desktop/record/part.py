"""A part of the record: what one entry of its menu shows in place of the home.

A part is made the first time it is asked for, so that opening a record costs nothing of it.
"""

from __future__ import annotations

from importlib import import_module

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QWidget

from lgc.desktop.tasks import Tasks
from lgc.services.desk import Desk
from lgc.services.views import PatientView


class Part(QWidget):
    """One patient's, for ever: a late answer for another one has nowhere to land.

    ``document_asked`` carries a document_id to open over the part; ``share_asked`` what the
    sharing dialog takes (a document_id or a DocumentContent); ``left`` goes back to the home;
    ``place_changed`` the menu key to mark where a part holds several entries; ``told`` says that
    something was done (words, and what takes it back or None). ``line_asked`` carries a
    DocumentLine to open even if the DMP alone holds it, ``line_menu_asked`` one whose DMP actions
    are wanted and where; ``message_asked`` a message_id; ``part_asked`` the menu key of another
    part, ``draft_asked`` the kind of a draft to go on with; ``write_asked`` document_ids for a new
    message; ``dmp_asked`` looks into the DMP; ``visit_asked`` a VisitLine to show in the agenda,
    ``visit_act`` what is done to one in its turn: the work, its words, what follows, the line.
    """

    document_asked = Signal(str)
    share_asked = Signal(object)
    left = Signal()
    place_changed = Signal(str)
    hints_changed = Signal()
    told = Signal(str, object)
    line_asked = Signal(object)
    line_menu_asked = Signal(object, QPoint)
    message_asked = Signal(str)
    part_asked = Signal(str)
    draft_asked = Signal(str)
    write_asked = Signal(object)
    dmp_asked = Signal()
    visit_asked = Signal(object)
    visit_act = Signal(object, str, object, object)

    def __init__(self, patient_id: str, desk: Desk, tasks: Tasks) -> None:
        super().__init__()
        self.patient_id = patient_id
        self._desk, self._tasks = desk, tasks

    def shown(self, entry: str) -> None:
        """The part comes into view through ``entry``: read afresh, put the focus."""

    def refresh(self) -> None:
        """Something of the record changed while the part is in view."""

    def agenda_changed(self) -> None:
        """Something of the agenda changed while the part is in view."""

    def turn_to(self, kind: str) -> None:
        """Where several kinds are written, the one of ``kind`` comes into view."""

    def reopened(self, kind: str) -> None:
        """A document was taken up again into the draft of ``kind``: show it."""

    def show_patient(self, patient: PatientView) -> None:
        """The identity was read, or read again."""

    def may_close(self) -> bool:
        """False, after having said why, keeps the record open."""
        return True


# Entry of the menu → module and class of the part behind it; several entries may share one part.
PARTS: dict[str, str] = {
    "note": "lgc.desktop.record.writing.text_parts:NotePart",
    "drugs": "lgc.desktop.record.writing.drugs_part:DrugsPart",
    "orders": "lgc.desktop.record.writing.text_parts:OrdersPart",
    "letter": "lgc.desktop.record.writing.text_parts:LetterPart",
    "rcp": "lgc.desktop.record.writing.text_parts:RcpPart",
    "medical": "lgc.desktop.record.medical.part:MedicalPart",
    "overview": "lgc.desktop.record.medical.part:MedicalPart",
    "administrative": "lgc.desktop.record.administrative.part:AdministrativePart",
    "list": "lgc.desktop.record.listing.part:ListingPart",
    "new": "lgc.desktop.record.listing.part:ListingPart",
    "visits": "lgc.desktop.record.visits_part:VisitsPart",
    "measures": "lgc.desktop.record.measures.part:MeasuresPart",
    "biology": "lgc.desktop.record.biology.part:BiologyPart",
}


def part_class(place: str) -> type[Part]:
    """The class behind ``module:Class``, imported now. Raises ImportError, AttributeError."""
    module, _, name = place.partition(":")
    found: type[Part] = getattr(import_module(module), name)
    return found

"""The consultation in the visit: typed with short forms, kept meanwhile, finished into a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lgc.desktop.record.writing.text_parts import NotePart
from lgc.tour.driver import TourFailure

if TYPE_CHECKING:
    from lgc.tour.steps import Visit


def consultation(visit: Visit) -> None:
    """« ras » unfolds; leaving the note and coming back finds every word; Ctrl+Enter finishes."""
    doctor, record = visit.doctor, visit.record
    doctor.press("Ctrl+N")
    doctor.until(lambda: isinstance(record.stack.currentWidget(), NotePart), "the note")
    part = record.stack.currentWidget()
    if not isinstance(part, NotePart):
        raise TourFailure("the note is not in view")
    doctor.until(lambda: part.panel.fields["reason"].hasFocus() and part.panel.loaded, "the fields")
    doctor.type("Suivi du diabète")
    doctor.press("Tab")
    doctor.type("Se sent bien, marche une demi-heure par jour.")
    doctor.press("Tab")
    doctor.type("ACP ras, TA 13/8.")
    doctor.press("Tab")
    doctor.type("Équilibre à surveiller, HbA1c dans trois mois.")
    doctor.until(lambda: "enregistré" in part.panel.saved.text(), "everything is saved")
    doctor.picture("consultation")
    if "rien à signaler" not in part.panel.typed().of("examination"):
        raise TourFailure("a short form did not unfold")
    record.show_home()
    doctor.press("Ctrl+N")
    if part.panel.typed().of("reason") != "Suivi du diabète":
        raise TourFailure("the note was lost")
    doctor.press("Ctrl+Return")
    doctor.until(lambda: record.stack.currentWidget() is record.document, "the report", 60)
    doctor.breathe(0.3)
    doctor.picture("compte-rendu-de-consultation")
    record.show_home()

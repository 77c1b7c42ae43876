"""« Échanges avec l’extérieur »: what answers, known from what really came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lgc.desktop.outside.panel import OutsidePanel
from lgc.services.exchanges import DMP, MAILBOX, MSSANTE

if TYPE_CHECKING:
    from lgc.tour.steps import Visit


def outside(visit: Visit) -> None:
    """Both services answered, and the list of every lane says when."""
    doctor, services = visit.doctor, visit.window.status.services
    doctor.until(lambda: services["dmp"].words() == "DMP joignable", "the DMP answers")
    doctor.until(lambda: services["mssante"].words() == "MSSanté à jour", "the mailbox was read")
    doctor.click(services["dmp"])
    panel = visit.window.findChildren(OutsidePanel)[0]
    doctor.until(panel.isVisible, "the list of the lanes")
    room = sum(row.sizeHint().height() for row in panel.rows)
    doctor.until(lambda: panel.height() > room, "room for all of them")
    said = {row.key: row.words.text() for row in panel.rows}
    doctor.until(
        lambda: all("dernier succès" in said[key] for key in (DMP, MAILBOX, MSSANTE)),
        "a success of each",
        1,
    )
    doctor.breathe(0.2)
    doctor.picture("echanges-avec-l-exterieur")
    doctor.click(services["dmp"])
    doctor.until(panel.isHidden, "the list closed")

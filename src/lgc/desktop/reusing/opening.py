"""Open the dialog over the window, then offer to take everything back."""

from __future__ import annotations

from functools import partial

from lgc.desktop import text
from lgc.desktop.main_window import MainWindow
from lgc.desktop.reusing.dialog import ReuseDialog
from lgc.services.desk import Desk
from lgc.services.reading import OpenedDocument
from lgc.services.reusing import ReuseView, Taken
from lgc.services.views import PatientView


def reuse(window: MainWindow, desk: Desk, patient_id: str, opened: OpenedDocument) -> None:
    """Ask the doctor which entries of a document enter the record of ``patient_id``."""

    def asked() -> tuple[ReuseView, PatientView]:
        return desk.reusing.propose(patient_id, opened), desk.records.patient(patient_id)

    def shown(answer: tuple[ReuseView, PatientView]) -> None:
        view, patient = answer
        dialog = ReuseDialog(
            window, view, patient, desk.reusing, window.tasks, window.messages.show
        )
        dialog.taken.connect(partial(_taken, window, desk))
        dialog.open(dialog.rows[0].box if dialog.rows else None)

    window.tasks.run(asked, owner=window, done=shown)


def _taken(window: MainWindow, desk: Desk, taken: Taken) -> None:
    count = taken.count
    words = text.count(count, "élément repris", "éléments repris")

    def undone(left: int) -> None:
        if left:
            kept = text.count(left, "ligne corrigée", "lignes corrigées")
            window.messages.toast(f"{kept} depuis la reprise : gardée{'s' if left > 1 else ''}")

    def undo() -> None:
        window.tasks.run(partial(desk.reusing.undo, taken), owner=window, done=undone)

    window.messages.toast(f"{words} dans le dossier", undo=undo)

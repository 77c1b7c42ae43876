"""Opening a record: from the doctor's key to the painted page, beside an empty record.

A real encrypted store with one patient of 200 documents and one of 2 000, and one with none; the
window is offscreen. What counts is what the doctor waits for: reading in the worker, then the page
made and painted on the interface thread. Above 200 ms for 200 documents the bench fails.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from lgc.commands import practice_zone
from lgc.desktop.app import make_application
from lgc.desktop.bridge import Bridge
from lgc.desktop.main_window import MainWindow
from lgc.desktop.record.record_page import Record
from lgc.domain.documents import DmpState, Document, DocumentContent, DocumentKind, Origin
from lgc.domain.identity import Identity, IdentityStatus, Sex, Traits
from lgc.domain.patients import Patient
from lgc.domain.professionals import Coded
from lgc.services.records import Records
from lgc.settings import Settings
from lgc.store.practice_store import PracticeStore

practice_zone.use()

SIZES, LIMIT_MS, ROUNDS = (0, 200, 2000), 200.0, 5
LETTER = Coded("11488-4", "2.16.840.1.113883.6.1", "Consultation")
KINDS = tuple(DocumentKind)


class _Clock:
    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)


def fill(store: PracticeStore, size: int) -> str:
    """One fictitious patient with ``size`` documents over ten years."""
    patient_id, now = f"patient-{size}", _Clock().now()
    traits = Traits("CHEMIN", ("HENRI",), Sex.MALE, dt.date(1948, 8, 18), "75056")
    with store.unit() as uow:
        uow.patients.add(Patient(patient_id, Identity(traits, IdentityStatus.VALIDATED)))
        for number in range(size):
            made = Document(
                f"{patient_id}-{number}", patient_id, f"1.2.{size}.{number}", f"1.2.{number}", 1,
                f"Compte rendu {number}", LETTER, KINDS[number % len(KINDS)],
                tuple(Origin)[number % 3], "text/plain", now - dt.timedelta(days=number * 18),
                "Dr Paul MEDECIN5729", "Cabinet", "00" * 20, 10,
                dmp_state=tuple(DmpState)[number % 7], unread=number % 9 == 0,
            )  # fmt: skip
            uow.documents.add(DocumentContent(made, b"texte"), "texte")
        uow.commit()
    return patient_id


def opened(window: MainWindow, desk: SimpleNamespace, patient_id: str) -> tuple[float, float]:
    """(milliseconds until painted, of which on the interface thread)."""
    start = time.perf_counter()
    page = Record(patient_id, desk, window.tasks, window.stack)  # type: ignore[arg-type]
    window.stack.addWidget(page)
    window.stack.setCurrentWidget(page)
    made = time.perf_counter()
    view = desk.records.opened(patient_id)
    read = time.perf_counter()
    page._show(view)
    QApplication.processEvents()
    window.repaint()
    end = time.perf_counter()
    window.stack.removeWidget(page)
    page.deleteLater()
    QApplication.processEvents()
    return (end - start) * 1000, (end - read + made - start) * 1000


def bench() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "practice.db"
        store = PracticeStore(path, path, os.urandom(32), "8", _Clock().now)
        app = make_application(sys.argv[:1], Settings())
        window = MainWindow(Bridge())
        window.resize(1440, 900)
        window.show()
        dmp = SimpleNamespace(known=lambda patient_id: ())
        records = Records(store.unit, _Clock(), dmp)  # type: ignore[arg-type]
        desk = SimpleNamespace(records=records, clock=_Clock(), settings=Settings())
        taken = {}
        for size in SIZES:
            patient_id = fill(store, size)
            opened(window, desk, patient_id)
            rounds = [opened(window, desk, patient_id) for _ in range(ROUNDS)]
            taken[size], drawn = (statistics.median(column) for column in zip(*rounds, strict=True))
            ratio = taken[size] / taken[0]
            print(
                f"{size:5} documents: painted in {taken[size]:6.1f} ms, {drawn:6.1f} of them on the"
                f" interface thread = {ratio:4.1f} x an empty record"
            )
        window.tasks.close()
        store.close()
        app.quit()
        if taken[200] > LIMIT_MS:
            raise SystemExit(f"slower than {LIMIT_MS:.0f} ms with 200 documents")

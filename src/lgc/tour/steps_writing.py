"""The consultation in the visit: typed with short forms, kept meanwhile, finished into a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QMenu

from lgc.desktop.closing.dialog import ClosingDialog
from lgc.desktop.documents.printing import PrintPreview
from lgc.desktop.record.writing.drugs_part import DrugsPart
from lgc.desktop.record.writing.text_parts import LetterPart, NotePart, OrdersPart
from lgc.domain.documents import DocumentKind
from lgc.services.drafting import CERTIFICATE, LETTER
from lgc.tour.driver import TourFailure

if TYPE_CHECKING:
    from lgc.desktop.record.record_page import Record
    from lgc.tour.steps import Visit


def consultation(visit: Visit) -> None:
    """« RAS » unfolds; leaving the note and coming back finds every word; Ctrl+Enter finishes."""
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
    doctor.type("ACP RAS, TA 13/8.")
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


def prescription(visit: Visit) -> None:
    """The treatments under way taken at one key, one more medicine, the ordonnance made."""
    doctor, record = visit.doctor, visit.record
    doctor.click(record.menu.button("drugs"))
    part = record.stack.currentWidget()
    if not isinstance(part, DrugsPart):
        raise TourFailure("the prescription is not in view")
    doctor.until(lambda: part.loaded, "the draft")
    doctor.press("Ctrl+T")
    doctor.until(lambda: part.lines, "the treatments")
    doctor.type("parac")
    doctor.until(part.entry.popup.isVisible, "the medicines")
    doctor.press("Return")
    doctor.type("1 g 3 fois par jour si douleur 5 jours")
    doctor.breathe(0.2)
    doctor.picture("ordonnance")
    doctor.press("Return")
    _unstructured(visit, part)
    doctor.until(lambda: "enregistré" in part.saved.text(), "everything is saved")
    doctor.press("Ctrl+Return")
    doctor.until(lambda: record.stack.currentWidget() is record.document, "the ordonnance", 60)
    doctor.until(record.document.rewrite.isEnabled, "its next version may be written")
    doctor.breathe(0.3)
    doctor.picture("ordonnance-document")
    doctor.press("Ctrl+P")
    doctor.until(lambda: visit.window.findChildren(PrintPreview), "the preview")
    doctor.breathe(0.4)
    doctor.picture("apercu-avant-impression")
    doctor.press("Esc")
    record.show_home()


def _unstructured(visit: Visit, part: DrugsPart) -> None:
    """A dose that is not understood whole: its words stand, and say so before anything is added."""
    doctor = visit.doctor
    doctor.type("Prednisolone 20 mg")
    doctor.press("Return")
    doctor.until(part.entry.dosage.hasFocus, "the dosage")
    doctor.type("2 cp le matin puis un de moins tous les 3 jours")
    doctor.until(lambda: "Non structuré" in part.entry.understood.text(), "it says that it is text")
    doctor.breathe(0.2)
    doctor.picture("posologie-non-structuree")
    doctor.press("Return")
    if part.lines[-1].understood:
        raise TourFailure("a dose was guessed")


def orders(visit: Visit) -> None:
    """A prescription of biology from ready lines."""
    doctor, record = visit.doctor, visit.record
    doctor.click(record.menu.button("orders"))
    part = record.stack.currentWidget()
    if not isinstance(part, OrdersPart):
        raise TourFailure("the prescriptions are not in view")
    doctor.until(lambda: part.panel.loaded and part.panel.lines.table.rows(), "the ready lines")
    doctor.press("Ctrl+F")
    doctor.type("hba1c")
    doctor.press("Return")
    doctor.until(lambda: "HbA1c" in part.panel.typed().of("body"), "the line")
    doctor.breathe(0.2)
    doctor.picture("autres-prescriptions")
    part.panel._discard()
    record.show_home()


def letter(visit: Visit) -> None:
    """A letter begun with what the record knows: what leaves with it is ticked in sight."""
    part = _letters(visit)
    doctor, record = visit.doctor, visit.record
    _take_model(visit, part, 0)
    doctor.until(lambda: "CHEMIN" in part.panel.typed().of("body"), "the letter")
    doctor.until(lambda: part.panel.typed().joined, "what is joined")
    doctor.breathe(0.2)
    doctor.picture("courrier")
    part.panel._discard()
    record.show_home()


def certificate(visit: Visit) -> None:
    """A certificate for a club, of a patient whose record must not be on it."""
    part = _letters(visit)
    doctor, record = visit.doctor, visit.record
    held = {one.label for one in record._desk.drafting.joinable(record.patient_id)}
    if not held:
        raise TourFailure("the record holds nothing that could be betrayed")
    part.turn_to(CERTIFICATE)
    doctor.until(lambda: part.panel.loaded, "the draft")
    _take_model(visit, part, 1)
    doctor.until(lambda: "CHEMIN" in part.panel.typed().of("body"), "the certificate")
    doctor.breathe(0.2)
    doctor.picture("certificat")
    doctor.press("Ctrl+Return")
    doctor.until(lambda: record.stack.currentWidget() is record.document, "the document", 60)
    doctor.breathe(0.3)
    doctor.picture("certificat-document")
    _betrays_nothing(record, held)
    record.show_home()


def _betrays_nothing(record: Record, held: set[str]) -> None:
    """Neither the document nor its page says anything of the record."""
    opened = record.document.opened
    if opened is None or opened.content.document.kind is not DocumentKind.CERTIFICATE:
        raise TourFailure("this is no certificate")
    said = f"{opened.content.content.decode()}\n{_page(opened.content.pdf or b'')}"
    betrayed = sorted(label for label in held if label in said)
    if betrayed:
        raise TourFailure(f"the certificate says {betrayed}")
    if "INS" in _page(opened.content.pdf or b""):
        raise TourFailure("the page bears the INS")


def _page(content: bytes) -> str:
    document, device = QPdfDocument(), QBuffer()
    device.setData(content)
    device.open(QBuffer.OpenModeFlag.ReadOnly)
    document.load(device)
    words = "\n".join(document.getAllText(n).text() for n in range(document.pageCount()))
    document.close()
    return words


def _letters(visit: Visit) -> LetterPart:
    doctor, record = visit.doctor, visit.record
    doctor.click(record.menu.button("letter"))
    part = record.stack.currentWidget()
    if not isinstance(part, LetterPart):
        raise TourFailure("the letter is not in view")
    part.turn_to(LETTER)
    doctor.until(lambda: part.panel.loaded, "the draft")
    return part


def _take_model(visit: Visit, part: LetterPart, number: int) -> None:
    part.panel._ask_templates()
    visit.doctor.until(lambda: part.panel.findChildren(QMenu, "letterTemplates"), "the templates")
    menu = part.panel.findChildren(QMenu, "letterTemplates")[0]
    menu.actions()[number].trigger()
    menu.close()


def closing(visit: Visit) -> None:
    """The record closes with what the visit made: seen, then left for later."""
    doctor = visit.doctor
    visit.window.open_record(visit.record.patient_id)
    doctor.breathe(0.1)
    doctor.press("Ctrl+W")
    doctor.until(lambda: _closing(visit), "the documents of the visit")
    doctor.breathe(0.2)
    doctor.picture("fermeture-du-dossier")
    doctor.press("Esc")
    doctor.until(lambda: not _closing(visit), "the record again")


def _closing(visit: Visit) -> list[ClosingDialog]:
    return [one for one in visit.window.findChildren(ClosingDialog) if one.isVisible()]

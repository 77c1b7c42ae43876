"""« Saisir un document »: the note, a letter, the RCP form, the prescriptions in words."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from lgc.desktop.components.segmented import Segmented
from lgc.desktop.record.part import Part
from lgc.desktop.record.writing.draft_panel import DraftPanel
from lgc.desktop.record.writing.forms import (
    CERTIFICATE_FORM,
    LETTER_FORM,
    NOTE,
    ORDER_FORMS,
    RCP_FORM,
    Form,
)
from lgc.desktop.tasks import Tasks
from lgc.services.desk import Desk


class TextPart(Part):
    """Several kinds share a part as segments; each has its own draft."""

    FORMS: ClassVar[tuple[tuple[str, Form], ...]] = ()

    def __init__(self, patient_id: str, desk: Desk, tasks: Tasks) -> None:
        super().__init__(patient_id, desk, tasks)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        self.stack = QStackedWidget()
        self.panels: dict[str, DraftPanel] = {}
        for _, form in self.FORMS:
            panel = DraftPanel(form, patient_id, desk, tasks)
            panel.told.connect(self.told)
            panel.finished.connect(self.document_asked)
            self.panels[form.kind] = panel
            self.stack.addWidget(panel)
        self.choice = Segmented(
            [(form.kind, word) for word, form in self.FORMS], name="Document", height=30
        )
        self.choice.changed.connect(self._turn)
        whole.addWidget(self.choice)
        self.choice.setVisible(len(self.FORMS) > 1)
        whole.addWidget(self.stack, 1)

    @property
    def panel(self) -> DraftPanel:
        """The one in view."""
        return self.panels[self.choice.value()]

    def shown(self, entry: str) -> None:
        self.panel.open()

    def may_close(self) -> bool:
        for panel in self.panels.values():
            panel.flush()
        return True

    def turn_to(self, kind: str) -> None:
        """Show the draft of that kind."""
        self.choice.choose(kind)

    def reopened(self, kind: str) -> None:
        """A version is taken up again: show its draft."""
        self.choice.choose(kind)
        self.panels[kind].reload()

    def _turn(self, kind: str) -> None:
        self.stack.setCurrentWidget(self.panels[kind])
        self.panels[kind].open()
        self.hints_changed.emit()


class NotePart(TextPart):
    """The consultation note."""

    FORMS = (("Consultation", NOTE),)


class LetterPart(TextPart):
    """A letter or a certificate, from a template or not."""

    FORMS = (("Courrier", LETTER_FORM), ("Certificat", CERTIFICATE_FORM))


class RcpPart(TextPart):
    """The form for a multidisciplinary meeting."""

    FORMS = (("Fiche RCP", RCP_FORM),)


class OrdersPart(TextPart):
    """Prescriptions that are words: biology, physiotherapy, nursing, work leave."""

    FORMS = ORDER_FORMS

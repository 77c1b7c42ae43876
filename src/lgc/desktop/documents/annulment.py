"""« Annuler ce document »: asked with its reason, then said above the document for ever."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.form import LEGEND, Faults, Form
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.notice import Notice
from lgc.domain.documents import Annulment
from lgc.domain.professionals import Correspondent
from lgc.services.annulling import LETTERS, Annulled

WIDTH, HEIGHT = 560, 32
KEPT = "Il reste dans le dossier, barré, avec la date et la raison. Il ne part plus."


class AnnulDialog(Dialog):
    """``agree`` gets the reason once the doctor decided; the dialog stays until ``dismiss``."""

    def __init__(self, parent: QWidget, about: Annulled, agree: Callable[[str], None]) -> None:
        document = about.document
        super().__init__(parent, "Annuler ce document", glyph="ri.forbid-line", width=WIDTH)
        self.setObjectName("annulDialog")
        title = (
            f"« {document.title} » du {text.date(document.service_start or document.created_at)}"
        )
        self._named = title
        self.body.addWidget(label(text.french(title), "strong", wrap=True))
        for words in (KEPT, *consequences(about)):
            self.body.addWidget(label(text.french(words), wrap=True))
        self.form = Form(self)
        self.why = QLineEdit()
        self.body.addWidget(
            self.form.caption("Raison", self.why, required=True, type_role="small-medium")
        )
        self.why.setFixedHeight(HEIGHT)
        self.why.setMaxLength(200)
        self.why.setPlaceholderText("Par exemple : écrit pour un autre patient")
        self.body.addWidget(self.why)
        self.body.addWidget(self.form.said(self.why))
        self.footer_note.setText(LEGEND)
        self.add_cancel("Ne pas annuler")
        self._agree = agree
        self._go = action(self, "Annuler le document", self._annul, "Ctrl+Return")
        self.confirm = self.add_button(Button(action=self._go, look="danger", height=HEIGHT))
        self.why.textChanged.connect(lambda words: self.form.again(self._faults()))
        self.keep_typed(f"annul:{document.document_id}", {"why": self.why})

    def speaks_of(self) -> str:
        return f"{self.title.text()}, {self._named}"

    def _faults(self) -> Faults:
        written = len(self.why.text().strip()) >= LETTERS
        return (
            () if written else ((self.why, f"Écrivez la raison, en {LETTERS} lettres au moins."),)
        )

    def _annul(self) -> None:
        if not self.form.stops(self._faults()):
            self._agree(self.why.text())


class AnnulmentBand(Notice):
    """Above an annulled document: when, why, where it still is, and what can be done about it."""

    back_asked = Signal()
    warning_asked = Signal()

    def __init__(self) -> None:
        super().__init__("danger")
        self.setObjectName("annulmentBand")
        self.warn = Button("Prévenir par message", "plain", "ri.mail-send-line", height=26)
        self.warn.clicked.connect(lambda checked=False: self.warning_asked.emit())
        self.back = Button("Rétablir", "quiet", "ri.arrow-go-back-line", height=26)
        self.back.clicked.connect(lambda checked=False: self.back_asked.emit())
        self.add_right(self.warn)
        self.add_right(self.back)
        self.hide()

    def show_annulment(self, said: Annulment | None, about: Annulled | None = None) -> None:
        """``about`` comes a moment later: where the document went."""
        self.setVisible(said is not None)
        if said is None:
            return
        day, hour = text.date(text.local(said.at)), text.time_in_words(text.local(said.at))
        sentence = f"Document annulé le {day} à {hour} : {said.why}"
        told = consequences(about) if about is not None else ()
        if said.withdrawn_at is not None:
            told = (f"Retiré du DMP le {text.date(text.local(said.withdrawn_at))}.", *told)
        self.set("danger", text.french(sentence), text.french(" ".join(told)), "ri.forbid-line")
        self.warn.setVisible(about is not None and bool(about.sent_to))
        self.back.setVisible(about is not None and about.may_take_back)


def consequences(about: Annulled) -> tuple[str, ...]:
    """Sentences: what stops, what the DMP is asked, who has it already."""
    done = about.document.annulled is not None
    told = []
    if about.waiting and not done:
        sends = text.count(
            about.waiting, "envoi en attente s’arrête", "envois en attente s’arrêtent"
        )
        told.append(f"{sends}.")
    if about.in_dmp:
        told.append(
            f"Encore dans le DMP : {about.refusal} Le retrait est redemandé."
            if about.refusal
            else "Le DMP est prié de le supprimer."
        )
    if about.sent_to:
        told.append(
            f"Envoyé par MSSanté à {_names(about.sent_to)} : une copie reçue ne se reprend pas."
        )
    return tuple(told)


def _names(people: tuple[Correspondent, ...]) -> str:
    return ", ".join(one.display_name or one.address for one in people)

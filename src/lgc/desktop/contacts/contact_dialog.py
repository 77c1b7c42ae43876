"""Adding a contact, or changing one; a name is completed from the directory."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from lgc.desktop.components.asking import Asking
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.completion import Completion
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.form import LEGEND, Faults, Form
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.people import correspondents_in, the_correspondent
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.suggestions import SuggestionList
from lgc.desktop.tasks import Tasks
from lgc.domain.contacts import Contact, faults
from lgc.domain.professionals import Correspondent

WIDTH, HEIGHT, NOTE_HEIGHT, LEAST, ROW, TYPING_MS = 620, 32, 64, 2, 46, 80
# (field of the correspondent or of the contact, its words, row, column)
FIELDS = (
    ("family_name", "Nom", 0, 0),
    ("given_name", "Prénom", 0, 1),
    ("title", "Titre", 1, 0),
    ("speciality", "Spécialité", 1, 1),
    ("address", "Adresse MSSanté", 2, 0),
    ("telephone", "Téléphone", 2, 1),
    ("organisation", "Structure", 3, 0),
    ("city", "Ville", 3, 1),
    ("national_id", "RPPS", 4, 0),
)
_NEITHER = Qt.AlignmentFlag(0)
REQUIRED = ("family_name", "address")
Directory = Callable[[str], tuple[Correspondent, ...]]


class ContactDialog(Dialog):
    """``answer`` gets the contact as typed; the dialog stays until ``dismiss``."""

    def __init__(
        self,
        parent: QWidget,
        contact: Contact,
        tasks: Tasks,
        directory: Directory,
        answer: Callable[[Contact], None],
    ) -> None:
        self._new = not contact.address
        title = "Nouveau contact" if self._new else "Modifier le contact"
        super().__init__(parent, title, glyph="ri.contacts-book-line", width=WIDTH)
        self.setObjectName("contactDialog")
        self._told = contact.correspondent
        self.lines: dict[str, QLineEdit] = {}
        self.form = Form(self)
        self._answer = answer
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(4)
        for key, words, row, column in FIELDS:
            line = self.lines[key] = _line()
            named = self.form.caption(
                words, line, required=key in REQUIRED, type_role="small-medium"
            )
            top = Qt.AlignmentFlag.AlignTop
            for below, part in enumerate((named, line, self.form.said(line))):
                grid.addWidget(part, 3 * row + below, column, top if below == 2 else _NEITHER)
            line.textChanged.connect(lambda words: self.form.again(self._faults()))
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.note = QPlainTextEdit()
        self.note.setFixedHeight(NOTE_HEIGHT)
        self.note.setTabChangesFocus(True)
        self.note.setAccessibleName("Note du cabinet")
        self.note.setPlaceholderText("Reste au cabinet : ne part jamais avec un message.")
        grid.addWidget(label("Note du cabinet", "small-medium", "text.muted"), 15, 0)
        grid.addWidget(self.note, 16, 0, 1, 2)
        self.lines["address"].setPlaceholderText("prenom.nom@domaine.mssante.fr")
        self.lines["organisation"].setPlaceholderText("Seule, elle tient lieu de nom")
        self.body.addLayout(grid)
        self.footer_note.setText(LEGEND)
        self.popup: SuggestionList[Correspondent] = SuggestionList(
            (
                Column("name", "Nom", lambda one: Cell(one.display_name, medium=True,
                       second=one.speciality), None),
                Column("city", "Ville", lambda one: Cell(one.city, tone="text.muted"), 180),
            ),
            "Trouvés dans l’annuaire", key=lambda one: one.address, row_height=ROW,
        )  # fmt: skip
        self.add_cancel()
        self._go = action(self, "Enregistrer", self._keep, "Ctrl+Return")
        self.add_button(Button(action=self._go, look="primary", height=HEIGHT))
        self._fill(contact)
        self.keep_typed(
            f"contact:{contact.address}", {**self.lines, "note": self.note}, anew=self._new
        )
        if self._new:
            self._complete(self.lines["family_name"], tasks, directory)

    def contact(self) -> Contact:
        """As typed."""
        typed = {key: line.text() for key, line in self.lines.items()}
        telephone, address = typed.pop("telephone"), typed["address"].strip().lower()
        # The directory knows its own address, not one that was typed instead.
        verified = self._told.verified and address == self._told.address.lower()
        one = Correspondent(**typed, verified=verified)
        return Contact(one, telephone, self.note.toPlainText())

    def refuse(self, words: str) -> None:
        """Why the store cannot keep it: the address is another's."""
        self.form.refuse(self.lines["address"], words)

    # --- inside -------------------------------------------------------------------------------

    def _faults(self) -> Faults:
        found = faults(self.contact())
        return [(self.lines[key], found[key]) for key, *_ in FIELDS if key in found]

    def _keep(self) -> None:
        if not self.form.stops(self._faults()):
            self._answer(self.contact())

    def _fill(self, contact: Contact) -> None:
        self._told = contact.correspondent
        one = contact.correspondent
        shown = {"telephone": contact.telephone, "national_id": one.rpps}
        for key, line in self.lines.items():
            line.setText(shown[key] if key in shown else getattr(one, key))
        self.note.setPlainText(contact.note)

    def _complete(self, name: QLineEdit, tasks: Tasks, directory: Directory) -> None:
        completion: Completion[Correspondent] = Completion(
            name,
            Asking(name, tasks, directory, typing_ms=TYPING_MS, least=LEAST),
            self.popup,
            default=the_correspondent,
            rows_of=correspondents_in,
            width=self.width_of_fields,
        )
        completion.taken.connect(self._take)
        self._rest = completion.asking.rest

    def width_of_fields(self) -> int:
        """Both columns, in pixels."""
        last = self.lines["given_name"].geometry()
        return last.right() - self.lines["family_name"].x() + 1

    def _take(self, one: Correspondent) -> None:
        self._fill(Contact(one, self.lines["telephone"].text(), self.note.toPlainText()))
        self._rest()
        self.lines["telephone"].setFocus()


def _line() -> QLineEdit:
    line = QLineEdit()
    line.setFixedHeight(HEIGHT)
    line.setMaxLength(200)
    return line

"""One contact: who it is, how to reach them, the latest messages, the patients in common."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button, icon_button
from lgc.desktop.components.chips import Chip
from lgc.desktop.components.labels import ElidedLabel, label, rule
from lgc.desktop.components.panel import Panel
from lgc.desktop.components.tips import set_tip
from lgc.desktop.components.together import together
from lgc.desktop.mailbox.message_lines import MessageLines
from lgc.desktop.mailbox.preview import Initials
from lgc.domain.messages import Message
from lgc.services.contact_book import ContactView
from lgc.services.views import PatientView

CAPTION = 110
FIELDS = (
    ("address", "Adresse MSSanté"),
    ("telephone", "Téléphone"),
    ("organisation", "Structure"),
    ("city", "Ville"),
    ("rpps", "RPPS"),
    ("note", "Note"),
)


class ContactCard(Panel):
    """Signals carry a message (folder's key, id) or a patient to open."""

    message_asked = Signal(str, str)
    record_asked = Signal(str)

    def __init__(self, actions: tuple[QAction, ...], copying: QAction) -> None:
        super().__init__("Fiche")
        self.view: ContactView | None = None
        self.initials = Initials()
        self.name = ElidedLabel("", "page")
        self.speciality = ElidedLabel("", "base", "text.muted")
        self.known = Chip("")
        self.listed = Chip("")
        self._values: dict[str, QLabel] = {}
        self._captions: dict[str, QLabel] = {}
        self.messages = MessageLines(lambda n: "Derniers messages échangés", _subject, 8)
        self.silence = label("Aucun message échangé.", "small", "text.muted")
        self.messages.asked.connect(self.message_asked)
        self._people = QVBoxLayout()
        self._people.setSpacing(2)
        self._people_head = label("", "small-strong", "text.muted")
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(14)
        column.addLayout(self._head())
        column.addLayout(self._buttons(actions))
        column.addLayout(self._grid(copying))
        column.addWidget(rule())
        column.addWidget(self.messages)
        column.addWidget(self.silence)
        column.addWidget(self._people_head)
        column.addLayout(self._people)
        column.addStretch(1)
        area = QScrollArea()
        area.setAccessibleName("Fiche du contact")
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.add(area, 1)

    def show_contact(self, view: ContactView) -> None:
        with together(self):
            self._show(view)

    # --- inside -------------------------------------------------------------------------------

    def _show(self, view: ContactView) -> None:
        self.view = view
        contact, one = view.contact, view.contact.correspondent
        self.initials.show_name(one.display_name)
        self.name.set_text(one.display_name)
        self.speciality.set_text(one.speciality)
        self.speciality.setVisible(bool(one.speciality))
        if one.verified:
            self.known.set("Annuaire", "teal", "ri.contacts-book-2-line")
        else:
            self.known.set("Saisi au cabinet", "text.muted", "ri.edit-line")
        if view.listed is not None:
            word = "Liste blanche" if view.listed else "Hors liste blanche"
            glyph = "ri.shield-check-line" if view.listed else "ri.error-warning-line"
            self.listed.set(word, "ok" if view.listed else "danger", glyph)
        self.listed.setVisible(view.listed is not None)
        set_tip(
            self.listed,
            text.french("Hors de l’espace de confiance : rien de médical ne doit y être envoyé.")
            if view.listed is False
            else "",
        )
        shown = {
            "address": one.address, "telephone": contact.telephone, "city": one.city,
            "organisation": one.organisation, "rpps": one.rpps, "note": contact.note,
        }  # fmt: skip
        for key, value in shown.items():
            self._values[key].setText(value)
            self._values[key].setVisible(bool(value))
            self._captions[key].setVisible(bool(value))
        self.messages.show_messages(view.messages)
        self.silence.setVisible(not view.messages)
        self._show_people(view.patients)

    def _show_people(self, patients: tuple[PatientView, ...]) -> None:
        while (item := self._people.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._people_head.setVisible(bool(patients))
        self._people_head.setText(text.count(len(patients), "patient suivi", "patients suivis"))
        for one in patients:
            words = f"{one.name} · {text.date(one.birth_date)}"
            button = Button(words, "quiet", "ri.user-line", height=26)
            button.setAccessibleName(f"Ouvrir le dossier de {one.name}")
            button.clicked.connect(partial(self._open, one.patient_id))
            self._people.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def _open(self, patient_id: str, checked: bool = False) -> None:
        self.record_asked.emit(patient_id)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.initials, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.name)
        words.addWidget(self.speciality)
        chips = QHBoxLayout()
        chips.setContentsMargins(0, 4, 0, 0)
        chips.setSpacing(6)
        chips.addWidget(self.known)
        chips.addWidget(self.listed)
        chips.addStretch(1)
        words.addLayout(chips)
        row.addLayout(words, 1)
        return row

    def _buttons(self, actions: tuple[QAction, ...]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        looks = ("primary", "plain", "plain", "plain")
        glyphs = ("ri.edit-box-line", "ri.user-add-line", "ri.edit-line", "ri.delete-bin-6-line")
        for made, look, glyph in zip(actions, looks, glyphs, strict=True):
            button = Button("", look, glyph, action=made, height=32)
            button.setObjectName(f"contact{glyph}")
            made.changed.connect(partial(_follow, button, made))
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _grid(self, copying: QAction) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, CAPTION)
        grid.setColumnStretch(1, 1)
        for number, (key, words) in enumerate(FIELDS):
            caption = label(words, "base", "text.muted")
            value = label("", "base", wrap=key in ("note", "address"), selectable=True)
            value.setAccessibleName(words)
            self._captions[key], self._values[key] = caption, value
            grid.addWidget(caption, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, number, 1, Qt.AlignmentFlag.AlignTop)
        copy = icon_button(copying, "ri.file-copy-line", height=20)
        grid.addWidget(copy, 0, 2, Qt.AlignmentFlag.AlignTop)
        return grid


def _subject(message: Message) -> str:
    return message.subject


def _follow(button: Button, made: QAction) -> None:
    button.setVisible(made.isVisible())

"""One question before an act on the DMP: what it means, what is attested, the verb itself."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QWidget

from lgc.desktop import text
from lgc.desktop.components.banner import ins_chip
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.form import LEGEND, Faults, Form
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.typed import of_now
from lgc.desktop.dmp.guardian import GuardianFields
from lgc.desktop.dmp.words import Question, about
from lgc.desktop.theme import font
from lgc.services.acting_dmp import MOTIVE_LETTERS
from lgc.services.views import PatientView

WIDTH = 520
MOTIVE = f"Écrivez le motif, en {MOTIVE_LETTERS} lettres au moins."
SIDES = 21  # margins and border of the card


class QuestionDialog(Dialog):
    """``answered`` carries the motive (empty when none is asked) once the doctor confirms."""

    answered = Signal(str)

    def __init__(
        self,
        parent: QWidget,
        question: Question,
        patient: PatientView,
        about_what: str = "",
        *,
        minor: bool = False,
        standing: str = "",
    ) -> None:
        self._standing, self._patient_id, self._about = standing, patient.patient_id, about_what
        title = text.french(about(question.title, patient))
        super().__init__(parent, title, glyph=question.glyph, width=WIDTH)
        self.setObjectName("dmpQuestion")
        self._question = question
        self._person(patient)
        if about_what:
            self._say(f"« {about_what} »", "strong")
        self._say(about(question.meaning, patient))
        asked = question.guardian if minor and question.guardian else question.attest
        self.form = Form(self)
        self.attest = QCheckBox()
        self._attested = text.french(about(asked, patient))
        self.form.name(self.attest, self._attested, required=bool(question.attest))
        self.attest.setObjectName("attest")
        self.attest.setFont(font("medium"))
        self.attest.toggled.connect(lambda on: self._arrange())
        self.motive = QLineEdit()
        self.motive.setObjectName("motive")
        self.motive.setFixedHeight(32)
        named = self.form.caption(
            question.motive, self.motive, required=bool(question.motive), type_role="small-medium"
        )
        self.motive.textChanged.connect(lambda words: self._arrange())
        self.guardian = GuardianFields(self.form) if minor and question.guardian else None
        if self.guardian is not None:
            self.guardian.changed.connect(self._arrange)
            self.body.addWidget(self.guardian)
        self.choices = self._boxes(question, patient)
        for part in (named, self.motive, self.form.said(self.motive), self.attest,
                     self.form.said(self.attest)):  # fmt: skip
            self.body.addWidget(part)
        # Once they have their parent: a widget shown before is a window that takes the keys.
        for part, asked in (
            (named, question.motive),
            (self.motive, question.motive),
            (self.attest, question.attest),
        ):
            part.setVisible(bool(asked))
        self.add_cancel()
        self._go = action(self, question.verb, self._answer, "Ctrl+Return")
        look = "danger" if question.danger else "primary"
        self.confirm = Button(action=self._go, look=look, height=32)
        self.confirm.setObjectName("confirmDmp")
        self.add_button(self.confirm)
        self._arrange()
        of_now(self.attest)

    def open(self, focus: QWidget | None = None) -> None:
        """The boxes of what holds already are checked by then."""
        thing = f"dmp:{self._question.title}:{self._patient_id}:{self._about}"
        if self.typed_fields is None:
            self.keep_typed(thing)
        super().open(focus)

    def chosen(self) -> frozenset[str]:
        """Keys of the boxes that are checked."""
        return frozenset(key for key, box in self.choices.items() if box.isChecked())

    def choose(self, keys: frozenset[str]) -> None:
        """Check the boxes of what holds already."""
        for key, box in self.choices.items():
            box.setChecked(key in keys)

    def _boxes(self, question: Question, patient: PatientView) -> dict[str, QCheckBox]:
        made = {}
        for key, said in question.choices:
            made[key] = QCheckBox(text.french(about(said, patient)))
            self.body.addWidget(made[key])
        return made

    def faults(self) -> Faults:
        """What keeps the verb from acting, in the order of the fields."""
        found = list(self.guardian.faults()) if self.guardian is not None else []
        if self._question.motive and len(self.motive.text().strip()) < MOTIVE_LETTERS:
            found.append((self.motive, MOTIVE))
        if self._question.attest and not self.attest.isChecked():
            found.append((self.attest, f"Cochez « {self._attested} »."))
        return found

    def missing(self) -> str:
        """The first of what is missing."""
        return next((words for _, words in self.faults()), "")

    def _person(self, patient: PatientView) -> None:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(label(f"{patient.civility} {patient.name}".strip(), "strong"))
        birth = f"{text.date(patient.birth_date)} · {text.short_age(patient.age)}"
        row.addWidget(label(birth, "base", "text.muted"))
        row.addWidget(ins_chip(patient, small=True))
        row.addStretch(1)
        self.body.addLayout(row)

    def _say(self, words: str, type_role: str = "base") -> None:
        """Words as high as they need at the card's width, whatever the layout asks first."""
        said = label(text.french(words), type_role, wrap=True)
        said.setMinimumHeight(said.heightForWidth(WIDTH - 2 * SIDES))
        self.body.addWidget(said)

    def _arrange(self) -> None:
        self.form.again(self.faults())
        self.footer_note.setText(text.french(self._standing) or (LEGEND if self.asks else ""))

    @property
    def asks(self) -> bool:
        """Must something be filled?"""
        return bool(self.form.required and (self._question.motive or self._question.attest))

    def _answer(self) -> None:
        if self.form.stops(self.faults()):
            return
        self.answered.emit(self.motive.text().strip())
        self.saved()
        self.dismiss()

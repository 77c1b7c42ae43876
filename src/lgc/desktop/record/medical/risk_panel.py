"""« Facteurs de risque »: each subject with its own answer, yes, no or not asked."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.labels import Glyph, label, rule
from lgc.desktop.components.tips import set_tip
from lgc.desktop.record.medical.family_panel import FamilyPanel, slanted, standing_line
from lgc.domain.medical_data import Family, MedicalRecord, RiskDenial
from lgc.domain.risks import NAMES, Risk

HEIGHT = 34


class RiskPanel(FamilyPanel):
    """``answered`` carries (Risk, yes?); ``unanswered`` the Risk whose « no » is taken back."""

    answered = Signal(object, bool)
    unanswered = Signal(object)

    def __init__(self) -> None:
        super().__init__(Family.RISK_FACTOR)
        self._buttons: dict[Risk, Button] = {}
        self._wanted: Risk | None = None

    def show_record(self, record: MedicalRecord) -> None:
        """Subjects in their order. An old « none at all » stays what it said, until taken back."""
        held = next((risk for risk, one in self._buttons.items() if one.hasFocus()), None)
        self._wanted = self._wanted or held
        self._clear()
        self._buttons = {}
        self.count.set_count(len(record.of(self.family)))
        self.count.setVisible(bool(record.of(self.family)))
        absence = record.absence_of(self.family)
        for risk in Risk:
            entries = sorted(record.about(risk), key=lambda entry: not entry.active)
            spoken = [i for i in record.intents if i.family is self.family and i.risk is risk]
            for entry in (*entries, *spoken):
                self._place(self.row_of(entry))
            denial = record.denial_of(risk)
            if denial is not None:
                self._place(self._denied(denial))
            elif not entries and absence is None:
                self._place(self._not_asked(risk))
        if absence is not None:
            self._place(self._absent(absence))
        self._focus_again()

    def _focus_again(self) -> None:
        """The hands stay on the subject that was just answered."""
        wanted, self._wanted = self._wanted, None
        button = self._buttons.get(wanted) if wanted else None
        if button is not None:
            button.setFocus()

    def _place(self, line: QWidget) -> None:
        if self._column.count():
            self._column.addWidget(rule())
        self._column.addWidget(line)
        line.show()  # a layout shows it later: nothing in it could take the focus until then

    def _denied(self, denial: RiskDenial) -> QWidget:
        line, row = standing_line()
        line.setFixedHeight(HEIGHT)
        name = NAMES[denial.risk]
        row.addWidget(Glyph("ri.checkbox-circle-fill", "ok", 16))
        row.addWidget(label(f"{name} : non", "base"), 1)
        when = label(text.date(denial.stated_at), "base", "text.muted")
        by = f" par {denial.stated_by}" if denial.stated_by else ""
        set_tip(when, text.french(f"Réponse notée le {text.date(denial.stated_at)}{by}"))
        row.addWidget(when)
        row.addWidget(self._button("Retirer", f"{name} : retirer la réponse", denial.risk))
        return line

    def _not_asked(self, risk: Risk) -> QWidget:
        line, row = standing_line()
        line.setFixedHeight(HEIGHT)
        name = NAMES[risk]
        row.addWidget(Glyph("ri.question-line", "text.muted", 16))
        row.addWidget(label(name, "base", "text.muted"))
        row.addWidget(slanted("non demandé"), 1)
        if risk is not Risk.OTHER:
            row.addWidget(self._answer("Oui", f"{name} : oui", risk, yes=True))
        row.addWidget(self._answer("Non", f"{name} : non", risk, yes=False))
        return line

    def _answer(self, words: str, name: str, risk: Risk, *, yes: bool) -> Button:
        button = Button(words, "plain", height=26)
        button.setAccessibleName(text.french(name))
        button.clicked.connect(partial(self._say, risk, yes))
        self._buttons[risk] = button
        return button

    def _button(self, words: str, name: str, risk: Risk) -> Button:
        button = Button(words, "quiet", height=26)
        button.setAccessibleName(text.french(name))
        button.clicked.connect(partial(self._take_back, risk))
        self._buttons[risk] = button
        return button

    def _say(self, risk: Risk, yes: bool, checked: bool = False) -> None:
        self._wanted = risk
        self.answered.emit(risk, yes)

    def _take_back(self, risk: Risk, checked: bool = False) -> None:
        self._wanted = risk
        self.unanswered.emit(risk)

"""Step 3 of sharing: does the DMP exist, may I read it, and the patient's consent if not."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QVBoxLayout

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.labels import Glyph, Spinner, label, retone
from lgc.desktop.theme import font
from lgc.domain.identity import Sex
from lgc.domain.patients import DmpAccess, DmpStatus
from lgc.errors import UserFacingError
from lgc.services.views import PatientView

EXISTS = ("ri.checkbox-circle-fill", "ok", "Le DMP existe")
VERDICTS: dict[DmpAccess, tuple[tuple[str, str, str], ...]] = {
    DmpAccess.AUTHORISED: (EXISTS, ("ri.lock-unlock-fill", "ok", "Vous y êtes autorisé")),
    DmpAccess.TO_AUTHORISE: (
        EXISTS,
        ("ri.lock-fill", "warn", "Vous n’y êtes pas encore autorisé"),
    ),
    DmpAccess.NONE: (("ri.folder-forbid-line", "text.muted", "Ce patient n’a pas de DMP"),),
    DmpAccess.CLOSED: (("ri.folder-forbid-line", "text.muted", "Le DMP est fermé"),),
    DmpAccess.FORBIDDEN: (
        EXISTS,
        ("ri.lock-fill", "danger", "Le patient vous en a refusé l’accès"),
    ),
    DmpAccess.UNKNOWN: (("ri.question-line", "text.muted", "Réponse du DMP non comprise"),),
}


def _verdicts(access: DmpAccess, sex: Sex) -> list[tuple[str, str, str]]:
    """The verdicts, agreeing with the patient."""
    female = sex is Sex.FEMALE
    return [
        (
            glyph,
            tone,
            words.replace("Ce patient", "Cette patiente").replace("Le patient", "La patiente")
            if female
            else words,
        )
        for glyph, tone, words in VERDICTS[access]
    ]


class DmpAccessBox(QFrame):
    """Shows the check as it runs, then the consent when it is needed."""

    changed = Signal()
    retry_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("dmpAccess")
        self.status: DmpStatus | None = None
        self._verdicts = QHBoxLayout()
        self._verdicts.setSpacing(6)
        self._when = label("", "small", "text.muted")
        self._again = Button("Vérifier", "quiet", "ri.refresh-line", height=24)
        self._again.clicked.connect(lambda checked=False: self.retry_asked.emit())
        head = QFrame()
        head.setObjectName("dmpAccessHead")
        row = QHBoxLayout(head)
        row.setContentsMargins(12, 6, 8, 6)
        row.addLayout(self._verdicts, 1)
        row.addWidget(self._when)
        row.addWidget(self._again)
        self.consent = QCheckBox()
        self.consent.setObjectName("consent")
        self.consent.setFont(font("medium"))
        self.consent.toggled.connect(lambda on: self.changed.emit())
        self._note = label("", "small", "text.muted", wrap=True)
        self._note.setContentsMargins(26, 0, 0, 0)
        self._ask = QFrame()
        self._ask.setObjectName("consentRow")
        below = QVBoxLayout(self._ask)
        below.setContentsMargins(12, 8, 12, 10)
        below.setSpacing(2)
        below.addWidget(self.consent)
        below.addWidget(self._note)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addWidget(head)
        whole.addWidget(self._ask)
        self._ask.hide()

    @property
    def consent_needed(self) -> bool:
        return self.status is not None and self.status.access is DmpAccess.TO_AUTHORISE

    def show_busy(self) -> None:
        self.status = None
        self._clear()
        self._verdicts.addWidget(Spinner(size=16))
        self._verdicts.addWidget(label("Vérification auprès du DMP…", "base", "text.muted"))
        self._verdicts.addStretch(1)
        self._when.setText("")
        self._again.hide()
        self._ask.hide()
        self.changed.emit()

    def show_status(self, status: DmpStatus, patient: PatientView) -> None:
        self.status = status
        self._clear()
        for glyph, tone, words in _verdicts(status.access, patient.sex):
            self._verdicts.addWidget(Glyph(glyph, tone, 16))
            shown = label(words, "medium")
            retone(shown, tone)
            self._verdicts.addWidget(shown)
            self._verdicts.addSpacing(12)
        self._verdicts.addStretch(1)
        if status.checked_at is not None:
            self._when.setText(f"vérifié à {text.time(status.checked_at)}")
        self._again.hide()
        who = "La patiente" if patient.sex is Sex.FEMALE else "Le patient"
        self.consent.setText(f"{who} m’a donné son accord pour accéder à son DMP")
        self._note.setText("L’autorisation sera enregistrée à l’envoi, à votre nom.")
        self._ask.setVisible(self.consent_needed)
        self.changed.emit()

    def show_failure(self, error: Exception) -> None:
        self.status = None
        self._clear()
        words = error.sentence if isinstance(error, UserFacingError) else "Le DMP n’a pas répondu."
        self._verdicts.addWidget(Glyph("ri.error-warning-fill", "warn", 16))
        shown = label(text.french(words), "medium", wrap=True)
        retone(shown, "warn")
        self._verdicts.addWidget(shown, 1)
        self._when.setText("")
        self._again.show()
        self._ask.hide()
        self.changed.emit()

    def _clear(self) -> None:
        while (item := self._verdicts.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

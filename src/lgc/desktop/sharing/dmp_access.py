"""Step 3 of sharing: does the DMP exist, may I read it, and the patient's consent if not."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QVBoxLayout

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.form import Form
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
LATE = "Le DMP tarde à répondre : l’envoi peut l’attendre."
NOTED = "L’autorisation sera enregistrée à l’envoi, à votre nom."
WAITS = (
    "Le dépôt attendra que le DMP réponde : il lui sera demandé d’abord si vous y avez accès, "
    "et l’accord sera enregistré à ce moment."
)


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
    """Shows the check as it runs, then the consent when it is needed.

    ``away``: the DMP does not answer, so the deposit waits for it, with its consent; ``refused`` is
    what it said instead of an answer.
    """

    changed = Signal()
    retry_asked = Signal()

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.setObjectName("dmpAccess")
        self._form = form
        self.status: DmpStatus | None = None
        self.away, self.refused = False, ""
        self._known = DmpAccess.UNKNOWN
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
        wrong = form.said(self.consent)
        wrong.setContentsMargins(26, 0, 0, 0)  # under its words, as the note
        below.addWidget(wrong)
        below.addWidget(self._note)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addWidget(head)
        whole.addWidget(self._ask)
        self._ask.hide()

    @property
    def consent_needed(self) -> bool:
        """Wherever my right is not known to be open, and may be."""
        if self.away:
            return self._known is not DmpAccess.AUTHORISED
        return self.status is not None and self.status.access in (
            DmpAccess.TO_AUTHORISE,
            DmpAccess.UNKNOWN,
        )

    def show_busy(self) -> None:
        self.status, self.away, self.refused = None, False, ""
        self._clear()
        self._verdicts.addWidget(Spinner(size=16))
        self._verdicts.addWidget(label("Vérification auprès du DMP…", "base", "text.muted"))
        self._verdicts.addStretch(1)
        self._when.setText("")
        self._again.hide()
        self._ask.hide()
        self.changed.emit()

    def show_status(self, status: DmpStatus, patient: PatientView) -> None:
        self.status, self.away, self.refused = status, False, ""
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
        self._ask_consent(patient, NOTED)

    def show_late(self, patient: PatientView) -> None:
        """No answer yet, and nobody has to wait for it: the deposit may."""
        self.away, self._known = True, patient.dmp
        self._clear()
        self._verdicts.addWidget(Spinner(size=16))
        self._verdicts.addWidget(label(LATE, "base", "text.muted", wrap=True), 1)
        self._ask_consent(patient, WAITS)

    def show_failure(
        self, error: Exception, patient: PatientView, answered_at: dt.datetime | None = None
    ) -> None:
        """What the DMP refuses stands in the way; that it is away does not."""
        told = isinstance(error, UserFacingError)
        self.status, self._known = None, patient.dmp
        self.away = error.may_retry if isinstance(error, UserFacingError) else True
        words = error.sentence if isinstance(error, UserFacingError) else "Le DMP n’a pas répondu."
        self.refused = "" if self.away else words
        self._clear()
        self._verdicts.addWidget(Glyph("ri.error-warning-fill", "warn", 16))
        shown = label(text.french(words), "medium", wrap=True)
        retone(shown, "warn")
        self._verdicts.addWidget(shown, 1)
        last = f"dernière réponse à {text.time(text.local(answered_at))}" if answered_at else ""
        self._when.setText(last if told else "")
        self._again.show()
        self._ask_consent(patient, WAITS)

    def _ask_consent(self, patient: PatientView, note: str) -> None:
        who = "La patiente" if patient.sex is Sex.FEMALE else "Le patient"
        agreed = f"{who} m’a donné son accord pour accéder à son DMP"
        self._form.name(self.consent, agreed, required=True)
        self.consent.setVisible(self.consent_needed)
        self._note.setText(text.french(note))
        self._ask.setVisible(self.consent_needed or self.away)
        self.changed.emit()

    def _clear(self) -> None:
        while (item := self._verdicts.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

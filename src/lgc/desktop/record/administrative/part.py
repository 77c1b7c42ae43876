"""« Données administratives » of one patient: the form, the status of the identity, the scan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.form import LEGEND
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.notice import Notice
from lgc.desktop.components.panel import Panel
from lgc.desktop.components.pickers import Choice
from lgc.desktop.record.administrative.circle import CirclePanel
from lgc.desktop.record.administrative.fields import WORDS, PatientFields, ScanField
from lgc.desktop.record.part import Part
from lgc.desktop.tasks import Tasks
from lgc.domain import ins_datamatrix
from lgc.domain.identity import IdentityStatus
from lgc.domain.identity_rules import PAPER_WORDS, STATUS_WORDS, IdentityPaper
from lgc.domain.ins_datamatrix import ScannedIns, differences
from lgc.errors import UnreadableInput, UserFacingError
from lgc.services.desk import Desk
from lgc.services.identities import AdministrativeView, would_lower

SIDE_WIDTH = 320
STATUS_ADVICE = {
    IdentityStatus.PROVISIONAL: "Ni INSi ni pièce d’identité : l’INS ne part sur aucun document.",
    IdentityStatus.RETRIEVED: "L’INS vient d’INSi ; une pièce d’identité la qualifiera.",
    IdentityStatus.VALIDATED: "Pièce d’identité vue ; INSi n’a pas encore donné l’INS.",
    IdentityStatus.QUALIFIED: "L’INS accompagne les documents partagés.",
}


class AdministrativePart(Part):
    """Typing is kept on « Enregistrer »; a change made elsewhere never replaces it unseen."""

    def __init__(self, patient_id: str, desk: Desk, tasks: Tasks) -> None:
        super().__init__(patient_id, desk, tasks)
        self.view: AdministrativeView | None = None
        self._lowering_said = self._doubt_said = self._saving = False
        self.fields = PatientFields(lambda: desk.clock.now().date())
        self.notice = Notice("accent.text")
        self.notice.hide()
        self.scan = ScanField()
        self.status = label("", "strong")
        self.status_advice = label("", "small", "text.muted", wrap=True)
        self.matricule = label("", "base", selectable=True, wrap=True)
        self.seen = label("", "small", "text.muted", wrap=True)
        self.history = label("", "small", "text.muted", selectable=True, wrap=True)
        self.paper = Choice(list(PAPER_WORDS.items()), name="Pièce d’identité vue")
        self.save_action = action(self, "Enregistrer", self.save, "Ctrl+S", hint="Enregistrer")
        self.undo_action = action(self, "Annuler les modifications", self.undo)
        self.record_action = action(self, "J’ai vu cette pièce", self._record)
        self.doubt_action = action(self, "Signaler un doute", self._doubt)
        self.circle = CirclePanel(
            patient_id, desk.circle, tasks, desk.sharing.directory,
            lambda: desk.clock.now().date(),
        )  # fmt: skip
        self.circle.told.connect(self.told)
        self._lay_out()
        self.fields.changed.connect(self._typed)
        self.scan.scanned.connect(self._scanned)
        self._typed()

    # --- life of the part ---------------------------------------------------------------------

    def shown(self, entry: str) -> None:
        self.refresh()
        self.circle.refresh()
        self.fields.line("birth_name").setFocus()

    def refresh(self) -> None:
        if not self.dirty and not self._saving:
            self._run(partial(self._desk.identities.view, self.patient_id))

    def may_close(self) -> bool:
        if self.dirty:
            self.notice.set(
                "warn",
                "Des modifications ne sont pas enregistrées.",
                "Enregistrez-les (Ctrl S) ou annulez-les, puis fermez le dossier.",
            )
            self.notice.show()
            self.fields.line("birth_name").setFocus()
        return not self.dirty

    @property
    def dirty(self) -> bool:
        return self.view is not None and self.fields.form() != self.view.form

    # --- what the doctor does -----------------------------------------------------------------

    def save(self) -> None:
        """Keep the form; a status about to fall is said first and asks for a second press."""
        if self.view is None or not self.dirty or self._saving:
            return
        form = self.fields.form()
        if self.fields.stops(form.faults(self._desk.clock.now().date())):
            self.notice.set("danger", "Rien n’est enregistré.", "Corrigez les champs signalés.")
            self.notice.show()
            return
        if would_lower(self.view.patient, form) and not self._lowering_said:
            self._say_lowering()
            return
        self._saving = True
        self.notice.hide()
        self._typed()
        self._run(partial(self._desk.identities.save, self.patient_id, self.view.form, form))

    def undo(self) -> None:
        """Back to what is stored."""
        if self.view is not None:
            self._show(self.view)
            self.refresh()

    def _say_lowering(self) -> None:
        self._lowering_said = True
        self.notice.set(
            "warn",
            "L’identité va redevenir provisoire et perdre son INS.",
            "Un trait strict a changé. L’INS reste dans l’historique. "
            "Enregistrez de nouveau pour confirmer.",
        )
        self.notice.show()

    def _record(self) -> None:
        paper = IdentityPaper(self.paper.value())
        self._run(partial(self._desk.identities.record_document, self.patient_id, paper))

    def _doubt(self) -> None:
        if self.view is None:
            return
        service = self._desk.identities
        doubtful = self.view.patient.identity.doubtful
        if not doubtful and self.view.patient.identity.ins and not self._doubt_said:
            self._doubt_said = True
            self.notice.set(
                "warn",
                "Un doute rend l’identité provisoire et lui retire son INS.",
                "L’INS reste dans l’historique. Appuyez de nouveau pour confirmer.",
            )
            self.notice.show()
            return
        self._run(partial(service.lift_doubt if doubtful else service.raise_doubt, self.patient_id))

    def _scanned(self, typed: str) -> None:
        if self.view is None:
            return
        try:
            scanned = ins_datamatrix.parse(typed)
        except UnreadableInput as error:
            self.notice.set("danger", error.sentence, error.advice)
            self.notice.show()
            return
        self._compare(scanned)

    def _compare(self, scanned: ScannedIns) -> None:
        """Fill the form with the square's traits; each difference is said, nothing is saved."""
        if self.view is None:
            return
        form = self.fields.form()
        born = form.birth_date or self.view.form.birth_date
        found = differences(replace(form, birth_date=born).traits, scanned.traits)
        known = self.view.patient.identity.ins
        lines = [f"{WORDS[d.field]} : {d.here or '—'} → {d.scanned or '—'}" for d in found]
        if known is not None and known != scanned.ins:
            lines.append("Le matricule scanné n’est pas celui de la fiche.")
        traits = scanned.traits
        self.fields.fill(
            replace(
                form,
                birth_name=traits.birth_name,
                given_names=" ".join(traits.birth_given_names),
                sex=traits.sex,
                birth_date=traits.birth_date,
                birth_place=traits.birth_place_code or form.birth_place,
            )
            if found
            else form
        )
        self._typed()
        if lines:
            self.notice.set("warn", "Le datamatrix diffère de la fiche.", "\n".join(lines))
        else:
            self.notice.set("ok", "Le datamatrix dit la même chose que la fiche.")
        self.notice.show()

    # --- showing ------------------------------------------------------------------------------

    def _run(self, work: Callable[[], AdministrativeView]) -> None:
        self._tasks.run(work, owner=self, done=self._read, failed=self._failed)

    def _read(self, view: AdministrativeView) -> None:
        """Typing that began while the answer came stays."""
        keep = self.dirty and not self._saving
        self._saving = False
        self._show(view, keep=keep)

    def _show(self, view: AdministrativeView, *, keep: bool = False) -> None:
        self.view = view
        if not keep:
            self.fields.fill(view.form)
            self.notice.hide()
        self.fields.doctor_doubt.setText(text.french(view.doctor_doubt))
        self.fields.doctor_doubt.setVisible(bool(view.doctor_doubt))
        identity = view.patient.identity
        doubt = ", douteuse" if identity.doubtful else ", fictive" if identity.fictitious else ""
        homonym = ", homonyme connu" if identity.homonym else ""
        self.status.setText(f"{STATUS_WORDS[identity.status]}{doubt}{homonym}")
        self.status_advice.setText(STATUS_ADVICE[identity.status])
        self.matricule.setText(identity.ins.spaced if identity.ins else "Aucun matricule INS")
        self.seen.setText(_seen(view))
        former = [f"{ins.spaced} ({ins.oid})" for ins in identity.former_ins]
        self.history.setText("\n".join(["Anciens matricules :", *former]) if former else "")
        self.history.setVisible(bool(former))
        self.record_action.setEnabled(not (identity.doubtful or identity.fictitious))
        self.doubt_action.setText("Lever le doute" if identity.doubtful else "Signaler un doute")
        self.doubt_action.setEnabled(not identity.fictitious)
        self._typed()

    def _failed(self, error: Exception) -> None:
        self._saving = False
        self._typed()
        if not isinstance(error, UserFacingError):
            raise error
        self.notice.set("danger", error.sentence, error.advice)
        self.notice.show()

    def _typed(self) -> None:
        self._lowering_said = self._doubt_said = False
        dirty = self.dirty
        self.save_action.setEnabled(dirty and not self._saving)
        self.undo_action.setEnabled(dirty and not self._saving)
        form = self.fields.form()
        self.fields.show_faults(form.faults(self._desk.clock.now().date()) if dirty else {})

    def _lay_out(self) -> None:
        scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields are the stops
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        room = QWidget()
        column = QVBoxLayout(room)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.fields)
        column.addWidget(self.circle)
        column.addStretch(1)
        room.setMaximumWidth(860)
        scroll.setWidget(room)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.notice)
        left.addWidget(scroll, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(Button(look="primary", action=self.save_action))
        buttons.addWidget(Button(action=self.undo_action))
        buttons.addStretch(1)
        buttons.addWidget(label(LEGEND, "small", "text.muted"))
        left.addLayout(buttons)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 12)
        whole.setSpacing(12)
        whole.addLayout(left, 1)
        whole.addWidget(self._side())

    def _side(self) -> QWidget:
        status = Panel("Identité nationale de santé")
        inside = QVBoxLayout()
        inside.setContentsMargins(16, 12, 16, 14)
        inside.setSpacing(8)
        for part in (self.status, self.status_advice, self.matricule, self.history, self.seen):
            inside.addWidget(part)
        inside.addWidget(self.paper)
        inside.addWidget(Button(action=self.record_action))
        inside.addWidget(Button(look="quiet", action=self.doubt_action))
        inside.addWidget(self.scan)
        inside.addStretch(1)
        status.body.addLayout(inside)
        status.setFixedWidth(SIDE_WIDTH)
        return status


def _seen(view: AdministrativeView) -> str:
    if view.check is None:
        return "Aucune pièce d’identité enregistrée."
    return f"{PAPER_WORDS[view.check.paper]}, vue le {view.check.seen_at:%d/%m/%Y}"

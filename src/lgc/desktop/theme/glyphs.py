"""Which glyph says what: the one table of meanings, so two screens never disagree.

Names belong to Remix Icon (qtawesome prefix ``ri.``); colours are palette roles.
"""

from __future__ import annotations

from dataclasses import dataclass

from lgc.domain.agenda import Presence, VisitKind
from lgc.domain.deliveries import Channel, DeliveryState
from lgc.domain.documents import DmpState, DocumentKind, Origin
from lgc.domain.identity import IdentityStatus, Sex
from lgc.domain.patients import DmpAccess
from lgc.domain.receipts import Fate


@dataclass(frozen=True, slots=True)
class Sign:
    """A glyph, its role and its word: colour never speaks alone."""

    glyph: str
    role: str
    word: str


DMP_ACCESS: dict[DmpAccess, Sign] = {
    DmpAccess.AUTHORISED: Sign("ri.folder-user-fill", "ok", "Autorisé"),
    DmpAccess.TO_AUTHORISE: Sign("ri.folder-lock-fill", "control", "À autoriser"),
    DmpAccess.NONE: Sign("ri.folder-forbid-line", "text.faint", "Pas de DMP"),
    DmpAccess.CLOSED: Sign("ri.folder-forbid-line", "text.faint", "DMP fermé"),
    DmpAccess.FORBIDDEN: Sign("ri.folder-forbid-fill", "danger", "Accès refusé"),
    DmpAccess.UNKNOWN: Sign("ri.question-line", "text.faint", "Non vérifié"),
}
DMP_CHIP: dict[DmpAccess, str] = {
    DmpAccess.AUTHORISED: "DMP autorisé",
    DmpAccess.TO_AUTHORISE: "DMP à autoriser",
    DmpAccess.NONE: "Pas de DMP",
    DmpAccess.CLOSED: "DMP fermé",
    DmpAccess.FORBIDDEN: "DMP : accès refusé",
    DmpAccess.UNKNOWN: "DMP non vérifié",
}
DMP_STATE: dict[DmpState, Sign] = {
    DmpState.DEPOSITED: Sign("ri.upload-cloud-2-line", "ok", "Déposé"),
    DmpState.FETCHED: Sign("ri.download-cloud-2-line", "text.muted", "Issu du DMP"),
    DmpState.MASKED: Sign("ri.eye-off-line", "warn", "Masqué aux PS"),
    DmpState.INVISIBLE: Sign("ri.user-unfollow-line", "warn", "Invisible patient"),
    DmpState.REPLACED: Sign("ri.file-history-line", "text.faint", "Remplacé"),
    DmpState.ARCHIVED: Sign("ri.archive-line", "text.muted", "Archivé"),
    DmpState.NOT_DEPOSITED: Sign("ri.subtract-line", "text.faint", "Non déposé"),
}
INS_STATUS: dict[IdentityStatus, Sign] = {
    IdentityStatus.QUALIFIED: Sign("ri.shield-check-fill", "ok", "INS qualifiée"),
    IdentityStatus.RETRIEVED: Sign("ri.shield-line", "warn", "INS récupérée"),
    IdentityStatus.VALIDATED: Sign("ri.user-follow-line", "warn", "Identité validée"),
    IdentityStatus.PROVISIONAL: Sign("ri.error-warning-line", "warn", "Identité provisoire"),
}
KIND: dict[DocumentKind, Sign] = {
    DocumentKind.BIOLOGY: Sign("ri.test-tube-line", "violet", "Examens biologiques"),
    DocumentKind.STAY: Sign("ri.hotel-bed-line", "danger", "Hospitalisation"),
    DocumentKind.NOTE: Sign("ri.stethoscope-line", "accent.text", "Consultation"),
    DocumentKind.DRUGS: Sign("ri.capsule-line", "teal", "Prescription de médicaments"),
    DocumentKind.OTHER_PRESCRIPTION: Sign("ri.flask-line", "teal", "Autre prescription"),
    DocumentKind.VSM: Sign("ri.health-book-line", "ok", "Synthèse médicale"),
    DocumentKind.RCP: Sign("ri.team-line", "accent.text", "RCP"),
    DocumentKind.SURGERY: Sign("ri.surgical-mask-line", "teal", "Compte rendu opératoire"),
    DocumentKind.IMAGING: Sign("ri.body-scan-line", "accent.text", "Imagerie"),
    DocumentKind.PATHOLOGY: Sign("ri.microscope-line", "violet", "Anatomopathologie"),
    DocumentKind.LETTER: Sign("ri.mail-line", "warn", "Courrier"),
    DocumentKind.CERTIFICATE: Sign("ri.file-shield-line", "accent.text", "Certificat"),
    DocumentKind.PATIENT: Sign("ri.user-line", "text.muted", "Document du patient"),
    DocumentKind.OTHER: Sign("ri.file-text-line", "text.muted", "Autre document"),
}
ORIGIN: dict[Origin, Sign] = {
    Origin.PRACTICE: Sign("ri.home-4-line", "text.muted", "Cabinet"),
    Origin.DMP: Sign("ri.folder-user-line", "text.muted", "DMP"),
    Origin.MSSANTE: Sign("ri.mail-lock-line", "text.muted", "MSSanté"),
}
CHANNEL: dict[Channel, Sign] = {
    Channel.DMP: Sign("ri.folder-user-line", "text.muted", "DMP"),
    Channel.MSSANTE: Sign("ri.mail-lock-line", "text.muted", "MSSanté"),
}
PRESENCE: dict[Presence, Sign] = {
    Presence.EXPECTED: Sign("ri.time-line", "text.muted", "Attendu"),
    Presence.ARRIVED: Sign("ri.user-location-fill", "teal", "Arrivé"),
    Presence.IN_CONSULTATION: Sign("ri.stethoscope-fill", "accent.text", "En consultation"),
    Presence.DONE: Sign("ri.checkbox-circle-fill", "text.muted", "Terminé"),
    Presence.ABSENT: Sign("ri.user-unfollow-fill", "danger", "Absent"),
    Presence.CANCELLED: Sign("ri.forbid-line", "text.muted", "Annulé"),
}
VISIT: dict[VisitKind, Sign] = {
    VisitKind.CONSULTATION: Sign("ri.stethoscope-line", "accent.text", "Consultation"),
    VisitKind.FOLLOW_UP: Sign("ri.heart-pulse-line", "teal", "Suivi chronique"),
    VisitKind.NEW_PATIENT: Sign("ri.user-add-line", "violet", "Nouveau patient"),
    VisitKind.REMOTE: Sign("ri.vidicon-line", "ok", "Téléconsultation"),
    VisitKind.HOME: Sign("ri.home-heart-line", "warn", "Visite à domicile"),
}
DELIVERY: dict[DeliveryState, Sign] = {
    DeliveryState.WAITING: Sign("ri.time-line", "text.muted", "En attente"),
    DeliveryState.SENDING: Sign("ri.loader-4-line", "accent.text", "Envoi en cours"),
    DeliveryState.DELIVERED: Sign("ri.checkbox-circle-fill", "ok", "Pris en charge"),
    DeliveryState.REFUSED: Sign("ri.error-warning-fill", "warn", "Refusé"),
    DeliveryState.UNCERTAIN: Sign("ri.question-fill", "warn", "Envoi à vérifier"),
    DeliveryState.WITHDRAWN: Sign("ri.subtract-line", "text.faint", "Retiré"),
    DeliveryState.CLOSED: Sign("ri.question-line", "text.muted", "Considéré comme parti"),
}
FATE: dict[Fate, Sign] = {
    Fate.TAKEN: Sign("ri.checkbox-circle-fill", "ok", "Pris en charge"),
    Fate.DELAYED: Sign("ri.time-line", "text.muted", "Pris en charge"),
    Fate.DELIVERED: Sign("ri.mail-check-line", "ok", "Distribué"),
    Fate.UNREAD: Sign("ri.mail-check-line", "ok", "Distribué"),
    Fate.READ: Sign("ri.mail-open-line", "ok", "Lu"),
    Fate.INTEGRATED: Sign("ri.folder-received-line", "ok", "Intégré"),
    Fate.REFUSED: Sign("ri.error-warning-fill", "warn", "Non intégré"),
    Fate.NOT_DELIVERED: Sign("ri.error-warning-fill", "warn", "Non distribué"),
}


def sending(state: DeliveryState, fate: Fate | None) -> Sign:
    """The sign of a sending: what receipts told of it speaks before its state."""
    return DELIVERY[state] if fate is None else FATE[fate]


SEX: dict[Sex, Sign] = {
    Sex.MALE: Sign("ri.men-line", "text.muted", "Homme"),
    Sex.FEMALE: Sign("ri.women-line", "text.muted", "Femme"),
    Sex.UNKNOWN: Sign("ri.question-line", "text.faint", "Sexe inconnu"),
}
FAMILY: dict[str, str] = {
    "condition": "ri.heart-pulse-line",
    "medical_history": "ri.history-line",
    "surgical_history": "ri.scissors-line",
    "family_history": "ri.parent-line",
    "allergy": "ri.alert-line",
    "treatment": "ri.capsule-line",
    "long_term_treatment": "ri.medicine-bottle-line",
    "vigilance": "ri.flag-line",
    "vaccination": "ri.syringe-line",
    "risk_factor": "ri.pulse-line",
    "occupational": "ri.hammer-line",
    "toxic": "ri.alarm-warning-line",
    "measurement": "ri.ruler-line",
}
VERDICT: dict[str, str] = {
    "ok": "ri.checkbox-circle-fill",
    "warn": "ri.error-warning-fill",
    "danger": "ri.alert-fill",
    "blocked": "ri.lock-fill",
    "busy": "ri.loader-4-line",
    "info": "ri.information-line",
}

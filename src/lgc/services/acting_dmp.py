"""What a doctor does with a patient's DMP besides feeding it: rights, closing, documents (TD0.3,
TD1.x, TD3.3), the emergency modes and the web access. Every act leaves an audit line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lgc import settings as declared
from lgc.domain.dmp import (
    AccessContext,
    AuthorisationAction,
    AuthorisedProfessional,
    DmpEntry,
    DocumentAction,
    Guardian,
    Opening,
    Opposition,
    PurposeOfUse,
    WebPage,
    meaningful,
    probably_allowed,
)
from lgc.domain.documents import Confidentiality, DmpState, Document, Origin
from lgc.domain.identity import QualifiedIns
from lgc.domain.patients import DmpStatus, Patient
from lgc.errors import UserFacingError
from lgc.services.connection import DeskConnection
from lgc.services.events import Announce, RecordChanged
from lgc.services.ports import Clock, Dmp, DmpChange, Ids, OpenUnit
from lgc.services.searching_dmp import SearchingDmp
from lgc.services.sharing import minor_for_dmp, status_of
from lgc.settings import Settings

MOTIVE_LETTERS = 10
AFTER: dict[DocumentAction, tuple[DmpState, Confidentiality]] = {
    DocumentAction.MASK: (DmpState.MASKED, Confidentiality.MASKED_TO_PROFESSIONALS),
    DocumentAction.UNMASK: (DmpState.DEPOSITED, Confidentiality.VISIBLE),
    DocumentAction.SHOW_TO_PATIENT: (DmpState.DEPOSITED, Confidentiality.VISIBLE),
    DocumentAction.SHOW_TO_GUARDIANS: (DmpState.DEPOSITED, Confidentiality.VISIBLE),
    DocumentAction.ARCHIVE: (DmpState.ARCHIVED, Confidentiality.VISIBLE),
    DocumentAction.UNARCHIVE: (DmpState.DEPOSITED, Confidentiality.VISIBLE),
    DocumentAction.DELETE: (DmpState.NOT_DEPOSITED, Confidentiality.VISIBLE),
}


@dataclass(frozen=True, slots=True)
class PossibleAction:
    """One action on one document; ``why_not`` is empty when the DMP would probably agree."""

    action: DocumentAction
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Offers:
    """What depends on the settings and on the age: secret connection, creation, regulation."""

    secret: bool = False
    creation: bool = False
    regulation: bool = False


class ActingDmp:
    """Runs in workers. Raises UserFacingError for whatever is missing or refused."""

    def __init__(
        self,
        open_unit: OpenUnit,
        clock: Clock,
        ids: Ids,
        connection: DeskConnection,
        settings: Settings,
        searching: SearchingDmp,
        announce: Announce,
    ) -> None:
        self._open, self._clock, self._ids = open_unit, clock, ids
        self._connection, self._settings = connection, settings
        self._searching, self._announce = searching, announce

    # --- my rights (TD0.3) ------------------------------------------------------------------

    def authorise(self, patient_id: str, *, attested: bool, attending: bool = False) -> DmpStatus:
        """Only after the doctor attested the patient's consent (EX_0.3-1010)."""
        if not attested:
            raise UserFacingError(
                "L’accord du patient n’est pas attesté.",
                advice="Cochez l’attestation : rien n’a été demandé au DMP.",
            )
        return self._set_right(patient_id, AuthorisationAction.ADD, attending)

    def withdraw(self, patient_id: str, *, attending: bool = False) -> DmpStatus:
        """Remove my authorisation, or only my role of médecin traitant."""
        return self._set_right(patient_id, AuthorisationAction.REMOVE, attending)

    def _set_right(
        self, patient_id: str, action: AuthorisationAction, attending: bool
    ) -> DmpStatus:
        def work(dmp: Dmp, ins: QualifiedIns) -> None:
            dmp.authorise(ins, action, attending=attending)

        role = "attending" if attending else "authorisation"
        self._do(patient_id, work, f"dmp {role} {action.name.lower()}", "EX_0.3-1010")
        return self.check(patient_id)

    def check(self, patient_id: str) -> DmpStatus:
        """TD0.2, remembered in the patient's banner."""
        patient = self._patient(patient_id)
        existence = self._connection.current().dmp.existence(patient.identity.qualified())
        status = status_of(existence, self._clock.now())
        with self._open() as uow:
            uow.patients.set_dmp(patient_id, status)
            uow.commit()
        self._announce(RecordChanged(patient_id))
        return status

    # --- the DMP itself (TD1.x) -------------------------------------------------------------

    def close(self, patient_id: str, words: str, *, attested: bool) -> DmpStatus:
        """TD1.4, at the patient's demand."""
        if not attested:
            raise UserFacingError("La demande du patient n’est pas attestée.")
        patient = self._patient(patient_id)
        self._connection.current().dmp.terminate(patient, words)
        self._note("dmp closed", patient_id)
        return self.check(patient_id)

    def create(
        self,
        patient_id: str,
        *,
        attested: bool,
        refused: frozenset[Opposition] = frozenset(),
        guardian: Guardian | None = None,
    ) -> DmpStatus:
        """TD1.1, with the consent given now and both oppositions said; closed by a setting.

        For a minor ``guardian`` is who consented.
        """
        patient = self._patient(patient_id)
        opening = self._opening(patient, attested, refused, guardian)
        self._connection.current().dmp.create(patient, opening)
        self._note("dmp created", patient_id, ", ".join(sorted(refused)))
        return self.check(patient_id)

    def reactivate(
        self, patient_id: str, *, attested: bool, guardian: Guardian | None = None
    ) -> DmpStatus:
        """TD1.2, with the consent given now (EX_1.2-1010); closed by a setting."""
        patient = self._patient(patient_id)
        opening = self._opening(patient, attested, frozenset(), guardian)
        self._connection.current().dmp.reactivate(patient, opening)
        self._note("dmp reactivated", patient_id, "EX_1.2-1010")
        return self.check(patient_id)

    def wishes(self, patient_id: str) -> frozenset[Opposition]:
        """TD1.3a: what the patient refuses now."""
        ins = self._patient(patient_id).identity.qualified()
        return self._connection.current().dmp.administrative_data(ins).existence.oppositions

    def oppose(self, patient_id: str, refused: frozenset[Opposition]) -> None:
        """TD1.3b: write both oppositions as the patient says them."""
        patient = self._patient(patient_id)
        self._connection.current().dmp.change_administrative_data(patient, refused)
        self._note("dmp oppositions", patient_id, ", ".join(sorted(refused)))

    def _opening(
        self,
        patient: Patient,
        attested: bool,
        refused: frozenset[Opposition],
        guardian: Guardian | None,
    ) -> Opening:
        if not attested:
            raise UserFacingError(
                "Le consentement du patient n’est pas attesté.",
                advice="Cochez l’attestation : rien n’a été demandé au DMP.",
            )
        minor = minor_for_dmp(patient, self._clock.now().date(), self._settings)
        if minor and (guardian is None or not guardian.named):
            raise UserFacingError(
                "Pour un mineur, le consentement est celui d’un représentant légal.",
                advice="Indiquez son nom, son prénom et son lien avec l’enfant.",
            )
        return Opening(self._clock.now(), refused, guardian if minor else None)

    def professionals(self, patient_id: str) -> tuple[AuthorisedProfessional, ...]:
        """TD1.6: authorised and forbidden, the médecin traitant first, then by name."""
        ins = self._patient(patient_id).identity.qualified()
        found = self._connection.current().dmp.professionals(ins)
        order = sorted(found, key=lambda one: (one.family_name, one.given_name))
        return tuple(sorted(order, key=lambda one: (one.forbidden, not one.attending_doctor)))

    def web_address(self, patient_id: str, page: WebPage = WebPage.RECORD) -> str:
        """TD0.9: to open in the system's browser; the opening is audited."""
        ins = self._patient(patient_id).identity.qualified()
        address = self._connection.current().dmp.web_address(page, ins)
        self._note("dmp web access", patient_id, page.value)
        return address

    # --- access modes (§9) ------------------------------------------------------------------

    def break_glass(self, patient_id: str, motive: str, *, confirmed: bool) -> AccessContext:
        """The emergency mode for this record as long as it is open, with its motive journalled."""
        return self._emergency(PurposeOfUse.BREAK_GLASS, patient_id, motive, confirmed)

    def regulate(self, patient_id: str, motive: str, *, confirmed: bool) -> AccessContext:
        """The mode of « centre 15 », where the settings say that this practice regulates."""
        if not self._settings[declared.dmp_regulation]:
            raise UserFacingError("L’accès « centre 15 » est réservé à la régulation.")
        return self._emergency(PurposeOfUse.EMERGENCY_CENTRE, patient_id, motive, confirmed)

    def _emergency(
        self, purpose: PurposeOfUse, patient_id: str, motive: str, confirmed: bool
    ) -> AccessContext:
        said = " ".join(motive.split())
        if not confirmed or len(said) < MOTIVE_LETTERS:
            raise UserFacingError(
                "L’urgence doit être confirmée et son motif écrit.",
                advice="Le motif est conservé dans le journal du cabinet.",
            )
        self._note(f"dmp access {purpose.value}", patient_id, said)
        return AccessContext(purpose)

    def secret_connection(self, patient_id: str) -> AccessContext:
        """For a minor who asks that the parents see no trace (EX_0.1-1100)."""
        if not self.may_be_secret(patient_id):
            raise UserFacingError("La connexion secrète est réservée aux mineurs.")
        self._note("dmp secret connection", patient_id)
        return AccessContext(secret_connection=True)

    def offers(self, patient_id: str) -> Offers:
        """What the menu of this patient may propose."""
        return Offers(
            secret=self.may_be_secret(patient_id),
            creation=self._settings[declared.dmp_creation],
            regulation=self._settings[declared.dmp_regulation],
        )

    def may_be_secret(self, patient_id: str) -> bool:
        """Whether the secret connection is proposed for this patient."""
        patient, today = self._patient(patient_id), self._clock.now().date()
        return minor_for_dmp(patient, today, self._settings)

    # --- documents (TD3.3) ------------------------------------------------------------------

    def possible(
        self, patient_id: str, entry: DmpEntry, access: AccessContext
    ) -> tuple[PossibleAction, ...]:
        """What would change something of this document, greyed as the published matrix says."""
        attending = self._patient(patient_id).dmp.attending_doctor
        me = self._connection.practitioner.holder.national_id
        found = []
        for action in DocumentAction:
            if not meaningful(action, entry):
                continue
            allowed = probably_allowed(action, entry, me, attending, access.purpose)
            found.append(PossibleAction(action, "" if allowed else _why_not(entry, access)))
        return tuple(found)

    def entry_of(self, patient_id: str, document: Document) -> DmpEntry | None:
        """What the DMP holds of a document kept here: the last search, else a look (TD3.1)."""
        known = {one.unique_id: one for one in self._searching.known(patient_id)}
        if document.unique_id not in known:
            self._searching.search(patient_id)
            known = {one.unique_id: one for one in self._searching.known(patient_id)}
        return known.get(document.unique_id)

    def act(
        self,
        patient_id: str,
        entry: DmpEntry,
        action: DocumentAction,
        access: AccessContext,
    ) -> None:
        """Do it, then look again: the DMP decides and its answer is what is shown."""
        author = self._connection.practitioner
        change = DmpChange(
            ins=self._patient(patient_id).identity.qualified(),
            author=author,
            unique_id=entry.unique_id,
            submission_set_id=self._ids.oid(),
            submitted_at=self._clock.now(),
            title=entry.title,
            status=str(entry.status),
        )
        self._connection.current().dmp.within(access).act(action, change)
        with self._open() as uow:
            for document in uow.documents.with_unique_id(entry.unique_id):
                if document.patient_id == patient_id:
                    uow.documents.set_dmp_state(document.document_id, *_after(action, document))
            uow.audit(f"dmp document {action.value}", patient_id, entry.unique_id)
            uow.commit()
        self._searching.search(patient_id, access=access)

    # --- inside -----------------------------------------------------------------------------

    def _do(
        self, patient_id: str, work: Callable[[Dmp, QualifiedIns], None], act: str, detail: str
    ) -> None:
        ins = self._patient(patient_id).identity.qualified()
        work(self._connection.current().dmp, ins)
        self._note(act, patient_id, detail)

    def _note(self, act: str, patient_id: str, detail: str = "") -> None:
        with self._open() as uow:
            uow.audit(act, patient_id, detail)
            uow.commit()

    def _patient(self, patient_id: str) -> Patient:
        with self._open() as uow:
            return uow.patients.get(patient_id)


def _after(action: DocumentAction, document: Document) -> tuple[DmpState, Confidentiality]:
    """The state kept here; archiving changes nothing of who may see the document."""
    state, confidentiality = AFTER[action]
    if action in (DocumentAction.ARCHIVE, DocumentAction.UNARCHIVE):
        confidentiality = document.confidentiality
    fetched = document.origin is Origin.DMP and state is DmpState.DEPOSITED
    return (DmpState.FETCHED if fetched else state), confidentiality


def _why_not(entry: DmpEntry, access: AccessContext) -> str:
    if entry.of_patient:
        return "Document du patient : réservé au médecin traitant."
    if access.purpose is not PurposeOfUse.NORMAL:
        return "Impossible en accès d’urgence."
    return "Réservé à l’auteur du document."

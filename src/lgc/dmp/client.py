"""The DMP as one open card session sees it (`services.ports.Dmp`, direct CPS authentication)."""

from __future__ import annotations

import datetime as dt
import logging
import ssl
from collections.abc import Callable, Sequence
from typing import TypeVar

from lgc import __version__
from lgc.dmp import (
    errors,
    td0_2_existence,
    td0_3_authorisation,
    td0_4_my_patients,
    td0_5_search,
    td0_9_web,
    td1_1_create,
    td1_2_reactivate,
    td1_3a_read,
    td1_3b_change,
    td1_4_close,
    td1_6_list,
    td2_1_submit,
    td2_2_submit_as_secretary,
    td3_1_find,
    td3_2_retrieve,
    td3_3a_mask,
    td3_3b_show,
    td3_3c_delete,
    td3_3d_archive,
)
from lgc.dmp.link import Clock, DmpLink, Heard, Ids, Observer, Profile
from lgc.dmp.updating import Change
from lgc.domain.deliveries import Outcome
from lgc.domain.dmp import (
    AccessContext,
    AdministrativeData,
    AuthorisationAction,
    AuthorisationMode,
    AuthorisedDmp,
    AuthorisedProfessional,
    DmpEntry,
    DmpSearch,
    DocumentAction,
    Existence,
    FoundIdentity,
    Guardian,
    ListDate,
    Opening,
    Opposition,
    TraitSearch,
    WebPage,
)
from lgc.domain.documents import DocumentReference
from lgc.domain.identity import QualifiedIns
from lgc.domain.keys import SignatureKey
from lgc.domain.patients import Patient
from lgc.domain.professionals import Practitioner
from lgc.domain.verdicts import Verdict, outcome_of
from lgc.errors import UserFacingError
from lgc.hl7v3.registration import Subject
from lgc.settings import Settings
from lgc.transport.errors import TransportError
from lgc.transport.http import CardError
from lgc.xds.metadata import SubmissionRequest

log = logging.getLogger(__name__)
T = TypeVar("T")
ACTIONS: dict[DocumentAction, Callable[[DmpLink, Change], None]] = {
    DocumentAction.MASK: td3_3a_mask.mask,
    DocumentAction.UNMASK: td3_3a_mask.unmask,
    DocumentAction.SHOW_TO_PATIENT: td3_3b_show.show_to_patient,
    DocumentAction.SHOW_TO_GUARDIANS: td3_3b_show.show_to_guardians,
    DocumentAction.DELETE: td3_3c_delete.delete,
    DocumentAction.ARCHIVE: td3_3d_archive.archive,
    DocumentAction.UNARCHIVE: td3_3d_archive.unarchive,
}


class DirectDmp:
    """Questions raise UserFacingError; a submission always ends in an Outcome."""

    def __init__(self, link: DmpLink) -> None:
        self._link = link

    @classmethod
    def connect(
        cls,
        settings: Settings,
        context: ssl.SSLContext,
        signature_key: SignatureKey,
        author: Practitioner,
        clock: Clock,
        ids: Ids,
        authenticated_at: dt.datetime,
        observer: Observer | None = None,
        card_error: CardError | None = None,
        heard: Heard = lambda error: None,
    ) -> DirectDmp:
        """Join the card's session to the DMP of the settings. Nothing is sent yet."""
        return cls(
            DmpLink(
                Profile.read(settings, __version__),
                context,
                signature_key,
                author,
                clock,
                ids,
                authenticated_at,
                observer,
                card_error,
                heard,
            )
        )

    def close(self) -> None:
        self._link.close()

    def within(self, access: AccessContext) -> DirectDmp:
        """The same session for requests in another access mode, on the same connections."""
        return DirectDmp(self._link.within(access))

    def existence(self, ins: QualifiedIns) -> Existence:
        """TD0.2."""
        return self._asked(lambda: td0_2_existence.existence(self._link, ins))

    def authorise(
        self, ins: QualifiedIns, action: AuthorisationAction, *, attending: bool = False
    ) -> None:
        """TD0.3, only after the doctor's explicit attestation (EX_0.3-1010)."""
        self._asked(
            lambda: td0_3_authorisation.authorise(self._link, ins, action, attending=attending)
        )

    def my_patients(
        self, since: dt.datetime | None, kind: ListDate, named: QualifiedIns | None = None
    ) -> tuple[AuthorisedDmp, ...]:
        """TD0.4. With a CPE card, the settings' doctor cannot be guessed: nobody is named."""
        return self._asked(
            lambda: td0_4_my_patients.my_patients(self._link, since, kind, named=named)
        )

    def search_identity(self, traits: TraitSearch) -> tuple[FoundIdentity, ...]:
        """TD0.5, regulation only."""
        return self._asked(lambda: td0_5_search.search(self._link, traits))

    def web_address(self, page: WebPage, ins: QualifiedIns | None = None) -> str:
        """TD0.9. Raises UserFacingError when no address is set."""
        return td0_9_web.address(self._link.profile.web, page, ins)

    def create(self, patient: Patient, opening: Opening) -> None:
        """TD1.1."""
        subject = _subject(patient, opening.guardian)
        self._asked(lambda: td1_1_create.create(self._link, subject, opening))

    def reactivate(self, patient: Patient, opening: Opening) -> None:
        """TD1.2."""
        subject = _subject(patient, opening.guardian)
        self._asked(lambda: td1_2_reactivate.reactivate(self._link, subject, opening))

    def administrative_data(self, ins: QualifiedIns) -> AdministrativeData:
        """TD1.3a."""
        return self._asked(lambda: td1_3a_read.administrative_data(self._link, ins))

    def change_administrative_data(self, patient: Patient, refused: frozenset[Opposition]) -> None:
        """TD1.3b."""
        self._asked(lambda: td1_3b_change.change(self._link, _subject(patient), refused))

    def terminate(self, patient: Patient, words: str) -> None:
        """TD1.4: ``words`` say what the patient asked."""
        self._asked(lambda: td1_4_close.close(self._link, _subject(patient), words))

    def professionals(
        self, ins: QualifiedIns, mode: AuthorisationMode = AuthorisationMode.ALL
    ) -> tuple[AuthorisedProfessional, ...]:
        """TD1.6."""
        return self._asked(lambda: td1_6_list.professionals(self._link, ins, mode))

    def find(self, ins: QualifiedIns, search: DmpSearch) -> list[DmpEntry]:
        """TD3.1."""
        return self._asked(lambda: td3_1_find.find(self._link, ins, search))

    def reference(self, ins: QualifiedIns, unique_id: str) -> DmpEntry | None:
        """TD3.1b: is this document there?"""
        return self._asked(lambda: td3_1_find.reference(self._link, ins, unique_id))

    def fetch(self, ins: QualifiedIns, reference: DocumentReference) -> bytes:
        """TD3.2."""
        return self._asked(lambda: td3_2_retrieve.fetch(self._link, ins, reference))

    def fetch_several(
        self, ins: QualifiedIns, references: Sequence[DocumentReference]
    ) -> tuple[dict[str, bytes], tuple[UserFacingError, ...]]:
        """TD3.2 for several documents: what arrived, and why the rest did not."""
        return self._asked(lambda: td3_2_retrieve.fetch_several(self._link, ins, references))

    def act(self, action: DocumentAction, change: Change) -> None:
        """TD3.3a to TD3.3d. An answer lost is told as such: look before doing it again."""
        self._asked(lambda: ACTIONS[action](self._link, change))

    def submit(self, submission: SubmissionRequest) -> Outcome:
        """TD2.1, or TD2.2 with a CPE. Never raises for the network, the card or the DMP."""
        secretary = td2_2_submit_as_secretary.is_secretary(self._link.author.holder)
        feed = td2_2_submit_as_secretary.submit if secretary else td2_1_submit.submit
        try:
            return feed(self._link, submission)
        except TransportError as error:
            return _judged(error).outcome
        except UserFacingError as error:
            return outcome_of(error)

    def _asked(self, question: Callable[[], T]) -> T:
        try:
            return question()
        except TransportError as error:
            raise _judged(error).error from error


def _subject(patient: Patient, guardian: Guardian | None = None) -> Subject:
    """Raises UserFacingError when the INS may not leave."""
    return Subject(
        patient.identity.qualified(),
        used_name=patient.identity.used_name,
        address=patient.address,
        telephone=patient.telephone,
        email=patient.email,
        guardian=guardian,
    )


def _judged(error: TransportError) -> Verdict:
    verdict = errors.of_exchange(error)
    log.warning("dmp %s %s", type(error).__name__, verdict.code)
    return verdict

"""The DMP as one open card session sees it (`services.ports.Dmp`, direct CPS authentication)."""

from __future__ import annotations

import datetime as dt
import logging
import ssl
from collections.abc import Callable
from typing import TypeVar

from lgc import __version__
from lgc.dmp import (
    errors,
    td0_2_existence,
    td0_3_authorisation,
    td2_1_submit,
    td3_1_find,
    td3_2_retrieve,
)
from lgc.dmp.link import Clock, DmpLink, Ids, Observer, Profile
from lgc.domain.deliveries import Outcome, Postponed, Refused
from lgc.domain.dmp import AuthorisationAction, DmpEntry, DmpSearch, Existence
from lgc.domain.documents import DocumentReference
from lgc.domain.identity import QualifiedIns
from lgc.domain.keys import SignatureKey
from lgc.domain.professionals import Practitioner
from lgc.errors import UserFacingError
from lgc.settings import Settings
from lgc.transport.errors import TransportError
from lgc.transport.http import CardError
from lgc.xds.metadata import SubmissionRequest

log = logging.getLogger(__name__)
T = TypeVar("T")


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
            )
        )

    def close(self) -> None:
        self._link.close()

    def existence(self, ins: QualifiedIns) -> Existence:
        """TD0.2."""
        return self._asked(lambda: td0_2_existence.existence(self._link, ins))

    def authorise(self, ins: QualifiedIns, action: AuthorisationAction) -> None:
        """TD0.3, only after the doctor's explicit attestation (EX_0.3-1010)."""
        self._asked(lambda: td0_3_authorisation.authorise(self._link, ins, action))

    def find(self, ins: QualifiedIns, search: DmpSearch) -> list[DmpEntry]:
        """TD3.1."""
        return self._asked(lambda: td3_1_find.find(self._link, ins, search))

    def reference(self, ins: QualifiedIns, unique_id: str) -> DmpEntry | None:
        """TD3.1b: is this document there?"""
        return self._asked(lambda: td3_1_find.reference(self._link, ins, unique_id))

    def fetch(self, ins: QualifiedIns, reference: DocumentReference) -> bytes:
        """TD3.2."""
        return self._asked(lambda: td3_2_retrieve.fetch(self._link, ins, reference))

    def submit(self, submission: SubmissionRequest) -> Outcome:
        """TD2.1. Never raises for what the network, the card or the DMP does."""
        try:
            return td2_1_submit.submit(self._link, submission)
        except TransportError as error:
            return _judged(error).outcome
        except UserFacingError as error:
            if error.may_retry:
                return Postponed(error.sentence)
            return Refused(error.details, error.sentence)

    def _asked(self, question: Callable[[], T]) -> T:
        try:
            return question()
        except TransportError as error:
            raise _judged(error).error from error


def _judged(error: TransportError) -> errors.Verdict:
    verdict = errors.of_exchange(error)
    log.warning("dmp %s %s", type(error).__name__, verdict.code)
    return verdict

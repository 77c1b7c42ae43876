"""Ask the DMP about the day's patients in the background, so that Accueil shows their icons."""

from __future__ import annotations

import datetime as dt

from lgc.domain.identity import IdentityStatus
from lgc.errors import UserFacingError
from lgc.services.connection import DeskConnection
from lgc.services.events import WELL, Announce, ServiceState
from lgc.services.ports import Clock, OpenUnit
from lgc.services.sharing import Sharing

FRESH = dt.timedelta(hours=4)


class RefreshingDmp:
    """One TD0.2 per call of ``work``, for the day's patients whose status is not fresh."""

    def __init__(
        self,
        open_unit: OpenUnit,
        clock: Clock,
        connection: DeskConnection,
        sharing: Sharing,
        announce: Announce,
    ) -> None:
        self._open, self._clock, self._connection = open_unit, clock, connection
        self._sharing, self._announce = sharing, announce
        self._refused: set[str] = set()

    def work(self) -> bool:
        """True while somebody is left to ask about."""
        if not self._connection.plugged:
            return False
        patient_id = self._next()
        if patient_id is None:
            return False
        try:
            self._sharing.check_dmp(patient_id)
        except UserFacingError as error:
            self._refused.add(patient_id)
            words = error.sentence if error.may_retry else WELL["dmp"]
            self._announce(ServiceState("dmp", not error.may_retry, words))
            return not error.may_retry
        self._announce(ServiceState("dmp", True, WELL["dmp"]))
        return True

    def forget_refusals(self) -> None:
        """A new session asks again about those that could not be answered."""
        self._refused.clear()

    def _next(self) -> str | None:
        now = self._clock.now()
        start = dt.datetime.combine(now.date(), dt.time(), tzinfo=now.tzinfo)
        with self._open() as uow:
            visits = uow.agenda.between(start, start + dt.timedelta(days=1))
            patients = uow.patients.many([visit.patient_id for visit in visits])
        for visit in visits:
            patient = patients[visit.patient_id]
            stale = patient.dmp.checked_at is None or now - patient.dmp.checked_at > FRESH
            qualified = patient.identity.status is IdentityStatus.QUALIFIED
            if stale and qualified and patient.patient_id not in self._refused:
                return patient.patient_id
        return None

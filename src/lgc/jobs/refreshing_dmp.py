"""Ask the DMP about the day's patients in the background: icons of Accueil, then the news."""

from __future__ import annotations

import datetime as dt

from lgc.domain.patients import Patient
from lgc.errors import UserFacingError
from lgc.services.connection import DeskConnection
from lgc.services.dmp_day import DmpOfTheDay
from lgc.services.events import WELL, Announce, ServiceState
from lgc.services.ports import Clock

FRESH = dt.timedelta(hours=4)
NEWS = dt.timedelta(minutes=15)


class RefreshingDmp:
    """One round per call of ``work``: TD0.4, then TD0.2 for those it does not tell of."""

    def __init__(
        self, clock: Clock, connection: DeskConnection, day: DmpOfTheDay, announce: Announce
    ) -> None:
        self._clock, self._connection = clock, connection
        self._day, self._announce = day, announce
        self._refused: set[str] = set()
        self._listed_at: dt.datetime | None = None

    def work(self) -> bool:
        """Always False: one round asks about everybody, the next one is at its hour."""
        if not self._connection.plugged:
            return False
        now = self._clock.now()
        patients = self._day.patients()
        due = self._listed_at is None or now - self._listed_at >= NEWS
        stale = [one for one in patients if self._is_stale(one, now)]
        if not stale and not due:
            return False
        try:
            mine = self._day.ask_list(patients) if patients and due else {}
            self._listed_at = now if due else self._listed_at
        except UserFacingError as error:
            mine = {}
            if error.may_retry:
                self._tell(error)
                return False
            self._listed_at = now
        self._ask([one for one in stale if one.patient_id not in mine])
        try:
            self._day.bring_news(mine)
        except UserFacingError as error:
            self._tell(error)
        return False

    def forget_refusals(self) -> None:
        """A new session asks again about those that could not be answered."""
        self._refused.clear()
        self._listed_at = None

    def _ask(self, patients: list[Patient]) -> None:
        asked = self._day.ask_each(patients)
        self._refused |= {patient_id for patient_id, error in asked.failed}
        down = next((error for _, error in asked.failed if error.may_retry), None)
        if down is not None:
            self._refused -= {patient_id for patient_id, error in asked.failed if error.may_retry}
            self._tell(down)
        else:
            self._announce(ServiceState("dmp", True, WELL["dmp"]))

    def _tell(self, error: UserFacingError) -> None:
        words = error.sentence if error.may_retry else WELL["dmp"]
        self._announce(ServiceState("dmp", not error.may_retry, words))

    def _is_stale(self, patient: Patient, now: dt.datetime) -> bool:
        checked = patient.dmp.checked_at
        old = checked is None or now - checked > FRESH
        return old and patient.patient_id not in self._refused

"""Ask the DMP about the day's patients in the background: icons of Accueil, then the news."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence

from lgc.domain.dmp import AuthorisedDmp
from lgc.domain.instants import since
from lgc.domain.patients import Patient
from lgc.errors import Unforeseen, UnreadableInput, UserFacingError, in_words, place_of
from lgc.services.connection import DeskConnection
from lgc.services.dmp_day import DmpOfTheDay
from lgc.services.exchanges import Exchange
from lgc.services.ports import Clock

log = logging.getLogger(__name__)
UNREAD = (UnreadableInput, Unforeseen)
FRESH = dt.timedelta(hours=4)
NEWS = dt.timedelta(minutes=15)


class RefreshingDmp:
    """One step per call of ``work``, so that the lane may stop between two of them.

    A round is TD0.4, TD0.2 for those it does not tell of, then the news of each in turn.
    """

    def __init__(
        self, clock: Clock, connection: DeskConnection, day: DmpOfTheDay, exchange: Exchange
    ) -> None:
        self._clock, self._connection = clock, connection
        self._day, self._exchange = day, exchange
        self._refused: set[str] = set()
        self._listed_at: dt.datetime | None = None
        self._news: dict[str, AuthorisedDmp] = {}
        self._skipped = 0

    def work(self) -> bool:
        """True while the news of somebody are left to bring."""
        if not self._connection.plugged:
            return False
        if self._news:
            return self._bring_one()
        now = self._clock.now()
        patients = self._day.patients()
        due = self._listed_at is None or not dt.timedelta() <= since(self._listed_at, now) < NEWS
        stale = [one for one in patients if self._is_stale(one, now)]
        if not stale and not due:
            return False
        try:
            mine = self._ask_list(patients) if patients and due else {}
            self._listed_at = now if due else self._listed_at
        except UserFacingError as error:
            mine = {}
            if error.may_retry:
                self._tell(error)
                return False
            self._listed_at = now
        self._ask([one for one in stale if one.patient_id not in mine])
        self._news = dict(mine)
        return bool(self._news)

    def _ask_list(self, patients: Sequence[Patient]) -> dict[str, AuthorisedDmp]:
        mine = self._day.ask_list(patients)
        self._skipped = 0
        self._well()
        return mine

    def _bring_one(self) -> bool:
        patient_id = next(iter(self._news))
        one = self._news.pop(patient_id)
        try:
            self._skipped += self._day.bring_news({patient_id: one})
        except Exception as error:
            log.warning("dmp news: %s", place_of(error))
            told = in_words(error)
            self._tell(told)
            self._skipped += not told.may_retry
            self._news = {} if told.may_retry else self._news
        else:
            self._well()
        return bool(self._news)

    def _well(self) -> None:
        """With what could not be read in this round: the list of the DMP still has it."""
        unread = f"illisibles : {self._skipped}" if self._skipped else ""
        self._exchange.well(unread)

    def forget_refusals(self) -> None:
        """A new session asks again about those that could not be answered."""
        self._refused.clear()
        self._listed_at = None
        self._news = {}

    def _ask(self, patients: list[Patient]) -> None:
        asked = self._day.ask_each(patients)
        self._refused |= {patient_id for patient_id, error in asked.failed}
        self._skipped += sum(isinstance(error, UNREAD) for _, error in asked.failed)
        down = next((error for _, error in asked.failed if error.may_retry), None)
        if down is not None:
            self._refused -= {patient_id for patient_id, error in asked.failed if error.may_retry}
            self._tell(down)
        elif asked.answered:
            self._well()

    def _tell(self, error: UserFacingError) -> None:
        """What the DMP refuses is an answer; what does not come is not."""
        if error.may_retry:
            self._exchange.failed(error)

    def _is_stale(self, patient: Patient, now: dt.datetime) -> bool:
        checked = patient.dmp.checked_at
        old = checked is None or not dt.timedelta() <= since(checked, now) <= FRESH
        return old and patient.patient_id not in self._refused

"""The outbox: leases a delivery, sends it in its lane, moves it by the table, commits, announces.

Sending never loses and never doubles: the row says SENDING before a byte leaves, so a process
killed in between leaves a row that asks the other side at the next start.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import replace

from lgc.domain.card import CardGone
from lgc.domain.deliveries import (
    AnswerLost,
    Channel,
    Delivery,
    DeliveryEvent,
    DeliveryState,
    Outcome,
    Postponed,
    Receipt,
    Refused,
    next_state,
)
from lgc.domain.documents import Confidentiality, DmpState
from lgc.domain.messages import Folder
from lgc.domain.patients import DmpAccess, DmpStatus
from lgc.errors import UserFacingError
from lgc.services import letters
from lgc.services.delivering import Delivering, Work
from lgc.services.events import WELL, Announce, RecordChanged, ServiceState
from lgc.services.payload import Payload
from lgc.services.ports import Clock, OpenUnit, UnitOfWork
from lgc.services.queue import moved
from lgc.settings import Settings, mail_settle_seconds

log = logging.getLogger(__name__)

BACKOFF_SECONDS = (5, 30, 120, 600, 1800)
SERVICE_WORDS = {Channel.DMP: "DMP", Channel.MSSANTE: "MSSanté"}
DMP_STATES = {
    Confidentiality.VISIBLE: DmpState.DEPOSITED,
    Confidentiality.MASKED_TO_PROFESSIONALS: DmpState.MASKED,
    Confidentiality.INVISIBLE_TO_PATIENT: DmpState.INVISIBLE,
    Confidentiality.INVISIBLE_TO_GUARDIANS: DmpState.DEPOSITED,
}


class Outbox:
    """One instance for the application; ``run_once`` is called by each channel's lane."""

    def __init__(
        self,
        open_unit: OpenUnit,
        delivering: Delivering,
        clock: Clock,
        announce: Announce,
        settings: Settings,
    ) -> None:
        self._open, self._delivering, self._clock = open_unit, delivering, clock
        self._announce, self._settings = announce, settings

    def recover(self) -> int:
        """At start-up: rows found SENDING become UNCERTAIN. Returns how many there were."""
        with self._open() as uow:
            found = uow.deliveries.in_flight()
            for delivery in found:
                self._save(uow, delivery, DeliveryEvent.ANSWER_LOST, reason=KILLED)
            uow.commit()
        return len(found)

    def run_once(self, channel: Channel) -> bool:
        """Treat the oldest due delivery of ``channel``. False when there was nothing to do,
        or no card: no card in the reader is a reason to wait."""
        if not self._delivering.ready:
            return False
        with self._open() as uow:
            delivery = uow.deliveries.due(channel, self._clock.now())
        if delivery is None:
            return False
        work = self._work(delivery)
        if delivery.state is DeliveryState.UNCERTAIN:
            self._ask(work)
        else:
            self._send(work)
        return True

    def _work(self, delivery: Delivery) -> Work:
        payload = Payload.load(delivery.payload)
        with self._open() as uow:
            if payload.letter:
                return Work(delivery, payload, None, letters.read(uow, payload.letter))
            return Work(delivery, payload, uow.documents.content(delivery.document_id))

    def _send(self, work: Work) -> None:
        try:
            leased = self._move(work.delivery, DeliveryEvent.PICKED)
        except UserFacingError:
            return  # the doctor withdrew it between the reading and the lease
        steps: list[tuple[dt.datetime, str]] = []
        outcome = self._delivering.attempt(
            replace(work, delivery=leased),
            lambda words: steps.append((self._clock.now(), words)),
        )
        log.info("delivery %s %s", leased.delivery_id, type(outcome).__name__)
        self._settle(work, replace(leased, steps=(*leased.steps, *steps)), outcome)

    def _settle(self, work: Work, delivery: Delivery, outcome: Outcome) -> None:
        match outcome:
            case Receipt():
                self._received(work, delivery, DeliveryEvent.RECEIVED, outcome)
            case Refused(code, words):
                self._move(delivery, DeliveryEvent.REJECTED, reason=words, code=code)
            case Postponed(why):
                attempts = delivery.attempts + 1
                self._move(
                    replace(delivery, attempts=attempts, attempt_at=self._later(attempts)),
                    DeliveryEvent.POSTPONED,
                    waiting_for=why,
                )
            case AnswerLost(why):
                wait = dt.timedelta(seconds=self._settle_seconds(delivery.channel))
                self._move(
                    replace(delivery, attempt_at=self._clock.now() + wait),
                    DeliveryEvent.ANSWER_LOST,
                    reason=why,
                )
        self._tell_service(delivery.channel, outcome)

    def _ask(self, work: Work) -> None:
        delivery = work.delivery
        try:
            receipt = self._delivering.ask(work)
        except UserFacingError as error:
            self._wait_to_ask(delivery, error)
            return
        if receipt is None:
            self._move(replace(delivery, attempt_at=None), DeliveryEvent.NOT_FOUND)
        else:
            now = self._clock.now()
            steps = tuple((now, words) for words in (*receipt.lines, "Accusé retrouvé"))
            found = replace(delivery, steps=(*delivery.steps, *steps))
            self._received(work, found, DeliveryEvent.FOUND, receipt)

    def _wait_to_ask(self, delivery: Delivery, error: UserFacingError) -> None:
        attempts = delivery.attempts + 1
        later = replace(
            delivery,
            attempts=attempts,
            attempt_at=self._later(1 if isinstance(error, CardGone) else attempts),
            waiting_for=error.sentence,
        )
        with self._open() as uow:
            uow.deliveries.save(later)
            uow.commit()
        self._announce(moved(later))

    def _received(
        self, work: Work, delivery: Delivery, event: DeliveryEvent, receipt: Receipt
    ) -> None:
        delivered = replace(delivery, receipt=receipt, attempt_at=None)
        with self._open() as uow:
            saved = self._save(uow, delivered, event)
            if delivery.channel is Channel.DMP:
                self._remember_deposit(uow, work, delivered)
            if work.letter is not None:
                uow.messages.move(work.payload.letter, Folder.SENT)
            uow.commit()
        self._announce(moved(saved))
        if delivery.patient_id:
            self._announce(RecordChanged(delivery.patient_id))

    def _remember_deposit(self, uow: UnitOfWork, work: Work, delivery: Delivery) -> None:
        choice = work.payload.confidentiality
        uow.documents.set_dmp_state(delivery.document_id, DMP_STATES[choice], choice)
        if work.payload.consent_attested:
            patient = uow.patients.get(delivery.patient_id)
            status = DmpStatus(
                DmpAccess.AUTHORISED, patient.dmp.attending_doctor, self._clock.now()
            )
            uow.patients.set_dmp(delivery.patient_id, status)

    def _move(
        self,
        delivery: Delivery,
        event: DeliveryEvent,
        *,
        reason: str = "",
        code: str = "",
        waiting_for: str = "",
    ) -> Delivery:
        with self._open() as uow:
            saved = self._save(
                uow, delivery, event, reason=reason, code=code, waiting_for=waiting_for
            )
            uow.commit()
        self._announce(moved(saved))
        return saved

    def _save(
        self,
        uow: UnitOfWork,
        delivery: Delivery,
        event: DeliveryEvent,
        *,
        reason: str = "",
        code: str = "",
        waiting_for: str = "",
    ) -> Delivery:
        saved = replace(
            delivery,
            state=next_state(delivery.state, event),
            reason=reason,
            code=code,
            waiting_for=waiting_for,
        )
        uow.deliveries.save(saved)
        uow.audit(f"delivery {saved.state}", saved.delivery_id, code)
        return saved

    def _later(self, attempts: int) -> dt.datetime:
        seconds = BACKOFF_SECONDS[min(attempts, len(BACKOFF_SECONDS)) - 1]
        return self._clock.now() + dt.timedelta(seconds=seconds)

    def _settle_seconds(self, channel: Channel) -> int:
        """A mailbox may show a copy late; a registry answers at once."""
        return self._settings[mail_settle_seconds] if channel is Channel.MSSANTE else 2

    def _tell_service(self, channel: Channel, outcome: Outcome) -> None:
        reachable = isinstance(outcome, (Receipt, Refused))
        words = WELL[channel.value] if reachable else getattr(outcome, "why", "")
        self._announce(ServiceState(channel.value, reachable, words))


KILLED = "L’application s’est arrêtée pendant l’envoi."

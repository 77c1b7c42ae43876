"""The outbox: leases a delivery, sends it in its lane, moves it by the table, commits, announces.

Sending never loses and never doubles: the row says SENDING, and for whom, before a byte leaves.
Whatever fails after that leaves UNCERTAIN, and so does the end of the process. Then the other side
is only asked: absence of proof is no proof of absence, so the doctor alone sends again.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from lgc.domain.card import CardGone
from lgc.domain.deliveries import (
    LONGEST_WAIT,
    AnswerLost,
    Channel,
    Delivery,
    DeliveryEvent,
    DeliveryState,
    Outcome,
    Partial,
    Postponed,
    Receipt,
    Refused,
    next_state,
    remedy_of,
)
from lgc.domain.documents import Confidentiality, DmpState, Document
from lgc.domain.instants import after, come, since
from lgc.domain.messages import Folder
from lgc.domain.patients import DmpAccess, DmpStatus
from lgc.domain.receipts import Fates, together
from lgc.errors import UserFacingError, place_of
from lgc.jobs.owner import Owner
from lgc.services import letters, versions
from lgc.services.delivering import Delivering, Work
from lgc.services.events import Announce, RecordChanged
from lgc.services.payload import Payload
from lgc.services.ports import Clock, OpenUnit, UnitOfWork
from lgc.services.queue import STOPPED, carried, moved, play
from lgc.settings import Settings, dmp_settle_seconds, mail_settle_seconds

log = logging.getLogger(__name__)

BACKOFF_SECONDS = (5, 30, 120, 600, int(LONGEST_WAIT.total_seconds()))
SERVICE_WORDS = {Channel.DMP: "DMP", Channel.MSSANTE: "MSSanté"}
DMP_STATES = {
    Confidentiality.VISIBLE: DmpState.DEPOSITED,
    Confidentiality.MASKED_TO_PROFESSIONALS: DmpState.MASKED,
    Confidentiality.INVISIBLE_TO_PATIENT: DmpState.INVISIBLE,
    Confidentiality.INVISIBLE_TO_GUARDIANS: DmpState.DEPOSITED,
}


KILLED = "L’application s’est arrêtée pendant l’envoi."
NOTHING_SAID = remedy_of(AnswerLost(""))
UNFORESEEN = "Une erreur imprévue a interrompu l’envoi."
SETTLE = {Channel.DMP: dmp_settle_seconds, Channel.MSSANTE: mail_settle_seconds}
NO_TRACE = {
    Channel.DMP: "Le DMP ne montre pas ce document.",
    Channel.MSSANTE: "Aucune copie dans votre boîte MSSanté, tous dossiers lus.",
}
SETTLINGS = 3
Steps = tuple[tuple[dt.datetime, str], ...]


class Outbox:
    """One instance for the application; ``run_once`` is called by each channel's lane."""

    def __init__(
        self,
        open_unit: OpenUnit,
        delivering: Delivering,
        clock: Clock,
        announce: Announce,
        settings: Settings,
        owner: Owner,
    ) -> None:
        self._open, self._delivering, self._clock = open_unit, delivering, clock
        self._announce, self._settings, self._owner = announce, settings, owner

    def recover(self) -> int:
        """At start-up: rows SENDING whose owner ended become UNCERTAIN. Returns how many."""
        return self._reclaim(tuple(Channel))

    def run_once(self, channel: Channel) -> bool:
        """Treat the oldest due delivery of ``channel``. False when nothing was due, or when what
        was due stays as it was: the lane rests before it tries again, whatever the clock says. No
        card in the reader is a reason to wait."""
        self._reclaim((channel,))
        if not self._delivering.ready:
            return False
        with self._open() as uow:
            delivery = uow.deliveries.due(channel, self._clock.now())
        if delivery is None:
            return False
        try:
            if delivery.sent_at is None and self._stopped(delivery):
                return True
            work = self._work(delivery)
        except Exception as error:
            log.error("delivery %s: %s", delivery.delivery_id, place_of(error))
            self._put_off(delivery, UNFORESEEN)
            return False
        # What the doctor sends again may have been filed since: nothing leaves before a last look.
        if delivery.state is not DeliveryState.WAITING or delivery.sent_at is not None:
            return self._ask(work)
        return self._send(work)

    def _stopped(self, delivery: Delivery) -> bool:
        """Its author annulled what waits here: it does not leave, whatever brought it back."""
        with self._open() as uow:
            papers = (uow.documents.get(one) for one in carried(uow, delivery))
            if delivery.state is not DeliveryState.WAITING or all(
                paper.annulled is None for paper in papers
            ):
                return False
            now = self._clock.now()
            told = replace(delivery, steps=(*delivery.steps, (now, STOPPED)))
            play(uow, told, DeliveryEvent.TAKEN_BACK, now)
            uow.audit("delivery withdrawn", delivery.delivery_id, "document annulled")
            uow.commit()
        self._announce(moved(delivery))
        return True

    def _reclaim(self, channels: tuple[Channel, ...]) -> int:
        """Nobody works any more on these: the process ended, or it could not write the outcome."""
        with self._open() as uow:
            left = [
                delivery
                for delivery in uow.deliveries.in_flight()
                if delivery.channel in channels
                and not self._owner.works_on(delivery.owner, delivery.delivery_id)
            ]
        for delivery in left:
            ours = delivery.owner == self._owner.identity
            log.warning("delivery %s left by its owner", delivery.delivery_id)
            self._lost(delivery, AnswerLost(UNFORESEEN if ours else KILLED))
        return len(left)

    def _work(self, delivery: Delivery) -> Work:
        payload = Payload.load(delivery.payload)
        with self._open() as uow:
            now = self._clock.now()
            if payload.letter:
                return Work(delivery, payload, None, now, letters.read(uow, payload.letter))
            content = uow.documents.content(delivery.document_id)
            older = versions.before(uow, content.document)
            return Work(
                delivery,
                payload,
                content,
                now,
                earlier=tuple(one.unique_id for one in older),
                just_replaced=self._just_replaced(uow, older),
            )

    def _just_replaced(self, uow: UnitOfWork, older: Sequence[Document]) -> str:
        """The unique id of the version that this one follows, where the DMP said yes to it so
        recently that it may not show it yet: what is not seen there is not replaced there."""
        now, delay = self._clock.now(), self._settings[dmp_settle_seconds]
        recent = dt.timedelta(seconds=delay)
        for other in older:
            for sent in uow.deliveries.of_document(other.document_id):
                deposited = sent.channel is Channel.DMP and sent.state is DeliveryState.DELIVERED
                if (
                    deposited
                    and sent.receipt is not None
                    and dt.timedelta() <= since(sent.receipt.received_at, now) < recent
                ):
                    return other.unique_id
        return ""

    def _send(self, work: Work) -> bool:
        """Did anything leave, or get its answer?"""
        delivery_id = work.delivery.delivery_id
        with self._owner.sending(delivery_id):
            try:
                leased = self._lease(delivery_id)
            except UserFacingError:
                return False  # the doctor withdrew it between the reading and the lease
            steps: list[tuple[dt.datetime, str]] = []
            outcome = self._attempt(
                replace(work, delivery=leased),
                lambda words: steps.append((self._clock.now(), words)),
            )
            log.info("delivery %s %s", delivery_id, type(outcome).__name__)
            self._settle(work, leased, outcome, tuple(steps))
        return not isinstance(outcome, Postponed)

    def _lease(self, delivery_id: str) -> Delivery:
        with self._open() as uow:
            leased = uow.deliveries.lease(delivery_id, self._owner.identity, self._clock.now())
            uow.audit(f"delivery {leased.state}", delivery_id)
            uow.commit()
        self._announce(moved(leased))
        return leased

    def _attempt(self, work: Work, step: Callable[[str], None]) -> Outcome:
        """What nobody foresaw may have come after the last byte."""
        try:
            return self._delivering.attempt(work, step)
        except Exception as error:
            log.error("delivery %s: %s", work.delivery.delivery_id, place_of(error))
            return AnswerLost(UNFORESEEN, details=place_of(error))

    def _settle(self, work: Work, leased: Delivery, outcome: Outcome, steps: Steps) -> None:
        """A receipt that came meanwhile may have touched the row: read it again, then write."""
        for attempt in range(1, SETTLINGS + 1):
            try:
                self._conclude(work, leased, outcome, steps)
                break
            except UserFacingError:
                if attempt == SETTLINGS:
                    raise

    def _conclude(self, work: Work, leased: Delivery, outcome: Outcome, steps: Steps) -> None:
        match outcome:
            case Receipt():
                self._received(work, DeliveryEvent.RECEIVED, outcome, steps)
            case Partial(receipt, rest):
                self._postpone(leased, rest, steps, proof=receipt)
            case Postponed():
                self._postpone(leased, outcome, steps)
            case Refused(code, words):
                told = remedy_of(outcome)
                self._move(leased, DeliveryEvent.REJECTED, steps, reason=words, code=code, **told)
            case AnswerLost():
                self._lost(leased, outcome, steps)

    def _postpone(
        self, leased: Delivery, rest: Postponed, steps: Steps, proof: Receipt | None = None
    ) -> None:
        attempts = leased.attempts + 1
        self._move(
            leased,
            DeliveryEvent.POSTPONED,
            steps,
            attempts=attempts,
            attempt_at=self._later(attempts),
            waiting_for=rest.why,
            proof=proof,
            **remedy_of(rest),
        )

    def _lost(self, delivery: Delivery, lost: AnswerLost, steps: Steps = ()) -> None:
        """The delay to file counts from now: the last byte left earlier, nobody knows when."""
        now = self._clock.now()
        until = after(now, self._settling(delivery))
        self._move(
            delivery,
            DeliveryEvent.ANSWER_LOST,
            steps,
            reason=lost.why,
            **remedy_of(lost),
            told=lost.fates,
            sent_at=now,
            settle_until=until,
            asked_at=None,
            attempts=0,
            attempt_at=min(until, self._later(1)),
        )

    def _ask(self, work: Work) -> bool:
        """Is it known now, or did it leave?"""
        delivery = work.delivery
        try:
            receipt = self._delivering.ask(work)
        except CardGone as gone:
            self._put_off(delivery, gone.sentence, first=True)
        except UserFacingError as error:
            self._put_off(delivery, error.sentence, asked=True)
        except Exception as error:
            log.error("delivery %s: %s", delivery.delivery_id, place_of(error))
            self._put_off(delivery, UNFORESEEN, asked=True)
        else:
            if receipt is not None:
                now = self._clock.now()
                steps = tuple((now, words) for words in (*receipt.lines, "Accusé retrouvé"))
                self._received(work, DeliveryEvent.FOUND, receipt, steps)
                return True
            if delivery.state is DeliveryState.WAITING:
                return self._stopped(delivery) or self._send(work)
            self._put_off(delivery, NO_TRACE[delivery.channel], asked=True)
        return False

    def _put_off(
        self, delivery: Delivery, why: str, *, asked: bool = False, first: bool = False
    ) -> None:
        """Later again, with what is known; the state stays. ``first``: as after a first attempt."""
        now = self._clock.now()
        with self._open() as uow:
            stored = uow.deliveries.get(delivery.delivery_id)
            if stored.state is not delivery.state:
                return  # the doctor decided meanwhile
            attempts = stored.attempts + 1
            at = self._later(1 if first else attempts)
            until = stored.settle_until
            if until is not None and not come(until, now):
                # Set by a clock that was ahead, it would not come for years.
                until = min(until, after(now, self._settling(stored)))
                at = min(at, until)
            later = replace(
                stored,
                attempts=attempts,
                settle_until=until,
                # What the doctor closed is asked about once each time.
                attempt_at=None if stored.state is DeliveryState.CLOSED else at,
                asked_at=now if asked else stored.asked_at,
                waiting_for=why,
            )
            uow.deliveries.save(later)
            uow.commit()
        self._announce(moved(later))

    def _received(self, work: Work, event: DeliveryEvent, receipt: Receipt, steps: Steps) -> None:
        delivery = work.delivery
        with self._open() as uow:
            saved = self._save(uow, delivery, event, steps, proof=receipt, attempt_at=None)
            if delivery.channel is Channel.DMP:
                self._remember_deposit(uow, work, delivery)
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
        self, delivery: Delivery, event: DeliveryEvent, steps: Steps = (), **fields: Any
    ) -> None:
        with self._open() as uow:
            saved = self._save(uow, delivery, event, steps, **fields)
            uow.commit()
        self._announce(moved(saved))

    def _save(
        self,
        uow: UnitOfWork,
        delivery: Delivery,
        event: DeliveryEvent,
        steps: Steps,
        *,
        proof: Receipt | None = None,
        told: Fates = (),
        **fields: Any,
    ) -> Delivery:
        """On top of what is stored now: a receipt may have added its own step meanwhile.

        ``proof``, and what was ``told`` of the recipients, are of this attempt; what an earlier one
        proved stays.
        """
        stored = uow.deliveries.get(delivery.delivery_id)
        if proof is not None:
            fields["receipt"] = proof.after(stored.receipt)
            told = proof.fates
        words = {"reason": "", "code": "", "waiting_for": "", "owner": "", **NOTHING_SAID}
        saved = replace(
            stored,
            **{**words, **fields},
            fates=together(stored.fates, told),
            state=next_state(stored.state, event),
            steps=(*stored.steps, *steps),
        )
        uow.deliveries.save(saved)
        uow.audit(f"delivery {saved.state}", saved.delivery_id, saved.code)
        return saved

    def _later(self, attempts: int) -> dt.datetime:
        seconds = BACKOFF_SECONDS[min(attempts, len(BACKOFF_SECONDS)) - 1]
        return after(self._clock.now(), dt.timedelta(seconds=seconds))

    def _settling(self, delivery: Delivery) -> dt.timedelta:
        """The time that the other side has to file it."""
        return dt.timedelta(seconds=self._settings[SETTLE[delivery.channel]])

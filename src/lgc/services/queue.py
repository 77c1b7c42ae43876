"""« File d'envoi »: every share with its deliveries in words, and the one action each allows."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import chain

from lgc.domain import writing
from lgc.domain.deliveries import Channel, Delivery, DeliveryEvent, DeliveryState, next_state
from lgc.domain.documents import must_stand
from lgc.domain.messages import Folder
from lgc.domain.receipts import FAILED, STATES, Fate, overall, together
from lgc.errors import UserFacingError
from lgc.services.events import Announce, DeliveryMoved
from lgc.services.payload import Payload
from lgc.services.ports import Clock, OpenUnit, UnitOfWork
from lgc.services.seen import must_still_be
from lgc.services.views import DeliveryView, PatientView, QueueCounts, QueueLine

WORDS = {
    DeliveryState.WAITING: "En attente",
    DeliveryState.SENDING: "Envoi en cours",
    DeliveryState.DELIVERED: "Pris en charge",
    DeliveryState.REFUSED: "Refusé",
    DeliveryState.UNCERTAIN: "Envoi à vérifier",
    DeliveryState.WITHDRAWN: "Retiré",
    DeliveryState.CLOSED: "Considéré comme parti",
}
BEHIND = {
    DeliveryState.WAITING: "La version précédente part d’abord.",
    DeliveryState.SENDING: "La version précédente est en cours d’envoi.",
    DeliveryState.UNCERTAIN: "La version précédente est à vérifier : décidez d’abord pour elle.",
}
DEPOSITED = "Déposé"
CHANNEL_WORDS = {Channel.DMP: "DMP", Channel.MSSANTE: "MSSanté"}
LATE = (DeliveryState.REFUSED, DeliveryState.UNCERTAIN)
READINGS = 3
STOPPED = "Arrêté : le document a été annulé par son auteur"
ASKED = (DeliveryState.UNCERTAIN, DeliveryState.CLOSED)
VERIFIABLE = (DeliveryState.WAITING, DeliveryState.UNCERTAIN, DeliveryState.CLOSED)
ENDED = {(DeliveryEvent.TAKEN_BACK, True): DeliveryEvent.GIVEN_UP}  # by whether some have it
# A letter that left for nobody is to be corrected, and sent anew.
ENDS = {DeliveryState.WITHDRAWN: Folder.DRAFTS, DeliveryState.DELIVERED: Folder.SENT}
# Before, absence of proof says nothing.
ONCE_SETTLED = frozenset({DeliveryEvent.RESENT, DeliveryEvent.ASSUMED})


class Queue:
    """Reads the queue and carries the doctor's decisions; ``wake`` pokes the outbox.

    A decision is of what the doctor has ``seen``: one that stands otherwise by then is left, and
    both are told (UserFacingError).
    """

    def __init__(
        self, open_unit: OpenUnit, clock: Clock, announce: Announce, wake: Announce | None = None
    ) -> None:
        self._open, self._clock, self._announce = open_unit, clock, announce
        self._wake = wake or (lambda event: None)

    def lines(self, limit: int = 200) -> tuple[QueueLine, ...]:
        """What is unfinished whatever its age, then the newest of the rest."""
        with self._open() as uow:
            shown = {
                one.delivery_id: one
                for one in (*uow.deliveries.unfinished(), *uow.deliveries.recent(limit))
            }
            return lines_of(uow, shown.values(), self._clock.now().date())

    def counts(self) -> QueueCounts:
        """All of them are counted, however many and however old."""
        with self._open() as uow:
            counts = uow.deliveries.counts()
        late = sum(number for (_, state), number in counts.items() if state in LATE)
        return QueueCounts(waiting=sum(counts.values()) - late, to_retry=late)

    def waiting(self) -> dict[Channel, tuple[int, dt.datetime | None]]:
        """How many wait on each channel, and when the first of them is tried again."""
        with self._open() as uow:
            counts, unfinished = uow.deliveries.counts(), uow.deliveries.unfinished()
        hours = [(d.channel, d.attempt_at) for d in unfinished if d.state is DeliveryState.WAITING]
        return {
            channel: (
                counts.get((channel, DeliveryState.WAITING), 0),
                min((at for where, at in hours if where is channel and at), default=None),
            )
            for channel in Channel
        }

    def hurry(self, channel: Channel) -> None:
        """Whatever waits for its hour on ``channel`` is tried now; nothing that may have left."""
        with self._open() as uow:
            for one in uow.deliveries.unfinished():
                if one.channel is channel and one.state is DeliveryState.WAITING:
                    uow.deliveries.save(replace(one, attempt_at=self._clock.now()))
            uow.commit()

    def retry(self, delivery_id: str, seen: DeliveryView | None = None) -> None:
        """« Réessayer » a refused delivery, with the same identifiers."""
        self._decide(delivery_id, DeliveryEvent.RETRIED, "delivery retried by the doctor", seen)

    def withdraw(self, delivery_id: str, seen: DeliveryView | None = None) -> None:
        """« Retirer »: only what surely did not leave."""
        self._decide(delivery_id, DeliveryEvent.TAKEN_BACK, "delivery withdrawn", seen)

    def resend(self, delivery_id: str, seen: DeliveryView | None = None) -> None:
        """« Renvoyer » what left no trace: the colleague may get it twice, the doctor knows it.

        Raises UserFacingError before the other side has had its time to file and was asked.
        """
        self._decide(delivery_id, DeliveryEvent.RESENT, "delivery sent again by the doctor", seen)

    def assume_sent(self, delivery_id: str, seen: DeliveryView | None = None) -> None:
        """« Considérer comme parti »: closed without proof. Raises as ``resend``."""
        self._decide(delivery_id, DeliveryEvent.ASSUMED, "delivery closed without proof", seen)

    def verify_now(self, delivery_id: str) -> None:
        """« Vérifier » asks the other side about what may have left, and sends nothing; what waits
        is tried now."""

        def asked(uow: UnitOfWork, delivery: Delivery) -> None:
            if delivery.state in VERIFIABLE:
                uow.deliveries.save(replace(delivery, attempt_at=self._clock.now()))

        self._change(delivery_id, asked)

    def _decide(
        self, delivery_id: str, event: DeliveryEvent, act: str, seen: DeliveryView | None
    ) -> None:
        def decide(uow: UnitOfWork, delivery: Delivery) -> None:
            if seen is not None:
                must_still_be(_standing(view_of(delivery)), _standing(seen), "Cet envoi", str)
            if event in ONCE_SETTLED and not delivery.settled:
                raise UserFacingError(
                    "Il est trop tôt pour conclure : cet envoi peut encore arriver.",
                    advice="Attendez la fin de la vérification, puis décidez.",
                )
            play(uow, delivery, event, self._clock.now())
            uow.audit(act, delivery_id)

        self._change(delivery_id, decide)

    def _change(self, delivery_id: str, change: Callable[[UnitOfWork, Delivery], None]) -> None:
        """The outbox writes the same rows: what it moved meanwhile is read again."""
        for attempt in range(1, READINGS + 1):
            try:
                with self._open() as uow:
                    delivery = uow.deliveries.get(delivery_id)
                    change(uow, delivery)
                    uow.commit()
                break
            except UserFacingError as error:
                if not error.may_retry or attempt == READINGS:
                    raise
        self._tell(delivery)

    def _tell(self, delivery: Delivery) -> None:
        event = moved(delivery)
        self._announce(event)
        self._wake(event)


def play(uow: UnitOfWork, delivery: Delivery, event: DeliveryEvent, now: dt.datetime) -> None:
    """Save ``delivery`` as the doctor decided, its letter where it belongs then.

    Raises UserFacingError for what the table forbids, for a version overtaken by a newer one, and
    for what would send an annulled document.
    """
    try:
        state = next_state(delivery.state, ENDED.get((event, delivery.partial), event))
    except ValueError as error:
        raise UserFacingError(
            "Cet envoi vient de changer d’état.", advice="Relisez sa ligne."
        ) from error
    if state is DeliveryState.WAITING:
        _may_wait(uow, delivery)
    payload = Payload.load(delivery.payload)
    decided = replace(delivery, state=state, attempt_at=None, attempts=0)
    if event is DeliveryEvent.RESENT and not delivery.partial:
        # It leaves for everybody: what was refused may be taken now.
        known = tuple(one for one in delivery.fates if one[1] not in FAILED)
        decided = replace(decided, fates=known)
    if state is DeliveryState.DELIVERED:
        decided = _ended(decided, payload, now)
    uow.deliveries.save(decided)
    if payload.letter and state in ENDS:
        uow.messages.move(payload.letter, ENDS[state])


def _may_wait(uow: UnitOfWork, delivery: Delivery) -> None:
    for document_id in carried(uow, delivery):
        must_stand(uow.documents.get(document_id))
    if uow.deliveries.overtaken(delivery.delivery_id):
        raise UserFacingError(
            "Une version plus récente de ce document est déjà partie.",
            advice="Retirez cet envoi : la version récente le remplace.",
        )


def carried(uow: UnitOfWork, delivery: Delivery) -> set[str]:
    """The documents that a send carries: its own, and those of its letter."""
    letter = str(json.loads(delivery.payload).get("letter", ""))
    draft = writing.typed(letter, uow.messages.raw(letter)) if letter else None
    of_letter = {one.document_id for one in draft.documents} if draft is not None else set()
    return {delivery.document_id, *of_letter} - {""}


def _ended(delivery: Delivery, payload: Payload, now: dt.datetime) -> Delivery:
    """Without those whom no attempt reached, and who are named."""
    reached = dict(delivery.fates)
    left = [one for one in payload.recipients if one.address.strip().lower() not in reached]
    fates = tuple((one.address.strip().lower(), Fate.NOT_DELIVERED) for one in left)
    words = f"Abandonné pour : {', '.join(one.family_name or one.address for one in left)}"
    return replace(
        delivery,
        fates=together(fates, delivery.fates),
        steps=(*delivery.steps, (now, words)),
    )


def _standing(view: DeliveryView) -> str:
    """What a decision rests on: « Envoi à vérifier, aucune copie trouvée », never an hour."""
    why = view.reason if view.state in LATE else ""
    return ", ".join(dict.fromkeys(filter(None, (view.words, why, view.found))))


def moved(delivery: Delivery) -> DeliveryMoved:
    return DeliveryMoved(
        delivery.delivery_id, delivery.share_id, delivery.document_id, delivery.patient_id
    )


def lines_of(
    uow: UnitOfWork, deliveries: Iterable[Delivery], today: dt.date
) -> tuple[QueueLine, ...]:
    """Deliveries grouped by share, in the order they come."""
    shares: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        shares.setdefault(delivery.share_id, []).append(delivery)
    waiting = [d.delivery_id for d in chain(*shares.values()) if d.state is DeliveryState.WAITING]
    ahead = uow.deliveries.ahead(waiting)
    ids = [group[0].patient_id for group in shares.values()]
    patients = uow.patients.many([one for one in ids if one])
    return tuple(
        QueueLine(
            share_id=share_id,
            document_id=group[0].document_id,
            title=_title(uow, group[0]),
            patient=PatientView.of(patients[group[0].patient_id], today)
            if group[0].patient_id in patients
            else None,
            shared_at=min(delivery.created_at for delivery in group),
            deliveries=tuple(
                _behind(view_of(delivery), ahead.get(delivery.delivery_id))
                for delivery in sorted(group, key=lambda d: d.channel)
            ),
        )
        for share_id, group in shares.items()
    )


def _behind(view: DeliveryView, ahead: Delivery | None) -> DeliveryView:
    """A version that waits for the one it follows says so."""
    if ahead is None:
        return view
    return replace(view, reason=BEHIND[ahead.state], advice="", details="", next_attempt=None)


def _title(uow: UnitOfWork, delivery: Delivery) -> str:
    if delivery.document_id:
        return uow.documents.get(delivery.document_id).title
    return str(json.loads(delivery.payload).get("subject", "")) or "(sans objet)"


def words_of(delivery: Delivery, recipients: int) -> str:
    """The state in the doctor's word, wherever it is shown: « Déposé », « Lu (1 sur 3) »."""
    if delivery.state is not DeliveryState.DELIVERED:
        return WORDS[delivery.state]
    if delivery.channel is Channel.DMP:
        return DEPOSITED
    fate, copies = overall(delivery.fates)
    if fate is None:
        return WORDS[delivery.state]
    return STATES[fate] if copies >= recipients else f"{STATES[fate]} ({copies} sur {recipients})"


def view_of(delivery: Delivery) -> DeliveryView:
    state = delivery.state
    recipients = json.loads(delivery.payload).get("recipients", [])
    reason = delivery.reason if state in (*LATE, *ASKED) else delivery.waiting_for
    return DeliveryView(
        delivery_id=delivery.delivery_id,
        share_id=delivery.share_id,
        channel=delivery.channel,
        state=state,
        words=words_of(delivery, len(recipients)),
        reason=reason,
        code=delivery.code,
        # The remedy of a reason that is past would mislead.
        advice=delivery.advice if reason else "",
        details=delivery.details if reason else "",
        recipients=tuple(r["family_name"] or r["address"] for r in recipients),
        steps=delivery.steps,
        reference=delivery.receipt.reference if delivery.receipt else "",
        next_attempt=delivery.attempt_at,
        can_retry=state is DeliveryState.REFUSED and not delivery.final,
        can_withdraw=state in (DeliveryState.WAITING, DeliveryState.REFUSED),
        # What is SENDING is only looked at: does somebody still work on it?
        can_verify=state in (*ASKED, DeliveryState.SENDING)
        or (state is DeliveryState.WAITING and delivery.attempt_at is not None),
        can_decide=delivery.settled,
        asked_at=delivery.asked_at,
        found=delivery.waiting_for if state in ASKED else "",
        fate=overall(delivery.fates)[0] if state is DeliveryState.DELIVERED else None,
    )

"""What a server said of each recipient of one attempt, by name, in its own code and words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lgc.domain.deliveries import AnswerLost, Partial, Postponed, Receipt
from lgc.domain.professionals import Correspondent
from lgc.domain.receipts import Fate, Fates
from lgc.domain.verdicts import without_numbers
from lgc.mssante import errors
from lgc.mssante.submission import OutgoingMail
from lgc.transport.mail_smtp import MailBusy, Refusal, Unheard


@dataclass(frozen=True, slots=True)
class Answered:
    """One recipient; ``address`` as servers know it, without ``refusal`` the copy was taken."""

    name: str
    address: str
    refusal: Refusal | None

    @property
    def line(self) -> str:
        """« Refusé : DUPONT (550 5.1.1 unknown) », or nothing."""
        if self.refusal is None:
            return ""
        word = "En attente" if self.refusal.later else "Refusé"
        return f"{word} : {self.name} ({self.refusal.code} {without_numbers(self.refusal.words)})"


def everybody(mail: OutgoingMail) -> tuple[Correspondent, ...]:
    return (*mail.recipients, *mail.copies)


def answers(
    mail: OutgoingMail, wire: Sequence[str], refused: Mapping[str, Refusal]
) -> list[Answered]:
    """Of those whom this attempt was for. ``wire`` are the addresses of ``everybody``."""
    return [
        Answered(one.family_name or one.address, at, refused.get(at))
        for one, at in zip(everybody(mail), wire, strict=True)
        if at.lower() not in mail.already
    ]


def outcome(mail: OutgoingMail, told: Sequence[Answered], now: dt.datetime) -> Receipt | Partial:
    """The proof for those who have it; the others are told, or wait."""
    taken = ", ".join(one.name for one in told if one.refusal is None)
    lines = (*([f"Pris en charge : {taken}"] if taken else []), *_lines(told))
    waiting = [one.refusal for one in told if one.refusal is not None and one.refusal.later]
    known = [one for one in told if one.refusal is None or not one.refusal.later]
    # Where all have it at once there is nothing to tell them apart by.
    partly = bool(mail.already) or any(one.refusal for one in told)
    fates = _fates(known) if partly else ()
    receipt = Receipt(mail.rfc_message_id.strip("<>"), now, lines, fates)
    if not waiting:
        return receipt
    verdict = errors.of_exchange(MailBusy(waiting[0].code, waiting[0].words))
    meaning = verdict.meaning
    return Partial(receipt, Postponed(meaning.sentence, meaning.advice, verdict.details))


def unheard(told: Iterable[Answered], error: Unheard) -> AnswerLost:
    """Perhaps taken, and surely not for those who were refused beforehand, even for a while."""
    verdict = errors.of_exchange(error)
    meaning, refused = verdict.meaning, [one for one in told if one.refusal is not None]
    return AnswerLost(
        meaning.sentence, meaning.advice, verdict.details, _lines(refused), _fates(refused)
    )


def _lines(told: Iterable[Answered]) -> tuple[str, ...]:
    return tuple(one.line for one in told if one.line)


def _fates(told: Iterable[Answered]) -> Fates:
    return tuple(
        (one.address.lower(), Fate.TAKEN if one.refusal is None else Fate.NOT_DELIVERED)
        for one in told
    )

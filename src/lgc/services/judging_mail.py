"""Whose record is a message for? Its documents tell, else its words, else today’s visits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lgc.domain.assignment import Evidence, Hints, Verdict, judge, visit_words
from lgc.domain.messages import Message
from lgc.domain.patients import Patient
from lgc.domain.writing import matricule_of
from lgc.services.incoming_documents import FoundDocument
from lgc.services.ports import Clock, UnitOfWork
from lgc.xds.xdm_reading import HASH_WRONG

WORDS_OF_BODY = 2000


class JudgingMail:
    """Proposes everybody worth a look, and decides only where it is sure."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def judge(self, uow: UnitOfWork, message: Message, found: Sequence[FoundDocument]) -> Verdict:
        evidence = [
            Evidence(
                one.readable.header.patient,
                one.entry.patient if one.entry else None,
                damaged=one.entry is not None and one.entry.hash_verdict == HASH_WRONG,
            )
            for one in found
            if one.readable is not None
        ]
        visits = self._visits(uow)
        hints = Hints(
            subject=message.subject,
            body=message.text[:WORDS_OF_BODY],
            files=tuple(attachment.name for attachment in message.attachments),
            visits=tuple((key, visit_words(when)) for key, when in visits.items()),
            citizen=matricule_of(message.sender_address),
            announced=message.raw_subject,
        )
        known = self._proposed(uow, evidence, hints, list(visits))
        return judge(evidence, known, hints)

    def _visits(self, uow: UnitOfWork) -> dict[str, dt.datetime]:
        now = self._clock.now()
        start = dt.datetime.combine(now.date(), dt.time(), tzinfo=now.tzinfo)
        visits = uow.agenda.between(start, start + dt.timedelta(days=1))
        return {visit.patient_id: visit.starts_at.astimezone(now.tzinfo) for visit in visits}

    def _proposed(
        self, uow: UnitOfWork, evidence: Sequence[Evidence], hints: Hints, today: list[str]
    ) -> list[Patient]:
        """Everybody worth a look: same INS, same names, words of the subject, today's visits."""
        people: dict[str, Patient] = {}
        for one in evidence:
            for claim in (one.header, one.metadata):
                if claim is None:
                    continue
                for ins in claim.ins:
                    people.update((p.patient_id, p) for p in uow.patients.with_ins(ins))
                for name in {claim.birth_name, claim.used_name} - {""}:
                    people.update((p.patient_id, p) for p in uow.patients.find(name))
        for word in _names_in(hints):
            people.update((p.patient_id, p) for p in uow.patients.find(word, 10))
        if hints.citizen:
            found = uow.patients.with_matricules([hints.citizen])
            people.update((p.patient_id, p) for p in found.values())
        people.update(uow.patients.many(today))
        return list(people.values())


def _names_in(hints: Hints) -> list[str]:
    """Capitalised words of the subject and of file names: surnames are written in capitals."""
    words = [*hints.subject.split(), *(w for file in hints.files for w in _file_words(file))]
    names = [w.strip(".,;:()[]") for w in words if len(w) > 2 and w[:1].isupper()]
    return list(dict.fromkeys(names))[:8]


def _file_words(name: str) -> list[str]:
    return name.rpartition(".")[0].replace("_", " ").replace("-", " ").split()

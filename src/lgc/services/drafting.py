"""Documents written in the record: kept as they are typed, then finished into a version.

One draft per patient and kind, inside the encrypted store. What was typed stays beside each
finished version, so that its author can write the next one from it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from lgc.cda import documents, parse
from lgc.cda.contents import Certificate, Consultation, Letter, Prescription, RcpForm
from lgc.cda.header import HeaderFacts
from lgc.cda.kinds import by_name
from lgc.domain.days import in_words, practice_day
from lgc.domain.documents import Document
from lgc.domain.medical_data import MedicalRecord
from lgc.domain.professionals import Correspondent
from lgc.errors import UserFacingError
from lgc.services import differences, joining, prescribing, versions
from lgc.services.connection import DeskConnection
from lgc.services.events import Announce, RecordChanged
from lgc.services.ports import Clock, Ids, OpenUnit, UnitOfWork
from lgc.services.reading_back import must_agree
from lgc.services.written import keep_source, source_of, store_version, written
from lgc.settings import Settings, lps_oid, practice_name

CONSULTATION, LETTER, RCP, DRUGS = "consultation", "letter", "rcp", "prescription"
CERTIFICATE = "certificate"
KEY = "draft"
ORDERS = (
    "biology_prescription", "physiotherapy_prescription", "nursing_prescription", "work_leave",
)  # fmt: skip
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed so far, by field. ``begun_at`` is ISO 8601, the moment of its first letter.

    ``replaces`` is the document_id of the version it will follow, empty for a new document.
    ``joined`` are the ticked entries of the record with the words that were shown for each;
    ``written`` the lines that a model wrote for them into the text. ``acted_at`` is the moment of
    the act (ISO 8601), empty as long as its kind tells it.
    """

    words: Words = field(default_factory=dict)
    recipients: tuple[Correspondent, ...] = ()
    begun_at: str = ""
    replaces: str = ""
    joined: Words = field(default_factory=dict)
    written: Words = field(default_factory=dict)
    acted_at: str = ""

    @property
    def empty(self) -> bool:
        return not any(words.strip() for words in self.words.values())

    @property
    def untouched(self) -> bool:
        """Nothing to keep: neither words, nor people chosen, nor entries ticked."""
        return self.empty and not self.recipients and not self.joined

    def of(self, name: str) -> str:
        """The words of one field."""
        return self.words.get(name, "")


def _consultation(facts: HeaderFacts, draft: Draft, record: MedicalRecord) -> Consultation:
    return Consultation(
        facts, draft.of("reason"), draft.of("conclusion"), draft.of("history"),
        draft.of("examination"),
    )  # fmt: skip


def _letter(facts: HeaderFacts, draft: Draft, record: MedicalRecord) -> Letter:
    return Letter(facts, draft.of("reason"), draft.of("body"), record)


def _certificate(facts: HeaderFacts, draft: Draft, record: MedicalRecord) -> Certificate:
    return Certificate(facts, draft.of("body"))


def _rcp(facts: HeaderFacts, draft: Draft, record: MedicalRecord) -> RcpForm:
    return RcpForm(
        facts, draft.of("question"), draft.of("proposal"), draft.of("history"),
        draft.of("findings"), record,
    )  # fmt: skip


def _prescription(facts: HeaderFacts, draft: Draft, record: MedicalRecord) -> Prescription:
    lines = prescribing.lines_of(draft.of(prescribing.LINES))
    months = prescribing.months_of(draft.of(prescribing.VALIDITY))
    return prescribing.content(facts, lines, months)


JOINS = (LETTER, RCP)
"""Kinds to which entries of the record may be joined."""
CONTENTS: dict[str, Callable[[HeaderFacts, Draft, MedicalRecord], Any]] = {
    CONSULTATION: _consultation,
    LETTER: _letter,
    CERTIFICATE: _certificate,
    RCP: _rcp,
    DRUGS: _prescription,
}
EMPTY = {
    CONSULTATION: ("La note est vide.", "Écrivez au moins le motif ou la conclusion."),
    LETTER: ("Le courrier est vide.", "Écrivez-le ou choisissez un modèle."),
    CERTIFICATE: ("Le certificat est vide.", "Écrivez-le ou choisissez un modèle."),
    DRUGS: ("L’ordonnance est vide.", "Ajoutez au moins un médicament."),
    RCP: ("La fiche est vide.", "Écrivez au moins la question posée."),
}
MAIN = {
    CONSULTATION: ("history", "examination", "conclusion"),
    LETTER: ("body",),
    CERTIFICATE: ("body",),
    RCP: ("question", "proposal", "history", "findings"),
}
"""Where the substance of a kind stands: a motive or a title alone says nothing to its reader."""
HOLLOW = {
    CONSULTATION: "Le compte rendu n’a qu’un motif.",
    LETTER: "Ce courrier n’a pas de texte.",
    CERTIFICATE: "Ce certificat n’a pas de texte.",
    RCP: "Cette fiche n’a pas de texte.",
}


class HollowDraft(UserFacingError):
    """Nothing is written where it matters: its author is asked before it becomes a document."""


def is_hollow(kind: str, draft: Draft) -> bool:
    """Is the part of the draft that its readers look for empty?"""
    return kind in MAIN and not any(draft.of(name).strip() for name in MAIN[kind])


class Drafting:
    """Runs in workers. ``kind`` is one of CONTENTS, or of ORDERS (words alone, as N1)."""

    def __init__(
        self,
        open_unit: OpenUnit,
        clock: Clock,
        ids: Ids,
        connection: DeskConnection,
        settings: Settings,
        announce: Announce,
    ) -> None:
        self._open, self._clock, self._ids = open_unit, clock, ids
        self._connection, self._settings, self._announce = connection, settings, announce

    def draft(self, patient_id: str, kind: str = CONSULTATION) -> Draft:
        with self._open() as uow:
            kept = uow.notes.get(_key(patient_id, kind))
        return read(kept) if kept else Draft()

    def keep(self, patient_id: str, kind: str, draft: Draft) -> dt.datetime:
        """Save what is typed; returns when. An empty draft leaves nothing behind.

        One that begins, or ends, is announced: it is shown wherever its record is.
        """
        if self._store(patient_id, kind, draft) is draft.empty:
            self._announce(RecordChanged(patient_id))
        return self._clock.now()

    def _store(self, patient_id: str, kind: str, draft: Draft) -> bool:
        """Was there one before?"""
        with self._open() as uow:
            kept = uow.notes.get(_key(patient_id, kind))
            uow.notes.set(_key(patient_id, kind), "" if draft.untouched else write(draft))
            uow.commit()
        return bool(kept) and not read(kept or "").empty

    def joinable(self, patient_id: str) -> tuple[joining.Joinable, ...]:
        """The entries of the record that a letter may carry."""
        with self._open() as uow:
            record = uow.medical.of_patient(patient_id)
        return joining.offered(record, practice_day(self._clock.now()))

    def finish(self, patient_id: str, kind: str, draft: Draft, *, hollow: bool = False) -> str:
        """Make the document and its PDF, store both, forget the draft; returns the document_id.

        Raises UserFacingError naming what the document still lacks, HollowDraft when its main part
        is empty and its author did not say (``hollow``) that it is meant: the draft stays.
        """
        if draft.empty:
            sentence, advice = EMPTY.get(kind, ("Le document est vide.", "Écrivez-le d’abord."))
            raise UserFacingError(sentence, advice=advice)
        self._store(patient_id, kind, draft)
        if is_hollow(kind, draft) and not hollow:
            raise HollowDraft(HOLLOW[kind], advice="Le brouillon reste ouvert.")
        with self._open() as uow:
            facts, content = self._made(uow, patient_id, kind, draft)
        missing = documents.missing(kind, content)
        if missing:
            raise UserFacingError(
                "Le document ne peut pas encore être terminé.", advice=" ".join(missing)
            )
        rendered = documents.render(kind, content)
        if kind in JOINS:
            must_agree(rendered, content.record)
        if kind == DRUGS:
            must_agree(rendered, prescribing.as_record(content))
        made = written(self._ids.uuid(), patient_id, kind, facts, rendered)
        with self._open() as uow:
            store_version(uow, made)
            source = write(_dated(kind, draft, facts.written_at))
            keep_source(uow, made.document.document_id, kind, source)
            uow.notes.set(_key(patient_id, kind), "")
            uow.commit()
        self._announce(RecordChanged(patient_id))
        return made.document.document_id

    def to_be_seen(self, patient_id: str, kind: str, draft: Draft) -> tuple[str, ...]:
        """What its author must have seen before this is made, one French line each: what the
        version before says otherwise beside what is typed, and a day that is no longer today's.

        No version is compared as long as the document cannot be made.
        """
        stale = _stale(kind, draft, self._clock.now())
        if not draft.replaces or draft.empty:
            return stale
        with self._open() as uow:
            before = uow.documents.content(draft.replaces)
            try:
                _, content = self._made(uow, patient_id, kind, draft)
            except UserFacingError:
                return stale
        if documents.missing(kind, content):
            return stale
        typed = {section.title for section in by_name(kind).sections}
        after = documents.render(kind, content)
        told = differences.changes(parse.parse(before.content), parse.parse(after), typed)
        return (*stale, *told)

    def _made(
        self, uow: UnitOfWork, patient_id: str, kind: str, draft: Draft
    ) -> tuple[HeaderFacts, Any]:
        facts = self.facts(uow, patient_id, kind, draft)
        record = uow.medical.of_patient(patient_id)
        return facts, _content(kind, facts, draft, _joined(kind, draft, record, facts))

    # --- next versions ------------------------------------------------------------------------

    def may_reopen(self, document_id: str) -> str:
        """The kind of a version that its author may write again from here, else nothing."""
        with self._open() as uow:
            document = uow.documents.get(document_id)
            kind = source_of(uow, document_id)[0]
            who = self._connection.practitioner.holder.national_id
            mine = bool(kind) and document.stands and versions.is_own(uow, document, who)
        return kind if mine else ""

    def reopen(self, document_id: str) -> tuple[str, Draft]:
        """Take what was typed back into a draft that will replace this version.

        A draft already under way stays: raises UserFacingError.
        """
        kind = self.may_reopen(document_id)
        if not kind:
            raise UserFacingError("Ce document ne se modifie pas.")
        with self._open() as uow:
            document = uow.documents.get(document_id)
            source = read(source_of(uow, document_id)[1])
        patient_id = document.patient_id or ""
        if not self.draft(patient_id, kind).untouched:
            raise UserFacingError(
                "Un brouillon est déjà en cours.", advice="Terminez-le ou jetez-le d’abord."
            )
        acted = document.service_start or document.created_at
        draft = replace(
            _dated(kind, source, acted.astimezone(self._clock.now().tzinfo)),
            replaces=document_id,
            begun_at=self._clock.now().isoformat(),
            acted_at=acted.isoformat(),
        )
        self.keep(patient_id, kind, draft)
        return kind, draft

    def facts(self, uow: UnitOfWork, patient_id: str, kind: str, draft: Draft) -> HeaderFacts:
        """What the header of the document says: a first version, or the one after another.

        Raises UserFacingError when the act would be after today.
        """
        now, author = self._clock.now(), self._connection.practitioner
        before: Document | None = uow.documents.get(draft.replaces) if draft.replaces else None
        if before is not None and before.annulled is not None:
            before = None  # what was annulled has no next version: this is another document
        return HeaderFacts(
            patient=uow.patients.get(patient_id),
            author=author,
            unique_id=self._ids.oid(),
            set_id=before.set_id if before is not None else self._ids.oid(),
            version=before.version + 1 if before is not None else 1,
            replaces=before.unique_id if before is not None else "",
            written_at=now,
            service_start=_act(kind, draft, before, now),
            practice_name=self._settings[practice_name] or author.place.structure_name,
            local_id_root=self._settings[lps_oid],
            recipients=draft.recipients,
        )


def read(text: str) -> Draft:
    """A draft from the store."""
    kept = json.loads(text)
    return Draft(
        kept["words"],
        tuple(Correspondent(**one) for one in kept["recipients"]),
        kept["begun_at"],
        kept["replaces"],
        kept.get("joined", {}),
        kept.get("written", {}),
        kept.get("acted_at", ""),
    )


def write(draft: Draft) -> str:
    """A draft for the store."""
    kept = {
        "words": dict(draft.words),
        "recipients": [asdict(one) for one in draft.recipients],
        "begun_at": draft.begun_at,
        "replaces": draft.replaces,
        "joined": dict(draft.joined),
        "written": dict(draft.written),
        "acted_at": draft.acted_at,
    }
    return json.dumps(kept, ensure_ascii=False)


def _act(kind: str, draft: Draft, before: Document | None, now: dt.datetime) -> dt.datetime:
    """When the act was: what its author says, else that of the version before; a note keeps its
    visit, any other document is of the moment when it is finished."""
    acted = now
    if draft.acted_at:
        acted = dt.datetime.fromisoformat(draft.acted_at)
    elif before is not None:
        acted = before.service_start or before.created_at
    elif kind == CONSULTATION and draft.begun_at:
        acted = dt.datetime.fromisoformat(draft.begun_at)
    if practice_day(acted) > practice_day(now):
        raise UserFacingError(
            "La date de l’acte est après aujourd’hui.", advice="Corrigez-la, puis terminez."
        )
    return min(acted, now)


def _stale(kind: str, draft: Draft, now: dt.datetime) -> tuple[str, ...]:
    """A day that a model wrote into a text begun before today: a certificate is not back-dated."""
    begun = practice_day(dt.datetime.fromisoformat(draft.begun_at or now.isoformat()))
    today = practice_day(now)
    days = [in_words(begun)] if begun < today and not draft.replaces else []
    return tuple(
        f"Le texte dit « {day} » ; le document sera daté du {in_words(today)}."
        for day in days
        if kind != CONSULTATION and any(day in words for words in draft.words.values())
    )


def _dated(kind: str, draft: Draft, moment: dt.datetime) -> Draft:
    """The same draft, each line of a prescription with the day on which it begins."""
    if kind != DRUGS:
        return draft
    lines = prescribing.started(prescribing.lines_of(draft.of(prescribing.LINES)), moment.date())
    return replace(draft, words={**draft.words, prescribing.LINES: prescribing.text_of(lines)})


def _joined(kind: str, draft: Draft, record: MedicalRecord, facts: HeaderFacts) -> MedicalRecord:
    """What of the record leaves with the document: what its author ticked, and nothing else."""
    if kind not in JOINS:
        return MedicalRecord()
    day = practice_day(facts.written_at)
    return joining.chosen(record, day, draft.joined, draft.words.values(), draft.written)


def _content(kind: str, facts: HeaderFacts, draft: Draft, record: MedicalRecord) -> Any:
    make = CONTENTS.get(kind)
    if make is not None:
        return make(facts, draft, record)
    # Words alone: an N1 whose body is the PDF of a sheet with the same header.
    plain = documents.n1_context(facts, kind, draft.of("body").encode(), media_type="text/plain")
    return documents.n1_context(facts, kind, documents.twin(documents.render(kind, plain)))


def _key(patient_id: str, kind: str) -> str:
    return f"{KEY}:{kind}:{patient_id}"

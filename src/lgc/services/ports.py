"""The doors to the outside, as services see them. Rooms implement these without importing them.

Repositories belong to one unit of work, hence to one thread; what they hand out is frozen.
"""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from lgc.domain.agenda import Closure, Visit
from lgc.domain.biology import LabResult
from lgc.domain.card import CardState
from lgc.domain.contacts import Contact
from lgc.domain.copies import BaseLook, Copy, ShortJournal, VerifiedJournal
from lgc.domain.deliveries import Channel, Delivery, DeliveryState, Outcome, Receipt
from lgc.domain.directory import HeldDirectory
from lgc.domain.dmp import (
    AccessContext,
    AdministrativeData,
    AuthorisationAction,
    AuthorisationMode,
    AuthorisedDmp,
    AuthorisedProfessional,
    DmpEntry,
    DmpSearch,
    DocumentAction,
    EntryStatus,
    Existence,
    FoundIdentity,
    ListDate,
    Opening,
    Opposition,
    TraitSearch,
    WebPage,
)
from lgc.domain.documents import (
    Annulment,
    Confidentiality,
    DmpState,
    Document,
    DocumentContent,
    DocumentReference,
)
from lgc.domain.fingerprints import Fingerprint
from lgc.domain.identity import Ins, QualifiedIns
from lgc.domain.keys import AuthenticationKey, SignatureKey
from lgc.domain.mailboxes import Carried, Heading, Known, Look, OwnFolder, Place, ServerFolder
from lgc.domain.medical_data import (
    Family,
    KnownAbsence,
    MedicalEntry,
    MedicalRecord,
    OwnWord,
    RiskDenial,
)
from lgc.domain.messages import AssignedBy, Candidate, Folder, Message
from lgc.domain.patients import DmpStatus, Patient
from lgc.domain.professionals import (
    CardHolder,
    Correspondent,
    PlaceOfPractice,
    Practitioner,
)
from lgc.domain.receipts import Fates, MailReceipt, ReadingReceipt
from lgc.domain.relations import Relation
from lgc.domain.risks import Risk
from lgc.domain.terms import Nomenclature, Source, Term
from lgc.domain.unreadable import Flaw, Unreadable
from lgc.errors import UserFacingError


class Clock(Protocol):
    def now(self) -> dt.datetime:
        """Aware, in the practice's time zone."""
        ...


class Ids(Protocol):
    def oid(self) -> str:
        """A fresh plain OID under the installation's root."""
        ...

    def uuid(self) -> str:
        """A fresh random UUID, lower case with dashes."""
        ...


# --- card -------------------------------------------------------------------------------------


class CardSession(Protocol):
    """An open session: PIN given, keys usable until the card leaves."""

    @property
    def holder(self) -> CardHolder: ...
    @property
    def places(self) -> tuple[PlaceOfPractice, ...]: ...
    @property
    def authentication_key(self) -> AuthenticationKey: ...
    @property
    def signature_key(self) -> SignatureKey: ...
    def client_context(self) -> ssl.SSLContext:
        """One TLS client context whose key stays on the card; the same object at each call."""
        ...

    def close(self) -> None: ...


class CardReader(Protocol):
    def observe(self) -> CardState:
        """One look at the reader, 50 ms at most when nothing changed. Never raises."""
        ...

    def open(self, pin: str, *, serial: str = "", last_try_confirmed: bool = False) -> CardSession:
        """``serial`` is the card that the doctor sees; another one is left untouched.

        Raises MalformedPin, CardChanged, LastTry, WrongPin or CardGone.
        """
        ...

    def close(self) -> None: ...


# --- store ------------------------------------------------------------------------------------


class Patients(Protocol):
    def add(self, patient: Patient) -> None: ...
    def update(self, patient: Patient) -> None: ...
    def get(self, patient_id: str) -> Patient: ...
    def many(self, patient_ids: Sequence[str]) -> dict[str, Patient]: ...
    def with_ins(self, ins: Ins) -> list[Patient]: ...
    def with_matricules(self, matricules: Sequence[str]) -> dict[str, Patient]:
        """By matricule whatever its authority; one that two patients share names nobody."""
        ...

    def find(self, words: str, limit: int = 20) -> list[Patient]:
        """Names, birth names, dates (any French form) and INS; accents and typos forgiven."""
        ...

    def set_dmp(self, patient_id: str, status: DmpStatus) -> None: ...
    def count(self) -> int: ...


class MedicalRecords(Protocol):
    def of_patient(self, patient_id: str) -> MedicalRecord: ...
    def add(self, patient_id: str, entry: MedicalEntry) -> KnownAbsence | None:
        """Returns the stated absence that the entry puts an end to."""
        ...

    def update(self, entry: MedicalEntry) -> KnownAbsence | None:
        """Returns the stated absence that the entry, as it is now, puts an end to."""
        ...

    def remove(self, entry_id: str) -> None: ...
    def coded(self, system: str) -> list[tuple[str, MedicalEntry]]:
        """Patient and line of every line coded in this system (OID)."""
        ...

    def state_absence(self, patient_id: str, absence: KnownAbsence) -> None:
        """Raises UserFacingError while an entry of the family says otherwise."""
        ...

    def withdraw_absence(self, patient_id: str, absence: KnownAbsence) -> None: ...
    def deny(self, patient_id: str, denial: RiskDenial) -> None: ...
    def withdraw_denial(self, patient_id: str, risk: Risk) -> None: ...


class OwnWords(Protocol):
    """What a doctor (PS_IdNat) said once of folded words of a family."""

    def find(self, author: str, family: Family, words: str) -> OwnWord | None: ...
    def keep(self, word: OwnWord) -> None: ...
    def forget(self, word: OwnWord) -> None: ...


class Agenda(Protocol):
    def between(self, start: dt.datetime, stop: dt.datetime) -> list[Visit]:
        """In order of time, without those that were cancelled."""
        ...

    def of_patients(self, patient_ids: Sequence[str]) -> list[Visit]:
        """All of theirs, cancelled ones included, the latest first."""
        ...

    def add(self, visit: Visit) -> None: ...
    def update(self, visit: Visit) -> None: ...
    def get(self, visit_id: str) -> Visit: ...
    def find(self, visit_id: str) -> Visit | None: ...
    def remove(self, visit_id: str) -> None: ...
    def once_known(self, closure_ids: Sequence[str]) -> set[str]:
        """Those of them that the journal speaks of."""
        ...

    def closures(self) -> list[Closure]: ...
    def add_closure(self, closure: Closure) -> None: ...
    def update_closure(self, closure: Closure) -> None: ...
    def find_closure(self, closure_id: str) -> Closure | None: ...
    def remove_closure(self, closure_id: str) -> None: ...


class Documents(Protocol):
    def add(self, content: DocumentContent, text: str = "") -> None:
        """Store one immutable version; ``text`` feeds the full-text search."""
        ...

    def get(self, document_id: str) -> Document: ...
    def content(self, document_id: str) -> DocumentContent: ...
    def of_patient(self, patient_id: str) -> list[Document]:
        """Newest first."""
        ...

    def with_unique_id(self, unique_id: str) -> list[Document]: ...
    def outside(self, message_id: str) -> list[Document]:
        """Those of a message that were taken out of every record."""
        ...

    def unread_of(self, patient_ids: Sequence[str]) -> list[Document]: ...
    def assign(self, document_id: str, patient_id: str | None) -> None: ...
    def set_message(self, document_id: str, message_id: str) -> None:
        """The message that brought it here."""

    def mark_read(self, document_id: str, read: bool = True) -> None: ...
    def set_dmp_state(
        self, document_id: str, state: DmpState, confidentiality: Confidentiality
    ) -> None: ...
    def set_replaced(self, document_id: str, by: str | None) -> None: ...
    def set_replaces(self, document_id: str, unique_id: str) -> None:
        """What its header says that it replaces, empty for nothing."""
        ...

    def set_annulled(self, document_id: str, annulment: Annulment | None) -> None: ...
    def annulled_by(self, national_id: str) -> list[Document]:
        """What ``national_id`` annulled and the DMP has not confirmed as gone, newest first."""
        ...

    def remove(self, document_id: str) -> None:
        """Only for undoing a filing: the bytes stay in the message they came with."""
        ...

    def find(self, words: str, patient_id: str | None = None, limit: int = 50) -> list[Document]:
        """Full text over titles, authors and bodies; accents forgiven, last word a prefix."""
        ...

    def texts(self, document_ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Ids and words of these documents, as they feed the search, within the unit only."""
        ...


class LabResults(Protocol):
    def add(self, patient_id: str, document_id: str, results: Iterable[LabResult]) -> None: ...
    def of_patient(self, patient_id: str) -> list[tuple[str, LabResult]]:
        """Pairs (document_id, result), oldest first; results of replaced reports left out."""
        ...

    def remove_of(self, document_id: str) -> None: ...


class Messages(Protocol):
    def add(
        self,
        message: Message,
        raw: bytes,
        contents: dict[str, bytes],
        known_by: Fingerprint | None = None,
    ) -> None:
        """``contents`` maps attachment_id to its bytes; ``known_by`` is None for what was not
        fetched from a server."""
        ...

    def known_by(self, message_id: str, fingerprint: Fingerprint) -> None: ...
    def rfc_ids(self, asked: Collection[str]) -> set[str]:
        """Those of these Message-IDs under which something is here."""
        ...

    def with_bytes(self, whole: str) -> str | None:
        """The message of that digest of all its bytes."""
        ...

    def alike(
        self, fingerprint: Fingerprint, rfc_message_id: str
    ) -> list[tuple[str, Fingerprint | None]]:
        """A few of the same bytes, of the same words, of the same Message-ID: message_id and what
        each is known by (None: it was never weighed)."""
        ...

    def get(self, message_id: str) -> Message: ...
    def raw(self, message_id: str) -> bytes: ...
    def attachment(self, attachment_id: str) -> bytes: ...
    def with_rfc_id(self, rfc_message_id: str) -> Message | None:
        """The first one that came under it."""
        ...

    def in_folder(self, folder: Folder, own_folder: str = "") -> list[Message]:
        """Newest first."""
        ...

    def count(
        self,
        folder: Folder,
        own_folder: str = "",
        *,
        unread: bool = False,
        unassigned: bool = False,
    ) -> int:
        """How many there are; of them the unread ones only, or those without a patient."""
        ...

    def give_up(self, message_id: str, unreadable: Unreadable | None) -> None:
        """Say why it was not read whole; None: it was."""
        ...

    def unreadable(self) -> list[Message]:
        """Those not read whole, newest first, the deleted ones left out."""
        ...

    def given_up_by_others(self, version: str) -> list[str]:
        """Those on which another version of lgc than ``version`` gave up last."""
        ...

    def in_thread(self, thread_id: str) -> list[Message]:
        """One exchange, newest first, without what was deleted."""
        ...

    def exchanged_with(self, address: str, name: str, limit: int) -> list[Message]:
        """What came from this address and what left for this name or address, newest first."""
        ...

    def unassigned(self) -> list[Message]: ...
    def of_patient(self, patient_id: str) -> list[Message]: ...
    def unread_of(self, patient_ids: Sequence[str]) -> list[Message]: ...
    def assign(
        self,
        message_id: str,
        patient_id: str | None,
        by: AssignedBy,
        why: str,
        candidates: tuple[Candidate, ...] = (),
    ) -> None: ...
    def file_attachment(self, attachment_id: str, document_id: str | None) -> None: ...
    def carrier_of(self, document_id: str, patient_id: str) -> str | None:
        """A message of the record that carries a document: the oldest of them, None without."""

    def answer_receipt(self, message_id: str, receipt: ReadingReceipt) -> None: ...
    def mark_read(self, message_id: str, read: bool = True) -> None: ...
    def move(
        self, message_id: str, folder: Folder, own_folder: str = "",
        by_age_at: dt.datetime | None = None,
    ) -> None:  # fmt: skip
        """``by_age_at``: the pass that archived it by its age; in the inbox, when it came back
        there, from which its age counts."""
        ...

    def newest_arrival(self) -> dt.datetime | None:
        """By a server's clock."""
        ...

    def archive_before(self, moment: dt.datetime, now: dt.datetime) -> int:
        """Messages of the inbox, read and in a record, there since before: into the archives."""
        ...

    def archived_by_age(self) -> tuple[dt.datetime, int] | None:
        """The last pass of which something is still in the archives, and how many messages."""
        ...

    def unarchive(self, at: dt.datetime, now: dt.datetime) -> int:
        """What the pass ``at`` archived: into the inbox."""
        ...

    def rewrite(self, message: Message, raw: bytes, contents: dict[str, bytes]) -> None:
        """A draft, or what was read again, as it is now; ``contents`` only of attachments that
        are new."""
        ...

    def remove(self, message_id: str) -> None:
        """For good; what it filed in a record stays there."""
        ...

    def find(self, words: str, limit: int = 50, patient_id: str | None = None) -> list[Message]:
        """Full text; those of ``patient_id`` only, without the deleted ones, when it is given."""
        ...


class Mailboxes(Protocol):
    """What is known of the server: where messages stand, how far each folder was read."""

    def known(self, mailbox: str) -> Known: ...
    def read_to(self, mailbox: str, uid_validity: int, uid_next: int) -> None:
        """Another UIDVALIDITY forgets every place of the folder."""
        ...

    def miss(self, mailbox: str, uids: Collection[int]) -> None:
        """These are to be asked for again, and no others; the folder was read before."""
        ...

    def compared(self, mailbox: str, modseq: int) -> None: ...
    def forget(self, mailbox: str) -> None:
        """The server has no such folder any more."""
        ...

    def mailboxes(self) -> list[str]: ...
    def put(self, place: Place) -> None: ...
    def at(self, mailbox: str, uid: int) -> Place | None: ...
    def of_message(self, message_id: str) -> list[Place]: ...
    def left(self, mailbox: str, uids: Collection[int]) -> None:
        """They stand there no more; ``missing`` tells them until each is dropped."""
        ...

    def missing(self, message_id: str | None = None) -> list[Place]:
        """The places left and not settled yet, of one message or of all."""
        ...

    def drop(self, mailbox: str, uid: int) -> None: ...
    def abandon(self, message_id: str) -> None:
        """Its places wait to be emptied on the server."""
        ...

    def moved_here(self, at: ServerFolder) -> list[tuple[Place, Folder, str]]:
        """Messages of that server folder that stand elsewhere here, and where."""
        ...

    def read_here(self, mailbox: str) -> list[Place]:
        """Messages read or unread here while the server says otherwise."""
        ...

    def abandoned(self, mailbox: str) -> list[Place]: ...
    def own_folders(self) -> list[OwnFolder]: ...
    def put_own(self, folder: OwnFolder) -> None: ...
    def drop_own(self, name: str) -> None: ...
    def rename_own(self, name: str, new: str) -> None:
        """With the messages that it holds."""
        ...

    def rename_mailbox(self, mailbox: str, new: str) -> None: ...


class Deliveries(Protocol):
    def add(self, delivery: Delivery) -> None: ...
    def get(self, delivery_id: str) -> Delivery: ...
    def save(self, delivery: Delivery) -> None:
        """Raises UserFacingError for a move that the stored state does not allow; none leads to
        SENDING nor stays in it."""
        ...

    def lease(self, delivery_id: str, owner: str, now: dt.datetime) -> Delivery:
        """WAITING to SENDING for ``owner`` alone. Raises UserFacingError when it does not wait."""
        ...

    def record_fate(self, delivery_id: str, at: dt.datetime, words: str, fates: Fates) -> Delivery:
        """What a receipt told, one more step, whatever the state is."""
        ...

    def due(self, channel: Channel, now: dt.datetime) -> Delivery | None:
        """The oldest row to send or to ask about now; never a version before the one it follows."""
        ...

    def ahead(self, delivery_ids: Sequence[str]) -> dict[str, Delivery]:
        """What each waits for: the open sending of an earlier version, on the same channel."""
        ...

    def overtaken(self, delivery_id: str) -> bool:
        """Did a later version of the same document leave already, on the same channel?"""
        ...

    def in_flight(self) -> list[Delivery]:
        """Rows SENDING: those whose owner no longer lives become UNCERTAIN."""
        ...

    def recent(self, limit: int = 200) -> list[Delivery]:
        """Newest first, whatever the state."""
        ...

    def unfinished(self) -> list[Delivery]:
        """Whatever their age, newest first, with the finished deliveries of the same shares."""
        ...

    def counts(self) -> dict[tuple[Channel, DeliveryState], int]:
        """How many are unfinished, by channel and state; what is not there is zero."""
        ...

    def sent_as(self, rfc_message_ids: Collection[str]) -> Delivery | None:
        """The newest one that left under one of these Message-IDs."""
        ...

    def of_letter(self, message_id: str) -> Delivery | None:
        """The newest sending of a message written here."""
        ...

    def letters_with_documents(self, message_ids: Sequence[str]) -> set[str]:
        """Those of these messages with which documents of a record went."""
        ...

    def of_document(self, document_id: str) -> list[Delivery]: ...
    def of_patient(self, patient_id: str) -> list[Delivery]:
        """Newest first."""
        ...


class Contacts(Protocol):
    def remember(self, correspondent: Correspondent) -> None:
        """Add whoever is new at this address; of the others, only what was blank is filled."""
        ...

    def put(self, contact: Contact) -> None:
        """Add, or replace what was known at this address."""
        ...

    def remove(self, address: str) -> None: ...
    def all(self) -> list[Contact]: ...
    def get(self, address: str) -> Contact | None: ...
    def find(self, words: str, limit: int = 8) -> list[Correspondent]: ...


Progress = Callable[[float], None]
"""The part done, from 0 to 1."""
Check = Callable[[], None]
"""Raises to stop."""


class Directory(Protocol):
    """The national directory, in a file of its own."""

    def find(self, words: str, limit: int = 8) -> list[Correspondent]: ...
    def with_address(self, address: str) -> Correspondent | None: ...
    def held(self) -> HeldDirectory | None: ...
    def bring(
        self, file: Path, now: dt.datetime, progress: Progress, check: Check
    ) -> HeldDirectory:
        """Replace it whole, or leave it as it was. Raises UnreadableInput."""
        ...

    def forget(self) -> None: ...


class Relations(Protocol):
    def of_patient(self, patient_id: str) -> list[Relation]: ...
    def patients_of(self, address: str) -> list[str]:
        """Identifiers of the patients whom the colleague at this address follows."""
        ...

    def put(self, patient_id: str, relation: Relation) -> None:
        """Add, or replace what was known under this identifier."""
        ...

    def remove(self, relation_id: str) -> None: ...


class Notes(Protocol):
    """Small named values of the practice (last place chosen, known mailbox folders…)."""

    def get(self, key: str) -> str | None: ...
    def set(self, key: str, value: str) -> None: ...
    def starting(self, prefix: str) -> dict[str, str]:
        """Every key that begins so, with its value."""
        ...


class Terms(Protocol):
    """Nomenclatures brought in; ``services.nomenclatures`` says how they come and go."""

    def sources(self) -> list[Source]: ...
    def next_number(self) -> int: ...
    def add(self, terms: Sequence[Term], first: int) -> None:
        """Entries numbered from ``first``, in the order they will be proposed; in force later."""
        ...

    def publish(self, source: Source, first: int, last: int, withdrawn: Mapping[str, str]) -> None:
        """From this commit on these numbers are the nomenclature."""
        ...

    def withdrawn(self, nomenclature: Nomenclature) -> dict[str, str]:
        """Codes that the file in force says not to use: the one in their place, or nothing."""
        ...

    def forget(self, nomenclature: Nomenclature) -> None: ...
    def say_version(self, nomenclature: Nomenclature, version: str) -> None: ...
    def sweep(self, limit: int) -> int:
        """Remove up to ``limit`` entries that are not in force; returns how many."""
        ...

    def find(self, nomenclature: Nomenclature, words: str, limit: int) -> list[Term]:
        """Every word begins a word of the entry; those whose label begins so come first."""
        ...

    def get(self, nomenclature: Nomenclature, code: str) -> Term | None: ...
    def every(self, nomenclature: Nomenclature) -> Iterator[Term]:
        """All entries in force, one after the other."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Leaving the block without ``commit`` forgets everything."""

    patients: Patients
    medical: MedicalRecords
    agenda: Agenda
    documents: Documents
    results: LabResults
    messages: Messages
    mailboxes: Mailboxes
    deliveries: Deliveries
    contacts: Contacts
    notes: Notes
    relations: Relations
    terms: Terms
    own_words: OwnWords

    @property
    def who(self) -> str:
        """The PS_IdNat of whoever acts."""
        ...

    def audit(self, action: str, subject: str = "", detail: str = "") -> None:
        """Append one hash-chained line: who (the holder), when, what, on which id."""
        ...

    def commit(self) -> None: ...


OpenUnit = Callable[[], AbstractContextManager[UnitOfWork]]


class Store(Protocol):
    def unit(self) -> AbstractContextManager[UnitOfWork]: ...
    def acts_as(self, national_id: str) -> None:
        """Who the audit lines of this process are signed with from now on."""
        ...

    def verify_audit(self) -> int:
        """Number of lines of the chain. Raises UserFacingError where it is broken."""
        ...

    def verify_journal(self) -> VerifiedJournal:
        """The chain, and who signed it up to where. Raises UserFacingError where it is broken."""
        ...

    def sign_journal(self, key: AuthenticationKey) -> None:
        """Let the card vouch for the journal up to here. Raises CardGone or UserFacingError."""
        ...

    def short_journal(self) -> ShortJournal | None:
        """At the opening, did the chain end before the line noted outside of the base?"""
        ...

    def look(self, check: Callable[[], None]) -> BaseLook:
        """Look through the whole base and keep what was found; ``check`` raises to stop."""
        ...

    def last_look(self) -> BaseLook | None: ...
    def met_damage(self) -> bool:
        """Did some work meet damage since the last look?"""
        ...

    def copy_to(self, folder: Path, check: Callable[[], None]) -> Copy:
        """A verified copy in a folder of its own, that opens with the same cards.

        Raises DamagedBase, UserFacingError, or what ``check`` raises.
        """
        ...

    def note_refusal(self, folder: Path, why: str) -> None:
        """Leave a trace among the copies that one was refused."""
        ...

    def copies(self, folder: Path) -> list[Copy]:
        """Copies of this practice in ``folder``, the newest first. Raises UserFacingError."""
        ...

    def verify_copy(self, place: Path, check: Callable[[], None]) -> Copy:
        """Read a copy whole. Raises UserFacingError when it is not what it should be."""
        ...

    def remove_copy(self, copy: Copy) -> None:
        """Only a verified one, only of this practice. Raises UserFacingError."""
        ...

    def must_be_there(self) -> None:
        """Raises UserFacingError once the practice's folder is gone; a copy is kept elsewhere."""
        ...

    def notice(self) -> UserFacingError | None:
        """What was done at the opening that the doctor must know."""
        ...

    def close(self) -> None: ...


class Vault(Protocol):
    """The encrypted file and its wrapped key (cards enrolled, recovery code)."""

    def exists(self) -> bool: ...
    def create(self, key: AuthenticationKey, holder: CardHolder) -> tuple[Store, str]:
        """A new store and the recovery code, to be shown once."""
        ...

    def fingerprint(self, key: AuthenticationKey) -> str:
        """How the vault knows this card."""
        ...

    def cards(self) -> tuple[str, ...]:
        """The fingerprints of the cards that are admitted."""
        ...

    def must_not_be(self, key: AuthenticationKey, fingerprint: str) -> None:
        """Raises UserFacingError when ``fingerprint`` is that of ``key``."""
        ...

    def remove(self, fingerprint: str, key: AuthenticationKey, store: Any) -> None:
        """Withdraw a card, never the one of ``key``, which is in use; the key of ``store``, which
        is open, changes. Raises UserFacingError."""
        ...

    def renew_recovery_code(self, store: Any) -> str:
        """A new recovery key; the former one opens ``store``, whose key changes, no more."""
        ...

    def confirmed(self) -> bool:
        """Did the doctor say that the recovery key is noted?"""
        ...

    def confirm(self) -> None: ...
    def open_with_code(self, recovery_code: str, store: Any = None) -> Store:
        """Without a card; ``store`` is the one open under a lock, given back as it is.

        Raises UserFacingError: mistyped, wrong, or wrong too often a moment ago.
        """
        ...

    def take_back(self) -> bool:
        """Offer, then put back, the copy of a practice that vanished. False when there is none.

        Raises UserFacingError the first time, which says what there is.
        """
        ...

    def open(self, key: AuthenticationKey, holder: CardHolder) -> Store:
        """Raises UserFacingError when this card is not enrolled (see ``knows``)."""
        ...

    def knows(self, key: AuthenticationKey) -> bool:
        """Is this card's certificate enrolled?"""
        ...

    def recognises(self, key: AuthenticationKey, store: Any) -> bool:
        """Does what this card signs open ``store``, which is open already?"""
        ...

    def enrol(
        self,
        recovery_code: str,
        key: AuthenticationKey,
        holder: CardHolder,
        store: Any = None,
    ) -> Store:
        """Admit this card; ``store`` is the one open under a lock, given back as it is."""
        ...


# --- the two destinations ---------------------------------------------------------------------


class Dmp(Protocol):
    """The DMP as seen by one open card session. Questions raise UserFacingError."""

    def within(self, access: AccessContext) -> Dmp:
        """The same session in another access mode, for one patient's context only."""
        ...

    def existence(self, ins: QualifiedIns) -> Existence:
        """TD0.2."""
        ...

    def authorise(
        self, ins: QualifiedIns, action: AuthorisationAction, *, attending: bool = False
    ) -> None:
        """TD0.3, only after the doctor's explicit attestation (EX_0.3-1010)."""
        ...

    def my_patients(
        self, since: dt.datetime | None, kind: ListDate, named: QualifiedIns | None = None
    ) -> tuple[AuthorisedDmp, ...]:
        """TD0.4: the DMPs I am authorised on, in one call."""
        ...

    def search_identity(self, traits: TraitSearch) -> tuple[FoundIdentity, ...]:
        """TD0.5, regulation only."""
        ...

    def web_address(self, page: WebPage, ins: QualifiedIns | None = None) -> str:
        """TD0.9."""
        ...

    def create(self, patient: Patient, opening: Opening) -> None:
        """TD1.1."""
        ...

    def reactivate(self, patient: Patient, opening: Opening) -> None:
        """TD1.2."""
        ...

    def administrative_data(self, ins: QualifiedIns) -> AdministrativeData:
        """TD1.3a."""
        ...

    def change_administrative_data(self, patient: Patient, refused: frozenset[Opposition]) -> None:
        """TD1.3b."""
        ...

    def terminate(self, patient: Patient, words: str) -> None:
        """TD1.4."""
        ...

    def professionals(
        self, ins: QualifiedIns, mode: AuthorisationMode = AuthorisationMode.ALL
    ) -> tuple[AuthorisedProfessional, ...]:
        """TD1.6."""
        ...

    def submit(self, submission: DmpSubmission) -> Outcome:
        """TD2.1. Never raises for what the network or the DMP does: it is an Outcome."""
        ...

    def find(self, ins: QualifiedIns, search: DmpSearch) -> list[DmpEntry]:
        """TD3.1."""
        ...

    def reference(self, ins: QualifiedIns, unique_id: str) -> DmpEntry | None:
        """TD3.1b: is this document there?"""
        ...

    def fetch(self, ins: QualifiedIns, reference: DocumentReference) -> bytes:
        """TD3.2."""
        ...

    def fetch_several(
        self, ins: QualifiedIns, references: Sequence[DocumentReference]
    ) -> tuple[dict[str, bytes], tuple[UserFacingError, ...]]:
        """TD3.2 for several documents: what arrived, and why the rest did not."""
        ...

    def act(self, action: DocumentAction, change: DmpChange) -> None:
        """TD3.3a to TD3.3d."""
        ...


@dataclass(frozen=True, slots=True)
class DmpChange:
    """TD3.3: one document, and the submission set fixed at the doctor's click.

    ``status`` is the last one known of the document; ``submitted_at`` is aware.
    """

    ins: QualifiedIns
    author: Practitioner
    unique_id: str
    submission_set_id: str
    submitted_at: dt.datetime
    title: str
    comments: str = ""
    status: str = EntryStatus.APPROVED


@dataclass(frozen=True, slots=True)
class DmpEnclosure:
    """Another document of the same submission set, with the doctor's choice for it."""

    document: Document
    content: bytes
    confidentiality: Confidentiality


@dataclass(frozen=True, slots=True)
class DmpSubmission:
    """TD2.1: documents and their fixed identifiers.

    ``submitted_at`` is aware, and the time of the departure: a server refuses what was signed too
    long ago. ``earlier`` are the uniqueIds of the versions before ``document``, newest first.
    """

    ins: QualifiedIns
    author: Practitioner
    document: Document
    content: bytes
    confidentiality: Confidentiality
    submission_set_id: str
    signature_document_id: str
    submitted_at: dt.datetime
    title: str
    comments: str = ""
    others: tuple[DmpEnclosure, ...] = ()
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file that travels as it is."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One message, archive and PDF built from the same submission.

    ``closes`` ends the exchange with a citizen (ECO.2.2.8). ``already`` are the addresses that an
    earlier attempt answered for: it leaves for the others only, without a second copy for us.
    """

    rfc_message_id: str
    sender: Practitioner
    recipients: tuple[Correspondent, ...]
    subject: str
    body: str
    submission: DmpSubmission | None
    pdf: bytes | None
    written_at: dt.datetime
    copies: tuple[Correspondent, ...] = ()
    files: tuple[MailFile, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    receipt: bool = True
    closes: bool = False
    already: frozenset[str] = frozenset()


class IncomingMail(Protocol):
    """Bytes as the mailbox gave them. ``uid`` belongs to ``mailbox`` and its UIDVALIDITY."""

    @property
    def mailbox(self) -> str: ...
    @property
    def uid_validity(self) -> int: ...
    @property
    def uid(self) -> int: ...
    @property
    def raw(self) -> bytes: ...
    @property
    def seen(self) -> bool:
        """Was it read already, in another client?"""
        ...

    @property
    def arrived_at(self) -> dt.datetime | None:
        """When the server took it in, aware; None when it does not say."""
        ...

    @property
    def cut_from(self) -> int:
        """How many bytes it has on the server when only its beginning is here; 0: it is whole."""
        ...


class RemoteMailbox(Protocol):
    """One open connection to the mailbox. Everything raises UserFacingError when it is lost."""

    def folders(self) -> tuple[ServerFolder, ...]: ...
    def look(self, mailbox: str, known: Known) -> Look:
        """What differs from what is known."""
        ...

    def fetch(self, mailbox: str, headings: Sequence[Heading]) -> Iterator[IncomingMail]:
        """In the order asked, several at a time; one that left meanwhile is passed over."""
        ...

    def mark(self, mailbox: str, uids: Sequence[int], seen: bool) -> None: ...
    def move(self, mailbox: str, uids: Sequence[int], target: str) -> Carried: ...
    def remove(self, mailbox: str, uids: Sequence[int]) -> None:
        """For good, where the server can expunge one message alone (UIDPLUS)."""
        ...

    def create(self, own: str) -> str:
        """Make a folder; returns its name on the server."""
        ...

    def rename(self, mailbox: str, own: str) -> str: ...
    def delete(self, mailbox: str) -> bool:
        """False when it still holds messages: nothing is deleted then."""
        ...


class Mssante(Protocol):
    def send(self, mail: OutgoingMail) -> Outcome: ...
    def was_sent(self, rfc_message_id: str) -> Receipt | None:
        """Ask the mailbox whether this message left. Raises UserFacingError when unreachable."""
        ...

    def mailbox(self) -> AbstractContextManager[RemoteMailbox]:
        """A connection for one synchronisation. Raises UserFacingError when unreachable."""
        ...

    def watch(self, over: Callable[[], bool]) -> bool | None:
        """Wait for new mail: True once some came, None where the server does not tell."""
        ...

    def acknowledge(self, raw: bytes, code: str = "") -> bool:
        """Send the integration receipt of a received message, where one may leave by itself; with
        a ``code`` (domain.receipts), the refusal to integrate it. False when nothing may leave.

        Raises UserFacingError when the server cannot be reached.
        """
        ...

    def tell_read(self, raw: bytes, *, by_hand: bool) -> bool:
        """Send the reading receipt that a received message asked for; without the doctor's hand
        only to who really sent it. False when nothing may leave.

        Raises UserFacingError when the server cannot be reached.
        """
        ...

    def trusts(self, address: str) -> bool:
        """Does this domain belong to the space of trust of MSSanté: by the white list, or, while
        none is known, by the domains of the settings."""
        ...

    def is_listed(self, address: str) -> bool | None:
        """Is this domain on the white list of MSSanté? None while no list is known."""
        ...


@dataclass(frozen=True, slots=True)
class Connections:
    """What an open card session reaches; given back to ``bootstrap`` when the card leaves."""

    session: CardSession
    dmp: Dmp
    mssante: Mssante


class ParsedAttachment(Protocol):
    """One attachment of a received message; ``media_type`` was decided on the content."""

    @property
    def name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def content(self) -> bytes: ...
    @property
    def content_id(self) -> str:
        """How the formatted words name it, empty when they do not."""
        ...


class ParsedMail(Protocol):
    """A received message as understood; ``subject`` without the XDM prefix."""

    @property
    def rfc_message_id(self) -> str: ...
    @property
    def sender_name(self) -> str: ...
    @property
    def sender_address(self) -> str: ...
    @property
    def recipients(self) -> tuple[str, ...]: ...
    @property
    def raw_subject(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def sent_at(self) -> dt.datetime | None: ...
    @property
    def text(self) -> str: ...
    @property
    def notice(self) -> MailReceipt | None:
        """What it says of one of our messages, when it is a receipt."""
        ...

    @property
    def receipt_to(self) -> str:
        """Who asks to know that it was read, empty when nobody does."""
        ...

    @property
    def receipt_safe(self) -> bool:
        """Is it who really sent the message (RFC 8098 §2.1)?"""
        ...

    @property
    def attachments(self) -> Sequence[ParsedAttachment]: ...
    @property
    def references(self) -> tuple[str, ...]: ...
    @property
    def formatted(self) -> str:
        """The body as safe HTML, empty when it came as plain text only."""
        ...

    @property
    def faults(self) -> tuple[str, ...]: ...
    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """What was written so wrongly that nothing may be decided on it."""
        ...


ParseMail = Callable[[bytes], ParsedMail]

Connect = Callable[[CardSession, Practitioner], Connections]

"""Everything a doctor can do once logged in: what the screens are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from lgc.services.access import Access
from lgc.services.acting_dmp import ActingDmp
from lgc.services.admitted_cards import AdmittedCards
from lgc.services.annulling import Annulling
from lgc.services.archiving_by_age import ArchivingByAge
from lgc.services.biology import Biology
from lgc.services.certificates import Certificates
from lgc.services.checking import Checking
from lgc.services.circle import Circle
from lgc.services.closing import Closing
from lgc.services.comparing import Comparing
from lgc.services.connection import DeskConnection
from lgc.services.contact_book import ContactBook
from lgc.services.day import Day
from lgc.services.drafting import Drafting
from lgc.services.events import Announce
from lgc.services.exchanging_calendar import ExchangingCalendar
from lgc.services.filing_incoming import FilingIncoming
from lgc.services.finding import Finding
from lgc.services.identities import Identities
from lgc.services.keeping_directory import KeepingDirectory
from lgc.services.keeping_store import KeepingStore
from lgc.services.keeping_typed import KeepingTyped
from lgc.services.keeping_vsm import KeepingVsm
from lgc.services.listing import Listing
from lgc.services.mail import Mail
from lgc.services.mail_folders import MailFolders
from lgc.services.measures import Measures
from lgc.services.medical import Medical
from lgc.services.nomenclatures import Nomenclatures
from lgc.services.outside import Outside
from lgc.services.planning import Planning
from lgc.services.ports import Clock
from lgc.services.prescribing import Prescribing
from lgc.services.queue import Queue
from lgc.services.reading import Reading
from lgc.services.reading_receipts import ReadingReceipts
from lgc.services.ready_words import ReadyWords
from lgc.services.records import Records
from lgc.services.refiling import Refiling
from lgc.services.regulating import Regulating
from lgc.services.reusing import Reusing
from lgc.services.searching_dmp import SearchingDmp
from lgc.services.sharing import Sharing
from lgc.services.traces import Traces
from lgc.services.writing import Writing
from lgc.settings import Settings


@dataclass(frozen=True, slots=True)
class Desk:
    """One session of one doctor over one open store; every call runs in a worker.

    ``fetch_mail`` looks into the mailbox now, in its lane; ``outside`` lists every lane.
    """

    clock: Clock
    settings: Settings
    connection: DeskConnection
    day: Day
    planning: Planning
    calendar: ExchangingCalendar
    records: Records
    listing: Listing
    medical: Medical
    measures: Measures
    nomenclatures: Nomenclatures
    drafting: Drafting
    typed: KeepingTyped
    annulling: Annulling
    refiling: Refiling
    ready_words: ReadyWords
    prescribing: Prescribing
    comparing: Comparing
    keeping: KeepingStore
    directory: KeepingDirectory
    contacts: ContactBook
    certificates: Certificates
    cards: AdmittedCards
    identities: Identities
    circle: Circle
    biology: Biology
    reading: Reading
    checking: Checking
    reusing: Reusing
    vsm: KeepingVsm
    sharing: Sharing
    closing: Closing
    queue: Queue
    mail: Mail
    archiving: ArchivingByAge
    mail_folders: MailFolders
    receipts: ReadingReceipts
    writing: Writing
    filing: FilingIncoming
    dmp: SearchingDmp
    acting: ActingDmp
    regulating: Regulating
    finding: Finding
    traces: Traces
    fetch_mail: Callable[[], None]
    outside: Outside


class Office(Protocol):
    """The whole application as windows see it, logged in or not.

    ``desk`` is None until a session is open; it is another object after another card's log-in.
    """

    settings: Settings
    clock: Clock
    access: Access
    connection: DeskConnection

    @property
    def desk(self) -> Desk | None: ...
    def listen(self, announce: Announce) -> None:
        """Where events go, from any thread; the bridge carries them to the interface."""
        ...

    def stop(self) -> None: ...

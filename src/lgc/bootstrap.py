"""The only place that chooses concrete things and joins them."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import ssl
import uuid
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from lgc import paths
from lgc import settings as declared
from lgc.card import modules, software, tls
from lgc.card.authorities import signer, try_authorities
from lgc.card.probe import try_module
from lgc.card.reader import Pkcs11Reader
from lgc.dmp.client import DirectDmp
from lgc.domain import days, media_types
from lgc.domain.clock_doubt import ServerTime
from lgc.domain.deliveries import Channel
from lgc.domain.keys import CertificateUse, SignatureKey
from lgc.domain.professionals import (
    Address,
    CardHolder,
    Correspondent,
    PlaceOfPractice,
    Practitioner,
)
from lgc.domain.workstation import Trial
from lgc.errors import UserFacingError
from lgc.jobs.fetching_mail import FetchingMail
from lgc.jobs.lanes import Lane
from lgc.jobs.logging_in import LoggingIn, Way, in_browser, on_phone
from lgc.jobs.looking_through import LookingThrough
from lgc.jobs.outbox import Outbox
from lgc.jobs.owner import this_process
from lgc.jobs.refreshing_dmp import RefreshingDmp
from lgc.jobs.watching_folder import PAUSE as FOLDER_PAUSE
from lgc.jobs.watching_folder import WatchingFolder
from lgc.jobs.watching_mail import WatchingMail
from lgc.mssante.client import DirectMssante
from lgc.mssante.fhir_directory import FhirDirectory, Place
from lgc.mssante.message import parse as parse_mail
from lgc.mssante.message import salvage
from lgc.mssante.white_list import try_white_list
from lgc.reading import isolated
from lgc.saml import vihf
from lgc.services import seeding_demo
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
from lgc.services.delivering import Delivering
from lgc.services.desk import Desk
from lgc.services.dmp_day import DmpOfTheDay
from lgc.services.drafting import Drafting
from lgc.services.events import AgendaChanged, Announce, Event
from lgc.services.exchanges import (
    BASE,
    DAY,
    DIRECTORY,
    DMP,
    FOLDER,
    MAILBOX,
    MSSANTE,
    REVOCATION,
    WATCH,
    Exchanges,
)
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
from lgc.services.ports import CardSession, Clock, Connections, Store
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
from lgc.services.synchronising import Synchronising
from lgc.services.traces import Traces
from lgc.services.understanding import Understanding
from lgc.services.workstation import Workstation
from lgc.services.workstation import folder as practice_place
from lgc.services.writing import Writing
from lgc.settings import Settings
from lgc.store.directory_file import DirectoryFile
from lgc.store.place import try_folder
from lgc.store.signed_heads import Anchor
from lgc.store.vault import Vault
from lgc.terminology import specialities
from lgc.transport import web
from lgc.transport.openid import Provider, TokenSource
from lgc.transport.revocation import RevocationLists

OUTBOX_PAUSE = 1.0
LOOKING_PAUSE = 120.0  # seconds
REVOCATION_PAUSE = 6 * 3600.0  # seconds
LISTS_MISSING = UserFacingError(
    "Des listes de révocation n’ont pas pu être reçues.",
    advice="Celles qui sont ici restent en vigueur ; vérifiez leurs adresses dans les réglages.",
)
Observer = Callable[[str, bytes, bytes], None]


class SystemClock:
    """The machine's clock in the practice's time zone."""

    def __init__(self, zone: dt.tzinfo) -> None:
        self._zone = zone

    def now(self) -> dt.datetime:
        return dt.datetime.now(self._zone)


class InstallationIds:
    """Plain OIDs under the installation's root, 64 characters at most, and random UUIDs."""

    def __init__(self, root: str) -> None:
        self._root = root

    def oid(self) -> str:
        return f"{self._root}.{secrets.randbits(62)}"

    def uuid(self) -> str:
        return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Profile:
    """Where this practice lives. ``demo`` fills a new store with the fictitious practice.

    ``directory`` is the local extraction of the MSSanté directory; ``observer`` sees every
    message that leaves the machine (name, sent, received). ``remembered``: this user's machine
    remembers that a practice lived there, so that its folder, empty one day, is no new one.
    """

    folder: Path
    demo: bool = False
    directory: Path | None = None
    observer: Observer | None = None
    remembered: bool = False


class Office:
    """One running application: settings, reader, store, lanes and the desk of the session."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        isolated.warm()
        self.settings = Settings(profile.folder / "settings.json")
        _give_installation_an_oid(self.settings)
        web.go_through(self.settings[declared.network_proxy])
        days.use_zone(ZoneInfo(self.settings[declared.time_zone]))
        self.clock: Clock = SystemClock(days.practice_zone())
        self._ids = InstallationIds(self.settings[declared.lps_oid])
        self.connection = DeskConnection()
        self._directory = DirectoryFile(
            profile.folder / "directory.sqlite", profile.directory, self.clock.now
        )
        self._announce: Announce = lambda event: None
        self.exchanges = Exchanges(self.clock, self._tell)
        self._lanes: list[Lane] = []
        self._again: dict[str, Callable[[], object]] = {}
        self._desk: Desk | None = None
        self._fill_day: Callable[[], None] = lambda: None
        self._certificates: Certificates | None = None
        self._revocation: Callable[[], None] = lambda: None
        module = self.settings[declared.card_module]
        self._tokens = (
            TokenSource(_provider(self.settings), self._who_is_here)
            if _by_token(self.settings)
            else None
        )
        self._logging_in = (
            LoggingIn(self._tokens, self._way(self._tokens), self.exchanges.of(MAILBOX), self._poke)
            if self._tokens is not None
            else None
        )
        self._reader = Pkcs11Reader(
            modules.choose(module),
            trust=Path(self.settings[declared.card_trust]),
            tls_versions=self.settings[declared.tls_versions],
            now=self.clock.now,
        )
        # The practice's own clock: a copy bears the hour that its doctor reads on the wall.
        anchor = Anchor(self._signer, None if profile.demo else paths.journals_folder())
        self._vault = Vault(profile.folder, self.clock.now, self._held_before, anchor)
        self.access = Access(
            reader=self._reader,
            vault=self._vault,
            connection=self.connection,
            connect=self._connect,
            describe=self._describe,
            started=self._started,
            ended=self._ended,
            plugged=self._poke,
            prepare=self._must_have_authorities,
        )

    @property
    def desk(self) -> Desk | None:
        return self._desk

    def listen(self, announce: Announce) -> None:
        self._announce = announce

    def _must_have_authorities(self) -> None:
        """Raises UserFacingError without them: no server could be told from another."""
        tls.trusting(
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), Path(self.settings[declared.card_trust])
        )

    def _fetch_mail(self) -> None:
        if self._logging_in is not None:
            self._logging_in.ask()
        else:
            self._mail_lane.poke()

    def _signer(self, certificate: bytes) -> str:
        return signer(certificate, Path(self.settings[declared.card_trust]))

    def _who_is_here(self) -> str:
        """The national id of the card. Raises CardGone without one."""
        return self.connection.practitioner.holder.national_id

    def _way(self, tokens: TokenSource) -> Way:
        """How the doctor logs in to Pro Santé Connect."""
        if self.settings[declared.psc_way] == "téléphone":
            return on_phone(tokens, self._who_is_here)
        return in_browser(tokens, webbrowser.open)

    def fill_day(self) -> None:
        """Sixty patients today, in the demonstration; nothing anywhere else."""
        self._fill_day()
        self._tell(AgendaChanged())

    def stop(self) -> None:
        """End of the application: lanes finish their present work, the store closes."""
        self.access.close()
        isolated.close()

    def _tell(self, event: Event) -> None:
        self._announce(event)

    def _poke(self) -> None:
        for lane in self._lanes:
            lane.poke()

    def _connect(self, session: CardSession, author: Practitioner) -> Connections:
        context = mail_context = dmp_context = session.client_context()
        signature_key: SignatureKey = session.signature_key
        if self.settings[declared.vihf_mode] != vihf.DIRECT:
            dmp_context = self._software_context(CertificateUse.DMP_TLS)
            signature_key = self._software_key()
        if self.settings[declared.mail_access] == "logiciel":
            mail_context = self._software_context(CertificateUse.MAIL_TLS)
        if self.settings[declared.tls_common_name] == "accepter":
            for one in (context, mail_context, dmp_context):
                tls.accept_common_name(one)
        self._revocation = partial(self._check_revocation, (context, mail_context, dmp_context))
        self._revocation()
        observer = self._profile.observer
        dmp = DirectDmp.connect(
            settings=self.settings,
            context=dmp_context,
            signature_key=signature_key,
            author=author,
            clock=self.clock,
            ids=self._ids,
            authenticated_at=self.clock.now(),
            observer=observer,
            card_error=lambda: tls.last_error(context),
            heard=self.exchanges.of(DMP).heard,
        )
        mssante = DirectMssante.connect(
            settings=self.settings,
            context=mail_context,
            address=author.mssante_address,
            clock=self.clock,
            observer=observer,
            card_error=lambda: tls.last_error(context),
            token=self._tokens.token if self._tokens is not None else None,
            heard=lambda way, error: self.exchanges.of(way).heard(error),
        )
        return Connections(session, dmp, mssante)

    def _check_revocation(self, contexts: tuple[ssl.SSLContext, ...]) -> None:
        """With what lists are here; called again when newer ones came."""
        self._lists().enforce(contexts, self.clock.now())

    def _online(self, keeping: KeepingDirectory) -> Place:
        """The directory online, as the settings and the store say now."""
        address = self.settings[declared.fhir_address].strip()
        return Place(address, keeping.key() if address else "")

    def _lists(self) -> RevocationLists:
        value = self.settings
        chosen = value[declared.revocation_folder]
        return RevocationLists(
            [Path(chosen)] if chosen else [],
            self._profile.folder / "revocation",
            Path(value[declared.card_trust]),
            required=value[declared.tls_revocation] == "exigée",
            forgive=tls.forgive_missing_lists,
        )

    def _fetch_lists(self) -> bool:
        """Always False: the next look is hours later."""
        addresses = self.settings[declared.revocation_addresses].split()
        if not addresses:
            return False
        came = self._lists().fetch(addresses)
        if came:
            self._revocation()
        if came < len(addresses):
            self.exchanges.of(REVOCATION).failed(LISTS_MISSING, REVOCATION_PAUSE)
        else:
            self.exchanges.of(REVOCATION).well()
        return False

    def _watch(self) -> Lane:
        """The lane that waits for the server to tell of new mail."""
        watching = WatchingMail(
            self.connection,
            self._mail_lane.poke,
            lambda: lane.stopping,
            self.exchanges.of(WATCH),
        )
        lane = self._lane(WATCH, watching.work, self.settings[declared.mail_poll_seconds])

        def again() -> None:
            watching.hurry()
            lane.poke()

        self._again[WATCH] = again
        return lane

    def _lane(self, key: str, work: Callable[[], bool], pause: float) -> Lane:
        """A lane whose failures are seen: ``key`` has its row in `services.exchanges.WAYS`."""
        lane = Lane(key, work, pause, self.exchanges.of(key))
        self._again[key] = lane.poke
        return lane

    def _look_through(self, base: KeepingStore) -> Lane:
        """The lane that reads the whole base again, once a day."""
        looking = LookingThrough(base, self.clock, lambda: lane.stopping, self.exchanges.of(BASE))
        lane = self._lane(BASE, looking.work, LOOKING_PAUSE)
        return lane

    def _software_context(self, use: CertificateUse) -> ssl.SSLContext:
        """Without its certificate the session opens all the same: the settings are inside."""
        kept = self._certificates.kept(use) if self._certificates is not None else None
        if kept is None:
            return software.AbsentContext(ssl.PROTOCOL_TLS_CLIENT)
        return software.client_context(kept, Path(self.settings[declared.card_trust]))

    def _software_key(self) -> SignatureKey:
        kept = None
        if self._certificates is not None:
            kept = self._certificates.kept(CertificateUse.SIGNATURE)
        return software.AbsentKey() if kept is None else software.signature_key(kept)

    def _describe(self, holder: CardHolder, place: PlaceOfPractice) -> Practitioner:
        """What the card does not say comes from the settings of the practice."""
        value = self.settings
        lines = (value[declared.practice_address],) if value[declared.practice_address] else ()
        return Practitioner(
            holder=holder,
            place=place,
            speciality=specialities.of_card(holder.profession.code, holder.speciality),
            telephone=value[declared.practice_telephone],
            address=Address(
                lines, value[declared.practice_postal_code], value[declared.practice_city]
            ),
            mssante_address=value[declared.mail_address],
        )

    def _held_before(self) -> bool:
        return self._profile.remembered and paths.opened_before(self._profile.folder)

    def _started(self, store: Store) -> None:
        if self._profile.remembered:
            with suppress(UserFacingError):  # a disk that refuses it is no reason to stay outside
                paths.remember_opened(self._profile.folder)
        if self._profile.demo:
            seeding_demo.seed(store.unit, self.clock, self._ids)
            self._fill_day = partial(seeding_demo.fill_day, store.unit, self.clock, self._ids)
        open_unit, clock, tell = store.unit, self.clock, self._tell
        self._certificates = Certificates(open_unit, clock, software.unlock, software.describe)
        dmp = SearchingDmp(
            open_unit, clock, self._ids, self.connection, tell,
            lambda address: _number(self._directory.with_address(address)),
        )  # fmt: skip
        circle = Circle(open_unit, self._ids, tell)
        base = KeepingStore(store, clock, tell)
        keeping = KeepingDirectory(self._directory, open_unit, clock)
        receipts = ReadingReceipts(open_unit, self.connection)
        online = FhirDirectory(
            lambda: self._online(keeping), lambda error: self.exchanges.of(DIRECTORY).heard(error)
        ).find
        sharing = Sharing(
            open_unit, clock, self._ids, self.connection, tell, self._poke, self.settings,
            self._directory.find, online, lambda: self.exchanges.standing(DMP).success_at,
        )  # fmt: skip
        planning = Planning(open_unit, clock, self._ids, self.settings, tell)
        nomenclatures = Nomenclatures(open_unit, clock, self._profile.folder)
        nomenclatures.install()
        records, reading = Records(open_unit, clock, dmp), Reading(open_unit, tell)
        drafting = Drafting(open_unit, clock, self._ids, self.connection, self.settings, tell)
        understanding = Understanding(parse_mail, salvage)
        filing = FilingIncoming(
            open_unit, clock, self._ids, self.connection, understanding, tell,
            national_id=lambda address: _number(self._directory.with_address(address)),
        )  # fmt: skip
        queue = Queue(open_unit, clock, tell, lambda event: self._poke())
        told = ServerTime()
        annulling = Annulling(open_unit, clock, self._ids, self.connection, tell, self._poke)
        self._desk = Desk(
            clock=clock,
            settings=self.settings,
            connection=self.connection,
            day=Day(open_unit, clock),
            planning=planning,
            calendar=ExchangingCalendar(open_unit, clock, planning),
            records=records,
            listing=Listing(open_unit, self.connection, records, reading, drafting, tell),
            drafting=drafting,
            prescribing=Prescribing(open_unit),
            annulling=annulling,
            refiling=Refiling(
                open_unit,
                clock,
                self.connection,
                tell,
                lambda address: _number(self._directory.with_address(address)),
            ),
            comparing=Comparing(open_unit),
            typed=KeepingTyped(open_unit, self.connection),
            ready_words=ReadyWords(open_unit, clock, self.connection),
            keeping=base,
            directory=keeping,
            contacts=ContactBook(open_unit, clock, self.connection, self._directory, online),
            certificates=self._certificates,
            cards=AdmittedCards(self._vault, store, self.connection, self.access.prove),
            medical=Medical(
                open_unit,
                clock,
                self._ids,
                self.connection,
                tell,
                nomenclatures.for_family,
                nomenclatures.edition_of,
            ),
            measures=Measures(open_unit, clock, self._ids, tell),
            nomenclatures=nomenclatures,
            circle=circle,
            identities=Identities(open_unit, clock, self._ids, self.connection, tell),
            biology=Biology(open_unit, clock, dmp),
            reading=reading,
            checking=Checking(nomenclatures.knows),
            reusing=Reusing(open_unit, clock, self._ids, tell),
            vsm=KeepingVsm(open_unit, clock, self._ids, self.connection, self.settings),
            sharing=sharing,
            closing=Closing(open_unit, clock, self.connection, self.settings, sharing, drafting),
            queue=queue,
            mail=Mail(open_unit, clock, parse_mail, self.settings),
            archiving=ArchivingByAge(open_unit, clock, told),
            receipts=receipts,
            mail_folders=MailFolders(open_unit),
            writing=Writing(
                open_unit,
                clock,
                self._ids,
                self.connection,
                sharing,
                self.settings,
                parse_mail,
                media_types.of_bytes,
                tell,
                self._poke,
            ),
            filing=filing,
            dmp=dmp,
            acting=ActingDmp(
                open_unit, clock, self._ids, self.connection, self.settings, dmp, tell
            ),
            regulating=Regulating(open_unit, self.connection, self.settings),
            finding=Finding(open_unit, clock),
            traces=Traces(open_unit),
            fetch_mail=self._fetch_mail,
            outside=Outside(self.exchanges, queue, self._again),
        )
        outbox = Outbox(
            open_unit, Delivering(self.connection), clock, tell, self.settings, this_process()
        )
        outbox.recover()
        fetching = FetchingMail(
            self.connection,
            Synchronising(open_unit, filing, tell, told.hear),
            self.exchanges.of(MAILBOX),
            self.settings,
            self._desk.archiving.run,
            lambda: self._mail_lane.stopping,
            receipts.integrated,
        )
        day = DmpOfTheDay(open_unit, clock, self.connection, self.settings, dmp, tell)
        refreshing = RefreshingDmp(clock, self.connection, day, self.exchanges.of(DAY))
        self._mail_lane = self._lane(
            MAILBOX, fetching.work, self.settings[declared.mail_poll_seconds]
        )
        folder = WatchingFolder(store, tell, self.exchanges.of(FOLDER))
        self._lanes = [
            self._lane(
                DMP, lambda: outbox.run_once(Channel.DMP) or annulling.run_once(), OUTBOX_PAUSE
            ),
            self._lane(MSSANTE, lambda: outbox.run_once(Channel.MSSANTE), OUTBOX_PAUSE),
            self._mail_lane,
            self._watch(),
            self._lane(DAY, refreshing.work, 60.0),
            self._lane(REVOCATION, self._fetch_lists, REVOCATION_PAUSE),
            self._lane(FOLDER, folder.work, FOLDER_PAUSE),
            self._look_through(base),
        ]
        self._again[MAILBOX] = self._fetch_mail
        for lane in self._lanes:
            lane.start()

    def _ended(self) -> None:
        lanes, self._lanes = self._lanes, []
        for lane in lanes:
            lane.stop()
        if self._tokens is not None:
            self._tokens.forget()
        self._desk = None


def _by_token(settings: Settings) -> bool:
    return settings[declared.mail_access] == "psc"


def _provider(settings: Settings) -> Provider:
    """Pro Santé Connect: its doors stand below the issuer, but the page of the wallet."""
    issuer = settings[declared.psc_issuer].rstrip("/")
    door = f"{issuer}/protocol/openid-connect"
    return Provider(
        issuer=issuer,
        authorize=settings[declared.psc_authorize],
        token=f"{door}/token",
        keys=f"{door}/certs",
        ciba=f"{door}/ext/ciba/auth",
        client_id=settings[declared.psc_client_id],
    )


def _give_installation_an_oid(settings: Settings) -> None:
    """Without an attributed root, the arc of UUIDs (ITU-T X.667) makes one that is unique."""
    if not settings[declared.lps_oid]:
        settings[declared.lps_oid] = f"2.25.{uuid.uuid4().int}"
        settings.save()


def workstation(folder: Path, move: Callable[[Path], None] | None = None) -> Workstation:
    """« Réglages du poste » of the practice in ``folder``; ``move`` keeps another choice."""
    checks: dict[str, Callable[[str], Trial]] = {
        declared.card_module.key: try_module,
        declared.card_trust.key: lambda file: try_authorities(file, dt.datetime.now(dt.UTC)),
        practice_place.key: try_folder,
        declared.mail_white_list.key: try_white_list,
    }
    return Workstation(folder, checks, move)


def use_soft_card(softhsm2_conf: Path) -> None:
    """SoftHSM2 reads its folder from the environment, before its module is loaded."""
    os.environ["SOFTHSM2_CONF"] = str(softhsm2_conf)


def _number(one: Correspondent | None) -> str:
    """The national number of somebody of the directory."""
    return one.national_id if one is not None else ""

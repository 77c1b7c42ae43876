"""What the DMP says, as data: existence, authorisation, entries (dmp.md §4, §5)."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from lgc.domain.documents import Confidentiality, DocumentReference
from lgc.domain.patients import DmpAccess
from lgc.domain.professionals import Coded


class PurposeOfUse(StrEnum):
    """Access mode of the VIHF; never kept beyond the patient's context (§9)."""

    NORMAL = "normal"
    BREAK_GLASS = "bris_de_glace"
    EMERGENCY_CENTRE = "centre_15"


class AuthorisationAction(StrEnum):
    """TD0.3."""

    ADD = "AJOUT"
    REMOVE = "SUPPRESSION"


class Opposition(StrEnum):
    """What a patient may refuse, told at creation and changed by TD1.3b (§4.7)."""

    BREAK_GLASS = "OPPOSITION_BRIS_DE_GLACE"
    EMERGENCY_CENTRE = "OPPOSITION_ACCES_URGENCE"


@dataclass(frozen=True, slots=True)
class AccessContext:
    """How a request is made: why, and whether the parents of a minor may see its trace.

    It belongs to one patient's context and is never kept beyond it (§9).
    """

    purpose: PurposeOfUse = PurposeOfUse.NORMAL
    secret_connection: bool = False


ORDINARY = AccessContext()


@dataclass(frozen=True, slots=True)
class Existence:
    """The answer of TD0.2. ``raw_authorisation`` keeps the literal of the wire.

    ``flags`` are the administrative observations as they came (COMPTE_INTERNET_OUVERT,
    RATTACHEMENT_ENS, oppositions), with their value.
    """

    access: DmpAccess
    attending_doctor: bool = False
    raw_authorisation: str = ""
    closed_on: dt.date | None = None
    closing_motive: str = ""
    flags: tuple[tuple[str, bool], ...] = ()

    @property
    def expired(self) -> bool:
        """I was authorised once, and am no more."""
        return self.raw_authorisation.upper() == "EXPIRE"

    @property
    def oppositions(self) -> frozenset[Opposition]:
        """What the patient refuses."""
        said = {name for name, value in self.flags if value}
        return frozenset(one for one in Opposition if one.value in said)

    def flag(self, name: str) -> bool | None:
        """The value of one observation, None when the DMP said nothing of it."""
        return dict(self.flags).get(name)


@dataclass(frozen=True, slots=True)
class AdministrativeData:
    """The answer of TD1.3a without identity traits: they are no source of identity (RG_0320)."""

    existence: Existence
    telecoms: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AuthorisedDmp:
    """One line of TD0.4: a DMP I am authorised on. Times are aware (UTC on the wire)."""

    identifiers: tuple[tuple[str, str], ...]
    attending_doctor: bool
    message: bool
    last_access: dt.datetime | None = None
    last_update: dt.datetime | None = None
    last_addition: dt.datetime | None = None


class ListDate(StrEnum):
    """TD0.4: what ``startDate`` bounds (spelled as on the wire)."""

    AUTHORISATION = "LASTAUTORIZATION"
    DOCUMENT = "LASTDOC"


class AuthorisationMode(StrEnum):
    """TD1.6: which professionals to list."""

    ACTIVE = "ACTIVE"
    FORBIDDEN = "INTERDITE"
    ALL = "TOUTE"


@dataclass(frozen=True, slots=True)
class AuthorisedProfessional:
    """One line of TD1.6: somebody authorised on this DMP, or forbidden by the patient."""

    national_id: str
    family_name: str
    given_name: str
    specialities: tuple[str, ...]
    since: dt.datetime | None
    last_action: dt.datetime | None
    forbidden: bool
    attending_doctor: bool


@dataclass(frozen=True, slots=True)
class FoundIdentity:
    """One candidate of TD0.5 (centre 15): traits as a help to find, never to identify."""

    identifiers: tuple[tuple[str, str], ...]
    family_name: str
    given_name: str
    birth_date: dt.date | None
    sex: str
    city: str
    percentage: int | None
    emergency_access_refused: bool


@dataclass(frozen=True, slots=True)
class TraitSearch:
    """TD0.5: partial name and town, exact date of birth and sex."""

    family_name: str
    given_name: str = ""
    birth_date: dt.date | None = None
    sex: str = ""
    postal_code: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Guardian:
    """The legal representative who spoke for the patient (TD1.x); ``code`` as FTH, MTH."""

    code: str
    family_name: str
    given_name: str

    @property
    def named(self) -> bool:
        """Both names are there."""
        return bool(self.family_name.strip() and self.given_name.strip())


@dataclass(frozen=True, slots=True)
class Opening:
    """TD1.1 and TD1.2: what the patient agreed to, and where the doctor wrote it down."""

    consented_at: dt.datetime
    oppositions: frozenset[Opposition] = frozenset()
    guardian: Guardian | None = None


class WebPage(StrEnum):
    """TD0.9: pages of the DMP's web access (§4.8)."""

    DASHBOARD = "TableauDeBord"
    RECORD = "DossierPatient"
    MANAGEMENT = "GestionDMPPatient"
    DOCUMENTS = "Documents"
    PATHWAY = "ParcoursDeSoins"
    ACCESS_HISTORY = "HistoriqueAcces"
    SETTINGS = "Parametrages"
    WISHES = "VolontesEtDroits"
    VACCINATION = "CarnetVaccination"


class EntryStatus(StrEnum):
    APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
    DEPRECATED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated"
    ARCHIVED = "urn:asip:ci-sis:2010:StatusType:Archived"
    DELETED = "urn:asip:ci-sis:2010:StatusType:Deleted"


@dataclass(frozen=True, slots=True)
class DmpEntry:
    """One DocumentEntry as a registry returned it (TD3.1). Times are aware (UTC on the wire).

    ``entry_uuid`` moves at every metadata version, ``logical_id`` does not, ``unique_id``
    belongs to the content.
    """

    entry_uuid: str
    logical_id: str
    unique_id: str
    repository_unique_id: str
    title: str
    type: Coded
    class_code: Coded
    format_code: str
    mime_type: str
    status: EntryStatus | str
    created_at: dt.datetime | None
    service_start: dt.datetime | None
    authors: tuple[str, ...]
    organisations: tuple[str, ...]
    confidentiality: tuple[str, ...]
    sha1: str = ""
    size: int | None = None
    version: str = ""

    author_ids: tuple[str, ...] = ()

    @property
    def reference(self) -> DocumentReference:
        return DocumentReference(self.repository_unique_id, self.unique_id, self.sha1, self.size)

    @property
    def masked(self) -> bool:
        return Confidentiality.MASKED_TO_PROFESSIONALS.value in self.confidentiality

    @property
    def invisible_to_patient(self) -> bool:
        return Confidentiality.INVISIBLE_TO_PATIENT.value in self.confidentiality

    @property
    def invisible_to_guardians(self) -> bool:
        return INVISIBLE_TO_GUARDIANS in self.confidentiality

    @property
    def of_patient(self) -> bool:
        """The patient wrote it: shown differently (EX_3.1-1040)."""
        return self.class_code.code == PATIENT_CLASS or self.type.code.startswith("DOCPAT")

    @property
    def archived(self) -> bool:
        return self.status is EntryStatus.ARCHIVED

    def written_by(self, national_id: str) -> bool:
        """Whether this professional is among the authors."""
        return national_id in self.author_ids

    def matches(self, words: str) -> bool:
        """Every word is somewhere in title, type, authors or organisations; accents forgiven."""
        known = (self.title, self.type.label, *self.authors, *self.organisations)
        place = _folded(" ".join(known))
        return all(word in place for word in _folded(words).split())


PATIENT_CLASS = "90"
INVISIBLE_TO_GUARDIANS = "INVISIBLE_REPRESENTANTS_LEGAUX"


def _folded(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


@dataclass(frozen=True, slots=True)
class Period:
    """From and to, each open when None. Times are aware."""

    start: dt.datetime | None = None
    stop: dt.datetime | None = None


ANY_TIME = Period()


@dataclass(frozen=True, slots=True)
class DmpSearch:
    """Criteria of TD3.1. By default: Approved, at most two years on serviceStartTime (§7).

    ``submitted`` searches by the date of sending: the registry then answers in three steps.
    ``words`` are the doctor's, sought in what came back: the registry knows no full text.
    """

    service_from: dt.datetime | None = None
    service_to: dt.datetime | None = None
    type_codes: tuple[Coded, ...] = ()
    statuses: tuple[EntryStatus, ...] = (EntryStatus.APPROVED,)
    class_codes: tuple[Coded, ...] = ()
    practice_settings: tuple[Coded, ...] = ()
    facilities: tuple[Coded, ...] = ()
    formats: tuple[Coded, ...] = ()
    events: tuple[Coded, ...] = ()
    confidentiality: tuple[Coded, ...] = ()
    authors: tuple[str, ...] = ()
    created: Period = ANY_TIME
    stopped: Period = ANY_TIME
    submitted: Period = ANY_TIME
    words: str = ""


class DocumentAction(StrEnum):
    """TD3.3: what may be done to a document that is in the DMP."""

    MASK = "mask"
    UNMASK = "unmask"
    SHOW_TO_PATIENT = "show_to_patient"
    SHOW_TO_GUARDIANS = "show_to_guardians"
    DELETE = "delete"
    ARCHIVE = "archive"
    UNARCHIVE = "unarchive"


A, P = DocumentAction, PurposeOfUse
# Action → (modes the author may, modes the attending doctor may on anybody's), [MDRF] in §4.
RIGHTS: dict[DocumentAction, tuple[frozenset[PurposeOfUse], frozenset[PurposeOfUse]]] = {
    A.MASK: (frozenset({P.NORMAL}), frozenset({P.NORMAL})),
    A.UNMASK: (frozenset({P.NORMAL}), frozenset({P.NORMAL})),
    A.SHOW_TO_PATIENT: (frozenset({P.NORMAL}), frozenset({P.NORMAL})),
    A.SHOW_TO_GUARDIANS: (frozenset({P.NORMAL}), frozenset({P.NORMAL})),
    A.DELETE: (frozenset(P), frozenset()),
    A.ARCHIVE: (frozenset({P.NORMAL}), frozenset({P.NORMAL, P.BREAK_GLASS})),
    A.UNARCHIVE: (frozenset({P.NORMAL}), frozenset({P.NORMAL, P.BREAK_GLASS})),
}
# Anybody authorised may mask, or lift an invisibility; the other actions are the author's.
OF_EVERYBODY = frozenset({A.MASK, A.SHOW_TO_PATIENT, A.SHOW_TO_GUARDIANS})
del A, P


def meaningful(action: DocumentAction, entry: DmpEntry) -> bool:
    """Whether ``action`` would change anything of ``entry`` as it stands."""
    alive = entry.status in (EntryStatus.APPROVED, EntryStatus.ARCHIVED)
    approved = entry.status is EntryStatus.APPROVED
    return {
        DocumentAction.MASK: approved and not entry.masked and not entry.invisible_to_patient,
        DocumentAction.UNMASK: approved and entry.masked,
        DocumentAction.SHOW_TO_PATIENT: approved and entry.invisible_to_patient,
        DocumentAction.SHOW_TO_GUARDIANS: approved and entry.invisible_to_guardians,
        DocumentAction.DELETE: alive,
        DocumentAction.ARCHIVE: approved,
        DocumentAction.UNARCHIVE: entry.archived,
    }[action]


def probably_allowed(
    action: DocumentAction,
    entry: DmpEntry,
    national_id: str,
    attending: bool,
    purpose: PurposeOfUse = PurposeOfUse.NORMAL,
) -> bool:
    """What the published matrix says, to grey a button; the DMP decides (§1)."""
    as_author, as_attending = RIGHTS[action]
    if attending and purpose in as_attending:
        return True
    if entry.of_patient:
        return False
    mine = entry.written_by(national_id) or action in OF_EVERYBODY
    return mine and purpose in as_author

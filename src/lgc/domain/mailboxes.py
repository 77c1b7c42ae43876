"""The mailbox on its server, as a synchronisation compares it with what is kept here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lgc.domain.messages import Folder


@dataclass(frozen=True, slots=True)
class ServerFolder:
    """One folder of the server and what it is for; ``own`` names one that the doctor made.

    ``unwanted``: the server puts there what it takes for junk; it shows as one of the doctor's.
    """

    mailbox: str
    folder: Folder
    own: str = ""
    unwanted: bool = False

    @property
    def place(self) -> tuple[Folder, str]:
        return self.folder, self.own


@dataclass(frozen=True, slots=True)
class Known:
    """How far a folder was read: UIDVALIDITY, next UID, HIGHESTMODSEQ (0: not offered).

    ``seen`` maps each UID that is known to whether the server last said that it was read;
    ``missed`` are those that could not be fetched or kept, to be asked for again.
    """

    uid_validity: int = 0
    uid_next: int = 1
    modseq: int = 0
    seen: Mapping[int, bool] = field(default_factory=dict)
    missed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Heading:
    """A message of the server before it is fetched. ``size`` in bytes."""

    uid: int
    size: int
    seen: bool
    rfc_message_id: str


@dataclass(frozen=True, slots=True)
class Look:
    """What a folder holds that is not known here.

    ``fresh``: the server numbers anew, nothing of what was known stands. ``new`` is in order of
    UID; ``changed`` maps UIDs to whether they are read now; ``gone`` are known UIDs that left.
    """

    uid_validity: int
    modseq: int
    fresh: bool
    new: tuple[Heading, ...]
    changed: Mapping[int, bool]
    gone: frozenset[int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands on the server, and what the server last said of it.

    ``message_id`` is None for one thrown away here for good.
    """

    mailbox: str
    uid: int
    message_id: str | None
    seen: bool


@dataclass(frozen=True, slots=True)
class Carried:
    """Where the server put what was moved (COPYUID, RFC 4315): ``uids`` maps UIDs of before to
    those in the other folder, numbered by ``uid_validity``; empty where it does not say."""

    uid_validity: int = 0
    uids: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OwnFolder:
    """A folder that the doctor made. ``mailbox`` is its name on the server, empty until it is
    there; ``removed`` waits to be taken away there, ``name`` may be newer than ``mailbox``."""

    name: str
    mailbox: str = ""
    removed: bool = False

"""Which folder of the server is which: special uses (RFC 6154), else the usual names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lgc.domain.mailboxes import ServerFolder
from lgc.domain.messages import Folder

INBOX = "INBOX"
NOT_SELECTABLE = frozenset({b"\\Noselect", b"\\NonExistent"})
USES = {b"\\Sent": Folder.SENT, b"\\Archive": Folder.ARCHIVES, b"\\Trash": Folder.DELETED}
# Views of other folders, and drafts, which are kept here as they are typed.
LEFT_ALONE = frozenset({b"\\Drafts", b"\\All", b"\\Flagged", b"\\Important"})
NAMES = {
    Folder.SENT: ("Envoyés", "Éléments envoyés", "Messages envoyés", "Sent", "Sent Messages"),
    Folder.ARCHIVES: ("Archives", "Archive"),
    Folder.DELETED: ("Corbeille", "Éléments supprimés", "Supprimés", "Trash", "Deleted Messages"),
}
NAMES_LEFT_ALONE = frozenset({"brouillons", "drafts"})
NAMES_UNWANTED = frozenset({"indésirables", "courrier indésirable", "pourriels", "junk", "spam"})

Listed = tuple[Sequence[bytes], bytes | None, str]


@dataclass(frozen=True, slots=True)
class Naming:
    """How this server writes the name of a folder: what stands before, what separates levels."""

    prefix: str
    delimiter: str

    def mailbox(self, own: str) -> str:
        return self.prefix + own.replace("/", self.delimiter)

    def own(self, mailbox: str) -> str:
        name = mailbox.removeprefix(self.prefix)
        return name.replace(self.delimiter, "/") if self.delimiter else name


def recognise(listed: Iterable[Listed], naming: Naming) -> tuple[ServerFolder, ...]:
    """The folders to keep in step, the inbox first; each use is found once."""
    kept = [(flags, name) for flags, _, name in listed if NOT_SELECTABLE.isdisjoint(flags)]
    uses = _uses(kept, naming)
    folders = [
        ServerFolder(name, uses[name])
        if name in uses
        else ServerFolder(
            name, Folder.OWN, naming.own(name), unwanted=_unwanted(flags, naming.own(name))
        )
        for flags, name in kept
        if name in uses or not _left_alone(flags, naming.own(name))
    ]
    return tuple(sorted(folders, key=lambda one: (one.folder is not Folder.INBOX, one.mailbox)))


def _uses(kept: Sequence[tuple[Sequence[bytes], str]], naming: Naming) -> dict[str, Folder]:
    uses = {name: Folder.INBOX for _, name in kept if name.upper() == INBOX}
    for mark, use in USES.items():
        marked = next((name for flags, name in kept if mark in flags), None)
        named = (
            name
            for wanted in NAMES[use]
            for _, name in kept
            if naming.own(name).casefold() == wanted.casefold() and name not in uses
        )
        found = marked or next(named, None)
        if found is not None:
            uses[found] = use
    return uses


def _unwanted(flags: Sequence[bytes], own: str) -> bool:
    return b"\\Junk" in flags or own.casefold() in NAMES_UNWANTED


def _left_alone(flags: Sequence[bytes], own: str) -> bool:
    return not LEFT_ALONE.isdisjoint(flags) or own.casefold() in NAMES_LEFT_ALONE

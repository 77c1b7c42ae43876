"""The doctor's own folders of the mailbox: made, renamed, taken away; the server follows."""

from __future__ import annotations

from dataclasses import replace

from lgc.domain.mailboxes import OwnFolder
from lgc.domain.messages import Folder
from lgc.errors import UserFacingError
from lgc.services.ports import OpenUnit, UnitOfWork

LONGEST_NAME = 60
# What separates the levels of a folder, or means something, on one server or another.
FORBIDDEN = frozenset('\\*%"&.~')
TAKEN = frozenset(
    (
        *("inbox", "réception", "envoyés", "brouillons", "archives", "corbeille", "supprimés"),
        *("sent", "drafts", "archive", "trash", "junk"),
    )
)


class MailFolders:
    """Runs in workers. Names may hold ``/`` between levels."""

    def __init__(self, open_unit: OpenUnit) -> None:
        self._open = open_unit

    def names(self) -> tuple[tuple[str, int], ...]:
        """(name, how many messages are unread), in the order of a dictionary."""
        with self._open() as uow:
            names = [one.name for one in uow.mailboxes.own_folders() if not one.removed]
            counted = [(name, uow.messages.count(Folder.OWN, name, unread=True)) for name in names]
        return tuple(sorted(counted, key=lambda one: one[0].casefold()))

    def make(self, name: str) -> str:
        """Returns the name as kept. Raises UserFacingError for one that cannot be."""
        with self._open() as uow:
            name = _checked(uow, name)
            uow.mailboxes.put_own(OwnFolder(name))
            uow.audit("mail folder made")
            uow.commit()
        return name

    def rename(self, name: str, new: str) -> str:
        """With what it holds. Raises UserFacingError for a name that cannot be."""
        with self._open() as uow:
            if name not in {one.name for one in uow.mailboxes.own_folders() if not one.removed}:
                raise UserFacingError(
                    f"Le dossier « {name} » n’existe plus.",
                    advice="Il a été renommé ou supprimé entre-temps. Rien n’a été fait.",
                )
            new = _checked(uow, new)
            uow.mailboxes.rename_own(name, new)
            uow.audit("mail folder renamed")
            uow.commit()
        return new

    def remove(self, name: str) -> None:
        """Raises UserFacingError while it holds a message."""
        with self._open() as uow:
            if uow.messages.count(Folder.OWN, name):
                raise UserFacingError(
                    "Ce dossier contient des messages.", advice="Rangez-les ailleurs d’abord."
                )
            for one in uow.mailboxes.own_folders():
                if one.name == name and one.mailbox:
                    uow.mailboxes.put_own(replace(one, removed=True))
                elif one.name == name:
                    uow.mailboxes.drop_own(name)
            uow.audit("mail folder removed")
            uow.commit()


def _checked(uow: UnitOfWork, typed: str) -> str:
    name = "/".join(" ".join(part.split()) for part in typed.split("/"))
    if not name.replace("/", "") or "" in name.split("/"):
        raise UserFacingError("Écrivez le nom du dossier.")
    if len(name) > LONGEST_NAME or FORBIDDEN & set(name) or not name.isprintable():
        raise UserFacingError(
            "Ce nom de dossier ne convient pas.",
            advice='60 caractères au plus, sans point ni signe réservé (\\ * % " & ~).',
        )
    known = {one.name.casefold() for one in uow.mailboxes.own_folders() if not one.removed}
    if name.casefold() in known | TAKEN:
        raise UserFacingError("Un dossier de ce nom existe déjà.")
    return name

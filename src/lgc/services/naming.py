"""Who wrote and to whom, in names rather than addresses.

A patient who writes from Mon espace santé is shown under the name of the record: the address tells
who it is (``<matricule>@patient.mssante.fr``) but files nothing by itself (ECO.2.1.2), and a
matricule that two records share names nobody. What left for a contact shows the contact's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lgc.domain.assignment import fold
from lgc.domain.messages import Folder, Message
from lgc.domain.professionals import Correspondent
from lgc.domain.writing import is_citizen, matricule_of
from lgc.services.ports import UnitOfWork

UNKNOWN = "Patient inconnu du cabinet"
TITLES = frozenset(("dr", "docteur", "pr", "professeur", "m", "mme", "mlle", "monsieur", "madame"))
HOMONYMS = 20


def named(uow: UnitOfWork, messages: Sequence[Message]) -> list[Message]:
    """The same messages, in names."""
    matricules = {matricule_of(one.sender_address) for one in messages} - {""}
    patients = uow.patients.with_matricules(sorted(matricules)) if matricules else {}
    names: dict[str, str] = {}
    shown = []
    for one in messages:
        matricule = matricule_of(one.sender_address)
        if matricule:
            patient = patients.get(matricule)
            name = patient.identity.display_name if patient else one.sender_name or UNKNOWN
            one = replace(one, sender_name=name)
        if one.folder is Folder.SENT and any("@" in to for to in one.recipients):
            one = replace(one, recipients=tuple(_name(uow, to, names) for to in one.recipients))
        shown.append(one)
    return shown


def _name(uow: UnitOfWork, recipient: str, names: dict[str, str]) -> str:
    """Of the contact at this address; ``names`` remembers who was looked for."""
    if recipient not in names:
        contact = uow.contacts.get(recipient) if "@" in recipient else None
        names[recipient] = contact.correspondent.display_name if contact else recipient
    return names[recipient]


def known_elsewhere(uow: UnitOfWork, name: str, address: str) -> str:
    """What to say of a name that a contact of another address bears, empty when there is nothing.

    Anybody may write under the name of a colleague; only the address tells who it is.
    """
    if not name or "@" in name or uow.contacts.get(address) is not None:
        return ""
    words = _bare(name)
    others = [
        one.address
        for one in (uow.contacts.find(" ".join(words), HOMONYMS) if words else [])
        if _bare(one.display_name) == words and one.address.lower() != address.lower()
    ]
    if not others:
        return ""
    return f"Ce nom est connu avec une autre adresse : {', '.join(others[:2])}"


def same_name(one: str, other: str) -> bool:
    """The same words in any order, titles left out."""
    return bool(_bare(one)) and _bare(one) == _bare(other)


def _bare(name: str) -> list[str]:
    """The words of a name in one order, without titles."""
    return sorted(set(fold(name).split()) - TITLES)


def remember(uow: UnitOfWork, people: Sequence[Correspondent]) -> None:
    """Those that the directory answers for become contacts. To write to somebody is no proof of
    who they are: others are kept by the doctor, or not at all."""
    for one in people:
        if is_citizen(one.address):
            continue
        if one.verified or uow.contacts.get(one.address) is not None:
            uow.contacts.remember(one)

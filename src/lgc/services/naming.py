"""Who wrote and to whom, in names rather than addresses.

A patient who writes from Mon espace santé is shown under the name of the record: the address tells
who it is (``<matricule>@patient.mssante.fr``) but files nothing by itself (ECO.2.1.2), and a
matricule that two records share names nobody. What left for a contact shows the contact's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lgc.domain.messages import Folder, Message
from lgc.domain.writing import matricule_of
from lgc.services.ports import UnitOfWork

UNKNOWN = "Patient inconnu du cabinet"


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

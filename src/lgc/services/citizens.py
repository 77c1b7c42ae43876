"""Patients who write from Mon espace santé: shown by their name and INS, not by a raw address.

Their address tells who they are (``<matricule>@patient.mssante.fr``); it files nothing by itself
(ECO.2.1.2), and a matricule that two records share names nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lgc.domain.messages import Message
from lgc.domain.writing import matricule_of
from lgc.services.ports import UnitOfWork

UNKNOWN = "Patient inconnu du cabinet"


def named(uow: UnitOfWork, messages: Sequence[Message]) -> list[Message]:
    """The same messages, those of citizens under the name of their record."""
    matricules = {matricule_of(one.sender_address) for one in messages} - {""}
    known = uow.patients.with_matricules(sorted(matricules)) if matricules else {}
    shown = []
    for one in messages:
        matricule = matricule_of(one.sender_address)
        if matricule:
            patient = known.get(matricule)
            name = patient.identity.display_name if patient else one.sender_name or UNKNOWN
            one = replace(one, sender_name=name)
        shown.append(one)
    return shown

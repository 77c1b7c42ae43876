"""What both records say of a document that was filed in the wrong one."""

from __future__ import annotations

import datetime as dt
import json

from lgc.domain.days import practice_day
from lgc.domain.documents import Document
from lgc.services.ports import UnitOfWork

PREFIX = "refiled"
"""Of the keys of these notes: ``refiled:PATIENT:MOMENT``; the author (PS_IdNat) is in each."""


def traces(uow: UnitOfWork, patient_id: str) -> tuple[str, ...]:
    """What came into this record or left it by a correction, the newest first, in sentences."""
    noted = sorted(uow.notes.starting(f"{PREFIX}:{patient_id}:").items(), reverse=True)
    return tuple(_sentence(json.loads(told), patient_id) for _, told in noted if told)


def came_by(uow: UnitOfWork, document: Document) -> tuple[str, ...]:
    """The corrections that brought a document into its record."""
    noted = uow.notes.starting(f"{PREFIX}:{document.patient_id}:").values()
    found = (json.loads(told) for told in noted if told)
    return tuple(
        _sentence(one, document.patient_id or "")
        for one in found
        if one["to"] == document.patient_id
        and document.document_id in [key for key, _ in one["documents"]]
    )


def _sentence(told: dict[str, object], patient_id: str) -> str:
    documents = told["documents"]
    assert isinstance(documents, list)
    names = ", ".join(f"« {title} »" for _, title in documents)
    day = practice_day(dt.datetime.fromisoformat(str(told["at"])))
    if told["to"] == patient_id:
        way = "rangé ici, il était par erreur dans un autre dossier"
    else:
        way = "rangé dans un autre dossier" if told["to"] else "retiré de ce dossier"
    spite = told.get("in_spite_of")  # traces of before the document was compared have none
    words = ", ".join(map(str, spite)) if isinstance(spite, list) else ""
    known = f" ; confirmé bien qu’il nomme une autre personne : {words}" if words else ""
    return f"{names} : {way} le {day:%d/%m/%Y} ({told['why']}){known}."

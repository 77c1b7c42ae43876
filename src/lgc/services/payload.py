"""What a delivery must remember to send again identically, as JSON inside the store."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from typing import Any

from lgc.domain.documents import Confidentiality
from lgc.domain.identity import Ins, QualifiedIns, Sex, Traits
from lgc.domain.professionals import Address, CardHolder, Coded, Correspondent, PlaceOfPractice
from lgc.domain.professionals import Practitioner as Author


@dataclass(frozen=True, slots=True)
class Payload:
    """Fixed at the doctor's click: identifiers, patient, author, choices and words.

    ``ins`` is None when the identity is not qualified: then only MSSanté is possible, PDF alone.
    ``ask_access``: the DMP had not answered at the click, so it is asked (TD0.2) before anything is
    deposited; ``letter`` is the written message that leaves, empty for a shared document.
    """

    ins: QualifiedIns | None
    author: Author
    submission_set_id: str
    signature_document_id: str
    submitted_at: dt.datetime
    title: str
    confidentiality: Confidentiality
    consent_attested: bool = False
    rfc_message_id: str = ""
    recipients: tuple[Correspondent, ...] = ()
    subject: str = ""
    body: str = ""
    letter: str = ""
    ask_access: bool = False

    def dump(self) -> str:
        return json.dumps(asdict(self), default=_plain, ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> Payload:
        raw = json.loads(text)
        return cls(
            ins=_qualified(raw["ins"]),
            author=_author(raw["author"]),
            submission_set_id=raw["submission_set_id"],
            signature_document_id=raw["signature_document_id"],
            submitted_at=dt.datetime.fromisoformat(raw["submitted_at"]),
            title=raw["title"],
            confidentiality=Confidentiality(raw["confidentiality"]),
            consent_attested=raw["consent_attested"],
            rfc_message_id=raw["rfc_message_id"],
            recipients=tuple(Correspondent(**one) for one in raw["recipients"]),
            subject=raw["subject"],
            body=raw["body"],
            letter=raw.get("letter", ""),
            ask_access=raw.get("ask_access", False),
        )


def _plain(value: object) -> str:
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _qualified(raw: dict[str, Any] | None) -> QualifiedIns | None:
    if raw is None:
        return None
    traits = raw["traits"]
    return QualifiedIns(
        Ins(**raw["ins"]),
        Traits(
            birth_name=traits["birth_name"],
            birth_given_names=tuple(traits["birth_given_names"]),
            sex=Sex(traits["sex"]),
            birth_date=dt.date.fromisoformat(traits["birth_date"]),
            birth_place_code=traits["birth_place_code"],
        ),
    )


def _author(raw: dict[str, Any]) -> Author:
    holder, address, speciality = raw["holder"], raw["address"], raw["speciality"]
    return Author(
        holder=CardHolder(**{**holder, "profession": Coded(**holder["profession"])}),
        place=PlaceOfPractice(**raw["place"]),
        civility=raw["civility"],
        speciality=Coded(**speciality) if speciality else None,
        telephone=raw["telephone"],
        address=Address(**{**address, "lines": tuple(address["lines"])}),
        mssante_address=raw["mssante_address"],
    )

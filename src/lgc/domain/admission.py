"""A card that opens the practice: what is remembered of it beside its fingerprint."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

from lgc.domain.professionals import CardHolder


@dataclass(frozen=True, slots=True)
class AdmittedCard:
    """``name`` is empty, and ``since`` None, for a card admitted before they were noted."""

    fingerprint: str
    name: str
    since: dt.datetime | None
    in_use: bool


def key_of(fingerprint: str) -> str:
    """Where the practice notes whose card this is."""
    return f"card.{fingerprint}"


def write(holder: CardHolder, since: dt.datetime | None) -> str:
    """The note: whose it is, and since when where that is known."""
    name = f"{holder.given_name} {holder.family_name}".strip()
    said = {"name": name, "since": since.isoformat() if since is not None else None}
    return json.dumps(said, ensure_ascii=False)


def read(fingerprint: str, note: str | None, *, in_use: bool) -> AdmittedCard:
    said = json.loads(note or "{}")
    since = said.get("since")
    moment = dt.datetime.fromisoformat(since) if since else None
    return AdmittedCard(fingerprint, said.get("name", ""), moment, in_use)

"""A card that opens the practice: what is remembered of it beside its fingerprint."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from lgc.domain.professionals import CardHolder, Coded, PlaceOfPractice


@dataclass(frozen=True, slots=True)
class AdmittedCard:
    """``name`` is empty, and ``since`` None, for a card admitted before they were noted.

    ``holder`` and ``places`` are what the card said at its last session: who may be at the desk
    for a day without it. None and empty for one that has not come since they are noted.
    """

    fingerprint: str
    name: str
    since: dt.datetime | None
    in_use: bool
    holder: CardHolder | None = None
    places: tuple[PlaceOfPractice, ...] = ()


def key_of(fingerprint: str) -> str:
    """Where the practice notes whose card this is."""
    return f"card.{fingerprint}"


def write(
    holder: CardHolder, since: dt.datetime | None, places: Sequence[PlaceOfPractice] = ()
) -> str:
    """The note: whose it is, since when where that is known, and where its holder practises."""
    name = f"{holder.given_name} {holder.family_name}".strip()
    said = {
        "name": name,
        "since": since.isoformat() if since is not None else None,
        "holder": asdict(holder),
        "places": [asdict(place) for place in places],
    }
    return json.dumps(said, ensure_ascii=False)


def read(fingerprint: str, note: str | None, *, in_use: bool) -> AdmittedCard:
    said = json.loads(note or "{}")
    since = said.get("since")
    moment = dt.datetime.fromisoformat(since) if since else None
    return AdmittedCard(
        fingerprint,
        said.get("name", ""),
        moment,
        in_use,
        _holder(said.get("holder")),
        tuple(PlaceOfPractice(**place) for place in said.get("places", ())),
    )


def _holder(said: dict[str, str] | None) -> CardHolder | None:
    if not said:
        return None
    profession: dict[str, str] = dict(said["profession"])  # type: ignore[arg-type]
    return CardHolder(**{**said, "profession": Coded(**profession)})  # type: ignore[arg-type]

"""A day of the agenda on paper: who comes, when, what for, whom to call, when nobody is. Pure."""

from __future__ import annotations

import datetime as dt
from html import escape

from lgc.desktop import text
from lgc.domain.agenda import Block, Presence, kind_of
from lgc.services.planning import AgendaView
from lgc.services.views import VisitLine

HEADS = ("Heure", "Durée", "Patient", "Naissance", "Téléphone", "Motif", "État")


def page(view: AgendaView, days: list[dt.date]) -> str:
    """HTML of the days that hold something, one table each."""
    parts = [_day(view, day) for day in days if view.on(day) or _blocks(view, day)]
    return "".join(parts) or "<p>Aucun rendez-vous.</p>"


def _day(view: AgendaView, day: dt.date) -> str:
    visits, blocks = view.on(day), _blocks(view, day)
    lines: list[VisitLine | Block] = [*visits, *blocks]
    lines.sort(key=lambda one: one.starts_at)
    rows = "".join(_row(one) if isinstance(one, VisitLine) else _shut(one, day) for one in lines)
    head = "".join(f"<th align='left'>{name}</th>" for name in HEADS)
    missed = sum(one.presence is Presence.ABSENT for one in visits)
    said = text.join(
        text.long_date(day),
        view.holiday(day) and f"férié, {view.holiday(day)}",
        f"{len(visits)}{text.NB}rendez-vous",
        text.count(missed, "absence") if missed else "",
    )
    return (
        f"<h3>{escape(said)}</h3><table width='100%' cellpadding='3'><tr>{head}</tr>{rows}</table>"
    )


def _blocks(view: AgendaView, day: dt.date) -> list[Block]:
    return [one for one in view.blocks if one.starts_at.date() <= day <= _last(one)]


def _last(one: Block) -> dt.date:
    return (one.ends_at - dt.timedelta(minutes=1)).date()


def _row(one: VisitLine) -> str:
    told = "" if one.presence is Presence.EXPECTED else text.presence(one.presence, one.patient.sex)
    kind = kind_of(one.kind).value
    return _cells(
        text.time(one.starts_at),
        text.wait(one.minutes),
        f"{one.patient.civility} {one.patient.name}".strip(),
        text.date(one.patient.birth_date),
        one.patient.telephone,
        text.join(one.note or kind, kind if one.note else "", one.place),
        text.join(told, one.reason),
    )


def _shut(one: Block, day: dt.date) -> str:
    whole = one.starts_at.date() < day and _last(one) > day
    start = text.time(one.starts_at) if one.starts_at.date() == day else ""
    stop = f"jusqu’à {text.time(one.ends_at)}" if one.ends_at.date() == day else ""
    until = f"jusqu’au {text.date(_last(one))}" if _last(one) > day else ""
    hours = "toute la journée" if whole else text.join(stop, until)
    words = escape(text.join(f"{one.title} (indisponible)", hours))
    return f"<tr><td>{start}</td><td></td><td colspan='5'><i>{words}</i></td></tr>"


def _cells(*words: str) -> str:
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in words) + "</tr>"

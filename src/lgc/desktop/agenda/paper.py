"""A day of the agenda on paper: who comes, when, what for. Pure."""

from __future__ import annotations

import datetime as dt
from html import escape

from lgc.desktop import text
from lgc.desktop.agenda.painting import detail
from lgc.services.planning import AgendaView
from lgc.services.views import VisitLine


def page(view: AgendaView, days: list[dt.date]) -> str:
    """HTML of the days that hold something, one table each."""
    parts = [_day(view, day) for day in days if view.on(day)]
    return "".join(parts) or "<p>Aucun rendez-vous.</p>"


def _day(view: AgendaView, day: dt.date) -> str:
    visits = view.on(day)
    rows = "".join(map(_row, visits))
    head = "".join(
        f"<th align='left'>{name}</th>" for name in ("Heure", "Durée", "Patient", "Né(e) le", "")
    )
    number = f"{len(visits)}{text.NB}rendez-vous"
    return (
        f"<h3>{text.long_date(day)} · {number}</h3>"
        f"<table width='100%' cellpadding='4'><tr>{head}</tr>{rows}</table>"
    )


def _row(one: VisitLine) -> str:
    cells = (
        text.time(one.starts_at),
        text.wait(one.minutes),
        f"{one.patient.civility} {one.patient.name}".strip(),
        text.date(one.patient.birth_date),
        text.join(one.kind, detail(one) if detail(one) != one.kind else ""),
    )
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"

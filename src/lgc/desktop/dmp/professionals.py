"""Who is authorised on a DMP, since when, and whom the patient forbade (TD1.6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from lgc.desktop import text
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.components.labels import label
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.tables import Table
from lgc.desktop.words import fold
from lgc.domain.dmp import AuthorisedProfessional
from lgc.services.views import PatientView

WIDTH = 860
HEIGHT = 320


class ProfessionalsDialog(Dialog):
    """A table to read; nothing is changed here: only the patient gives rights to others."""

    def __init__(
        self,
        parent: QWidget,
        patient: PatientView,
        found: Sequence[AuthorisedProfessional],
        me: str,
    ) -> None:
        name = f"{patient.civility} {patient.name}".strip()
        super().__init__(parent, "Accès au DMP", glyph="ri.group-line", subtitle=name, width=WIDTH)
        self.setObjectName("dmpProfessionals")
        self.table: Table[AuthorisedProfessional] = Table(
            _columns(me), name="Professionnels du DMP", key=lambda one: one.national_id
        )
        self.table.setFixedHeight(HEIGHT)
        self.table.fill(list(found))
        if found:
            self.body.addWidget(self.table)
            self.table.select_first()
        else:
            self.body.addWidget(
                EmptyState("ri.group-line", "Personne n’est autorisé sur ce DMP", "")
            )
        forbidden = sum(one.forbidden for one in found)
        words = text.count(len(found) - forbidden, "professionnel autorisé", "autorisés")
        if forbidden:
            words += f", {text.count(forbidden, 'refusé', 'refusés')}"
        self.body.addWidget(label(words, "small", "text.muted"))
        self.add_cancel("Fermer")


def _columns(me: str) -> tuple[Column[AuthorisedProfessional], ...]:
    def name(one: AuthorisedProfessional) -> Cell:
        words = f"{one.family_name} {one.given_name}".strip() or one.national_id
        mine = one.national_id == me
        return Cell(f"{words} (vous)" if mine else words, bold=mine)

    return (
        Column("name", "Professionnel", name, None, lambda one: fold(one.family_name), least=200),
        Column(
            "speciality",
            "Spécialité",
            lambda one: Cell(", ".join(one.specialities), tone="text.muted"),
            190,
        ),
        Column("right", "Droit", _right, 150, lambda one: (one.forbidden, one.attending_doctor)),
        Column("since", "Depuis", lambda one: Cell(_day(one.since)), 104, lambda one: one.since),
        Column(
            "last", "Dernier accès", lambda one: Cell(_day(one.last_action)), 116,
            lambda one: one.last_action,
        ),
    )  # fmt: skip


def _right(one: AuthorisedProfessional) -> Cell:
    if one.forbidden:
        return Cell("Accès refusé", "ri.folder-forbid-fill", tone="danger", glyph_tone="danger")
    if one.attending_doctor:
        return Cell("Médecin traitant", "ri.stethoscope-fill", tone="ok", glyph_tone="ok")
    return Cell("Autorisé", "ri.folder-user-fill", tone="ok", glyph_tone="ok")


def _day(moment: dt.datetime | None) -> str:
    return text.date(text.local(moment)) if moment is not None else ""

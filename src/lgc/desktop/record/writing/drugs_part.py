"""« Prescription médicaments »: one line a medicine, written as fast as by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout
from shiboken6 import isValid

from lgc.desktop import text
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.menus import show_menu
from lgc.desktop.components.panel import Panel
from lgc.desktop.components.pickers import Choice
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.tables import Table
from lgc.desktop.record import code_origin
from lgc.desktop.record.dose_reading import AS_TYPED, GLYPH, UNSTRUCTURED
from lgc.desktop.record.part import Part
from lgc.desktop.record.writing.act import Act, Versions
from lgc.desktop.record.writing.alert_lines import AlertLines
from lgc.desktop.record.writing.drug_entry import DrugEntry
from lgc.desktop.record.writing.saving import AGAIN_MS, NOT_SAVED, PAUSE_MS, TYPED_SINCE, DraftSaver
from lgc.desktop.tasks import Tasks
from lgc.domain.professionals import Coded
from lgc.services.desk import Desk
from lgc.services.drafting import DRUGS, Draft
from lgc.services.prescribing import (
    KEPT,
    LINES,
    VALIDITY,
    VALIDITY_MONTHS,
    PrescriptionLine,
    lines_of,
    months_of,
    text_of,
    valid_until,
)

ROW, MOST_RENEWALS = 46, 12
PENDING = ("drug", "dosage", KEPT, "entry")
REASONS = (
    "Marge thérapeutique étroite (MTE)",
    "Enfant de moins de six ans (EFG)",
    "Contre-indication formelle à un excipient (CIF)",
)
ANSWERS = (
    ("Alt+T", "work_accident", "AT/MP"),
    ("Alt+F", "not_refunded", "NR"),
    ("Alt+H", "off_label", "Hors AMM"),
)
"""Key, field of the line, word on paper."""
HELP = {
    "work_accident": "En rapport avec un accident du travail ou une maladie professionnelle",
    "not_refunded": "Non remboursable",
    "off_label": "Hors autorisation de mise sur le marché",
}
NO_MENTION = "Ni accident du travail, ni non remboursable, ni hors AMM : le document le dit"
MONTHS = (1, 3, 6, 12)
Numbered = tuple[int, PrescriptionLine]


class DrugsPart(Part):
    """The draft holds the lines and whatever stands in the entry: a crash loses two seconds."""

    def __init__(self, patient_id: str, desk: Desk, tasks: Tasks) -> None:
        super().__init__(patient_id, desk, tasks)
        self._saver = DraftSaver(self, tasks, partial(desk.drafting.keep, patient_id, DRUGS))
        self.lines: list[PrescriptionLine] = []
        self._kept = Draft()
        self.loaded = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.flush)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self.panel = Panel("Ordonnance", margins=True)
        whole.addWidget(self.panel)
        self.saved = label("", "small", "text.muted")
        self.panel.add_action(self.saved)
        self.busy = BusyLine()
        self.panel.add(self.busy)
        self.panel.body.setSpacing(8)
        self.act = Act("Date de l’acte", desk.clock.now)
        self.act.changed.connect(self._typed)
        self._versions = Versions(self.act, DRUGS, patient_id, desk.drafting, tasks)
        self.panel.add(self.act)
        self.entry = DrugEntry(patient_id, desk.medical, tasks)
        self.entry.added.connect(self._add)
        self.entry.typed.connect(self._typed)
        self.panel.add(self.entry)
        self.alerts = AlertLines(patient_id, desk.comparing, tasks)
        self.alerts.replace_asked.connect(self._replace)
        self.alerts.decided.connect(self._typed)
        self.table: Table[Numbered] = Table(
            _columns(self.alerts),
            name="Médicaments prescrits",
            row_height=ROW,
            key=lambda one: f"{one[0]}",
        )
        self.table.opened.connect(lambda one: self._edit())
        self.panel.add(self.table, 1)
        self.panel.add(self.alerts)
        self.alerts.compared.connect(self.table.viewport().update)
        self.empty = EmptyState(
            "ri.capsule-line",
            "L’ordonnance est vide.",
            "Tapez un médicament, ou reprenez les traitements en cours.",
        )
        self.panel.add(self.empty, 1)
        self._keys()
        self._foot()
        self._show_lines()

    # --- the draft ----------------------------------------------------------------------------

    def shown(self, entry: str) -> None:
        if not self.loaded:
            task = self._tasks.run(
                partial(self._desk.drafting.draft, self.patient_id, DRUGS),
                owner=self,
                done=self._show,
            )
            self.busy.follow(task, "Lecture du brouillon…")
        self.entry.start()

    def refresh(self) -> None:
        """An allergy may have been entered meanwhile."""
        self.alerts.again()

    def reopened(self, kind: str) -> None:
        """A version is taken up again: show its lines."""
        self.loaded = False
        self.shown("drugs")

    def typed(self) -> Draft:
        """The lines, and what stands in the entry."""
        words = {
            LINES: text_of(self.lines),
            "drug": self.entry.drug.text(),
            "dosage": self.entry.dosage.text(),
            VALIDITY: self._validity(),
            KEPT: self.alerts.text() if self.lines else "",
            "entry": text_of([one for one in (self.entry.line(),) if one is not None]),
        }
        begun = self._kept.begun_at or self._desk.clock.now().isoformat()
        return replace(self.act.said(self._kept), words=words, begun_at=begun)

    @property
    def pending(self) -> bool:
        """Is something typed that was not given to the store, or that it refused?"""
        typed = self.typed()
        same = all(typed.of(name) == self._kept.of(name) for name in (LINES, VALIDITY, *PENDING))
        return self.loaded and not (same and typed.acted_at == self._kept.acted_at)

    def flush(self) -> None:
        """Save now what is not saved yet."""
        self._timer.stop()
        if not self.pending:
            return
        typed = self.typed()
        before, self._kept = self._kept, typed
        self._saver.save(typed, self._saved, partial(self._not_saved, before, typed))

    def may_close(self) -> bool:
        self.flush()
        return True

    def hideEvent(self, event: QHideEvent) -> None:
        self.flush()
        super().hideEvent(event)

    def _not_saved(self, before: Draft, typed: Draft) -> None:
        """What could not be saved stays in the fields, and is tried again."""
        if self._kept is typed:
            self._kept = before
        self.saved.setText(NOT_SAVED)
        self._timer.start(AGAIN_MS)

    def _saved(self, when: dt.datetime) -> None:
        if not self._timer.isActive():
            self.saved.setText(f"Tout est enregistré, {text.time(when)}")
            self._versions.compare(self.typed())

    def _show(self, draft: Draft) -> None:
        self._kept = draft
        self.lines = list(lines_of(draft.of(LINES)))
        self.alerts.take(draft.of(KEPT))
        self.entry.show_line(_being_typed(draft))
        self.loaded = True
        self.act.show_draft(draft)
        self._valid(months_of(draft.of(VALIDITY)))
        self._versions.compare(draft)
        said = "Nouvelle version" if draft.replaces else "Brouillon retrouvé"
        self.saved.setText(said if not draft.empty else "")
        self._show_lines()

    def _typed(self) -> None:
        self.saved.setText("")
        # Not started anew at each key: who types without a pause is saved all the same.
        if not self._timer.isActive():
            self._timer.start(PAUSE_MS)

    # --- the lines ----------------------------------------------------------------------------

    def _current(self) -> int | None:
        one = self.table.current()
        return one[0] if one is not None else None

    def _add(self, line: PrescriptionLine) -> None:
        self.lines.append(line)
        self._changed()

    def add_all(self, lines: Sequence[PrescriptionLine], none: str) -> None:
        """Add those that are not there yet, saying how many."""
        there = {(one.label, one.code) for one in self.lines}
        new = [one for one in lines if (one.label, one.code) not in there]
        if not new:
            self.told.emit(none if not lines else "Tout y est déjà", None)
            return
        before, typed = list(self.lines), self.typed()
        self.lines += new
        self._changed()
        words = text.count(len(new), "ligne reprise", "lignes reprises")
        self.told.emit(words, partial(self._restore, before, typed))

    def _edit(self) -> None:
        place = self._current()
        if place is None:
            return
        line = self.lines.pop(place)
        pending = self.entry.line()
        if pending is not None:
            self.lines.append(pending)
        self.entry.show_line(line)
        self._changed()
        self.entry.dosage.setFocus()

    def _remove(self) -> None:
        place = self._current()
        if place is None:
            return
        before, typed = list(self.lines), self.typed()
        gone = self.lines.pop(place)
        self._changed()
        said = text.french(f"« {gone.label} » retiré")
        self.told.emit(said, partial(self._restore, before, typed))

    def _restore(self, lines: list[PrescriptionLine], typed: Draft) -> None:
        if not isValid(self):  # the record was closed: the draft waits where it is opened from
            self._saver.save(typed, self._saved, partial(self._not_saved, typed, typed))
            return
        self.lines = lines
        self._changed()

    def _replace(self, place: int) -> None:
        """Another medicine instead: the line goes back to the entry, its name under the hand."""
        if self.table.select(f"{place}"):
            self._edit()
            self.entry.start()
            self.entry.drug.selectAll()

    def _replace_current(self) -> None:
        place = self._current()
        if place is not None and self.alerts.of(place):
            self._replace(place)

    def _keep_current(self) -> None:
        place = self._current()
        if place is not None:
            self.alerts.keep(place)

    def _move(self, by: int) -> None:
        place = self._current()
        if place is None or not 0 <= place + by < len(self.lines):
            return
        self.lines.insert(place + by, self.lines.pop(place))
        self._changed()
        self.table.select(f"{place + by}")

    def _turn(self, **changes: object) -> None:
        place = self._current()
        if place is not None:
            self._turn_seen(place, self.lines[place], **changes)

    def _turn_seen(self, place: int, seen: PrescriptionLine, **changes: object) -> None:
        """Change a line that is still what a menu was opened on; else say so and touch none."""
        if place >= len(self.lines) or self.lines[place] != seen:
            self.told.emit(f"« {seen.label} » a changé entre-temps : rien n’a été fait", None)
            return
        self.lines[place] = replace(seen, **changes)  # type: ignore[arg-type]
        self._changed()
        self.table.select(f"{place}")

    def _chronic(self) -> None:
        place = self._current()
        if place is not None:
            self._turn(chronic=not self.lines[place].chronic)

    def _renew(self, by: int) -> None:
        place = self._current()
        if place is not None:
            again = min(max(self.lines[place].renewals + by, 0), MOST_RENEWALS)
            self._turn(renewals=again)

    def _answer(self, name: str) -> None:
        """Yes or no to what the profile wants to know of each line."""
        place = self._current()
        if place is not None:
            self._turn(**{name: not getattr(self.lines[place], name)})

    def _begin(self) -> None:
        """Where a line begins: kept from the version before, or on the day it is finished."""
        place = self._current()
        if place is None:
            return
        before = {one.start for one in lines_of(self._kept.of(LINES))} | {self.lines[place].start}
        menu = QMenu(self)
        menu.setObjectName("starts")
        turn = partial(self._turn_seen, place, self.lines[place])
        menu.addAction("Le jour où l’ordonnance est terminée", partial(turn, start=""))
        for day in sorted(before - {""}):
            menu.addAction(f"Le {_day(day)}", partial(turn, start=day))
        menu.setActiveAction(menu.actions()[0])
        menu.aboutToHide.connect(menu.deleteLater)
        show_menu(
            menu, self.table.mapToGlobal(self.table.visualRect(self.table.currentIndex()).center())
        )

    def _valid(self, months: int) -> None:
        self.months.setCurrentIndex(self.months.findData(f"{months}"))

    def _validity(self) -> str:
        """Months, as a draft keeps them: nothing for those that it begins with."""
        chosen = int(self.months.value())
        return "" if chosen == VALIDITY_MONTHS or not self.lines else f"{chosen}"

    def _fix(self) -> None:
        """Not substitutable: the law wants the reason; asked again, it is lifted."""
        place = self._current()
        if place is None:
            return
        if self.lines[place].fixed:
            self._turn(fixed="")
            return
        menu = QMenu(self)
        menu.setObjectName("fixedReasons")
        turn = partial(self._turn_seen, place, self.lines[place])
        for reason in REASONS:
            menu.addAction(reason, partial(turn, fixed=reason))
        menu.setActiveAction(menu.actions()[0])
        menu.aboutToHide.connect(menu.deleteLater)
        show_menu(
            menu, self.table.mapToGlobal(self.table.visualRect(self.table.currentIndex()).center())
        )

    def _changed(self) -> None:
        self._show_lines()
        self._typed()

    def _show_lines(self) -> None:
        self.table.fill(list(enumerate(self.lines)))
        self.alerts.follow(self.lines)
        self.table.setVisible(bool(self.lines))
        self.empty.setVisible(not self.lines)
        self.panel.count.set_count(len(self.lines))
        self.finish_button.setEnabled(bool(self.lines) or self.entry.line() is not None)
        day = self.act.day.day() or self._desk.clock.now().date()
        stop = valid_until(self.lines, int(self.months.value()), day)
        self.until.setText(f"jusqu’au {stop:%d/%m/%Y}")

    # --- keys and buttons ---------------------------------------------------------------------

    def _keys(self) -> None:
        take = action(
            self, "Traitements en cours", self._take_treatments, "Ctrl+T",
            help="Reprendre les traitements en cours du dossier",
        )  # fmt: skip
        again = action(
            self, "Dernière ordonnance", self._take_last, "Ctrl+Shift+R",
            help="Reprendre la dernière ordonnance",
        )  # fmt: skip
        for act, glyph in ((take, "ri.medicine-bottle-line"), (again, "ri.history-line")):
            self.panel.add_action(Button("", "plain", glyph, action=act, height=24))
        table = self.table
        action(table, "Modifier", self._edit, "F2", hint="Modifier", help="Reprendre la ligne")
        action(table, "Retirer", self._remove, "Del", hint="Retirer", help="Retirer la ligne")
        action(table, "ALD", self._chronic, "Alt+L", hint="ALD",
               help="En rapport avec l’affection de longue durée")  # fmt: skip
        action(table, "Non substituable", self._fix, "Alt+S", hint="Non substituable")
        for key, name, word in ANSWERS:
            action(table, word, partial(self._answer, name), key, help=HELP[name])
        action(table, "D’où vient ce code", self._tell_origin, "F4")
        action(table, "Début", self._begin, "Alt+D", help="Le jour où la ligne commence")
        other = action(table, "Remplacer", self._replace_current, "Alt+R",
               help="Remplacer la ligne qu’une allergie concerne")  # fmt: skip
        keep = action(table, "Garder", self._keep_current, "G",
               help="Garder, avec un motif, la ligne qu’une allergie concerne")  # fmt: skip
        self.alerts.keys = (other, keep)
        action(table, "Renouveler", partial(self._renew, +1), "+", hint="Renouveler",
               help="Un renouvellement de plus")  # fmt: skip
        action(table, "Un de moins", partial(self._renew, -1), "-",
               help="Un renouvellement de moins")  # fmt: skip
        action(table, "Monter", partial(self._move, -1), "Alt+Up", help="Monter la ligne")
        action(table, "Descendre", partial(self._move, +1), "Alt+Down", help="Descendre la ligne")

    def _tell_origin(self) -> None:
        place = self._current()
        line = self.lines[place] if place is not None else None
        if line is None or line.code is None:
            code_origin.show_told(self, ())
            return
        self._tasks.run(
            partial(self._desk.nomenclatures.edition_of, line.code),
            owner=self,
            done=partial(self._told_origin, line.label, line.code),
        )

    def _told_origin(self, name: str, code: Coded, edition: str) -> None:
        code_origin.show_told(self, [(name, code_origin.in_force(code, edition))])

    def _take_treatments(self) -> None:
        none = "Aucun traitement en cours dans le dossier"
        self._tasks.run(
            partial(self._desk.prescribing.treatments, self.patient_id),
            owner=self,
            done=lambda lines: self.add_all(lines, none),
        )

    def _take_last(self) -> None:
        self._tasks.run(
            partial(self._desk.prescribing.last, self.patient_id),
            owner=self,
            done=lambda lines: self.add_all(lines, "Aucune ordonnance écrite ici"),
        )

    def _foot(self) -> None:
        foot = QHBoxLayout()
        self.panel.body.addLayout(foot)
        options = [(f"{months}", f"{months} mois") for months in MONTHS]
        self.months = Choice(options, name="Validité de l’ordonnance")
        self._valid(VALIDITY_MONTHS)
        self.months.activated.connect(lambda chosen: self._changed())
        self.until = label("", "small", "text.muted")
        foot.addWidget(label("Valable", "medium"))
        foot.addWidget(self.months)
        foot.addWidget(self.until)
        foot.addStretch(1)
        throw = action(self, "Jeter le brouillon", self._discard, help="Jeter le brouillon")
        self.throw_button = Button("", "quiet", "ri.delete-bin-line", action=throw, height=32)
        foot.addWidget(self.throw_button)
        finish = action(
            self, "Terminer", self.finish, "Ctrl+Return", hint="Terminer",
            help="Faire l’ordonnance et l’ajouter au dossier",
        )  # fmt: skip
        self.finish_button = Button("", "primary", "ri.check-line", action=finish, height=32)
        self.finish_button.setObjectName("finishPrescription")
        foot.addWidget(self.finish_button)

    def _discard(self) -> None:
        before, pending, typed = list(self.lines), self.entry.line(), self.typed()
        self.lines = []
        self.entry.clear()
        self._kept = Draft()
        self._changed()

        def back() -> None:
            if isValid(self):
                self.entry.show_line(pending or PrescriptionLine(""))
            self._restore(before, typed)

        if before or pending is not None:
            self.told.emit("Brouillon jeté", back)

    def finish(self) -> None:
        """A line still in the entry is part of it."""
        self._timer.stop()
        pending = self.entry.line()
        if pending is not None:
            self.entry.clear()
            self.lines.append(pending)
            self._show_lines()
        self.alerts.settle(self.lines, self._settled)

    def _settled(self) -> None:
        """What was kept against an alert stays with the prescription, with its reason."""
        words = {
            LINES: text_of(self.lines),
            VALIDITY: self._validity(),
            KEPT: self.alerts.text(),
        }
        draft = replace(self.typed(), words=words)
        self._versions.finish(draft, partial(self._make, draft), self.saved.setText)

    def _make(self, draft: Draft) -> None:
        task = self._tasks.run(
            partial(self._desk.drafting.finish, self.patient_id, DRUGS, draft),
            owner=self,
            done=partial(self._finished, self.typed()),
        )
        self.busy.follow(task, "Rédaction de l’ordonnance…")

    def _finished(self, asked: Draft, document_id: str) -> None:
        """What was typed while the document was made is not in it: it stays, as a draft."""
        if self.typed().words == asked.words:
            self._show(Draft())
        else:
            self._kept = Draft()
            self._typed()
            self.saved.setText(TYPED_SINCE)
        self.told.emit("Ordonnance ajoutée au dossier", None)
        self.document_asked.emit(document_id)


def _being_typed(draft: Draft) -> PrescriptionLine:
    """The line that stood in the entry, with what was chosen for it."""
    kept = lines_of(draft.of("entry"))
    line = kept[0] if kept else PrescriptionLine("")
    return replace(line, label=draft.of("drug"), dosage=draft.of("dosage"))


def _columns(alerts: AlertLines) -> tuple[Column[Numbered], ...]:
    return (
        Column("drug", "Médicament", partial(_drug, alerts), None, least=220),
        Column("dosage", "Posologie", _dosage, None, least=280),
        Column("chronic", "ALD", _ald, 56),
        Column("fixed", "Substitution", _fixed, 140),
        Column("renewals", "Renouv.", _renewals, 80),
        Column("start", "Début", _start, 96),
        Column("mentions", "Mentions", _mentions, 110),
    )


def _drug(alerts: AlertLines, one: Numbered) -> Cell:
    place, line = one
    touched = alerts.of(place)
    if touched:
        return Cell(line.label, "ri.alert-fill", glyph_tone="danger", bold=True,
                    second=touched[0].fact, second_tone="danger")  # fmt: skip
    code = f"{line.code.code}" if line.code is not None else "texte libre"
    return Cell(line.label, "ri.capsule-line", glyph_tone="teal", bold=True, second=code,
                second_tone="text.faint")  # fmt: skip


def _dosage(one: Numbered) -> Cell:
    line = one[1]
    said = line.understood
    if not line.dosage:
        return Cell("Posologie à écrire", "ri.error-warning-line", tone="warn", glyph_tone="warn")
    if said:
        return Cell(line.dosage, second=said, second_tone="teal", second_glyph="ri.check-line",
                    spoken=f"{line.dosage}, compris : {said}",
                    tooltip=f"{line.dosage}\nCompris : {said}")  # fmt: skip
    tip = f"{line.dosage}\n{UNSTRUCTURED} : {AS_TYPED}"
    return Cell(line.dosage, second=UNSTRUCTURED, second_tone="warn", second_glyph=GLYPH,
                second_chip=True, tooltip=tip)  # fmt: skip


def _ald(one: Numbered) -> Cell:
    return Cell("ALD", chip="accent.text") if one[1].chronic else Cell("–", tone="text.faint")


def _fixed(one: Numbered) -> Cell:
    if not one[1].fixed:
        return Cell("Possible", tone="text.muted")
    return Cell("Non substituable", tone="warn", tooltip=one[1].fixed, second=one[1].fixed)


def _day(iso: str) -> str:
    return f"{dt.date.fromisoformat(iso):%d/%m/%Y}"


def _start(one: Numbered) -> Cell:
    start = one[1].start
    return Cell(_day(start)) if start else Cell("Ce jour", tone="text.muted")


def _mentions(one: Numbered) -> Cell:
    said = [word for _, name, word in ANSWERS if getattr(one[1], name)]
    if not said:
        return Cell("Aucune", tone="text.faint", tooltip=NO_MENTION)
    return Cell(", ".join(said[:2]), tone="warn", second=", ".join(said[2:]), second_tone="warn")


def _renewals(one: Numbered) -> Cell:
    number = one[1].renewals
    return Cell(f"{number} fois" if number else "–", tone="text" if number else "text.faint")

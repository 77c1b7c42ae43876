"""« Biologie »: every structured result in a table, chosen analyses as curves under it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent, QTextDocument
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from lgc.desktop import clipboard, text
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.buttons import Button, icon_button
from lgc.desktop.components.chips import Chip
from lgc.desktop.components.curve_shapes import TONES
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.components.fields import SearchField
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label, rule
from lgc.desktop.components.notice import Notice
from lgc.desktop.components.panel import Panel
from lgc.desktop.components.pickers import Choice
from lgc.desktop.components.segmented import Segmented
from lgc.desktop.components.tips import set_tip
from lgc.desktop.documents.printing import print_pdf
from lgc.desktop.leaving import COPIED, Leaving, left
from lgc.desktop.record.biology import paper, words
from lgc.desktop.record.biology.drawing import curve_of
from lgc.desktop.record.biology.nothing_yet import EMPTY_ADVICE, NothingYet
from lgc.desktop.record.biology.side_panel import SidePanel
from lgc.desktop.record.biology.table import BiologyTable
from lgc.desktop.record.part import Part
from lgc.desktop.tasks import Tasks
from lgc.services.biology import Biology, BiologyView
from lgc.services.columns import Group, Report
from lgc.services.desk import Desk
from lgc.services.series import Analysis, Point
from lgc.services.views import PatientView
from lgc.terminology.analysis_names import found_by

if TYPE_CHECKING:
    from lgc.desktop.components.curves import CurvesView

ALL, OUT = "", "out"
SEPARATE, TOGETHER = "separate", "together"
PERIODS = (("12", "1 an"), ("24", "2 ans"), ("60", "5 ans"), ("0", "Tout"))
DAYS_PER_MONTH = 30.4375
FIRST_TICKED, AT_MOST = 2, 4
CYCLE_DAYS = 2
"""Values of so few days are read by their hours when all of time is asked for."""
NARROW, SHORT = 1000, 640
CHART_HEAD, LETTER = 500, 8
"""Pixels that the title and choices of the curves take, and that a letter of a chip takes."""
UNIT_LETTERS, SHORTEST = 16, 12
BRING = "Les ajouter au dossier"
OPEN = "Ouvrir le plus récent"
"""Of the reports that no column tells."""


class BiologyPart(Part):
    """One patient's biology. The current cell and the current point are one and the same."""

    def __init__(self, patient_id: str, desk: Desk, tasks: Tasks) -> None:
        super().__init__(patient_id, desk, tasks)
        self._view = BiologyView((), (), 0, ())
        self._patient: PatientView | None = None
        self._ticked: list[str] = []
        self._by_hand = False
        self._reading = self._again = self._seen = False
        self._newest_first = True
        self._period_set = False
        self.curves: CurvesView | None = None
        self.table = BiologyTable()
        self.side = SidePanel()
        self.panel = Panel("Biologie")
        self.chart = Panel("Courbes")
        self.notice = Notice("accent.text")
        self.untold = Notice("warn")
        self.busy = BusyLine()
        self._chips = QHBoxLayout()
        self._actions()
        self._header()
        self._chart_header()
        self._lay_out()
        self._connect()

    # --- life of the part ---------------------------------------------------------------------

    def shown(self, entry: str) -> None:
        self.refresh()
        self.table.values.setFocus()

    def refresh(self) -> None:
        """Read the results again; a change that comes meanwhile is read after."""
        if self._reading:
            self._again = True
            return
        self._reading = True
        work = partial(_read, self._desk.biology, self.patient_id)
        self._tasks.run(work, owner=self, done=self._show).finished.connect(self._was_read)

    def show_patient(self, patient: PatientView) -> None:
        self._patient = patient

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        self.table.set_compact(narrow)
        self._legend.setVisible(not narrow)
        short = self.height() < SHORT
        self.side.set_short(short)
        self.chart.setMinimumHeight(216 if short else 300)
        self.panel.setMinimumHeight(180)

    @property
    def view(self) -> BiologyView:
        """What was read last."""
        return self._view

    @property
    def was_read(self) -> bool:
        return self._seen

    @property
    def chosen(self) -> list[Analysis]:
        """The analyses on the curves, in the order they were chosen."""
        known = {one.key: one for one in self._view.analyses}
        return [known[key] for key in self._ticked if key in known]

    # --- reading ------------------------------------------------------------------------------

    def _show(self, read: tuple[BiologyView, type[CurvesView]]) -> None:
        view, curves = read
        if self.curves is None and view.groups:
            self._make_curves(curves)
        if view != self._view or not self._seen:
            self._view = view
            self._fill()
        self._seen = True

    def _was_read(self) -> None:
        """Whatever came of it."""
        self._reading = False
        if self._again:
            self._again = False
            self.refresh()

    def _fill(self) -> None:
        view = self._view
        self._stack.setCurrentWidget(self._full if view.groups else self._empty)
        self.panel.count.set_count(
            text.count(view.documents, "compte rendu", "comptes rendus") if view.documents else 0
        )
        self._offer(len(view.absent))
        self._tell_untold()
        self._choices()
        self._tick_first()
        self._filter()
        self.table.select_first()
        if not view.groups and view.untabled and self._has_the_focus():
            self._empty_open.setFocus()

    def _has_the_focus(self) -> bool:
        """Nobody is working elsewhere on the page."""
        now = QApplication.focusWidget()
        return now is None or now is self or self.isAncestorOf(now)

    def _offer(self, absent: int) -> None:
        """Reports that the DMP holds and the record does not."""
        self._notice_box.setVisible(absent > 0)
        self._empty_bring.setVisible(absent > 0)
        self._empty_open.setVisible(bool(self._view.untabled))
        self._empty_search.setVisible(absent == 0)
        untold = "\n".join(words.missing(self._view))
        if not absent:
            self._empty.layout_sentence(
                "Aucun résultat structuré dans ce dossier.", untold or EMPTY_ADVICE
            )
            return
        sentence = words.in_the_dmp(absent)
        self.notice.set("accent.text", sentence, "", "ri.folder-user-line")
        self._empty.layout_sentence(sentence, untold)

    def _tell_untold(self) -> None:
        """Reports that no column tells, here and under « rien encore »."""
        said = words.missing(self._view)
        self._untold_box.setVisible(bool(said))
        self.open_action.setEnabled(bool(self._view.untabled))
        self._open_button.setVisible(bool(self._view.untabled))
        if said:
            self.untold.set("warn", said[0], "\n".join(said[1:]))

    def _open_untold(self) -> None:
        if self._view.untabled:
            self.document_asked.emit(self._view.untabled[0].document_id)

    def _choices(self) -> None:
        wanted = [(ALL, "Analyses : toutes"), (OUT, "Hors référence")]
        wanted += [(f"p{n}", title) for n, (title, _) in enumerate(self._view.follow_ups)]
        held = [
            (self.choice.itemData(n), self.choice.itemText(n)) for n in range(self.choice.count())
        ]
        if wanted == held:
            return
        kept = self.choice.value()
        blocked = self.choice.blockSignals(True)
        self.choice.clear()
        for key, word in wanted:
            self.choice.addItem(word, key)
        self.choice.setCurrentIndex(max(self.choice.findData(kept), 0))
        self.choice.blockSignals(blocked)
        self.choice.updateGeometry()

    def _tick_first(self) -> None:
        """Until the doctor chooses: what a protocol follows, else the longest histories."""
        known = {one.key: one for one in self._view.analyses if one.drawn}
        if self._by_hand:
            self._ticked = [key for key in self._ticked if key in known]
            return
        followed = {code for _, codes in self._view.follow_ups for code in codes}
        ranked = sorted(known.values(), key=lambda one: (one.code not in followed, -len(one.drawn)))
        self._ticked = [one.key for one in ranked[:FIRST_TICKED] if len(one.drawn) > 1]

    # --- the table ----------------------------------------------------------------------------

    def _wanted(self, one: Analysis) -> bool:
        chosen = self.choice.value()
        if chosen == OUT and not one.out_of_range:
            return False
        if chosen.startswith("p") and one.code not in self._view.follow_ups[int(chosen[1:])][1]:
            return False
        called = self._view.also_called.get(one.code, "")
        parts = (one.label, one.full_label, one.code, one.chapter, one.isolate, one.specimen)
        return found_by(self.search.text(), " ".join((*parts, called)))

    def _filter(self) -> None:
        groups = [
            Group(group.title, kept)
            for group in self._view.groups
            if (kept := tuple(one for one in group.analyses if self._wanted(one)))
        ]
        reports = self._ordered()
        used = {p.column for g in groups for one in g.analyses for p in one.points}
        shown = [report for report in reports if report.column in used]
        self.table.rows.tick(self._tones())
        self.table.fill(groups, shown)
        self._none.setVisible(bool(self._view.groups) and not groups)
        self.table.setVisible(bool(groups))
        self._draw()

    def _ordered(self) -> list[Report]:
        """As the doctor wants the dates; those to come stand apart, last."""
        come = [one for one in self._view.reports if not one.ahead]
        ahead = [one for one in self._view.reports if one.ahead]
        return (come if self._newest_first else come[::-1]) + ahead

    def _turn_round(self) -> None:
        self._newest_first = not self._newest_first
        set_tip(self.order, ORDER_WORDS[self._newest_first])
        self.order.setAccessibleName(ORDER_WORDS[self._newest_first])
        self._filter()

    # --- the curves ---------------------------------------------------------------------------

    def _make_curves(self, kind: type[CurvesView]) -> None:
        self.curves = kind()
        self.curves.current_changed.connect(lambda data: self._point_chosen(*data))
        self.curves.picked.connect(lambda data: self.document_asked.emit(data[1].document_id))
        self._place.insertWidget(0, self.curves, 1)

    def _tones(self) -> dict[str, str]:
        if self.curves is None:
            return {}
        return {key: TONES[n % len(TONES)] for n, key in enumerate(self._ticked)}

    def _toggle(self, one: Analysis) -> None:
        """On the curves or off; the fifth takes the place of the first."""
        if not one.drawn:
            return
        self._by_hand = True
        if one.key in self._ticked:
            self._ticked.remove(one.key)
        else:
            self._ticked.append(one.key)
            del self._ticked[:-AT_MOST]
        self.table.rows.tick(self._tones())
        self._draw()

    def _draw(self) -> None:
        if self.curves is None:
            return
        chosen, tones = self.chosen, self._tones()
        self._show_chips(chosen, tones)
        together = self.mode.value() == TOGETHER and len(chosen) > 1
        self.curves.show_curves(
            [curve_of(one, tones[one.key]) for one in chosen], overlaid=together
        )
        self.curves.setVisible(bool(chosen))
        self._nothing_chosen.setVisible(not chosen)
        if not self._period_set and chosen:
            self._show_period()
        self._say_value()

    def _show_period(self) -> None:
        if self.curves is None:
            return
        self._period_set = True
        today = self._desk.clock.now().date()
        months = int(self.periods.value())
        days = [point.at.date() for one in self.chosen for point in one.drawn]
        first = today - dt.timedelta(months * DAYS_PER_MONTH)
        if not months and days and (max(days) - min(days)).days <= CYCLE_DAYS:
            self.curves.show_period(min(days), max(days) + dt.timedelta(1))
            return
        if not months:
            first = min(days, default=today) - dt.timedelta(30)
        margin = max((today - first).days // 24, 3)
        self.curves.show_period(first, today + dt.timedelta(margin))

    def _show_chips(self, chosen: Sequence[Analysis], tones: dict[str, str]) -> None:
        while (item := self._chips.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for one in chosen:
            unit = words.unit(one.unit)
            name, most = words.titled(one), self._chip_letters(len(chosen))
            chip = Chip(
                name if len(name) <= most else f"{name[: most - 1]}…",
                tones[one.key],
                "ri.checkbox-blank-circle-fill",
                detail=unit if len(chosen) < 4 else "",
                removable=True,
            )
            set_tip(chip, name)
            chip.removed.connect(partial(self._toggle, one))
            self._chips.addWidget(chip)

    def _chip_letters(self, count: int) -> int:
        """How much of a name each of so many chips has room for."""
        unit = UNIT_LETTERS if count < AT_MOST else 0
        return max((self.width() - CHART_HEAD) // count // LETTER - unit, SHORTEST)

    # --- one value ----------------------------------------------------------------------------

    def _point_chosen(self, one: Analysis, point: Point) -> None:
        self.table.select(one, point)
        self._say_value((one, point))

    def _cell_chosen(self, one: Analysis, point: Point) -> None:
        if self.curves is not None and point.drawn:
            self.curves.set_current(one.key, one.drawn.index(point))
        self._say_value((one, point))

    def _say_value(self, value: tuple[Analysis, Point] | None = None) -> None:
        value = value or self.table.current()
        if value is None:
            self.side.hide()
            return
        one, point = value
        tones = self._tones()
        shown = [*self.chosen, *([] if one.key in tones else [one])]
        same = [
            (other, p, tones.get(other.key, ""))
            for other in sorted(shown, key=lambda other: other.key != one.key)
            for p in other.points
            if p.column == point.column
        ]
        self.side.show_value(one, point, same, self._report_of(point))

    def _report_of(self, point: Point) -> Report | None:
        return next((r for r in self._view.reports if r.column == point.column), None)

    def _open_current(self) -> None:
        found = self.table.current()
        if found is not None:
            self.document_asked.emit(found[1].document_id)

    # --- what can be done ---------------------------------------------------------------------

    def _bring(self) -> None:
        absent = self._view.absent
        if not absent:
            return
        work = partial(self._desk.biology.bring, self.patient_id, absent)
        task = self._tasks.run(work, owner=self, done=lambda count: None)
        self.busy.follow(task, "Lecture des comptes rendus dans le DMP…")

    def _search_dmp(self) -> None:
        task = self._tasks.run(
            partial(self._desk.dmp.search, self.patient_id),
            owner=self,
            done=lambda entries: self.refresh(),
        )
        self.busy.follow(task, "Recherche dans le DMP…")

    def _sheet(self) -> paper.Sheet:
        rows, groups = self.table.rows, []
        for row in rows.rows:
            if isinstance(row, Group):
                groups.append(row)
        return paper.Sheet(
            self._name(),
            groups,
            rows.reports,
            self._extract(groups),
            self._printed_on(),
            words.missing(self._view, dmp=True),
        )

    def _extract(self, groups: Sequence[Group]) -> str:
        """« Extrait : sodium ; 1 analyse sur 2 », where not all is shown."""
        shown, whole = sum(len(group.analyses) for group in groups), len(self._view.analyses)
        if shown == whole:
            return ""
        chosen = self.choice.currentText() if self.choice.value() != ALL else ""
        asked = [part for part in (chosen, self.search.text().strip()) if part]
        count = f"{text.count(shown, 'analyse')} sur {whole}"
        return f"Extrait : {', '.join(asked)} ; {count}"

    def _printed_on(self) -> str:
        return f"Édité le {text.date(self._desk.clock.now())}"

    def _copy(self) -> None:
        """The table as shown, for a letter or a spreadsheet."""
        sheet = self._sheet()
        clipboard.copy(paper.tabbed(sheet), paper.pasted(sheet))
        left(COPIED, self._leaving())

    def _print(self) -> None:
        document = QTextDocument()
        document.setHtml(paper.page(self._sheet()))
        self._printed = document
        print_pdf(self, "Biologie", None, document, self._leaving())

    def _leaving(self) -> Leaving:
        return Leaving("biology", self._patient.patient_id if self._patient is not None else "")

    def _name(self) -> str:
        who = self._patient
        return "" if who is None else f"{who.civility} {who.name}, {text.date(who.birth_date)}"

    # --- making -------------------------------------------------------------------------------

    def _actions(self) -> None:
        self.find_action = action(
            self, "Chercher une analyse", lambda: None, "Ctrl+F", hint="Chercher"
        )
        self.copy_action = action(self.table, "Copier", self._copy, "Ctrl+C", hint="Copier",
                           help="Copier le tableau")  # fmt: skip
        self.print_action = action(self, "Imprimer", self._print, "Ctrl+P", hint="Imprimer",
                            help="Imprimer le tableau")  # fmt: skip
        self.ask_action = action(self, "Chercher dans le DMP", self._search_dmp, "F5", hint="DMP")
        self.bring_action = action(self, BRING, self._bring, "Shift+F5",
                            help="Ajouter les comptes rendus du DMP")  # fmt: skip
        self.open_action = action(self, OPEN, self._open_untold)
        self.turn_action = action(self, "Ordre des dates", self._turn_round)
        self.leave_action = action(self, "Retour à l’accueil du dossier", self.left.emit, "Esc")

    def _header(self) -> None:
        self._legend = QWidget()
        row = QHBoxLayout(self._legend)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for letter, tone, said in (("H", "danger", "plus haut"), ("L", "warn", "plus bas")):
            row.addWidget(Chip(letter, tone, small=True))
            row.addWidget(label(said, "small", "text.muted"))
        self.panel.header.insertWidget(
            self.panel.header.indexOf(self.panel.count) + 1, self._legend
        )
        self.choice = Choice([(ALL, "Analyses : toutes")], name="Analyses montrées")
        self.choice.setObjectName("biologyChoice")
        self.search = SearchField("Analyse", action=self.find_action, name="Chercher une analyse")
        self.search.setFixedWidth(168)
        self.order = icon_button(self.turn_action, "ri.arrow-left-right-line")
        set_tip(self.order, ORDER_WORDS[True])
        for part in (self.busy, self.choice, self.search, self.order):
            self.panel.add_action(part)
        for made, glyph in (
            (self.copy_action, "ri.file-copy-line"),
            (self.print_action, "ri.printer-line"),
        ):
            self.panel.add_action(icon_button(made, glyph))

    def _chart_header(self) -> None:
        self._chips.setSpacing(6)
        self.chart.header.insertLayout(1, self._chips)
        self.periods = Segmented(PERIODS, name="Période des courbes")
        self.periods.choose("24")
        self.mode = Segmented(
            ((SEPARATE, "Séparées"), (TOGETHER, "Superposées")), name="Disposition des courbes"
        )
        set_tip(
            self.mode,
            "Superposées : une même unité et une même référence gardent leurs valeurs ; sinon"
            " chaque analyse se compare à sa référence",
        )
        self.chart.add_action(self.periods)
        self.chart.add_action(self.mode)

    def _lay_out(self) -> None:
        bring = Button(action=self.bring_action, height=24)
        bring.setObjectName("bringLabs")
        self.notice.add_right(bring)
        self._notice_box = _boxed(self.notice)
        self._open_button = Button(action=self.open_action, height=24)
        self._open_button.setObjectName("openUntabled")
        self.untold.add_right(self._open_button)
        self._untold_box = _boxed(self.untold)
        self._none = EmptyState("ri.search-line", "Aucune analyse ne répond à ce choix.")
        self._none.hide()
        self.panel.add(self._notice_box)
        self.panel.add(self._untold_box)
        self.panel.add(self.table, 1)
        self.panel.add(self._none, 1)
        self._place = QHBoxLayout()
        self._place.setContentsMargins(0, 0, 0, 0)
        self._place.setSpacing(0)
        self._nothing_chosen = EmptyState(
            "ri.line-chart-line", "Aucune courbe.", "Cochez une analyse du tableau, ou Espace."
        )
        for part in (self._nothing_chosen, rule(vertical=True), self.side):
            self._place.addWidget(part, 1 if part is self._nothing_chosen else 0)
        self.chart.body.addLayout(self._place, 1)
        self._full = QWidget()
        both = QVBoxLayout(self._full)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(12)
        both.addWidget(self.panel, 5)
        both.addWidget(self.chart, 4)
        self._empty = self._empty_panel()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._full)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    def _empty_panel(self) -> NothingYet:
        made = NothingYet()
        self._empty_search = Button(
            "Chercher dans le DMP", glyph="ri.refresh-line", action=self.ask_action
        )
        self._empty_search.setObjectName("searchDmpForLabs")
        self._empty_bring = Button(
            "", "primary", "ri.download-cloud-2-line", action=self.bring_action
        )
        self._empty_bring.setObjectName("bringFirstLabs")
        self._empty_open = Button(glyph="ri.file-list-2-line", action=self.open_action)
        self._empty_open.setObjectName("openFirstUntabled")
        for button in (self._empty_open, self._empty_bring, self._empty_search):
            made.add_button(button)
        made.layout_sentence("Lecture des résultats…", "")
        return made

    def _connect(self) -> None:
        self.table.toggled.connect(self._toggle)
        self.table.chosen.connect(self._cell_chosen)
        self.table.opened.connect(lambda one, point: self.document_asked.emit(point.document_id))
        self.side.opened.connect(self._open_current)
        self.choice.currentIndexChanged.connect(lambda index: self._filter())
        self.search.searched.connect(lambda said: self._filter())
        self.periods.changed.connect(lambda months: self._show_period())
        self.mode.changed.connect(lambda key: self._draw())


ORDER_WORDS = {True: "Dates récentes d’abord", False: "Dates anciennes d’abord"}


def _boxed(notice: Notice) -> QFrame:
    box = QFrame()
    inside = QVBoxLayout(box)
    inside.setContentsMargins(12, 10, 12, 10)
    inside.addWidget(notice)
    return box


def _read(biology: Biology, patient_id: str) -> tuple[BiologyView, type[CurvesView]]:
    """In a worker, the first load of the drawing library with it."""
    from lgc.desktop.components.curves import CurvesView

    return biology.view(patient_id), CurvesView

"""One visit, or one time without visits: who, when, how long, what for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from lgc.desktop import text
from lgc.desktop.agenda.plan import OVER, against, clashes, over, same_day
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog, window_of
from lgc.desktop.components.date_field import DateField
from lgc.desktop.components.flow import FlowLayout
from lgc.desktop.components.form import LEGEND, Faults, Form
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label, retone
from lgc.desktop.components.people import Find
from lgc.desktop.components.pickers import Choice
from lgc.desktop.components.segmented import Segmented
from lgc.desktop.mailbox.patient_field import PatientField
from lgc.desktop.tasks import Tasks
from lgc.domain.agenda import STEP, USUAL_MINUTES, Block, VisitKind, kind_of, takes_time
from lgc.domain.days import comes
from lgc.domain.instants import Now
from lgc.domain.typed_dates import visit
from lgc.domain.weekly import Reach
from lgc.services.planning import AgendaView, Booking
from lgc.services.views import PatientView, VisitLine
from lgc.setting_values import hour_of

WIDTH, HEIGHT, CAPTION = 700, 32, 110
VISIT, CLOSED = "visit", "closed"
WEEKS = (
    (Reach.ONCE.value, "Cette fois"),
    (Reach.ONWARD.value, "À partir d’ici"),
    (Reach.ALL.value, "Toutes"),
)
REMOVE = {
    Reach.ONCE: "Supprimer cette fois",
    Reach.ONWARD: "Supprimer à partir d’ici",
    Reach.ALL: "Supprimer toutes les semaines",
}
SKIPPED = "Cette nuit-là, l’heure d’été commence : l’horloge saute cette heure."
NO_MORE_WEEKLY = (
    "Semaines : « Cette fois » ou « À partir d’ici » pour qui ne vient plus chaque semaine."
)
MOST_OFFERED, MOST_MET = 2, 8
WHOLE = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class VisitTyped:
    """A visit whose patient is not created yet, as typed."""

    kind: str
    day: str
    hour: str
    minutes: int
    note: str
    place: str


class MinutesField(QLineEdit):
    """A length in minutes, typed or stepped with the arrows; ``value_changed`` as it moves."""

    KEYS = (("Up", "Durée plus longue"), ("Down", "Durée plus courte"))

    value_changed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setValidator(QIntValidator(0, 24 * 60, self))
        self.textChanged.connect(lambda words: self.value_changed.emit(self.value()))

    def value(self) -> int:
        """Minutes, 0 while nothing is typed."""
        return int(self.text() or 0)

    def set_value(self, minutes: int) -> None:
        self.setText(str(minutes))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Up: STEP, Qt.Key.Key_Down: -STEP}.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        else:
            self.set_value(min(max(self.value() + by, STEP), 24 * 60))


class VisitDialog(Dialog):
    """``booked`` carries a Booking; ``shut`` the moment, minutes, title and weekly; ``removed``
    asks to take the thing away; ``reach`` says for which weeks of a weekly one. What overlaps,
    and a patient who comes already that day, are said, never refused: ``look`` reads a day that
    ``view`` does not hold. ``open_patients`` are offered below the field, none of them is
    chosen beforehand.
    """

    booked = Signal(object)
    shut = Signal(object, int, str, bool)
    removed = Signal()
    new_patient_asked = Signal()

    def __init__(
        self,
        parent: QWidget,
        tasks: Tasks,
        find: Find,
        view: AgendaView | None,
        start: dt.datetime,
        *,
        now: Now,
        look: Callable[[dt.date, int], AgendaView] | None = None,
        open_patients: tuple[PatientView, ...] = (),
        minutes: int = 0,
        kind: str = "",
        item: VisitLine | Block | None = None,
    ) -> None:
        title = "Rendez-vous" if item is None else "Modifier"
        super().__init__(parent, title, glyph="ri.calendar-2-line", width=WIDTH)
        self.setObjectName("visitDialog")
        self._item, self._zone, self._now = item, start.tzinfo, now
        self._tasks, self._look, self._open_patients = tasks, look, open_patients
        self._days: dict[dt.date, AgendaView] = {}
        self._asked: set[tuple[dt.date, int]] = set()
        self._spans: dict[tuple[dt.date, int], AgendaView] = {}
        if view is not None:
            self._days = {view.first + dt.timedelta(n): view for n in range(view.days)}
        self.what = Segmented(
            ((VISIT, "Rendez-vous"), (CLOSED, "Indisponible")), name="Quoi", height=28
        )
        self.what.changed.connect(lambda key: self._arrange())
        self.patient = PatientField(tasks, find)
        self.patient.search.setPlaceholderText("Nom, date de naissance…")
        self.patient.chosen.connect(self._choose_patient)
        self.kind = Choice([(one.value, one.value) for one in VisitKind], name="Type")
        self.kind.currentIndexChanged.connect(lambda index: self._usual())
        self.day = DateField("Jour", visit, lambda: now().date(), _weekday, height=HEIGHT)
        self.until = DateField("Jusqu’au", visit, lambda: now().date(), _weekday, height=HEIGHT)
        self.hour = QLineEdit()
        self.minutes = MinutesField()
        self.note = QLineEdit()
        self.place = QLineEdit()
        self.name = QLineEdit()
        self.weekly = QCheckBox("Chaque semaine, à la même heure")
        self.weeks = Segmented(WEEKS, name="Quelles semaines", height=28)
        self.weeks.changed.connect(lambda key: self._arrange())
        self.weekly.toggled.connect(lambda on: self._arrange())
        self.summary = label("", "medium", wrap=True)
        self.clash = label("", "small", "warn", wrap=True)
        self._build()
        self._buttons()
        self._fill(start, minutes)
        if kind:
            self.kind.setCurrentIndex(self.kind.findData(kind))
        self._arrange()
        fields: dict[str, QWidget] = {
            "what": self.what, "patient": self.patient, "kind": self.kind, "day": self.day,
            "hour": self.hour, "minutes": self.minutes, "note": self.note, "place": self.place,
            "name": self.name, "weekly": self.weekly, "weeks": self.weeks, "until": self.until,
        }  # fmt: skip
        self.keep_typed(_thing(item), fields, anew=item is None)

    # --- what is asked for --------------------------------------------------------------------

    @property
    def visiting(self) -> bool:
        return self.what.value() == VISIT

    def start(self) -> dt.datetime | None:
        """The moment as typed, None when its day or its hour is none."""
        hour, day = hour_of(self.hour.text()), self.day.day()
        if hour is None or day is None:
            return None
        kept = self._item.starts_at if self._item is not None else None
        if kept is not None and (kept.date(), kept.time()) == (day, hour):
            return kept  # of an hour that comes twice, the one that was stored
        return dt.datetime.combine(day, hour, self._zone)

    def faults(self) -> Faults:
        """What keeps the verb from acting, in the order of the fields."""
        found: list[tuple[QWidget, str]] = []
        hour, leave = hour_of(self.hour.text()), self.leave()
        if self.visiting and self.patient.patient is None:
            found.append((self.patient, "Choisissez le patient."))
        if self.day.day() is None:
            found.append((self.day, self.day.problem() or "Écrivez le jour."))
        if wrong := self._until_problem():
            found.append((self.until, wrong))
        if leave is not None:
            return found
        if hour is None:
            found.append((self.hour, "L’heure s’écrit 9:30 ou 9h30."))
        elif hour.minute % STEP:
            found.append((self.hour, f"L’heure va de {STEP} en {STEP} minutes."))
        elif (start := self.start()) is not None and not comes(start):
            found.append((self.hour, SKIPPED))
        if self.minutes.value() < STEP or self.minutes.value() % STEP:
            found.append((self.minutes, f"La durée s’écrit en minutes, de {STEP} en {STEP}."))
        if self.comes_weekly and self.reach is Reach.ALL and not self.weekly.isChecked():
            found.append((self.weeks, NO_MORE_WEEKLY))
        return found

    def missing(self) -> str:
        """The first of what is missing or wrong."""
        return next((words for _, words in self.faults()), "")

    def leave(self) -> tuple[dt.date, int] | None:
        """First day and number of days of an absence of whole days; None for hours of one day."""
        day, last = self.day.day(), self.until.day()
        if self.visiting or self.weekly.isChecked() or day is None or last is None or last < day:
            return None
        return day, (last - day).days + 1

    def _until_problem(self) -> str:
        day, last = self.day.day(), self.until.day()
        if self.visiting or self.weekly.isChecked() or (last is None and not self.until.problem()):
            return ""
        if last is None:
            return self.until.problem()
        return "La fin est avant le début." if day is not None and last < day else ""

    def typed(self) -> VisitTyped:
        """What was typed but for whom, to go on with once a patient is created."""
        return VisitTyped(
            self.kind.value(), self.day.typed_words(), self.hour.text(), self.minutes.value(),
            self.note.text(), self.place.text(),
        )  # fmt: skip

    def take(self, typed: VisitTyped, patient: PatientView) -> None:
        """Go on with what was typed, for the patient who was created meanwhile."""
        self.kind.setCurrentIndex(self.kind.findData(typed.kind))
        self.day.type_again(typed.day)
        self.hour.setText(typed.hour)
        self.minutes.set_value(typed.minutes)
        self.note.setText(typed.note)
        self.place.setText(typed.place)
        self._choose_patient(patient)

    @property
    def comes_weekly(self) -> bool:
        """What is edited is one week of several."""
        return isinstance(self._item, Block) and self._item.weekly

    @property
    def reach(self) -> Reach:
        """The weeks that are meant."""
        return Reach(self.weeks.value())

    def booking(self) -> Booking:
        """What is typed. Raises ValueError when something is missing."""
        start, patient = self.start(), self.patient.patient
        if start is None or patient is None:
            raise ValueError(self.missing())
        return Booking(
            patient.patient_id, start, self.minutes.value(), self.kind.value(),
            self.note.text(), self.place.text(),
        )  # fmt: skip

    # --- building -----------------------------------------------------------------------------

    def _build(self) -> None:
        self.minutes.setFixedWidth(56)
        self.hour.setFixedWidth(64)
        self.place.setPlaceholderText("Adresse de la visite")
        self.name.setPlaceholderText("Indisponible")
        lines = (
            (self.hour, "Heure"), (self.minutes, "Durée"), (self.note, "Motif"),
            (self.place, "Lieu"), (self.name, "Titre"),
        )  # fmt: skip
        for line, name in lines:
            line.setFixedHeight(HEIGHT)
            line.setAccessibleName(name)
        self.hour.textChanged.connect(lambda words: self._check())
        self.day.changed.connect(self._check)
        self.until.changed.connect(self._arrange)
        self.minutes.value_changed.connect(lambda value: self._check())
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnMinimumWidth(0, CAPTION)
        self._grid.setColumnStretch(5, 1)
        self._captions: dict[QWidget, QWidget] = {}
        self.form = Form(self)
        if self._item is None:
            self._grid.addWidget(self.what, 0, 1, 1, 4, Qt.AlignmentFlag.AlignLeft)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("Patient", self.patient), ("Type", self.kind), ("Titre", self.name),
            ("Jour", self.day), ("Jusqu’au", self.until), ("Motif", self.note),
            ("Lieu", self.place),
        )  # fmt: skip
        for number, (words, field) in enumerate(rows, 1):
            asked = field in (self.patient, self.day)
            caption = self.form.caption(words, field, required=asked)
            self._captions[field] = caption
            top = Qt.AlignmentFlag.AlignTop if asked else Qt.AlignmentFlag(0)
            caption.setContentsMargins(0, 7 if asked else 0, 0, 0)  # as deep as the field's words
            self._grid.addWidget(caption, number, 0, top)
            if field is self.day:
                self._grid.addLayout(self._when(), number, 1, 1, 5)
            elif field is self.patient:
                self._grid.addLayout(self._whom(), number, 1, 1, 5)
            else:
                self._grid.addWidget(field, number, 1, 1, 5)
        self._grid.addWidget(self.weekly, len(rows) + 1, 1, 1, 5)
        self._captions[self.weeks] = self.form.caption("Semaines", self.weeks)
        self._grid.addWidget(self._captions[self.weeks], len(rows) + 2, 0)
        self._grid.addWidget(self.weeks, len(rows) + 2, 1, 1, 5, Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(self.form.said(self.weeks), len(rows) + 3, 1, 1, 5)
        self.body.addLayout(self._grid)
        self.body.addWidget(self.summary)
        self.body.addWidget(self.clash)
        self.footer_note.setText(LEGEND)

    def _when(self) -> QVBoxLayout:
        """Day, hour and length side by side, what is wrong with one of them below."""
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.day)
        for words, field in (("Heure", self.hour), ("Durée", self.minutes)):
            row.addWidget(self.form.caption(words, field, required=True))
            row.addWidget(field)
        row.addWidget(label("min", "base", "text.muted"))
        row.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.form.said(self.day, self.hour, self.minutes))
        return column

    def _whom(self) -> QVBoxLayout:
        """The field, and below it those whose records are open: one click, no preselection."""
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self.patient)
        column.addWidget(self.form.said(self.patient))
        self.offered = QWidget()
        row = FlowLayout(spacing=6)
        self.offered.setLayout(row)
        row.setContentsMargins(0, 0, 0, 0)
        for one in self._open_patients[:MOST_OFFERED]:
            words = f"{one.name} · {text.date(one.birth_date)}"
            button = Button(words, "quiet", "ri.folder-user-line", cap=False, height=26)
            button.setAccessibleName(f"Dossier ouvert : {words}")
            button.clicked.connect(lambda checked=False, one=one: self._choose_patient(one))
            row.addWidget(button)
        column.addWidget(self.offered)
        return column

    def _buttons(self) -> None:
        item = self._item
        if item is not None:
            words = "Annuler le rendez-vous" if isinstance(item, VisitLine) else "Supprimer"
            self.remove = Button(words, "quiet", "ri.delete-bin-line", height=HEIGHT)
            self.remove.clicked.connect(lambda checked=False: self._remove())
            self.add_button(self.remove)
        else:
            self.newcomer = Button("Nouveau patient…", "quiet", "ri.user-add-line", height=HEIGHT)
            self.newcomer.clicked.connect(self._newcomer)
            self.add_button(self.newcomer)
        self.add_cancel()
        self._go = action(self, "Enregistrer", self._save, "Ctrl+Return")
        self.save = Button(action=self._go, look="primary", height=HEIGHT)
        self.add_button(self.save)

    def _fill(self, start: dt.datetime, minutes: int) -> None:
        item = self._item
        self.day.set_day(start.date())
        self.hour.setText(f"{start:%H:%M}")
        self.minutes.set_value(minutes or USUAL_MINUTES[VisitKind.CONSULTATION])
        self._lengthened = bool(minutes)
        if isinstance(item, VisitLine):
            self._choose_patient(item.patient)
            self.kind.setCurrentIndex(self.kind.findData(kind_of(item.kind).value))
            self.minutes.set_value(item.minutes)
            self.note.setText(item.note)
            self.place.setText(item.place)
        elif isinstance(item, Block):
            self.what.choose(CLOSED)
            self.name.setText(item.title)
            length = item.ends_at.replace(tzinfo=None) - item.starts_at.replace(tzinfo=None)
            self.minutes.set_value(int(length.total_seconds() // 60))
            if length >= WHOLE and item.starts_at.time() == dt.time():
                self.until.set_day((item.ends_at - dt.timedelta(minutes=1)).date())
            self.weekly.setChecked(item.weekly)

    # --- following ----------------------------------------------------------------------------

    def _choose_patient(self, patient: PatientView | None) -> None:
        # An answer that comes late takes the keys from nobody who types elsewhere meanwhile.
        here = QApplication.focusWidget()
        choosing = here is None or any(
            room is here or room.isAncestorOf(here) for room in (self.patient, self.offered)
        )
        self.patient.show_patient(patient)
        self._arrange()
        if patient is not None and choosing:
            self.note.setFocus()

    def _usual(self) -> None:
        """A kind brings its usual length, unless one was drawn or stored."""
        if self._item is None and not self._lengthened:
            self.minutes.set_value(USUAL_MINUTES[kind_of(self.kind.value())])
        self._arrange()

    def _arrange(self) -> None:
        home = self.visiting and kind_of(self.kind.value()) is VisitKind.HOME
        shown = {
            self.patient: self.visiting, self.kind: self.visiting, self.note: self.visiting,
            self.place: home or bool(self.place.text()), self.name: not self.visiting,
            self.weeks: self.comes_weekly,
            self.until: not self.visiting and not self.weekly.isChecked(),
        }  # fmt: skip
        for line in (self.hour, self.minutes):
            line.setEnabled(self.leave() is None)
        for field, visible in shown.items():
            field.setVisible(visible)
            self._captions[field].setVisible(visible)
        self.weekly.setVisible(not self.visiting)
        nobody = self.visiting and self.patient.patient is None
        self.offered.setVisible(nobody and bool(self._open_patients))
        if self._item is None:
            self.newcomer.setVisible(self.visiting)
        elif self.comes_weekly:
            self.remove.setText(REMOVE[self.reach])
        self._check()

    def _check(self) -> None:
        start = self.start()
        summary = _summary(start, self.minutes.value()) if start is not None else ""
        leave = self.leave()
        if leave is not None:
            summary = _span(*leave)
        self.form.again(self.faults())
        self.summary.setText(summary)
        self.summary.setVisible(bool(summary))
        view = self._view_of(start.date()) if start is not None else None
        words = self._beside(start, view) if start is not None and view is not None else ""
        if leave is not None:
            span = self._view_of(*leave)
            words = met(span) if span is not None else ""
        self.clash.setText(words)
        self.clash.setVisible(bool(words))
        retone(self.clash, "warn")

    def _beside(self, start: dt.datetime, view: AgendaView) -> str:
        """What the doctor must know of that day before it is booked."""
        but = self._item.visit_id if isinstance(self._item, VisitLine) else ""
        told, whom = [OVER] if self._over(start) else [], self.patient.patient
        twice = same_day(view, whom.patient_id, start.date(), but) if whom is not None else ()
        if self.visiting and whom is not None and twice:
            hours = " et ".join(text.time(one.starts_at) for one in twice)
            told.append(f"{whom.name} a déjà rendez-vous ce jour-là à {hours}.")
        if self.visiting:
            told += against(view, start, self.minutes.value(), but)
        elif self._item is None:
            found = clashes(view, start, self.minutes.value(), but)
            more = f" et {len(found) - 3} autres" if len(found) > 3 else ""
            told += [f"Chevauche {', '.join(found[:3])}{more}."] if found else []
        return " ".join(told)

    def _over(self, start: dt.datetime) -> bool:
        """Is a visit given a time that is over already? One that had it keeps it unasked."""
        moved = self._item is None or self._item.starts_at != start
        return self.visiting and moved and over(start, self.minutes.value(), self._now())

    def _view_of(self, day: dt.date, days: int = 1) -> AgendaView | None:
        """The days as they are known, else asked for; None until they come."""
        known = self._spans.get((day, days)) or (self._days.get(day) if days == 1 else None)
        if known is None and self._look is not None and (day, days) not in self._asked:
            self._asked.add((day, days))
            look = partial(self._look, day, days)
            self._tasks.run(look, owner=self, done=partial(self._seen, (day, days)))
        return known

    def _seen(self, asked: tuple[dt.date, int], view: AgendaView) -> None:
        self._spans[asked] = view
        self._check()

    # --- answering ----------------------------------------------------------------------------

    def _save(self) -> None:
        start = self.start()
        if self.form.stops(self.faults()) or start is None:
            return
        if self._over(start):
            PastDialog(window_of(self), self._named(start), self._keep).open()
            return
        self._keep()

    def _named(self, start: dt.datetime) -> str:
        whom, when = self.patient.patient, _summary(start, self.minutes.value())
        return f"{whom.name}, {text.uncapital(when)}" if whom is not None else when

    def _keep(self) -> None:
        start, leave = self.start(), self.leave()
        if start is None:
            return
        if self.visiting:
            self.booked.emit(self.booking())
        elif leave is not None:
            first = dt.datetime.combine(leave[0], dt.time(), self._zone)
            self.shut.emit(first, leave[1] * 24 * 60, self.name.text(), False)
        else:
            self.shut.emit(start, self.minutes.value(), self.name.text(), self.weekly.isChecked())
        self.dismiss()

    def _remove(self) -> None:
        self.removed.emit()
        self.dismiss()

    def _newcomer(self) -> None:
        self.new_patient_asked.emit()
        self.dismiss()


class PastDialog(Dialog):
    """A time that is over is written down only by whoever says so; ``keep`` then does it."""

    def __init__(self, parent: QWidget, summary: str, keep: Callable[[], None]) -> None:
        title = text.french("Noter un rendez-vous déjà passé ?")
        super().__init__(parent, title, glyph="ri.history-line", width=WIDTH)
        self.setObjectName("pastVisit")
        self.body.addWidget(label(summary, "medium", wrap=True))
        self.body.addWidget(label(OVER, wrap=True))
        self.add_cancel("Revenir")
        self._keep = keep
        go = action(self, "Noter quand même", self._go, "Ctrl+Return")
        self.add_button(Button(action=go, look="primary", height=HEIGHT))

    def _go(self) -> None:
        self.dismiss()
        self._keep()


def met(view: AgendaView) -> str:
    """The appointments that a leave meets, one a line."""
    found = [one for one in view.visits if takes_time(one)]
    if not found:
        return "Aucun rendez-vous pendant cette absence."
    lines = [
        f"{text.short_date(one.starts_at)} {text.time(one.starts_at)} {one.patient.name}"
        f"{text.NB}{one.patient.telephone}".rstrip()
        for one in found[:MOST_MET]
    ]
    more = [f"et {len(found) - MOST_MET} autres"] if len(found) > MOST_MET else []
    number = text.count(len(found), "rendez-vous", "rendez-vous")
    return "\n".join([f"Cette absence rencontre {number}{text.NB}:", *lines, *more])


def _span(first: dt.date, days: int) -> str:
    last = first + dt.timedelta(days=days - 1)
    start = text.long_date(first)
    if days == 1:
        return f"{start}, toute la journée"
    stop = text.uncapital(text.long_date(last))
    return f"Du {text.uncapital(start)} au {stop}, {days}{text.NB}jours"


def _thing(item: VisitLine | Block | None) -> str:
    if isinstance(item, VisitLine):
        return f"visit:{item.visit_id}"
    return f"closure:{item.closure_id}" if item is not None else "visit:"


def _summary(start: dt.datetime, minutes: int) -> str:
    """What « Enregistrer » will book, said whole."""
    return f"{text.long_date(start.date())} à {text.time_in_words(start)}, {text.wait(minutes)}"


def _weekday(day: dt.date) -> str:
    return text.DAYS[day.weekday()]

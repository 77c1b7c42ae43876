"""One document being written: its fields, saved as they are typed, one key to finish."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QHideEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget
from shiboken6 import isValid

from lgc.desktop import text
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import window_of
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.menus import show_menu
from lgc.desktop.components.panel import Panel
from lgc.desktop.record.writing.act import Act, Versions
from lgc.desktop.record.writing.forms import TITLES, Field, Form
from lgc.desktop.record.writing.hollow import HollowDialog
from lgc.desktop.record.writing.join_list import JoinList
from lgc.desktop.record.writing.note_text import NoteText
from lgc.desktop.record.writing.ready_lines import ReadyLines
from lgc.desktop.record.writing.saving import AGAIN_MS, NOT_SAVED, PAUSE_MS, TYPED_SINCE, DraftSaver
from lgc.desktop.sharing.recipients import RecipientsField
from lgc.desktop.subject import subject_of
from lgc.desktop.tasks import Tasks
from lgc.services.desk import Desk
from lgc.services.drafting import CONSULTATION, Draft, HollowDraft
from lgc.services.joining import Joinable, standing, without
from lgc.services.ready_words import LetterTemplate, greeting


class DraftPanel(Panel):
    """One draft per patient and kind; leaving, locking or a crash keeps it.

    ``told`` as of a part; ``finished`` carries the document_id.
    """

    told = Signal(str, object)
    finished = Signal(str)

    def __init__(self, form: Form, patient_id: str, desk: Desk, tasks: Tasks) -> None:
        super().__init__(form.title, margins=True)
        self.form, self.patient_id = form, patient_id
        self._desk, self._tasks = desk, tasks
        self._saver = DraftSaver(self, tasks, partial(desk.drafting.keep, patient_id, form.kind))
        self._kept = Draft()
        self._wanted: set[str] = set()
        self._written: dict[str, str] = {}
        self._greeting = greeting(())
        self.loaded = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.flush)
        if form.templates:
            self._templates_button()
        self.saved = label("", "small", "text.muted")
        self.add_action(self.saved)
        self.busy = BusyLine()
        self.add(self.busy)
        self.body.setSpacing(6)
        self.recipients = _recipients(tasks, desk) if form.addressed else None
        if self.recipients is not None:
            self.add(label("Destinataires", "medium"))
            self.add(self.recipients)
            self.recipients.changed.connect(self._greet)
            self.recipients.changed.connect(self._typed)
        self.act = Act(form.dated, desk.clock.now, always=form.kind == CONSULTATION)
        self.act.changed.connect(self._typed)
        self._versions = Versions(self.act, form.kind, patient_id, desk.drafting, tasks)
        self.add(self.act)
        self.fields: dict[str, QLineEdit | NoteText] = {}
        row = QHBoxLayout()
        column = QVBoxLayout()
        column.setSpacing(6)
        row.addLayout(column, 3)
        self.body.addLayout(row, 1)
        for field in form.fields:
            self.fields[field.name] = made = _editor(field, self)
            column.addWidget(label(field.caption, "medium"))
            column.addWidget(made, field.lines)
            made.textChanged.connect(self._typed)
        if form.ready_lines:
            self.lines = ReadyLines(form.kind, desk, tasks, self._write_line, self._line, self)
            row.addWidget(self.lines, 2)
        self.joins = JoinList(self) if form.joins else None
        if self.joins is not None:
            self.joins.ticked.connect(self._ticked)
            row.addWidget(self.joins, 2)
        if form.note:
            note = label(text.french(form.note), "small", "text.muted")
            note.setWordWrap(True)
            self.add(note)
        self._foot()

    # --- what is written ----------------------------------------------------------------------

    def speaks_of(self) -> str:
        """Whose draft, and of what."""
        return f"{subject_of(self.parent())}, {text.uncapital(TITLES[self.form.kind])}"

    def open(self) -> None:
        """Read the draft the first time, then put the focus where writing starts."""
        if not self.loaded:
            task = self._tasks.run(
                partial(self._desk.drafting.draft, self.patient_id, self.form.kind),
                owner=self,
                done=self._show,
            )
            self.busy.follow(task, "Lecture du brouillon…")
        else:
            self._ask_joinable()
        if self.form.ready_lines:
            self.lines.reload()
        if self.recipients is not None:
            self._tasks.run(
                partial(self._desk.circle.correspondents, self.patient_id),
                owner=self,
                done=self.recipients.propose,
            )
        self.focus()

    def reload(self) -> None:
        """The draft changed elsewhere (a version taken up again): read it."""
        self.loaded = False
        self.open()

    def focus(self) -> None:
        """The first field."""
        next(iter(self.fields.values())).setFocus()

    def typed(self) -> Draft:
        """What the fields say now."""
        words = {name: _words(field) for name, field in self.fields.items()}
        return replace(
            self.act.said(self._kept),
            words=words,
            recipients=self.recipients.chosen if self.recipients is not None else (),
            begun_at=self._kept.begun_at or self._desk.clock.now().isoformat(),
            joined=self._joined(),
            written=dict(self._written),
        )

    @property
    def pending(self) -> bool:
        """Is something typed that was not given to the store, or that it refused?"""
        return self.loaded and not _same(self.typed(), self._kept)

    def flush(self) -> None:
        """Save now what is not saved yet."""
        self._timer.stop()
        typed = self.typed()
        if not self.loaded or _same(typed, self._kept):
            return
        before, self._kept = self._kept, typed
        self._saver.save(typed, self._saved, partial(self._not_saved, before, typed))

    def hideEvent(self, event: QHideEvent) -> None:
        self.flush()
        super().hideEvent(event)

    # --- following ----------------------------------------------------------------------------

    def _show(self, draft: Draft) -> None:
        self._fill(draft)
        self.loaded = True
        if self.joins is None:
            self._versions.compare(self.typed())
        said = "Nouvelle version" if draft.replaces else "Brouillon retrouvé"
        self.saved.setText(said if not draft.empty else "")
        self._ask_joinable()

    def _fill(self, draft: Draft) -> None:
        self._kept = draft
        for name, field in self.fields.items():
            field.blockSignals(True)
            if isinstance(field, QLineEdit):
                field.setText(draft.of(name))
            else:
                field.setPlainText(draft.of(name))
            field.blockSignals(False)
        if self.recipients is not None:
            self.recipients.blockSignals(True)
            self.recipients.clear()
            for one in draft.recipients:
                self.recipients.add(one)
            self.recipients.blockSignals(False)
            self._greeting = greeting(draft.recipients)
        self.act.show_draft(draft)
        self._wanted, self._written = set(draft.joined), dict(draft.written)
        self._follow_text()

    def _typed(self) -> None:
        self.saved.setText("")
        self._follow_text()
        # Not started anew at each key: who types without a pause is saved all the same.
        if not self._timer.isActive():
            self._timer.start(PAUSE_MS)

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

    def _discard(self) -> None:
        thrown = self.typed()
        self._fill(Draft())
        self._keep(Draft(), "")
        if not thrown.empty:
            self.told.emit("Brouillon jeté", partial(self._bring_back, thrown))

    def _bring_back(self, draft: Draft) -> None:
        if not isValid(self):  # the record was closed: the draft waits where it is opened from
            self._saver.save(draft, self._saved, partial(self._not_saved, draft, draft))
            return
        self._fill(draft)
        self._keep(draft, "Brouillon retrouvé")

    def _keep(self, draft: Draft, said: str) -> None:
        self._timer.stop()
        self._tasks.run(
            partial(self._desk.drafting.keep, self.patient_id, self.form.kind, draft),
            owner=self,
            done=lambda when: self.saved.setText(said),
        )

    def _finish(self) -> None:
        self._versions.finish(self.typed(), self._make, self.saved.setText)

    def _make(self, *, hollow: bool = False) -> None:
        self._timer.stop()
        finish, asked = self._desk.drafting.finish, self.typed()
        task = self._tasks.run(
            partial(finish, self.patient_id, self.form.kind, asked, hollow=hollow),
            owner=self,
            done=partial(self._finished, asked),
            failed=self._not_finished,
        )
        self.busy.follow(task, "Rédaction du document…")

    def _not_finished(self, error: Exception) -> None:
        """What was refused may be what is joined: the list shows the record as it is now."""
        if isinstance(error, HollowDraft):
            dialog = HollowDialog(window_of(self), error, partial(self._make, hollow=True))
            dialog.open(dialog.write)
            return
        self._tasks.failing(error, subject_of(self))
        self._ask_joinable()

    def _finished(self, asked: Draft, document_id: str) -> None:
        """What was typed while the document was made is not in it: it stays, as a draft."""
        if _same(self.typed(), asked):
            self._fill(Draft())
            self.saved.setText("")
        else:
            self._kept = Draft()
            self._typed()
            self.saved.setText(TYPED_SINCE)
        self.told.emit(text.french(self.form.said), None)
        self.finished.emit(document_id)

    # --- what is joined -----------------------------------------------------------------------

    def _ask_joinable(self) -> None:
        if self.joins is not None:
            self._tasks.run(
                partial(self._desk.drafting.joinable, self.patient_id),
                owner=self,
                done=self._offer_joinable,
            )

    def _offer_joinable(self, offered: tuple[Joinable, ...]) -> None:
        if self.joins is not None:
            self.joins.fill(offered)
            self._follow_text()
            self._versions.compare(self.typed())

    def _joined(self) -> dict[str, str]:
        """What is wanted, with the words that are shown for it."""
        if self.joins is None or not self.joins.offered:
            return dict(self._kept.joined) if self.joins is not None else {}
        offered = self.joins.offered
        return {one: offered[one].words for one in sorted(self._wanted) if one in offered}

    def _follow_text(self) -> None:
        """What is struck out of the text is not joined either; brought back, it is again."""
        if self.joins is None:
            return
        stand = standing((_words(field) for field in self.fields.values()), self._written)
        self.joins.tick({one for one in self._wanted if one not in self._written or one in stand})

    def _ticked(self, entry_id: str, on: bool) -> None:
        """A box is the author's own word: it no longer follows the text. Unticked, the line that
        the model wrote goes with it."""
        line = self._written.pop(entry_id, "")
        if on:
            self._wanted.add(entry_id)
        else:
            self._wanted.discard(entry_id)
            self._strike(line)
        self._typed()

    def _strike(self, line: str) -> None:
        body = self.fields.get("body")
        if line and isinstance(body, NoteText):
            _rewrite(body, without(body.toPlainText(), line))

    def _greet(self) -> None:
        """The greeting of a model follows whom the letter is written to."""
        body = self.fields.get("body")
        if self.recipients is None or not isinstance(body, NoteText):
            return
        before, self._greeting = self._greeting, greeting(self.recipients.chosen)
        words = body.toPlainText()
        if before != self._greeting and f"{before}," in words.split("\n"):
            _rewrite(body, words.replace(f"{before},", f"{self._greeting},", 1))

    # --- what saves typing --------------------------------------------------------------------

    def _templates_button(self) -> None:
        choose = action(
            self, "Modèles", self._ask_templates, "Ctrl+Shift+M", help="Choisir un modèle"
        )
        self.templates = Button("", "plain", "ri.file-copy-2-line", action=choose, height=24)
        self.add_action(self.templates)

    def _ask_templates(self) -> None:
        self._tasks.run(
            partial(
                self._desk.ready_words.letters,
                self.patient_id,
                self.form.kind,
                self.recipients.chosen if self.recipients is not None else (),
            ),
            owner=self,
            done=self._offer_templates,
        )

    def _offer_templates(self, found: tuple[LetterTemplate, ...]) -> None:
        menu = QMenu(self)
        menu.setObjectName("letterTemplates")
        for one in found:
            menu.addAction(one.title, partial(self.take, one))
        menu.setActiveAction(menu.actions()[0])
        menu.aboutToHide.connect(menu.deleteLater)
        show_menu(menu, self.templates.mapToGlobal(QPoint(0, self.templates.height() + 4)))

    def take(self, template: LetterTemplate) -> None:
        """Begin with a template: an object already written stays, the text is added below."""
        reason, body = self.fields.get("reason"), self.fields["body"]
        self._wanted.update(template.joins)
        self._written.update(template.written)
        if isinstance(reason, QLineEdit) and not reason.text().strip():
            reason.setText(template.reason)
        if isinstance(body, NoteText):
            before = body.toPlainText().rstrip()
            body.setPlainText(f"{before}\n\n{template.body}" if before else template.body)
            body.setFocus()

    def _write_line(self, line: str) -> None:
        """A ready line, on a line of its own below what is written."""
        body = self.fields["body"]
        if isinstance(body, NoteText):
            body.write_line(line)

    def _line(self) -> str:
        """The line on which the doctor stands."""
        body = self.fields["body"]
        return body.textCursor().block().text() if isinstance(body, NoteText) else ""

    def _foot(self) -> None:
        foot = QHBoxLayout()
        self.body.addLayout(foot)
        tip = "Les abréviations se déplient : « RAS » puis espace"
        foot.addWidget(label(tip, "small", "text.muted"))
        foot.addStretch(1)
        throw = action(self, "Jeter le brouillon", self._discard, help="Jeter le brouillon")
        self.throw_button = Button("", "quiet", "ri.delete-bin-line", action=throw, height=32)
        foot.addWidget(self.throw_button)
        finish = action(
            self, "Terminer", self._finish, "Ctrl+Return", hint="Terminer",
            help="Faire le document et l’ajouter au dossier",
        )  # fmt: skip
        self.finish_button = Button("", "primary", "ri.check-line", action=finish, height=32)
        self.finish_button.setObjectName("finishNote")
        foot.addWidget(self.finish_button)


def _editor(field: Field, parent: QWidget) -> QLineEdit | NoteText:
    if field.lines:
        return NoteText(field.caption, field.hint, field.lines, parent)
    line = QLineEdit(parent)
    line.setFixedHeight(32)
    line.setAccessibleName(field.caption)
    line.setPlaceholderText(field.hint)
    return line


def _rewrite(body: NoteText, words: str) -> None:
    """In one step of undo, the cursor where it was."""
    if words == body.toPlainText():
        return
    cursor = body.textCursor()
    place = min(cursor.position(), len(words))
    cursor.select(QTextCursor.SelectionType.Document)
    cursor.insertText(words)
    cursor.setPosition(place)
    body.setTextCursor(cursor)


def _words(field: QLineEdit | NoteText) -> str:
    return field.text() if isinstance(field, QLineEdit) else field.toPlainText()


def _same(one: Draft, other: Draft) -> bool:
    """Whether they would be kept alike; a field never touched is an empty one."""
    names = {*one.words, *other.words}
    words = all(one.of(name) == other.of(name) for name in names)
    joined = (one.joined, one.written) == (other.joined, other.written)
    same = (one.recipients, one.acted_at) == (other.recipients, other.acted_at)
    return words and joined and same


def _recipients(tasks: Tasks, desk: Desk) -> RecipientsField:
    return RecipientsField(tasks, desk.sharing.directory, desk.sharing.further)

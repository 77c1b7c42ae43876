"""« Réglages du poste »: what the PIN window needs, tried in place and kept before any session."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from lgc.desktop import system_dialogs, text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import Glyph, label, retone, rule
from lgc.desktop.components.notice import Notice
from lgc.desktop.components.tips import set_tip
from lgc.desktop.settings.editors import Editor
from lgc.desktop.tasks import Tasks
from lgc.domain.workstation import Trial, Verdict
from lgc.errors import UserFacingError
from lgc.services.workstation import DECLARED, Workstation, folder
from lgc.settings import Setting

WIDTH, EDITOR, NAMES = 760, 330, 220
LOOKS = {
    Verdict.GOOD: ("ri.checkbox-circle-fill", "ok"),
    Verdict.DOUBTFUL: ("ri.error-warning-fill", "warn"),
    Verdict.BAD: ("ri.close-circle-fill", "danger"),
}
UNDER_A_LOCK = "Une session attend sous le verrou : fermez-la d’abord pour changer ces réglages."


class PostRow(QWidget):
    """One setting, its editor, and what trying it found."""

    def __init__(self, setting: Setting[Any], asked: Any) -> None:
        super().__init__()
        self.setting = setting
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 6, 0, 6)
        row.setSpacing(12)
        name = label(setting.label, "medium", wrap=True)
        name.setFixedWidth(NAMES)
        set_tip(name, setting.help)
        row.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
        right = QVBoxLayout()
        right.setSpacing(4)
        row.addLayout(right, 1)
        line = QHBoxLayout()
        line.setSpacing(8)
        right.addLayout(line)
        self.editor = Editor(setting, partial(asked, self))
        self.editor.widget.setMinimumWidth(EDITOR)
        set_tip(self.editor.widget, setting.help)
        line.addWidget(self.editor.widget, 0 if setting.choices else 1)
        if setting.choices:
            line.addStretch(1)
        self.browse: Button | None = None
        if setting.disk or setting is folder:
            self.browse = Button("Choisir…", "plain", height=32)
            self.browse.setAccessibleName(f"Choisir : {setting.label}")
            self.browse.clicked.connect(partial(self._browse, asked))
            line.addWidget(self.browse)
        self.glyph = Glyph("ri.loader-4-line", "text.muted", 16)
        self.found = label("", "small", "text.muted", wrap=True)
        said = QHBoxLayout()
        said.setSpacing(6)
        said.addWidget(self.glyph, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.found, 1)
        right.addLayout(said)
        self.say(None)

    def say(self, finding: Trial | None) -> None:
        """None while it is tried; a finding without words takes no room."""
        self.trying = finding is None
        glyph, tone = LOOKS[finding.verdict] if finding else ("ri.loader-4-line", "text.muted")
        words = text.french(finding.words) if finding else "Essai en cours…"
        self.glyph.set(glyph, tone)
        self.found.setText(words)
        retone(self.found, tone)
        self.glyph.setVisible(bool(words))
        self.found.setVisible(bool(words))

    def _browse(self, asked: Any) -> None:
        widget = self.editor.widget
        assert isinstance(widget, QLineEdit)
        start = widget.text() or str(Path.home())
        ask = system_dialogs.ask_file if self.setting.disk == "file" else system_dialogs.ask_folder
        ask(self, self.setting.label, start, partial(self._chosen, widget, asked))

    def _chosen(self, field: QLineEdit, asked: Any, chosen: Path) -> None:
        field.setText(str(chosen))
        asked(self)


def _remark(remark: Trial) -> QWidget:
    """A line without a setting."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 8, 0, 2)
    row.setSpacing(6)
    glyph, tone = LOOKS[remark.verdict]
    row.addWidget(Glyph(glyph, tone, 16), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(label(text.french(remark.words), "small", tone, wrap=True), 1)
    return made


class PostDialog(Dialog):
    """Each value is tried as soon as it is given. ``kept`` comes once all of it is saved.

    ``locked``: a session lives under the lock; everything is shown and tried, nothing changes.
    """

    kept = Signal()

    def __init__(
        self, parent: QWidget, post: Workstation, tasks: Tasks, *, locked: bool = False
    ) -> None:
        super().__init__(parent, "Réglages du poste", glyph="ri.computer-line", width=WIDTH)
        self.setObjectName("postDialog")
        self._post, self._tasks = post, tasks
        self.notice = Notice("accent.text", UNDER_A_LOCK)
        self.notice.setVisible(locked)
        self.body.addWidget(self.notice)
        self.body.setSpacing(0)
        self.rows: list[PostRow] = []
        for number, setting in enumerate(DECLARED):
            if number:
                self.body.addWidget(rule())
            row = PostRow(setting, self._try)
            fixed = locked or (setting is folder and not post.movable)
            row.editor.widget.setEnabled(not fixed)
            if row.browse is not None:
                row.browse.setVisible(not fixed)
            self.body.addWidget(row)
            self.rows.append(row)
        for remark in post.remarks():
            self.body.addWidget(rule())
            self.body.addWidget(_remark(remark))
        self.footer_note.setText("Essayés à l’instant. Les autres réglages sont derrière le code.")
        self.add_cancel("Fermer")
        again = Button("Tout essayer", "plain", "ri.refresh-line", height=32)
        again.clicked.connect(self.try_all)
        self.add_button(again)
        self._keep = action(self, "Enregistrer", self._save, "Ctrl+Return")
        self.save = Button(action=self._keep, look="primary", height=32)
        self._keep.setEnabled(not locked)
        self.add_button(self.save)
        tasks.run(post.values, owner=self, done=self._fill)

    @property
    def changed(self) -> bool:
        """Was something typed that is saved nowhere?"""
        fields = self.typed_fields
        return fields is not None and fields.words() != fields.before

    def row(self, setting: Setting[Any]) -> PostRow:
        return next(one for one in self.rows if one.setting is setting)

    @property
    def tried(self) -> bool:
        """Has every value in sight been tried?"""
        return not any(row.trying for row in self.rows)

    def try_all(self) -> None:
        for row in self.rows:
            self._try(row)

    # --- inside -------------------------------------------------------------------------------

    def _fill(self, values: dict[Setting[Any], Any]) -> None:
        for row in self.rows:
            row.editor.show(values[row.setting])
        if self._keep.isEnabled():
            self.keep_typed("post")
        self.try_all()

    def _try(self, row: PostRow) -> None:
        try:
            value = row.editor.read()
        except ValueError as wrong:
            row.say(Trial(Verdict.BAD, str(wrong)))
            return
        row.say(None)
        self._tasks.run(
            partial(self._post.check, row.setting, value),
            owner=self,
            done=partial(self._tried, row, value),
        )

    def _tried(self, row: PostRow, value: Any, finding: Trial) -> None:
        if row.editor.read() == value:  # else a newer try is on its way
            row.say(finding)

    def _save(self) -> None:
        try:
            chosen = {row.setting: row.editor.read() for row in self.rows}
        except ValueError as wrong:
            self._refused(UserFacingError(str(wrong)))
            return
        self._keep.setEnabled(False)
        self._tasks.run(
            partial(self._post.keep, chosen), owner=self, done=self._saved, failed=self._refused
        )

    def _saved(self, nothing: None) -> None:
        self.saved()
        self.dismiss()
        self.kept.emit()

    def _refused(self, error: Exception) -> None:
        self._keep.setEnabled(True)
        if not isinstance(error, UserFacingError):
            raise error
        self.notice.set("danger", text.french(error.sentence), text.french(error.advice))
        self.notice.setVisible(True)

"""What is said to the doctor in passing: toasts, notices of errors, the crash window."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QEnterEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from lgc.desktop import clipboard, text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Cover, Dialog, shade
from lgc.desktop.components.labels import Glyph, label
from lgc.desktop.components.notice import Notice
from lgc.desktop.notice_key import NoticeKey
from lgc.desktop.subject import subject_of
from lgc.errors import Cancelled, UserFacingError, place_of

log = logging.getLogger(__name__)
TOAST_MS = 6000
SAID_MS = 4000  # nothing to undo: it must not hide work for long
AT_MOST = 3
MOST_KEPT = 50
MARGIN = 16
ABOVE_STATUS_LINE = 28


class Floating(QFrame):
    """Something shown for a while at the bottom left; kept while it is hovered."""

    gone = Signal()
    lasts = False

    def __init__(self, parent: QWidget, stay_ms: int) -> None:
        super().__init__(parent)
        shade(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(stay_ms or 1)
        self._timer.timeout.connect(self.leave)
        self._stays = not stay_ms
        if not self._stays:
            self._timer.start()

    def leave(self) -> None:
        if self.isHidden():
            return
        self._timer.stop()
        self.hide()
        self.gone.emit()
        self.deleteLater()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        if not self._stays:
            self._timer.start()


class Toast(Floating):
    """One thing that was done, in inverted colours, with its « Annuler » when it can be undone."""

    taken_back = Signal()

    def __init__(
        self,
        parent: QWidget,
        words: str,
        undo: Callable[[], object] | None,
        glyph: str,
        action: QAction | None = None,
    ) -> None:
        super().__init__(parent, TOAST_MS if undo else SAID_MS)
        self.subject, self.count = "", 1
        self.setObjectName("toast")
        self.setAccessibleName(words)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8 if undo else 16, 8)
        row.setSpacing(12)
        row.addWidget(Glyph(glyph, "tip.text", 18))
        self.undoable = undo is not None
        self.words = label(words, "base", "tip.text")
        row.addWidget(self.words)
        if undo is not None:
            self.undo = Button("Annuler", "tip")
            if action is not None:
                self.undo.borrow_cap(action)
            self._effect = undo
            self.undo.clicked.connect(lambda checked=False: self.take_back())
            row.addWidget(self.undo)
        self.setMinimumHeight(44)

    def add_one(self, words: Callable[[int], str]) -> None:
        """The same thing happened again: one toast counts them, and stays a while longer."""
        self.count += 1
        self.words.setText(words(self.count))
        self.setAccessibleName(words(self.count))
        self._timer.start()

    def take_back(self) -> None:
        """Undo what is told here, once."""
        if self.isHidden():
            return
        self.leave()
        self._effect()
        self.taken_back.emit()


class Offer(Floating):
    """Something that came late and waits: « Ouvrir », or the cross. It stays until one of them."""

    lasts = True

    def __init__(
        self, parent: QWidget, words: str, take: Callable[[], object], drop: Callable[[], object]
    ) -> None:
        super().__init__(parent, 0)
        self.setObjectName("toast")
        self.setAccessibleName(words)
        self._take, self._drop = take, drop
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(12)
        row.addWidget(Glyph("ri.time-line", "tip.text", 18))
        row.addWidget(label(words, "base", "tip.text"))
        self.opens = Button("Ouvrir", "tip")
        self.opens.clicked.connect(lambda checked=False: self._end(self._take))
        row.addWidget(self.opens)
        close = Button("", "tip", "ri.close-line", cap=False)
        close.setAccessibleName("Laisser")
        close.clicked.connect(self.leave)
        row.addWidget(close)
        self.gone.connect(lambda: self._drop())
        self.setMinimumHeight(44)

    def _end(self, call: Callable[[], object]) -> None:
        self._drop = lambda: None
        self.leave()
        call()


class ErrorNotice(Floating):
    """A sentence, what to do, and the details to copy. It stays until it is closed.

    ``lasts``: through every page, for it speaks of none, or holds what could not be kept yet.
    """

    def __init__(
        self,
        parent: QWidget,
        error: UserFacingError,
        about: str,
        retry: Callable[[], object] | None,
        lasts: bool = False,
    ) -> None:
        super().__init__(parent, 0)
        self._error, self.about = error, text.french(about)
        self.lasts = lasts or (retry is not None and error.may_retry)
        self.setObjectName("errorNotice")
        self.setFixedWidth(460)
        notice = Notice(
            "warn", text.french(error.sentence), text.french(error.advice), about=self.about
        )
        notice.setObjectName("bareNotice")
        close = Button("", "quiet", "ri.close-line", cap=False, height=24)
        close.setAccessibleName("Fermer")
        close.clicked.connect(self.leave)
        notice.add_right(close)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addWidget(notice)
        self._shown = label(error.details, "small", "text.muted", wrap=True, selectable=True)
        self._shown.hide()
        buttons = QHBoxLayout()
        buttons.setContentsMargins(42, 0, 12, 10)
        buttons.setSpacing(8)
        if retry is not None and error.may_retry:
            again = Button("Réessayer", "plain", "ri.refresh-line", height=24)
            again.clicked.connect(lambda checked=False: self._retry(retry))
            buttons.addWidget(again)
        if error.details:
            self.more = Button("Détails", "quiet", height=24)
            self.more.clicked.connect(self._toggle)
            self.copy = Button("Copier", "quiet", "ri.file-copy-line", height=24)
            self.copy.clicked.connect(lambda: clipboard.copy(error.details))
            buttons.addWidget(self.more)
            buttons.addWidget(self.copy)
        buttons.addStretch(1)
        detail_row = QVBoxLayout()
        detail_row.setContentsMargins(46, 0, 14, 6)
        detail_row.addWidget(self._shown)
        whole.addLayout(detail_row)
        if buttons.count() > 1:
            whole.addLayout(buttons)

    def tells(self, error: UserFacingError, about: str) -> bool:
        """The same thing of the same subject, word for word?"""
        if self.about != text.french(about):
            return False
        told = self._error
        return (told.sentence, told.advice) == (error.sentence, error.advice)

    def details_shown(self) -> bool:
        return not self._shown.isHidden()

    def _toggle(self) -> None:
        self._shown.setVisible(self._shown.isHidden())
        self.adjustSize()
        self.gone.emit()

    def _retry(self, retry: Callable[[], object]) -> None:
        self.leave()
        retry()


@dataclass(frozen=True, slots=True)
class Kept:
    """What was done and can still be taken back, its toast gone or not."""

    words: str
    undo: Callable[[], object]


class Messages(QObject):
    """One for the window. ``show`` gives an error its fate."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._shown: list[Floating] = []
        self.undo_action: QAction | None = None
        self._lasting: list[Kept] = []  # what is taken back even without its toast
        self._last = ""  # the newest thing that could be undone
        self.notice_key = NoticeKey(self, self.has_notice, self.close_notice)
        window.installEventFilter(self)

    def show(
        self,
        error: Exception,
        about: str | QObject,
        retry: Callable[[], object] | None = None,
        *,
        lasts: bool = False,
    ) -> None:
        """The one way to raise a notice: it names its subject (``about``: words, or the part of a
        screen that speaks of it), closes with Échap and goes with its page.

        Cancelled → nothing; a sentence → a notice; anything else → log and crash window.

        ``lasts``: it speaks of no page, and does not go with the one in view.
        """
        if isinstance(error, Cancelled):
            return
        if isinstance(error, UserFacingError):
            subject = about if isinstance(about, str) and about else subject_of(self._part(about))
            self._take_away(error, subject)
            self._add(ErrorNotice(self._window, error, subject, retry, lasts))
            self.notice_key.follow(QApplication.focusWidget())
            return
        # The message of an unexpected error may name a patient: its place is all we log.
        log.error("unexpected: %s", place_of(error))
        told = (one for one in self._window.findChildren(CrashDialog) if not one.isHidden())
        if next(told, None) is None:  # an error that comes back at each paint is told once
            CrashDialog(self._window, place_of(error)).open()

    def _part(self, about: str | QObject) -> QObject:
        """Where a subject is looked for."""
        return self._window if isinstance(about, str) else about

    def _take_away(self, error: UserFacingError, about: str) -> None:
        """What is told again is told once, the newest: its retry is the one that counts."""
        for floating in list(self._shown):
            if isinstance(floating, ErrorNotice) and floating.tells(error, about):
                floating.leave()

    def toast(
        self,
        words: str,
        undo: Callable[[], object] | None = None,
        glyph: str = "ri.checkbox-circle-fill",
        *,
        lasting: bool = False,
    ) -> Toast:
        """Say that something was done; never used for a failure. ``lasting``: Ctrl+Z takes it
        back after the toast is gone too, as long as nothing newer was done.
        """
        made = Toast(self._window, words, undo, glyph, self.undo_action)
        if undo is not None:
            self._last = words
            made.taken_back.connect(self._forget_last)
        if undo is not None and lasting:
            kept = Kept(words, undo)
            self._lasting = [*self._lasting[1 - MOST_KEPT :], kept]
            made.taken_back.connect(partial(self._forget, kept))
        elif undo is not None:
            self._lasting = []  # what is older is not the next to be taken back
        self._add(made)
        return made

    def offer(self, words: str, take: Callable[[], object], drop: Callable[[], object]) -> Offer:
        """One line for what may not open by itself; ``drop`` when it is not taken."""
        made = Offer(self._window, words, take, drop)
        self._add(made)
        return made

    def _forget_last(self) -> None:
        self._last = ""

    def _forget(self, kept: Kept) -> None:
        self._lasting = [one for one in self._lasting if one is not kept]

    def undo_last(self) -> None:
        """Take back the newest thing that can still be undone, and say which; else say why not."""
        undoable = [f for f in self._shown if isinstance(f, Toast) and f.undoable]
        if undoable:
            words = undoable[-1].words.text()
            undoable[-1].take_back()
            self._last = ""
            self.toast(text.french(f"Annulation : {words}"), glyph="ri.arrow-go-back-line")
        elif self._lasting:
            kept = self._lasting.pop()
            self._last = ""
            kept.undo()
            self.toast(text.french(f"Annulation : {kept.words}"), glyph="ri.arrow-go-back-line")
        elif self._last:
            words = f"Trop tard pour annuler d’ici : {self._last}"
            self.toast(text.french(words), glyph="ri.arrow-go-back-line")
        else:
            self.toast("Rien à annuler", glyph="ri.arrow-go-back-line")

    def tell(self, subject: str, words: str, many: Callable[[int], str], glyph: str) -> Toast:
        """Say what happens by itself; what happens again meanwhile is counted by ``many``."""
        for floating in self._shown:
            if isinstance(floating, Toast) and floating.subject == subject:
                floating.add_one(many)
                self._sweep()
                return floating
        made = Toast(self._window, words, None, glyph)
        made.subject = subject
        self._add(made)
        return made

    def turn_page(self) -> None:
        """Another place is in view: what was said of the one before goes.

        What can be undone or tried again stays, and what is of no place.
        """
        for floating in list(self._shown):
            kept = floating.undoable if isinstance(floating, Toast) else floating.lasts
            if not kept:
                floating.leave()

    def close_notice(self) -> bool:
        """Close the newest notice of an error; was there one?"""
        for floating in reversed(self._shown):
            if isinstance(floating, ErrorNotice) and not floating.isHidden():
                floating.leave()
                return True
        return False

    def has_notice(self) -> bool:
        """Does an error stand on the screen?"""
        return any(isinstance(one, ErrorNotice) and not one.isHidden() for one in self._shown)

    def on_screen(self) -> list[Floating]:
        return list(self._shown)

    def clear(self) -> None:
        for floating in list(self._shown):
            floating.leave()

    def _add(self, floating: Floating) -> None:
        while len(self._shown) >= AT_MOST:
            self._shown[0].leave()
        self._shown.append(floating)
        floating.gone.connect(self._sweep)
        floating.show()
        self._sweep()

    def _sweep(self) -> None:
        self._shown = [floating for floating in self._shown if not floating.isHidden()]
        bottom = self._window.height() - ABOVE_STATUS_LINE - MARGIN
        for floating in reversed(self._shown):
            floating.adjustSize()
            bottom -= floating.height()
            floating.move(68 + MARGIN, bottom)
            self._lift(floating)
            bottom -= 10

    def _lift(self, floating: Floating) -> None:
        """Above the screen; but only an error may stand above a dialog."""
        covers = [c for c in self._window.findChildren(Cover) if not c.isHidden()]
        if covers and isinstance(floating, Toast | Offer):
            floating.stackUnder(covers[0])
        else:
            floating.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            QTimer.singleShot(0, self, self._sweep)
        return super().eventFilter(watched, event)


class CrashDialog(Dialog):
    """Something we did not foresee: said plainly, with the place to copy, and the work goes on."""

    of_no_page = True

    def __init__(self, parent: QWidget, place: str) -> None:
        super().__init__(
            parent, "Une erreur inattendue est survenue", glyph="ri.error-warning-line"
        )
        self.body.addWidget(
            label(
                text.french(
                    "L'opération en cours n'a pas abouti. Ce qui était enregistré le reste, "
                    "et vous pouvez continuer à travailler."
                ),
                wrap=True,
            )
        )
        self.body.addWidget(label("Détails à transmettre au support", "small-medium", "text.muted"))
        self.place = label(place, "small", "text.muted", wrap=True, selectable=True)
        self.place.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self.place)
        copy = self.add_button(Button("Copier", "plain", "ri.file-copy-line", height=32))
        copy.clicked.connect(lambda: clipboard.copy(place))
        close = self.add_button(Button("Continuer", "primary", height=32))
        close.clicked.connect(self.dismiss)

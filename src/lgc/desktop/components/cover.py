"""Dialogs as children of the window: a dim cover, a card on it, so that the lock can hide both."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGraphicsDropShadowEffect,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from lgc.desktop.components.buttons import Button
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import Glyph, label, rule
from lgc.desktop.components.tips import set_tip
from lgc.desktop.components.typed import TypedFields, TypedWords, fields_of
from lgc.desktop.theme import current


class Host(QWidget):
    """The window of one session: what lies in it lies under the lock, and ends with it.

    ``typed`` is what was typed in it and not finished. ``holds`` says whether a dialog may not open
    by itself now, and sees to it that it is offered.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.typed = TypedWords(self)

    def holds(self, dialog: Dialog, focus: QWidget | None) -> bool:
        return False


def window_of(widget: QWidget) -> QWidget:
    """Where the dialogs and lists of ``widget`` are put: the window of its session."""
    found: QWidget | None = widget
    while found is not None and not isinstance(found, Host):
        found = found.parentWidget()
    return found or widget.window()


def memory_of(widget: QWidget) -> TypedWords:
    """Where what is typed around ``widget`` is kept: its session's, else its door's."""
    found: QWidget | None = widget
    while found is not None:
        memory = getattr(found, "typed", None)
        if isinstance(memory, TypedWords):
            return memory
        found = found.parentWidget()
    return TypedWords()


class Shadow(QGraphicsDropShadowEffect):
    """The shadow of floating things: blur 28, offset 8, darker in the dark theme."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.setBlurRadius(28)
        self.setOffset(0, 8)
        self._colour()
        current().changed.connect(self._colour)

    def _colour(self) -> None:
        self.setColor(current().role("shadow"))


def shade(widget: QWidget) -> None:
    """Let a widget float."""
    widget.setGraphicsEffect(Shadow(widget))


class Card(QFrame):
    """A floating card of fixed width, as high as its wrapped words need."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.setObjectName("dialog")
        self.setFixedWidth(width)
        shade(self)

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        # A layout above asks with the room it has; words wrap at the width the card really has.
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return handled

    def _fit(self) -> None:
        layout, under = self.layout(), self.parentWidget()
        if layout is None:
            return
        height = layout.totalSizeHint().height()
        if layout.hasHeightForWidth():
            height = layout.totalHeightForWidth(self.maximumWidth())
        if isinstance(under, Cover):
            height = min(height, under.height() - 32)
        self.setFixedHeight(height)


class Cover(QWidget):
    """Fills its parent, keeps the focus inside, gives it back when it closes.

    ``role`` is what it is painted with: ``dim`` under a dialog, ``app`` for the lock.
    """

    KEYS: tuple[tuple[str, str], ...] = (("Esc", "Fermer"),)

    closed = Signal()

    def __init__(self, parent: QWidget, *, role: str = "dim", escapable: bool = True) -> None:
        super().__init__(parent)
        self._role, self._escapable = role, escapable
        self._under = parent
        self._before: QWidget | None = QApplication.focusWidget()
        # Not by a click: one beside a field leaves the hands in it.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        parent.installEventFilter(self)
        self.setGeometry(parent.rect())

    def open(self, focus: QWidget | None = None) -> None:
        """Show above everything of the parent and take the focus."""
        self.setGeometry(self._under.rect())
        self.show()
        self.raise_()
        self.take_focus(focus)

    def take_focus(self, wanted: QWidget | None = None) -> None:
        """The focus to ``wanted``, else to the first thing that takes keys, else to itself."""
        (wanted or self._first() or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def dismiss(self) -> None:
        """Close, give the focus back and say so."""
        if self.isHidden() and not self.isVisible():
            return
        self._under.removeEventFilter(self)
        self.hide()
        self._give_focus_back()
        self.closed.emit()
        self.deleteLater()

    def _give_focus_back(self) -> None:
        """To where it was; once that went away to nobody, and the window finds who takes it."""
        before, self._before = self._before, None
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        now = QApplication.focusWidget()
        if now is not None and not now.isVisible():
            now.clearFocus()

    def focus_came_from(self, widget: QWidget | None) -> None:
        """Give the focus back there instead."""
        self._before = widget

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._under and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._under.rect())
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # A held key closes one cover, not the next one below it.
        if event.key() == Qt.Key.Key_Escape and self._escapable and not event.isAutoRepeat():
            self.dismiss()
        # Nothing typed over a cover reaches what lies below.
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def focusNextPrevChild(self, next: bool) -> bool:
        stops = self._stops()
        if not stops:
            return True
        now = QApplication.focusWidget()
        place = stops.index(now) if now in stops else -1 if next else 0
        reason = Qt.FocusReason.TabFocusReason if next else Qt.FocusReason.BacktabFocusReason
        stops[(place + (1 if next else -1)) % len(stops)].setFocus(reason)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), current().role(self._role))

    def _stops(self) -> list[QWidget]:
        chain: list[QWidget] = []
        widget = self.nextInFocusChain()
        while widget is not None and widget is not self and len(chain) < 4000:
            chain.append(widget)
            widget = widget.nextInFocusChain()
        return [
            w
            for w in chain
            if w.focusPolicy() & Qt.FocusPolicy.TabFocus
            and w.isEnabled()
            and w.isVisible()
            and self.isAncestorOf(w)
        ]

    def _first(self) -> QWidget | None:
        stops = self._stops()
        # The cross is the last thing a doctor wants under Enter.
        wanted = [stop for stop in stops if stop.objectName() != "dialogClose"]
        return next(iter(wanted or stops), None)


class Dialog(Cover):
    """A card with title, body and footer over a dim cover.

    Fill ``body`` (vertical), ``footer`` (right-aligned buttons; ``footer_note`` on its left).
    """

    of_no_page = False

    def __init__(
        self, parent: QWidget, title: str, *, glyph: str = "", subtitle: str = "", width: int = 560
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.typed_fields: TypedFields | None = None
        self.card = Card(width)
        whole = QVBoxLayout(self.card)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addWidget(self._head(title, glyph, subtitle))
        whole.addWidget(rule())
        self.body = QVBoxLayout()
        self.body.setContentsMargins(20, 16, 20, 16)
        self.body.setSpacing(12)
        whole.addLayout(self.body)
        self._foot = QFrame()
        self._foot.setObjectName("dialogFooter")
        self._foot.setVisible(False)
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(20, 12, 20, 12)
        foot.setSpacing(10)
        self.footer_note = label("", "small", "text.muted", wrap=True)
        foot.addWidget(self.footer_note, 1)
        self.footer = foot
        whole.addWidget(self._foot)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 16)
        outer.addStretch(1)
        outer.addWidget(self.card, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(1)

    def speaks_of(self) -> str:
        """Whom or what a notice of this dialog is about."""
        return " · ".join(filter(None, (self.title.text(), self.subtitle.text())))

    def open(self, focus: QWidget | None = None) -> None:
        """Unless its answer came late to a page that was left, or to hands that write: the window
        offers it then."""
        host = window_of(self)
        if not (isinstance(host, Host) and host.holds(self, focus)):
            super().open(focus)

    def add_button(self, button: Button) -> Button:
        self.footer.addWidget(button)
        self._foot.setVisible(True)
        return button

    def add_cancel(self, text: str = "Annuler") -> Button:
        """A plain button on Escape."""
        leave = action(self, text, self.dismiss, "Esc")
        return self.add_button(Button(action=leave, height=32))

    def keep_typed(
        self, thing: str, fields: Mapping[str, QWidget] | None = None, *, anew: bool = False
    ) -> TypedFields:
        """Keep what is typed in ``fields`` (all of them) for ``thing``, and bring back what was.

        To be called once they hold what the dialog opens with; ``finish`` of what comes back is
        for whoever saved it. ``anew``: another new thing each time, whose words are only offered.
        """
        chosen = fields_of(self.card) if fields is None else fields
        self.typed_fields = TypedFields(memory_of(self), thing, chosen, anew=anew)
        card = self.card.layout()
        if self.typed_fields.line is not None and isinstance(card, QVBoxLayout):
            card.insertWidget(card.indexOf(self.body), self.typed_fields.line)
        return self.typed_fields

    def saved(self) -> None:
        """What was typed here is where it belongs: it is offered no more."""
        if self.typed_fields is not None:
            self.typed_fields.finish()

    def _head(self, title: str, glyph: str, subtitle: str) -> QWidget:
        head = QWidget()
        head.setFixedHeight(52)
        row = QHBoxLayout(head)
        row.setContentsMargins(20, 0, 12, 0)
        row.setSpacing(10)
        if glyph:
            row.addWidget(Glyph(glyph, "accent.text", 20))
        self.title = label(title, "dialog")
        row.addWidget(self.title)
        self.subtitle = label(subtitle, "base", "text.muted")
        row.addWidget(self.subtitle, 1)
        close = Button("", "quiet", "ri.close-line", cap=False)
        close.setObjectName("dialogClose")
        close.setAccessibleName("Fermer")
        set_tip(close, "Fermer · Échap")
        close.clicked.connect(self.dismiss)
        row.addWidget(close)
        return head

"""The theme in force: palette, icons, style sheet; one per application."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from shiboken6 import isValid

from lgc.desktop.theme import qss, typography
from lgc.desktop.theme.icons import Icons
from lgc.desktop.theme.palette import LIGHT, PALETTES, SOFT, Palette

_GLYPH, _GLYPH_ROLE = "lgcGlyph", "lgcGlyphRole"
# Between two halves of a change of theme: long enough for keys and clocks to have their turn.
TURN_MS = 16  # a frame: keys and the hand come in between
PER_TURN = 500
_DONE = Qt.WidgetAttribute.WA_WState_Polished


class Theme(QObject):
    """Light or dark. ``changed`` tells painters that keep something to forget it."""

    changed = Signal()

    def __init__(self, palette: Palette = LIGHT, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._icons = Icons(palette)
        self._colours: dict[str, QColor] = {}

    @property
    def name(self) -> str:
        """``light`` or ``dark``."""
        return self._palette.name

    @property
    def palette(self) -> Palette:
        return self._palette

    @property
    def icons(self) -> Icons:
        return self._icons

    def role(self, name: str) -> QColor:
        """The colour of a dotted role. Raises KeyError for an unknown one."""
        if name not in self._colours:
            self._colours[name] = QColor(self._palette[name])
        return self._colours[name]

    def soft(self, tone: str) -> QColor:
        """The background on which ``tone`` may stand."""
        return self.role(SOFT.get(tone, "hover"))

    def icon(self, glyph: str, role: str = "text.muted") -> QIcon:
        return self._icons.icon(glyph, role)

    def apply(self, app: QApplication) -> None:
        """Dress the whole application; painters and components read this theme from now on."""
        self._undress(app)
        app.setStyleSheet(qss.load(self._palette))

    def use(self, name: str) -> None:
        """Change to ``light`` or ``dark`` while running. Raises KeyError for another name.

        In several turns of the event loop, so that none is long; nothing is painted in between.
        """
        self._palette = PALETTES[name]
        self._icons = Icons(self._palette)
        self._colours = {}
        app = QApplication.instance()
        if isinstance(app, QApplication):
            windows = [one for one in app.topLevelWidgets() if one.isVisible()]
            for window in windows:
                window.setUpdatesEnabled(False)
            rest = _out_of_view(app)
            self._undress(app)
            QTimer.singleShot(TURN_MS, self, partial(self._dress, app, windows, rest))

    def _undress(self, app: QApplication) -> None:
        """Dressing anew is four times faster than over the former sheet, rule by rule."""
        global _current
        _current = self
        app.setStyleSheet("")
        app.setFont(typography.font())
        app.setPalette(self._qt_palette())

    def _dress(self, app: QApplication, windows: list[QWidget], rest: list[QWidget]) -> None:
        """What is in view at once; what is out of view in the turns that follow."""
        app.setStyleSheet(qss.load(self._palette))
        QTimer.singleShot(TURN_MS, self, partial(self._dress_rest, app, windows, rest))

    def _dress_rest(self, app: QApplication, windows: list[QWidget], rest: list[QWidget]) -> None:
        for widget in rest[:PER_TURN]:
            if isValid(widget) and not widget.testAttribute(_DONE):
                app.style().polish(widget)
                widget.setAttribute(_DONE)
        left = rest[PER_TURN:]
        following = partial(self._dress_rest, app, windows, left)
        last = partial(self._repaint, app, windows)
        QTimer.singleShot(TURN_MS, self, following if left else last)

    def _repaint(self, app: QApplication, windows: list[QWidget]) -> None:
        for widget in app.allWidgets():
            if isinstance(widget, QAbstractButton) and widget.property(_GLYPH):
                widget.setIcon(self.icon(widget.property(_GLYPH), widget.property(_GLYPH_ROLE)))
        self.changed.emit()
        for window in windows:
            if isValid(window):
                window.setUpdatesEnabled(True)

    def toggle(self) -> None:
        self.use("dark" if self.name == "light" else "light")

    def dress(
        self, button: QAbstractButton, glyph: str, role: str = "text.muted", size: int = 16
    ) -> None:
        """Give a button a glyph that follows the theme."""
        button.setProperty(_GLYPH, glyph)
        button.setProperty(_GLYPH_ROLE, role)
        button.setIconSize(QSize(size, size))
        button.setIcon(self.icon(glyph, role))

    def _qt_palette(self) -> QPalette:
        group, roles = QPalette(), QPalette.ColorRole
        table = {
            roles.Window: "app",
            roles.WindowText: "text",
            roles.Base: "surface",
            roles.AlternateBase: "alt",
            roles.Text: "text",
            roles.Button: "surface",
            roles.ButtonText: "text",
            roles.Highlight: "accent.soft",
            roles.HighlightedText: "text",
            roles.ToolTipBase: "tip",
            roles.ToolTipText: "tip.text",
            roles.PlaceholderText: "text.faint",
            roles.Link: "accent.text",
            roles.LinkVisited: "accent.text",
        }
        for qt_role, name in table.items():
            group.setColor(qt_role, self.role(name))
        disabled = QPalette.ColorGroup.Disabled
        for qt_role in (roles.Text, roles.WindowText, roles.ButtonText):
            group.setColor(disabled, qt_role, self.role("text.faint"))
        return group


def _out_of_view(app: QApplication) -> list[QWidget]:
    """What can wait: Qt takes it for never dressed, so a change of sheet does not touch it."""
    rest = [one for one in app.allWidgets() if not one.isVisible() and one.testAttribute(_DONE)]
    for widget in rest:
        widget.setAttribute(_DONE, False)
    return rest


_current: Theme | None = None


def current() -> Theme:
    """The theme last applied; a light one before any was (tests of a lone widget)."""
    global _current
    if _current is None:
        _current = Theme()
    return _current


def restyle(widget: QWidget, **properties: object) -> None:
    """Set style properties and let the sheet see them."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()

"""The folders beside the list: those every mailbox has, then the doctor's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from lgc.desktop.components.buttons import icon_button
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.tips import set_tip
from lgc.desktop.record.menu import FOLDED, Entry, MenuButton, RecordMenu
from lgc.domain.messages import Folder
from lgc.services.views import MessageLine

UNASSIGNED, ASSIGNED, OWN = "unassigned", "assigned", "own:"
UNREADABLE = "unreadable"
FOLDERS = (
    Entry(Folder.INBOX.value, "Réception", "ri.inbox-line"),
    Entry(UNASSIGNED, "Non assignés", "ri.question-line"),
    Entry(UNREADABLE, "Illisibles", "ri.file-warning-line", tone="danger"),
    Entry(ASSIGNED, "Assignés", "ri.user-received-line"),
    Entry(Folder.SENT.value, "Envoyés", "ri.send-plane-line"),
    Entry(Folder.DRAFTS.value, "Brouillons", "ri.draft-line"),
    Entry(Folder.OUTBOX.value, "Boîte d’envoi", "ri.upload-2-line"),
    Entry(Folder.ARCHIVES.value, "Archives", "ri.archive-line"),
    Entry(Folder.DELETED.value, "Supprimés", "ri.delete-bin-6-line"),
)
# Two places are views of the inbox: what waits for a record, what has found one.
VIEWS: dict[str, Callable[[MessageLine], bool]] = {
    UNASSIGNED: lambda line: line.patient is None and line.message.unreadable is None,
    ASSIGNED: lambda line: line.patient is not None,
}
EMPTY = {
    Folder.INBOX.value: "Aucun message reçu",
    UNASSIGNED: "Tous les messages ont trouvé leur dossier",
    ASSIGNED: "Aucun message classé",
    UNREADABLE: "Tous les messages ont pu être lus",
    Folder.SENT.value: "Aucun message envoyé",
    Folder.DRAFTS.value: "Aucun brouillon",
    Folder.OUTBOX.value: "Aucun message n’attend de partir",
    Folder.ARCHIVES.value: "Aucun message archivé",
    Folder.DELETED.value: "Aucun message supprimé",
}
WORDS = {entry.key: entry.words for entry in FOLDERS}


def place_key(folder: Folder, own_folder: str = "") -> str:
    return f"{OWN}{own_folder}" if folder is Folder.OWN else folder.value


def place_of(key: str) -> tuple[Folder, str]:
    """What to read for a place."""
    if key.startswith(OWN):
        return Folder.OWN, key.removeprefix(OWN)
    return (Folder.INBOX if key in VIEWS or key == UNREADABLE else Folder(key)), ""


def place_words(key: str) -> str:
    return key.removeprefix(OWN) if key.startswith(OWN) else WORDS[key]


class FolderList(QFrame):
    """``choose`` is called with the key of a place; ``set_current`` moves the mark."""

    make_asked = Signal()
    rename_asked = Signal(str)
    remove_asked = Signal(str)

    def __init__(self, choose: Callable[[str], None], width: int) -> None:
        super().__init__()
        self._choose, self._width = choose, width
        self._current, self._folded = "", False
        self._own: dict[str, MenuButton] = {}
        self.setObjectName("mailFolders")
        self.menu = RecordMenu(FOLDERS, choose, width, dense=True)
        self.menu.setObjectName("mailFolders")
        self.menu.setAccessibleName("Dossiers de la messagerie")
        make = action(self, "Nouveau dossier", self.make_asked.emit)
        self.make = icon_button(make, "ri.folder-add-line")
        self.make.setObjectName("newFolder")
        self._heading = label("Mes dossiers", "small-strong", "text.muted")
        head = QHBoxLayout()
        head.setContentsMargins(18, 6, 12, 2)
        head.addWidget(self._heading, 1)
        head.addWidget(self.make)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(0)
        column.addWidget(self.menu)
        column.addLayout(head)
        column.addLayout(self._rows)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        self.setFixedWidth(width)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.width(), 200)

    def button(self, key: str) -> MenuButton:
        """Raises KeyError for an unknown place."""
        return self._own[key] if key.startswith(OWN) else self.menu.button(key)

    def names(self) -> list[str]:
        """The doctor's own folders."""
        return [key.removeprefix(OWN) for key in self._own]

    def show_own(self, folders: Sequence[tuple[str, int]]) -> None:
        """(name, unread) of each, in the order to show."""
        if [name for name, _ in folders] != self.names():
            self._rebuild([name for name, _ in folders])
        for name, unread in folders:
            self._own[f"{OWN}{name}"].set_count(unread)

    def set_current(self, key: str) -> None:
        self._current = key
        self.menu.set_current(key)
        for one, button in self._own.items():
            button.setChecked(one == key)

    def fold(self, folded: bool) -> None:
        self._folded = folded
        self.setFixedWidth(FOLDED if folded else self._width)
        self.menu.fold(folded)
        self._heading.setVisible(not folded)
        for button in self._own.values():
            self._fold_button(button)

    def _rebuild(self, names: Sequence[str]) -> None:
        for button in self._own.values():
            button.hide()
            button.deleteLater()
        self._own = {f"{OWN}{name}": self._button(name) for name in names}
        self.set_current(self._current)

    def _button(self, name: str) -> MenuButton:
        key = f"{OWN}{name}"
        button = MenuButton(Entry(key, name, "ri.folder-line"), None, head=False)
        button.clicked.connect(partial(self._clicked, key))
        action(button, "Renommer…", partial(self.rename_asked.emit, name), "F2")
        action(button, "Supprimer le dossier", partial(self.remove_asked.emit, name),
               "Ctrl+Shift+Del")  # fmt: skip
        button.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._fold_button(button)
        self._rows.addWidget(button)
        return button

    def _fold_button(self, button: MenuButton) -> None:
        button.folded = self._folded
        set_tip(button, button.text() if self._folded else "Clic droit : renommer, supprimer")

    def _clicked(self, key: str, checked: bool = False) -> None:
        # The mark follows what is shown, not what was clicked.
        self.set_current(self._current)
        self._choose(key)

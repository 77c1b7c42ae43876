"""The annulment joined to the page of a document: offered to its author, told, taken back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from lgc.desktop import text
from lgc.desktop.components.cover import window_of
from lgc.desktop.documents.annulment import AnnulDialog
from lgc.desktop.documents.document_page import DocumentPage
from lgc.desktop.subject import subject_of
from lgc.desktop.tasks import Tasks
from lgc.errors import UserFacingError
from lgc.services.annulling import Annulled
from lgc.services.desk import Desk


class AnnullingOnPage(QObject):
    """Lives as long as the page. ``told`` as of a part; ``warning_asked`` carries a document_id."""

    told = Signal(str, object)
    warning_asked = Signal(str)
    looked = Signal()

    def __init__(self, page: DocumentPage, desk: Desk, tasks: Tasks) -> None:
        super().__init__(page)
        self._page, self._desk, self._tasks = page, desk, tasks
        page.annul_asked.connect(self._ask)
        page.annulment_changed.connect(self.look)
        page.band.back_asked.connect(self._take_back)
        page.band.warning_asked.connect(lambda: self._with(self.warning_asked.emit))

    def look(self, document_id: str) -> None:
        """May it be annulled, and where did it go? Asked each time a document comes into view."""

        def work() -> tuple[bool, Annulled]:
            annulling = self._desk.annulling
            return annulling.may_annul(document_id), annulling.about(document_id)

        def done(found: tuple[bool, Annulled]) -> None:
            if self._shown() == document_id:
                self._page.offer_annulment(*found)
                self.looked.emit()

        self._tasks.run(work, owner=self._page, done=done)

    def _shown(self) -> str:
        opened = self._page.opened
        return opened.content.document.document_id if opened is not None else ""

    def _with(self, act: Callable[[str], object]) -> None:
        document_id = self._shown()
        if document_id:
            act(document_id)

    def _ask(self) -> None:
        document_id = self._shown()
        work = partial(self._desk.annulling.about, document_id)
        self._tasks.run(work, owner=self._page, done=self._open)

    def _open(self, about: Annulled) -> None:
        document_id = about.document.document_id

        def agreed(why: str) -> None:
            work = partial(self._desk.annulling.annul, document_id, why)
            self._tasks.run(work, owner=self._page, done=annulled)

        def annulled(found: Annulled) -> None:
            dialog.saved()
            dialog.dismiss()
            words = text.french(f"« {found.document.title} » annulé")
            self.told.emit(words, partial(self._back, document_id))
            self.look(document_id)

        dialog = AnnulDialog(window_of(self._page), about, agreed)
        dialog.open(dialog.why)

    def _take_back(self) -> None:
        self._with(self._back)

    def _back(self, document_id: str) -> None:
        def done(nothing: None) -> None:
            self.told.emit("Annulation défaite : les envois arrêtés le restent", None)
            self.look(document_id)

        def failed(error: Exception) -> None:
            self._tasks.failing(error, subject_of(self._page))
            if isinstance(error, UserFacingError):
                self.look(document_id)

        work = partial(self._desk.annulling.take_back, document_id)
        self._tasks.run(work, owner=self._page, done=done, failed=failed)

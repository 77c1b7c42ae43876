"""A patient's record: banner never scrolled away, menu, home, and one document over it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from lgc.desktop import text
from lgc.desktop.components.banner import Banner
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.keys import action, cap_of
from lgc.desktop.components.menus import show_menu
from lgc.desktop.components.notice import Notice
from lgc.desktop.components.tips import set_tip
from lgc.desktop.documents.annulling_on_page import AnnullingOnPage
from lgc.desktop.documents.document_page import DocumentPage
from lgc.desktop.documents.refiling import RefilingOnPage
from lgc.desktop.page import RecordPage
from lgc.desktop.record.care_path import CarePathPanel
from lgc.desktop.record.documents_panel import RecordDocumentsPanel
from lgc.desktop.record.menu import Entry, RecordMenu
from lgc.desktop.record.part import PARTS, Part, part_class
from lgc.desktop.record.writing.draft_strip import DraftStrip, Waiting
from lgc.desktop.record.writing.forms import ENTRY_OF
from lgc.desktop.tasks import Task, Tasks
from lgc.domain.dmp import ORDINARY, AccessContext
from lgc.domain.documents import Document, DocumentContent, DocumentKind, Origin
from lgc.domain.medical_data import Standing
from lgc.services.desk import Desk
from lgc.services.drafting import Draft
from lgc.services.events import RecordChanged
from lgc.services.evidence import stood
from lgc.services.medical import Change
from lgc.services.reading import OpenedDocument
from lgc.services.views import DocumentLine, DraftMark, Lane, RecordView

T = TypeVar("T")
Guard = Callable[[DocumentLine, Callable[[], None]], None]
HOME, WRITE, VSM = "home", "write", "vsm"
NOTE = "note"
OWN = {HOME, WRITE, VSM}
WRITTEN = (NOTE, "drugs", "orders", "letter", VSM, "rcp")
ENTRIES = (
    Entry(HOME, "Accueil du dossier", "ri.layout-row-line", "Alt+0"),
    Entry("medical", "Données médicales", "ri.heart-pulse-line", "Alt+1"),
    Entry("overview", "Vue d’ensemble", folded="ri.layout-grid-line"),
    Entry("biology", "Biologie", folded="ri.test-tube-line"),
    Entry("measures", "Mesures", folded="ri.ruler-line"),
    Entry(WRITE, "Saisir un document", "ri.edit-line", "Alt+2"),
    Entry("note", "CR de consultation", folded="ri.stethoscope-line"),
    Entry("drugs", "Prescription médicaments", folded="ri.capsule-line"),
    Entry("orders", "Autres prescriptions", folded="ri.flask-line"),
    Entry("letter", "Courrier", folded="ri.mail-line"),
    Entry(VSM, "Synthèse médicale (VSM)", folded="ri.health-book-line"),
    Entry("rcp", "Fiche RCP", folded="ri.team-line"),
    Entry("list", "Liste des documents", "ri.folder-line", "Alt+3"),
    Entry("new", "Nouveaux documents", folded="ri.inbox-unarchive-line"),
    Entry("administrative", "Données administratives", "ri.profile-line", "Alt+4"),
    Entry("visits", "Rendez-vous", folded="ri.calendar-2-line"),
)


class Record(RecordPage):
    """One page per record: a late answer for another patient has nowhere to land here."""

    share_asked = Signal(object)
    reuse_asked = Signal(object)
    message_asked = Signal(str)
    visit_asked = Signal(object)
    visit_act = Signal(object, str, object, object)
    dmp_menu_asked = Signal(QPoint)
    document_menu_asked = Signal(object, QPoint)
    told = Signal(str, object)
    warning_asked = Signal(str)
    write_asked = Signal(object)

    def __init__(
        self, patient_id: str, desk: Desk, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(patient_id, parent)
        self.title = "Dossier"
        self._desk, self._tasks = desk, tasks
        self._opening: Task | None = None
        self.access: AccessContext = ORDINARY
        self._guard: Guard = lambda line, go_on: go_on()
        self._closing_guard: Callable[[], bool] = lambda: True
        self.banner = Banner()
        self._parts: dict[str, Part] = {}
        self._below: QWidget | None = None
        self.menu = RecordMenu(
            [entry for entry in ENTRIES if entry.key in OWN or entry.key in PARTS], self._go
        )
        self.drafts = DraftStrip()
        self.care_path = CarePathPanel(desk.clock.now().date())
        self.documents = RecordDocumentsPanel()
        self.document = DocumentPage(desk, tasks)
        self.annulling = AnnullingOnPage(self.document, desk, tasks)
        self.refiling = RefilingOnPage(self.document, desk, tasks)
        self.refiled = Notice("text.muted")
        self.refiled.setObjectName("refiledNotice")
        self.refiled.hide()
        self.home = QWidget()
        self.stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self._banner_actions()
        self.menu.set_current(HOME)

    def load(self) -> None:
        """Read the record for the first time: the opening is audited."""
        self._tasks.run(
            partial(self._desk.records.opened, self.patient_id), owner=self, done=self._show
        )

    def record_changed(self, event: RecordChanged) -> None:
        """Something happened to a patient: read again when it is this one."""
        if event.patient_id == self.patient_id:
            self._read_again()

    def agenda_changed(self, event: object) -> None:
        """Some screen or some lane changed an appointment."""
        part = self.stack.currentWidget()
        if isinstance(part, Part):
            part.agenda_changed()

    def day_changed(self, before: dt.date, today: dt.date) -> None:
        """Ages, « en retard » and what counts from today are read anew; nothing typed moves."""
        self._read_again()

    def _read_again(self) -> None:
        self.refresh()
        part = self.stack.currentWidget()
        if isinstance(part, Part):
            part.refresh()

    def refresh(self) -> None:
        """Read it again: something of it changed."""
        self._tasks.run(
            partial(self._desk.records.view, self.patient_id), owner=self, done=self._show
        )

    def open_document(self, document_id: str) -> None:
        self._bring(
            partial(self._desk.reading.open, document_id),
            self._show_document,
            "Ouverture du document…",
        )

    def _offer_version(self, document_id: str) -> None:
        def offer(kind: str) -> None:
            opened = self.document.opened
            if opened is not None and opened.content.document.document_id == document_id:
                self.document.offer_version(bool(kind))
                self.hints_changed.emit()

        work = partial(self._desk.drafting.may_reopen, document_id)
        self._tasks.run(work, owner=self, done=offer)

    def _reopen(self, document_id: str) -> None:
        """Write the next version of a document from what was typed."""

        def reopened(found: tuple[str, Draft]) -> None:
            kind, _ = found
            part = self.show_part(ENTRY_OF.get(kind, "orders"))
            part.reopened(kind)

        work = partial(self._desk.drafting.reopen, document_id)
        self._bring(work, reopened, "Reprise du document…")

    def redo(self, document: Document) -> None:
        """The same words under the identity of today: its author looks, then finishes."""
        if document.kind is DocumentKind.VSM:
            self.make_vsm()
        else:
            self._reopen(document.document_id)

    def make_vsm(self) -> None:
        """« Synthèse médicale »: a draft to read, then to share or keep."""
        self._bring(self._draft, self._show_draft, "Rédaction de la synthèse…")

    def show_home(self) -> None:
        self._forget()
        self.stack.setCurrentWidget(self.home)
        self.menu.set_current(HOME)
        self.documents.table.setFocus()

    def show_item(self, item: str) -> None:
        """``item`` is a document_id, or the entry of a part."""
        if item in PARTS:
            self.show_part(item)
        else:
            self.open_document(item)

    def shown(self) -> None:
        if self.stack.currentWidget() is self.home:
            self.documents.table.setFocus()

    def set_compact(self, compact: bool) -> None:
        """A small window keeps the glyphs of the menu only."""
        self.menu.fold(compact)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.care_path.set_room(self.height())

    def guard_opening(self, guard: Guard) -> None:
        """Let ``guard`` speak before a document of the list is opened."""
        self._guard = guard

    def enter(self, access: AccessContext) -> None:
        """The access mode of this record from now on, until it closes; look again at once."""
        self.access = access
        self.banner.show_mode(access)
        self._search_dmp()

    def _lay_out(self) -> None:
        """From the outside in: Qt dresses a whole subtree again each time its parent changes."""
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.banner)
        below = QHBoxLayout()
        below.setSpacing(0)
        whole.addLayout(below, 1)
        below.addWidget(self.menu)
        room = QFrame()
        below.addWidget(room, 1)
        inside = QVBoxLayout(room)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.addWidget(self.stack)
        self.stack.addWidget(self.home)
        self.stack.addWidget(self.document)
        home = QVBoxLayout(self.home)
        home.setContentsMargins(0, 0, 0, 0)
        home.setSpacing(12)
        home.addWidget(self.drafts)
        home.addWidget(self.refiled)
        home.addWidget(self.care_path)
        home.addWidget(self.documents, 1)

    def _connect(self) -> None:
        self.drafts.asked.connect(lambda patient_id, kind: self.show_draft(kind))
        self.care_path.opened.connect(self._open_line)
        self.care_path.followed.connect(self._follow)
        self.care_path.act_said.connect(self._tell)
        self.documents.opened.connect(self._open_line)
        self.documents.table.chosen.connect(self._follow_choice)
        self.stack.currentChanged.connect(lambda index: self._place_changed())
        self.documents.message_opened.connect(self.message_asked)
        self.documents.dmp_asked.connect(self._search_dmp)
        self.documents.menu_asked.connect(self.document_menu_asked)
        self.banner.dmp_asked.connect(self._show_dmp_menu)
        self.document.closed.connect(self._leave_document)
        self.document.share_asked.connect(self.share_asked)
        self.document.reuse_asked.connect(self.reuse_asked)
        self.document.kept.connect(self.refresh)
        self.document.version_asked.connect(self._reopen)
        self.annulling.told.connect(self.told)
        self.refiling.told.connect(self.told)
        self.refiling.left.connect(self._leave_document)
        self.annulling.warning_asked.connect(self.warning_asked)
        self.annulling.looked.connect(self.hints_changed)

    def _banner_actions(self) -> None:
        vsm = action(
            self, "Synthèse médicale (VSM)", self.make_vsm, "Ctrl+Shift+V", hint="Synthèse",
            help="Écrire la synthèse médicale (VSM)",
        )  # fmt: skip
        self.vsm_action = vsm
        self.share_action = action(
            self.home, "Partager", self._share_current, "Ctrl+Shift+P", hint="Partager",
            help="Partager le document choisi dans la liste",
        )  # fmt: skip
        self.share_action.setEnabled(False)
        self.dmp_action = action(
            self.home, "Actions du DMP", self._show_dmp_menu, "Ctrl+Shift+D", hint="DMP",
            help="Vos droits sur le DMP de ce patient, et qui d’autre y accède",
        )  # fmt: skip
        self.share_button = Button(
            "", "plain", "ri.share-forward-line", action=self.share_action, cap=False
        )
        self.banner.add_action(self.share_button)
        self.vsm_button = Button("Synthèse (VSM)", "plain", "ri.health-book-line", action=vsm)
        self.vsm_button.setObjectName("makeVsm")
        self.banner.add_action(self.vsm_button)
        self.note_action = action(
            self, "Consultation", lambda: self.show_part(NOTE), "Ctrl+N", hint="Consultation",
            help="Écrire le compte rendu de la consultation",
        )  # fmt: skip
        self.note_button = Button("", "primary", "ri.stethoscope-line", action=self.note_action)
        self.note_button.setObjectName("writeNote")
        self.banner.add_action(self.note_button)

    def _show_dmp_menu(self) -> None:
        self.dmp_menu_asked.emit(self.banner.below_dmp())

    def _follow_choice(self, line: DocumentLine | None) -> None:
        """« Partager » speaks of the chosen line: only what is kept here can be sent."""
        kept = line is not None and line.document is not None and not line.annulled
        if kept is not self.share_action.isEnabled():
            self.share_action.setEnabled(kept)
            self.hints_changed.emit()
        why = "" if kept else "Choisissez un document du cabinet ou déjà ouvert"
        set_tip(self.share_button, why or "Partager le document choisi · Ctrl Maj P")

    def _share_current(self) -> None:
        line = self.documents.table.current()
        if line is not None and line.document is not None and not line.annulled:
            self.share_asked.emit(line.document.document_id)

    def _place_changed(self) -> None:
        """The page of a document has its own « Partager »."""
        self.share_button.setVisible(self.stack.currentWidget() is self.home)
        self.hints_changed.emit()

    def _go(self, key: str) -> None:
        if key == WRITE:
            self._choose_writing()
            return
        if key == VSM:
            self.make_vsm()
            return
        if key in PARTS:
            self.show_part(key)
            return
        self.show_home()

    def show_part(self, entry: str) -> Part:
        """The part behind an entry of the menu. Raises KeyError when nothing is behind it."""
        self._forget()
        part = self._part(PARTS[entry])
        self.stack.setCurrentWidget(part)
        self.menu.set_current(entry)
        part.shown(entry)
        return part

    def _part(self, place: str) -> Part:
        part = self._parts.get(place)
        if part is None:
            part = part_class(place)(self.patient_id, self._desk, self._tasks)
            part.document_asked.connect(self.open_document)
            part.share_asked.connect(self.share_asked)
            part.left.connect(self.show_home)
            part.place_changed.connect(self.menu.set_current)
            part.hints_changed.connect(self.hints_changed)
            part.told.connect(self.told)
            part.line_asked.connect(self._open_line)
            part.line_menu_asked.connect(self.document_menu_asked)
            part.message_asked.connect(self.message_asked)
            part.visit_asked.connect(self.visit_asked)
            part.visit_act.connect(self.visit_act)
            part.part_asked.connect(self.show_part)
            part.draft_asked.connect(self.show_draft)
            part.write_asked.connect(self.write_asked)
            part.dmp_asked.connect(self._search_dmp)
            self._parts[place] = part
            self.stack.addWidget(part)
            if self.patient is not None:
                part.show_patient(self.patient)
        return part

    def guard_closing(self, guard: Callable[[], bool]) -> None:
        """Who is asked before the record closes, once its parts agree."""
        self._closing_guard = guard

    def may_close(self) -> bool:
        for place, part in list(self._parts.items()):
            if not part.may_close():
                if self.stack.currentWidget() is not part:  # what it says stands there
                    self.show_part(next(one for one in PARTS if PARTS[one] == place))
                self.seeing_asked.emit()
                return False
        return self._closing_guard()

    def _choose_writing(self) -> None:
        """What can be written here; nothing starts before it is named."""
        button = self.menu.button(WRITE)
        menu = QMenu(self)
        # Not the action itself: the menu would write its key in English.
        for entry in (one for one in ENTRIES if one.key in WRITTEN):
            own = {NOTE: self.note_action, VSM: self.vsm_action}.get(entry.key)
            cap = f"\t{cap_of(own)}" if own is not None else ""
            offered = menu.addAction(f"{entry.words}{cap}")
            if own is not None:
                offered.triggered.connect(own.trigger)
            else:
                offered.triggered.connect(partial(self._write, entry.key))
        menu.setActiveAction(menu.actions()[0])
        menu.aboutToHide.connect(menu.deleteLater)
        show_menu(menu, button.mapToGlobal(QPoint(button.width() - 8, 0)))

    def _write(self, entry: str, checked: bool = False) -> None:
        self.show_part(entry)

    def _show(self, record: RecordView) -> None:
        self.show_patient(record.patient)
        self.banner.show_patient(record.patient, record.allergies)
        self.care_path.show_life(record.life_line)
        self.documents.show_lines(record.documents, record.messages)
        self.document.follow(x.document for x in record.documents if x.document is not None)
        self._follow_choice(self.documents.table.current())
        self._show_drafts(record.drafts)
        self._show_refiled(record.refiled)
        self.menu.button("new").set_count(sum(line.unread for line in record.documents))
        for part in self._parts.values():
            part.show_patient(record.patient)
        self.menu.note.setText(f"Lu à {text.time(self._desk.clock.now())}")

    def _show_refiled(self, traces: tuple[str, ...]) -> None:
        """What a correction took out of this record, or brought into it."""
        self.refiled.setVisible(bool(traces))
        if traces:
            older = text.french(" ".join(traces[1:]))
            self.refiled.set("text.muted", text.french(traces[0]), older, "ri.folder-transfer-line")

    def _show_drafts(self, drafts: tuple[DraftMark, ...]) -> None:
        """On the home, in the menu and on the tab: no draft is found by its key alone."""
        self.drafts.show_drafts([Waiting(self.patient_id, one) for one in drafts])
        waiting = {ENTRY_OF.get(one.kind, "orders") for one in drafts}
        for entry in WRITTEN:
            if entry in PARTS:
                self.menu.button(entry).set_draft(entry in waiting)
        self.drafts_changed.emit(self.patient_id, bool(drafts))

    def show_draft(self, kind: str) -> None:
        """Where the draft of ``kind`` is written."""
        self.show_part(ENTRY_OF.get(kind, "orders")).turn_to(kind)

    def _open_line(self, line: DocumentLine) -> None:
        self._guard(line, partial(self._open_guarded, line))

    def _open_guarded(self, line: DocumentLine) -> None:
        if line.document is not None:
            self.open_document(line.document.document_id)
        elif line.entry is not None:
            self._bring(partial(self._fetch, line), self._show_document, "Lecture dans le DMP…")

    def _bring(self, work: Callable[[], T], done: Callable[[T], None], sentence: str) -> None:
        """Ask for one document; one asked later, or going home, forgets the answer."""
        self._forget()
        self._opening = self._tasks.run(work, owner=self, done=done)
        self._busy().follow(self._opening, sentence)

    def _forget(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None

    def _fetch(self, line: DocumentLine) -> OpenedDocument:
        assert line.entry is not None
        document_id = self._desk.dmp.fetch(self.patient_id, line.entry, access=self.access)
        return self._desk.reading.open(document_id)

    def _follow(self, protocol: str, follow: bool) -> None:
        work = partial(self._desk.records.follow, self.patient_id, protocol, follow)
        self._tasks.run(work, owner=self, done=lambda nothing: self.refresh())

    def _tell(self, lane: Lane, standing: Standing) -> None:
        """What the doctor says of a planned act as it was shown, with its undo."""
        words = stood(standing, None) or "fait"
        desk, patient_id = self._desk, self.patient_id

        def work() -> Change:
            desk.records.must_be_due(patient_id, lane)
            return desk.medical.tell(patient_id, lane.name, standing)

        done = partial(self._act_told, f"{lane.name} : {words} aujourd’hui")
        self._tasks.run(work, owner=self, done=done)

    def _act_told(self, said: str, change: Change) -> None:
        self.refresh()
        self.told.emit(said, partial(self._untell, change))

    def _untell(self, change: Change) -> None:
        undo = partial(self._desk.medical.undo, change)
        self._tasks.run(undo, owner=self, done=lambda nothing: self.refresh())

    def _search_dmp(self) -> None:
        task = self._tasks.run(
            partial(self._desk.dmp.search, self.patient_id, access=self.access),
            owner=self,
            done=lambda entries: self._dmp_answered(),
        )
        self._busy().follow(task, "Recherche dans le DMP…")

    def _dmp_answered(self) -> None:
        self.refresh()
        part = self.stack.currentWidget()
        if isinstance(part, Part):
            part.refresh()

    def _busy(self) -> BusyLine:
        """Where waiting is told: in the part in view when it has a place for it."""
        told = getattr(self.stack.currentWidget(), "busy", None)
        return told if isinstance(told, BusyLine) else self.documents.busy

    def _draft(self) -> tuple[DocumentContent, OpenedDocument]:
        content = self._desk.vsm.draft(self.patient_id)
        return content, self._desk.reading.understand(content)

    def _show_draft(self, made: tuple[DocumentContent, OpenedDocument]) -> None:
        self._show_document(made[1], draft=True)
        self.menu.set_current(VSM)

    def _show_document(self, opened: OpenedDocument, draft: bool = False) -> None:
        self.document.show_document(opened, draft=draft)
        if not draft and opened.content.document.origin is Origin.PRACTICE:
            self._offer_version(opened.content.document.document_id)
            self.annulling.look(opened.content.document.document_id)
        self._below = self.stack.currentWidget() if not self._reading() else self._below
        self.stack.setCurrentWidget(self.document)

    def _reading(self) -> bool:
        return self.stack.currentWidget() is self.document

    def _leave_document(self) -> None:
        """Back to where it was opened from."""
        if isinstance(self._below, Part):
            self._forget()
            self.stack.setCurrentWidget(self._below)
            self._below.setFocus()
        else:
            self.show_home()

"""One document over the record's home: header, body, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from lgc.desktop import system_dialogs
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import ElidedLabel, rule
from lgc.desktop.components.notice import Notice
from lgc.desktop.documents.annulment import AnnulmentBand
from lgc.desktop.documents.body import DocumentBody
from lgc.desktop.documents.findings import FindingsPanel
from lgc.desktop.documents.header import DocumentHeaderPanel
from lgc.desktop.documents.printing import print_pdf
from lgc.desktop.leaving import EXPORTED, Leaving, left
from lgc.desktop.subject import subject_of
from lgc.desktop.tasks import Tasks
from lgc.domain.documents import DmpState, Document, DocumentContent, Origin
from lgc.domain.readable import Attachment
from lgc.errors import UserFacingError
from lgc.file_names import safe_name
from lgc.files import save_copy
from lgc.services.annulling import Annulled
from lgc.services.checking import Finding
from lgc.services.desk import Desk
from lgc.services.reading import OpenedDocument
from lgc.services.records import line_of
from lgc.services.reusing import may_be_reused
from lgc.services.sharing import paper_of

HIDDEN = "Ce document n’est pas visible par la personne concernée."
HIDDEN_ADVICE = "Avant de le montrer ou de l’imprimer, annoncez-en le contenu."


@dataclass(frozen=True)
class Asked:
    """The document that a copy or a print was asked of, and its words as they stood in view."""

    content: DocumentContent
    words: QTextDocument

    @property
    def leaving(self) -> Leaving:
        """What the journal is told of."""
        return Leaving("document", self.content.document.document_id)


class DocumentPage(QFrame):
    """Shows a stored document or a draft; ``closed`` asks to go back to the list.

    ``reuse_asked`` carries the OpenedDocument whose entries the doctor wants in the record;
    ``reusable`` is False where no record is known.
    """

    closed = Signal()
    share_asked = Signal(object)
    reuse_asked = Signal(object)
    kept = Signal()
    dmp_menu_asked = Signal(object, QPoint)
    version_asked = Signal(str)
    annul_asked = Signal()
    refile_asked = Signal(str)
    annulment_changed = Signal(str)

    def __init__(self, desk: Desk, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._desk, self._tasks = desk, tasks
        self._opened: OpenedDocument | None = None
        self._draft = self._inside = False
        self.reusable = True
        self.header = DocumentHeaderPanel()
        self.body = DocumentBody(tasks)
        self.body.inside_changed.connect(self._inside_changed)
        self.body.original_asked.connect(self._export_original)
        self.notice = Notice()
        self.notice.hide()
        self.band = AnnulmentBand()
        self.findings = FindingsPanel(self._close_findings)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addLayout(self._bar())
        whole.addWidget(rule())
        whole.addWidget(self.header)
        whole.addWidget(rule())
        whole.addWidget(self.band)
        whole.addWidget(self.notice)
        whole.addWidget(self.findings)
        whole.addWidget(self.body, 1)

    def speaks_of(self) -> str:
        """What a notice about this document names: whose it is, and its title."""
        if self.opened is None:
            return ""
        return f"{subject_of(self.parent())}, « {self.opened.content.document.title} »"

    @property
    def opened(self) -> OpenedDocument | None:
        return self._opened

    def show_document(self, opened: OpenedDocument, *, draft: bool = False) -> None:
        """``draft``: made but not yet kept, so that « Garder » is offered."""
        self._opened, self._draft = opened, draft
        self.findings.hide()
        self.header.show_document(opened)
        self.body.show_document(opened)
        self.keep.setVisible(draft)
        self._keep_button.setVisible(draft)
        self._offer_reuse(not draft and self.reusable and may_be_reused(opened))
        faults = opened.faults
        self.notice.setVisible(bool(faults))
        if faults:
            more = f" (et {len(faults) - 1} autres)" if len(faults) > 1 else ""
            self.notice.set("warn", f"{faults[0]}{more}", "Le document est montré tel que reçu.")
        elif opened.content.document.dmp_state is DmpState.INVISIBLE:
            self.notice.setVisible(True)
            self.notice.set("warn", HIDDEN, HIDDEN_ADVICE)
        self._offer_dmp(opened.content.document, draft)
        received = opened.content.document.origin is not Origin.PRACTICE
        kept = opened.content.document.patient_id is not None
        self._offer_refiling(received and kept and not draft and self.reusable)
        self.offer_version(False)
        self._follow_annulment(opened.content.document)
        self.body.setFocus()

    def offer_annulment(self, offered: bool, about: Annulled) -> None:
        """Its author may annul it; of what was annulled, where it went is told."""
        if self._opened is not None:
            content = replace(self._opened.content, document=about.document)
            self._opened = replace(self._opened, content=content)
            self.header.show_document(self._opened)
        self._follow_annulment(about.document, about)
        self.annul.setEnabled(offered)
        self._annul_button.setVisible(offered)

    def _follow_annulment(self, document: Document, about: Annulled | None = None) -> None:
        """What does not hold is read, exported for what it is, and goes nowhere from here."""
        holds = document.annulled is None
        self.annul.setEnabled(False)
        self._annul_button.hide()
        self.band.show_annulment(document.annulled, about)
        self.share.setEnabled(holds)
        self._share_button.setVisible(holds)
        self.printing.setEnabled(holds)
        self._print_button.setVisible(holds)
        if not holds:
            self.offer_version(False)
            self._offer_reuse(False)

    def _offer_dmp(self, document: Document, draft: bool) -> None:
        there = not draft and document.dmp_state is not DmpState.NOT_DEPOSITED
        self.dmp.setEnabled(there)
        self._dmp_button.setVisible(there)

    def _dmp_menu(self) -> None:
        if self._opened is not None:
            where = self._dmp_button.mapToGlobal(QPoint(0, self._dmp_button.height() + 2))
            self.dmp_menu_asked.emit(line_of(self._opened.content.document), where)

    def allow_sharing(self, allowed: bool) -> None:
        """A piece that is in no record yet can be read, not shared."""
        self.share.setEnabled(allowed)
        self._share_button.setVisible(allowed)

    def offer_version(self, offered: bool) -> None:
        """Its author may write the next version from what was typed."""
        self.rewrite.setEnabled(offered)
        self._rewrite_button.setVisible(offered)

    def _offer_refiling(self, offered: bool) -> None:
        """What was written here is annulled, what came from elsewhere is put where it belongs."""
        self.refile.setEnabled(offered)
        self._refile_button.setVisible(offered)

    def _refile(self) -> None:
        if self._opened is not None:
            self.refile_asked.emit(self._opened.content.document.document_id)

    def _rewrite(self) -> None:
        if self._opened is not None:
            self.version_asked.emit(self._opened.content.document.document_id)

    def _offer_reuse(self, offered: bool) -> None:
        self.reuse.setEnabled(offered)
        self._reuse_button.setVisible(offered)

    def _bar(self) -> QHBoxLayout:
        back = action(self, "Retour au dossier", self._back, "Esc", hint="Retour")
        self.share = action(self, "Partager", self._share, "Ctrl+Shift+P", hint="Partager")
        self.keep = action(self, "Garder dans le dossier", self._keep, "Ctrl+S", hint="Garder")
        export = action(self, "Enregistrer une copie", self._export, "Ctrl+Shift+S")
        checking = action(self, "Vérifier le document", self._check, "F7", hint="Vérifier")
        self.printing = action(self, "Imprimer", self._print, "Ctrl+P", hint="Imprimer")
        self.annul = action(
            self, "Annuler ce document", self.annul_asked.emit,
            help="Dire que ce document ne vaut pas : il reste, barré, et ne part plus",
        )  # fmt: skip
        self._annul_button = Button(
            "Annuler ce document", "quiet", "ri.forbid-line", action=self.annul, cap=False
        )
        self._annul_button.setObjectName("annulDocument")
        self._annul_button.hide()
        self.refile = action(
            self, "Ranger ailleurs", self._refile,
            help="Ce document est d’un autre patient : le sortir de ce dossier",
        )  # fmt: skip
        self._refile_button = Button(
            "Ranger ailleurs", "quiet", "ri.folder-transfer-line", action=self.refile, cap=False
        )
        self._refile_button.setObjectName("refileDocument")
        self._offer_refiling(False)
        self._print_button = Button(
            "Imprimer", "quiet", "ri.printer-line", action=self.printing, cap=False
        )
        self.reuse = action(
            self, "Reprendre dans le dossier", self._reuse, "Ctrl+R", hint="Reprendre"
        )
        self._reuse_button = Button(
            "Reprendre dans le dossier", "plain", "ri.download-2-line", action=self.reuse
        )
        self._reuse_button.setObjectName("reuseDocument")
        self._offer_reuse(False)
        self.rewrite = action(
            self, "Nouvelle version", self._rewrite, "F2", hint="Nouvelle version",
            help="Reprendre ce qui a été écrit, pour le remplacer",
        )  # fmt: skip
        self._rewrite_button = Button(
            "Nouvelle version", "quiet", "ri.edit-2-line", action=self.rewrite, cap=False
        )
        self._rewrite_button.setObjectName("rewriteDocument")
        self._rewrite_button.hide()
        self.rewrite.setEnabled(False)
        self.dmp = action(self, "Actions DMP", self._dmp_menu, "Ctrl+Shift+D", hint="DMP")
        self._dmp_button = Button("Actions DMP", "quiet", "ri.folder-user-line", action=self.dmp)
        self._dmp_button.setObjectName("documentDmp")
        self._keep_button = Button("Garder", glyph="ri.save-line", action=self.keep)
        self._keep_button.setObjectName("keepDocument")
        self._share_button = Button(
            "Partager", "primary", "ri.share-forward-line", action=self.share
        )
        self._share_button.setObjectName("shareDocument")
        back_button = Button("Retour", "quiet", "ri.arrow-left-line", action=back)
        back_button.setObjectName("closeDocument")
        self._keep_button.hide()
        self._where = ElidedLabel("", "small", "text.muted")
        self.busy = BusyLine()
        row = QHBoxLayout()
        row.setContentsMargins(10, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(back_button)
        row.addWidget(self._where, 1)
        row.addWidget(self.busy)
        check = Button("Vérifier", "quiet", "ri.shield-check-line", action=checking, cap=False)
        check.setObjectName("checkDocument")
        row.addWidget(check)
        row.addWidget(Button("Copie", "quiet", "ri.download-line", action=export, cap=False))
        row.addWidget(self._print_button)
        row.addWidget(self._annul_button)
        row.addWidget(self._refile_button)
        row.addWidget(self._rewrite_button)
        row.addWidget(self._dmp_button)
        row.addWidget(self._reuse_button)
        row.addWidget(self._keep_button)
        row.addWidget(self._share_button)
        return row

    def _back(self) -> None:
        """From a piece to the text that links to it, from the text to the record."""
        if self._inside:
            self.body.show_text_again()
        else:
            self.closed.emit()

    def _inside_changed(self, inside: bool) -> None:
        self._inside = inside
        where = "Brouillon, pas encore dans le dossier" if self._draft else ""
        self._where.set_text("Pièce contenue dans le document" if inside else where)

    def _content(self) -> DocumentContent | None:
        return self._opened.content if self._opened is not None else None

    def _share(self) -> None:
        content = self._content()
        if content is not None:
            self.share_asked.emit(content if self._draft else content.document.document_id)

    def _reuse(self) -> None:
        if self._opened is not None:
            self.reuse_asked.emit(self._opened)

    def _keep(self) -> None:
        content = self._content()
        if content is not None and self._draft:
            self._tasks.run(
                partial(self._desk.vsm.keep, content),
                owner=self,
                done=lambda key: self._kept(content.document.document_id),
            )

    def follow(self, documents: Iterable[Document]) -> None:
        """The record was read again: the header tells the state the document has now."""
        shown = self._opened
        if shown is None:
            return
        for document in documents:
            known = shown.content.document
            if document.document_id == known.document_id and document != known:
                content = replace(shown.content, document=document)
                self._opened = replace(shown, content=content)
                self.header.show_document(self._opened)
                if document.annulled != known.annulled:
                    self.annulment_changed.emit(document.document_id)

    def was_shared(self, document_id: str) -> None:
        """Sharing a draft keeps it: it is no longer a draft here either."""
        if self._shows_draft(document_id):
            self._kept(document_id)

    def _kept(self, document_id: str) -> None:
        """Another draft may be in view by now: that one is not kept."""
        if self._opened is not None and self._shows_draft(document_id):
            self.show_document(self._opened, draft=False)
        self.kept.emit()

    def _shows_draft(self, document_id: str) -> bool:
        shown = self._content()
        return self._draft and shown is not None and shown.document.document_id == document_id

    def _check(self) -> None:
        content = self._content()
        if content is not None:
            task = self._tasks.run(
                partial(self._desk.checking.check, content),
                owner=self,
                done=partial(self._checked, content),
                failed=partial(self._not_checked, content),
            )
            self.busy.follow(task, "Vérification du document…")

    def _checked(self, content: DocumentContent, findings: tuple[Finding, ...]) -> None:
        if content is self._content():
            self.notice.hide()
            self.findings.show_findings(findings)

    def _not_checked(self, content: DocumentContent, error: Exception) -> None:
        if content is not self._content():
            return
        self.findings.hide()
        if isinstance(error, UserFacingError):
            self.notice.set("text.muted", error.sentence, error.advice)
            self.notice.show()

    def _close_findings(self) -> None:
        self.findings.hide()
        self.notice.setVisible(bool(self._opened and self._opened.faults))
        self.body.setFocus()

    # Another document may be in view once the pages are made: each step is given its own.

    def _with_pdf(self, use: Callable[[Asked, bytes | None], None], sentence: str) -> None:
        content = self._content()
        if content is not None:
            asked = Asked(content, self.body.text.document().clone(self))
            work = partial(self._desk.reading.pdf, content)
            task = self._tasks.run(work, owner=self, done=partial(use, asked))
            self.busy.follow(task, sentence)

    def _print(self) -> None:
        self._with_pdf(self._print_pdf, "Préparation de l’impression…")

    def _print_pdf(self, asked: Asked, pdf: bytes | None) -> None:
        title = asked.content.document.title
        print_pdf(self, title, pdf, asked.words, asked.leaving, paper_of(asked.content))

    def _export(self) -> None:
        self._with_pdf(self._save, "Préparation de la copie…")

    def _save(self, asked: Asked, pdf: bytes | None) -> None:
        kept = pdf or asked.content.content
        name = safe_name(asked.content.document.title, kept)
        self._write("Enregistrer une copie", name, kept, asked.leaving)

    def _export_original(self, piece: Attachment | None) -> None:
        """Of what cannot be shown: the piece, or the whole document, byte for byte."""
        content = self._content()
        if content is None:
            return
        name, original = content.document.title, content.content
        if piece is not None:
            name, original = piece.name, piece.content
        of = Leaving("document", content.document.document_id)
        self._write("Exporter l’original", safe_name(name, original), original, of)

    def _write(self, title: str, name: str, content: bytes, of: Leaving) -> None:
        system_dialogs.ask_save(self, title, name, partial(self._write_to, content, of))

    def _write_to(self, content: bytes, of: Leaving, file: Path) -> None:
        task = self._tasks.run(
            partial(save_copy, file, content),
            owner=self,
            done=lambda nothing: left(EXPORTED, of),
        )
        self.busy.follow(task, "Enregistrement…")

"""The header of a document: what matters on two lines, everything else unfolded on demand."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.chips import Chip
from lgc.desktop.components.labels import ElidedLabel, Glyph, label
from lgc.desktop.theme import glyphs
from lgc.domain.readable import DocumentHeader
from lgc.services.reading import OpenedDocument

Fact = tuple[str, str]


class DocumentHeaderPanel(QFrame):
    """Glyph, title, type, date, author, organisation, version; « Tout afficher » unfolds."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("documentHeader")
        self._glyph = Glyph("ri.file-text-line", "text.muted", 20)
        self._title = ElidedLabel("", "dialog")
        self._chips = QHBoxLayout()
        self._chips.setSpacing(6)
        self._line = ElidedLabel("", "base", "text.muted")
        self._more = Button("Tout afficher", "quiet", "ri.arrow-down-s-line", height=24)
        self._more.setObjectName("unfoldHeader")
        self._more.clicked.connect(self._toggle)
        self._facts = QWidget()
        self._grid = QGridLayout(self._facts)
        self._grid.setContentsMargins(30, 6, 0, 0)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._facts.hide()
        self._layout()

    def _layout(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(10)
        first.addWidget(self._glyph)
        first.addWidget(self._title, 1)
        first.addLayout(self._chips)
        second = QHBoxLayout()
        second.setContentsMargins(30, 0, 0, 0)
        second.addWidget(self._line, 1)
        second.addWidget(self._more)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 10, 12, 10)
        whole.setSpacing(2)
        whole.addLayout(first)
        whole.addLayout(second)
        whole.addWidget(self._facts)

    def show_document(self, opened: OpenedDocument) -> None:
        document = opened.content.document
        sign = glyphs.KIND[document.kind]
        self._glyph.set(sign.glyph, sign.role)
        self._title.set_text(text.french(document.title))
        chosen = self._title.font()
        chosen.setStrikeOut(document.annulled is not None)
        self._title.setFont(chosen)
        when = document.service_start or document.created_at
        day = document.day_said or text.date(when)
        parts = (text.french(document.type.label), day, document.author)
        self._line.set_text(" · ".join(p for p in (*parts, document.organisation) if p))
        self._set_chips(opened)
        self._set_facts(_facts(opened))

    def _set_chips(self, opened: OpenedDocument) -> None:
        document = opened.content.document
        origin, state = glyphs.ORIGIN[document.origin], glyphs.DMP_STATE[document.dmp_state]
        chips = [
            Chip(origin.word, origin.role, origin.glyph),
            Chip(state.word, state.role, state.glyph),
        ]
        if document.annulled is not None:
            chips.insert(0, Chip("Annulé", "danger", "ri.forbid-line"))
        if document.version > 1:
            chips.append(Chip(f"Version {document.version}", "text.muted", "ri.file-history-line"))
        while (item := self._chips.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        for chip in chips:
            self._chips.addWidget(chip)

    def _set_facts(self, facts: list[Fact]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        for row, (name, value) in enumerate(facts):
            self._grid.addWidget(
                label(name, "small", "text.muted"), row, 0, Qt.AlignmentFlag.AlignTop
            )
            self._grid.addWidget(label(value, "small", wrap=True, selectable=True), row, 1)
        self._more.setVisible(bool(facts))

    def _toggle(self) -> None:
        unfold = self._facts.isHidden()
        self._facts.setVisible(unfold)
        self._more.setText("Replier" if unfold else "Tout afficher")
        self._more.set_glyph("ri.arrow-up-s-line" if unfold else "ri.arrow-down-s-line")


def _facts(opened: OpenedDocument) -> list[Fact]:
    document = opened.content.document
    facts = [("Identifiant", document.unique_id), ("Empreinte SHA-1", document.sha1)]
    facts.append(("Taille", text.size(document.size)))
    if opened.readable is not None:
        facts = _header_facts(opened.readable.header) + facts
    facts += [("À noter", fault) for fault in opened.faults]
    return [(name, value) for name, value in facts if value]


def _header_facts(header: DocumentHeader) -> list[Fact]:
    patient = header.patient
    name = " ".join((patient.birth_name, *patient.given_names))
    return [
        ("Patient", name),
        ("Né(e) le", patient.born),
        ("INS", ", ".join(ins.spaced for ins in patient.ins)),
        ("Auteurs", ", ".join(header.authors)),
        ("Organisation", header.organisation),
        ("Responsable du document", header.legal_authenticator),
        ("Conservé par", header.custodian),
        ("Destinataires", ", ".join(header.recipients)),
        ("Acte documenté", header.service_event),
        ("Version", str(header.version)),
        ("Remplace", header.replaces),
        ("Type", f"{header.type.label} ({header.type.code})"),
        ("Langue", header.language),
    ]

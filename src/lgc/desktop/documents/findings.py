"""What « Vérifier » found: a verdict, then each thing with its place and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from lgc.desktop.components.buttons import Button
from lgc.desktop.components.labels import Glyph, label, rule
from lgc.desktop.components.notice import GLYPHS, Notice
from lgc.services.checking import Finding

TONES = {"error": "danger", "warning": "warn"}
LEVELS = {"error": "Erreur", "warning": "À vérifier"}
SHOWN, HEIGHT = 100, 260


class FindingsPanel(QFrame):
    """Between the header and the body of a document; hidden until something was checked."""

    def __init__(self, close: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("findings")
        self.verdict = Notice()
        closing = Button("Fermer", "quiet", "ri.close-line")
        closing.setObjectName("closeFindings")
        closing.clicked.connect(lambda: close())
        self.verdict.add_right(closing)
        self._area = QScrollArea()
        self._area.setObjectName("findingsList")
        self._area.setAccessibleName("Ce qui a été trouvé")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setMaximumHeight(HEIGHT)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.verdict)
        whole.addWidget(self._area)
        whole.addWidget(rule())
        self.hide()

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Say the verdict and list at most ``SHOWN`` findings, errors first."""
        self.verdict.set(*_verdict(findings))
        lines = QWidget()
        column = QVBoxLayout(lines)
        column.setContentsMargins(14, 4, 14, 12)
        column.setSpacing(10)
        for finding in findings[:SHOWN]:
            column.addWidget(_Line(finding))
        column.addStretch(1)
        self._area.setWidget(lines)
        self._area.setVisible(bool(findings))
        self.show()

    def sentences(self) -> list[str]:
        """What is listed, for a reader who does not see."""
        return [line.accessibleName() for line in self.findChildren(_Line)]


def _verdict(findings: Sequence[Finding]) -> tuple[str, str, str]:
    errors = sum(finding.level == "error" for finding in findings)
    others = len(findings) - errors
    if not findings:
        return "ok", "Fichier bien formé.", "Le contenu médical n’est pas jugé."
    if not errors:
        what = "point" if others == 1 else "points"
        return "warn", f"{others} {what} à vérifier, aucune erreur.", "Le document reste lisible."
    what = "erreur" if errors == 1 else "erreurs"
    more = f" et {others} à vérifier" if others else ""
    return "danger", f"{errors} {what}{more}.", "Le document est montré tel que reçu."


class _Line(QFrame):
    """One finding: what, where, what to do."""

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        tone = TONES[finding.level]
        words = (finding.sentence, f"Où\u00a0: {finding.where}", finding.advice)
        self.setAccessibleName(f"{LEVELS[finding.level]}. {' '.join(words)}")
        column = QVBoxLayout()
        column.setSpacing(1)
        for text, role, colour in zip(
            words, ("strong", "small", "small"), ("text", "text.muted", "text.muted"), strict=True
        ):
            column.addWidget(label(_breakable(text), role, colour, wrap=True, selectable=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(Glyph(GLYPHS[tone], tone, 16), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)


def _breakable(text: str) -> str:
    """Long paths may break after each element."""
    return text.replace("/", "/\u200b")

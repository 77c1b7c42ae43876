"""One thing wrong in a document: in French, with its place and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

OUR_FAULT = "Signalez-le à l’auteur du document\u00a0: son logiciel l’a mal écrit."
COMPLETE_PATIENT = "Complétez l’identité du patient, puis recommencez."
COMPLETE_AUTHOR = "Complétez l’identité et le lieu d’exercice, puis recommencez."


@dataclass(frozen=True, slots=True)
class Finding:
    """``level`` is ``error`` (must not leave) or ``warning``.

    ``path`` names the elements down to the place, ``line`` counts from 1; both are empty for a
    document that could not be read at all.
    """

    level: str
    sentence: str
    advice: str
    path: str = ""
    line: int = 0

    @property
    def is_refusal(self) -> bool:
        """Whether nothing could be checked: the bytes are no readable document."""
        return not self.path

    @property
    def where(self) -> str:
        return f"{self.path}, ligne {self.line}" if self.path else "document"


def error(node: etree._Element, sentence: str, advice: str = OUR_FAULT) -> Finding:
    return Finding("error", sentence, advice, path_of(node), _line(node))


def warning(node: etree._Element, sentence: str, advice: str = OUR_FAULT) -> Finding:
    return Finding("warning", sentence, advice, path_of(node), _line(node))


def _line(node: etree._Element) -> int:
    line = node.sourceline
    return line if isinstance(line, int) else 0


def path_of(node: etree._Element) -> str:
    """``ClinicalDocument/author[2]/time``: ranks only where a name is repeated."""
    names = []
    for one in (node, *node.iterancestors()):
        name = etree.QName(one).localname
        names.append(f"{name}{_rank(one)}")
        if name == "ClinicalDocument":
            break
    return "/".join(reversed(names))


def _rank(node: etree._Element) -> str:
    before = sum(1 for _ in node.itersiblings(node.tag, preceding=True))
    alone = not before and next(node.itersiblings(node.tag), None) is None
    return "" if alone else f"[{before + 1}]"

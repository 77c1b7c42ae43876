"""CIM-10 in its published forms: ClaML, a table with a header, or the bare « | » table of ATIH.

- ClaML: ``Class[@code]`` with a ``Rubric[@kind='preferred']/Label``; chapters and blocks are left
  out; the version is that of ``Title``. The document type is not loaded, entities are refused.
- Table: columns named code and label (« Code », « Libellé »…), any of ``; , | tab``.
- Without a header: code first, long label last (``A000|0|0|0|short|long``), any of ``| ; tab``.

What ATIH says is not to be used (a category that is not empty, a forbidden parent, a code that was
withdrawn) is withdrawn in each form: restriction 3 (MCO/HAD, « Type MCO » or second column), a
column that says so in words, a label that begins with ``*** SUyy ***``, in ClaML a category that
has subdivisions.

Codes are written with their dot (``A000`` becomes ``A00.0``); the extensions of ATIH are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from lgc.domain.professionals import Coded
from lgc.domain.terms import Term
from lgc.errors import UnreadableInput
from lgc.terminology import code_systems
from lgc.terminology.importing.lines import UNTOUCHED, Files, not_this, not_used, table, wrong

CODE = re.compile(r"[A-Z]\d{2}(?:\.?[0-9A-Z+-]{1,6})?")
KNOWN = {
    "code": ("code", "code cim", "code cim10", "code cim 10", "icd10 code", "id code", "cim code"),
    "label": (
        "libelle long", "lib long", "liblong", "libelle", "lib", "label", "intitule", "titre",
        "cim libelle",
    ),
    "short": ("libelle court", "lib court", "libcourt"),
    "restriction": (
        "type mco", "type mco had", "type mcohad", "typemcohad", "typemco", "mco had", "mco",
        "tmco", "cim tmco",
    ),
}  # fmt: skip
NOT_TO_BE_USED = "3"
BARE = "|;\t"
WITHDRAWN = re.compile(r"\*{3}\s*SU\d\d\s*\*{3}", re.IGNORECASE)
MAX_BYTES = 200 * 1024 * 1024
USUAL, OTHER = 100, 500


def read(files: Files, usual: frozenset[str]) -> Iterator[Term]:
    """Every category; ``usual`` are the codes that come first. Raises UnreadableInput."""
    path = files.paths[0] if files.paths else None
    if path is None:
        raise not_this(None, "la CIM-10, en tableau ou au format ClaML")
    found = _claml(files, path) if _is_xml(path) else _table(files, path)
    for code, label, others in found:
        if WITHDRAWN.match(label):
            files.withdraw(code)
            continue
        weight = USUAL if code in usual else OTHER
        # A category without a dot says less than its subdivisions, but is asked for first.
        yield Term(Coded(code, code_systems.CIM_10, label), others, weight=weight + len(code))


_SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}


def _is_xml(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(512).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
    except OSError:
        return False


def _claml(files: Files, path: Path) -> Iterator[tuple[str, str, str]]:
    if path.stat().st_size > MAX_BYTES:
        raise not_this(path, "un fichier ClaML de moins de 200 Mo")
    some = False
    try:
        with path.open("rb") as source:
            wanted = ("{*}Class", "{*}Title")
            for _, node in etree.iterparse(source, events=("end",), tag=wanted, **_SAFE):
                files.step(source.tell())
                if _name(node) == "Title":
                    files.edition = node.get("version") or ""
                    continue
                code = dotted((node.get("code") or "").strip().upper())
                label, others = _rubrics(node)
                if node.get("kind") == "category" and label and CODE.fullmatch(code):
                    some = True
                    if any(_name(one) == "SubClass" for one in node):
                        files.withdraw(code)
                    else:
                        yield code, label, others
                node.clear()
                while node.getprevious() is not None:
                    del node.getparent()[0]
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        raise wrong(path, line, "le XML est abîmé") from error
    except OSError as error:
        raise UnreadableInput(f"{path.name} ne peut pas être lu.", advice=UNTOUCHED) from error
    if not some:
        raise not_this(path, "une CIM-10 au format ClaML")


def _rubrics(node: etree._Element) -> tuple[str, str]:
    """The preferred label, and the words included under it."""
    label, others = "", []
    for rubric in node:
        if _name(rubric) != "Rubric":
            continue
        labels = (one for one in rubric if _name(one) == "Label")
        parts = (str(part) for one in labels for part in one.itertext())
        words = " ".join(" ".join(parts).split())
        if rubric.get("kind") == "preferred" and not label:
            label = words
        elif rubric.get("kind") == "inclusion":
            others.append(words)
    return label, " ".join(others)[:1000]


def _name(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _table(files: Files, path: Path) -> Iterator[tuple[str, str, str]]:
    delimiter = _bare_delimiter(files, path)
    if delimiter:
        yield from _bare(files, path, delimiter)
        return
    some = False
    for row in table(files, path, KNOWN, ("code", "label")):
        code = dotted(row.get("code").upper())
        if not code:
            continue
        if not CODE.fullmatch(code):
            if not some:
                raise not_this(path, "une CIM-10")
            files.leave_out(wrong(path, row.number, "le code n’est pas un code CIM-10"))
            continue
        if row.get("restriction") == NOT_TO_BE_USED or not_used(row):
            some = True
            files.withdraw(code, dotted(row.get("instead").upper()))
        elif row.get("label"):
            some = True
            yield code, row.get("label"), row.get("short")
    if not some:
        raise not_this(path, "une CIM-10")


def _bare_delimiter(files: Files, path: Path) -> str:
    """What parts the fields of a table without a header; empty where it has one."""
    for _, words in files.lines(path):
        for delimiter in BARE:
            first, *others = words.split(delimiter)
            if others and CODE.fullmatch(first.strip().upper()):
                return delimiter
        return ""
    return ""


def _bare(files: Files, path: Path, delimiter: str) -> Iterator[tuple[str, str, str]]:
    for number, words in files.lines(path):
        fields = [one.strip() for one in words.split(delimiter)]
        code = dotted(fields[0].upper())
        if len(fields) < 2 or not CODE.fullmatch(code) or not fields[-1]:
            told = f"code et libellé attendus entre des «\u00a0{delimiter}\u00a0»"
            files.leave_out(wrong(path, number, told))
        elif len(fields) > 3 and fields[1] == NOT_TO_BE_USED:
            files.withdraw(code)
        else:
            yield code, fields[-1], fields[-2] if len(fields) > 2 else ""


def dotted(code: str) -> str:
    """``A000`` → ``A00.0``."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 and code[3] != "." else code

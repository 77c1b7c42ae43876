"""Fields whose instruction is what the page shows: signs, ticked boxes, chosen lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lgc.reading.rtf import symbols

TICKED, UNTICKED = "☑", "☐"
_SYMBOL = re.compile(r"\s*SYMBOL\s+(0x[0-9a-f]{1,6}|\d{1,7})(.*)", re.IGNORECASE | re.DOTALL)
_FONT = re.compile(r"\\f\s*(?:\"([^\"]*)\"|(\S+))", re.IGNORECASE)
_UNICODE = re.compile(r"\\u\b", re.IGNORECASE)
# Marks for other pages, and page numbers: nothing of them is a word of the text.
SILENT = frozenset(
    ("ADVANCE", "HYPERLINK", "INDEX", "NUMPAGES", "PAGE", "PAGEREF", "PRIVATE", "RD",
     "SECTIONPAGES", "SET", "TA", "TC", "TOC", "XE")
)  # fmt: skip


@dataclass(slots=True)
class Form:
    """What was typed in a form (RTF 1.9.1, « Form Fields »)."""

    kind: int = 0
    result: int | None = None
    default: int = 0
    choices: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Field:
    """One field while it is read."""

    instruction: list[str] = field(default_factory=list)
    form: Form = field(default_factory=Form)
    is_said: bool = False

    def name(self) -> str:
        words = "".join(self.instruction).split(None, 1)
        return words[0].upper() if words else ""

    def shown(self) -> str:
        """What the instruction itself shows; empty when only its result tells."""
        name = self.name()
        if name == "FORMCHECKBOX":
            chosen = self.form.result if self.form.result in (0, 1) else self.form.default
            return TICKED if chosen else UNTICKED
        if name == "FORMDROPDOWN":
            return _chosen(self.form)
        return sign("".join(self.instruction)) if name == "SYMBOL" else ""


def _chosen(form: Form) -> str:
    rank = form.default if form.result in (None, 25) else form.result
    choices: Sequence[str] = form.choices
    return choices[rank] if rank is not None and 0 <= rank < len(choices) else ""


def sign(instruction: str) -> str:
    """The character of ``SYMBOL 109 \\f "Symbol"``."""
    found = _SYMBOL.match(instruction)
    if found is None:
        return symbols.UNKNOWN
    code, switches = int(found[1], 0), found[2]
    font = _FONT.search(switches)
    table = symbols.table_of((font[1] or font[2]) if font is not None else "")
    if table is not None:
        return symbols.sign(table, code - 0xF000 if 0xF000 <= code <= 0xF0FF else code)
    if _UNICODE.search(switches):
        return chr(code) if code < 0xD800 else symbols.UNKNOWN
    return bytes((code,)).decode("cp1252", "replace") if code < 256 else symbols.UNKNOWN

"""The font table of an RTF: which bytes are which letters (RTF 1.9.1, « Font Table »)."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field

from lgc.reading.rtf import symbols

_SIGNS = 2
# \fcharsetN of Windows.
CHARSETS: Mapping[int, str] = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030",
    136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256",
    186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
HEADS: Mapping[str, str] = {"ansi": "cp1252", "mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
# Names by which older programs told the character set.
_ENDINGS = {" ce": "cp1250", " cyr": "cp1251", " greek": "cp1253", " tur": "cp1254",
            " baltic": "cp1257"}  # fmt: skip
_PAGES = {10000: "mac_roman", 10006: "mac_greek", 10007: "mac_cyrillic", 10029: "mac_latin2",
          10081: "mac_turkish", 936: "gb18030", 65001: "utf-8"}  # fmt: skip
CODECS = frozenset((*CHARSETS.values(), *HEADS.values(), *_ENDINGS.values(), *_PAGES.values()))
"""Every character set that a font may have."""


@dataclass(slots=True)
class Font:
    """One line of the table while it is read."""

    letters: list[str] = field(default_factory=list)
    charset: int | None = None
    page: int | None = None

    @property
    def name(self) -> str:
        return "".join(self.letters).partition(";")[0].strip()

    def codec(self, head: str) -> str:
        """How its bytes are letters; ``head`` is the document's set."""
        if self.page is not None and page(self.page):
            return page(self.page)
        if self.charset in (None, 1):
            low = self.name.lower()
            return next((codec for end, codec in _ENDINGS.items() if low.endswith(end)), head)
        if self.charset == 0 and head in ("mac_roman", "cp437", "cp850"):
            return head
        return CHARSETS.get(self.charset or 0, head)

    def signs(self) -> Mapping[int, str] | None:
        """The table of a font of signs, ``symbols.NOTHING`` for an unknown one."""
        named = symbols.table_of(self.name)
        if named is None and self.charset == _SIGNS:
            return symbols.NOTHING
        return named


def page(number: int) -> str:
    """The codec of a Windows code page, empty for none."""
    name = _PAGES.get(number, f"cp{number}")
    try:
        return codecs.lookup(name).name if 0 < number < 100_000 else ""
    except (LookupError, ValueError):
        return ""

"""Bodies and images carried inside a document: decoded, and named by what their bytes are."""

from __future__ import annotations

import zlib

from lxml import etree

from lgc.domain import media_types
from lgc.domain.readable import Attachment
from lgc.reading import transfer
from lgc.reading.transfer import Harm

_WORDS = (media_types.TEXT, media_types.XML, media_types.HTML, media_types.RTF)
MAX_MEDIA = 50 * 1024 * 1024

EXTENSIONS = {
    "application/pdf": "pdf",
    "text/rtf": "rtf",
    "image/jpeg": "jpg",
    "image/tiff": "tif",
    "image/png": "png",
    "image/gif": "gif",
    "application/zip": "zip",
    "text/plain": "txt",
}


def text_content(node: etree._Element) -> str:
    """Every character under a node, as it stands."""
    return "".join(str(part) for part in node.itertext())


def media_type(content: bytes) -> str:
    """What bytes are, decided on the bytes alone; markup is a text here."""
    found = media_types.of_bytes(content)
    return media_types.TEXT if found == media_types.XML else found


_ACTIVE = (b"/JavaScript", b"/Launch", b"/JS ")
ACTIVE = "Ce PDF contient un programme\u00a0: il n’est pas exécuté."


def _active(content: bytes) -> str:
    return ACTIVE if any(mark in content for mark in _ACTIVE) else ""


TOO_MUCH = "Les pièces du document sont trop volumineuses pour être toutes montrées."
DAMAGED = "Une pièce du document est illisible (codage en base 64 incorrect)."
HARMED = "Une pièce du document est mal codée\u00a0: {}."
EMPTY = "Une pièce du document est vide ou ne peut pas être décompressée."


class Pieces:
    """The pieces of one document, which together stay within ``room`` bytes (MAX_MEDIA)."""

    def __init__(self) -> None:
        self._room = MAX_MEDIA

    def read(self, node: etree._Element, name: str) -> tuple[Attachment | None, str]:
        """The content of an ED and a French sentence about what is wrong (or nothing)."""
        if self._room <= 0:
            return None, TOO_MUCH
        text, harmed = text_content(node).encode("utf-8"), ""
        if (node.get("representation") or "").upper() == "B64":
            found = transfer.of_base64(text)
            if Harm.UNKNOWN in found.harms:
                return None, DAMAGED
            content = found.content
            harmed = HARMED.format(found.harms[0].value) if found.harms else ""
        else:
            content = text.strip()
        inflated, whole = _inflate(content, node.get("compression") or "", self._room)
        self._room -= len(inflated)
        if not inflated or not whole:
            return None, EMPTY
        attachment, fault = _named(node, name, inflated)
        return attachment, harmed or fault


def read(node: etree._Element, name: str) -> tuple[Attachment | None, str]:
    """One piece alone, see ``Pieces.read``."""
    return Pieces().read(node, name)


def _named(node: etree._Element, name: str, content: bytes) -> tuple[Attachment, str]:
    content = _undone_again(content, media_types.named(node.get("mediaType") or ""))
    actual, announced = media_type(content), media_types.named(node.get("mediaType") or "")
    attachment = Attachment(f"{name}.{EXTENSIONS.get(actual, 'bin')}", actual, content)
    if announced and announced not in (actual, media_types.XML):
        return (
            attachment,
            f"Une pièce annoncée «\u00a0{announced}\u00a0» est en réalité «\u00a0{actual}\u00a0».",
        )
    return attachment, _active(content) if actual == "application/pdf" else ""


def _undone_again(content: bytes, announced: str) -> bytes:
    """A file that came as base64 without saying so, or twice, by what it was announced as."""
    if announced in ("", *_WORDS) or media_type(content) != media_types.TEXT:
        return content
    found = transfer.of_base64(content)
    is_it = not found.harms and media_type(found.content) == announced
    return found.content if is_it else content


def _inflate(content: bytes, compression: str, room: int) -> tuple[bytes, bool]:
    """HL7 ED compressions DF, GZ and ZL, bounded; and whether this is all of it."""
    window = {"DF": -zlib.MAX_WBITS, "GZ": zlib.MAX_WBITS | 16, "ZL": zlib.MAX_WBITS}
    if compression not in window:
        return content, True
    # Some write one and name another: what opens it is what it is.
    for bits in sorted(window.values(), key=lambda bits: bits != window[compression]):
        machine = zlib.decompressobj(bits)
        try:
            return machine.decompress(content, room), not machine.unconsumed_tail
        except zlib.error:
            continue
    return b"", False

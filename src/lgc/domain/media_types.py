"""One name for one media type, at every door, and what bytes are whatever was announced.

The names are those of IANA's registry (RFC 6838); the others are what senders write for them.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping

PDF, RTF, TEXT, XML, ZIP = (
    "application/pdf", "text/rtf", "text/plain", "text/xml", "application/zip",
)  # fmt: skip
HTML, JPEG, PNG, GIF, TIFF = "text/html", "image/jpeg", "image/png", "image/gif", "image/tiff"
BYTES = "application/octet-stream"
SYNONYMS: Mapping[str, str] = {
    **dict.fromkeys(
        ("application/rtf", "application/x-rtf", "text/x-rtf", "text/richtext"), RTF
    ),
    **dict.fromkeys(
        ("application/x-pdf", "application/acrobat", "applications/vnd.pdf", "text/pdf",
         "text/x-pdf"), PDF,
    ),
    **dict.fromkeys(("application/xml", "application/xslt+xml", "application/hl7-sda+xml"), XML),
    **dict.fromkeys(("application/txt", "text/anytext", "text/ascii"), TEXT),
    **dict.fromkeys(
        ("application/x-zip", "application/x-zip-compressed", "application/x-compressed",
         "multipart/x-zip"), ZIP,
    ),
    **dict.fromkeys(("application/xhtml+xml", "text/x-html"), HTML),
    **dict.fromkeys(
        ("image/jpg", "image/pjpeg", "image/x-jpeg", "image/x-jpg", "image/jfif"), JPEG
    ),
    **dict.fromkeys(("image/x-png", "image/vnd.mozilla.apng"), PNG),
    **dict.fromkeys(("image/x-gif",), GIF),
    **dict.fromkeys(("image/tif", "image/x-tif", "image/x-tiff", "application/tiff"), TIFF),
}  # fmt: skip
"""What senders write → the one name; in lower case, without parameters."""
_SIGNATURES = (
    (b"{\\rtf", RTF),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF8", GIF),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\xff\xfe<\x00", XML),
    (b"\xfe\xff\x00<", XML),
    (b"<?xml", XML),
)
_PDF, _PDF_WITHIN = b"%PDF-", 1024  # ISO 32000-1 annex H, implementation note 13
_HTML, _HTML_WITHIN = (b"<!doctype html", b"<html"), 16
_CDA, _CDA_WITHIN = b"ClinicalDocument", 4096
# Figures of control that texts hold: tabs, ends of line and page, of file (CP/M), escapes.
_CONTROLS = frozenset(b"\t\n\r\f\x08\x1a\x1b\x0b\x85")


def named(announced: str) -> str:
    """The one name of a media type, parameters taken off; what is unknown stays."""
    plain = announced.partition(";")[0].strip().lower()
    return SYNONYMS.get(plain, plain)


def of_bytes(content: bytes) -> str:
    """What bytes are, decided on the bytes alone."""
    head = content[:_CDA_WITHIN].lstrip(b"\xef\xbb\xbf \t\r\n")
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return name
    if _PDF in head[:_PDF_WITHIN]:
        return PDF
    if _CDA in head:
        return XML
    if head[:_HTML_WITHIN].lower().startswith(_HTML):
        return HTML
    return TEXT if is_text(content) else BYTES


def is_text(content: bytes) -> bool:
    """Can it be read as words, in some character set?"""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return len(content) % 2 == 0
    if b"\x00" in content:
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return all(byte >= 32 or byte in _CONTROLS for byte in content)
    return True

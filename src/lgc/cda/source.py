"""Outside bytes become one ``ClinicalDocument`` element, or a refusal the doctor understands.

Self-presenting documents are XSLT programs that contain the document: it is found, never run.
"""

from __future__ import annotations

import re

from lxml import etree

from lgc.cda.names import tag
from lgc.domain import charsets
from lgc.errors import UnreadableInput

MAX_BYTES = 50 * 1024 * 1024
MAX_DEPTH = 200
MAX_ELEMENTS = 500_000

# Elements cost a hundred times their bytes in memory: they are counted before they are built.
MAX_MARKS = 1_250_000
MAX_ATTRIBUTES = 2_500_000

_ENCODINGS = re.compile(
    r"utf-?8|utf-?16(le|be)?|us-ascii|ascii|iso-?8859-?\d{1,2}|latin-?[1-9]|(windows|cp)-?125\d",
    re.IGNORECASE,
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']{0,40})[\"']")
_DOCTYPE = re.compile(rb"(?:\s|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL | re.IGNORECASE)
WINDOWS, UTF8 = b"windows-1252", b"utf-8"
_LATIN = frozenset((b"iso-8859-1", b"iso8859-1", b"latin1", b"latin-1", b"us-ascii", b"ascii"))
_UTF8 = frozenset((b"utf-8", b"utf8"))
_HIGH = re.compile(rb"[\x80-\xff]")
_KEPT = "L’original est conservé ; demandez à l’expéditeur de le renvoyer."


def load(data: bytes) -> etree._Element:
    """The ClinicalDocument element of ``data``.

    Raises UnreadableInput when it is oversize, hostile (DOCTYPE), malformed, too deep, or no CDA.
    """
    if len(data) > MAX_BYTES:
        raise _refusal("Ce document dépasse 50\u00a0Mo.")
    data = redeclared(_bare(data))
    if not _is_encoding_known(data):
        raise _refusal("Ce document est écrit dans un codage inconnu.")
    if _declares_doctype(data):
        raise _refusal("Ce document contient une déclaration interdite (DOCTYPE).")
    if data.count(b"<") > MAX_MARKS or data.count(b"=") > MAX_ATTRIBUTES:
        raise _refusal("Ce document est trop profond ou trop vaste pour être lu.")
    root = _tree(data)
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refusal("Ce document contient une déclaration interdite (DOCTYPE).")
    _check_extent(root)
    found = next(root.iter(tag("ClinicalDocument")), None)
    if found is None:
        raise _refusal("Ce fichier n’est pas un document CDA.")
    return found


def _bare(data: bytes) -> bytes:
    """Without what some systems put around a document: marks, blanks before, zeros behind."""
    if b"\x00" in data[:4] or charsets.is_wide(data):
        return data
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").rstrip(b"\x00 \t\r\n\x1a")


def redeclared(data: bytes) -> bytes:
    """What is declared in another encoding than it is in, declared as what it is: « cœur » of
    Windows-1252 under the name of Latin-1 would be « cur ». Everything else as it came."""
    actual = _actual(data)
    if not actual:
        return data
    if actual == WINDOWS:
        # The parser would refuse a byte to which Windows-1252 gives no letter.
        data, actual = data.decode(charsets.WINDOWS, charsets.C1).encode(), UTF8
    declared = _DECLARED.search(data[:500])
    if declared is not None:
        return data[: declared.start(1)] + actual + data[declared.end(1) :]
    return b'<?xml version="1.0" encoding="' + actual + b'"?>' + data


def is_guessed(data: bytes) -> bool:
    """Is it in another encoding than it says? Windows-1252 under the name of Latin-1 is usual."""
    return bool(_actual(data)) and not (_actual(data) == WINDOWS and _named(data) in _LATIN)


def _actual(data: bytes) -> bytes:
    """The encoding of the bytes where it is not the one that is declared, else empty."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4] or not _HIGH.search(data):
        return b""
    name = _named(data)
    if name in _LATIN and _is_utf8(data):
        return UTF8
    if name not in _LATIN and (name not in _UTF8 or _is_utf8(data)):
        return b""
    return WINDOWS


def _named(data: bytes) -> bytes:
    declared = _DECLARED.search(data[:500])
    return declared.group(1).lower() if declared is not None else UTF8


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _tree(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if "xcessive depth" in str(error):
            raise _refusal("Ce document est trop profond ou trop vaste pour être lu.") from error
        raise _refusal("Ce document est mal formé\u00a0: il ne peut pas être lu.") from error


def _is_encoding_known(data: bytes) -> bool:
    """Only encodings in which a forbidden declaration can be seen (not UTF-7, UTF-32, EBCDIC)."""
    if data[:4] in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff") or data[:3] == b"\x00\x00\x00":
        return False
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4]
    head = _narrow(data[:1000]) if wide else data[:500]
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        # No XML at all: the parser says so in its own words.
        return data[:1] not in (b"\x4c", b"+")
    declared = _DECLARED.search(head)
    return declared is None or bool(_ENCODINGS.fullmatch(declared.group(1).decode("latin-1")))


def _narrow(data: bytes) -> bytes:
    return data.replace(b"\x00", b"").lstrip(b"\xff\xfe")


def _declares_doctype(data: bytes) -> bool:
    head = data
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4]:
        head = _narrow(data)
    return _DOCTYPE.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def _check_extent(root: etree._Element) -> None:
    depth = count = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > MAX_DEPTH or count > MAX_ELEMENTS:
            raise _refusal("Ce document est trop profond ou trop vaste pour être lu.")


def _refusal(sentence: str) -> UnreadableInput:
    return UnreadableInput(sentence, advice=_KEPT)

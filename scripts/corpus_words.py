"""The words of a stranger's file, by the simplest means of the standard library.

They judge our readers, so nothing here looks at them: XML by expat, messages by ``email``, HTML by
``html.parser``, archives by ``zipfile``, the others line by line. What is no word of the sender
(markup, packages, pictures, what a revision deleted) is left out here, by rules a person can read.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import email
import email.policy
import io
import logging
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from html import unescape
from html.parser import HTMLParser
from xml.parsers import expat

DEEPEST = 6
MOST = 50_000_000  # bytes of one file
WORD = re.compile(r"[^\W_]+")
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
CODE_LENGTH = 3  # letters from which a run of them is a word that is looked for
COUNTED = ("PQ", "INT", "REAL")
UNSHOWN = frozenset(
    ("addr", "telecom", "style", "script", "metadata", "providerOrganization", "guardian")
)
"""Elements whose text is no word of the document for its reader."""
SAYING = frozenset(("text", "originalText", "title", "value", "lotNumberText"))
"""What holds words in a section and in its entries."""
CORE = frozenset(
    ("value", "value/translation", "playingEntity/code", "playingEntity/name",
     "manufacturedMaterial/code", "manufacturedMaterial/name")
)  # fmt: skip
"""What an entry is about, in the sections that a record is filled from."""
COPY = "55108-5"
READ = frozenset(
    ("11450-4", "11348-0", "48765-2", "29762-2", "10157-6", "10160-0", "10183-2", "57828-6",
     "11369-6", "8716-3")
)  # fmt: skip
MEDICINES = {"compo": (3, 4), "cip": (), "gener": (), "mitm": (1,), "cis": (0, 1, 2)}
"""Columns of the files of the base of medicines that hold words for a doctor."""
PACKAGE = re.compile(r"(?:readme|index|style|metadata|.*\.xsl|.*\.css)", re.IGNORECASE)
"""What an archive holds beside its documents (IHE ITI XDM)."""


def words(text: str) -> set[str]:
    """Runs of letters or digits that a person would miss, folded for case and raised letters."""
    found = WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return {one for one in found if len(one) >= CODE_LENGTH or one.isdecimal()}


def codes_of(data: bytes) -> set[str]:
    """Names of codes that say nothing of their own in a document: a method, a route, a status."""
    try:
        return words("".join(_parsed(data).codes))
    except expat.ExpatError:
        return set()


def words_of(name: str, data: bytes, depth: int = 0) -> set[str]:
    """Every word of a file, whatever it is; none of what is no text."""
    if depth >= DEEPEST or len(data) > MOST:
        return set()
    if data.startswith(b"PK\x03\x04"):
        return _archive(data, depth)
    if data.startswith(b"{\\rtf"):
        return words(_rtf(data))
    if data.startswith(b"%PDF-"):
        return words(_pdf(data))
    if name.lower().endswith((".ics", ".vcs")):
        return words("\n".join(_calendar(_text(data))))
    if name.lower().endswith(".eml"):
        return _message(email.message_from_bytes(data, policy=email.policy.default), depth)
    head = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"<") or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _xml(data, depth)
    return words(_text(data)) if b"\0" not in data else set()


def _text(data: bytes) -> str:
    for codec in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(codec)
        except ValueError:
            continue
    return data.decode("latin-1")


def _archive(data: bytes, depth: int) -> set[str]:
    found: set[str] = set()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for one in archive.infolist()[:1000]:
                base = one.filename.replace("\\", "/").rpartition("/")[2]
                if base and not PACKAGE.match(base) and one.file_size < MOST:
                    found |= words_of(base, archive.read(one), depth + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        return found
    return found


def _pdf(data: bytes) -> str:
    try:
        from pypdf import PdfReader
    except ImportError:
        return ""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages[:50])
    except Exception:  # a library over a stranger's bytes raises anything
        return ""


# --- messages ---------------------------------------------------------------------------------


def _message(mail: EmailMessage, depth: int) -> set[str]:
    """Subject and sender, what is read, and what is attached. Of two forms of one body, the HTML:
    the other is for those who cannot show it."""
    found = words(f"{mail['subject'] or ''} {mail['from'] or ''}") if depth == 0 else set()
    alternatives = mail.get_content_type() == "multipart/alternative"
    parts = [part for part in mail.iter_parts() if isinstance(part, EmailMessage)]
    rich = any(part.get_content_type() == "text/html" for part in parts)
    for part in parts or [mail]:
        if not (alternatives and rich and part.get_content_type() == "text/plain"):
            found |= _part(part, depth)
    return found


def _part(part: EmailMessage, depth: int) -> set[str]:
    if part.is_multipart():
        return _message(part, depth + 1)
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    kind = part.get_content_type()
    if kind == "text/html":
        return words(_html(_charset(content, part.get_content_charset() or "")))
    if kind == "text/plain" and not part.get_filename():
        return words(_charset(content, part.get_content_charset() or ""))
    return words_of(part.get_filename() or "", content, depth + 1)


def _charset(content: bytes, name: str) -> str:
    plain = {"iso-8859-1": "cp1252", "us-ascii": "cp1252"}.get(name.lower(), name)
    try:
        return content.decode(plain) if plain else _text(content)
    except (LookupError, ValueError):
        return _text(content)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._quiet += tag in ("script", "style", "title", "head")
        self.parts.append(
            "" if tag in ("b", "i", "u", "span", "font", "a", "em", "strong") else " "
        )

    def handle_endtag(self, tag: str) -> None:
        self._quiet -= tag in ("script", "style", "title", "head") and self._quiet > 0
        self.parts.append(
            "" if tag in ("b", "i", "u", "span", "font", "a", "em", "strong") else " "
        )

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.parts.append(data)


def _html(text: str) -> str:
    reader = _Words()
    reader.feed(text)
    reader.close()
    return "".join(reader.parts)


# --- clinical documents -----------------------------------------------------------------------


class _Xml:
    """Text nodes of the body, title and people of the head, names and figures of the entries."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.codes: list[str] = []
        self.packed: list[bytes] = []
        self._path: list[str] = []
        self._sections: list[str] = []
        self._quiet, self._named = 0, False
        self._base64: list[str] | None = None

    def start(self, name: str, given: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        self._path.append(local)
        if self._quiet or local in UNSHOWN or given.get("revised") == "delete":
            self._quiet += 1
            return
        if given.get("representation", "").upper() == "B64":
            self._base64 = []
        self._apart(local)
        if local == "section":
            self._sections.append("")
        elif local == "code" and self._path[-2:-1] == ["section"] and self._sections:
            self._sections[-1] = given.get("code", "")
        if "entry" in self._path:
            self._entry(local, given)

    def _entry(self, local: str, given: dict[str, str]) -> None:
        # A translation names again what its code names.
        again = local == "translation" and self._named
        self._named = bool(given.get("displayName")) if local in ("code", "value") else self._named
        core = not again and bool(
            CORE & {"/".join(self._path[-2:]), "/".join(self._path[-3:-1]), local}
        )
        read = bool(self._sections) and self._sections[-1] in READ
        into = self.parts if core and read else self.codes
        into.append(f" {given.get('displayName', '')} ")
        kind = given.get("xsi:type", "").rpartition(":")[2]
        if local == "value" and kind in COUNTED and NUMBER.fullmatch(given.get("value", "")):
            self.parts.append(f" {float(given['value'].replace(',', '.')):.15g} ")

    def _apart(self, local: str) -> None:
        if local not in ("sub", "sup", "content"):
            self.parts.append(" ")

    def end(self, name: str) -> None:
        self._path.pop()
        if self._quiet:
            self._quiet -= 1
            return
        if self._base64 is not None:
            # The copy of a whole says it a second time.
            copied = self._sections[-1:] == [COPY]
            with contextlib.suppress(binascii.Error, ValueError):
                packed = base64.b64decode("".join("".join(self._base64).split()))
                self.packed += [] if copied else [packed]
            self._base64 = None
        local = name.rpartition(":")[2]
        self._apart(local)
        if local == "section" and self._sections:
            self._sections.pop()

    def data(self, text: str) -> None:
        if self._base64 is not None:
            self._base64.append(text)
        elif not self._quiet and self._counts():
            self.parts.append(text)

    def _counts(self) -> bool:
        """Of the head, what says who wrote what about whom; people of its entries say nothing."""
        if "component" in self._path:
            return bool(SAYING & set(self._path))
        return self._path[1:2] == ["title"] or self._path[1:2] == ["recordTarget"]


_DECLARED = re.compile(rb"encoding=[\"']([\w.-]+)")


def _parsed(data: bytes) -> _Xml:
    """As far as a parser goes. What announces ISO-8859-1 carries Windows-1252 (WHATWG)."""
    declared = _DECLARED.search(data[:200])
    narrow = declared is not None and declared[1].lower() in (b"iso-8859-1", b"us-ascii")
    if narrow:
        data = _text(data).encode()
    reader, parser = _Xml(), expat.ParserCreate("utf-8" if narrow else None)
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.data
    with contextlib.suppress(ValueError, LookupError):
        parser.Parse(data.lstrip(b"\r\n\t ").rstrip(b"\0"), True)
    return reader


def _xml(data: bytes, depth: int) -> set[str]:
    try:
        reader = _parsed(data)
    except expat.ExpatError:
        # What no parser takes: anything between two tags.
        return words(unescape(re.sub(r"<[^<>]*>", " ", _text(data))))
    found = words("".join(reader.parts))
    for content in reader.packed:
        found |= words_of("", content, depth + 1)
    return found


# --- lines ------------------------------------------------------------------------------------

_CONTROL = re.compile(r"\\(\*)?\\?[a-z]+-?\d* ?|[{}\r\n]")
_BYTE, _LETTER = re.compile(r"\\'([0-9a-f]{2})"), re.compile(r"\\u(-?\d+) ?\??")
_BREAK = re.compile(r"\\(?:par|line|tab|cell|row)\b ?")
_HIDDEN = re.compile(r"{\\(?:\*\\|fonttbl|colortbl|stylesheet|info|pict)[^{}]*(?:{[^{}]*}[^{}]*)*}")


def _rtf(data: bytes) -> str:
    text = _HIDDEN.sub(" ", data.decode("cp1252", "replace"))
    text = _BYTE.sub(lambda at: bytes.fromhex(at[1]).decode("cp1252", "replace"), text)
    text = _LETTER.sub(lambda at: chr(int(at[1]) % 65536), text)
    return _CONTROL.sub("", _BREAK.sub(" ", text))


def medicines_of(name: str, data: bytes) -> set[str]:
    """Of the base of medicines, what is shown: names and forms, substances and doses, classes."""
    low = name.lower()
    columns = next((given for key, given in MEDICINES.items() if key in low), ())
    rows = (line.split("\t") for line in _text(data).splitlines())
    return {word for row in rows for rank in columns if rank < len(row)
            for word in words(row[rank])}  # fmt: skip


def _calendar(text: str) -> Iterator[str]:
    """Summaries of the events that are not cancelled."""
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    for event in re.findall(r"BEGIN:VEVENT(.*?)END:VEVENT", unfolded, re.DOTALL):
        if not re.search(r"^STATUS:CANCELLED", event, re.MULTILINE):
            yield from re.findall(r"^SUMMARY[^:\r\n]*:(.*)$", event, re.MULTILINE)

"""Few bytes that ask for endless work, one generator a treatment; nobody's real document.

Used by ``tests/unit/reading/test_every_treatment_has_a_limit.py`` and by the fault campaign:
``MAILS`` gives whole messages by name, ``CALENDARS`` files, ``PDFS`` and ``PICTURES`` attachments.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

HEAD = (
    b"Message-ID: <%s@hopital.example>\r\nFrom: Essai <essai@hopital.example>\r\n"
    b"To: medecin@cabinet.example\r\nSubject: Bonjour\r\n"
    b"Date: Mon, 30 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
)

# --- markup: what a tree builder nests, or joins, in the square of the length ------------------
OPENED = (
    "<b>", "<div>", "<b a={}>", "<p><b a={}>", "<font a={}>", "<p><font a={}></p>", "<svg>",
    "<div><object></div></object>", "<table>", "<table><tr><td>", "<b a={}><p></b>", "<table><b>",
    "<li>", "<ul><li>", "<blockquote>", "<!--", '<a "', '<a ="', "<script>", "<", "&#9", "<select>",
)  # fmt: skip


def nested(opened: str, length: int = 450_000) -> str:
    """Elements opened again and again, then a word."""
    count = length // (len(opened) + 3)
    return "".join(opened.format(number) for number in range(count)) + " fin"


def spans(cells: int = 60, across: int = 100, down: int = 100) -> str:
    """Each cell pushes those of the next rows aside."""
    cell = f"<tr><td colspan={across} rowspan={down}>mot</td></tr>"
    return f"<table>{cell * cells}</table>"


def cells(count: int = 20_000) -> str:
    """A table that nobody reads."""
    return "<table>" + "<tr><td>un</td><td>deux</td></tr>" * (count // 2) + "</table>"


def tables(depth: int = 60) -> str:
    """Tables in tables: each level is laid out twice."""
    return "<table><tr><td>" * depth + "fond" + "</td></tr></table>" * depth


def mail(body: bytes, kind: bytes = b"text/html; charset=utf-8", name: bytes = b"m") -> bytes:
    """A whole message around a body."""
    return HEAD % name + b"Content-Type: " + kind + b"\r\n\r\n" + body


def refused_for_ever() -> bytes:
    """A parameter whose name is longer than a line: the library folds it again without end."""
    return mail(b"x", b"text/plain; " + b"a" * 90 + b"=" + b"b" * 90, b"refuse")


MAILS = {
    **{f"html-{n}": mail(nested(o).encode(), name=b"h%d" % n) for n, o in enumerate(OPENED)},
    "html-spans": mail(spans().encode()),
    "html-cells": mail(cells().encode()),
    "html-tables": mail(tables().encode()),
    "refuse": refused_for_ever(),
}


# --- PDF ----------------------------------------------------------------------------------------


def pdf(*objects: bytes) -> bytes:
    """A file of these objects, the first one its catalogue; readers find their places alone."""
    body = b"".join(
        b"%d 0 obj\n%s\nendobj\n" % (number, one) for number, one in enumerate(objects, 1)
    )
    return (
        b"%PDF-1.7\n" + body + b"trailer\n<< /Root 1 0 R /Size %d >>\n%%%%EOF" % (len(objects) + 1)
    )


def _form(content: bytes, drawn: int) -> bytes:
    return (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F %d 0 R >> "
        b"/Font << /T 4 0 R >> >> /Length %d >>\nstream\n%s\nendstream"
        % (drawn, len(content), content)
    )


def _page(first_form: int, box: bytes = b"[0 0 595 842]") -> tuple[bytes, ...]:
    return (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox %s /Contents 5 0 R /Resources << /XObject "
        b"<< /F %d 0 R >> /Font << /T 4 0 R >> >> >>" % (box, first_form),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length 5 >>\nstream\n/F Do\nendstream",
    )


def pdf_drawing_itself() -> bytes:
    """A form that draws itself twice."""
    return pdf(*_page(6), _form(b"/F Do /F Do", 6))


def pdf_drawing_many(depth: int = 9, width: int = 40) -> bytes:
    """Forms that draw the next one many times: a page of 40 to the ninth words."""
    forms = [_form(b"/F Do " * width, 7 + number) for number in range(depth)]
    return pdf(*_page(6), *forms, _form(b"BT /T 9 Tf (ha) Tj ET", 6))


PDFS = {
    "itself": pdf_drawing_itself(),
    "many": pdf_drawing_many(),
    "large page": pdf(*_page(6, b"[0 0 19999 19999]"), _form(b"BT /T 9 Tf (ha) Tj ET", 6)),
    "cut": pdf_drawing_many()[:300],
    "no pages": b"%PDF-1.7\n%%EOF",
}

# --- pictures -----------------------------------------------------------------------------------


def png(across: int = 60_000, down: int = 60_000) -> bytes:
    """A picture whose head announces so many pixels, all of one colour."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", across, down, 1, 0, 0, 0, 0)
    machine = zlib.compressobj(9)
    row = bytes(1 + (across + 7) // 8)
    rows = [machine.compress(row) for _ in range(min(down, 20_000))]
    data = b"".join(rows) + machine.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def tiff(across: int = 60_000, down: int = 60_000, pages: int = 1) -> bytes:
    """Pages that all share one strip, each announcing so many pixels."""
    out = io.BytesIO(b"")
    out.write(b"II*\x00" + struct.pack("<I", 16) + bytes(8))
    for page in range(pages):
        tags = (
            (256, 4, 1, across), (257, 4, 1, down), (258, 3, 1, 1), (259, 3, 1, 1), (262, 3, 1, 0),
            (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, down), (279, 4, 1, 8),
        )  # fmt: skip
        start = out.tell()
        following = start + 2 + 12 * len(tags) + 4 if page + 1 < pages else 0
        out.write(struct.pack("<H", len(tags)))
        for tag in tags:
            out.write(struct.pack("<HHII", *tag))
        out.write(struct.pack("<I", following))
    return out.getvalue()


PICTURES = {
    "png": png(),
    "tiff": tiff(),
    "tiff of pages": tiff(20_000, 20_000, 400),
    "tiff that raises": b"II*\x00" + b"\xff" * 200,
    "tiff of loops": b"II*\x00\x08\x00\x00\x00\x00\x00\x08\x00\x00\x00",
    "gif": b"GIF89a\xff\xff\xff\xff\x80\x00\x00"
    + bytes(6)
    + b",\x00\x00\x00\x00\xff\xff\xff\xff\x00",
}

# --- calendars ----------------------------------------------------------------------------------
RULES = (
    "FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=3",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
    "FREQ=SECONDLY;BYMONTH=13",
    "FREQ=SECONDLY;BYHOUR=3;BYMINUTE=61",
    "FREQ=SECONDLY",
    "FREQ=MINUTELY;INTERVAL=1",
    "FREQ=HOURLY;BYMONTHDAY=31;BYMONTH=2",
)


def calendar(*rules: str) -> bytes:
    """One event for each rule, and one without."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y"]
    for number, rule in enumerate((*rules, "")):
        lines += [
            "BEGIN:VEVENT", f"UID:{number}@a.example", "DTSTAMP:20200101T000000Z",
            "DTSTART:20200131T090000Z" if rule else "DTSTART:20261201T090000Z", "DURATION:PT30M",
            *([f"RRULE:{rule}"] if rule else []), f"SUMMARY:{rule or 'plain'}", "END:VEVENT",
        ]  # fmt: skip
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


CALENDARS = {
    **{f"rule {number}": calendar(rule) for number, rule in enumerate(RULES)},
    "all rules": calendar(*RULES),
    "nested": b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 20_000,
    "lines": b"BEGIN:VCALENDAR\r\n" + b"X:1\r\n" * 300_000,
    "zone": calendar().replace(
        b"BEGIN:VEVENT",
        b"BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nDTSTART:x\r\nEND:STANDARD\r\n"
        b"END:VTIMEZONE\r\nBEGIN:VEVENT",
        1,
    ),
}

# --- text ---------------------------------------------------------------------------------------
RTFS = {
    "braces": b"{\\rtf1" + b"{" * 500_000,
    "fields": b"{\\rtf1" + b"{\\field{\\*\\fldinst{HYPERLINK " * 30_000 + b"}",
    "fonts": b"{\\rtf1{\\fonttbl" + b"\\f1 " * 200_000 + b"}",
    "numbers": b"{\\rtf1\\u99999999999 \\ansicpg99999 x}",
}


def many_parts(count: int = 4_000) -> bytes:
    """A message of empty parts."""
    return mail(b"--B\r\n\r\nx\r\n" * count, b'multipart/mixed; boundary="B"')


def nested_messages(depth: int = 400) -> bytes:
    """Messages in messages."""
    return mail(b"Content-Type: message/rfc822\r\n\r\n" * depth, b"message/rfc822")


MAILS["parts"] = many_parts()
MAILS["messages"] = nested_messages()

# --- archives -----------------------------------------------------------------------------------


def archive(files: int = 1, size: int = 1_000_000_000, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A few bytes that would fill the machine."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for number in range(files):
            with made.open(f"{number}.xml", "w", force_zip64=True) as file:
                for _ in range(size // 1_000_000):
                    file.write(bytes(1_000_000))
    return out.getvalue()


ARCHIVES = {
    "bomb": archive(size=60_000_000),
    "bombs": archive(files=60, size=10_000_000, method=zipfile.ZIP_BZIP2),
    "files": archive(files=3_000, size=0),
    "cut": archive(files=1_000, size=0)[:-40],
}


# --- CDA narratives -----------------------------------------------------------------------------


def cda(narrative: bytes) -> bytes:
    """A document of one section."""
    return (
        b'<ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody><component><section>'
        b"<title>x</title><text>%s</text></section></component></structuredBody></component>"
        b"</ClinicalDocument>" % narrative
    )


_CELL = b"<tr><td colspan='100' rowspan='100'>mot</td></tr>"
_ROW = b"<tr>" + b"<td>mot</td>" * 20 + b"</tr>"
NARRATIVES = {
    "table of spans": b"<table><tbody>" + _CELL * 60 + b"</tbody></table>",
    "table of cells": b"<table><tbody>" + _ROW * 800 + b"</tbody></table>",
    "tables in tables": b"<table><tbody><tr><td>" * 30
    + b"mot"
    + b"</td></tr></tbody></table>" * 30,
    "styles": b"<content styleCode='Bold Italics'>" * 180 + b"mot" + b"</content>" * 180,
    "footnotes": b"<footnote ID='a'>" * 150 + b"mot" + b"</footnote>" * 150,
}

"""Every treatment of a stranger's bytes, its limits, and something hostile run through each.

What is counted is work, not seconds: shapes and pixels before, and for what cannot be counted the
one deadline, made short here, after which the process is replaced and the next one is answered.
"""

import datetime as dt
import importlib.util
import io
import sys
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lgc.cda import parse as cda
from lgc.cda.showable import Shown, showable
from lgc.domain.readable import Attachment
from lgc.errors import UnreadableInput
from lgc.mssante import mime
from lgc.mssante.message import parse
from lgc.reading import archives, asking, isolated, limits, markup
from lgc.reading.jobs import Answer
from lgc.services import calendar_files

NOW = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)
SHORT = 0.4  # seconds


def _hostile():
    path = Path(__file__).resolve().parents[2] / "data" / "hostile.py"
    if "lgc_hostile" not in sys.modules:
        found = importlib.util.spec_from_file_location("lgc_hostile", path)
        sys.modules["lgc_hostile"] = importlib.util.module_from_spec(found)
        found.loader.exec_module(sys.modules["lgc_hostile"])
    return sys.modules["lgc_hostile"]


hostile = _hostile()


@dataclass(frozen=True)
class Treatment:
    """What is done to bytes, what it may take, and bytes that ask for more."""

    run: object
    hostile: dict
    limits: tuple[str, ...]
    deadlines: tuple[str, ...] = ()
    answers: tuple[type, ...] = field(default=(object,))


def _kind(name, mark=b""):
    return lambda content: showable(Attachment("x", name, mark + content))


def _picture(content):
    return asking.picture(content, limits.SHOWN_PIXELS)


def _archive(content):
    """Both ways: opened here, and in the process."""
    for way in (archives.BoundedZip, archives.ReadZip):
        found = way(content)
        for name in found.names():
            with suppress(UnreadableInput):
                found.read(name)


def _calendar(content):
    return calendar_files.read(content, NOW)


TREATMENTS = {
    "html": Treatment(
        lambda content: parse(content).formatted,
        {name: one for name, one in hostile.MAILS.items() if name.startswith("html")},
        ("HTML_DEPTH", "HTML_MISNESTED", "HTML_TABLE_DEPTH", "TABLE_CELLS", "TABLE_GRID",
         "HTML_SHOWN", "WORDS"),
        ("html.shown",),
    ),
    "message": Treatment(parse, hostile.MAILS, ("WORDS",), ("message",)),
    "cda": Treatment(
        lambda content: cda.parse(hostile.cda(content)), hostile.NARRATIVES,
        ("TABLE_CELLS", "TABLE_GRID", "HTML_TABLE_DEPTH"), ("cda",),
    ),
    "text": Treatment(_kind("text/plain"), {"long": b"mot " * 2_000_000}, ("WORDS",)),
    "rtf": Treatment(
        _kind("text/rtf"), hostile.RTFS, ("RTF_BYTES", "RTF_DEPTH", "RTF_STEPS"), ("rtf.text",)
    ),
    "pdf words": Treatment(
        asking.pdf_words, hostile.PDFS, ("PDF_WORDS_BYTES", "PDF_WORDS_PAGES", "PDF_WORDS"),
        ("pdf.words",),
    ),
    "pdf sizes": Treatment(asking.pdf_sizes, hostile.PDFS, ("PDF_PAGES",), ("pdf.sizes",)),
    "pdf pages": Treatment(
        lambda content: asking.pdf_page(content, 0, 900), hostile.PDFS,
        ("PAGE_PIXELS", "PAGE_POINTS"), ("pdf.page",),
    ),
    "pdf joined": Treatment(
        lambda content: asking.pdf_joined([content, content]), hostile.PDFS, ("PDF_PAGES",),
        ("pdf.joined",),
    ),
    "pictures": Treatment(
        _picture, hostile.PICTURES, ("PICTURE_PIXELS", "DOCUMENT_PIXELS", "SHOWN_PIXELS"),
        ("picture.shown",),
    ),
    "paper": Treatment(
        lambda content: asking.on_paper(content, 1000), hostile.PICTURES, ("PICTURE_PIXELS",),
        ("picture.paper",),
    ),
    "tiff": Treatment(
        _kind("image/tiff"), {n: c for n, c in hostile.PICTURES.items() if n.startswith("tiff")},
        ("SCAN_PIXELS", "SCAN_PAGES"), ("picture.scan",),
    ),
    "archives": Treatment(
        _archive, hostile.ARCHIVES,
        ("ARCHIVE_FILES", "ARCHIVE_BYTES", "ARCHIVE_RATIO", "RATIO_MATTERS"), ("archive.files",),
    ),
    "calendar": Treatment(
        _calendar, hostile.CALENDARS, 
        ("RULE_TIMES", "CALENDAR_LINES", "CALENDAR_SECONDS", "CALENDAR_EVENTS", "CALENDAR_BYTES"),
        ("calendar.times", "calendar.file"),
    ),
}  # fmt: skip
RUNS = [(name, case) for name, one in TREATMENTS.items() for case in one.hostile]


@pytest.mark.parametrize(("name", "case"), RUNS, ids=[f"{n}: {c}" for n, c in RUNS])
def test_what_asks_for_endless_work_ends(name, case, monkeypatch):
    short = {job: min(SHORT, seconds) for job, seconds in limits.DEADLINES.items()}
    monkeypatch.setattr(limits, "DEADLINES", short)
    monkeypatch.setattr(limits, "CALENDAR_SECONDS", 2 * SHORT)

    try:
        TREATMENTS[name].run(TREATMENTS[name].hostile[case])
    except UnreadableInput as told:
        assert told.sentence.endswith(".")
    # Whatever it did to the process, another one answers.
    monkeypatch.undo()
    assert asking.rtf_text(b"{\\rtf1 mot}") == ("mot", "")


def test_every_limit_and_every_deadline_belongs_to_a_treatment():
    named = {limit for one in TREATMENTS.values() for limit in one.limits}
    timed = {job for one in TREATMENTS.values() for job in one.deadlines}

    assert timed == set(limits.DEADLINES)
    assert all(getattr(limits, one) > 0 for one in named)
    general = {
        "ANSWER_BYTES", "ANSWER_HEAD", "ARCHIVE_HERE", "CHILDREN", "CHILD_JOBS", "CHILD_MEMORY",
        "DEADLINES", "HTML_HERE", "PATIENCE", "START_SECONDS",
    }  # fmt: skip
    everything = {one for one in dir(limits) if one.isupper()}
    assert everything - general - named == set()


def test_twenty_large_pictures_share_one_room(monkeypatch):
    decoded = []

    def drawn(content, most, room):
        if room < 60_000_000:
            raise UnreadableInput("Cette image est trop grande pour être montrée.")
        decoded.append(most)
        return asking.Picture(b"", "image/png", 60_000_000)

    monkeypatch.setattr(asking, "picture", drawn)
    showing = Shown(20)

    faults = [showing.of(Attachment("x", "image/png", b""))[1] for _ in range(20)]

    assert len(decoded) == limits.DOCUMENT_PIXELS // 60_000_000
    assert sum(decoded) <= limits.SHOWN_PIXELS
    assert sum(map(bool, faults)) == 20 - len(decoded)


def test_a_picture_is_refused_before_it_is_decoded():
    for content in (hostile.png(), hostile.tiff()):
        with pytest.raises(UnreadableInput, match="trop grande"):
            asking.picture(content, limits.SHOWN_PIXELS)


def test_a_rule_that_never_falls_is_counted_and_the_others_are_read(monkeypatch):
    monkeypatch.setattr(limits, "DEADLINES", limits.DEADLINES | {"calendar.times": 0.2})

    found = calendar_files.read(hostile.calendar("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), NOW)

    assert (found.unread, [one.title for one in found.closures]) == (1, ["plain"])


def test_all_rules_of_a_file_share_one_time(monkeypatch):
    asked = []

    def late(*_):
        asked.append(1)
        raise isolated.GivenUp

    clock = iter(range(100))
    monkeypatch.setattr(asking, "rule_times", late)
    monkeypatch.setattr(calendar_files.time, "monotonic", lambda: next(clock))

    found = calendar_files.read(hostile.calendar(*["FREQ=DAILY"] * 20), NOW)

    assert len(asked) == limits.CALENDAR_SECONDS
    assert found.unread == 20


def test_messages_in_messages_are_left_whole_below_a_depth():
    message, whole = mime.read(hostile.MAILS["messages"])

    assert not whole or sum(1 for _ in mime.leaves(message)) == 1


def test_an_archive_is_the_same_opened_here_or_in_the_process():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("IHE_XDM/SUBSET01/METADATA.XML", b"<a/>")
        made.writestr("../passwd", b"x")
        made.writestr("__MACOSX/x", b"x")
        made.writestr("d\xe9.txt", b"mot " * 1000)
    whole = out.getvalue()
    damaged = whole.replace(b"<a/>", b"<b/>")
    for content in (whole, damaged):
        here, there = archives.BoundedZip(content), archives.ReadZip(content)
        assert (here.names(), here.ignored) == (there.names(), there.ignored)
        assert [_read(here, name) for name in here.names()] == [
            _read(there, name) for name in there.names()
        ]
        assert here.damaged == there.damaged
        assert here.find("ihe_xdm/subset01/metadata.xml") == here.names()[0]
    with pytest.raises(archives.DamagedArchive):
        archives.ReadZip(b"PK\x03\x04" + bytes(100))


def _read(archive, name):
    try:
        return archive.read(name)
    except UnreadableInput as error:
        return type(error), error.sentence, error.details


@pytest.mark.parametrize(
    "lie",
    [
        Answer({}),
        Answer({"width": 10, "height": 10, "stride": 40}, [bytes(10)]),
        Answer({"width": 10**9, "height": 10, "stride": 40}, [bytes(400)]),
        Answer({"sizes": [[1e9, 1]], "text": 3, "refused": [9], "times": ["x"], "files": [1],
                "media_type": "image/svg"}, [b"\xff"]),
        Answer({"sizes": 3, "refused": None, "times": None, "pixels": "x", "width": "x"}, []),
    ],
)  # fmt: skip
def test_a_process_that_was_taken_over_is_not_believed(lie, monkeypatch):
    monkeypatch.setattr(isolated, "ask", lambda *_, **__: lie)
    moment = NOW.replace(tzinfo=None)

    for asked in (
        lambda: asking.pdf_sizes(b""),
        lambda: asking.pdf_page(b"", 0, 9),
        lambda: asking.pdf_joined([b""]),
        lambda: asking.picture(b"", 9),
        lambda: asking.rule_times("", moment, moment, moment, 9, 1),
        lambda: asking.calendar_events(b""),
        lambda: archives.ReadZip(b""),
    ):
        with pytest.raises(UnreadableInput):
            asked()
    assert isinstance(asking.pdf_words(b""), str)
    assert isinstance(asking.html_shown("a" * 100_000)[0], str)


@pytest.mark.parametrize("case", [name for name in hostile.NARRATIVES if "table" in name])
def test_a_narrative_keeps_its_words_and_no_table_too_large(case):
    document = cda.parse(hostile.cda(hostile.NARRATIVES[case]))

    [section] = document.sections
    grid = markup.grids(section.html)
    assert grid.cells <= limits.TABLE_CELLS
    assert grid.grid <= limits.TABLE_GRID
    assert section.html.count("mot") == hostile.NARRATIVES[case].count(b"mot")
    assert "Des tableaux trop grands sont montrés ligne par ligne." in document.faults

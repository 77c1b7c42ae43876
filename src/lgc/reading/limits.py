"""Every limit on the work that a stranger's bytes may ask for, each with its reason.

Limits stand before the work: what passes one is simplified or given up with a sentence, and its
original is kept by the caller. ``DEADLINES`` holds what counting cannot tell beforehand.
"""

from __future__ import annotations

# --- markup of messages -------------------------------------------------------------------------
# html5ever works in the square of the depth: 150,000 open elements took 80 s.
HTML_DEPTH = 100
# Ends that close nothing at hand leave elements open in ways that only the parser knows.
HTML_MISNESTED = 50
# Qt lays a table inside a table out twice: the cost doubles with each level.
HTML_TABLE_DEPTH = 5
# 4,000 cells take Qt 160 ms, and spans count as the cells that they cover.
TABLE_CELLS = 2_500
TABLE_GRID = 6_000
HTML_SHOWN = 500_000  # characters
WORDS = 2_000_000  # characters

# --- pictures -----------------------------------------------------------------------------------
# Decoding costs four bytes and some nanoseconds a pixel, whatever the size of the file.
PICTURE_PIXELS = 100_000_000
# All pictures of one document together: twenty large ones are no reading.
DOCUMENT_PIXELS = 200_000_000
# What the window paints: decoding it again takes a few tens of milliseconds.
SHOWN_PIXELS = 4_000_000
SCAN_PIXELS, SCAN_PAGES = 120_000_000, 200

# --- PDF ----------------------------------------------------------------------------------------
PDF_WORDS_BYTES, PDF_WORDS_PAGES, PDF_WORDS = 20 * 1024 * 1024, 60, 400_000
PDF_PAGES = 5_000
PAGE_POINTS = 20_000  # no sheet is larger (ISO 32000-1 annex C)
PAGE_PIXELS = 16_000_000  # an A3 page at 200 dots per inch is 8 million

# --- RTF ----------------------------------------------------------------------------------------
# Pictures are written as figures: 50 MB of them are one step. Word nests some thirty groups.
RTF_BYTES, RTF_DEPTH, RTF_STEPS = 50 * 1024 * 1024, 200, 1_500_000

# --- calendars ----------------------------------------------------------------------------------
RULE_TIMES = 20_000
# A year of a practice: 8,000 appointments of 20 lines.
CALENDAR_LINES, CALENDAR_EVENTS, CALENDAR_BYTES = 600_000, 20_000, 20_000_000

# --- archives -----------------------------------------------------------------------------------
ARCHIVE_FILES, ARCHIVE_BYTES = 2_000, 200 * 1024 * 1024
ARCHIVE_RATIO, RATIO_MATTERS = 200, 1024 * 1024
# Smaller ones end before a process could be asked.
ARCHIVE_HERE = 512 * 1024
HTML_HERE = 64 * 1024  # characters

# --- the process that may be ended --------------------------------------------------------------
CHILDREN = 2  # one for what the doctor looks at, one for what comes in meanwhile
CHILD_JOBS = 1_000  # then another one: what a document did to it does not last
CHILD_MEMORY = 1536 * 1024 * 1024
START_SECONDS = 20.0
# How many times its deadline a process may wait for its turn on a machine at work elsewhere.
PATIENCE = 4
ANSWER_HEAD, ANSWER_BYTES = 8 * 1024 * 1024, 256 * 1024 * 1024
# Seconds around each treatment; then its process is ended and the original is all there is.
DEADLINES = {
    "pdf.words": 6.0,
    "pdf.sizes": 4.0,
    "pdf.page": 8.0,
    "pdf.joined": 20.0,
    "picture.shown": 8.0,
    "picture.scan": 20.0,
    "picture.paper": 8.0,
    "calendar.times": 1.0,
    # A year of a practice, 8,000 events, takes some 12 s.
    "calendar.file": 40.0,
    "html.shown": 5.0,
    "rtf.text": 5.0,
    "archive.files": 20.0,
    # Treated here, step by step.
    "cda": 20.0,
    "message": 20.0,
}
CALENDAR_SECONDS = 5.0  # all rules of one file together

"""Each kind of document made here tells the day and the hour of the practice, wherever it is."""

import datetime as dt
import io
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from lgc.cda import documents, pdf
from lgc.cda.n1 import N1Context
from lgc.cda.parse import parse
from lgc.domain import days
from lgc.xds.cda_header import read_header
from lgc.xds.hl7_text import utc_text

ZONES = ("Indian/Reunion", "America/Guadeloupe", "America/Miquelon", "Europe/Paris")
# Both seasons, and the nights around both changes of hour, of Europe and of Saint-Pierre.
DAYS = ((1, 15), (3, 8), (3, 9), (3, 28), (3, 29), (7, 15), (10, 24), (10, 25), (11, 1), (11, 30))
# The paper of the others is the file that they carry.
WORDS = sorted(kind for kind, one in documents.MAKERS.items() if one.content is not N1Context)
HOURS = ((0, 30), (12, 0), (23, 30))
TWICE = {"Europe/Paris": (2026, 10, 25, 2, 30), "America/Miquelon": (2026, 11, 1, 1, 30)}


def moments(zone):
    walls = [(2026, *day, *hour, 0) for day in DAYS for hour in HOURS]
    walls += [(*TWICE[zone], 0), (*TWICE[zone], 1)] if zone in TWICE else []
    for *wall, fold in walls:
        yield dt.datetime(*wall, fold=fold, tzinfo=ZoneInfo(zone))


def written(makers, monkeypatch, kind, moment):
    # What a store gives back is UTC: the wall is not that of the moment's own zone.
    utc = moment.astimezone(dt.UTC)
    drugs, vaccine = makers.drugs(), makers.vaccine()  # days that are typed stay as they are
    monkeypatch.setattr(makers, "drugs", lambda: drugs)
    monkeypatch.setattr(makers, "vaccine", lambda **changes: replace(vaccine, **changes))
    monkeypatch.setattr(makers, "NOW", utc)
    return documents.render(kind, next(iter(makers.contents()[kind].values())))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("kind", sorted(documents.MAKERS))
def test_header_and_metadata_keep_the_instant_and_tell_the_wall(makers, monkeypatch, kind, zone):
    days.use_zone(ZoneInfo(zone))
    for moment in moments(zone):
        made = written(makers, monkeypatch, kind, moment)
        told = f'<effectiveTime value="{moment:%Y%m%d%H%M%S%z}"/>'.encode()
        assert told in made
        read, sent = parse(made).header, read_header(made)
        assert read.created_at.timestamp() == moment.timestamp()
        assert read.service_start.timestamp() == moment.timestamp()
        assert utc_text(sent.created_at) == f"{moment.astimezone(dt.UTC):%Y%m%d%H%M%S}"
        assert utc_text(sent.service_start) == utc_text(sent.created_at)
        assert days.practice_day(sent.created_at) == moment.date()


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("kind", WORDS)
def test_the_paper_tells_the_wall(makers, monkeypatch, kind, zone):
    days.use_zone(ZoneInfo(zone))
    for hour in HOURS:
        moment = dt.datetime(2026, 11, 30, *hour, tzinfo=ZoneInfo(zone))
        paper = pdf.render(parse(written(makers, monkeypatch, kind, moment)))
        words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
        told = " ".join(words.replace("\u00a0", " ").split())
        assert f"30/11/2026 à {moment:%H:%M}" in told
        assert "01/12/2026" not in told
        assert "29/11/2026" not in told

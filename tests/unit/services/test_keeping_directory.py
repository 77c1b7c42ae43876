"""The extraction in force goes only where it is the one that was shown."""

import datetime as dt
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest

from lgc.domain.directory import HeldDirectory
from lgc.errors import UserFacingError
from lgc.services.keeping_directory import KeepingDirectory

NOW = HeldDirectory(412, "extraction.zip", dt.datetime(2026, 11, 6, 9, tzinfo=dt.UTC))


class Shelf:
    def __init__(self):
        self.there = NOW

    def held(self):
        return self.there

    def forget(self):
        self.there = None


@contextmanager
def unit():
    yield SimpleNamespace(audit=lambda *line: None, commit=lambda: None)


def test_another_extraction_than_the_one_in_view_is_not_removed(clock):
    shelf = Shelf()
    keeping = KeepingDirectory(shelf, unit, clock)

    with pytest.raises(UserFacingError, match="changé") as told:
        keeping.forget(replace(NOW, count=380, file="ancienne.zip"))
    assert "ancienne.zip" in told.value.advice and "extraction.zip" in told.value.advice
    assert shelf.there == NOW

    keeping.forget(NOW)
    assert shelf.there is None

"""Two patients of one name: nobody is chosen beforehand, the birth date tells who is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lgc.desktop.search.dialog import SearchDialog
from lgc.tour.driver import TourFailure

if TYPE_CHECKING:
    from lgc.tour.steps import Visit

NAME = "petit marie"


def homonyms(visit: Visit) -> None:
    """Enter opens neither; with her birth date, the one who was named stands first and chosen."""
    doctor, opened = visit.doctor, visit.window.open_records()
    doctor.press("Ctrl+K")
    doctor.until(lambda: _search(visit), "the search box")
    dialog = _search(visit)[0]
    doctor.type(NAME)
    doctor.until(lambda: len(_marie(dialog)) == 2, "both of that name")
    doctor.press("Return")
    doctor.breathe(0.3)
    if not dialog.isVisible() or visit.window.open_records() != opened:
        raise TourFailure("one of two homonyms was opened")
    doctor.picture("homonymes")
    first, second = _marie(dialog)
    doctor.type(f" {second}")
    doctor.until(
        lambda: (found := dialog.list.current()) is not None and found.date == second,
        "the one who was named",
    )
    doctor.picture("homonyme-nomme")
    if first >= second:
        raise TourFailure("homonyms do not stand in the order of their birth dates")
    doctor.press("Esc")
    doctor.until(lambda: not _search(visit), "the page again")


def _search(visit: Visit) -> list[SearchDialog]:
    return [one for one in visit.window.findChildren(SearchDialog) if one.isVisible()]


def _marie(dialog: SearchDialog) -> list[str]:
    """The birth dates of those of that name, as they stand in the list."""
    rows = dialog.list.results.rows
    return [row.date for row in rows if row.patient is not None and row.title == "PETIT Marie"]

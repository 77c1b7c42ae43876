"""What the DMP holds unopened is said beside an act that only a result shows."""

import datetime as dt

import pytest

from lgc.domain.documents import DmpState, DocumentKind, Origin
from lgc.services.unopened import told_beside
from lgc.services.views import DocumentLine, Lane, Mark, MarkState

DAY = dt.datetime(2026, 9, 2, 9, tzinfo=dt.UTC)
NEVER = Mark(MarkState.LATE, DAY.date(), None, 30, never=True)
DONE = Mark(MarkState.DONE, None, DAY.date(), 0)


def held(kind, document=None):
    return DocumentLine(
        "dmp:1", Origin.DMP, DAY, "Document", "Type", kind, "", "", DmpState.NOT_DEPOSITED, True,
        False, document=document,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, ""), (1, "1 compte rendu du DMP non lu"), (4, "4 comptes rendus du DMP non lus")],
)
def test_unopened_reports_are_counted(count, said):
    lines = [held(DocumentKind.BIOLOGY)] * count + [held(DocumentKind.LETTER)]

    (lane,) = told_beside((Lane("HbA1c", "3 mois", (DONE, NEVER), by_result=True),), lines)

    assert [mark.beside for mark in lane.marks] == ["", said]


def test_a_report_that_was_opened_and_an_act_of_another_kind_say_nothing(make):
    opened = held(DocumentKind.BIOLOGY, make.document())
    lanes = (Lane("Fond d’œil", "1 an", (NEVER,)),)

    assert told_beside(lanes, [held(DocumentKind.BIOLOGY)]) == lanes
    by_result = (Lane("HbA1c", "3 mois", (NEVER,), by_result=True),)
    assert told_beside(by_result, [opened]) == by_result

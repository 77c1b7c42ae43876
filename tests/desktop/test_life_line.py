"""The life line from twenty years to one day: it says what is pointed at and stays light."""

import datetime as dt
import time

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from lgc.desktop.record import care_path, life_marks
from lgc.desktop.record.care_path import CarePathPanel
from lgc.desktop.record.life_line import LifeLineView
from lgc.desktop.record.life_tip import tip_lines
from lgc.domain.documents import DmpState, DocumentKind, Origin
from lgc.domain.medical_data import Standing
from lgc.services.views import DocumentLine, Lane, LifeLine, Mark, MarkState

TODAY = dt.date(2026, 11, 6)
KINDS = list(DocumentKind)


def paper(number, day):
    date = dt.datetime.combine(day, dt.time(9), tzinfo=dt.UTC)
    return DocumentLine(
        f"d{number}", Origin.PRACTICE, date, f"Document {number}", "Type",
        KINDS[number % len(KINDS)], "Dr X", "Cabinet", DmpState.NOT_DEPOSITED, False, False,
    )  # fmt: skip


def life(count, lanes=12):
    papers = tuple(paper(n, TODAY - dt.timedelta(n * 7300 // count)) for n in range(count))
    marks = tuple(
        Mark(MarkState.DONE, TODAY - dt.timedelta(91 * n), TODAY - dt.timedelta(91 * n - 3), 3)
        for n in range(80, 0, -1)
    )
    return LifeLine(TODAY, ("Protocole",), papers, (Lane("HbA1c", "3 mois", marks),) * lanes)


@pytest.fixture
def view(qtbot, theme):
    made = LifeLineView(TODAY)
    qtbot.addWidget(made)
    made.resize(1060, 330)
    made.show()
    return made


def zoom(view, notches, x):
    at = QPointF(x, 90)
    wheel = QWheelEvent(
        at, view.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, wheel)


def tiles(view):
    return [spot for spot in view._spots if isinstance(spot.target, DocumentLine)]


def painting(view, first, last):
    """The least time of some paintings of a period, in seconds."""
    view.show_period(first, last)
    spent = []
    for _ in range(5):
        started = time.perf_counter()
        view.grab()
        spent.append(time.perf_counter() - started)
    return min(spent)


def test_hovering_a_document_says_its_title_and_its_date(qtbot, view):
    view.show_life(LifeLine(TODAY, (), (paper(1, dt.date(2026, 9, 2)),), ()))
    view.show_period(dt.date(2026, 1, 1), TODAY)
    view.grab()

    qtbot.mouseMove(view, QPoint(3, 3))
    qtbot.mouseMove(view, tiles(view)[0].box.center().toPoint())

    assert view.hovered_words[:2] == ("Document 1", "Mercredi 2 septembre 2026")


def test_documents_that_collide_are_one_stack_that_a_closer_look_opens(view):
    near = [paper(n, dt.date(2026, 9, 2 + n)) for n in range(6)]
    view.show_life(LifeLine(TODAY, (), tuple(near), ()))
    view.show_period(dt.date(2007, 1, 1), TODAY)
    view.grab()
    assert len(tiles(view)) == 2
    (more,) = [spot for spot in view._spots if isinstance(spot.target, tuple)]
    assert len(more.target) == 4

    for _ in range(40):
        zoom(view, 1, view._x(dt.date(2026, 9, 4)))
    view.grab()

    assert all(isinstance(spot.target, DocumentLine) for spot in view._spots)
    first, last = view.period
    assert (last - first).days < 20


def test_a_click_on_an_act_that_was_done_opens_what_tells_it(qtbot, view):
    report = paper(1, dt.date(2026, 9, 2))
    mark = Mark(MarkState.DONE, None, dt.date(2026, 9, 2), 0, "d1", "7,9 %")
    view.show_life(LifeLine(TODAY, (), (report,), (Lane("HbA1c", "3 mois", (mark,)),)))
    view.show_period(dt.date(2026, 1, 1), TODAY)
    view.grab()
    (spot,) = [spot for spot in view._spots if isinstance(spot.target, tuple)]

    with qtbot.waitSignal(view.opened) as opened:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=spot.box.center().toPoint())

    assert opened.args == [report]


def test_the_wheel_goes_from_twenty_years_to_one_day_and_back(view):
    view.show_life(life(50))
    view.show_period(TODAY - dt.timedelta(7300), TODAY)

    zoom(view, 80, 700)
    first, last = view.period
    assert (last - first).days == 1
    zoom(view, -80, 700)
    first, last = view.period

    assert (last - first).days >= 7300


@pytest.mark.parametrize("days", [1, 90, 450])
def test_a_thousand_documents_cost_what_is_seen_of_them(view, days):
    """A ratio, not a time: the same period of a record twenty times longer paints as fast."""
    first = TODAY - dt.timedelta(days)
    view.show_life(LifeLine(TODAY, ("Protocole",), life(50).documents[:3], life(50).lanes))
    few = painting(view, first, TODAY)

    view.show_life(life(1000))
    many = painting(view, first, TODAY)

    assert many < few * 6 + 0.002


def test_twenty_years_of_a_thousand_documents_paint_like_fifty(view):
    first = TODAY - dt.timedelta(7300)
    view.show_life(life(50))
    few = painting(view, first, TODAY)

    view.show_life(life(1000))
    many = painting(view, first, TODAY)

    assert many < few * 6


@pytest.mark.parametrize(("never", "words"), [(True, "jamais vu"), (False, "en retard")])
def test_reports_nobody_opened_are_said_beside_what_is_missing(view, monkeypatch, never, words):
    painted = []
    monkeypatch.setattr(life_marks, "_tell", lambda ground, x, y, said, *rest: painted.append(said))
    mark = Mark(
        MarkState.LATE, dt.date(2026, 3, 2), None, 200, never=never,
        beside="4 comptes rendus du DMP non lus",
    )  # fmt: skip
    lane = Lane("HbA1c", "3 mois", (mark,), by_result=True)
    view.show_life(LifeLine(TODAY, (), (), (lane,)))
    view.show_period(dt.date(2026, 1, 1), TODAY + dt.timedelta(200))
    view.grab()

    assert any(one.startswith(words) and one.endswith(mark.beside) for one in painted)
    assert tip_lines((lane, mark))[-1] == mark.beside


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        (Mark(MarkState.LATE, TODAY, None, 30, told="prescrit le 01/10/2026"), "Prescrit le"),
        (Mark(MarkState.REFUSED, TODAY, None, 0, told="refusé le 12/03/2026"), "Refusé le"),
        (Mark(MarkState.NOT_PROPOSED, TODAY, None, 0, detail="Hystérectomie"), "Hystérectomie"),
        (Mark(MarkState.TO_COME, dt.date(2028, 12, 31), None, -700, said="2028"), "2028"),
        (Mark(MarkState.DONE, None, dt.date(2026, 7, 1), 0, said="2026"), "2026"),
    ],
)
def test_what_was_only_said_and_a_year_are_told_as_such(view, mark, words):
    lane = Lane("Mammographie", "2 ans", (mark,))
    view.show_life(LifeLine(TODAY, ("Prévention",), (), (lane,)))
    view.show_period(dt.date(2026, 1, 1), dt.date(2029, 1, 1))
    view.grab()

    (spot,) = view._spots
    assert any(line.startswith(words) for line in tip_lines(spot.target))
    assert "01/01/2026" not in " ".join(tip_lines(spot.target))


def test_an_act_that_is_due_may_be_said_done_or_refused(qtbot, theme, monkeypatch):
    panel = CarePathPanel(TODAY)
    qtbot.addWidget(panel)
    panel.resize(1060, 330)
    panel.show()
    lane = Lane("Mammographie", "2 ans", (Mark(MarkState.LATE, TODAY, None, 30),))
    panel.show_life(LifeLine(TODAY, ("Prévention",), (), (lane,)))
    panel.life.grab()
    menus = []
    monkeypatch.setattr(care_path, "show_menu", lambda menu, place: menus.append(menu))

    (spot,) = panel.life._spots
    qtbot.mouseClick(panel.life, Qt.MouseButton.LeftButton, pos=spot.box.center().toPoint())
    asked = {made.text(): made for made in menus[0].actions()}
    with qtbot.waitSignal(panel.act_said) as said:
        asked["Refusé aujourd’hui"].trigger()

    assert said.args == [lane, Standing.REFUSED]


def test_the_tip_of_an_act_says_its_source_within_the_width_of_the_line(view):
    told = ("Source\u00a0: INCa, Le dépistage du cancer du col de l’utérus en pratique, 2020",
            "https://www.e-cancer.fr/" + "x" * 160)  # fmt: skip
    lane = Lane("Frottis", "3 ans", (Mark(MarkState.LATE, TODAY, None, 30),), told=told)

    lines = tip_lines((lane, lane.marks[0]))

    assert "".join(lines[2:]).replace(" ", "") == "".join(told).replace(" ", "")
    assert max(map(len, lines)) <= 84

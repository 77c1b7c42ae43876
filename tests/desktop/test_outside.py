"""« Échanges avec l’extérieur »: a lane that fails is seen, tried again, and never a dialog."""

import datetime as dt
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt

from lgc.desktop.components.status_line import failure_of
from lgc.desktop.dmp.question import QuestionDialog
from lgc.desktop.dmp.words import WITHDRAW
from lgc.desktop.home.page import HomePage
from lgc.desktop.outside.panel import OutsidePanel
from lgc.errors import UserFacingError
from lgc.services.exchanges import DAY, DMP, MAILBOX, MSSANTE, REVOCATION, Exchanges
from lgc.services.outside import OutsideLine

WAIT, NB = 10_000, "\u00a0"
DOWN = UserFacingError("Le serveur MSSanté ne répond pas.", details="TimeoutError")


class Clock:
    def __init__(self, now):
        self.at = now

    def now(self):
        return self.at


class Door:
    """services.outside.Outside over real exchanges; remembers what was tried again."""

    def __init__(self, exchanges):
        self._exchanges, self.tried = exchanges, []

    def lines(self):
        waiting = {MSSANTE: 2}
        return tuple(
            OutsideLine(one, waiting.get(one.key, 0), one.next_try)
            for one in self._exchanges.standings()
        )

    def retry(self, key):
        self.tried.append(key)

    def tell(self):
        self._exchanges.tell()


@pytest.fixture
def clock(scenes):
    return Clock(scenes.at(9, 31))


@pytest.fixture
def exchanges(window, clock):
    made = Exchanges(clock, window.bridge.post)
    for key in (MAILBOX, MSSANTE, DMP):
        made.of(key)
    return made


@pytest.fixture
def door(exchanges):
    return Door(exchanges)


@pytest.fixture
def panel(window, door, clock):
    return OutsidePanel(window, door, clock.now)


@pytest.fixture
def failing(qtbot, window, panel, exchanges, clock):
    """The mailbox answered at 09:31 and not since."""
    exchanges.of(MAILBOX).well("14 messages")
    exchanges.of(MSSANTE).well()
    for minutes in (11, 8, 8):
        clock.at += dt.timedelta(minutes=minutes)
        exchanges.of(MAILBOX).failed(DOWN, 240.0)
    mark = window.status.services["mssante"]
    qtbot.waitUntil(lambda: mark.failing, timeout=WAIT)
    return mark


def test_a_lane_that_fails_stands_out_with_since_when_and_why(failing):
    assert failing.words() == f"MSSanté{NB}: pas de relève depuis 09:31"
    assert failing._reason.whole() == "Le serveur MSSanté ne répond pas"
    assert failing.retry.isVisible()


def test_try_again_goes_to_the_lane_that_fails(qtbot, failing, door):
    qtbot.mouseClick(failing.retry, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: door.tried == [MAILBOX], timeout=WAIT)


def test_green_comes_back_only_with_a_success(qtbot, failing, exchanges):
    exchanges.of(MSSANTE).well()
    exchanges.of(MAILBOX).passed(300.0)
    qtbot.wait(50)
    assert failing.failing

    exchanges.of(MAILBOX).well()

    qtbot.waitUntil(lambda: failing.words() == "MSSanté à jour", timeout=WAIT)
    assert not failing.retry.isVisible()


def test_a_click_lists_every_lane_with_its_success_and_its_next_try(
    qtbot, window, failing, panel, door
):
    qtbot.mouseClick(failing, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(panel.isVisible, timeout=WAIT)

    assert not window.covered()
    mailbox, sending, dmp = panel.rows
    assert mailbox.words.text() == (
        "Le serveur MSSanté ne répond pas, 3\u00a0essais depuis 09:42. "
        "Dernier succès 09:31, 14 messages. Prochain essai 10:02."
    )
    assert sending.words.text() == "dernier succès 09:31"
    assert dmp.words.text() == "pas encore vérifié"
    assert [row.retry.isVisible() for row in panel.rows] == [True, False, False]
    assert mailbox.details == "TimeoutError"

    mailbox.retry.click()
    qtbot.waitUntil(lambda: door.tried == [MAILBOX], timeout=WAIT)
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()


@pytest.mark.parametrize("key", [DAY, REVOCATION])
def test_an_accident_of_any_lane_is_seen(qtbot, window, panel, exchanges, key):
    exchanges.of(key).failed(ZeroDivisionError(), 1.0)
    service = exchanges.standing(key).way.service
    mark = window.status.services[service]

    qtbot.waitUntil(lambda: mark.failing and mark.isVisible(), timeout=WAIT)

    assert "Erreur imprévue (ZeroDivisionError)" in mark.accessibleName()


def test_the_work_of_this_machine_is_silent_until_it_fails(window, exchanges, qtbot):
    exchanges.of(REVOCATION).well()
    qtbot.wait(20)

    assert not window.status.services["desk"].isVisible()


def test_accueil_and_the_questions_to_a_dmp_read_the_same_truth(
    qtbot, window, scenes, exchanges, clock
):
    day = scenes.FakeDay()
    home = HomePage(window, day, day, scenes.FakeQueue(), clock.now)
    exchanges.of(DMP).well()
    clock.at += dt.timedelta(minutes=11)
    exchanges.of(DMP).failed(DOWN)
    said = f"DMP{NB}: pas de réponse depuis 09:31"

    qtbot.waitUntil(lambda: home.days.dmp.text() == said, timeout=WAIT)
    assert failure_of(window.services["dmp"]) == said.replace(NB, " ")
    dialog = QuestionDialog(
        window, WITHDRAW, scenes.CHEMIN, standing=failure_of(window.services["dmp"])
    )
    assert dialog.footer_note.text() == said

    exchanges.of(DMP).well()
    qtbot.waitUntil(lambda: home.days.dmp.text() == "DMP", timeout=WAIT)
    assert failure_of(window.services["dmp"]) == ""


def test_what_failed_before_the_window_was_there_is_seen(qtbot, window, clock):
    listening = []
    exchanges = Exchanges(clock, lambda event: [hear(event) for hear in listening])
    exchanges.of(MAILBOX).failed(DOWN)
    exchanges.of(DMP)
    listening.append(window.bridge.post)
    desk = SimpleNamespace(outside=Door(exchanges), clock=clock)

    OutsidePanel.join(window, desk)

    qtbot.waitUntil(lambda: window.status.services["mssante"].failing, timeout=WAIT)
    assert window.status.services["dmp"].words() == f"DMP{NB}: pas encore vérifié"

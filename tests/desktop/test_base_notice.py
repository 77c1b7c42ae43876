"""Damage of the practice's file is told wherever the doctor works, once, and stays marked."""

from types import SimpleNamespace

import pytest

from lgc.desktop.base_notice import BaseNotice
from lgc.desktop.messages import ErrorNotice
from lgc.errors import DamagedBase, UserFacingError
from lgc.services.events import BaseState

WAIT = 10_000


def damage(pages=2):
    said = DamagedBase(f"La base du cabinet est abîmée ({pages} pages).", details=str(pages))
    return BaseState(True, said)


@pytest.fixture
def joined(window):
    """A window that listens; what the store told when it was joined is posted by ``tell``."""
    said = []
    desk = SimpleNamespace(
        keeping=SimpleNamespace(tell=lambda: [window.bridge.post(event) for event in said])
    )

    def join(*events):
        said.extend(events)
        BaseNotice.join(window, desk)
        return window

    return join


def notices(window):
    return [one for one in window.messages.on_screen() if isinstance(one, ErrorNotice)]


def test_damage_found_at_work_is_a_notice_and_a_mark_in_the_status_line(qtbot, joined):
    window = joined()
    assert window.status.base.isHidden()

    window.bridge.post(damage())

    qtbot.waitUntil(lambda: len(notices(window)) == 1, timeout=WAIT)
    assert window.status.base.isVisible()
    assert window.status.base.words() == "Base abîmée"


def test_the_same_damage_is_told_once_and_another_again(qtbot, joined):
    window = joined()
    window.bridge.post(damage())
    window.bridge.post(damage())
    window.bridge.post(damage(3))

    qtbot.waitUntil(lambda: len(notices(window)) == 2, timeout=WAIT)
    qtbot.wait(50)
    assert len(notices(window)) == 2


def test_what_was_found_before_the_window_was_there_is_told(qtbot, joined):
    window = joined(BaseState(False, UserFacingError("Cette base s’arrête au 05/11/2026.")))

    qtbot.waitUntil(lambda: len(notices(window)) == 1, timeout=WAIT)
    assert window.status.base.isHidden()


def test_a_base_found_whole_again_takes_the_mark_away(qtbot, joined):
    window = joined(damage())
    qtbot.waitUntil(window.status.base.isVisible, timeout=WAIT)

    window.bridge.post(BaseState(False, None))

    qtbot.waitUntil(window.status.base.isHidden, timeout=WAIT)

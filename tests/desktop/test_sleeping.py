"""The machine sleeps or locks: heard on a real bus, from Windows' messages, from the wall clock."""

import ctypes
import shutil
import subprocess
from ctypes import wintypes

import pytest
from PySide6.QtCore import ClassInfo, QObject, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusObjectPath

from lgc.desktop import sleeping
from lgc.desktop.sleeping import BusEars, Sleeping, WallClock, WindowsEars

WAIT = 10_000
WAKES = "wakes"
OURS, NEIGHBOUR = "/org/freedesktop/login1/session/_32", "/org/freedesktop/login1/session/_39"


@pytest.fixture
def daemon():
    """A bus of its own, as the system's."""
    found = shutil.which("dbus-daemon")
    if found is None:
        pytest.skip("dbus-daemon is not installed")
    process = subprocess.Popen(
        [found, "--session", "--nofork", "--print-address"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def bus(daemon):
    made = QDBusConnection.connectToBus(daemon, "ears")
    yield made
    QDBusConnection.disconnectFromBus("ears")


@pytest.fixture
def logind(daemon):
    """Who speaks on it."""
    made = QDBusConnection.connectToBus(daemon, "logind")
    assert made.registerService(sleeping.LOGIND)
    yield made
    QDBusConnection.disconnectFromBus("logind")


@ClassInfo({"D-Bus Interface": sleeping.MANAGER})
class Manager(QObject):
    """logind as far as it is asked."""

    @Slot(str, result="QDBusObjectPath")
    def GetSession(self, asked):  # noqa: N802
        assert asked == "auto"
        return QDBusObjectPath(OURS)


def say(bus, path, interface, name, *words):
    told = QDBusMessage.createSignal(path, interface, name)
    told.setArguments(list(words))
    assert bus.send(told)


@pytest.fixture
def ears(qapp, bus, logind):
    made = BusEars(bus, bus)
    made.heard = []
    made.left.connect(made.heard.append)
    made.woken = []
    made.woke.connect(lambda: made.woken.append(True))
    return made


def test_going_to_sleep_is_heard_and_waking_is_not(qtbot, ears, logind):
    say(logind, sleeping.LOGIND_PATH, sleeping.MANAGER, "PrepareForSleep", False)
    say(logind, sleeping.LOGIND_PATH, sleeping.MANAGER, "PrepareForSleep", True)

    qtbot.waitUntil(lambda: ears.heard == ["sleep"], timeout=WAIT)
    assert ears.woken == [True]


def test_the_lock_of_the_session_is_heard_and_of_no_other(qtbot, bus, logind):
    manager, heard = Manager(), []
    slots = QDBusConnection.RegisterOption.ExportAllSlots
    assert logind.registerObject(sleeping.LOGIND_PATH, manager, slots)
    ears = BusEars(bus, bus)
    ears.left.connect(heard.append)
    qtbot.wait(300)  # its answer is awaited by nobody

    say(logind, NEIGHBOUR, sleeping.SESSION, "Lock")
    qtbot.wait(200)
    assert heard == []

    say(logind, OURS, sleeping.SESSION, "Lock")
    qtbot.waitUntil(lambda: heard == ["system lock"], timeout=WAIT)


def test_of_no_session_any_lock_is_heard(qtbot, ears, logind):
    qtbot.wait(300)

    say(logind, NEIGHBOUR, sleeping.SESSION, "Lock")

    qtbot.waitUntil(lambda: ears.heard == ["system lock"], timeout=WAIT)


@pytest.mark.parametrize("locker", sleeping.LOCKERS)
def test_the_locker_of_the_desktop_is_heard(qtbot, ears, logind, locker):
    path = "/" + locker.replace(".", "/")
    say(logind, path, locker, "ActiveChanged", False)
    say(logind, path, locker, "ActiveChanged", True)

    qtbot.waitUntil(lambda: ears.heard == ["system lock"], timeout=WAIT)


def test_another_who_speaks_as_logind_is_not_heard(qtbot, ears, daemon):
    stranger = QDBusConnection.connectToBus(daemon, "stranger")
    say(stranger, sleeping.LOGIND_PATH, sleeping.MANAGER, "PrepareForSleep", True)
    qtbot.wait(200)
    QDBusConnection.disconnectFromBus("stranger")

    assert ears.heard == []


def test_no_bus_is_silence(qapp):
    nowhere = QDBusConnection.connectToBus("unix:path=/nonexistent/bus", "nowhere")

    assert not nowhere.isConnected()
    BusEars(nowhere, nowhere)
    QDBusConnection.disconnectFromBus("nowhere")


@pytest.mark.parametrize(
    "message, detail, heard",
    [
        (0x0218, 0x4, ["sleep"]),
        (0x0218, 0x7, [WAKES]),
        (0x0218, 0x12, [WAKES]),
        (0x02B1, 0x7, ["system lock"]),
        (0x02B1, 0x2, ["system lock"]),
        (0x02B1, 0x4, ["system lock"]),
        (0x02B1, 0x8, [WAKES]),  # unlocked
        (0x0200, 0x7, []),  # the mouse
    ],
)
def test_what_windows_tells_is_understood(qapp, message, detail, heard):
    window, got = WindowsEars(), []
    window.left.connect(got.append)
    window.woke.connect(lambda: got.append(WAKES))
    told = wintypes.MSG(message=message, wParam=detail)

    assert window.nativeEvent(b"windows_generic_MSG", ctypes.addressof(told)) == (False, 0)

    assert got == heard


def test_more_time_on_the_wall_than_the_limit_between_two_ticks_is_a_sleep(qapp):
    wall, heard = [1000.0], []
    clock = WallClock(lambda: 600, lambda: wall[0])
    clock.left.connect(heard.append)

    for later in (1, 599, 600, -7200):  # set back too
        wall[0] += later
        clock.tick()
    assert heard == []

    wall[0] += 601
    clock.tick()
    assert heard == ["idle"]


def test_a_clock_that_jumps_either_way_is_told_once_a_jump(qapp):
    wall, woken = [1000.0], []
    clock = WallClock(lambda: 600, lambda: wall[0])
    clock.woke.connect(lambda: woken.append(wall[0]))

    for later in (1, 2, 4, 7200, 1, -7200, 1):
        wall[0] += later
        clock.tick()

    assert woken == [8207.0, 1008.0]


def test_all_of_them_begin_on_this_machine(qtbot):
    """Whatever it has: a bus or none."""
    made = Sleeping(lambda: 600)

    with qtbot.waitSignal(made.left, timeout=WAIT):
        made._wall.left.emit("idle")

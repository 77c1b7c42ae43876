"""Who holds a lease: as long as its process lives, and not a moment longer."""

import os
import subprocess
import sys

import pytest

from lgc.jobs.owner import Owner, lives, this_process

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell")
SAY = "from lgc.jobs.owner import this_process; print(this_process().identity, flush=True); input()"


@pytest.fixture
def other():
    """Another run of the application, and the owner that it is."""
    running = subprocess.Popen(
        [sys.executable, "-c", SAY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield running, running.stdout.readline().strip()
    running.kill()
    running.communicate()


def test_another_process_holds_its_lease_until_it_ends_reaped_or_not(other):
    running, identity = other
    assert lives(identity)

    running.kill()
    os.waitid(os.P_PID, running.pid, os.WEXITED | os.WNOWAIT)  # it ended, nobody took its end
    assert not lives(identity)

    running.wait()
    assert not lives(identity)


def test_a_number_that_came_back_is_not_the_owner(other):
    _, identity = other
    name, pid, start = identity.split(" ")

    assert not lives(f"{name} {pid} {start}0")
    assert not lives(f"{name} {pid}")
    assert not lives("")


def test_ours_is_at_work_only_inside_the_sending():
    owner = Owner("one run")

    assert not owner.works_on("one run", "d")
    with pytest.raises(OSError), owner.sending("d"):
        assert owner.works_on("one run", "d")
        assert not owner.works_on("one run", "another")
        raise OSError
    assert not owner.works_on("one run", "d")


def test_every_outbox_of_a_process_is_one_owner():
    assert this_process() is this_process()
    assert lives(this_process().identity)

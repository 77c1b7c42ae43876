"""A server that files late, or never: absence of proof never sends a second copy by itself.

Judged by what the servers said yes to, in their own log, and by what the colleague holds.
"""

import signal
import time

import pytest

SETTLE, LATE = 14, 6
PLACES = ("smtp", "td2.1")


@pytest.fixture
def file(sandbox):
    """Tell both servers how to file; all goes well again at the end."""

    def tell(*faults, **filing):
        for place in PLACES:
            sandbox.control("/knobs", {"place": place, "filing": filing})
            for fault in faults:
                sandbox.control("/knobs", {"place": place, "fault": fault})

    yield tell
    sandbox.control("/knobs", {"reset": True})


def acceptances(sandbox, delivery):
    """How many times a server said yes to this delivery."""
    received = sandbox.control("/received")
    if delivery["channel"] == "dmp":
        return sum(delivery["unique_id"] in one["documents"] for one in received["dmp"])
    return sum(one["message_id"] == delivery["message_id"] for one in received["mail"])


def judged(sandbox, told):
    return {d["channel"]: (d["state"], acceptances(sandbox, d)) for d in told["states"]}


@pytest.mark.parametrize("kill_on", ["data", "submit"])
def test_killed_while_a_server_files_and_restarted_at_once_leaves_one_copy(
    sandbox, run_application, folder, file, kill_on
):
    file(before=LATE)
    code, told = run_application(folder, "order", kill_on=kill_on, kill_after=1.5, settle=SETTLE)
    assert code == -signal.SIGKILL

    _, told = run_application(folder, "finish", settle=SETTLE)

    assert judged(sandbox, told) == {"dmp": ("delivered", 1), "mssante": ("delivered", 1)}


def test_an_answer_lost_before_a_late_filing_leaves_one_copy_whatever_is_pressed(
    sandbox, run_application, folder, file
):
    file("drop_after_commit", after=LATE)

    _, told = run_application(folder, "order", settle=SETTLE)

    assert judged(sandbox, told) == {"dmp": ("delivered", 1), "mssante": ("delivered", 1)}


def test_what_is_never_filed_is_closed_by_the_doctor_alone(sandbox, run_application, folder, file):
    file("drop_after_commit", never=True)

    _, told = run_application(folder, "order", settle=3, limit=4, doctor="verify_now")
    assert {d["state"] for d in told["states"]} == {"uncertain"}
    _, told = run_application(folder, "finish", settle=3, doctor="assume_sent")

    assert judged(sandbox, told) == {"dmp": ("closed", 1), "mssante": ("closed", 1)}


def test_versions_reach_the_dmp_in_their_order_through_lost_answers_and_late_filing(
    sandbox, run_application, folder, file
):
    before = len(sandbox.control("/journal"))
    file("drop_after_commit", after=4)

    _, told = run_application(folder, "order", settle=SETTLE, versions=3)

    deposits = [d for d in told["states"] if d["channel"] == "dmp"]
    assert [(d["version"], d["state"]) for d in deposits] == [
        (3, "delivered"), (2, "delivered"), (1, "delivered"),
    ]  # fmt: skip
    assert [acceptances(sandbox, d) for d in deposits] == [1, 1, 1]
    exchanges = sandbox.control("/journal")[before:]
    assert [x for x in exchanges if x["action"] == "td2.1" and x["verdict"] == "refusé"] == []
    time.sleep(5)  # the last one is filed after its answer too
    held = {
        one["unique_id"]: one["status"].rpartition(":")[2]
        for patient in sandbox.control("/state")["patients"].values()
        for one in patient["documents"]
    }
    assert [held[d["unique_id"]] for d in deposits] == ["Approved", "Deprecated", "Deprecated"]

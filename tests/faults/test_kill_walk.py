"""kill -9 at every cut point of a share: exactly one document, exactly one message."""

import signal

import pytest

RECIPIENT = "robert.specialiste5737@medecin.mssante.example"
# Found by a run that nobody kills; the test below fails when the walk no longer covers them all.
CUT_POINTS = range(1, 33)


def copies(sandbox, states):
    """(documents in the DMP, messages in the colleague's mailbox) per delivery ordered."""
    state = sandbox.control("/state")
    stored = [d["unique_id"] for p in state["patients"].values() for d in p["documents"]]
    received = sandbox.folder / "mail" / RECIPIENT / "INBOX"
    mails = [path.read_bytes() for path in received.glob("*.eml")]
    found = []
    for delivery in states:
        if delivery["channel"] == "dmp":
            found.append(stored.count(delivery["unique_id"]))
        else:
            found.append(sum(delivery["message_id"].encode() in mail for mail in mails))
    return found


@pytest.mark.xdist_group("walk-0")
def test_the_walk_covers_every_cut_point(run_application, folder):
    _, told = run_application(folder, "order")

    assert [d["state"] for d in told["states"]] == ["delivered", "delivered"]
    assert 10 < told["passed"] <= max(CUT_POINTS)


@pytest.mark.parametrize(
    "kill_at",
    # Two workers share the walk, each with its own sandbox.
    [pytest.param(n, marks=pytest.mark.xdist_group(f"walk-{n % 2}")) for n in CUT_POINTS],
)
def test_a_process_killed_anywhere_never_loses_and_never_doubles(
    sandbox, run_application, folder, kill_at
):
    code, told = run_application(folder, "order", kill_at)
    if code == -signal.SIGKILL:
        _, told = run_application(folder, "finish")

    # Killed before the commit of the doctor's click, nothing was promised and nothing left.
    assert {d["state"] for d in told["states"]} <= {"delivered"}
    assert copies(sandbox, told["states"]) == [1] * len(told["states"])
    assert len(told["states"]) in (0, 2)

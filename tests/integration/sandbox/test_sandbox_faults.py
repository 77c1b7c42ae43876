"""Cut connections, killed processes, a card pulled out: what the sandbox lets tests provoke."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from lgc_sandbox.authority import Authority
from lgc_sandbox.card import DOCTOR, MAKING, OTHER_DOCTOR, SoftCard, insert, module, pull
from lgc_sandbox.dmp.registry import Registry

CUT = (ConnectionError, http.client.HTTPException, OSError)
INS = "299069999999912"


def test_a_request_cut_before_it_is_read_leaves_no_trace(submit, registry, knobs):
    knobs.arm("td2.1", "drop_before")
    submission = submit()

    with pytest.raises(CUT):
        submission.send()

    assert registry.by_unique_id(submission.unique_id) is None
    assert submission.send().succeeded


def test_an_answer_lost_after_the_commit_leaves_the_document_there(submit, registry, knobs):
    knobs.arm("td2.1", "drop_after_commit")
    submission = submit()

    with pytest.raises(CUT):
        submission.send()

    assert registry.by_unique_id(submission.unique_id) is not None
    assert submission.send().errors[0] == "XDSDuplicateUniqueIdInRegistry"


def test_an_answer_may_stop_half_way(client, knobs):
    knobs.arm("dmp", "cut_answer")

    with pytest.raises(http.client.IncompleteRead):
        client.existence()

    assert client.existence().status == 200


def test_a_refusal_with_a_chosen_code_is_answered_in_the_way_of_each_transaction(
    allowed, submit, knobs
):
    knobs.arm("dmp", "refuse", times=3, code="XDSRegistryBusy")

    assert submit().send().errors == ["XDSRegistryBusy"]
    assert allowed.retrieve("1.2.3").errors == ["XDSRegistryBusy"]
    assert allowed.existence().subcode == "XDSRegistryBusy"
    assert allowed.existence().status == 200


def test_an_answer_may_be_slow(client, knobs):
    knobs.set_latency("td0.2", 0.3)
    start = time.monotonic()

    client.existence()

    assert time.monotonic() - start >= 0.3


def test_every_exchange_is_in_the_journal_with_its_reason(client, registry):
    client.existence()
    client.retrieve("1.2.3")

    lines = [(one["action"], one["verdict"]) for one in registry.journal()]

    assert lines == [("td0.2", "accepté"), ("td3.2", "refusé")]
    assert "DMPAccessDeniedByRightsService" in registry.journal()[1]["reason"]
    assert INS not in json.dumps(registry.journal())


@pytest.fixture(scope="module")
def soft_cards(tmp_path_factory):
    """A reader with a card in it and a second card beside it."""
    try:
        module()
    except RuntimeError as why:
        pytest.skip(str(why))
    folder = tmp_path_factory.mktemp("reader")
    authority = Authority.create(folder / "authority")
    card = SoftCard(folder / "card")
    card.make(authority, DOCTOR)
    card.make_other(authority, OTHER_DOCTOR)
    return card


LOOK = """
import pkcs11, sys
from pkcs11 import Attribute, ObjectClass
library = pkcs11.lib(sys.argv[1])
for token in library.get_tokens():
    if not token.label.startswith("CPS"):
        continue
    with token.open() as session:
        for one in session.get_objects({Attribute.CLASS: ObjectClass.DATA}):
            print("public", one[Attribute.LABEL], one[Attribute.VALUE].hex())
    with token.open(user_pin="1234") as session:
        for one in session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY}):
            print("key", one[Attribute.LABEL], one[Attribute.ID].hex(),
                  one[Attribute.SENSITIVE], one[Attribute.EXTRACTABLE])
        for one in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}):
            print("certificate", one[Attribute.ID].hex())
        for one in session.get_objects({Attribute.CLASS: ObjectClass.DATA}):
            print("all", one[Attribute.LABEL], one[Attribute.VALUE].hex())
"""


def look(card):
    """What a process that opens the card now sees."""
    seen = subprocess.run(
        [sys.executable, "-c", LOOK, str(module())],
        env={**os.environ, "SOFTHSM2_CONF": str(card.conf)},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return [tuple(line.split()) for line in seen.stdout.splitlines()]


def test_the_soft_card_shows_what_a_cps_shows(soft_cards):
    seen = look(soft_cards)

    assert ("key", "CPS_PRIV_AUT", "20", "True", "False") in seen
    assert ("key", "CPS_PRIV_SIG", "10", "True", "False") in seen
    assert {one[1] for one in seen if one[0] == "certificate"} == {"10", "20"}
    public = {one[1]: bytes.fromhex(one[2]) for one in seen if one[0] == "public"}
    assert set(public) == {"CPS_ID_CARD", "CPS_NAME_PS", "CPS_INFO_PS"}
    assert public["CPS_INFO_PS"].endswith(b"SM26")
    private = {one[1]: bytes.fromhex(one[2]) for one in seen if one[0] == "all"}
    first = private["CPS_ACTIVITY_01_PS"]
    assert first[0] == 0xEE
    assert first[1] == len(first) - 2
    assert first.endswith(b"\x85\x0f499700057294007\x86\x04SA07")
    assert private["CPS_ACTIVITY_02_PS"].endswith(b"SA52")


def test_a_card_is_pulled_out_and_put_back_unchanged(soft_cards):
    before = look(soft_cards)

    pull(soft_cards.folder)
    assert not soft_cards.present
    with pytest.raises(subprocess.CalledProcessError):
        look(soft_cards)  # SoftHSM2 does not even start without its token folder
    insert(soft_cards.folder)

    assert sorted(look(soft_cards)) == sorted(before)


def test_another_card_takes_the_place_of_the_first(soft_cards):
    insert(soft_cards.folder, other=True)
    try:
        names = [one[2] for one in look(soft_cards) if one[1] == "CPS_NAME_PS"]
        assert bytes.fromhex(names[0]) == b"MEDECIN5978 ANNE"
    finally:
        insert(soft_cards.folder)

    names = [one[2] for one in look(soft_cards) if one[1] == "CPS_NAME_PS"]
    assert bytes.fromhex(names[0]) == b"MEDECIN5729 PAUL"


def test_what_a_killed_start_left_of_a_card_goes_at_the_next(soft_cards):
    left = soft_cards.folder / f"{MAKING}abc" / "tokens"
    left.mkdir(parents=True)

    soft_cards.make(None, DOCTOR)

    assert not left.parent.exists()


def start(folder):
    """A sandbox in a process of its own, and what its sandbox.json says."""
    process = subprocess.Popen(
        [sys.executable, "-m", "lgc_sandbox", "serve", "--tied", "--dir", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    told = folder / "sandbox.json"
    for _ in range(400):
        if told.exists() and process.poll() is None:
            read = json.loads(told.read_text("utf-8"))
            if read["pid"] == process.pid:
                return process, read
        time.sleep(0.05)
    process.kill()
    pytest.fail("the sandbox did not start")


def control(told, path, **asked):
    request = urllib.request.Request(told["control"] + path)
    if asked:
        request.data = json.dumps(asked).encode()
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


def test_the_whole_sandbox_starts_is_turned_killed_and_starts_again(tmp_path, soft_cards):
    process, told = start(tmp_path)
    try:
        assert told["dmp_base"].startswith("https://localhost:")
        assert control(told, "/card", pulled=True)["card"] == {"pulled": True}
        assert control(told, "/card", pulled=False)["card"] == {"pulled": False}
        state = control(told, "/dmp", ins=INS, oid="1.2.250.1.213.1.4.10", state="terminated")
        assert state["patients"][INS]["state"] == "terminated"
        control(told, "/authorisation", ins=INS, value="VALIDE")
        state = control(told, "/knobs", place="td2.1", fault="drop_before", times=2)
        assert state["knobs"] == {"td2.1": {"drop_before": 2}}
        with pytest.raises(urllib.error.HTTPError):
            control(told, "/knobs", place="fax", fault="drop_before")
        before = state["mailboxes"][told["mailbox"]]["INBOX"]
        state = control(told, "/mail", arrival="hba1c")
        assert state["mailboxes"][told["mailbox"]]["INBOX"] == before + 1
        documents = sum(len(one["documents"]) for one in state["patients"].values())
        assert documents > 0
        process.kill()
        process.wait(10)

        process, told = start(tmp_path)
        state = control(told, "/state")
        assert state["patients"][INS]["state"] == "terminated"
        assert state["patients"][INS]["authorisations"]["899700057294"]["value"] == "VALIDE"
        assert state["knobs"] == {}
        assert state["mailboxes"][told["mailbox"]]["INBOX"] == before + 1
        assert documents == sum(len(one["documents"]) for one in state["patients"].values())

        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
        assert not (tmp_path / "sandbox.json").exists()
    finally:
        process.kill()
        process.wait(10)


def test_the_journal_is_printed(client, registry, tmp_path):
    client.existence()

    printed = subprocess.run(
        [sys.executable, "-m", "lgc_sandbox", "log", "--dir", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )

    assert "td0.2  accepté" in printed.stdout


def test_a_document_survives_a_process_that_dies_at_once(submit, registry, tmp_path):
    submission = submit()
    assert submission.send().succeeded

    again = Registry(tmp_path / "dmp.sqlite")  # as after a kill: nothing was closed
    try:
        assert again.by_unique_id(submission.unique_id).content == submission.cda
    finally:
        again.close()

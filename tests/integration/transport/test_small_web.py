"""Small questions on the web: lists, directory, tokens, where a mailbox is. Same limits."""

import socket
import threading
import time
from contextlib import closing, suppress

import pytest

from lgc.errors import UnreadableInput, UserFacingError
from lgc.mssante import fhir_directory
from lgc.mssante.fhir_directory import FhirDirectory, Place
from lgc.transport import mail_discovery, openid, revocation, web
from lgc.transport.budget import Limits
from lgc.transport.errors import MalformedAnswer, NoAnswer
from lgc.transport.openid import Provider, TokenSource
from lgc.transport.revocation import RevocationLists
from lgc_sandbox.hostile.http_acts import ACTS
from lgc_sandbox.hostile.stage import Stage

SLOW = ("silent", "status_trickle", "headers_trickle", "body_trickle", "chunks_trickle")
LARGE = ("continue_endless", "body_endless", "chunks_endless", "length_huge", "trailers_endless")
LIMIT = 0.5


@pytest.fixture
def playing():
    """``playing(act)`` is the address of a server that plays it to everybody, in clear."""
    ended = threading.Event()
    listening = []

    def start(act):
        server = socket.create_server(("127.0.0.1", 0))
        listening.append(server)

        def serve():
            with suppress(OSError):
                while True:
                    one, _ = server.accept()
                    threading.Thread(target=play, args=(one,), daemon=True).start()

        def play(one):
            with closing(Stage(one, None, ended.is_set)) as stage, suppress(OSError):
                ACTS[act](stage)

        threading.Thread(target=serve, daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}/x"

    yield start
    ended.set()
    for server in listening:
        server.close()


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    for module, name in (
        (fhir_directory, "TIMEOUT"),
        (openid, "TIMEOUT"),
        (revocation, "TIMEOUT"),
        (mail_discovery, "PATIENCE"),
    ):
        monkeypatch.setattr(module, name, LIMIT)


@pytest.mark.parametrize("act", [*SLOW, *LARGE])
def test_every_question_ends(playing, act):
    expected = MalformedAnswer if act in LARGE else NoAnswer
    began = time.monotonic()

    with pytest.raises(expected):
        web.ask(playing(act), Limits(LIMIT, 2 * LIMIT, 100_000, grows=act in LARGE))

    assert time.monotonic() - began < 10


@pytest.mark.parametrize("act", ["body_trickle", "continue_endless", "not_http"])
def test_each_who_asks_tells_it_in_its_own_words(playing, act, tmp_path):
    address = playing(act)
    lists = RevocationLists([], tmp_path, tmp_path / "none", required=False)
    provider = Provider("x", address, address, address, address, "client")

    assert mail_discovery.ask_web(address) is None
    assert lists.fetch([address]) == 0
    with pytest.raises((UserFacingError, UnreadableInput), match="annuaire"):
        FhirDirectory(lambda: Place(address, "key")).find("martin")
    with pytest.raises(UserFacingError, match="Pro Santé Connect"):
        TokenSource(provider, lambda: "1").log_in_on_phone("1", "2", 2, pause=lambda seconds: None)


def test_a_name_that_is_never_resolved_is_not_waited_for(monkeypatch):
    never = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: never.wait(20) and [])
    began = time.monotonic()

    with pytest.raises(NoAnswer):
        web.ask("http://slow.example/x", Limits(LIMIT, LIMIT, 1000, grows=False))

    assert time.monotonic() - began < 5
    never.set()

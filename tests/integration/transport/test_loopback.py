"""The browser comes back by one address of this machine, whoever else knocks there."""

import socket
import time
import urllib.request
from contextlib import ExitStack
from urllib.parse import urlsplit

from lgc.transport.loopback import Redirect


def test_silent_connections_do_not_stop_the_way_back():
    with Redirect("state") as redirect, ExitStack() as opened:
        place = urlsplit(redirect.address)
        for _ in range(4):
            opened.enter_context(socket.create_connection((place.hostname, place.port)))
        began = time.monotonic()

        urllib.request.urlopen(f"{redirect.address}?state=state&code=it", timeout=10).read()

        assert redirect.wait(1) == "it"
        assert time.monotonic() - began < 4

"""Real mail servers for the tests that ask for them: ``scripts/dovecot.py``, ``postfix.py``."""

import importlib
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"


@pytest.fixture
def letter():
    """Makes the bytes of a small message."""

    def made(number, size=0):
        head = f"From: a@x.example\r\nMessage-ID: <{number}@x.example>\r\nSubject: N {number}"
        return f"{head}\r\n\r\nBonjour\r\n".encode() + (b"0" * 70 + b"\r\n") * (size // 72)

    return made


@pytest.fixture(scope="session")
def script():
    """``script("dovecot")`` is the module behind ``scripts/dovecot.py``."""

    def imported(name):
        sys.path.insert(0, str(SCRIPTS))
        try:
            return importlib.import_module(name)
        finally:
            sys.path.remove(str(SCRIPTS))

    return imported


@pytest.fixture(scope="module")
def running(script):
    dovecot = script("dovecot")
    if why := dovecot.impossible():
        pytest.skip(why)
    with dovecot.running() as made:
        yield made


@pytest.fixture
def server(running):
    made = running.server()
    with made.open("me") as client:
        for _, _, folder in client.list_folders():
            if folder in ("INBOX", "Sent"):
                client.select_folder(folder)
                uids = client.search()
                if uids:
                    client.delete_messages(uids)
                    client.expunge()
                client.select_folder("INBOX")
            else:
                client.delete_folder(folder)
    return made


@pytest.fixture
def put(server):
    """Puts messages into a folder of the mailbox, the inbox unless told."""

    def putting(*letters, folder="INBOX", flags=()):
        with server.open("me") as client:
            for one in letters:
                client.append(folder, one, flags)

    return putting


@pytest.fixture
def served():
    """Files on a web server of loopback: ``served({path: file})`` is its address."""
    started = []

    def start(files):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                file = files.get(self.path)
                self.send_response(200 if file else 404)
                self.end_headers()
                if file:
                    self.wfile.write(file.read_bytes())

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        started.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in started:
        server.shutdown()
        server.server_close()

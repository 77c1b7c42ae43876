"""``wire/``: everything that left the machine during the tour, as files a validator can read."""

from __future__ import annotations

import email
import email.policy
import threading
from email.message import EmailMessage
from pathlib import Path

from lgc.dmp import wire as dmp_wire
from lgc.files import private_folder, write_whole

EXPECTED = (
    "vsm.xml",
    "vsm.pdf",
    "vihf.xml",
    "td0_2-request.xml",
    "td0_3-request.xml",
    "td2_1-request.mime",
    "submission.xml",
    "submission-signature.xml",
    "td3_1-request.xml",
    "td3_2-request.xml",
    "IHE_XDM.zip",
    "message.eml",
)


class Wire:
    """The observer of every connection; called from lanes and workers alike.

    Each kind of request is kept once, the first of its name: later ones differ by ids only.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        private_folder(folder)

    def __call__(self, name: str, sent: bytes, received: bytes) -> None:
        found = _message(sent) if name == "message.eml" else dmp_wire.files(name, sent)
        with self._lock:
            for file, content in found.items():
                path = self._folder / file
                if not path.exists():
                    write_whole(path, content)

    def keep(self, name: str, content: bytes) -> None:
        """A file the application made and sent: the document and its PDF."""
        with self._lock:
            write_whole(self._folder / name, content)

    def missing(self) -> list[str]:
        return [name for name in EXPECTED if not (self._folder / name).is_file()]


def _message(sent: bytes) -> dict[str, bytes]:
    """The message as submitted, and the archive inside it."""
    found = {"message.eml": sent}
    message = email.message_from_bytes(sent, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    for part in message.iter_attachments():
        if (part.get_filename() or "").upper() == "IHE_XDM.ZIP":
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            found["IHE_XDM.zip"] = content
    return found

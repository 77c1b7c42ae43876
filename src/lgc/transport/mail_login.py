"""How a mail connection proves who it is: the card (SASL EXTERNAL) or a token (XOAUTH2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class MailLogin(Protocol):
    """``mechanism`` is the SASL name; ``answer`` what is said to each challenge of the server.

    ``shown_by_tls``: the certificate already told, a server may ask nothing more.
    """

    @property
    def mechanism(self) -> str: ...
    @property
    def shown_by_tls(self) -> bool: ...
    def answer(self, address: str, challenge: bytes | None) -> str: ...


@dataclass(frozen=True, slots=True)
class CardLogin:
    """The client certificate of the TLS layer says who it is (RFC 4422 appendix A)."""

    mechanism: str = "EXTERNAL"
    shown_by_tls: bool = True

    def answer(self, address: str, challenge: bytes | None) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class TokenLogin:
    """A bearer token, asked at each connection and never kept (SC.MSS/CONF.07, .28)."""

    token: Callable[[], str]
    mechanism: str = "XOAUTH2"
    shown_by_tls: bool = False

    def answer(self, address: str, challenge: bytes | None) -> str:
        """A challenge that is not empty tells why the token was refused: it is only acknowledged,
        and the server then closes the attempt."""
        if challenge:
            return ""
        return f"user={address}\x01auth=Bearer {self.token()}\x01\x01"

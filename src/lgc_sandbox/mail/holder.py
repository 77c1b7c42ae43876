"""Whose mailbox a client certificate opens."""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Callable, Mapping

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lgc_sandbox.authority import Authority, NotTrusted


class Holders:
    """``owners`` maps a card holder's national id to the address of its mailbox; ``tokens`` tells
    the national id behind an access token."""

    def __init__(
        self,
        authority: Authority,
        owners: Mapping[str, str],
        tokens: Callable[[str], str | None] | None = None,
    ) -> None:
        self._authority, self._owners = authority, dict(owners)
        self._tokens = tokens

    @property
    def takes_tokens(self) -> bool:
        return self._tokens is not None

    def by_token(self, said: bytes) -> str | None:
        """The address that an XOAUTH2 answer opens: the token's holder must own it."""
        try:
            words = base64.b64decode(said, validate=True).decode("ascii")
        except ValueError:
            return None
        found = re.fullmatch("user=([^\x01]+)\x01auth=Bearer ([^\x01]+)\x01\x01", words)
        if found is None or self._tokens is None:
            return None
        address = self._owners.get(self._tokens(found[2]) or "")
        return address if address and address.lower() == found[1].lower() else None

    def mailbox(self, certificate: bytes | None) -> str | None:
        """The address that a DER certificate opens, None for nobody's.

        The certificate must be ours, valid now, not revoked, and meant for logging in: the card's
        signature certificate opens nothing.
        """
        if certificate is None:
            return None
        read = x509.load_der_x509_certificate(certificate)
        try:
            self._authority.check(read, dt.datetime.now(dt.UTC))
            usages = read.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except (NotTrusted, x509.ExtensionNotFound):
            return None
        if ExtendedKeyUsageOID.CLIENT_AUTH not in usages:
            return None
        names = read.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return self._owners.get(str(names[0].value)) if names else None

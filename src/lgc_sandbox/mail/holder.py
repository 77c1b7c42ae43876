"""Whose mailbox a client certificate opens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lgc_sandbox.authority import Authority, NotTrusted


class Holders:
    """``owners`` maps a card holder's national id to the address of its mailbox."""

    def __init__(self, authority: Authority, owners: Mapping[str, str]) -> None:
        self._authority, self._owners = authority, dict(owners)

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

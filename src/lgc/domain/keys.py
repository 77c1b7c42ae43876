"""The two keys of a card, as two types nobody can exchange (cps-ins: authentication, signature)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol


class AuthenticationKey(Protocol):
    """For TLS, log-in and unwrapping the store's key. Never for VIHF, XAdES or documents."""

    usage: Literal["authentication"]

    @property
    def certificate(self) -> bytes:
        """DER of the certificate."""
        ...

    def sign_challenge(self, challenge: bytes) -> bytes:
        """RSASSA-PKCS1-v1_5 with SHA-256 over ``challenge``: deterministic."""
        ...


class SignatureKey(Protocol):
    """For VIHF and XAdES. The DMP refuses a VIHF signed by the other one."""

    usage: Literal["signature"]

    @property
    def certificate(self) -> bytes:
        """DER of the certificate."""
        ...

    @property
    def chain(self) -> tuple[bytes, ...]:
        """DER of the issuing authorities, nearest first; may be empty."""
        ...

    def sign(self, digest: bytes, algorithm: Literal["sha1", "sha256"]) -> bytes:
        """RSASSA-PKCS1-v1_5 over an already computed digest (DigestInfo added here)."""
        ...


class CertificateUse(StrEnum):
    """What a software certificate serves for, in place of the card."""

    DMP_TLS = "dmp_tls"
    SIGNATURE = "dmp_signature"
    MAIL_TLS = "mail_tls"


@dataclass(frozen=True, slots=True)
class HeldCertificate:
    """A software certificate as it is shown; times are aware."""

    use: CertificateUse
    subject: str
    issuer: str
    not_before: dt.datetime
    not_after: dt.datetime

    def serves(self, now: dt.datetime) -> bool:
        """Neither expired nor too young."""
        return self.not_before <= now <= self.not_after

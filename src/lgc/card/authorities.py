"""The practice's certification authorities: what their file holds, and whom they vouch for."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from lgc.card import objects
from lgc.domain.workstation import Trial, Verdict
from lgc.reading.certificates import MALFORMED

LONGEST_CHAIN = 8
MOST_BYTES = 5_000_000
NONE = "Choisissez le fichier des autorités IGC-Santé : sans lui, rien ne part et rien n’arrive."


def try_authorities(setting: str, now: dt.datetime) -> Trial:
    """``setting`` is the path of a PEM file; ``now`` is aware."""
    if not setting:
        return Trial(Verdict.BAD, NONE)
    file = Path(setting).expanduser()
    try:
        if file.stat().st_size > MOST_BYTES:
            return Trial(Verdict.BAD, "Ce fichier est trop gros pour un fichier d’autorités.")
        found = x509.load_pem_x509_certificates(file.read_bytes())
    except OSError:
        return Trial(Verdict.BAD, "Ce fichier ne s’ouvre pas.")
    except MALFORMED:
        return Trial(Verdict.BAD, "Ce fichier ne contient pas de certificats (format PEM).")
    alive = [one.not_valid_after_utc for one in found if one.not_valid_after_utc > now]
    if not alive:
        return Trial(Verdict.BAD, "Toutes les autorités de ce fichier sont périmées.")
    over = len(found) - len(alive)
    words = f"{_count(len(alive), 'autorité valable', 'autorités valables')}, la première jusqu’au "
    words += f"{min(alive):%d/%m/%Y}"
    if over:
        words += f" ; {_count(over, 'périmée', 'périmées')}"
    return Trial(Verdict.DOUBTFUL if over else Verdict.GOOD, f"{words}.")


def issuers(certificate: x509.Certificate, trust: Path) -> tuple[bytes, ...]:
    """The chain above ``certificate`` among the authorities of ``trust``, nearest first (DER)."""
    chain, _ = _chain(certificate, trust)
    return tuple(one.public_bytes(Encoding.DER) for one in chain)


def vouched(certificate: x509.Certificate, trust: Path) -> bool:
    """Does its chain of signatures end at a root of ``trust``?

    Dates are not looked at: an expired card is told as such, and still opens its own practice.
    """
    _, complete = _chain(certificate, trust)
    return complete


def signer(certificate: bytes, trust: Path) -> str:
    """Who holds this certificate (DER), in words; "" when no authority of ``trust`` vouches."""
    try:
        read = x509.load_der_x509_certificate(certificate)
    except ValueError:
        return ""
    if not vouched(read, trust):
        return ""
    holder = objects.holder(read, "", "")
    return f"{holder.given_name} {holder.family_name}".strip() or holder.national_id


def _chain(certificate: x509.Certificate, trust: Path) -> tuple[list[x509.Certificate], bool]:
    """(authorities above, nearest first; whether the last one is a root)."""
    try:
        authorities = x509.load_pem_x509_certificates(trust.read_bytes())
    except (OSError, *MALFORMED):
        return [], False
    chain: list[x509.Certificate] = []
    current = certificate
    while current.issuer != current.subject and len(chain) < LONGEST_CHAIN:
        above = next((a for a in authorities if _issued(a, current)), None)
        if above is None:
            break
        chain.append(above)
        current = above
    return chain, bool(chain) and _issued(chain[-1], chain[-1])


def _issued(authority: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        constraints = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
        certificate.verify_directly_issued_by(authority)
    except (*MALFORMED, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return constraints.ca


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"

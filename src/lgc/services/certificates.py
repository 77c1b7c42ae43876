"""Software certificates of the practice: brought in once, kept in the encrypted store.

For the DMP's indirect mode and for mail operators that do not know the card. They serve from the
next session on.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

from lgc.domain.keys import CertificateUse, HeldCertificate
from lgc.errors import UserFacingError
from lgc.services.ports import Clock, OpenUnit
from lgc.services.seen import must_still_be

Unlock = Callable[[bytes, str], bytes]
Describe = Callable[[bytes, CertificateUse], HeldCertificate]


class Certificates:
    """Runs in workers. ``unlock`` and ``describe`` read PKCS#12 (`card.software`)."""

    def __init__(
        self, open_unit: OpenUnit, clock: Clock, unlock: Unlock, describe: Describe
    ) -> None:
        self._open, self._clock = open_unit, clock
        self._unlock, self._describe = unlock, describe

    def held(self) -> dict[CertificateUse, HeldCertificate]:
        """What is there, by use."""
        kept = {use: self.kept(use) for use in CertificateUse}
        return {use: self._describe(one, use) for use, one in kept.items() if one is not None}

    def kept(self, use: CertificateUse) -> bytes | None:
        """The certificate and its key, as ``unlock`` left them; None when there is none."""
        with self._open() as uow:
            text = uow.notes.get(_note(use))
        return base64.b64decode(text) if text else None

    def bring(self, use: CertificateUse, content: bytes, password: str) -> HeldCertificate:
        """Keep a PKCS#12 file in place of the one before.

        Raises UserFacingError for a wrong password, another kind of file, a certificate that is
        expired or meant for something else; the one before then stays.
        """
        opened = self._unlock(content, password)
        found = self._describe(opened, use)
        if not found.serves(self._clock.now()):
            raise UserFacingError(
                "Ce certificat n’est pas en cours de validité.",
                advice=f"Il valait du {found.not_before:%d/%m/%Y} au {found.not_after:%d/%m/%Y}.",
            )
        self._keep(use, base64.b64encode(opened).decode("ascii"), "certificate brought in")
        return found

    def forget(self, use: CertificateUse, seen: HeldCertificate | None = None) -> None:
        """Remove it from the store.

        Raises UserFacingError when another one than the one ``seen`` is there.
        """
        if seen is not None:
            must_still_be(self.held().get(use), seen, "Ce certificat", _said)
        self._keep(use, "", "certificate removed")

    def _keep(self, use: CertificateUse, text: str, act: str) -> None:
        with self._open() as uow:
            uow.notes.set(_note(use), text)
            uow.audit(act, "", use.value)
            uow.commit()


def _said(one: HeldCertificate) -> str:
    return f"{one.subject}, du {one.not_before:%d/%m/%Y} au {one.not_after:%d/%m/%Y}"


def _note(use: CertificateUse) -> str:
    return f"certificate.{use.value}"

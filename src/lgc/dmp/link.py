"""The open way to the DMP: the card's TLS, and a fresh VIHF in every request (TD0.1; §2, §3)."""

from __future__ import annotations

import copy
import datetime as dt
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from lxml import etree

from lgc import settings as declared
from lgc.dmp import errors
from lgc.domain.dmp import ORDINARY, AccessContext
from lgc.domain.identity import QualifiedIns
from lgc.domain.keys import SignatureKey
from lgc.domain.professionals import Practitioner
from lgc.errors import UserFacingError
from lgc.hl7v3.message import Head, Parties
from lgc.saml import vihf
from lgc.settings import Settings
from lgc.transport import soap
from lgc.transport.errors import NoAnswer, TransportError
from lgc.transport.http import CardError, SoapTransport
from lgc.xds.dsg import Algorithm


class Clock(Protocol):
    def now(self) -> dt.datetime: ...


class Ids(Protocol):
    def uuid(self) -> str: ...


Observer = Callable[[str, bytes, bytes], None]
Heard = Callable[[UserFacingError | None], None]


@dataclass(frozen=True, slots=True)
class Profile:
    """What the settings say of this installation towards the DMP."""

    base: str
    parties: Parties
    software: vihf.Software
    vihf_version: str
    authentication_name: str
    signature_algorithm: Algorithm
    timeout: float
    mode: str = vihf.DIRECT
    local_authentication: str = vihf.SMARTCARD
    reinforced: str = ""
    batch: int = 20
    list_names_patient: bool = False
    regulation: bool = False
    creation: bool = False
    web: str = ""

    @classmethod
    def read(cls, settings: Settings, version: str) -> Profile:
        """From the settings as they are now; ``version`` is this product's."""
        return cls(
            base=settings[declared.dmp_base].rstrip("/"),
            parties=Parties(
                sender_oid=settings[declared.lps_oid],
                sender_name=settings[declared.lps_name],
                receiver_oid=settings[declared.dmp_oid],
                processing=settings[declared.dmp_processing],
            ),
            software=vihf.Software(
                name=settings[declared.lps_name],
                version=version,
                instance_id=settings[declared.lps_id],
                homologation=settings[declared.lps_homologation],
            ),
            vihf_version=settings[declared.vihf_version],
            authentication_name=settings[declared.vihf_authentication_name],
            signature_algorithm="sha256"
            if settings[declared.dmp_sha_signature] == "sha256"
            else "sha1",
            timeout=float(settings[declared.dmp_timeout]),
            mode=settings[declared.vihf_mode],
            local_authentication=settings[declared.vihf_local_authentication],
            reinforced=settings[declared.vihf_reinforced],
            batch=max(1, settings[declared.dmp_batch]),
            list_names_patient=settings[declared.dmp_list_patient],
            regulation=settings[declared.dmp_regulation],
            creation=settings[declared.dmp_creation],
            web=settings[declared.dmp_web].rstrip("/"),
        )


class DmpLink:
    """One card session's way to the DMP; usable from several threads.

    ``observer`` is called with (transaction, bytes sent, bytes received), as on the wire;
    ``heard`` after each exchange with what stood in its way, None when the DMP answered.
    """

    def __init__(
        self,
        profile: Profile,
        context: ssl.SSLContext,
        key: SignatureKey,
        author: Practitioner,
        clock: Clock,
        ids: Ids,
        authenticated_at: dt.datetime,
        observer: Observer | None = None,
        card_error: CardError | None = None,
        heard: Heard = lambda error: None,
    ) -> None:
        self.profile, self.key, self.author = profile, key, author
        self.clock, self.ids = clock, ids
        self._authenticated_at = authenticated_at
        self._observer, self._heard = observer, heard
        self._transport = SoapTransport(context, profile.timeout, card_error)
        self.access = ORDINARY

    def within(self, access: AccessContext) -> DmpLink:
        """The same way, on the same connections, for requests made in another context."""
        made = copy.copy(self)
        made.access = access
        return made

    def head(self) -> Head:
        """What is new in an HL7 V3 message sent now."""
        return Head(self.profile.parties, self.ids.uuid(), self.clock.now())

    def close(self) -> None:
        """Close the kept-alive connections. The link may still be used; it opens others."""
        self._transport.close()

    def ask(
        self,
        name: str,
        service: str,
        action: str,
        ins: QualifiedIns | None,
        body: etree._Element,
    ) -> soap.Answer:
        """Post a request that may be repeated without harm.

        It is repeated once when the kept connection turns out to have fallen. Raises
        TransportError (see ``dmp.errors``), CardGone, UserFacingError.
        """
        again = etree.tostring(body)

        def twice() -> soap.Answer:
            try:
                return self._post(name, service, action, ins, body)
            except NoAnswer as error:
                if not error.dropped:
                    raise
            return self._post(name, service, action, ins, etree.fromstring(again))

        return self._listened_to(twice)

    def send(
        self,
        name: str,
        service: str,
        action: str,
        ins: QualifiedIns | None,
        body: etree._Element,
        *,
        parts: Sequence[tuple[etree._Element, bytes]] = (),
        author: Practitioner | None = None,
    ) -> soap.Answer:
        """Post once, with a VIHF made for this request. ``name`` is the transaction (td2_1)."""
        return self._listened_to(
            lambda: self._post(name, service, action, ins, body, parts=parts, author=author)
        )

    def _listened_to(self, exchange: Callable[[], soap.Answer]) -> soap.Answer:
        try:
            answer = exchange()
        except TransportError as error:
            self._heard(errors.silence(error))
            raise
        self._heard(None)
        return answer

    def _post(
        self,
        name: str,
        service: str,
        action: str,
        ins: QualifiedIns | None,
        body: etree._Element,
        *,
        parts: Sequence[tuple[etree._Element, bytes]] = (),
        author: Practitioner | None = None,
    ) -> soap.Answer:
        if not self.profile.base.startswith("https://"):
            raise UserFacingError(
                "L’adresse du DMP n’est pas réglée.", advice="Indiquez-la dans les réglages."
            )
        request = soap.Request(
            to=f"{self.profile.base}/{service}",
            action=action,
            message_id=f"urn:uuid:{self.ids.uuid()}",
            token=self._vihf(ins, author or self.author),
            body=body,
            parts=list(parts),
        )
        observer = self._observer
        if observer is None:
            return self._transport.post(request)
        return self._transport.post(request, lambda sent, got: observer(name, sent, got))

    def _vihf(self, ins: QualifiedIns | None, author: Practitioner) -> etree._Element:
        context = vihf.VihfContext(
            author=author,
            ins=ins,
            software=self.profile.software,
            purpose=self.access.purpose,
            secret_connection=self.access.secret_connection,
            vihf_version=self.profile.vihf_version,
            authentication_name=self.profile.authentication_name,
            mode=self.profile.mode,
            local_authentication=self.profile.local_authentication,
            reinforced=self.profile.reinforced,
        )
        return vihf.build(
            context,
            self.key,
            issued_at=self.clock.now(),
            assertion_id=f"_{self.ids.uuid()}",
            authenticated_at=self._authenticated_at,
        )

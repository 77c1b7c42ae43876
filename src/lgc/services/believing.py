"""Who is believed: what a stranger's message may do by itself depends on who really sent it.

A document says what it likes of its author; only the mailbox it came from, which the operators of
MSSanté answer for, tells who wrote (mssante-xdm §1.2, TRANS-LPS 901).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lgc.cda import parse
from lgc.domain.documents import Document, Origin
from lgc.domain.readable import DocumentHeader
from lgc.domain.receipts import MailReceipt
from lgc.domain.versions import hides
from lgc.domain.writing import is_citizen
from lgc.errors import UnreadableInput
from lgc.services.connection import DeskConnection
from lgc.services.ports import UnitOfWork

OUTSIDE = "Hors de l’espace de confiance MSSanté : rien d’automatique"
BY_A_PATIENT = "Écrit depuis Mon espace santé : rien d’automatique"
IN_YOUR_NAME = "À votre nom, mais jamais parti d’ici : rien d’automatique"
SAID_YOURS = "Dit signé par vous, jamais fait ici"
CONTESTED = "Dit remplacer un document reçu d’un autre : les deux restent, à vous de voir"
SERVERS = ("postmaster", "mailer-daemon")


@dataclass(frozen=True, slots=True)
class Believing:
    """``national_id`` of the professional at an address, empty when the directory knows nobody."""

    connection: DeskConnection
    national_id: Callable[[str], str] = lambda address: ""

    def trusts(self, address: str) -> bool:
        """Is it a professional mailbox of the space of trust? Without the card nobody can tell."""
        if not address or is_citizen(address) or not self.connection.plugged:
            return False
        return self.connection.current().mssante.trusts(address)

    def why_not(self, address: str) -> str:
        """Why nothing that comes from there files itself, empty when it may."""
        if address == self.connection.practitioner.mssante_address.lower():
            return IN_YOUR_NAME
        if is_citizen(address):
            return BY_A_PATIENT
        return "" if self.trusts(address) else OUTSIDE

    def says_yours(self, uow: UnitOfWork, header: DocumentHeader, content: bytes) -> bool:
        """Does it bear the doctor's number although it was never made here, as it is?"""
        mine = self.connection.practitioner.holder.national_id
        if not mine or mine not in (*header.author_ids, header.authenticator_id):
            return False
        return not any(
            one.origin is Origin.PRACTICE
            and uow.documents.content(one.document_id).content == content
            for one in uow.documents.with_unique_id(header.unique_id)
        )

    def may_replace(self, uow: UnitOfWork, newer: Document, older: Document) -> bool:
        """Does ``newer`` come from the author, signatory or former sender of ``older``?

        What the DMP gives was judged there; what was written here is never hidden.
        """
        if older.origin is Origin.PRACTICE:
            return False
        return newer.origin is Origin.DMP or self._from_them(uow, _sender(uow, newer), older)

    def contested(
        self, uow: UnitOfWork, headers: Sequence[DocumentHeader], address: str, patient_id: str
    ) -> bool:
        """Would one of these hide a document of the record that is not its sender's?"""
        known = uow.documents.of_patient(patient_id)
        return any(
            hides(one.unique_id, one.set_id, one.version, one.replaces, other)
            and not (other.origin is not Origin.PRACTICE and self._from_them(uow, address, other))
            for one in headers
            for other in known
        )

    def speaks_for(self, receipt: MailReceipt, recipients: Sequence[str]) -> str | None:
        """The recipient that a receipt proves something of; None when it is no proof.

        A person speaks for their own mailbox; a server, for those it could not or did reach.
        """
        known = [one.lower() for one in recipients]
        if receipt.by_server:
            told = receipt.recipient or (known[0] if len(known) == 1 else "")
            return told if told in known and self._is_server(receipt.sender, told) else None
        if receipt.sender not in known:
            return None
        other = receipt.recipient != receipt.sender and receipt.recipient in known
        return None if other else receipt.sender

    def _is_server(self, sender: str, recipient: str) -> bool:
        name, _, domain = sender.partition("@")
        mine = self.connection.practitioner.mssante_address.lower()
        near = any(_same_house(domain, one.partition("@")[2]) for one in (recipient, mine))
        return name in SERVERS and (near or self.trusts(sender))

    def _from_them(self, uow: UnitOfWork, address: str, older: Document) -> bool:
        if not address:
            return False
        if address == _sender(uow, older):
            return True
        contact = uow.contacts.get(address)
        number = contact.correspondent.national_id if contact else ""
        return (number or self.national_id(address)) in _signers(uow, older)


def _same_house(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _sender(uow: UnitOfWork, document: Document) -> str:
    """The mailbox that brought it, empty when none did."""
    if document.message_id is None:
        return ""
    try:
        return uow.messages.get(document.message_id).sender_address
    except KeyError:
        return ""


def _signers(uow: UnitOfWork, document: Document) -> set[str]:
    """The national numbers of its authors and of who answers for it."""
    try:
        header = parse.header(uow.documents.content(document.document_id).content)
    except UnreadableInput:
        return set()
    return {*header.author_ids, header.authenticator_id} - {""}

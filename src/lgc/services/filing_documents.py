"""The documents of a message join a record, once each, and leave it again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from lgc.domain.documents import Document, DocumentContent
from lgc.domain.messages import Message
from lgc.domain.readable import Attachment
from lgc.services.believing import SAID_YOURS, Believing
from lgc.services.incoming_documents import FoundDocument, document_of, sha1_of
from lgc.services.ports import Ids, UnitOfWork
from lgc.services.receiving import add_received, join_again, looked, settle
from lgc.services.searchable import words_in

OTHER_CONTENT = (
    "Un document du dossier porte le même identifiant avec un autre contenu : "
    "les deux restent, comparez-les"
)


FoundIn = Callable[[UnitOfWork, Message], Sequence[FoundDocument]]
"""The documents of a message, read again."""
MOST_READ = 50  # messages of one record that are read again for one document


class FilingDocuments:
    """Each method works in the unit that it is given."""

    def __init__(self, ids: Ids, believing: Believing) -> None:
        self._ids, self._believing = ids, believing

    def file(
        self,
        uow: UnitOfWork,
        message: Message,
        found: Sequence[tuple[FoundDocument, str]],
        patient_id: str,
    ) -> int:
        held = {(d.unique_id, d.sha1): d for d in uow.documents.of_patient(patient_id)}
        outside = {one.sha1: one for one in uow.documents.outside(message.message_id)}
        filed = 0
        for one, words in found:
            content = self.content(one, message, patient_id)
            if self.said_mine(uow, [one]):
                said = replace(content.document, author=SAID_YOURS)
                content = replace(content, document=said)
            same = held.get((content.document.unique_id, content.document.sha1))
            was = outside.pop(content.document.sha1, None) if same is None else None
            if was is not None:  # it was taken out of another record: it is the same one
                content = replace(content, document=replace(was, patient_id=patient_id))
                join_again(uow, content.document, one.readable, self._believing.may_replace)
                filed += 1
            elif same is None:
                add_received(uow, content, one.readable, self._believing.may_replace, words)
                held[content.document.unique_id, content.document.sha1] = content.document
                filed += 1
            # Already integrated: a second copy tells nothing new, and carries it as well.
            carried = (same or content.document).document_id
            for place in (one.attachment, *([one.twin] if one.twin is not None else [])):
                uow.messages.file_attachment(message.attachments[place].attachment_id, carried)
        return filed

    def content(
        self, one: FoundDocument, message: Message, patient_id: str | None
    ) -> DocumentContent:
        return document_of(
            one,
            document_id=self._ids.uuid(),
            unique_id=self._ids.oid(),
            patient_id=patient_id,
            message_id=message.message_id,
            received_at=message.came_at,
            sender=message.sender,
        )

    def take_back(self, uow: UnitOfWork, message: Message, found_in: FoundIn) -> None:
        """What the message filed leaves the record, unless another message carries it too."""
        if message.patient_id is None:
            return
        for attachment in message.attachments:
            uow.messages.file_attachment(attachment.attachment_id, None)
        held = uow.documents.of_patient(message.patient_id)
        mine = looked(uow, [one for one in held if one.message_id == message.message_id])
        gone = [one for one in mine if not self._carried_on(uow, one, found_in)]
        for document in gone:
            uow.results.remove_of(document.document_id)
            uow.documents.remove(document.document_id)
        # What one of them replaced may be replaced by another that stays.
        settle(uow, message.patient_id, gone, self._believing.may_replace)

    def _carried_on(self, uow: UnitOfWork, document: Document, found_in: FoundIn) -> bool:
        """Another message of the record takes the place of the one that brought it."""
        other = uow.messages.carrier_of(document.document_id, document.patient_id or "")
        other = other or _carrier_without_link(uow, document, found_in)
        if other is not None:
            uow.documents.set_message(document.document_id, other)
        return other is not None

    def held_otherwise(self, uow: UnitOfWork, one: FoundDocument) -> bool:
        """Is another content here under the identifier that it says?"""
        if one.readable is None or not one.readable.header.unique_id:
            return False
        digest = sha1_of(one.content)
        stored = uow.documents.with_unique_id(one.readable.header.unique_id)
        return bool(stored) and all(held.sha1 != digest for held in stored)

    def said_mine(self, uow: UnitOfWork, found: Sequence[FoundDocument]) -> list[str]:
        """The titles of those that bear the doctor's number and were never made here."""
        return [
            one.readable.header.title or one.name
            for one in found
            if one.readable is not None
            and self._believing.says_yours(uow, one.readable.header, one.content)
        ]


def _carrier_without_link(uow: UnitOfWork, document: Document, found_in: FoundIn) -> str | None:
    """A message classed before a second copy was linked to its document: told by the digest.

    It is linked then; None when no other message of the record holds these bytes.
    """
    others = [
        one
        for one in uow.messages.of_patient(document.patient_id or "")
        if one.message_id != document.message_id
        and any(piece.document_id is None for piece in one.attachments)
    ]
    for other in others[:MOST_READ]:
        for one in found_in(uow, other):
            if sha1_of(one.content) == document.sha1:
                piece = other.attachments[one.attachment]
                uow.messages.file_attachment(piece.attachment_id, document.document_id)
                return other.message_id
    return None


def worded(found: Sequence[FoundDocument]) -> list[tuple[FoundDocument, str]]:
    """With the words of each for the search, before anything is written: a PDF takes its time."""
    return [
        (one, words_in(Attachment(one.name, one.media_type, one.content), one.readable))
        for one in found
    ]

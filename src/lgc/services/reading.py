"""Open a document whatever its origin: what was understood, and the bytes as they are."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lgc.cda import parse
from lgc.cda.showable import Shown
from lgc.domain import media_types
from lgc.domain.documents import DocumentContent
from lgc.domain.readable import Attachment, ReadableDocument
from lgc.errors import UnreadableInput
from lgc.services.events import Announce, RecordChanged
from lgc.services.ports import OpenUnit
from lgc.services.refiling_traces import came_by
from lgc.services.sharing import readable_pdf
from lgc.services.told_of_versions import told

CDA_TYPES = (media_types.XML,)


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """``readable`` is None for files that are not CDA; ``body`` is what to show in place.

    ``faults`` are sentences for the doctor; the original is always in ``content``.
    """

    content: DocumentContent
    readable: ReadableDocument | None
    body: Attachment | None
    faults: tuple[str, ...]


class Reading:
    """Runs in workers: parsing never happens on the interface thread."""

    def __init__(self, open_unit: OpenUnit, announce: Announce) -> None:
        self._open, self._announce = open_unit, announce

    def open(self, document_id: str) -> OpenedDocument:
        """Read a stored document, mark it read and audit that it was opened."""
        with self._open() as uow:
            content = uow.documents.content(document_id)
            said = (*came_by(uow, content.document), *told(uow, content.document))
        with self._open() as uow:
            if content.document.unread:
                uow.documents.mark_read(document_id)
            uow.audit("document opened", document_id)
            uow.commit()
        if content.document.unread and content.document.patient_id is not None:
            self._announce(RecordChanged(content.document.patient_id))
        opened = self.understand(content)
        return replace(opened, faults=_told(*said, *opened.faults))

    def understand(self, content: DocumentContent) -> OpenedDocument:
        """What to show of a document, stored or still a draft."""
        document = content.document
        if media_types.named(document.mime_type) not in CDA_TYPES:
            body, fault = Shown().of(
                Attachment(document.title, document.mime_type, content.content)
            )
            return OpenedDocument(content, None, body, _told(fault))
        try:
            readable = parse.parse(content.content)
        except UnreadableInput as error:
            body = Attachment(document.title, "text/plain", content.content)
            return OpenedDocument(content, None, body, (error.sentence,))
        showing = Shown(len(readable.images))
        pieces = [readable.body] if readable.body is not None else []
        shown = [showing.of(piece) for piece in (*pieces, *readable.images)]
        faults = _told(*readable.faults, *(fault for _, fault in shown))
        made = [piece for piece, _ in shown]
        readable = replace(
            readable,
            body=made[0] if pieces else None,
            images=tuple(made[len(pieces) :]),
            faults=faults,
        )
        return OpenedDocument(content, readable, readable.body, faults)

    def pdf(self, content: DocumentContent) -> bytes | None:
        """For printing and export."""
        return readable_pdf(content)


def _told(*faults: str) -> tuple[str, ...]:
    """Each once, in order."""
    return tuple(dict.fromkeys(fault for fault in faults if fault))

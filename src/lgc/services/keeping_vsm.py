"""The medical summary (volet de synthèse médicale): name what is missing, draft, keep."""

from __future__ import annotations

import hashlib

from lgc.cda import kinds, parse, pdf, vsm
from lgc.domain.documents import Document, DocumentContent, DocumentKind, Origin
from lgc.errors import UserFacingError
from lgc.services import versions
from lgc.services.connection import DeskConnection
from lgc.services.ports import Clock, Ids, OpenUnit, UnitOfWork
from lgc.settings import Settings, lps_oid, practice_name

VSM = "vsm"


class KeepingVsm:
    """Drafts are complete documents that nobody stored yet; sharing or keeping stores them."""

    def __init__(
        self,
        open_unit: OpenUnit,
        clock: Clock,
        ids: Ids,
        connection: DeskConnection,
        settings: Settings,
    ) -> None:
        self._open, self._clock, self._ids = open_unit, clock, ids
        self._connection, self._settings = connection, settings

    def missing(self, patient_id: str) -> tuple[str, ...]:
        """French sentences: what the profile requires and the record lacks."""
        with self._open() as uow:
            return vsm.missing(self._context(uow, patient_id))

    def draft(self, patient_id: str) -> DocumentContent:
        """Build the next version of the patient's VSM, with its PDF.

        Raises UserFacingError naming every missing value: nothing is invented.
        """
        with self._open() as uow:
            context = self._context(uow, patient_id)
        missing = vsm.missing(context)
        if missing:
            raise UserFacingError(
                "La synthèse ne peut pas encore être faite.", advice=" ".join(missing)
            )
        content = vsm.render(context)
        kind = kinds.by_name(VSM)
        document = Document(
            document_id=self._ids.uuid(),
            patient_id=patient_id,
            unique_id=context.unique_id,
            set_id=context.set_id,
            version=context.version,
            title=kind.title,
            type=kind.type,
            kind=DocumentKind.VSM,
            origin=Origin.PRACTICE,
            mime_type="text/xml",
            created_at=context.written_at,
            author=context.author.display_name,
            organisation=context.practice_name or context.author.place.structure_name,
            sha1=hashlib.sha1(content, usedforsecurity=False).hexdigest(),
            size=len(content),
            service_start=context.service_start,
        )
        return DocumentContent(document, content, pdf.render(parse.parse(content)))

    def keep(self, draft: DocumentContent) -> str:
        """Store a draft without sending it; returns its document_id."""
        with self._open() as uow:
            store_version(uow, draft)
            uow.commit()
        return draft.document.document_id

    def _context(self, uow: UnitOfWork, patient_id: str) -> vsm.VsmContext:
        now = self._clock.now()
        previous = [d for d in uow.documents.of_patient(patient_id) if _is_own_vsm(d)]
        author = self._connection.practitioner
        who = author.holder.national_id
        # A colleague's summary is not ours to replace: ours begins a set of its own.
        newest = sorted(previous, key=lambda d: d.created_at, reverse=True)
        last = next((d for d in newest if versions.is_own(uow, d, who)), None)
        after = versions.succeed(uow, last.document_id, who) if last else None
        return vsm.VsmContext(
            patient=uow.patients.get(patient_id),
            record=uow.medical.of_patient(patient_id),
            author=author,
            unique_id=self._ids.oid(),
            set_id=after.set_id if after else self._ids.oid(),
            version=after.number if after else 1,
            written_at=now,
            service_start=now,
            practice_name=self._settings[practice_name] or author.place.structure_name,
            replaces=after.replaces if after else "",
            local_id_root=self._settings[lps_oid],
        )


def store_version(uow: UnitOfWork, draft: DocumentContent) -> None:
    """Add a version made here, and mark the version it follows as replaced."""
    document = draft.document
    uow.documents.add(draft, text=parse.plain_text(parse.parse(draft.content)))
    if document.patient_id is not None and document.version > 1:
        for other in uow.documents.of_patient(document.patient_id):
            older = other.set_id == document.set_id and other.version < document.version
            if older and other.replaced_by is None:
                uow.documents.set_replaced(other.document_id, document.document_id)
    uow.audit("document written", document.document_id, document.type.code)


def _is_own_vsm(document: Document) -> bool:
    made_here = document.kind is DocumentKind.VSM and document.origin is Origin.PRACTICE
    return made_here and document.replaced_by is None

"""The medical summary (volet de synthèse médicale): name what is missing, draft, keep."""

from __future__ import annotations

from lgc.cda import vsm
from lgc.domain import measures, readings
from lgc.domain.documents import Document, DocumentContent, DocumentKind, Origin
from lgc.errors import UserFacingError
from lgc.services import versions
from lgc.services.connection import DeskConnection
from lgc.services.ports import Clock, Ids, OpenUnit, UnitOfWork
from lgc.services.reading_back import must_agree
from lgc.services.written import store_version, written
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
        must_agree(content, context.record)
        return written(self._ids.uuid(), patient_id, VSM, context, content)

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
        patient = uow.patients.get(patient_id)
        child = patient.age_on(now.date()).years < measures.ADULT
        return vsm.VsmContext(
            patient=patient,
            record=readings.for_summary(uow.medical.of_patient(patient_id), child=child),
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


def _is_own_vsm(document: Document) -> bool:
    made_here = document.kind is DocumentKind.VSM and document.origin is Origin.PRACTICE
    return made_here and document.stands

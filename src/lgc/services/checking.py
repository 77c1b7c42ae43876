"""« Vérifier »: what is wrong in a document made here or received, where, and what to do."""

from __future__ import annotations

from lgc.cda import check
from lgc.cda.finding import Finding
from lgc.domain.documents import DocumentContent
from lgc.errors import UserFacingError
from lgc.services.reading import CDA_TYPES

__all__ = ["Checking", "Finding"]


class Checking:
    """Runs in workers; reads the bytes only, and stores nothing."""

    def check(self, content: DocumentContent) -> tuple[Finding, ...]:
        """Errors first, in the order of the document; empty when all is well.

        Raises UserFacingError for a file that is no CDA: nothing can be checked there.
        """
        if content.document.mime_type not in CDA_TYPES:
            raise UserFacingError(
                "Ce fichier n’est pas un document structuré\u00a0: il n’y a rien à vérifier.",
                advice="Seuls les documents CDA ont des règles de contenu.",
            )
        return check.check(content.content)

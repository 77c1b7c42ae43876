"""« Vérifier »: what is wrong in a document made here or received, where, and what to do."""

from __future__ import annotations

from lgc.cda import check, check_codes
from lgc.cda.finding import Finding
from lgc.cda.source import load
from lgc.domain.documents import DocumentContent
from lgc.errors import UserFacingError
from lgc.services.reading import CDA_TYPES

__all__ = ["Checking", "Finding"]


class Checking:
    """Runs in workers; reads the bytes, asks ``known`` of each code, and stores nothing."""

    def __init__(self, known: check_codes.Known = lambda system, code: None) -> None:
        self._known = known

    def check(self, content: DocumentContent) -> tuple[Finding, ...]:
        """Errors first, in the order of the document; empty when all is well.

        Raises UserFacingError for a file that is no CDA: nothing can be checked there.
        """
        if content.document.mime_type not in CDA_TYPES:
            raise UserFacingError(
                "Ce fichier n’est pas un document structuré\u00a0: il n’y a rien à vérifier.",
                advice="Seuls les documents CDA ont des règles de contenu.",
            )
        found = check.check(content.content)
        if any(finding.is_refusal for finding in found):
            return found
        return (*found, *dict.fromkeys(check_codes.absent(load(content.content), self._known)))

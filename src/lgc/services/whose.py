"""Whose document is it? Read in it before anything is offered or sent, in the words of a doctor.

The same rule stands on the wire (``xds.metadata``); here it says what can be done about it.
"""

from __future__ import annotations

from lgc.cda import parse
from lgc.domain.belonging import Belonging, belonging
from lgc.domain.documents import DocumentContent
from lgc.domain.patients import Patient
from lgc.errors import UnreadableInput, UserFacingError

NO_INS = "Ce document ne porte pas l’INS du patient."
SILENT = Belonging(bears_ins=True)
REDO = "Refaire avec l’identité d’aujourd’hui"


def holder_of(content: DocumentContent, patient: Patient) -> Belonging:
    """Only a CDA says whose it is; what is none, or cannot be read, is refused on the wire."""
    if content.document.mime_type != "text/xml":
        return SILENT
    try:
        claim = parse.header(content.content).patient
    except UnreadableInput:
        return SILENT
    return belonging(claim, patient.identity.traits, patient.identity.ins)


def said(found: Belonging) -> str:
    """What the document says otherwise than the record; empty when it is the same person."""
    if not found.differs:
        return ""
    return f"Ce document dit autrement que le dossier : {', '.join(found.differs)}."


def must_be_of(content: DocumentContent, patient: Patient) -> Belonging:
    """Raises UserFacingError for a document of other traits than those of today."""
    found = holder_of(content, patient)
    if found.differs:
        raise UserFacingError(
            said(found),
            advice=f"Il n’est pas parti. « {REDO} » depuis « Partager », ou vérifiez le dossier où "
            "il est classé.",
        )
    return found

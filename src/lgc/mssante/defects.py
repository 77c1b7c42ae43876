"""What the email package notes of a message (``email.errors``): each is told, or is harmless."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email import errors
from email.message import Message
from itertools import islice

MAX_PARTS = 1_000
OTHER = "Il est écrit d’une façon inhabituelle : comparez avec l’original"


@dataclass(frozen=True, slots=True)
class Reading:
    """``told`` is what the doctor reads of it; empty when ``because`` it changes nothing."""

    told: str = ""
    because: str = ""


_NO_PARTS = Reading("Ses parties ne sont pas délimitées : elles sont montrées ensemble")
_RECODED = Reading(because="``reading.transfer`` undoes it again and tells what it finds")
_OWN_HEADERS = Reading(because="``mssante.mime`` reads headers itself, this parser is not used")
DEFECTS: Mapping[type[errors.MessageDefect], Reading] = {
    errors.MessageDefect: Reading(OTHER),
    errors.NoBoundaryInMultipartDefect: _NO_PARTS,
    errors.StartBoundaryNotFoundDefect: _NO_PARTS,
    errors.MultipartInvariantViolationDefect: _NO_PARTS,
    errors.CloseBoundaryNotFoundDefect: Reading("La fin du message manque peut-être"),
    errors.FirstHeaderLineIsContinuationDefect: Reading(
        "Son premier en-tête est coupé : comparez avec l’original"
    ),
    errors.MissingHeaderBodySeparatorDefect: Reading(
        "Ses en-têtes sont interrompus : leur suite est montrée avec le texte"
    ),
    errors.MisplacedEnvelopeHeaderDefect: Reading(
        because="a « From » line of a mail file between headers: the headers around it are read"
    ),
    errors.InvalidMultipartContentTransferEncodingDefect: Reading(
        because="``mime.leaves`` takes the parts as they are, encoded together or not"
    ),
    errors.UndecodableBytesDefect: Reading(
        because="``domain.charsets`` reads the bytes that the package does not"
    ),
    errors.InvalidBase64PaddingDefect: _RECODED,
    errors.InvalidBase64CharactersDefect: _RECODED,
    errors.InvalidBase64LengthDefect: _RECODED,
    errors.HeaderDefect: _OWN_HEADERS,
    errors.InvalidHeaderDefect: _OWN_HEADERS,
    errors.HeaderMissingRequiredValue: _OWN_HEADERS,
    errors.NonPrintableDefect: _OWN_HEADERS,
    errors.ObsoleteHeaderDefect: _OWN_HEADERS,
    errors.NonASCIILocalPartDefect: _OWN_HEADERS,
    errors.InvalidDateDefect: _OWN_HEADERS,
}


def reading(defect: type[errors.MessageDefect]) -> Reading:
    """How a defect is taken; a class of a later Python as the nearest one that is known."""
    return next((DEFECTS[one] for one in defect.__mro__ if one in DEFECTS), Reading(OTHER))


def told(parts: Iterable[Message]) -> tuple[str, ...]:
    """What is told of a message by its parts, each once."""
    noted = (defect for part in islice(parts, MAX_PARTS) for defect in part.defects)
    found = (reading(type(defect)).told for defect in noted)
    return tuple(dict.fromkeys(sentence for sentence in found if sentence))

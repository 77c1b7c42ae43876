"""N1 documents: a PDF, an image or a text in a CDA header (cda-vsm §2, nonXMLBody)."""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass

from lgc.cda import header, media
from lgc.cda.header import HeaderFacts
from lgc.cda.kinds import by_name
from lgc.cda.writing import render_template
from lgc.domain import media_types
from lgc.domain.patients import Patient
from lgc.domain.professionals import Coded, Correspondent, Practitioner
from lgc.errors import UnreadableInput
from lgc.reading import asking, limits

MEDIA_TYPES = ("application/pdf", "text/rtf", "image/jpeg", "image/tiff", "text/plain")


@dataclass(frozen=True, slots=True)
class N1Context:
    """An unstructured document to write. ``type`` is of JDV_J07; the rest as in ``VsmContext``."""

    patient: Patient
    author: Practitioner
    unique_id: str
    set_id: str
    version: int
    written_at: dt.datetime
    service_start: dt.datetime | None
    practice_name: str
    type: Coded
    title: str
    body: bytes
    media_type: str = "application/pdf"
    replaces: str = ""
    local_id_root: str = ""
    event: Coded | None = None
    service_stop: dt.datetime | None = None
    recipients: tuple[Correspondent, ...] = ()


def bodied(content: bytes) -> tuple[bytes, str]:
    """Content as a body that the profile takes, and its media type.

    Raises UnreadableInput on bytes that are neither document, picture nor text.
    """
    kind = media.media_type(content)
    # The profile has no HTML: it leaves as the text that it is.
    kind = media_types.TEXT if kind == media_types.HTML else kind
    if kind in MEDIA_TYPES:
        return content, kind
    try:
        drawn, _, _ = asking.on_paper(content, limits.PICTURE_PIXELS)
    except UnreadableInput as error:
        raise UnreadableInput(
            "Ce fichier ne peut pas devenir un document.",
            advice="Choisissez un PDF, une image ou un texte.",
        ) from error
    return drawn, "image/jpeg"


def missing(context: N1Context) -> tuple[str, ...]:
    """French sentences, one per value that the header requires and nobody gave."""
    wanting = () if context.body else ("Le contenu du document est vide.",)
    return header.missing(facts(context)) + wanting


def render(context: N1Context) -> bytes:
    """The N1 as UTF-8 XML. Raises ValueError on a media type that the profile does not know."""
    if context.media_type not in MEDIA_TYPES:
        raise ValueError(context.media_type)
    head = header.build(
        facts(context),
        template_ids=by_name("n1").template_ids,
        type_=context.type,
        title=context.title,
        event=context.event,
    )
    body = base64.b64encode(context.body).decode("ascii")
    return render_template("n1/document.xml", header=head, media_type=context.media_type, body=body)


def facts(context: N1Context) -> HeaderFacts:
    """What the header says."""
    return HeaderFacts(
        patient=context.patient,
        author=context.author,
        unique_id=context.unique_id,
        set_id=context.set_id,
        version=context.version,
        written_at=context.written_at,
        service_start=context.service_start,
        practice_name=context.practice_name,
        replaces=context.replaces,
        local_id_root=context.local_id_root,
        service_stop=context.service_stop,
        recipients=context.recipients,
    )

"""TD3.2: fetch a document from a patient's DMP.

A profile of IHE ITI-43 (Retrieve Document Set).
"""

from __future__ import annotations

import hashlib

from lgc.dmp import codes, errors
from lgc.dmp.link import DmpLink
from lgc.domain.documents import DocumentReference
from lgc.domain.identity import QualifiedIns
from lgc.errors import UserFacingError
from lgc.transport.mtom import content_of
from lgc.xds import iti43


def fetch(link: DmpLink, ins: QualifiedIns, reference: DocumentReference) -> bytes:
    """Bring back one document and check that it is the one we asked for.

    Raises UserFacingError (refusal, another document, altered bytes), TransportError.
    """
    question = iti43.request([reference])
    answer = link.ask("td3_2", codes.REPOSITORY, iti43.ACTION, ins, question)
    registry, documents = iti43.parse(
        answer.body, lambda element: content_of(element, answer.parts)
    )
    document = next((d for d in documents if d.unique_id == reference.unique_id), None)
    if document is not None:
        _must_match(document.content, reference)
        return document.content
    if documents:
        raise _not_the_one("un autre identifiant")
    raise errors.of_registry(registry).error


def _must_match(content: bytes, reference: DocumentReference) -> None:
    if reference.sha1:
        if hashlib.sha1(content).hexdigest() != reference.sha1.lower():
            raise _not_the_one("une autre empreinte")
    elif reference.size is not None and len(content) != reference.size:
        raise _not_the_one("une autre taille")


def _not_the_one(how: str) -> UserFacingError:
    return UserFacingError(
        "Le document reçu du DMP n’est pas celui qui a été demandé.",
        advice="Rien n’a été classé. Réessayez, puis signalez-le au support.",
        details=how,
        may_retry=True,
    )

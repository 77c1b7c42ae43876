"""TD3.2: fetch documents from a patient's DMP.

A profile of IHE ITI-43 (Retrieve Document Set).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from lgc.dmp import codes, errors
from lgc.dmp.link import DmpLink
from lgc.domain.documents import DocumentReference
from lgc.domain.identity import QualifiedIns
from lgc.errors import UserFacingError
from lgc.transport.mtom import content_of
from lgc.xds import iti43
from lgc.xds.registry_response import RegistryAnswer


def fetch(link: DmpLink, ins: QualifiedIns, reference: DocumentReference) -> bytes:
    """Bring back one document and check that it is the one we asked for.

    Raises UserFacingError (refusal, another document, altered bytes), TransportError.
    """
    found, registry, strangers = _retrieve(link, ins, [reference])
    if reference.unique_id in found:
        return found[reference.unique_id]
    if strangers:
        raise _not_the_one("un autre identifiant")
    raise errors.of_registry(registry).error


def fetch_several(
    link: DmpLink, ins: QualifiedIns, references: Sequence[DocumentReference]
) -> tuple[dict[str, bytes], tuple[UserFacingError, ...]]:
    """What arrived, by uniqueId, and why the rest did not (partial success).

    Raises UserFacingError for altered bytes, TransportError.
    """
    found, registry, strangers = _retrieve(link, ins, references)
    missing = len(references) - len(found)
    if not missing:
        return found, ()
    if strangers:
        return found, (_not_the_one("un autre identifiant"),)
    told = tuple(errors.of_registry_error(one).error for one in registry.errors if one.severe)
    return found, told or (errors.of_registry(registry).error,)


def _retrieve(
    link: DmpLink, ins: QualifiedIns, references: Sequence[DocumentReference]
) -> tuple[dict[str, bytes], RegistryAnswer, bool]:
    """Documents that were asked for, checked; the status; whether another one came."""
    question = iti43.request(references)
    answer = link.ask("td3_2", codes.REPOSITORY, iti43.ACTION, ins, question)
    registry, documents = iti43.parse(
        answer.body, lambda element: content_of(element, answer.parts)
    )
    asked = {reference.unique_id: reference for reference in references}
    found = {}
    for document in documents:
        if document.unique_id in asked:
            _must_match(document.content, asked[document.unique_id])
            found[document.unique_id] = document.content
    return found, registry, len(documents) > len(found)


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

"""TD2.1: put documents, with the signed submission set, in a patient's DMP.

A profile of IHE ITI-41 (Provide and Register Document Set-b), in MTOM (EX_2.1-1260).
"""

from __future__ import annotations

from lgc.dmp import codes, errors, td3_1_find
from lgc.dmp.link import DmpLink
from lgc.domain.deliveries import AnswerLost, Outcome, Receipt
from lgc.domain.professionals import Practitioner
from lgc.errors import UnreadableInput
from lgc.xds import dsg, iti41
from lgc.xds.cda_header import read_header
from lgc.xds.metadata import SubmissionRequest, submission
from lgc.xds.registry_response import RegistryStatus, read

VERSIONS_ASKED = 20


def submit(link: DmpLink, request: SubmissionRequest) -> Outcome:
    """Send once and say what became of it.

    All identifiers are those of ``request``: only the VIHF and the MessageID are new at each
    sending. Raises TransportError, CardGone, UserFacingError (wrong document or patient).
    """
    return send(link, "td2_1", request, request.author)


def send(link: DmpLink, name: str, request: SubmissionRequest, sender: Practitioner) -> Outcome:
    """Feed in the name of ``sender``, the holder of the card: the author, or a secretary."""
    contents = {one.document.unique_id: one.content for one in (request, *request.others)}
    signature = dsg.sign(
        request.submission_set_id,
        contents,
        link.key,
        request.submitted_at,
        link.profile.signature_algorithm,
    )
    metadata = submission(
        request,
        link.profile.parties.sender_oid,
        signature=signature,
        replaced=_replaced(link, request),
        set_author=sender,
    )
    parts_by_id = contents | {request.signature_document_id: signature}
    body, parts = iti41.request(metadata, parts_by_id)
    answer = link.send(
        name,
        codes.REPOSITORY,
        iti41.ACTION,
        request.ins,
        body,
        parts=parts,
        author=sender,
    )
    try:
        registered = read(answer.body)
    except UnreadableInput as error:
        return AnswerLost(error.sentence, error.advice, error.details)
    match registered.status:
        case RegistryStatus.SUCCESS:
            lines = tuple(f"Document {unique_id}" for unique_id in contents)
            return Receipt(request.submission_set_id, link.clock.now(), lines)
        case RegistryStatus.PARTIAL:
            return AnswerLost("Le DMP n’a enregistré qu’une partie de l’envoi.")
        case RegistryStatus.FAILURE:
            return errors.of_registry(registered).outcome


def _replaced(link: DmpLink, request: SubmissionRequest) -> dict[str, str]:
    """The present entryUUID of what each document replaces in this DMP.

    A version may have left by mail alone, or been refused: then the newest one before it that the
    DMP holds is replaced, and none where it holds none; what the document says of its own chain
    stays. The entryUUID moves at every metadata version, so it is asked just before (dmp.md §5.3).
    """
    found = {}
    for one in (request, *request.others):
        replaces = read_header(one.content).replaces
        older = request.earlier if one is request else ()
        chain = dict.fromkeys(filter(None, (replaces, *older)))
        for unique_id in [*chain][:VERSIONS_ASKED]:
            entry = td3_1_find.reference(link, request.ins, unique_id)
            if entry is not None:
                found[one.document.unique_id] = entry.entry_uuid
                break
    return found

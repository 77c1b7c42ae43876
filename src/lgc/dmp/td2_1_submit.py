"""TD2.1: put one document, with the signed submission set, in a patient's DMP.

A profile of IHE ITI-41 (Provide and Register Document Set-b), in MTOM (EX_2.1-1260).
"""

from __future__ import annotations

from lgc.dmp import codes, errors, td3_1_find
from lgc.dmp.link import DmpLink
from lgc.domain.deliveries import AnswerLost, Outcome, Receipt
from lgc.errors import UnreadableInput
from lgc.xds import dsg, iti41
from lgc.xds.cda_header import read_header
from lgc.xds.metadata import SubmissionRequest, submission
from lgc.xds.registry_response import RegistryStatus, read


def submit(link: DmpLink, request: SubmissionRequest) -> Outcome:
    """Send once and say what became of it.

    All identifiers are those of ``request``: only the VIHF and the MessageID are new at each
    sending. Raises TransportError, CardGone, UserFacingError (wrong document or patient).
    """
    unique_id = request.document.unique_id
    signature = dsg.sign(
        request.submission_set_id,
        {unique_id: request.content},
        link.key,
        request.submitted_at,
        link.profile.signature_algorithm,
    )
    metadata = submission(
        request,
        link.profile.parties.sender_oid,
        signature=signature,
        replaced_entry=_replaced_entry(link, request),
    )
    contents = {unique_id: request.content, request.signature_document_id: signature}
    body, parts = iti41.request(metadata, contents)
    answer = link.send(
        "td2_1",
        codes.REPOSITORY,
        iti41.ACTION,
        request.ins,
        body,
        parts=parts,
        author=request.author,
    )
    try:
        registered = read(answer.body)
    except UnreadableInput as error:
        return AnswerLost(error.sentence)
    match registered.status:
        case RegistryStatus.SUCCESS:
            line = f"Document {unique_id}"
            return Receipt(request.submission_set_id, link.clock.now(), (line,))
        case RegistryStatus.PARTIAL:
            return AnswerLost("Le DMP n’a enregistré qu’une partie de l’envoi.")
        case RegistryStatus.FAILURE:
            return errors.of_registry(registered).outcome


def _replaced_entry(link: DmpLink, request: SubmissionRequest) -> str:
    """The present entryUUID of the document this one replaces, empty when the DMP has it not.

    It moves at every metadata version, so it is asked just before (dmp.md §5.3).
    """
    replaced = read_header(request.content).replaces
    if not replaced:
        return ""
    entry = td3_1_find.reference(link, request.ins, replaced)
    return entry.entry_uuid if entry else ""

"""TD1.3a: read the administrative data of a DMP (as TD0.2, reason CNSLT_DATA; dmp.md §4)."""

from __future__ import annotations

from lgc.dmp import codes, errors
from lgc.dmp.link import DmpLink
from lgc.domain.dmp import AdministrativeData
from lgc.domain.identity import QualifiedIns
from lgc.hl7v3 import prpa_in201307, prpa_in201308
from lgc.hl7v3.message import Refusal


def administrative_data(link: DmpLink, ins: QualifiedIns) -> AdministrativeData:
    """Oppositions and telecoms, no identity trait. Raises UserFacingError, TransportError."""
    question = prpa_in201307.build(
        ins,
        link.profile.parties,
        message_id=link.ids.uuid(),
        query_id=link.ids.uuid(),
        created_at=link.clock.now(),
        reason="CNSLT_DATA",
    )
    answer = link.ask("td1_3a", codes.PATIENTS, prpa_in201307.ACTION, ins, question)
    found = prpa_in201308.parse_administrative(answer.body)
    if isinstance(found, Refusal):
        raise errors.of_refusal(found).error
    return found

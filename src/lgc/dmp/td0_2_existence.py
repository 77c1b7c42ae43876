"""TD0.2: does this patient have a DMP, am I authorised, am I the attending doctor?

PRPA_IN201307 and its answer (dmp.md §4.2).
"""

from __future__ import annotations

from lgc.dmp import codes, errors
from lgc.dmp.link import DmpLink
from lgc.domain.dmp import Existence
from lgc.domain.identity import QualifiedIns
from lgc.hl7v3 import prpa_in201307, prpa_in201308
from lgc.hl7v3.message import Refusal


def existence(link: DmpLink, ins: QualifiedIns) -> Existence:
    """Ask. Raises UserFacingError for a refusal of the DMP, TransportError for the rest."""
    question = prpa_in201307.build(
        ins,
        link.profile.parties,
        message_id=link.ids.uuid(),
        query_id=link.ids.uuid(),
        created_at=link.clock.now(),
    )
    answer = link.ask("td0_2", codes.PATIENTS, prpa_in201307.ACTION, ins, question)
    found = prpa_in201308.parse(answer.body)
    if isinstance(found, Refusal):
        raise errors.of_refusal(found).error
    return found

"""TD0.5: find a DMP by traits, for emergency regulation only (dmp.md §4.6).

Closed unless the settings say that this practice takes part in regulation.
"""

from __future__ import annotations

from lgc.dmp import codes, errors
from lgc.dmp.link import DmpLink
from lgc.domain.dmp import AccessContext, FoundIdentity, PurposeOfUse, TraitSearch
from lgc.errors import UserFacingError
from lgc.hl7v3 import prpa_in201305
from lgc.hl7v3.message import Refusal


def search(link: DmpLink, traits: TraitSearch) -> tuple[FoundIdentity, ...]:
    """Candidates, best first, asked in « centre 15 » mode.

    Raises UserFacingError where the setting is off or the DMP refuses, TransportError.
    """
    if not link.profile.regulation:
        raise UserFacingError(
            "La recherche sans INS est réservée à la régulation.",
            advice="Elle s’ouvre dans les réglages du DMP.",
        )
    body = prpa_in201305.build(traits, link.head(), link.ids.uuid())
    regulating = link.within(AccessContext(PurposeOfUse.EMERGENCY_CENTRE))
    answer = regulating.ask("td0_5", codes.PATIENTS_PDQ, prpa_in201305.ACTION, None, body)
    found = prpa_in201305.parse(answer.body)
    if isinstance(found, Refusal):
        raise errors.of_refusal(found).error
    return found

"""TD0.3: my own authorisation on a patient's DMP, and my role of médecin traitant (dmp.md §4.3).

The patient is the one of the VIHF; the body names nobody. Only an explicit act of the doctor,
who attests the patient's consent, may lead here (EX_0.3-1010).
"""

from __future__ import annotations

from lxml import etree

from lgc.dmp import codes, errors
from lgc.dmp.answer import text
from lgc.dmp.link import DmpLink
from lgc.domain.dmp import AuthorisationAction
from lgc.domain.identity import QualifiedIns


def request(action: AuthorisationAction, *, attending: bool = False) -> etree._Element:
    """``setAuthorization``; without ``attending`` nobody becomes médecin traitant by accident."""
    namespace = codes.AUTHORISATIONS_NAMESPACE
    root = etree.Element(f"{{{namespace}}}setAuthorization", nsmap={"hab": namespace})
    etree.SubElement(root, f"{{{namespace}}}action").text = action.value
    if attending:
        etree.SubElement(root, f"{{{namespace}}}role").text = codes.ATTENDING_DOCTOR
    return root


def authorise(
    link: DmpLink, ins: QualifiedIns, action: AuthorisationAction, *, attending: bool = False
) -> None:
    """Set it; already set is a success too. Raises UserFacingError, TransportError."""
    body = request(action, attending=attending)
    answer = link.ask("td0_3", codes.AUTHORISATIONS, codes.SET_AUTHORISATION, ins, body)
    errors.must_be_ok(text(answer.body, "status"), text(answer.body, "context"))

"""TD0.3: add or remove my own authorisation on a patient's DMP (dmp.md §4.3).

The patient is the one of the VIHF; the body names nobody.
"""

from __future__ import annotations

from lxml import etree

from lgc.dmp import codes, errors
from lgc.dmp.link import DmpLink
from lgc.domain.dmp import AuthorisationAction
from lgc.domain.identity import QualifiedIns


def request(action: AuthorisationAction) -> etree._Element:
    """``setAuthorization`` without a role: nobody becomes attending doctor by accident."""
    namespace = codes.AUTHORISATIONS_NAMESPACE
    root = etree.Element(f"{{{namespace}}}setAuthorization", nsmap={"hab": namespace})
    etree.SubElement(root, f"{{{namespace}}}action").text = action.value
    return root


def authorise(link: DmpLink, ins: QualifiedIns, action: AuthorisationAction) -> None:
    """Set it; already set is a success too. Raises UserFacingError, TransportError."""
    answer = link.ask("td0_3", codes.AUTHORISATIONS, codes.SET_AUTHORISATION, ins, request(action))
    status, context = (_text(answer.body, name) for name in ("status", "context"))
    if status.lower() != codes.OK:
        raise errors.of_status(status, context).error


def _text(body: etree._Element, name: str) -> str:
    found = body.find(f".//{{*}}{name}")
    return " ".join((found.text or "").split()) if found is not None else ""

"""TD1.6: who is authorised on a DMP, and whom the patient forbade (dmp.md §4.4)."""

from __future__ import annotations

from lxml import etree

from lgc.dmp import codes, errors
from lgc.dmp.answer import lines, moment, one, own, text
from lgc.dmp.link import DmpLink
from lgc.domain.dmp import AuthorisationMode, AuthorisedProfessional
from lgc.domain.identity import QualifiedIns


def request(mode: AuthorisationMode) -> etree._Element:
    """``listAuthorizationByPatient``: the patient is the one of the VIHF."""
    namespace = codes.AUTHORISATIONS_NAMESPACE
    root = etree.Element(f"{{{namespace}}}listAuthorizationByPatient", nsmap={"hab": namespace})
    etree.SubElement(root, f"{{{namespace}}}mode").text = mode.value
    return root


def professionals(
    link: DmpLink, ins: QualifiedIns, mode: AuthorisationMode = AuthorisationMode.ALL
) -> tuple[AuthorisedProfessional, ...]:
    """Ask. Raises UserFacingError, TransportError."""
    body = request(mode)
    answer = link.ask("td1_6", codes.AUTHORISATIONS, codes.LIST_AUTHORISATIONS, ins, body)
    return read(answer.body)


def read(body: etree._Element) -> tuple[AuthorisedProfessional, ...]:
    """The list as it came. Raises UserFacingError."""
    errors.must_be_ok(text(body, "status"), text(body, "context"))
    return tuple(map(_line, lines(body, "listOfAuthorizationByPatient")))


def _line(node: etree._Element) -> AuthorisedProfessional:
    return AuthorisedProfessional(
        national_id=one(node, "nationalId"),
        family_name=one(node, "lastName"),
        given_name=one(node, "firstName"),
        specialities=own(node, "libSpeciality") or own(node, "codeSpeciality"),
        since=moment(one(node, "startOfAuthorization")),
        last_action=moment(one(node, "lastActionDate")),
        forbidden=one(node, "mode").upper() == AuthorisationMode.FORBIDDEN,
        attending_doctor=codes.ATTENDING_DOCTOR in own(node, "specificRight"),
    )

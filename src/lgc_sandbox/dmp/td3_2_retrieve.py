"""TD3.2: give documents (IHE ITI-43), as MTOM parts."""

from __future__ import annotations

from lxml import etree

from lgc_sandbox.dmp import answers, mtom
from lgc_sandbox.dmp.answers import Problem
from lgc_sandbox.dmp.registry import REPOSITORY, Registry
from lgc_sandbox.dmp.soap import Request
from lgc_sandbox.dmp.td3_1_find import check_consultation, visible
from lgc_sandbox.dmp.vihf import User
from lgc_sandbox.xml import NS, nodes, tag, text

ACTION = "urn:ihe:iti:2007:RetrieveDocumentSet"


def answer(
    request: Request, user: User, registry: Registry
) -> tuple[etree._Element, dict[str, bytes]]:
    """RetrieveDocumentSetResponse and its parts. Raises ``Refused``."""
    check_consultation(user, registry)
    problems: list[Problem] = []
    found: list[tuple[str, str, bytes]] = []
    for asked in nodes(request.body, "xdsb:DocumentRequest"):
        unique_id = text(asked, "xdsb:DocumentUniqueId")
        entry = registry.by_unique_id(unique_id)
        if text(asked, "xdsb:RepositoryUniqueId") != REPOSITORY:
            problems.append(Problem("XDSUnknownRepositoryId", unique_id))
        elif entry is None or entry.ins != user.patient.ins or not visible(entry, user, registry):
            problems.append(Problem("XDSDocumentUniqueIdError", unique_id))
        else:
            mime = entry.meta.element.get("mimeType", "text/xml")
            found.append((unique_id, mime, entry.content))
    if not found and not problems:
        problems.append(Problem(answers.REPOSITORY, "aucun document demandé"))
    return _response(found, problems)


def refusal(problems: tuple[Problem, ...]) -> etree._Element:
    """The answer of a request refused as a whole."""
    return _response([], list(problems))[0]


def _response(
    found: list[tuple[str, str, bytes]], problems: list[Problem]
) -> tuple[etree._Element, dict[str, bytes]]:
    made = etree.Element(tag("xdsb", "RetrieveDocumentSetResponse"), nsmap={"xdsb": NS["xdsb"]})
    status = answers.PARTIAL if found and problems else ""
    made.append(answers.registry_response(problems, status=status))
    parts = {}
    for number, (unique_id, mime, content) in enumerate(found, 1):
        response = etree.SubElement(made, tag("xdsb", "DocumentResponse"))
        for name, value in (
            ("RepositoryUniqueId", REPOSITORY),
            ("DocumentUniqueId", unique_id),
            ("mimeType", mime),
        ):
            etree.SubElement(response, tag("xdsb", name)).text = value
        part = f"document{number}@dmp"
        mtom.include(etree.SubElement(response, tag("xdsb", "Document")), part)
        parts[part] = content
    return made, parts

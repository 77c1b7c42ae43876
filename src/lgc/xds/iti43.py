"""ITI-43 Retrieve Document Set: the bodies of TD3.2."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lxml import etree

from lgc.domain.documents import DocumentReference
from lgc.xds.registry_response import RegistryAnswer, read

XDSB = "urn:ihe:iti:xds-b:2007"
ACTION = "urn:ihe:iti:2007:RetrieveDocumentSet"
MAX_DOCUMENTS = 100


@dataclass(frozen=True, slots=True)
class RetrievedDocument:
    """One document as the repository gave it."""

    unique_id: str
    repository_unique_id: str
    mime_type: str
    content: bytes


def request(references: Iterable[DocumentReference]) -> etree._Element:
    """``RetrieveDocumentSetRequest`` for one or several documents."""
    root = etree.Element(f"{{{XDSB}}}RetrieveDocumentSetRequest", nsmap={"xdsb": XDSB})
    for reference in references:
        wanted = etree.SubElement(root, f"{{{XDSB}}}DocumentRequest")
        _put(wanted, "RepositoryUniqueId", reference.repository_unique_id)
        _put(wanted, "DocumentUniqueId", reference.unique_id)
    return root


def parse(
    body: etree._Element, content_of: Callable[[etree._Element], bytes]
) -> tuple[RegistryAnswer, list[RetrievedDocument]]:
    """The status and the documents; ``content_of`` resolves MTOM parts or inline base64.

    Raises UnreadableInput when the answer cannot be understood.
    """
    documents = []
    for node in list(body.iter(f"{{{XDSB}}}DocumentResponse"))[:MAX_DOCUMENTS]:
        content = node.find(f"{{{XDSB}}}Document")
        documents.append(
            RetrievedDocument(
                unique_id=_get(node, "DocumentUniqueId"),
                repository_unique_id=_get(node, "RepositoryUniqueId"),
                mime_type=_get(node, "mimeType"),
                content=content_of(content) if content is not None else b"",
            )
        )
    return read(body), documents


def _put(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{XDSB}}}{name}").text = text


def _get(node: etree._Element, name: str) -> str:
    return (node.findtext(f"{{{XDSB}}}{name}") or "").strip()

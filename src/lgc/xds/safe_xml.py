"""Reading XML that came from outside: no entity, no DTD, no network, bounded size."""

from __future__ import annotations

from lxml import etree

from lgc.errors import UnreadableInput

MAX_BYTES = 64 * 1024 * 1024
# Elements cost a hundred times their bytes in memory, and so do attributes: they are counted before
# they are built.
MAX_MARKS, MAX_ATTRIBUTES = 1_250_000, 2_500_000


def read_xml(content: bytes, *, max_bytes: int = MAX_BYTES) -> etree._Element:
    """The root element of ``content``.

    Raises UnreadableInput when it is not XML, is too large, or carries a document type.
    """
    too_many = content.count(b"<") > MAX_MARKS or content.count(b"=") > MAX_ATTRIBUTES
    if len(content) > max_bytes or too_many:
        raise UnreadableInput(
            "Ce fichier XML est trop volumineux.", advice="L’original est conservé."
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableInput(
            "Ce fichier XML est illisible.", advice="L’original est conservé."
        ) from error
    tree: etree._ElementTree = root.getroottree()
    if tree.docinfo.internalDTD is not None:
        raise UnreadableInput(
            "Ce fichier XML contient une déclaration interdite.", advice="L’original est conservé."
        )
    return root

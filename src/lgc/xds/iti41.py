"""ITI-41 Provide and Register Document Set-b: the body of TD2.1 and its binary parts."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from lgc.xds.ebrim import submit_objects_request
from lgc.xds.metadata import Submission

XDSB = "urn:ihe:iti:xds-b:2007"
ACTION = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"


def request(
    submission: Submission, contents: Mapping[str, bytes]
) -> tuple[etree._Element, list[tuple[etree._Element, bytes]]]:
    """The request and, for each empty ``xdsb:Document``, the bytes MTOM puts in its place.

    ``contents`` maps uniqueId to bytes. Raises KeyError when an entry has none.
    """
    root = etree.Element(f"{{{XDSB}}}ProvideAndRegisterDocumentSetRequest", nsmap={"xdsb": XDSB})
    root.append(submit_objects_request(submission))
    parts = []
    for entry in submission.entries:
        document = etree.SubElement(root, f"{{{XDSB}}}Document", id=entry.entry_id)
        parts.append((document, contents[entry.unique_id]))
    return root, parts

"""RegistryResponse and its errors (ebRS 3.0, dmp.md §10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from lgc_sandbox.xml import NS, tag

STATUS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:"
PARTIAL = "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess"
SEVERITY = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"
DENIED = "DMPAccessDeniedByRightsService"
METADATA, REPOSITORY = "XDSRegistryMetadataError", "XDSRepositoryError"


@dataclass(frozen=True, slots=True)
class Problem:
    """One RegistryError: its code and what it says."""

    code: str
    text: str


class Refused(Exception):
    """A request that ends in ``Failure`` with these problems."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{one.code}: {one.text}" for one in problems))
        self.problems = problems


def registry_response(
    problems: Sequence[Problem] = (), *, status: str = "", name: str = "rs:RegistryResponse"
) -> etree._Element:
    """Success without problems, else Failure (or ``status``)."""
    prefix, _, local = name.partition(":")
    made = etree.Element(tag(prefix, local), nsmap={prefix: NS[prefix], "rs": NS["rs"]})
    made.set("status", status or STATUS + ("Failure" if problems else "Success"))
    if problems:
        listed = etree.SubElement(made, tag("rs", "RegistryErrorList"))
        listed.set("highestSeverity", SEVERITY)
        for one in problems:
            error = etree.SubElement(listed, tag("rs", "RegistryError"))
            for key, value in (
                ("codeContext", one.text),
                ("errorCode", one.code),
                ("severity", SEVERITY),
                ("location", ""),
            ):
                error.set(key, value)
    return made

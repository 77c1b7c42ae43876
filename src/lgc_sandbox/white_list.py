"""The published list of the domains of the space of trust (mssante-xdm §1.2)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lxml import etree

from lgc_sandbox.files import write_atomically

NAMESPACE = "https://listeblanche.mssante.fr/schema"
CITIZENS = "patient.mssante.fr"


def write(path: Path, addresses: Iterable[str]) -> None:
    """List the domains of these addresses, and the citizens' own."""
    domains = sorted({one.rpartition("@")[2] for one in addresses} | {CITIZENS})
    root = etree.Element(f"{{{NAMESPACE}}}ListeBlanche")
    for domain in domains:
        one = etree.SubElement(root, f"{{{NAMESPACE}}}Domaine")
        etree.SubElement(one, f"{{{NAMESPACE}}}Nom").text = domain
    write_atomically(path, etree.tostring(root, xml_declaration=True, encoding="UTF-8"))

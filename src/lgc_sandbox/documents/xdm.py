"""IHE_XDM.zip of one document, as an official sender makes it (ITI-32, mssante-xdm §3)."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from typing import Any

from lxml import etree

from lgc_sandbox.dmp import deposit, rim
from lgc_sandbox.documents import sheet
from lgc_sandbox.xml import NS, nodes, tag

NAME = "IHE_XDM.zip"
FOLDER, DOCUMENT = "IHE_XDM/SUBSET01", "DOC00001.XML"
README = (
    "Archive IHE XDM.\r\n"
    "A ouvrir dans votre logiciel de cabinet : il range lui-meme le document.\r\n"
    "Expediteur : {organisation}\r\n"
    "Le document est dans IHE_XDM/SUBSET01, ses metadonnees dans METADATA.XML.\r\n"
)
INDEX = (
    '<?xml version="1.0" encoding="UTF-8"?>\r\n'
    '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr"><head><title>IHE XDM</title></head>'
    '<body><p>{organisation}</p><p><a href="README.TXT">README.TXT</a></p></body></html>\r\n'
)


def archive(
    patient: Mapping[str, Any], document: Mapping[str, Any], cda: bytes, written: dt.datetime
) -> bytes:
    """The zip: the document, its metadata with hash and size, and what people read."""
    organisation = document["organisation"]["name"]
    escaped = organisation.replace("&", "&amp;").replace("<", "&lt;")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in (
            ("INDEX.HTM", INDEX.format(organisation=escaped).encode()),
            ("README.TXT", README.format(organisation=organisation).encode()),
            (f"{FOLDER}/METADATA.XML", metadata(patient, document, cda, written)),
            (f"{FOLDER}/{DOCUMENT}", cda),
        ):
            info = zipfile.ZipInfo(name, written.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(info, content)
    return made.getvalue()


def escaping() -> bytes:
    """What nobody should send: names that leave the archive, absolute and upwards."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in ("IHE_XDM/SUBSET01/METADATA.XML", "../../ESCAPED.XML", "/ESCAPED.XML"):
            zipped.writestr(zipfile.ZipInfo(name), b"<lost/>")
    return made.getvalue()


def damaged() -> bytes:
    """What a bad line makes of an archive: four files, the last of which no longer opens."""
    made = io.BytesIO()
    names = ("INDEX.HTM", "README.TXT", f"{FOLDER}/METADATA.XML", f"{FOLDER}/{DOCUMENT}")
    content = b"<document>" + bytes(range(256)) + b"</document>"
    with zipfile.ZipFile(made, "w") as zipped:
        for name in names:
            zipped.writestr(zipfile.ZipInfo(name), content)
        start = zipped.infolist()[-1].header_offset + 30 + len(names[-1])
    spoiled = bytearray(made.getvalue())
    spoiled[start + 40 : start + 60] = bytes(20)
    return bytes(spoiled)


def metadata(
    patient: Mapping[str, Any], document: Mapping[str, Any], cda: bytes, written: dt.datetime
) -> bytes:
    """METADATA.XML: a SubmitObjectsRequest with the set, the document and what joins them."""
    stored = deposit.submission(
        patient["ins"], patient["oid"], cda, sheet.entry(patient, document, written)
    )
    root = etree.Element(
        tag("lcm", "SubmitObjectsRequest"), nsmap={"lcm": NS["lcm"], "rim": NS["rim"]}
    )
    objects = etree.SubElement(root, tag("rim", "RegistryObjectList"))
    objects.append(stored.package)
    for element, _ in stored.entries:
        # A file has a place in the archive, not in a repository.
        for slot in nodes(element, "rim:Slot[@name='repositoryUniqueId']"):
            element.remove(slot)
        rim.add_slot(element, "URI", [DOCUMENT], at=0)
        objects.append(element)
    for one in stored.associations:
        objects.append(one)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

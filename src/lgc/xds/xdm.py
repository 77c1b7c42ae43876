"""XDM (ITI-32): the archive that travels in a secure message, written strictly.

Root ``IHE_XDM``, one directory per submission set, ISO 9660 level 1 names (mssante-xdm §3).
Reading other people's archives lives in ``xdm_reading``.
"""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Iterable

from lxml import etree

from lgc.reading.archives import DamagedArchive
from lgc.xds import ebrim, metadata
from lgc.xds.metadata import SubmissionRequest
from lgc.xds.xdm_reading import XdmArchive, XdmEntry, read

__all__ = ["ARCHIVE_NAME", "DamagedArchive", "XdmArchive", "XdmEntry", "read", "write"]

ARCHIVE_NAME = "IHE_XDM.zip"
SUBSET = "IHE_XDM/SUBSET01"


def write(request: SubmissionRequest, source_id: str, software: str) -> bytes:
    """The archive of one submission: the same bytes each time it is built.

    ``source_id`` is the OID of the installation, ``software`` the product's name and version.
    Raises what ``metadata.submission`` raises.
    """
    submission = metadata.submission(request, source_id)
    enclosures = (request, *request.others)
    uris = {one.document.unique_id: f"DOC{n:05}.XML" for n, one in enumerate(enclosures, 1)}
    sheet = etree.tostring(
        ebrim.submit_objects_request(submission, uris), xml_declaration=True, encoding="UTF-8"
    )
    practice = request.author.place.structure_name
    parts = {
        "INDEX.HTM": _index(practice, uris.values()).encode("utf-8"),
        "README.TXT": _readme(practice, software, uris.values()).encode("utf-8"),
        f"{SUBSET}/METADATA.XML": sheet,
        **{f"{SUBSET}/{uris[one.document.unique_id]}": one.content for one in enclosures},
    }
    when = request.submitted_at.timetuple()[:6]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, when)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return made.getvalue()


def _index(practice: str, names: Iterable[str]) -> str:
    """XHTML Basic: the institution and a link to the README (ITI-32)."""
    links = "".join(f'<p><a href="{SUBSET}/{name}">Document</a></p>' for name in names)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML Basic 1.0//EN" "xhtml-basic10.dtd">\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr">\n'
        f"<head><title>{html.escape(practice)}</title></head>\n"
        f"<body><h1>{html.escape(practice)}</h1>\n"
        '<p>Documents médicaux au format IHE XDM. <a href="README.TXT">Lisez-moi</a>.</p>\n'
        f"{links}</body></html>\n"
    )


def _readme(practice: str, software: str, names: Iterable[str]) -> str:
    documents = ", ".join(f"{SUBSET}/{name}" for name in names)
    return (
        f"{practice}\r\n\r\n"
        "Cette archive IHE XDM contient des documents médicaux.\r\n"
        "Ouvrez-la avec votre logiciel de professionnel de santé.\r\n\r\n"
        f"Logiciel : {software}\r\n"
        f"Contenu : {SUBSET}/METADATA.XML (description), {documents}\r\n"
    )

"""Read an XDM archive leniently (ITI-32; what real ones do: mssante-xdm §3.1).

Any directory name, any case, junk beside, several sets, ebRIM 2.1 or 3.0, absent hash or URI:
everything is reported, nothing is guessed about whom a document belongs to.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import unquote

from lxml import etree

from lgc.domain import births
from lgc.domain.identity import Ins
from lgc.domain.professionals import Coded
from lgc.domain.readable import DocumentPatient
from lgc.errors import UnreadableInput, place_of
from lgc.reading.archives import Archive, DamagedArchive, opened
from lgc.xds.hl7_text import read_time
from lgc.xds.safe_xml import read_xml

METADATA, ROOT = "METADATA.XML", "IHE_XDM"
UNIQUE_ID = "2e82c1f6-a085-4c72-9da3-8640a32e42ab"
PATIENT_ID = "58a6f841-87b3-4a3e-92fd-a8ffeff98427"
TYPE_CODE = "f0306f51-975f-434e-a61c-c59651d33983"
AUTHOR = "93606bcf-9494-43ec-9b4e-a7748d1a838d"
HASH_OK, HASH_WRONG, HASH_ABSENT = "ok", "mismatch", "absent"
MAX_METADATA = 5 * 1024 * 1024
_NUMBERED = re.compile(r"(\d{1,3})\|(.*)")
_LOCAL = re.compile(r"file:(?://(?:localhost)?)?(?=/)", re.IGNORECASE)
_ESCAPED = {"F": "|", "S": "^", "T": "&", "R": "~", "E": "\\"}
_ESCAPE = re.compile(r"\\([FSTRE])\\")
MATRICULE = re.compile(r"[0-9]{5}[0-9AB][0-9]{9}|[0-9]{6}[AB][0-9]{8}|[0-9]{15}")


@dataclass(frozen=True, slots=True)
class XdmEntry:
    """One document entry. ``content`` is None when its file could not be found or read."""

    unique_id: str
    title: str
    type: Coded | None
    mime_type: str
    patient: DocumentPatient
    author: str
    created_at: dt.datetime | None
    content: bytes | None
    file_name: str
    hash_verdict: str
    size_verdict: str


@dataclass(frozen=True, slots=True)
class XdmArchive:
    """What was understood, and what was ignored and why (French sentences).

    ``damaged`` maps the files that cannot be opened to where they break, of ``members`` in all.
    """

    entries: tuple[XdmEntry, ...]
    faults: tuple[str, ...]
    damaged: Mapping[str, str] = field(default_factory=dict)
    members: int = 0


def read(data: bytes) -> XdmArchive:
    """Read an archive. Raises UnreadableInput only when it is no usable zip at all."""
    archive = opened(data)
    faults = list(archive.ignored)
    entries: list[XdmEntry] = []
    for name in _metadata_files(archive, faults):
        entries += _submission_set(archive, name, faults)
    if not entries:
        entries = list(_bare_documents(archive, faults))
    return XdmArchive(tuple(entries), tuple(faults), dict(archive.damaged), len(archive.names()))


def _metadata_files(archive: Archive, faults: list[str]) -> list[str]:
    """Every sheet once: some archives hold the whole package twice."""
    found = [n for n in archive.names() if PurePosixPath(n).name.upper() == METADATA]
    kept: dict[bytes, str] = {}
    for name in sorted(found, key=lambda n: (n.count("/"), n)):
        try:
            kept.setdefault(hashlib.sha256(archive.read(name)).digest(), name)
        except DamagedArchive as error:
            faults.append(f"{name} : {error.sentence}")
    return list(kept.values())


def _read(archive: Archive, name: str, label: str, faults: list[str]) -> bytes | None:
    """None, and told, when this one file cannot be read: the others may be."""
    try:
        return archive.read(name)
    except UnreadableInput as error:
        faults.append(f"{label} : {error.sentence}")
        return None


def _submission_set(archive: Archive, name: str, faults: list[str]) -> list[XdmEntry]:
    try:
        # Blanks before the declaration are no XML, and some write them.
        root = read_xml(archive.read(name).lstrip(b" \t\r\n"), max_bytes=MAX_METADATA)
    except UnreadableInput as error:
        faults.append(f"{name} : {error.sentence}")
        return []
    base = PurePosixPath(name).parent
    entries: list[XdmEntry] = []
    for number, node in enumerate(filter(_is_document, root.iter("{*}ExtrinsicObject")), 1):
        try:
            entries.append(_entry(archive, base, node, faults))
        except Exception as error:  # the others of the sheet may be read
            archive.damaged[f"{name}, {number}"] = f"entry {number}, {place_of(error)}"
    return entries


def _is_document(node: etree._Element) -> bool:
    """Folders and signatures of other families have another object type."""
    kind = node.get("objectType", "")
    return not kind or kind.removeprefix("urn:uuid:").startswith("7edca82f")


def _entry(
    archive: Archive, base: PurePosixPath, node: etree._Element, faults: list[str]
) -> XdmEntry:
    title = _words(node, "Name")
    uri = _uri(node)
    content, file_name = _content(archive, base, uri, title or "Un document", faults)
    verdicts = _verdicts(node, content)
    label = title or file_name or "Un document"
    if verdicts[0] == HASH_WRONG:
        faults.append(f"{label} : l’empreinte annoncée n’est pas celle du fichier")
    if verdicts[1] == HASH_WRONG:
        faults.append(f"{label} : la taille annoncée n’est pas celle du fichier")
    return XdmEntry(
        unique_id=_identifier(node, UNIQUE_ID),
        title=title,
        type=_code(node, TYPE_CODE),
        mime_type=node.get("mimeType", ""),
        patient=_patient(node),
        author=_author(node),
        created_at=read_time(_slot(node, "creationTime")),
        content=content,
        file_name=file_name,
        hash_verdict=verdicts[0],
        size_verdict=verdicts[1],
    )


def _content(
    archive: Archive, base: PurePosixPath, uri: str, title: str, faults: list[str]
) -> tuple[bytes | None, str]:
    if not uri:
        faults.append(f"{title} : l’archive ne dit pas quel fichier le contient")
        return None, ""
    found = _in_archive(archive, base, uri)
    if found is None and not any(_places(base, uri)):
        faults.append(f"{title} : chemin qui sort de l’archive, refusé")
    elif found is None:
        faults.append(f"{title} : le fichier {PurePosixPath(uri).name} manque")
    if found is None:
        return None, PurePosixPath(uri).name
    return _read(archive, found, title, faults), _readable(found, uri)


def _in_archive(archive: Archive, base: PurePosixPath, uri: str) -> str | None:
    """The file of a URI as it is written, else with its « %20 » undone (RFC 3986 §2.1)."""
    paths = (path for one in dict.fromkeys((uri, unquote(uri))) for path in _places(base, one))
    return next((hit for path in paths if path and (hit := archive.find(path))), None)


def _places(base: PurePosixPath, uri: str) -> Iterator[str | None]:
    """Where a file may be, always in the archive: beside its sheet, or, for senders who write the
    whole path (« /DOC.XML », « IHE_XDM/… », « file:///… »), from its root."""
    plain = _LOCAL.sub("", uri).replace("\\", "/")
    yield _inside(base, plain.lstrip("/"))
    if plain.startswith("/") or plain.upper().startswith(f"{ROOT}/"):
        yield _inside(PurePosixPath(), plain.lstrip("/"))


def _readable(found: str, uri: str) -> str:
    """The name as its sheet writes it where the archive spoilt its accents."""
    name, said = PurePosixPath(found).name, PurePosixPath(unquote(uri).replace("\\", "/")).name
    return name if name.isascii() or name.casefold() == said.casefold() else said


def _inside(base: PurePosixPath, uri: str) -> str | None:
    """The path of a relative URI; None when it leaves the archive, or is of another place."""
    parts: list[str] = list(base.parts)
    for part in uri.replace("\\", "/").split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return None if ":" in uri.partition("/")[0] else "/".join(parts)


def _verdicts(node: etree._Element, content: bytes | None) -> tuple[str, str]:
    if content is None:
        return HASH_ABSENT, HASH_ABSENT
    promised, size = _slot(node, "hash").lower(), _slot(node, "size")
    real = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    return (
        _verdict(promised, promised == real),
        _verdict(size, size.strip() == str(len(content))),
    )


def _verdict(promised: str, same: bool) -> str:
    if not promised:
        return HASH_ABSENT
    return HASH_OK if same else HASH_WRONG


def _bare_documents(archive: Archive, faults: list[str]) -> Iterator[XdmEntry]:
    """No sheet at all: documents that look like CDA are still shown, with no identity claimed."""
    faults.append("L’archive n’a pas de fiche METADATA.XML lisible")
    for name in archive.names():
        path = PurePosixPath(name)
        if path.suffix.lower() != ".xml" or path.name.upper() == METADATA:
            continue
        content = _read(archive, name, path.name, faults)
        if content is not None and b"ClinicalDocument" in content:
            yield XdmEntry(
                "",
                "",
                None,
                "text/xml",
                DocumentPatient(),
                "",
                None,
                content,
                path.name,
                HASH_ABSENT,
                HASH_ABSENT,
            )


# --- ebRIM, whatever its version ----------------------------------------------------------------


def _slot(node: etree._Element, name: str) -> str:
    return next(iter(_slots(node, name)), "")


def _uri(node: etree._Element) -> str:
    """Of its parts in order where they are numbered « 1|DOC », « 2|0001.XML » (ebXML, ITI TF-3)."""
    values = _slots(node, "URI")
    numbered = [_NUMBERED.fullmatch(value) for value in values]
    if not all(numbered):
        return values[0] if values else ""
    parts = sorted((int(one[1]), one[2]) for one in numbered if one is not None)
    return "".join(part for _, part in parts)


def _slots(node: etree._Element, name: str) -> list[str]:
    return [
        (value.text or "").strip()
        for slot in node.findall("{*}Slot")
        if slot.get("name") == name
        for value in slot.iter("{*}Value")
    ]


def _words(node: etree._Element, element: str) -> str:
    found = node.find(f"{{*}}{element}/{{*}}LocalizedString")
    return (found.get("value", "") if found is not None else "").strip()


def _identifier(node: etree._Element, scheme: str) -> str:
    for identifier in node.findall("{*}ExternalIdentifier"):
        if identifier.get("identificationScheme", "").removeprefix("urn:uuid:") == scheme:
            return identifier.get("value", "").strip()
    return ""


def _classification(node: etree._Element, scheme: str) -> etree._Element | None:
    for found in node.findall("{*}Classification"):
        if found.get("classificationScheme", "").removeprefix("urn:uuid:") == scheme:
            return found
    return None


def _code(node: etree._Element, scheme: str) -> Coded | None:
    found = _classification(node, scheme)
    if found is None:
        return None
    return Coded(
        found.get("nodeRepresentation", ""), _slot(found, "codingScheme"), _words(found, "Name")
    )


def _author(node: etree._Element) -> str:
    found = _classification(node, AUTHOR)
    person = _slot(found, "authorPerson") if found is not None else ""
    parts = person.split("^")
    return " ".join(part for part in (*parts[1:3][::-1],) if part) if len(parts) > 2 else person


def _patient(node: etree._Element) -> DocumentPatient:
    """patientId as an INS when it is one, and the traits of sourcePatientInfo."""
    ins = tuple(
        found
        for found in (
            parse_cx(_identifier(node, PATIENT_ID)),
            parse_cx(_slot(node, "sourcePatientId")),
        )
        if found is not None
    )
    fields: dict[str, list[str]] = {}
    for line in _slots(node, "sourcePatientInfo"):
        name, _, value = line.partition("|")
        fields.setdefault(name.strip().upper(), []).append(value)
    birth, used, given = _names(
        [name for value in fields.get("PID-5", []) for name in value.split("~")]
    )
    born = births.read(next(iter(fields.get("PID-7", [])), ""))
    return DocumentPatient(
        ins=tuple(dict.fromkeys(ins)),
        birth_name=birth,
        used_name=used,
        given_names=given,
        birth_date=born.day,
        birth_said=born.said,
        sex=next(iter(fields.get("PID-8", [])), "")[:1].upper(),
    )


def _names(values: list[str]) -> tuple[str, str, tuple[str, ...]]:
    """PID-5, one repetition each: name type L is the birth name, D the used one (dmp.md §5.2)."""
    birth = used = ""
    given: tuple[str, ...] = ()
    for value in values:
        # The surname is the first part of a family name, its own particle and rest follow (FN).
        parts = [_unescaped(part.split("&")[0]).strip() for part in value.split("^")] + [""] * 7
        if parts[6].upper() == "D":
            used = used or parts[0]
        elif not birth:
            birth = parts[0]
            given = tuple(p for p in (parts[1], *parts[2].split()) if p)
    return birth, used, given


def _unescaped(text: str) -> str:
    """Without the escapes of HL7 v2 (2.7.1)."""
    return _ESCAPE.sub(lambda found: _ESCAPED[found.group(1)], text)


def parse_cx(value: str) -> Ins | None:
    """``matricule^^^&OID&ISO^NH`` as an INS; None for any other identifier.

    Real archives escape the ampersands twice, so they are unescaped until nothing changes.
    """
    for _ in range(3):
        value = html.unescape(value)
    parts = value.split("^")
    authority = parts[3].split("&") if len(parts) > 3 else []
    oid = authority[1] if len(authority) > 1 else ""
    matricule = parts[0].strip().upper()
    if not oid or not MATRICULE.fullmatch(matricule):
        return None
    return Ins(matricule, oid)

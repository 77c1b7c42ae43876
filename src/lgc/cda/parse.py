"""Understand any CDA R2 document: header, readable body, laboratory results, medical entries.

Lenient by design: what is wrong becomes a French sentence in ``faults``; only bytes that are
hostile, malformed or oversize are refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from lgc.cda import media, unwritten
from lgc.cda.entry_reader import EntryReader
from lgc.cda.header_reader import read_header
from lgc.cda.lab_reader import LabReader
from lgc.cda.names import PDF_COPY, tag
from lgc.cda.narrative import NarrativeWriter, text_of
from lgc.cda.showable import words as words_of
from lgc.cda.source import is_guessed, load
from lgc.cda.values import attribute, coded, find_all, only, words
from lgc.domain import media_types
from lgc.domain.readable import Attachment, DocumentHeader, ReadableDocument, ReadableSection
from lgc.reading.patience import within

__all__ = ["header", "parse", "plain_text"]

PDF = "application/pdf"
WORDY = (media_types.TEXT, media_types.RTF, media_types.HTML)
GUESSED = "Le document n’est pas dans le codage qu’il annonce : il est lu dans le sien."


def parse(data: bytes) -> ReadableDocument:
    """Read one document, structured or not, self-presenting or plain.

    Media are addressed in the HTML as ``image:N`` (rank in ``images``, whatever their type) and
    ``body:`` (the PDF copy or N1 body). Raises UnreadableInput (French sentence) when refused.
    """
    with within("cda"):
        return _parse(data)


def _parse(data: bytes) -> ReadableDocument:
    document = load(data)
    faults: list[str] = [GUESSED] if is_guessed(data) else []
    head = read_header(document, faults)
    targets = {
        node.get("ID") or "": node for node in document.iter(etree.Element) if node.get("ID")
    }
    body = _plain_body(document, faults)
    found, addresses = _media(document, faults, has_body=body is not None)
    copy = next((m for name, m in found if addresses[name][0] == "body:"), None)
    images = tuple(m for name, m in found if addresses[name][0] != "body:")
    writer = NarrativeWriter(addresses)
    sections = _sections(only(document, "h:component/h:structuredBody"), writer)
    if writer.simplified:
        faults.append("Des tableaux trop grands sont montrés ligne par ligne.")
    if body is None and not sections:
        faults.append("Le document n’a pas de contenu.")
    faults.extend(_dangling(document, targets))
    fallback = head.service_start or head.created_at
    results = LabReader(document, targets, fallback, head.patient.sex).results(faults)
    reader = EntryReader(document, targets)
    entries, denials = reader.entries(), reader.denials()
    faults.extend(reader.faults())
    return ReadableDocument(
        header=head,
        sections=sections,
        body=body or copy,
        images=images,
        results=results,
        entries=entries,
        denials=denials,
        faults=tuple(dict.fromkeys(faults)),
    )


def header(data: bytes) -> DocumentHeader:
    """The header alone, leniently. Raises UnreadableInput when the bytes are refused."""
    with within("cda"):
        return read_header(load(data), [])


def plain_text(document: ReadableDocument) -> str:
    """Every word of a document for the full-text search: title, people, sections, N1 text."""
    head = document.header
    people = (*head.authors, head.organisation, head.custodian)
    parts = [head.title, head.type.label, *people]
    parts.extend(_section_text(section) for section in document.sections)
    if document.body and document.body.media_type in WORDY:
        parts.append(words_of(document.body))
    return "\n".join(part for part in parts if part)


def _section_text(section: ReadableSection) -> str:
    inner = [_section_text(child) for child in section.sections]
    return "\n".join(part for part in (section.title, text_of(section.html), *inner) if part)


def _plain_body(document: etree._Element, faults: list[str]) -> Attachment | None:
    text = only(document, "h:component/h:nonXMLBody/h:text")
    if text is None:
        return None
    attachment, fault = media.read(text, "document")
    if fault:
        faults.append(fault)
    return attachment


def _media(
    document: etree._Element, faults: list[str], *, has_body: bool
) -> tuple[list[tuple[str, Attachment]], dict[str, tuple[str, bool]]]:
    """Every observationMedia, and how the HTML names it.

    The body is the PDF that is announced as a copy of the whole, else the first PDF.
    """
    copied = _has_copy(document)
    found: list[tuple[str, Attachment]] = []
    addresses: dict[str, tuple[str, bool]] = {}
    rank, pieces = 0, media.Pieces()
    for number, node in enumerate(document.iter(tag("observationMedia"))):
        value = only(node, "h:value")
        if value is None or not media.text_content(value).strip():
            continue
        name = node.get("ID") or f"media-{number}"
        attachment, fault = pieces.read(value, name)
        if fault:
            faults.append(fault)
        if attachment is None or name in addresses:
            continue
        found.append((name, attachment))
        whole = not has_body and (not copied or _section_code(node) == PDF_COPY)
        if attachment.media_type == PDF and whole:
            addresses[name], has_body = ("body:", False), True
        else:
            addresses[name] = (f"image:{rank}", attachment.media_type.startswith("image/"))
            rank += 1
    return found, addresses


def _has_copy(document: etree._Element) -> bool:
    """Whether a section of copies holds a PDF."""
    return any(
        _section_code(node) == PDF_COPY and attribute(node, "h:value", "mediaType") == PDF
        for node in document.iter(tag("observationMedia"))
    )


def _section_code(node: etree._Element) -> str:
    return attribute(next(node.iterancestors(tag("section")), None), "h:code", "code")


def _sections(
    parent: etree._Element | None, writer: NarrativeWriter
) -> tuple[ReadableSection, ...]:
    return tuple(
        ReadableSection(
            title=words(only(node, "h:title")),
            html=writer.html(only(node, "h:text")) + unwritten.lines(node),
            code=coded(only(node, "h:code")),
            sections=_sections(node, writer),
        )
        for node in find_all(parent, "h:component/h:section")
    )


def _dangling(document: etree._Element, targets: Mapping[str, etree._Element]) -> list[str]:
    """Links of entries to narrative that does not exist (no official check looks at them)."""
    missing = sum(
        1
        for reference in document.iter(tag("reference"))
        if _is_local(reference) and (reference.get("value") or "").removeprefix("#") not in targets
    )
    plural = "s" if missing > 1 else ""
    return [f"{missing} renvoi{plural} vers le texte ne mène{'nt' * (missing > 1)} nulle part."] * (
        missing > 0
    )


def _is_local(reference: etree._Element) -> bool:
    parent = reference.getparent()
    value = reference.get("value") or ""
    return (
        parent is not None
        and parent.tag in (tag("text"), tag("originalText"))
        and value not in ("", "#")
        and "://" not in value
    )

"""A PDF for human readers: the header panel, then every section as the CDA says it.

Declared PDF/A-3B (XMP and output intent) when the colour profile is at hand; the same document
gives the same bytes each time.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from functools import cache
from typing import Any

import pikepdf
from PIL import ImageCms
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    CondPageBreak,
    LayoutError,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from lgc.cda.fonts import font_family, printable
from lgc.cda.kinds import HANDED_OUT
from lgc.cda.names import PDF_COPY
from lgc.cda.narrative import text_of
from lgc.cda.pdf_flow import LINE, QUIET, SHADE, Flow, style
from lgc.cda.showable import showable
from lgc.domain.assignment import fold
from lgc.domain.days import practice_day, practice_time
from lgc.domain.readable import DocumentHeader, ReadableDocument, ReadableSection

MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN - 12  # reportlab frames pad six points on each side
# A copy of the document as PDF has nothing to say in the PDF of the document.
COPY_WORDS = frozenset(("copie", "pdf", "du", "de", "la", "document", "compte", "rendu", "voir"))
PRESCRIPTION = "57833-6"
ACT = "Date de l’acte"
_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_CLASSES = {"M": "Masculin", "F": "Féminin", "UN": "Inconnu"}


def render(document: ReadableDocument) -> bytes:
    """The document as PDF; the embedded PDF itself when that is all there is (N1)."""
    body = showable(document.body) if document.body is not None else None
    if body is not None and body.media_type == "application/pdf" and not document.sections:
        return body.content
    document = replace(document, body=body)
    try:
        laid_out = _lay_out(document, flat=False)
    except (LayoutError, ValueError, TypeError):
        # A cell taller than a page, or spans that overlap, which the library fails to name by a
        # TypeError where a height is unknown: the words matter, not the grid.
        laid_out = _lay_out(document, flat=True)
    return _archive(laid_out, document.header)


def _lay_out(document: ReadableDocument, *, flat: bool) -> bytes:
    header = document.header
    footer = " · ".join(part for part in (_patient_line(header), header.title) if part)

    def canvas(*arguments: Any, **options: Any) -> Canvas:
        return _NumberedCanvas(footer, *arguments, **options)

    out = io.BytesIO()
    SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=16 * mm,
        bottomMargin=20 * mm,
        invariant=1,
        initialFontName=font_family(),
    ).build(_story(document, flat=flat), canvasmaker=canvas)
    return out.getvalue()


class _NumberedCanvas(Canvas):  # type: ignore[misc]
    """Writes « 1/2 » on each page: the count is known when all pages are."""

    def __init__(self, footer: str, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._footer = printable(footer)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self._draw_footer(f"{number}/{len(self._pages)}")
            super().showPage()
        super().save()

    def _draw_footer(self, number: str) -> None:
        self.setStrokeColor(LINE)
        left, right = MARGIN + 6, A4[0] - MARGIN - 6
        self.line(left, 14 * mm, right, 14 * mm)
        self.setFont(font_family(), 7.5)
        self.setFillColor(QUIET)
        self.drawString(left, 9.5 * mm, self._shortened(self._footer))
        self.drawRightString(right, 9.5 * mm, number)

    def _shortened(self, text: str) -> str:
        while text and self.stringWidth(text, font_family(), 7.5) > WIDTH - 20 * mm:
            text = text[: int(len(text) * 0.95)].rstrip("… ") + "…"
        return text


# --- content ----------------------------------------------------------------------------------


def _story(document: ReadableDocument, *, flat: bool) -> list[Any]:
    flow = Flow(document.images, WIDTH, flat=flat)
    header = document.header
    title = style("title", fontName=f"{font_family()}-bold", fontSize=16, leading=20, spaceAfter=6)
    story: list[Any] = [
        Paragraph(_text(header.title or header.type.label or "Document"), title),
        _panel(header),
        Spacer(1, 5 * mm),
    ]
    for section in document.sections:
        if _is_bare_copy(section):
            continue
        story.extend(_section(section, flow, depth=0))
    if not document.sections:
        story.extend(_plain_body(document, flow))
    return story


def _is_bare_copy(section: ReadableSection) -> bool:
    """The PDF beside the sections, when its section says nothing but that it is there."""
    copy = section.code is not None and section.code.code == PDF_COPY
    said = fold(f"{section.title} {text_of(section.html)}").split()
    return copy and not section.sections and COPY_WORDS.issuperset(said)


def _section(section: ReadableSection, flow: Flow, depth: int) -> list[Any]:
    size = max(13 - 1.5 * depth, 9.5)
    heading = style(
        f"heading{depth}",
        fontName=f"{font_family()}-bold",
        fontSize=size,
        leading=size * 1.3,
        spaceBefore=8 if depth else 10,
        spaceAfter=3,
        keepWithNext=1,
    )
    made: list[Any] = [CondPageBreak(20 * mm)]
    if section.title:
        made.append(Paragraph(_text(section.title), heading))
    made.extend(flow.flowables(section.html))
    for child in section.sections:
        made.extend(_section(child, flow, depth + 1))
    return made


def _plain_body(document: ReadableDocument, flow: Flow) -> list[Any]:
    body = document.body
    if body is None:
        return flow.paragraphs("Ce document n’a pas de contenu lisible.")
    if body.media_type == "text/plain":
        text = body.content.decode("utf-8", "replace")
        return flow.paragraphs(text)
    if body.media_type.startswith("image/"):
        return flow.picture(body, WIDTH) or flow.paragraphs("L’image jointe est illisible.")
    return flow.paragraphs(f"Le contenu du document est joint à part ({body.media_type}).")


def _panel(header: DocumentHeader) -> Table:
    """Who, by whom, when: what the reader must know before reading."""
    lines = _handed_out(header) if header.type.code in HANDED_OUT else _between_doctors(header)
    label = style("label", textColor=QUIET, fontSize=8.5, leading=11)
    value = style("value", fontSize=9, leading=11.5)
    rows = [[Paragraph(name, label), Paragraph(_text(text), value)] for name, text in lines if text]
    panel = Table(rows, colWidths=[28 * mm, WIDTH - 28 * mm])
    panel.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), SHADE),
                ("BOX", (0, 0), (-1, -1), 0.4, LINE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
                ("FONTNAME", (0, 0), (-1, -1), font_family()),
            ]
        )
    )
    return panel


def _handed_out(header: DocumentHeader) -> tuple[tuple[str, str], ...]:
    """The panel of a page that goes to a school or a club: the law asks no identifier there."""
    return (
        ("Patient", _spoken_name(header)),
        ("Naissance", header.patient.born),
        ("Auteur", ", ".join(header.authors)),
        ("Date", header.created_said or _moment(header.created_at)),
        (ACT, _act(header)),
    )


def _act(header: DocumentHeader) -> str:
    """The day of the act, where it is another one than that of the writing."""
    act, written = header.service_start, header.created_at
    if header.service_said:
        return header.service_said
    if act is None or written is None or practice_day(act) == practice_day(written):
        return ""
    return f"{practice_day(act):%d/%m/%Y}"


def _validity(header: DocumentHeader) -> str:
    """The last day of a prescription: what another document says it ended is no validity."""
    stop = header.service_stop if header.type.code == PRESCRIPTION else None
    return f"{practice_day(stop):%d/%m/%Y}" if stop is not None else ""


def _between_doctors(header: DocumentHeader) -> tuple[tuple[str, str], ...]:
    patient = header.patient
    born = patient.born
    place = patient.traits.birth_place_code if patient.traits else ""
    ins = ", ".join(number.spaced for number in patient.ins)
    return (
        ("Patient", _full_name(header)),
        ("Naissance", f"{born} (lieu\u00a0: {place})" if born and place else born),
        ("Sexe", _CLASSES.get(patient.sex, "")),
        ("INS", ins),
        ("Auteur", ", ".join(header.authors)),
        ("Organisation", header.organisation or header.custodian),
        ("Destinataire", ", ".join(header.recipients)),
        ("Date", header.created_said or _moment(header.created_at)),
        (ACT, _act(header)),
        ("Valable jusqu’au", _validity(header)),
        ("Type", header.type.label),
        ("Version", str(header.version)),
    )


def _full_name(header: DocumentHeader) -> str:
    patient = header.patient
    given = " ".join(patient.given_names)
    birth = f"{patient.birth_name} {given}".strip()
    used = patient.used_name
    return f"{birth} (nom utilisé\u00a0: {used})" if used and used != patient.birth_name else birth


def _patient_line(header: DocumentHeader) -> str:
    born, name = header.patient.born, _spoken_name(header)
    return f"{name}, {born}" if born and name else name


def _spoken_name(header: DocumentHeader) -> str:
    patient = header.patient
    return " ".join((patient.used_name or patient.birth_name, *patient.given_names[:1])).strip()


def _moment(when: dt.datetime | None) -> str:
    return f"{practice_time(when):%d/%m/%Y à %H:%M}" if when else ""


def _text(text: str) -> str:
    return printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# --- archive ----------------------------------------------------------------------------------


@cache
def _colour_profile() -> bytes:
    """The sRGB profile, its making date blanked so that documents stay reproducible."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes((7, 208, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))
    return bytes(profile)


def _archive(content: bytes, header: DocumentHeader) -> bytes:
    """Add what PDF/A wants: XMP that agrees with the information dictionary, output intent."""
    written = header.created_at or _EPOCH
    title, author = header.title or "Document", ", ".join(header.authors)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        profile = pdf.make_stream(_colour_profile(), {"/N": 3})
        intent = pikepdf.Dictionary(
            Type=pikepdf.Name.OutputIntent,
            S=pikepdf.Name.GTS_PDFA1,
            OutputConditionIdentifier=pikepdf.String("sRGB"),
            DestOutputProfile=profile,
        )
        pdf.Root.OutputIntents = pikepdf.Array([pdf.make_indirect(intent)])
        pdf.Root.Lang = pikepdf.String("fr-FR")
        stamp = written.astimezone(dt.UTC)
        del pdf.docinfo
        pdf.docinfo["/Title"] = title
        pdf.docinfo["/Author"] = author
        pdf.docinfo["/Producer"] = "lgc"
        pdf.docinfo["/CreationDate"] = f"{stamp:D:%Y%m%d%H%M%S}+00'00'"
        pdf.docinfo["/ModDate"] = f"{stamp:D:%Y%m%d%H%M%S}+00'00'"
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as meta:
            meta["dc:title"] = title
            if author:
                meta["dc:creator"] = [author]
            meta["dc:language"] = ["fr-FR"]
            meta["pdf:Producer"] = "lgc"
            meta["xmp:CreateDate"] = f"{stamp:%Y-%m-%dT%H:%M:%S+00:00}"
            meta["xmp:ModifyDate"] = f"{stamp:%Y-%m-%dT%H:%M:%S+00:00}"
            meta["pdfaid:part"] = "3"
            meta["pdfaid:conformance"] = "B"
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()

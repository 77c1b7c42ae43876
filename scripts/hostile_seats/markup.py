"""The correspondent's markup: formatted mail, documents, and what becomes XML of ours."""

from __future__ import annotations

import base64
import datetime as dt
import io
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from html.parser import HTMLParser

import pikepdf
from lxml import etree

from hostile_seats import nasty
from hostile_seats.ground import Found, Ground, holder, refused, sure
from hostile_seats.nasty import FILE, HTTP, HTTPS
from lgc.cda import documents, parse, pdf
from lgc.cda.contents import Consultation, Letter
from lgc.cda.header import HeaderFacts
from lgc.cda.vsm import VsmContext
from lgc.domain.identity import Identity, IdentityStatus, Ins, InsAuthority, Sex, Traits, ins_key
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord, Posology
from lgc.domain.patients import Patient
from lgc.domain.professionals import Address, Correspondent, PlaceOfPractice, Practitioner
from lgc.errors import UnreadableInput
from lgc.reading.safe_html import clean
from lgc.xds.safe_xml import read_xml

NOW = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)
SPOKEN = "mot gardé"

# --- formatted mail ------------------------------------------------------------------------------

TAGS = (
    "script", "style", "iframe", "form", "input", "button", "object", "embed", "applet", "meta",
    "base", "link", "svg", "math", "video", "audio", "source", "img", "image", "a", "area", "body",
    "table", "td", "div", "p", "template", "noscript", "xmp", "plaintext", "marquee", "frameset",
    "frame", "isindex", "details", "select", "textarea", "title", "font", "blink", "x:script",
)  # fmt: skip
PLACES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "&#106;avascript:x",
    "data:text/html,<script>x</script>", "data:image/png;base64,AA", "vbscript:x", "//x.example/a",
    f"{HTTP}x.example/a.png", f"{HTTPS}x.example", f"{FILE}/etc/passwd", "a.png",
    "\\\\x.example\\a", "cid:", " CID :x", "mailto:x@x.example", "blob:x", "#a", "/etc/passwd",
)  # fmt: skip
ATTRIBUTES = (
    "href", "src", "action", "formaction", "background", "poster", "data", "srcset", "xlink:href",
    "cite", "longdesc", "onclick", "onerror", "onload", "onmouseover", "style", "ping", "lowsrc",
    "dynsrc", "usemap", "codebase", "http-equiv", "content", "srcdoc", "id", "class", "name",
)  # fmt: skip
OPENINGS = ("<{}", "<{}\n", "< {}", "<{}/", "<\x00{}", "<<{}", "<!--<{}", "<![CDATA[<{}", "</p><{}")
CLOSINGS = (">", "/>", ">" + "x", "", " >", "-->", "]]>", "\n>")
KEPT = re.compile(r"cid:[^\s\"'<>]*", re.IGNORECASE)
SAFE = frozenset({"colspan", "rowspan", "alt"})
# Of our own pages: anchors, and the lines of tables.
OURS = SAFE | {"name", "border", "cellspacing", "cellpadding", "width"}


class _Seen(HTMLParser):
    """What a reader of HTML would act on; ``harmless`` are attributes that do nothing."""

    def __init__(self, markup: str, harmless: frozenset[str] = SAFE) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self._harmless = harmless
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            held = name in self._harmless or (name == "src" and KEPT.fullmatch(value or ""))
            held = held or (name == "href" and (value or "").startswith("#"))
            self.wrong += [] if held else [f"{tag} {name}={value}"]
        if tag in TAGS and tag not in ("a", "img", "table", "td", "div", "p"):
            self.wrong.append(tag)

    def handle_comment(self, data: str) -> None:
        self.wrong.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append("declaration")


def _piece(chance: random.Random, tags: tuple[str, ...] = TAGS) -> str:
    attributes = " ".join(
        f"{chance.choice(ATTRIBUTES)}={quote}{chance.choice(PLACES)}{quote}"
        for quote in chance.choices(("'", '"', ""), k=chance.randrange(4))
    )
    opening = chance.choice(OPENINGS).format(chance.choice((str.upper, str))(chance.choice(tags)))
    inside = chance.choice(
        ("", "x", "alert(1)", f"url({HTTP}x.example)", chance.choice(nasty.MARKUP))
    )
    return f"{opening} {attributes}{chance.choice(CLOSINGS)}{inside}"


def html(ground: Ground) -> Found:
    """No script, form, link, remote load or style of a stranger's formatted mail survives."""
    chance = ground.chance("html")
    sure(SPOKEN in clean(f"<p>{SPOKEN}</p>"), "ordinary words stay")
    acting = "<a href=x><p onclick=x><!-- x --><script>"
    sure(len(_Seen(acting).wrong) == 4, "what acts would be seen")
    for number in range(ground.some(1500, 150)):
        markup = f"<p>{SPOKEN}</p>" + "".join(_piece(chance) for _ in range(chance.randrange(1, 5)))
        shown = clean(markup)
        seen = _Seen(shown)
        yield f"html {number}: {seen.wrong[:3]}", not seen.wrong and SPOKEN in shown


# --- documents -----------------------------------------------------------------------------------

CDA = '<ClinicalDocument xmlns="urn:hl7-org:v3"{}>{}</ClinicalDocument>'
BODY = (
    "<component><structuredBody><component><section><text>{}</text></section></component>"
    "</structuredBody></component>"
)
NARRATIVE = (
    "content", "paragraph", "linkHtml", "renderMultiMedia", "table", "td", "list", "item", "script",
    "img", "iframe", "style", "footnote", "caption", "sub", "br",
)  # fmt: skip
ACTIVE = (
    "/JS",
    "/JavaScript",
    "/OpenAction",
    "/AA",
    "/Launch",
    "/URI",
    "/EmbeddedFiles",
    "/RichMedia",
)


def cda_pages(ground: Ground) -> Found:
    """A stranger's document as page and as PDF: it loads, runs, opens and sends nothing."""
    chance = ground.chance("cda")
    for number in range(ground.some(100, 20)):
        body = _narrative(chance)
        read = parse.parse(CDA.format("", BODY.format(body)).encode())
        wrong = [one for part in read.sections for one in _Seen(part.html, OURS).wrong]
        yield f"page {number}: {wrong[:3]}", not wrong
        if number % 5 == 0:
            yield f"pdf {number}", not _active(pdf.render(read))


def _narrative(chance: random.Random) -> str:
    made = etree.Element("{urn:hl7-org:v3}text")
    at = made
    for _ in range(chance.randrange(2, 9)):
        child = etree.SubElement(at, f"{{urn:hl7-org:v3}}{chance.choice(NARRATIVE)}")
        for name in chance.sample(("href", "src", "onclick", "styleCode", "colspan", "ID",
                                   "referencedObject", "style"), 3):  # fmt: skip
            child.set(name, chance.choice((*PLACES, *nasty.MARKUP)).replace("\x00", ""))
        child.text = chance.choice(nasty.MARKUP)
        at = chance.choice((at, child, made))
    return "".join(etree.tostring(one, encoding="unicode") for one in made)


def _active(content: bytes) -> list[str]:
    """What a reader of PDF would do by itself."""
    with pikepdf.open(io.BytesIO(content)) as opened:
        written = [repr(one) for one in opened.objects]
    return [
        name for name in ACTIVE if any(f"{name}'" in one or f'"{name}"' in one for one in written)
    ]


def pdf_inside(ground: Ground) -> Found:
    """A PDF that holds a program is told; a compressed bomb is not inflated."""
    program = b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(x)>>>>"
    read = parse.parse(_n1("application/pdf", base64.b64encode(program).decode()))
    yield "a program is told", any("programme" in fault for fault in read.faults)
    for encoding in ("utf-8", "utf-16"):
        yield f"a document type in {encoding}", _is_refused(_bomb(CDA).encode(encoding))


def _n1(kind: str, content: str) -> bytes:
    text = f'<text mediaType="{kind}" representation="B64">{content}</text>'
    return CDA.format("", f"<component><nonXMLBody>{text}</nonXMLBody></component>").encode()


def _bomb(shape: str) -> str:
    levels = zip("abcdefgh", "bcdefghi", strict=True)
    entities = "".join(f'<!ENTITY {c} "{f"&{p};" * 10}">' for p, c in levels)
    return f'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">{entities}]>' + shape.format(
        "", "<title>&i;</title>"
    )


def _is_refused(content: bytes) -> bool:
    return refused(partial(parse.parse, content), UnreadableInput)


def entities(ground: Ground) -> Found:
    """XML that expands, or names a file or a server, is read nowhere."""
    for words, head in (
        ("expansion", _bomb("{}<r>&i;</r>").partition("]>")[0] + "]>"),
        ("a file", f'<!DOCTYPE d [<!ENTITY i SYSTEM "{FILE}/etc/hostname">]>'),
        ("a server", f'<!DOCTYPE d [<!ENTITY i SYSTEM "{HTTP}x.example/">]>'),
        ("a parameter", f'<!DOCTYPE d [<!ENTITY % p SYSTEM "{FILE}/etc/hostname">%p;]>'),
        ("a remote type", f"<!DOCTYPE d SYSTEM '{HTTP}x.example/d.dtd'>"),
        ("no entity at all", "<!DOCTYPE d>"),
    ):
        content = f"{head}<r>x</r>".encode()
        yield f"{words} in an answer", refused(partial(read_xml, content), UnreadableInput)
        document = f"{head}{CDA.format('', '<title>x</title>')}".encode()
        yield f"{words} in a document", _is_refused(document)


# --- what becomes XML of ours --------------------------------------------------------------------


def _facts(words: str) -> HeaderFacts:
    """Everything that can be typed is ``words``."""
    body = "1480892999999"
    identity = Identity(
        Traits(words, (words,), Sex.MALE, dt.date(1948, 8, 18), "75114"),
        IdentityStatus.QUALIFIED,
        Ins(body + ins_key(body), InsAuthority.TEST_NIR.value),
        used_name=words,
        used_given_name=words,
    )
    address = Address((words,), "75014", words)
    patient = Patient("p", identity, address, attending_doctor=words)
    doctor = replace(holder(), family_name=words, given_name=words)
    place = PlaceOfPractice("499700057294005", words, "SA07")
    colleague = Correspondent("a@mssante.example", words, words, title=words, organisation=words)
    return HeaderFacts(
        patient=patient, author=Practitioner(doctor, place, address=address),
        unique_id="1.2.250.1.999.1.7.1", set_id="1.2.250.1.999.1.7", version=1, written_at=NOW,
        service_start=NOW, practice_name=words, local_id_root="1.2.250.1.999.1.1",
        recipients=(colleague,),
    )  # fmt: skip


def _record(words: str) -> MedicalRecord:
    return MedicalRecord(
        tuple(
            MedicalEntry(
                f"e{number}", family, words, note=words, reaction=words, source=words,
                posology=Posology(words) if "treatment" in family else None,
            )
            for number, family in enumerate(Family)
        )
    )  # fmt: skip


def _written(words: str) -> Iterator[tuple[str, bytes]]:
    facts, record = _facts(words), _record(words)
    vsm = VsmContext(
        facts.patient, record, facts.author, facts.unique_id, facts.set_id, 1, NOW, NOW, words,
        local_id_root=facts.local_id_root,
    )  # fmt: skip
    yield "vsm", documents.render("vsm", vsm)
    consultation = Consultation(facts, words, words, history=words, examination=words)
    yield "consultation", documents.render("consultation", consultation)
    yield "letter", documents.render("letter", Letter(facts, words, words, record))


def xml_out(ground: Ground) -> Found:
    """Markup in every field that can be typed stays text: not one element or name more."""
    plain = {kind: _shape(content) for kind, content in _written("mot")}
    chance = ground.chance("xml out")
    for words in (
        *nasty.MARKUP,
        *(nasty.mixed(chance, nasty.MARKUP) for _ in range(ground.some(30, 3))),
    ):
        for kind, content in _written(words):
            held = _shape(content) == plain[kind] and _flat(words) in _said(content)
            yield f"{kind} {words[:50]!r}", held


def _shape(content: bytes) -> list[tuple[object, list[str]]]:
    return [(one.tag, sorted(map(str, one.attrib))) for one in etree.fromstring(content).iter()]


def _said(content: bytes) -> str:
    """Every text and every value of an attribute."""
    root = etree.fromstring(content)
    values = [str(value) for one in root.iter() for value in one.attrib.values()]
    return _flat(" ".join([*map(str, root.itertext()), *values]))


def _flat(words: str) -> str:
    return " ".join(words.split())

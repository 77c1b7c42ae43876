"""Narratives that are made: of every element that the schema knows, or wrong as strangers do it.

Each place of a word holds one of its own (``m12x``); between blocks nothing stands between them,
so that words which come out as one are seen.
"""

from itertools import count
from random import Random

INLINE = ("content", "linkHtml", "sub", "sup", "br", "footnote", "footnoteRef", "renderMultiMedia")
BLOCKS = ("paragraph", "list", "table")
# NarrativeBlock.xsd: what each element may hold, "" for words; the first, once, before the rest.
SCHEMA = {
    "text": ("", *INLINE, *BLOCKS),
    "content": ("", *INLINE),
    "linkHtml": ("", "footnote", "footnoteRef"),
    "sub": ("",),
    "sup": ("",),
    "br": (),
    "footnote": ("", "content", "linkHtml", "sub", "sup", "br", *BLOCKS),
    "footnoteRef": (),
    "renderMultiMedia": (),
    "caption": ("", "linkHtml", "sub", "sup", "footnote", "footnoteRef"),
    "paragraph": ("", *INLINE),
    "list": ("item",),
    "item": ("", *INLINE, *BLOCKS),
    "table": (),
    "thead": ("tr",),
    "tfoot": ("tr",),
    "tbody": ("tr",),
    "col": (),
    "colgroup": ("col",),
    "tr": ("td", "th"),
    "td": ("", *INLINE, *BLOCKS),
    "th": ("", *INLINE),
}
CAPTIONED = ("paragraph", "list", "item", "table", "renderMultiMedia")
EMPTY = ("br", "footnoteRef", "renderMultiMedia", "col")
# What strangers put where the schema has no place for it.
WRONG = {
    "paragraph": ("list", "paragraph", "table", "caption"),
    "content": ("list", "paragraph", "table", "caption"),
    "linkHtml": ("caption", "content"),
    "list": ("list", "paragraph", "caption", "content", "table"),
    "item": ("item", "caption", "tr"),
    "thead": ("td", "paragraph"),
    "tbody": ("td", "tbody"),
    "tr": ("tr", "paragraph", "table", "list"),
    "td": ("td", "caption", "item"),
    "caption": ("content", "paragraph"),
    "text": ("item", "tr", "td", "caption", "p", "div", "ul", "li", "h2", "pre", "unknown", "form"),
}
INNER = {"ul": ("li",), "li": ("",), "form": ("", "paragraph")}
DEEPEST = 5


class Narratives:
    """``wrong`` is how often a child is one that the schema has no place for, 0 to 1."""

    def __init__(self, seed, wrong=0.0):
        self.random = Random(seed)
        self.wrong = wrong
        self._rank = count(1)
        self.words = []

    def text(self):
        return self._element("text", 0)

    def _word(self):
        self.words.append(f"m{next(self._rank)}x")
        return self.words[-1]

    def _kind(self, name, depth):
        strange = WRONG.get(name, ())
        if strange and depth < DEEPEST and self.random.random() < self.wrong:
            return self.random.choice(strange)
        kinds = SCHEMA.get(name, INNER.get(name, ("",)))
        # Deep down only words, and what a row or a list cannot be without.
        shallow = [kind for kind in kinds if kind in ("", "td", "th", "tr", "item", "li", "col")]
        return self.random.choice(kinds if depth < DEEPEST else shallow or [""])

    def _element(self, name, depth):
        parts = []
        if name in CAPTIONED and self.random.random() < 0.4:
            parts.append(self._element("caption", depth + 1))
        if name == "table":
            parts += [self._element(one, depth + 1) for one in self._rows()]
        elif name not in EMPTY:
            parts += [self._child(name, depth) for _ in range(self.random.randint(1, 4))]
        return f"<{name}{self._attributes(name)}>{''.join(parts)}</{name}>"

    def _rows(self):
        before = [one for one in ("colgroup", "thead", "tfoot") if self.random.random() < 0.4]
        return [*before, *["tbody"] * self.random.randint(1, 2)]

    def _child(self, name, depth):
        kind = self._kind(name, depth)
        if not kind:
            return f" {self._word()} "
        apart = " " if kind in INLINE or kind == "caption" else ""
        return f"{apart}{self._element(kind, depth + 1)}{apart}"

    def _attributes(self, name):
        if name == "footnote":
            return f' ID="n{self.random.randint(1, 9)}"'
        if name == "footnoteRef":
            return f' IDREF="n{self.random.randint(1, 9)}"'
        if name == "content" and self.random.random() < 0.5:
            return f' styleCode="{self.random.choice(("Bold", "Italics Underline", "xHidden"))}"'
        if name == "list" and self.random.random() < 0.5:
            return ' listType="ordered"'
        if name in ("td", "th") and self.random.random() < 0.3:
            return f' {self.random.choice(("colspan", "rowspan"))}="2"'
        return ' href="#m"' if name == "linkHtml" else ""


def narratives(seed, number, wrong=0.0):
    """So many texts, and the words of them all."""
    maker = Narratives(seed, wrong)
    return [maker.text() for _ in range(number)], maker.words


def document(texts):
    sections = "".join(f"<component><section>{text}</section></component>" for text in texts)
    return (
        '<ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody>'
        f"{sections}</structuredBody></component></ClinicalDocument>"
    ).encode()

"""What a section says by its entries alone: without a narrative nothing else would show it.

The narrative is what its author signed (CDA R2 §4.3.5); where there is none, the words of each
entry make one plain line, with whatever takes them back: a denied « Pénicilline » is no allergy.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from itertools import islice

from lxml import etree

from lgc.cda.names import tag
from lgc.cda.values import attribute, find_all, only, words
from lgc.reading.patience import step

CODED = "Codé sans texte\u00a0: "
MORE = "Suite à lire dans l’original."
MOST_LINES, MOST_WORDS, LONGEST = 100, 60, 300
TAKEN_BACK = {
    "aborted": "abandonné",
    "cancelled": "annulé",
    "nullified": "retiré",
    "obsolete": "périmé",
}
_NOT_WORDS = (tag("observationMedia"), tag("id"), tag("templateId"))


def lines(section: etree._Element) -> str:
    """Safe HTML, a line an entry; empty where the section has words of its own."""
    if words(only(section, "h:text")):
        return ""
    entries = find_all(section, "h:entry")
    told = list(filter(None, (_line(one) for one in entries[:MOST_LINES])))
    told += [MORE] if len(entries) > MOST_LINES else []
    return "".join(f"<p>{html.escape(one, quote=False)}</p>" for one in told)


def _line(entry: etree._Element) -> str:
    found = list(islice(dict.fromkeys(_said(entry)), MOST_WORDS + 1))
    if not found:
        return ""
    kept = " · ".join(found[:MOST_WORDS]) + (f" … {MORE}" if len(found) > MOST_WORDS else "")
    notes = ", ".join(dict.fromkeys(_taken_back(entry)))
    return f"{CODED}{kept}" + (f" ({notes})" if notes else "")


def _said(node: etree._Element) -> Iterator[str]:
    """Names of codes, quantities and texts, in the order of the document."""
    step()
    if not isinstance(node.tag, str) or node.tag in _NOT_WORDS or node.get("representation"):
        return
    quantity = f"{node.get('value') or ''} {node.get('unit') or ''}" if node.get("unit") else ""
    for one in (node.get("displayName"), quantity, node.text):
        said = " ".join((one or "").split())
        if said:
            yield said[:LONGEST] + ("…" if len(said) > LONGEST else "")
    for child in node:
        yield from _said(child)


def _taken_back(entry: etree._Element) -> Iterator[str]:
    for node in entry.iter(etree.Element):
        if (node.get("negationInd") or "").strip() in ("true", "1"):
            yield "nié"
        if node.get("nullFlavor") and node.get("classCode"):
            yield "non renseigné"
        status = TAKEN_BACK.get(attribute(node, "h:statusCode", "code"))
        if status is not None:
            yield status

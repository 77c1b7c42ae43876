"""A value set (JDV) as the ANS publishes it: IHE SVS, ``RetrieveValueSetResponse`` or ``ValueSet``.

``ValueSet[@id, @displayName, @version]/ConceptList/Concept[@code, @codeSystem, @displayName]``.
"""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from lgc.domain.professionals import Coded
from lgc.errors import UnreadableInput
from lgc.terminology.importing.lines import UNTOUCHED, not_this, wrong
from lgc.terminology.value_sets import Published

LARGEST = 10 * 1024 * 1024
MOST = 50_000
EXPECTED = "un jeu de valeurs de l’ANS (fichier XML)"
_SAFE = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def read(path: Path) -> Published:
    """Raises UnreadableInput for anything else, or for what is damaged."""
    try:
        if path.stat().st_size > LARGEST:
            raise not_this(path, f"{EXPECTED} de moins de 10 Mo")
        root = etree.fromstring(path.read_bytes(), _SAFE)
    except etree.XMLSyntaxError as error:
        raise wrong(path, error.lineno or 0, "le XML est abîmé") from error
    except OSError as error:
        raise UnreadableInput(f"{path.name} ne peut pas être lu.", advice=UNTOUCHED) from error
    found = next(root.iter("{*}ValueSet"), None)
    if found is None or not found.get("id"):
        raise not_this(path, EXPECTED)
    concepts = [_concept(path, node) for node in found.iter("{*}Concept")]
    if not concepts or len(concepts) > MOST:
        raise not_this(path, EXPECTED)
    name = (found.get("displayName") or "").removesuffix(".tabs")
    version = found.get("version") or found.get("dateMaj") or ""
    return Published(found.get("id") or "", name, version, tuple(concepts))


def _concept(path: Path, node: etree._Element) -> Coded:
    code, system = node.get("code") or "", node.get("codeSystem") or ""
    label = " ".join((node.get("displayName") or "").split())
    if not code or not system or not label:
        line = node.sourceline if isinstance(node.sourceline, int) else 0
        raise wrong(path, line, "un code sans système ou sans libellé")
    return Coded(code, system, label)

"""Reading XML that comes from outside: no entity, no network, no DOCTYPE, bounded."""

from __future__ import annotations

from lxml import etree

MOST_BYTES = 60 * 1024 * 1024

NS = {
    "soap": "http://www.w3.org/2003/05/soap-envelope",
    "wsa": "http://www.w3.org/2005/08/addressing",
    "wsse": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xop": "http://www.w3.org/2004/08/xop/include",
    "hl7": "urn:hl7-org:v3",
    "rim": "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0",
    "rs": "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0",
    "lcm": "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0",
    "query": "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0",
    "xdsb": "urn:ihe:iti:xds-b:2007",
    "hab": "urn:si-dmp-habilitations",
    "pat": "urn:si-dmp-patients",
    "gdp": "asip:ci-sis:gdp:2010",
}


class Malformed(ValueError):
    """Not XML, or XML that nobody should send."""


def parse(raw: bytes) -> etree._Element:
    """The root of ``raw``. Raises ``Malformed``."""
    if len(raw) > MOST_BYTES:
        raise Malformed("too long")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as why:
        raise Malformed("not well-formed XML") from why
    if root.getroottree().docinfo.internalDTD is not None:
        raise Malformed("a DOCTYPE is not allowed")
    return root


def nodes(element: etree._Element, path: str) -> list[etree._Element]:
    """Elements found by XPath, with the prefixes of ``NS``."""
    found = element.xpath(path, namespaces=NS)
    assert isinstance(found, list)
    return [one for one in found if isinstance(one, etree._Element)]


def text(element: etree._Element, path: str) -> str:
    """The XPath ``string()`` of ``path``, trimmed; "" when absent."""
    return str(element.xpath(f"string({path})", namespaces=NS)).strip()


def texts(element: etree._Element, path: str) -> list[str]:
    """Every attribute or text that ``path`` selects, trimmed."""
    found = element.xpath(path, namespaces=NS)
    assert isinstance(found, list)
    return [str(one).strip() for one in found if isinstance(one, str)]


def tag(prefix: str, name: str) -> str:
    """A Clark name from a prefix of ``NS``."""
    return f"{{{NS[prefix]}}}{name}"

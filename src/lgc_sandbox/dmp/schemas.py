"""Official schemas, when the folder that holds them is given."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from lgc_sandbox.xml import tag

XDS = "xds/XDS.b_DocumentRepository.xsd"
BODIES = {
    tag("hl7", "PRPA_IN201307UV02"): "hl7v3/NE2009/PRPA_IN201307UV02.xsd",
    tag("hl7", "PRPA_IN201305UV02"): ("hl7v3/NE2008/multicacheschemas/PRPA_IN201305UV02.xsd"),
    tag("hl7", "PRPA_IN201311UV02"): "hl7v3/NE2009/PRPA_IN201311UV02.xsd",
    tag("hl7", "PRPA_IN201314UV02"): "hl7v3/NE2009/PRPA_IN201314UV02.xsd",
    tag("pat", "patientList"): "dmp/patients-specific.xsd",
    tag("lcm", "SubmitObjectsRequest"): XDS,
    tag("hab", "setAuthorization"): "dmp/habilitations.xsd",
    tag("hab", "listAuthorizationByPatient"): "dmp/habilitations.xsd",
    tag("xdsb", "ProvideAndRegisterDocumentSetRequest"): XDS,
    tag("xdsb", "RetrieveDocumentSetRequest"): XDS,
    tag("query", "AdhocQueryRequest"): XDS,
}
ENVELOPE, VIHF, SIGNATURE = "soap/dmp-envelope.xsd", "saml/vihf.xsd", "xades/XAdES-1.1.1.xsd"


class Schemas:
    """Compiled once each; says the first error of a tree, "" when it is valid."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._compiled: dict[str, etree.XMLSchema] = {}

    def body(self, element: etree._Element) -> str:
        """The child of soap:Body."""
        name = BODIES.get(str(element.tag))
        return self._error(name, element) if name else ""

    def envelope(self, element: etree._Element) -> str:
        """SOAP, WS-Addressing, wsse."""
        return self._error(ENVELOPE, element)

    def vihf(self, element: etree._Element) -> str:
        """The SAML assertion."""
        return self._error(VIHF, element)

    def signature(self, element: etree._Element) -> str:
        """The XAdES signature of a submission set."""
        return self._error(SIGNATURE, element)

    def _error(self, name: str, element: etree._Element) -> str:
        if self._folder is None:
            return ""
        if name not in self._compiled:
            self._compiled[name] = etree.XMLSchema(etree.parse(self._folder / name))
        schema = self._compiled[name]
        alone = etree.fromstring(etree.tostring(element, with_tail=False))
        try:
            schema.assertValid(alone)
        except etree.DocumentInvalid as why:
            return str(why)
        return ""

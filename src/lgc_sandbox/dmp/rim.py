"""ebRIM 3.0 objects: reading slots, classifications and identifiers; building answers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from lgc_sandbox.xml import NS, nodes, tag, text, texts

DOCUMENT = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
SUBMISSION_NODE = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
DEPRECATED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated"
HAS_MEMBER = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
SIGNS = "urn:ihe:iti:2007:AssociationType:signs"
REPLACES = "urn:ihe:iti:2007:AssociationType:RPLC"

# Classification schemes (dmp.md §5.1, §5.2).
SET_AUTHOR = "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"
CONTENT_TYPE = "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500"
AUTHOR = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
CLASS = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"
TYPE = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
FORMAT = "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d"
CONFIDENTIALITY = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
FACILITY = "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1"
PRACTICE = "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead"
EVENT = "urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4"
# External identifiers.
SET_PATIENT = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"
SET_SOURCE = "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"
SET_UNIQUE = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"
PATIENT = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
UNIQUE = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"


@dataclass(frozen=True, slots=True)
class Coded:
    """A classification: its code, its coding scheme, its label, the element itself."""

    code: str
    scheme: str
    label: str
    element: etree._Element

    def slot(self, name: str) -> list[str]:
        """Values of one of its slots."""
        return texts(self.element, f"rim:Slot[@name='{name}']/rim:ValueList/rim:Value/text()")


@dataclass(frozen=True, slots=True)
class RimObject:
    """An ExtrinsicObject or a RegistryPackage."""

    element: etree._Element

    @property
    def identifier(self) -> str:
        """Its id: symbolic in a submission, ``urn:uuid:`` in the registry."""
        return self.element.get("id", "")

    @property
    def title(self) -> str:
        """The text of its Name."""
        return text(self.element, "rim:Name/rim:LocalizedString/@value")

    def slot(self, name: str) -> list[str]:
        """Values of a slot."""
        return texts(self.element, f"rim:Slot[@name='{name}']/rim:ValueList/rim:Value/text()")

    def one(self, name: str) -> str:
        """The first value of a slot, "" when absent."""
        return next(iter(self.slot(name)), "")

    def coded(self, scheme: str) -> list[Coded]:
        """Classifications of one scheme."""
        return [
            Coded(
                one.get("nodeRepresentation", ""),
                text(one, "rim:Slot[@name='codingScheme']/rim:ValueList/rim:Value"),
                text(one, "rim:Name/rim:LocalizedString/@value"),
                one,
            )
            for one in nodes(self.element, f"rim:Classification[@classificationScheme='{scheme}']")
        ]

    def code(self, scheme: str) -> str:
        """The code of the first classification of one scheme, "" when absent."""
        return next((one.code for one in self.coded(scheme)), "")

    def external(self, scheme: str) -> list[str]:
        """Values of the external identifiers of one scheme."""
        path = f"rim:ExternalIdentifier[@identificationScheme='{scheme}']/@value"
        return texts(self.element, path)

    @property
    def unique_id(self) -> str:
        """uniqueId of a document entry or of a submission set."""
        return next(iter([*self.external(UNIQUE), *self.external(SET_UNIQUE)]), "")

    @property
    def authors(self) -> list[str]:
        """National identifiers of the authors."""
        people = [*self.coded(AUTHOR), *self.coded(SET_AUTHOR)]
        return [v.partition("^")[0] for one in people for v in one.slot("authorPerson")]


def new_uuid() -> str:
    """A registry identifier."""
    return f"urn:uuid:{uuid.uuid4()}"


def rim(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    """Add an element of the rim namespace."""
    made = etree.SubElement(parent, tag("rim", name), nsmap={"rim": NS["rim"]})
    for key, value in attributes.items():
        made.set(key, value)
    return made


def add_slot(
    parent: etree._Element, name: str, values: Sequence[str], at: int | None = None
) -> None:
    """Add a slot; ``at`` puts it among the first children, where the schema wants slots."""
    slot = etree.Element(tag("rim", "Slot"), nsmap={"rim": NS["rim"]})
    slot.set("name", name)
    values_list = rim(slot, "ValueList")
    for value in values:
        rim(values_list, "Value").text = value
    if at is None:
        parent.append(slot)
    else:
        parent.insert(at, slot)


def add_name(parent: etree._Element, label: str) -> None:
    """Add the Name of an object."""
    made = rim(rim(parent, "Name"), "LocalizedString", charset="UTF8", value=label)
    made.set("{http://www.w3.org/XML/1998/namespace}lang", "FR")


def add_coded(parent: etree._Element, scheme: str, code: str, system: str, label: str) -> None:
    """Add a coded classification."""
    made = rim(
        parent,
        "Classification",
        id=new_uuid(),
        classificationScheme=scheme,
        classifiedObject=parent.get("id", ""),
        nodeRepresentation=code,
    )
    add_slot(made, "codingScheme", [system])
    add_name(made, label)


def add_author(parent: etree._Element, scheme: str, slots: dict[str, str]) -> None:
    """Add an author: authorPerson, authorSpecialty, authorInstitution."""
    made = rim(
        parent,
        "Classification",
        id=new_uuid(),
        classificationScheme=scheme,
        classifiedObject=parent.get("id", ""),
        nodeRepresentation="",
    )
    for name, value in slots.items():
        if value:
            add_slot(made, name, [value])


def add_external(parent: etree._Element, scheme: str, value: str, label: str) -> None:
    """Add an external identifier."""
    made = rim(
        parent,
        "ExternalIdentifier",
        id=new_uuid(),
        registryObject=parent.get("id", ""),
        identificationScheme=scheme,
        value=value,
    )
    add_name(made, label)


def association(kind: str, source: str, target: str) -> etree._Element:
    """A stored association."""
    made = etree.Element(tag("rim", "Association"), nsmap={"rim": NS["rim"]})
    for key, value in (
        ("id", new_uuid()),
        ("objectType", "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:Association"),
        ("status", APPROVED),
        ("associationType", kind),
        ("sourceObject", source),
        ("targetObject", target),
    ):
        made.set(key, value)
    if kind == HAS_MEMBER:
        add_slot(made, "SubmissionSetStatus", ["Original"])
    return made

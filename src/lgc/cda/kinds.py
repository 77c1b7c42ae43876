"""Kinds of documents: those we write (``cda_templates/*/kind.toml``) and those we receive.

typeCode follows dmp.md §5.4; classCode and formatCode are ``terminology.document_codes``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from lgc.domain.documents import DocumentKind
from lgc.domain.professionals import Coded
from lgc.paths import bundled
from lgc.terminology.code_systems import LOINC
from lgc.terminology.value_sets import value_set

ANS_TYPES = "1.2.250.1.213.1.1.4.12"


@dataclass(frozen=True, slots=True)
class SectionKind:
    """A section of words: ``field`` of the content gives its text, « \n\n » parts paragraphs.

    A ``required`` section stands even when empty, and says so.
    """

    field: str
    title: str
    code: str
    label: str
    templates: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document written here. ``template_ids`` are (root, extension) pairs."""

    name: str
    title: str
    type: Coded
    template_ids: tuple[tuple[str, str], ...]
    document_kind: DocumentKind
    event: Coded | None = None
    sections: tuple[SectionKind, ...] = ()

    def section(self, field: str) -> SectionKind:
        """The declared section of that field. Raises StopIteration when there is none."""
        return next(section for section in self.sections if section.field == field)


@cache
def by_name(name: str) -> Kind:
    """The kind declared in ``cda_templates/<name>/kind.toml``. Raises FileNotFoundError."""
    declared = tomllib.loads((bundled("cda_templates") / name / "kind.toml").read_text("utf-8"))
    return Kind(
        name=name,
        title=declared["title"],
        type=Coded(**declared["type"]),
        template_ids=tuple((t["root"], t.get("extension", "")) for t in declared["template"]),
        document_kind=DocumentKind(declared["document_kind"]),
        event=Coded(**declared["event"]) if "event" in declared else None,
        sections=tuple(
            SectionKind(**{**section, "templates": tuple(section["templates"])})
            for section in declared.get("section", ())
        ),
    )


@cache
def all_kinds() -> tuple[Kind, ...]:
    """Every kind that can be written, by name."""
    folders = sorted(file.parent.name for file in bundled("cda_templates").glob("*/kind.toml"))
    return tuple(by_name(name) for name in folders)


_K = DocumentKind
# The first code of each kind is the one a document of that kind gets when it is made here.
_BY_TYPE: dict[DocumentKind, tuple[str, ...]] = {
    _K.BIOLOGY: ("11502-2", "96173-0", "51969-4", "DOCPAT05"),
    _K.STAY: ("11490-0", "34112-3", "15507-7", "60280-5", "67851-6", "86531-1", "15508-5"),
    _K.NOTE: (
        "11488-4",
        "87273-9",
        "11369-6",
        "34749-2",
        "78513-9",
        "85208-7",
        "59283-2",
        "34120-6",
        "11506-3",
    ),
    _K.DRUGS: ("57833-6", "60593-1", "DISP_AUT", "80565-5", "56445-0", "75468-9"),
    _K.OTHER_PRESCRIPTION: (
        "57828-6",
        "PRESC-BIO",
        "PRESC-KINE",
        "PRESC-INF",
        "PRESC-AAT",
        "PRESC-PEDI",
        "PRESC-ORTHOPHO",
        "PRESC-ORTHOPTIE",
        "57832-8",
        "55115-0",
        "75496-0",
    ),
    _K.VSM: ("SYNTH", "60591-5", "34133-9"),
    _K.RCP: ("34794-8",),
    _K.SURGERY: ("34874-8", "77436-4", "11505-5", "34875-5", "34876-3"),
    _K.IMAGING: ("18748-4", "52040-3", "IMG-KOS", "DOCPAT04", "70004-7"),
    _K.PATHOLOGY: ("60568-3",),
    _K.LETTER: ("96349-6", "18761-7", "74207-2", "78341-5", "83981-1", "88348-8"),
    _K.CERTIFICATE: ("89601-9", "CERT_DECL"),
    _K.PATIENT: (
        "EXPPAT_2",
        "EXPPAT_1",
        "EXPPAT_3",
        "DOCPAT01",
        "DOCPAT02",
        "DOCPAT03",
        "DOCPAT06",
        "DOCPAT07",
        "DOCPAT08",
        "DOCPAT09",
        "74465-6",
    ),
    _K.OTHER: ("51851-4",),
}
_KIND_OF_TYPE = {code: found for found, codes in _BY_TYPE.items() for code in codes}


def kind_of(type_code: str, type_system: str) -> DocumentKind:
    """What a document of that type code is for the doctor; OTHER when the code tells nothing."""
    if type_system not in (LOINC, ANS_TYPES, ""):
        return DocumentKind.OTHER
    return _KIND_OF_TYPE.get(type_code, DocumentKind.OTHER)


def type_of(document_kind: DocumentKind) -> Coded:
    """The type code (JDV_J07, with its label) that stands for a kind of document."""
    return value_set("document_type").concepts[_BY_TYPE[document_kind][0]]


HANDED_OUT = frozenset(("89601-9", "CERT_DECL", "PRESC-AAT"))
"""Types whose page the patient hands to a school, a club or an employer: no identifier on it."""


def type_code(code: str) -> Coded | None:
    """A document type of JDV_J07 with its label, None when the set does not have it."""
    return value_set("document_type").get(code)

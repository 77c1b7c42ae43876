"""Every kind of document made here: its content, its renderer, what it still lacks.

``MAKERS`` is the whole list; names are those of the folders of ``cda_templates``. What is asked
of each kind: cda-vsm §2 (templates and codes), §3 (header), and the profile named in its folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from lgc.cda import header, n1, parse, pdf, sections, vsm
from lgc.cda.contents import (
    AdmissionLetter,
    Certificate,
    Consultation,
    Letter,
    Prescription,
    RcpForm,
    Reply,
    VaccinationNote,
)
from lgc.cda.header import HeaderFacts
from lgc.cda.kinds import by_name
from lgc.cda.vsm_body import Body
from lgc.cda.writing import render_template
from lgc.domain.days import practice_day
from lgc.domain.medical_data import MedicalRecord
from lgc.domain.professionals import Coded
from lgc.terminology import code_systems, specialities

Section = Any
"""What ``common/structured.xml`` shows: anything with ``file``, ``id``, ``title``, ``text``."""

BIZONE = Coded("MED-1096", "1.2.250.1.213.1.1.4.322", "Prescription bizone")


def render(kind: str, content: Any) -> bytes:
    """A document of that kind as UTF-8 XML. Ask ``missing`` first: nothing is invented.

    Raises KeyError on an unknown kind, ValueError on a naive date or a code out of its set.
    """
    return MAKERS[kind].render(kind, content)


def missing(kind: str, content: Any) -> tuple[str, ...]:
    """French sentences, one per value that the profile requires and nobody gave."""
    return MAKERS[kind].missing(content)


def twin(document: bytes) -> bytes:
    """The PDF for human readers of a document made here (PDF/A-3)."""
    return pdf.render(parse.parse(document))


def as_n1(kind: str, content: Any) -> bytes:
    """The same document as N1: its PDF in a CDA header of the same type."""
    declared = by_name(kind)
    context = n1_context(content.facts, kind, twin(render(kind, content)), declared.title)
    return n1.render(context)


def n1_context(
    facts: HeaderFacts,
    kind: str,
    body: bytes,
    title: str = "",
    media_type: str = "application/pdf",
) -> n1.N1Context:
    """A PDF, scan or text to be written as N1 under the type of a kind."""
    declared = by_name(kind)
    known = {field.name for field in fields(n1.N1Context)}
    shared = {f.name: getattr(facts, f.name) for f in fields(facts) if f.name in known}
    return n1.N1Context(
        **shared,
        type=declared.type,
        title=title or declared.title,
        body=body,
        media_type=media_type,
        event=declared.event,
    )


def scanned(facts: HeaderFacts, type_: Coded, title: str, body: bytes) -> n1.N1Context:
    """Any scan, PDF or text as N1 of a type of JDV_J07, whatever its bytes are.

    What the profile does not take (PNG, GIF…) becomes a JPEG. Raises UnreadableInput on bytes that
    are neither picture nor text.
    """
    content, media_type = n1.bodied(body)
    context = n1_context(facts, "n1", content, title, media_type)
    return replace(context, type=type_)


# --- one function per kind --------------------------------------------------------------------


def _structured(
    kind: str,
    facts: HeaderFacts,
    made: Iterable[Section],
    mentions: tuple[Coded, ...] = (),
) -> bytes:
    declared = by_name(kind)
    head = header.build(
        facts,
        template_ids=declared.template_ids,
        type_=declared.type,
        title=declared.title,
        event=declared.event,
        mentions=mentions,
    )
    return render_template(f"{kind}/document.xml", header=head, sections=tuple(made))


def _body(record: MedicalRecord, facts: HeaderFacts) -> Body:
    day = practice_day(facts.written_at)
    return Body(record, facts.unique_id, facts.local_id_root, day)


def _consultation(kind: str, content: Consultation) -> bytes:
    facts = content.facts
    made: list[Section] = list(sections.all_words(by_name(kind), content, facts.unique_id))
    if content.measurements:
        taken = _body(MedicalRecord(content.measurements), facts).measurements()
        made.insert(-1, taken)
    return _structured(kind, facts, made)


def _letter(kind: str, content: Letter | RcpForm) -> bytes:
    facts = content.facts
    made = sections.all_words(by_name(kind), content, facts.unique_id)
    return _structured(kind, facts, (*made, *_body(content.record, facts).essentials()))


def _certificate(kind: str, content: Certificate) -> bytes:
    made = sections.all_words(by_name(kind), content, content.facts.unique_id)
    return _structured(kind, content.facts, made)


def _reply(kind: str, content: Reply) -> bytes:
    facts = content.facts
    first, *others = sections.all_words(by_name(kind), content, facts.unique_id)
    if content.answers:
        first = sections.answering(first, content.answers)
    return _structured(kind, facts, (first, *others, *_body(content.record, facts).essentials()))


def _admission_letter(kind: str, content: AdmissionLetter) -> bytes:
    facts = content.facts
    reason, comment = sections.all_words(by_name(kind), content, facts.unique_id)
    at_admission = _body(content.record, facts).at_admission()
    return _structured(kind, facts, (reason, *at_admission, comment))


def _prescription(kind: str, content: Prescription) -> bytes:
    facts = content.facts
    drugs = sections.drugs(content.drugs, facts.unique_id, facts.written_at)
    mentions = (BIZONE,) if drugs.is_bizone else ()
    bare = _structured(kind, facts, (drugs,), mentions)
    copy = sections.pdf_copy(twin(bare), facts.unique_id)
    return _structured(kind, facts, (drugs, copy), mentions)


def _vaccination_note(kind: str, content: VaccinationNote) -> bytes:
    made = sections.vaccine(content.vaccine, content.facts.unique_id)
    return _structured(kind, content.facts, (made,))


# --- what is missing --------------------------------------------------------------------------

Lacking = Callable[[Any], Iterable[tuple[bool, str]]]


def _nothing_more(content: Any) -> Iterable[tuple[bool, str]]:
    return ()


def _of_prescription(content: Prescription) -> Iterable[tuple[bool, str]]:
    facts = content.facts
    yield not content.drugs, "L’ordonnance ne contient aucun médicament."
    yield facts.service_stop is None, "La date de fin de validité de l’ordonnance manque."
    yield (
        specialities.of_author(facts.author) is None,
        "La profession et la spécialité de l’auteur manquent.",
    )
    yield (
        not (facts.practice_name or facts.author.place.structure_name).strip(),
        "Le nom de la structure d’exercice manque.",
    )
    for drug in content.drugs:
        yield not drug.label.strip(), "Un médicament de l’ordonnance n’a pas de nom."
        yield (
            not drug.posology.sentence.strip(),
            f"La posologie de «\u00a0{drug.label}\u00a0» manque.",
        )


def _of_vaccination(content: VaccinationNote) -> Iterable[tuple[bool, str]]:
    vaccine = content.vaccine
    code, group = vaccine.code, vaccine.vaccine_class
    yield code is None or code.system != code_systems.CIS, "Le code CIS du vaccin manque."
    yield group is None or group.system != code_systems.ATC, "Le code ATC du vaccin manque."
    yield not vaccine.lot.strip(), "Le numéro de lot du vaccin manque."


@dataclass(frozen=True, slots=True)
class Maker:
    """How one kind is made: the type of its content, its renderer and its own requirements."""

    content: type
    render: Callable[[str, Any], bytes]
    lacking: Lacking = _nothing_more
    facts: Callable[[Any], HeaderFacts] = lambda content: content.facts

    def missing(self, content: Any) -> tuple[str, ...]:
        own = (sentence for lacks, sentence in self.lacking(content) if lacks)
        return (*header.missing(self.facts(content)), *dict.fromkeys(own))


def _n1(kind: str, content: n1.N1Context) -> bytes:
    return n1.render(content)


def _vsm(kind: str, content: vsm.VsmContext) -> bytes:
    return vsm.render(content)


def _empty(content: n1.N1Context) -> Iterable[tuple[bool, str]]:
    yield not content.body, "Le contenu du document est vide."


_UNSTRUCTURED = Maker(n1.N1Context, _n1, _empty, n1.facts)
MAKERS: Mapping[str, Maker] = {
    "vsm": Maker(vsm.VsmContext, _vsm, facts=vsm.facts),
    "consultation": Maker(Consultation, _consultation),
    "letter": Maker(Letter, _letter),
    "certificate": Maker(Certificate, _certificate),
    "reply": Maker(Reply, _reply),
    "admission_letter": Maker(AdmissionLetter, _admission_letter),
    "prescription": Maker(Prescription, _prescription, _of_prescription),
    "vaccination_note": Maker(VaccinationNote, _vaccination_note, _of_vaccination),
    "rcp": Maker(RcpForm, _letter),
    "biology_prescription": _UNSTRUCTURED,
    "physiotherapy_prescription": _UNSTRUCTURED,
    "nursing_prescription": _UNSTRUCTURED,
    "work_leave": _UNSTRUCTURED,
    "n1": _UNSTRUCTURED,
}

"""Documents written over the real store: kept as typed, finished once, never invented."""

import io
from dataclasses import replace
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from lgc.cda import kinds, parse
from lgc.domain.allergies import Allergy, Kind
from lgc.domain.documents import DocumentKind
from lgc.domain.medical_data import Family, KnownAbsence, MedicalEntry
from lgc.domain.professionals import Correspondent
from lgc.errors import UserFacingError
from lgc.services import drafts_in_sight
from lgc.services.drafting import CONSULTATION, ORDERS, Draft
from lgc.services.events import RecordChanged
from lgc.services.ready_words import ReadyWords

NOTE = Draft(
    {
        "reason": "Toux",
        "history": "Depuis trois jours.",
        "examination": "Œdèmes absents.",
        "conclusion": "Bronchite.",
    }
)


def test_what_is_typed_is_found_again(drafting, patient):
    assert drafting.draft(patient) == Draft()

    drafting.keep(patient, CONSULTATION, NOTE)

    assert drafting.draft(patient) == NOTE
    drafting.keep(patient, CONSULTATION, Draft())
    assert drafting.draft(patient).empty


def test_a_finished_note_is_a_document_of_the_record_with_its_pdf(drafting, patient, desk):
    document_id = drafting.finish(patient, CONSULTATION, NOTE)

    with desk.store.unit() as uow:
        content = uow.documents.content(document_id)
        found = uow.documents.find("œdèmes", patient)
    assert content.document.kind is DocumentKind.NOTE
    assert content.pdf.startswith(b"%PDF-")
    assert "Bronchite." in parse.plain_text(parse.parse(content.content))
    assert [document.document_id for document in found] == [document_id]
    assert drafting.draft(patient).empty
    assert desk.events == [RecordChanged(patient)]


def test_an_empty_note_makes_no_document(drafting, patient, desk):
    with pytest.raises(UserFacingError, match="vide"):
        drafting.finish(patient, CONSULTATION, Draft({"reason": "  "}))

    with desk.store.unit() as uow:
        assert uow.documents.of_patient(patient) == []


def test_a_patient_the_profile_does_not_accept_keeps_the_draft(drafting, desk, make):
    unknown = make.patient(identity=make.identity(birth_name=""))
    with desk.store.unit() as uow:
        uow.patients.add(unknown)
        uow.commit()

    with pytest.raises(UserFacingError) as refused:
        drafting.finish(unknown.patient_id, CONSULTATION, NOTE)

    assert refused.value.advice
    assert drafting.draft(unknown.patient_id) == NOTE


COLLEAGUE = Correspondent("robert@medecin.mssante.example", "SPECIALISTE", "Robert", "Dr")
WRITTEN = {
    "letter": Draft({"reason": "Avis", "body": "Cher confrère,\n\nMerci."}, (COLLEAGUE,)),
    "certificate": Draft({"body": "Vu ce jour.\n\nApte."}),
    "rcp": Draft({"question": "Chirurgie ?", "proposal": "Surveillance."}, (COLLEAGUE,)),
    **{kind: Draft({"body": "NFS, plaquettes\nHbA1c"}) for kind in ORDERS},
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_every_kind_written_as_text_becomes_a_document_that_reads_the_same(
    drafting, patient, desk, kind
):
    document_id = drafting.finish(patient, kind, WRITTEN[kind])

    with desk.store.unit() as uow:
        content = uow.documents.content(document_id)
    read = parse.parse(content.content)
    assert content.document.type == kinds.by_name(kind).type
    assert content.pdf.startswith(b"%PDF-")
    words = pdf_words(content.pdf)
    for said in WRITTEN[kind].words.values():
        assert said.splitlines()[-1] in words
    assert ("Dr Robert SPECIALISTE" in read.header.recipients) is bool(WRITTEN[kind].recipients)


def test_a_draft_of_each_kind_is_apart(drafting, patient):
    for kind, draft in WRITTEN.items():
        drafting.keep(patient, kind, draft)

    assert {kind: drafting.draft(patient, kind) for kind in WRITTEN} == WRITTEN


def test_its_author_writes_the_next_version_from_what_was_typed(drafting, patient, desk):
    first = drafting.finish(patient, "letter", WRITTEN["letter"])
    assert drafting.may_reopen(first) == "letter"

    kind, draft = drafting.reopen(first)
    assert draft.words == WRITTEN["letter"].words
    second = drafting.finish(patient, kind, replace(draft, words={**draft.words, "reason": "Vu"}))

    with desk.store.unit() as uow:
        old, new = uow.documents.get(first), uow.documents.get(second)
        content = uow.documents.content(second).content
    assert (new.version, new.set_id, old.replaced_by) == (2, old.set_id, second)
    assert parse.parse(content).header.replaces == old.unique_id
    assert drafting.may_reopen(first) == ""
    with pytest.raises(UserFacingError, match="ne se modifie pas"):
        drafting.reopen(first)


def test_a_draft_under_way_is_not_lost_to_an_older_version(drafting, patient):
    first = drafting.finish(patient, "letter", WRITTEN["letter"])
    drafting.keep(patient, "letter", Draft({"body": "En cours"}))

    with pytest.raises(UserFacingError, match="déjà en cours"):
        drafting.reopen(first)
    assert drafting.draft(patient, "letter").of("body") == "En cours"


def test_somebody_else_does_not_write_the_next_version(drafting, patient, desk, make):
    first = drafting.finish(patient, "letter", WRITTEN["letter"])
    other = make.practitioner()
    holder = replace(other.holder, family_name="AUTRE", national_id="899700000001")
    desk.connection.plug(replace(other, holder=holder), SimpleNamespace())

    assert drafting.may_reopen(first) == ""


def test_a_letter_begins_with_what_the_record_knows(desk, patient):
    with desk.store.unit() as uow:
        uow.medical.add(
            patient, MedicalEntry("e1", Family.CHRONIC, "Asthme", recorded_at=desk.clock.now())
        )
        uow.medical.state_absence(
            patient, KnownAbsence(Family.ALLERGY, desk.clock.now(), "899700057294")
        )
        uow.commit()
    words = ReadyWords(desk.store.unit, desk.clock, desk.connection)

    letters = words.letters(patient)

    assert len(letters) >= 3
    assert "– Asthme" in letters[0].body
    assert "Allergies et intolérances : aucune connue" in letters[0].body
    assert not any("{" in one.body for one in letters)


def test_a_letter_makes_no_allergy_of_an_intolerance(desk, patient, make):
    lactose = make.entry(
        family=Family.ALLERGY,
        label="Lactose",
        allergy=Allergy(Kind.INTOLERANCE),
        reaction="colique",
    )
    with desk.store.unit() as uow:
        uow.medical.state_absence(patient, KnownAbsence(Family.ALLERGY, desk.clock.now(), "Dr X"))
        uow.medical.add(patient, lactose)
        uow.commit()

    letters = ReadyWords(desk.store.unit, desk.clock, desk.connection).letters(patient)

    assert "– Intolérance : Lactose (colique)" in letters[0].body
    assert "aucune connue" not in letters[0].body


def test_ones_own_lines_come_first_and_can_be_forgotten(desk):
    words = ReadyWords(desk.store.unit, desk.clock, desk.connection)
    shipped = words.lines("work_leave")
    words.add("work_leave", "  Télétravail   possible ")
    words.add("work_leave", "Télétravail possible")
    words.add("work_leave", " ")

    assert words.lines("work_leave") == (("Télétravail possible", True), *shipped)
    words.remove("work_leave", "Télétravail possible")
    assert words.lines("work_leave") == shipped


def pdf_words(content):
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_a_draft_is_in_sight_of_its_record_and_of_the_day_from_its_first_word(
    drafting, patient, desk
):
    def seen():
        with desk.store.unit() as uow:
            mine = drafts_in_sight.of_patient(uow, patient)
            everybody = drafts_in_sight.of_everybody(uow, desk.clock.now().date())
        return [one.kind for one in mine], [(x.patient.patient_id, x.draft.kind) for x in everybody]

    drafting.keep(patient, CONSULTATION, Draft({"reason": " "}))
    assert seen() == ([], [])
    assert desk.events == []

    drafting.keep(patient, CONSULTATION, NOTE)
    drafting.keep(patient, CONSULTATION, NOTE)
    assert seen() == ([CONSULTATION], [(patient, CONSULTATION)])
    assert desk.events == [RecordChanged(patient)]

    drafting.keep(patient, CONSULTATION, Draft())
    assert seen() == ([], [])
    assert desk.events == [RecordChanged(patient)] * 2

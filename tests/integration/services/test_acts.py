"""When an act was: a correction moves nothing, a document is of the day it is finished."""

import datetime as dt
import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from lgc.cda import parse
from lgc.domain.days import practice_day
from lgc.domain.medical_data import Family, MedicalEntry
from lgc.errors import UserFacingError
from lgc.services.drafting import CERTIFICATE, CONSULTATION, DRUGS, LETTER, Draft
from lgc.services.prescribing import LINES, PrescriptionLine, lines_of, text_of
from lgc.services.ready_words import ReadyWords
from lgc.xds.cda_header import read_header

NOTE = Draft({"reason": "Toux", "conclusion": "Bronchite."})
AMOXICILLIN = PrescriptionLine("Amoxicilline 1 g", "1 cp matin et soir pendant 6 jours")


def later(desk, **by):
    desk.clock.advance(**by)


def content(desk, document_id):
    with desk.store.unit() as uow:
        return uow.documents.content(document_id)


def day_of(desk, document_id):
    return practice_day(parse.parse(content(desk, document_id).content).header.service_start)


def page(desk, document_id):
    pages = PdfReader(io.BytesIO(content(desk, document_id).pdf)).pages
    return " ".join(one.extract_text() for one in pages)


@pytest.mark.parametrize("kind", [CONSULTATION, LETTER, CERTIFICATE, "work_leave"])
def test_one_word_corrected_days_later_leaves_the_act_where_it_was(drafting, patient, desk, kind):
    typed = Draft({"reason": "Toux", "conclusion": "Rien", "body": "Bonjour"})
    first = drafting.finish(patient, kind, typed)
    seen = day_of(desk, first)
    later(desk, days=3)

    _, draft = drafting.reopen(first)
    second = drafting.finish(
        patient, kind, replace(draft, words={**draft.words, "body": "Bonsoir"})
    )

    assert day_of(desk, second) == seen == practice_day(desk.clock.now()) - dt.timedelta(days=3)
    stored = content(desk, second).document
    assert practice_day(stored.service_start) == seen
    assert practice_day(stored.created_at) == practice_day(desk.clock.now())
    encounter = content(desk, second).content.decode().split("<encompassingEncounter>")[1]
    assert f'<low value="{seen:%Y%m%d}' in encounter
    # What the sheet of the DMP takes its serviceStartTime from.
    assert practice_day(read_header(content(desk, second).content).service_start) == seen


def test_the_day_of_the_act_is_printed_when_it_is_another_one(drafting, patient, desk):
    first = drafting.finish(patient, CONSULTATION, NOTE)
    seen = day_of(desk, first)
    assert "Date de l’acte" not in page(desk, first)
    later(desk, days=3)

    _, draft = drafting.reopen(first)
    second = drafting.finish(patient, CONSULTATION, draft)

    assert f"Date de l’acte {seen:%d/%m/%Y}" in " ".join(page(desk, second).split())


def test_its_author_may_say_another_day_but_none_to_come(drafting, patient, desk):
    first = drafting.finish(patient, CONSULTATION, NOTE)
    _, draft = drafting.reopen(first)
    before = desk.clock.now() - dt.timedelta(days=10)

    with pytest.raises(UserFacingError, match="après aujourd’hui"):
        tomorrow = desk.clock.now() + dt.timedelta(days=1)
        drafting.finish(patient, CONSULTATION, replace(draft, acted_at=tomorrow.isoformat()))
    second = drafting.finish(patient, CONSULTATION, replace(draft, acted_at=before.isoformat()))

    assert day_of(desk, second) == practice_day(before)


@pytest.mark.parametrize("kind", [LETTER, CERTIFICATE, "work_leave"])
def test_a_draft_begun_sixty_days_ago_is_of_the_day_it_is_finished(drafting, patient, desk, kind):
    begun = desk.clock.now().isoformat()
    later(desk, days=60)

    made = drafting.finish(patient, kind, Draft({"body": "Bonjour"}, begun_at=begun))

    assert day_of(desk, made) == practice_day(desk.clock.now())


def test_a_note_keeps_its_visit(drafting, patient, desk):
    begun = desk.clock.now()
    later(desk, hours=30)

    made = drafting.finish(patient, CONSULTATION, replace(NOTE, begun_at=begun.isoformat()))

    assert day_of(desk, made) == practice_day(begun)


def test_a_corrected_prescription_keeps_the_start_of_its_treatments(drafting, patient, desk):
    first = drafting.finish(patient, DRUGS, Draft({LINES: text_of([AMOXICILLIN])}))
    begun = practice_day(desk.clock.now())
    later(desk, days=2)

    _, draft = drafting.reopen(first)
    [kept] = lines_of(draft.of(LINES))
    added = PrescriptionLine("Paracétamol 1 g", "1 cp si douleur")
    lines = text_of([replace(kept, note="Pendant le repas"), added])
    second = drafting.finish(patient, DRUGS, replace(draft, words={**draft.words, LINES: lines}))

    end = begun + dt.timedelta(days=5)
    now = practice_day(desk.clock.now())
    said = " ".join(page(desk, second).split())
    assert f"Du {begun:%d/%m/%Y} au {end:%d/%m/%Y}" in said
    assert f"À partir du {now:%d/%m/%Y}" in said
    starts = [one.start.iso for one in parse.parse(content(desk, second).content).entries]
    assert starts == [begun.isoformat(), now.isoformat()]
    header = parse.parse(content(desk, second).content).header
    assert practice_day(header.service_start) == begun


def test_what_else_differs_between_two_versions_is_told_before_it_is_finished(
    drafting, patient, desk
):
    asthma = MedicalEntry("e1", Family.CHRONIC, "Asthme", recorded_at=desk.clock.now())
    with desk.store.unit() as uow:
        uow.medical.add(patient, asthma)
        uow.commit()
    shown = {one.entry_id: one.words for one in drafting.joinable(patient)}
    first = drafting.finish(patient, LETTER, Draft({"body": "Cher"}, joined=shown))
    with desk.store.unit() as uow:
        uow.medical.update(replace(asthma, note="sévère"))
        uow.commit()
    _, draft = drafting.reopen(first)

    with pytest.raises(UserFacingError, match="a changé"):
        drafting.finish(patient, LETTER, draft)
    now = {one.entry_id: one.words for one in drafting.joinable(patient)}
    told = drafting.to_be_seen(patient, LETTER, replace(draft, joined=now))

    assert told == (
        "Pathologies en cours : retiré, Asthme",
        "Pathologies en cours : ajouté, Asthme · sévère",
    )
    typed = replace(draft, joined=shown, words={"body": "Très cher"})
    with desk.store.unit() as uow:
        uow.medical.update(asthma)
        uow.commit()
    assert drafting.to_be_seen(patient, LETTER, typed) == ()


def test_a_patient_whose_identity_changed_between_two_versions_is_told(
    drafting, patient, desk, make
):
    first = drafting.finish(patient, LETTER, Draft({"body": "Cher"}))
    with desk.store.unit() as uow:
        changed = make.identity(birth_name="AUTRE")
        uow.patients.update(replace(uow.patients.get(patient), identity=changed))
        uow.commit()
    _, draft = drafting.reopen(first)

    assert any("AUTRE" in line for line in drafting.to_be_seen(patient, LETTER, draft))


def test_a_day_written_by_a_model_long_ago_is_told_before_a_certificate_is_made(
    drafting, patient, desk
):
    words = ReadyWords(desk.store.unit, desk.clock, desk.connection)
    body = words.letters(patient, CERTIFICATE)[0].body
    draft = Draft({"body": body}, begun_at=desk.clock.now().isoformat())
    assert drafting.to_be_seen(patient, CERTIFICATE, draft) == ()
    later(desk, days=60)

    [told] = drafting.to_be_seen(patient, CERTIFICATE, draft)

    assert "23 novembre 2026" in told and "22 janvier 2027" in told

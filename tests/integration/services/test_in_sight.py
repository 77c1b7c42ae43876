"""What leaves with a document was in sight when it was finished: each shipped model is tried.

Every word of the record is a word of its own, so that each of them can be looked for anywhere.
"""

import io
import re
from dataclasses import replace

import pikepdf
import pytest
from pypdf import PdfReader

from lgc.cda import parse
from lgc.domain.documents import DocumentKind
from lgc.domain.medical_data import Family, KnownAbsence, MedicalEntry, PartialDate, Posology
from lgc.domain.professionals import Coded, Correspondent
from lgc.errors import UserFacingError
from lgc.services.drafting import CERTIFICATE, LETTER, RCP, Draft
from lgc.services.ready_words import ReadyWords

CIM = "2.16.840.1.113883.6.3"
OWN = re.compile(r"zz\w+")


def entry(number, family, **more):
    base = MedicalEntry(
        f"e{number}",
        family,
        f"zzlabel{number}",
        start=PartialDate(2001, 2, 3),
        note=f"zznote{number}",
        **more,
    )
    return base


RECORD = (
    entry(1, Family.CHRONIC, code=Coded("B24", CIM, "zzcode1")),
    entry(2, Family.CHRONIC),
    entry(3, Family.MEDICAL_HISTORY),
    entry(4, Family.SURGICAL_HISTORY),
    entry(5, Family.ALLERGY, reaction="zzreaction5"),
    entry(6, Family.LONG_TERM_TREATMENT, posology=Posology("zzdose6")),
    entry(7, Family.CURRENT_TREATMENT, posology=Posology("zzdose7")),
    entry(8, Family.FAMILY_HISTORY, kinship="FTH"),
    entry(9, Family.VIGILANCE),
    entry(10, Family.RISK_FACTOR),
    entry(11, Family.MEDICAL_HISTORY, active=False),
    entry(12, Family.LONG_TERM_TREATMENT, active=False),
)


@pytest.fixture
def record(desk, patient):
    with desk.store.unit() as uow:
        for one in RECORD:
            uow.medical.add(patient, replace(one, recorded_at=desk.clock.now()))
        uow.commit()
    return patient


@pytest.fixture
def words(desk):
    return ReadyWords(desk.store.unit, desk.clock, desk.connection)


def begun(drafting, patient, model):
    """The draft as the form holds it once a model is taken."""
    offered = {one.entry_id: one.words for one in drafting.joinable(patient)}
    joined = {one: offered[one] for one in model.joins if one in offered}
    return Draft({"reason": model.reason, "body": model.body}, joined=joined, written=model.written)


def shown(draft):
    """Every word of one's own that the form showed."""
    return set(OWN.findall(" ".join((*draft.words.values(), *draft.joined.values()))))


def everywhere(content):
    """All that leaves: the XML with its attributes, the page, its information and its XMP."""
    with pikepdf.open(io.BytesIO(content.pdf)) as pdf:
        xmp = pdf.Root.Metadata.read_bytes().decode()
        information = " ".join(str(value) for value in pdf.docinfo.values())
    return " ".join((content.content.decode(), page(content), information, xmp))


def page(content):
    return " ".join(one.extract_text() for one in PdfReader(io.BytesIO(content.pdf)).pages)


def finished(drafting, desk, patient, kind, draft):
    document_id = drafting.finish(patient, kind, draft)
    with desk.store.unit() as uow:
        return uow.documents.content(document_id)


@pytest.mark.parametrize("kind", [LETTER, CERTIFICATE])
def test_nothing_leaves_with_a_model_that_its_form_did_not_show(
    drafting, desk, record, words, kind
):
    models = words.letters(record, kind)
    assert models
    for model in models:
        draft = begun(drafting, record, model)

        content = finished(drafting, desk, record, kind, draft)

        assert set(OWN.findall(everywhere(content))) <= shown(draft), model.title


def test_a_letter_carries_all_of_what_is_ticked(drafting, desk, record, words):
    draft = begun(drafting, record, words.letters(record)[0])

    content = finished(drafting, desk, record, LETTER, draft)

    assert set(draft.joined) == {*(f"e{n}" for n in range(1, 8)), "e11"}
    assert {"zznote1", "zzcode1", "zzreaction5", "zzdose7"} <= shown(draft)
    assert set(OWN.findall(content.content.decode())) == shown(draft)


@pytest.mark.parametrize("kind", [LETTER, RCP])
def test_nothing_is_joined_to_what_nobody_ticked(drafting, desk, record, kind):
    typed = Draft({"reason": "Avis", "body": "Bonjour", "question": "Oui ?", "proposal": "Non"})

    content = finished(drafting, desk, record, kind, typed)

    assert OWN.findall(everywhere(content)) == []


def test_a_certificate_is_one_by_its_kind_and_says_no_number_on_its_page(
    drafting, desk, record, words, make
):
    with desk.store.unit() as uow:
        qualified = make.identity()
        uow.patients.update(replace(uow.patients.get(record), identity=qualified))
        uow.commit()
    number = qualified.ins.matricule
    for model in words.letters(record, CERTIFICATE):
        content = finished(drafting, desk, record, CERTIFICATE, begun(drafting, record, model))

        header = parse.parse(content.content).header
        assert (header.type.code, header.title) == ("89601-9", "Certificat médical")
        assert content.document.kind is DocumentKind.CERTIFICATE
        assert number in content.content.decode()  # professionals find it by its INS
        digits = re.sub(r"\s", "", page(content))
        assert number not in digits and number[:13] not in digits
        assert "Sexe" not in page(content) and "INS" not in page(content)


def test_what_is_struck_out_of_the_text_is_nowhere(drafting, desk, record, words):
    draft = begun(drafting, record, words.letters(record)[0])
    lines = draft.of("body").split("\n")
    body = "\n".join(one for one in lines if one != "– zzlabel1" and "zzlabel5" not in one)
    struck = replace(draft, words={**draft.words, "body": body})

    content = finished(drafting, desk, record, LETTER, struck)

    gone = {"zzlabel1", "zznote1", "zzcode1", "zzlabel5", "zznote5", "zzreaction5"}
    assert not gone & set(OWN.findall(everywhere(content)))
    assert "zznote2" in everywhere(content)


def test_what_changed_in_the_record_since_it_was_shown_does_not_leave(
    drafting, desk, record, words
):
    draft = begun(drafting, record, words.letters(record)[0])
    with desk.store.unit() as uow:
        uow.medical.update(replace(RECORD[1], note="zzseropositif"))
        uow.commit()

    with pytest.raises(UserFacingError, match="a changé") as refused:
        drafting.finish(record, LETTER, draft)

    assert "zzlabel2" in refused.value.advice
    assert drafting.draft(record, LETTER).of("body") == draft.of("body")


def test_an_order_to_an_employer_says_no_number_on_its_page(drafting, desk, record, make):
    with desk.store.unit() as uow:
        qualified = make.identity()
        uow.patients.update(replace(uow.patients.get(record), identity=qualified))
        uow.commit()

    content = finished(drafting, desk, record, "work_leave", Draft({"body": "Trois jours"}))

    assert qualified.ins.matricule not in re.sub(r"\s", "", page(content))


def test_the_greeting_follows_the_contact(words, record):
    def begins(*titles):
        people = [Correspondent(f"{n}@x.example", "A", title=t) for n, t in enumerate(titles)]
        return words.letters(record, LETTER, people)[0].body.splitlines()[0]

    assert begins("Mme") == "Chère consœur,"
    assert begins("M.") == "Cher confrère,"
    assert begins("Dr") == begins() == begins("M", "Mme") == "Cher confrère, chère consœur,"


def said_of(words, record, blank):
    """The lines that the first model writes under a title."""
    body = words.letters(record)[0].body
    return body.split(f"{blank} :")[1].strip().split("\n\n")[0]


def test_what_is_over_is_history_still_and_no_treatment(record, words):
    assert "– zzlabel11 (terminé)" in said_of(words, record, "Antécédents").splitlines()
    assert "zzlabel12" not in words.letters(record)[0].body


def test_a_model_says_an_absence_that_was_stated_and_no_other(desk, patient, words):
    assert said_of(words, patient, "Traitement en cours") == "non renseigné"

    stated = KnownAbsence(Family.LONG_TERM_TREATMENT, desk.clock.now(), "Dr X")
    with desk.store.unit() as uow:
        uow.medical.state_absence(patient, stated)
        uow.commit()

    said = said_of(words, patient, "Traitement en cours")
    assert said == "– aucun traitement au long cours connu"
    assert said_of(words, patient, "Antécédents") == "non renseigné"

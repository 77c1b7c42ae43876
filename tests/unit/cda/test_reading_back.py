"""What is about to leave is read back: every kind of entry agrees, every lie is caught."""

import datetime as dt
import json
from dataclasses import replace

import pytest

from lgc.cda import documents, parse, pdf, vsm
from lgc.cda.allowed import Allowed
from lgc.cda.contents import Letter, Prescription
from lgc.domain.documents import Document, DocumentContent, DocumentKind, Origin
from lgc.domain.medical_data import Family, MedicalRecord, PartialDate, Posology
from lgc.domain.professionals import Coded
from lgc.errors import UnreadableInput, UserFacingError
from lgc.services import prescribing, twins
from lgc.services.reading_back import before_sending, kept_of, must_agree, must_leave
from lgc.xds.cda_header import read_header

RECORDS = ("full_record", "absences_record", "long_record", "partial_record", "awkward_record")
CIM = "2.16.840.1.113883.6.3"


@pytest.mark.parametrize("name", RECORDS)
def test_a_summary_reads_back_as_the_record_says(makers, name):
    record = getattr(makers, name)()

    must_agree(vsm.render(makers.context(record)), record)


def written(makers, record):
    return vsm.render(makers.context(record))


CHANGES = {
    "label": lambda e: replace(e, label="Autre"),
    "code": lambda e: replace(e, code=Coded("B24", CIM, "Autre")),
    "start": lambda e: replace(e, start=PartialDate(1901)),
    "end": lambda e: replace(e, end=PartialDate(1902)),
    "state": lambda e: replace(e, active=not e.active),
    "note": lambda e: replace(e, note="autre"),
    "family": lambda e: replace(e, family=Family.MEDICAL_HISTORY, active=e.active),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_the_document_says_otherwise_stops_it(makers, change):
    record = makers.full_record()
    first = record.entries[0]
    assert first.family is Family.CHRONIC
    lied = MedicalRecord((CHANGES[change](first), *record.entries[1:]), record.absences)

    with pytest.raises(UserFacingError, match="ne se relit pas"):
        must_agree(written(makers, lied), record)


def test_a_dose_said_otherwise_stops_it(makers):
    record = makers.full_record()
    place, treatment = next(
        (n, e) for n, e in enumerate(record.entries) if e.posology is not None and e.active
    )
    entries = list(record.entries)
    entries[place] = replace(treatment, posology=Posology("99 cp par jour"))

    with pytest.raises(UserFacingError, match="ne se relit pas") as refused:
        must_agree(written(makers, MedicalRecord(tuple(entries), record.absences)), record)
    assert "99 cp" in refused.value.advice


def test_what_is_not_there_and_what_is_too_much_stop_it(makers):
    record = makers.full_record()
    fewer = MedicalRecord(record.entries[1:], record.absences)

    with pytest.raises(UserFacingError) as refused:
        must_agree(written(makers, fewer), record)
    assert "n’y est pas lu" in refused.value.advice
    with pytest.raises(UserFacingError) as refused:
        must_agree(written(makers, record), fewer)
    assert "n’est pas dans le dossier" in refused.value.advice


def stored(makers, record, *, kind="letter", origin=Origin.PRACTICE, pdf=None):
    """A document made of a record, as it is kept."""
    if kind == "vsm":
        content = vsm.render(makers.context(record))
    else:
        content = documents.render("letter", Letter(makers.facts(), "Avis", "Merci.", record))
    header = parse.header(content)
    document = Document(
        "d1", "p1", header.unique_id, header.set_id, 1, "Lettre", header.type,
        DocumentKind.VSM if kind == "vsm" else DocumentKind.LETTER, origin, "text/xml",
        makers.NOW, "Dr Paul", "Cabinet", "", len(content),
    )  # fmt: skip
    return DocumentContent(document, content, pdf)


def then(record):
    return json.loads(kept_of(record))


def unlike(found):
    return [(one.unlike, one.allowed) for one in found.readings if one.unlike]


def test_what_is_read_stands_beside_the_record(makers):
    record = makers.full_record()
    first = replace(record.entries[0], note="changé depuis")
    today = MedicalRecord((first, *record.entries[1:]))

    found = before_sending(stored(makers, record), today, then(record))

    [(said, allowed)] = unlike(found)
    assert "changé depuis" in said and allowed is Allowed.CHANGED_SINCE
    assert found.stops == ""
    must_leave(found)
    words = found.readings[0].words
    assert "Diabète de type 2" in words and "1998" in words


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kept", ["as today", "nothing"])
def test_a_difference_that_the_record_did_not_bring_stops_the_send(makers, change, kept):
    record = makers.full_record()
    lied = MedicalRecord((CHANGES[change](record.entries[0]), *record.entries[1:]))

    before = then(record) if kept == "as today" else {}
    found = before_sending(stored(makers, lied), record, before)

    assert found.stops
    with pytest.raises(UserFacingError, match="ne part pas") as refused:
        must_leave(found)
    assert found.stops in refused.value.advice


def test_what_was_removed_since_is_shown_and_what_never_was_there_stops(makers):
    record = makers.full_record()
    today = MedicalRecord(record.entries[1:])

    assert before_sending(stored(makers, record), today, then(record)).stops == ""
    assert (
        "n’est pas dans le dossier"
        in before_sending(stored(makers, record), today, then(today)).stops
    )


def test_a_summary_that_left_a_line_out_stops_unless_the_line_came_since(makers):
    record = makers.full_record()
    fewer = MedicalRecord(record.entries[1:])

    assert (
        "n’y est pas lu"
        in before_sending(stored(makers, fewer, kind="vsm"), record, then(record)).stops
    )
    assert before_sending(stored(makers, fewer, kind="vsm"), record, then(fewer)).stops == ""
    assert before_sending(stored(makers, fewer), record, then(record)).stops == ""


def test_what_somebody_else_wrote_is_shown_and_leaves(makers):
    record = makers.full_record()
    theirs = stored(makers, record, origin=Origin.MSSANTE)

    found = before_sending(theirs, MedicalRecord(), {})

    assert {allowed for _, allowed in unlike(found)} == {Allowed.SOMEBODY_ELSES}
    assert found.stops == ""


def test_what_cannot_be_read_says_nothing_and_is_refused_on_the_wire(makers):
    ours = replace(stored(makers, MedicalRecord()), content=b"<broken")

    assert before_sending(ours, MedicalRecord(), {}).readings == ()
    with pytest.raises(UnreadableInput):
        read_header(ours.content)


def test_the_page_that_leaves_holds_every_word(makers):
    record = makers.full_record()
    whole = stored(makers, record)
    fewer = documents.twin(stored(makers, MedicalRecord(record.entries[1:])).content)

    good = replace(whole, pdf=documents.twin(whole.content))
    assert before_sending(good, record, then(record)).faults == ()
    [fault] = before_sending(replace(whole, pdf=fewer), record, then(record)).faults
    assert fault.startswith("Le PDF joint ne dit pas «")
    [fault] = before_sending(replace(whole, pdf=b"%PDF-1.4"), record, then(record)).faults
    assert fault == "Le PDF joint ne se relit pas."


def test_every_kind_and_every_record_goes_with_its_own_page(makers):
    for kind, made in makers.contents().items():
        for name, content in made.items():
            written = documents.render(kind, content)
            read = parse.parse(written)
            kept = replace(stored(makers, MedicalRecord()), content=written, pdf=pdf.render(read))
            assert twins.lacks(kept, read) == (), (kind, name)
    for name in RECORDS:
        kept = stored(makers, getattr(makers, name)(), kind="vsm")
        read = parse.parse(kept.content)
        assert twins.lacks(replace(kept, pdf=pdf.render(read)), read) == (), name


def test_the_pdf_of_a_typed_order_is_the_one_that_it_carries(makers):
    body = documents.twin(stored(makers, MedicalRecord()).content)
    written = documents.render("n1", documents.n1_context(makers.facts(), "n1", body))
    kept = replace(stored(makers, MedicalRecord()), content=written, pdf=body)

    assert before_sending(kept, MedicalRecord(), {}).stops == ""
    other = replace(kept, pdf=body + b" ")
    assert before_sending(other, MedicalRecord(), {}).stops.startswith("Le PDF joint n’est pas")


@pytest.mark.parametrize("kind", ["prescription", "vaccination_note"])
def test_what_a_document_itself_orders_or_gives_is_shown_and_leaves(makers, kind):
    for content in makers.contents()[kind].values():
        kept = replace(stored(makers, MedicalRecord()), content=documents.render(kind, content))

        found = before_sending(kept, MedicalRecord(), {})

        assert {one.allowed for one in found.readings} == {Allowed.OWN_ACT}
        assert found.stops == "" and not any(one.unlike for one in found.readings)


@pytest.mark.parametrize("begins", [0, -30])
def test_a_prescription_reads_back_as_it_was_typed(makers, begins):
    day = makers.NOW.date() + dt.timedelta(begins)
    drugs = tuple(replace(drug, start=day) for drug in makers.drugs())
    content = Prescription(makers.facts(), drugs)
    must_agree(documents.render("prescription", content), prescribing.as_record(content))

    for change in ({"label": "Autre"}, {"days": 77}, {"posology": Posology("99 cp par jour")}):
        other = Prescription(makers.facts(), (replace(drugs[0], **change), *drugs[1:]))
        with pytest.raises(UserFacingError, match="ne se relit pas"):
            must_agree(documents.render("prescription", other), prescribing.as_record(content))

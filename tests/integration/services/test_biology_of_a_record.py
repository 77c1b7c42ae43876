"""Biology of a stored record: versions supersede, undone ones leave, the DMP's are brought."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import Engine, event

from lgc.domain.biology import LabResult, ReferenceRange
from lgc.domain.dmp import DmpEntry, EntryStatus
from lgc.domain.documents import DocumentContent, DocumentKind, Origin
from lgc.domain.professionals import Coded
from lgc.domain.readable import DocumentHeader, DocumentPatient, ReadableDocument
from lgc.domain.terms import Nomenclature
from lgc.services.biology import Biology
from lgc.services.nomenclatures import Nomenclatures
from lgc.services.receiving import add_received
from lgc.services.searching_dmp import Fetched

LOINC = "2.16.840.1.113883.6.1"
REPORT = Coded("11502-2", LOINC, "CR d’examens biologiques")


class FakeDmp:
    """services.searching_dmp.SearchingDmp that knows some entries and fetches none twice."""

    def __init__(self, *entries):
        self.entries, self.fetched = entries, []

    def known(self, patient_id):
        return self.entries

    def fetch_all(self, patient_id, entries):
        self.fetched += [entry.unique_id for entry in entries]
        return Fetched(len(entries))


@pytest.fixture
def patient(desk, make):
    made = replace(make.patient(), protocols=("diabetes-type-2",))
    with desk.store.unit() as uow:
        uow.patients.add(made)
        uow.commit()
    return made


def entry_of(unique_id, code="11502-2"):
    when = dt.datetime(2026, 9, 2, 8, tzinfo=dt.UTC)
    return DmpEntry(
        entry_uuid=f"urn:uuid:{unique_id}", logical_id=f"urn:uuid:{unique_id}", unique_id=unique_id,
        repository_unique_id="1.2.3", title="CR", type=Coded(code, LOINC, "CR"),
        class_code=Coded("10", "1.2.250.1.213.1.1.4.1", "Compte rendu"),
        format_code="urn:ihe:lab:xd-lab:2008", mime_type="text/xml", status=EntryStatus.APPROVED,
        created_at=when, service_start=when, authors=(), organisations=(), confidentiality=("N",),
    )  # fmt: skip


def hba1c(value, at, label="HbA1c"):
    return LabResult(
        Coded("4548-4", LOINC, "HbA1c"), label, at, value, unit="%",
        reference=ReferenceRange(4, 6), chapter="Biochimie",
    )  # fmt: skip


def always(uow, newer, older):
    return True


def receive(desk, make, patient, value, **fields):
    """A laboratory report joins the record as the mailbox or the DMP brings it."""
    label = fields.pop("label", "HbA1c")
    at = fields.pop("at", dt.datetime(2026, 9, 2, 8, tzinfo=dt.UTC))
    replaces = fields.pop("replaces", "")
    paper = replace(
        make.document().document,
        patient_id=patient.patient_id, kind=DocumentKind.BIOLOGY, origin=Origin.MSSANTE, **fields,
    )  # fmt: skip
    header = DocumentHeader(
        paper.unique_id, paper.set_id, paper.version, REPORT, paper.title, at, DocumentPatient(),
        replaces=replaces,
    )  # fmt: skip
    readable = ReadableDocument(header, results=(hba1c(value, at, label),))
    with desk.store.unit() as uow:
        add_received(uow, DocumentContent(paper, b"<x/>"), readable, always)
        uow.commit()
    return paper


def values(desk, patient, dmp=None):
    view = Biology(desk.store.unit, desk.clock, dmp or FakeDmp()).view(patient.patient_id)
    return [point.value for one in view.analyses for point in one.points]


def test_two_contents_of_one_identifier_are_both_shown(desk, make, patient):
    for place, value in enumerate((4.1, 6.8)):
        receive(desk, make, patient, value, unique_id="2.25.7.1", sha1=f"{place:040}")

    assert sorted(values(desk, patient)) == [4.1, 6.8]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_corrected_report_replaces_the_old_one_whatever_the_order(desk, make, patient, order):
    for version in order:
        receive(
            desk, make, patient, 7.0 + version,
            set_id="2.25.7", version=version, unique_id=f"2.25.7.{version}",
        )  # fmt: skip

    assert values(desk, patient) == [9.0]


def test_a_report_that_names_the_one_it_replaces_does_without_a_set(desk, make, patient):
    receive(desk, make, patient, 7.9, unique_id="2.25.1", set_id="2.25.1")
    receive(desk, make, patient, 6.9, unique_id="2.25.2", set_id="2.25.2", replaces="2.25.1")

    assert values(desk, patient) == [6.9]


def test_what_comes_in_never_replaces_what_was_written_here(desk, make, patient):
    own = replace(
        make.document().document, patient_id=patient.patient_id, origin=Origin.PRACTICE,
        set_id="2.25.5", unique_id="2.25.5",
    )  # fmt: skip
    with desk.store.unit() as uow:
        uow.documents.add(DocumentContent(own, b"<x/>"))
        uow.commit()

    receive(desk, make, patient, 7.9, set_id="2.25.5", version=9, replaces="2.25.5")

    with desk.store.unit() as uow:
        assert uow.documents.get(own.document_id).replaced_by is None


def test_a_day_is_the_day_on_the_practice_s_wall(desk, make, patient):
    receive(desk, make, patient, 7.9, at=dt.datetime(2026, 9, 1, 22, tzinfo=dt.UTC))

    view = Biology(desk.store.unit, desk.clock, FakeDmp()).view(patient.patient_id)

    assert [report.day for report in view.reports] == [dt.date(2026, 9, 2)]
    assert [report.title for report in view.reports] != [""]


def test_reports_of_the_dmp_that_are_not_here_yet_can_be_brought(desk, make, patient):
    receive(desk, make, patient, 7.9, unique_id="2.25.1", set_id="2.25.1")
    dmp = FakeDmp(entry_of("2.25.1"), entry_of("2.25.2"), entry_of("2.25.3", "11488-4"))
    biology = Biology(desk.store.unit, desk.clock, dmp)

    view = biology.view(patient.patient_id)
    biology.bring(patient.patient_id, view.absent)

    assert dmp.fetched == ["2.25.2"]
    assert view.documents == 1
    ((title, codes),) = view.follow_ups
    assert title == "Protocole diabète" and "4548-4" in codes


def test_a_label_without_end_is_cut_to_what_a_table_can_show(desk, make, patient):
    receive(desk, make, patient, 7.9, label="x" * 1_000_000)

    (one,) = Biology(desk.store.unit, desk.clock, FakeDmp()).view(patient.patient_id).analyses

    assert len(one.full_label) == 200


def test_a_result_that_only_has_its_code_is_named_by_the_loinc_that_was_loaded(
    desk, make, patient, tmp_path
):
    receive(desk, make, patient, 7.9, label="4548-4")
    biology = Biology(desk.store.unit, desk.clock, FakeDmp())
    (before,) = biology.view(patient.patient_id).analyses
    assert before.label == "4548-4"

    table = tmp_path / "Loinc.csv"
    table.write_text(
        "LOINC_NUM,LONG_COMMON_NAME,STATUS,SHORTNAME\n4548-4,Hémoglobine A1c,ACTIVE,Glyquée\n"
    )
    Nomenclatures(desk.store.unit, desk.clock).bring(Nomenclature.LOINC, [table])

    (after,) = biology.view(patient.patient_id).analyses
    assert after.label == "Hémoglobine A1c"
    # What the table calls it besides finds it too (desktop/test_biology.py).
    assert "Glyquée" in biology.view(patient.patient_id).also_called["4548-4"]


def bare(desk, make, patient, day, **fields):
    """A report of which nothing can be read as results, as a PDF is."""
    paper = replace(
        make.document().document, patient_id=patient.patient_id, kind=DocumentKind.BIOLOGY,
        origin=Origin.MSSANTE, created_at=day, service_start=None, **fields,
    )  # fmt: skip
    header = DocumentHeader(
        paper.unique_id, paper.set_id, paper.version, REPORT, paper.title, day, DocumentPatient()
    )
    with desk.store.unit() as uow:
        add_received(uow, DocumentContent(paper, b"%PDF"), ReadableDocument(header), always)
        uow.commit()
    return paper


def untabled(desk, patient):
    return Biology(desk.store.unit, desk.clock, FakeDmp()).view(patient.patient_id).untabled


def test_a_report_without_results_is_told_where_it_is_newer_than_the_last_column(
    desk, make, patient
):
    receive(desk, make, patient, 7.9, unique_id="2.25.1", set_id="2.25.1")
    bare(desk, make, patient, dt.datetime(2026, 8, 1, 8, tzinfo=dt.UTC), unique_id="2.25.2",
         set_id="2.25.2")  # fmt: skip
    newer = bare(desk, make, patient, dt.datetime(2026, 10, 1, 8, tzinfo=dt.UTC),
                 unique_id="2.25.3", set_id="2.25.3")  # fmt: skip

    assert [(one.document_id, one.day) for one in untabled(desk, patient)] == [
        (newer.document_id, dt.date(2026, 10, 1))
    ]


def test_a_report_replaced_by_one_without_results_is_told(desk, make, patient):
    receive(desk, make, patient, 7.9, unique_id="2.25.7.1", set_id="2.25.7")
    bare(desk, make, patient, dt.datetime(2026, 8, 1, 8, tzinfo=dt.UTC), unique_id="2.25.7.2",
         set_id="2.25.7", version=2)  # fmt: skip

    assert values(desk, patient) == []
    (one,) = untabled(desk, patient)
    assert one.replaced is not None


def test_a_date_to_come_is_neither_the_last_value_nor_the_last_report(desk, make, patient):
    receive(desk, make, patient, 7.9, unique_id="2.25.1", set_id="2.25.1")
    receive(desk, make, patient, 12.9, unique_id="2.25.2", set_id="2.25.2",
            at=dt.datetime(2062, 9, 2, 8, tzinfo=dt.UTC))  # fmt: skip
    newer = bare(desk, make, patient, dt.datetime(2026, 10, 1, 8, tzinfo=dt.UTC),
                 unique_id="2.25.3", set_id="2.25.3")  # fmt: skip

    view = Biology(desk.store.unit, desk.clock, FakeDmp()).view(patient.patient_id)
    (one,) = view.analyses
    assert [point.value for point in one.drawn] == [7.9]
    assert [report.ahead for report in view.reports] == [False, True]
    assert [gone.document_id for gone in view.untabled] == [newer.document_id]


def test_two_reports_of_one_moment_stand_in_the_order_they_came(desk, make, patient):
    days = [dt.datetime(2026, 9, day, tzinfo=dt.UTC) for day in (3, 4)]
    for number, (document_id, day) in enumerate(zip("za", days, strict=True)):
        receive(
            desk, make, patient, 7.9 - number, unique_id=f"2.25.{number}", set_id=f"2.25.{number}",
            document_id=document_id, created_at=day,
        )  # fmt: skip

    view = Biology(desk.store.unit, desk.clock, FakeDmp()).view(patient.patient_id)
    assert [one.document_id for one in view.reports] == ["a", "z"]


def test_what_a_result_says_comes_back_from_the_store(desk, make, patient):
    paper = receive(desk, make, patient, 7.9)
    told = replace(
        hba1c(7.9, dt.datetime(2026, 9, 2, 8, 5, tzinfo=dt.UTC)), timed=True, isolate_id="1.2^3",
        reference=ReferenceRange(4, 6, high_open=True), comment="Sérum hémolysé",
    )  # fmt: skip
    with desk.store.unit() as uow:
        uow.results.add(patient.patient_id, paper.document_id, [told])
        uow.commit()
        found = [one for _, one in uow.results.of_patient(patient.patient_id)]

    assert told in found


def statements_of(act):
    seen = []

    def count(*given):
        seen.append(given[2])

    event.listen(Engine, "before_cursor_execute", count)
    try:
        act()
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return len(seen)


def test_more_reports_ask_the_store_no_more(desk, make, patient):
    """One statement for all results and one for all documents, however many."""
    counts = []
    for number in range(1, 9):
        receive(desk, make, patient, 5.0 + number, unique_id=f"2.25.{number}",
                set_id=f"2.25.{number}")  # fmt: skip
        counts.append(statements_of(lambda: values(desk, patient)))

    assert len(set(counts)) == 1

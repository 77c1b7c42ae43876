"""TD2.1 to TD3.3 against the severe DMP: feed, find, fetch, and every action on a document."""

import datetime as dt

import pytest

from lgc.domain.deliveries import Receipt, Refused
from lgc.domain.dmp import (
    AccessContext,
    DmpSearch,
    DocumentAction,
    EntryStatus,
    Period,
    PurposeOfUse,
)
from lgc.domain.documents import Confidentiality, DocumentReference
from lgc.domain.professionals import Coded
from lgc.errors import UserFacingError
from lgc_sandbox.card import OTHER_DOCTOR, SECRETARY

GLASS = AccessContext(PurposeOfUse.BREAK_GLASS)
EVERYTHING = DmpSearch(statuses=(EntryStatus.APPROVED, EntryStatus.ARCHIVED))
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def deposited(dmp, enrolled, submission):
    """``deposited(confidentiality)``: a document of mine in the DMP, as TD3.1 gives it."""

    def deposit(confidentiality=Confidentiality.VISIBLE, value="VALIDE", mt=False):
        ins = enrolled(value, mt=mt)
        sent = submission(confidentiality=confidentiality)
        outcome = dmp.submit(sent)
        assert isinstance(outcome, Receipt), outcome
        found = dmp.find(ins, EVERYTHING)
        return next(one for one in found if one.unique_id == sent.document.unique_id)

    return deposit


def present(dmp, ins, unique_id, search=EVERYTHING):
    return next((one for one in dmp.find(ins, search) if one.unique_id == unique_id), None)


def test_several_documents_travel_in_one_signed_set(france, dmp, enrolled, submission, enclose):
    ins = enrolled()
    others = (enclose(), enclose(Confidentiality.INVISIBLE_TO_PATIENT))

    sent = submission(others=others)
    outcome = dmp.submit(sent)

    assert isinstance(outcome, Receipt), outcome
    assert len(outcome.lines) == 3
    found = {one.unique_id: one for one in dmp.find(ins, DmpSearch())}
    assert set(found) == {one.document.unique_id for one in (sent, *others)}
    assert found[others[1].document.unique_id].invisible_to_patient
    content, problems = dmp.fetch_several(ins, [one.reference for one in found.values()])
    assert problems == ()
    assert content[others[0].document.unique_id] == others[0].content


def test_a_missing_document_leaves_the_others(dmp, deposited, ins):
    entry = deposited()
    lost = DocumentReference(entry.repository_unique_id, "1.2.3.4.5")

    content, problems = dmp.fetch_several(ins, [entry.reference, lost])

    assert set(content) == {entry.unique_id}
    assert [one.sentence for one in problems] == ["Ce document n’est plus dans le DMP."]


@pytest.mark.requirement("EX_2.1-1050")
@pytest.mark.parametrize("choice", Confidentiality)
def test_every_choice_of_the_doctor_is_taken_and_read_again(deposited, choice):
    entry = deposited(choice)

    assert set(entry.confidentiality) == {"N", choice.value}


def test_a_secretary_feeds_in_her_own_name_and_reads_nothing(france, enrolled, submission):
    ins = enrolled("")
    secretary = france.client(SECRETARY)
    sent = submission()

    outcome = secretary.submit(sent)

    assert isinstance(outcome, Receipt), outcome
    assert secretary.reference(ins, sent.document.unique_id) is not None
    with pytest.raises(UserFacingError, match="droits"):
        secretary.find(ins, DmpSearch())


def test_a_closed_dmp_is_not_fed(dmp, enrolled, submission):
    enrolled(state="terminated")

    outcome = dmp.submit(submission())

    assert isinstance(outcome, Refused)
    assert outcome.code == "DMPClosed"


@pytest.mark.requirement("EX_3.1-1070")
def test_a_search_by_date_of_sending_goes_through_the_sets(france, enrolled, submission):
    dmp = france.client(dmp_batch=1)
    ins = enrolled()
    sent = [submission(), submission()]
    for one in sent:
        dmp.submit(one)
    hour = dt.timedelta(hours=1)
    now = dt.datetime.now(dt.UTC)

    found = dmp.find(ins, DmpSearch(submitted=Period(now - hour, now + hour)))

    assert {one.unique_id for one in found} == {one.document.unique_id for one in sent}
    assert dmp.find(ins, DmpSearch(submitted=Period(now + hour))) == []
    assert all(one.created_at.utcoffset() == dt.timedelta(0) for one in found)


@pytest.mark.parametrize(
    ("search", "there"),
    [
        (DmpSearch(LONG_AGO, words="synthese"), True),
        (DmpSearch(LONG_AGO, words="medecin5729"), True),
        (DmpSearch(LONG_AGO, words="synthese radio"), False),
        (DmpSearch(LONG_AGO, authors=("899700057294%",)), True),
        (DmpSearch(LONG_AGO, authors=("899700059786%",)), False),
        (DmpSearch(LONG_AGO, type_codes=(Coded("SYNTH", "1.2.250.1.213.1.1.4.12"),)), True),
        (DmpSearch(LONG_AGO, class_codes=(Coded("10", "1.2.250.1.213.1.1.4.1"),)), False),
        (DmpSearch(LONG_AGO, facilities=(Coded("SA07", "1.2.250.1.71.4.2.4"),)), True),
        (DmpSearch(created=Period(LONG_AGO)), True),
        (DmpSearch(created=Period(None, LONG_AGO)), False),
    ],
)
def test_every_criterion_is_understood(dmp, deposited, ins, search, there):
    entry = deposited()

    assert (present(dmp, ins, entry.unique_id, search) is not None) is there


@pytest.mark.requirement("EX_3.1-1030", "EX_3.1-1080")
def test_a_document_goes_to_the_archives_and_back(dmp, deposited, change, ins):
    entry = deposited()

    dmp.act(DocumentAction.ARCHIVE, change(entry.unique_id))
    assert present(dmp, ins, entry.unique_id, DmpSearch(LONG_AGO)) is None
    archived = present(dmp, ins, entry.unique_id)
    assert archived.archived

    dmp.act(DocumentAction.UNARCHIVE, change(entry.unique_id))
    assert present(dmp, ins, entry.unique_id).status is EntryStatus.APPROVED


@pytest.mark.requirement("REC_3.3-1010")
def test_a_deleted_document_is_gone(dmp, deposited, change, ins):
    entry = deposited()

    dmp.act(DocumentAction.DELETE, change(entry.unique_id))

    assert present(dmp, ins, entry.unique_id) is None
    with pytest.raises(UserFacingError, match="plus dans le DMP"):
        dmp.fetch(ins, entry.reference)


def test_deleting_needs_no_right_to_read(france, dmp, deposited, change, ins):
    entry = deposited()
    france.registry.authorise(
        ins.ins.matricule, "899700057294", "", mt=False, now=dt.datetime.now(dt.UTC)
    )

    dmp.act(DocumentAction.DELETE, change(entry.unique_id))

    assert france.registry.by_unique_id(entry.unique_id).status == EntryStatus.DELETED


def test_masking_makes_a_new_version_under_another_uuid(dmp, deposited, change, ins):
    entry = deposited()

    dmp.act(DocumentAction.MASK, change(entry.unique_id))
    masked = present(dmp, ins, entry.unique_id)
    dmp.act(DocumentAction.UNMASK, change(entry.unique_id))
    shown = present(dmp, ins, entry.unique_id)

    assert (masked.masked, shown.masked) == (True, False)
    assert len({entry.entry_uuid, masked.entry_uuid, shown.entry_uuid}) == 3
    assert {entry.logical_id, masked.logical_id, shown.logical_id} == {entry.logical_id}
    assert [one.version for one in (entry, masked, shown)] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("hidden", "action"),
    [
        (Confidentiality.INVISIBLE_TO_PATIENT, DocumentAction.SHOW_TO_PATIENT),
        (Confidentiality.INVISIBLE_TO_GUARDIANS, DocumentAction.SHOW_TO_GUARDIANS),
    ],
)
def test_an_invisible_document_is_shown_once_announced(dmp, deposited, change, ins, hidden, action):
    entry = deposited(hidden)

    dmp.act(action, change(entry.unique_id))

    assert set(present(dmp, ins, entry.unique_id).confidentiality) == {"N"}


def test_the_same_change_is_not_taken_twice(dmp, deposited, change):
    asked = change(deposited().unique_id)
    dmp.act(DocumentAction.MASK, asked)

    with pytest.raises(UserFacingError, match="connaît déjà"):
        dmp.act(DocumentAction.UNMASK, asked)


@pytest.mark.parametrize(
    "action", [DocumentAction.DELETE, DocumentAction.ARCHIVE, DocumentAction.UNMASK]
)
def test_a_colleague_may_not_touch_my_document(
    france, deposited, change, enrolled, author_of, action
):
    masked = Confidentiality.MASKED_TO_PROFESSIONALS
    entry = deposited(masked if action is DocumentAction.UNMASK else Confidentiality.VISIBLE)
    enrolled("VALIDE", by=OTHER_DOCTOR)
    colleague = france.client(OTHER_DOCTOR)
    from_colleague = author_of(OTHER_DOCTOR)

    with pytest.raises(UserFacingError):
        colleague.act(action, change(entry.unique_id, author=from_colleague))


def test_the_attending_doctor_archives_and_unmasks_a_colleagues_document(
    france, deposited, change, enrolled, author_of, ins
):
    entry = deposited(Confidentiality.MASKED_TO_PROFESSIONALS)
    enrolled("VALIDE", mt=True, by=OTHER_DOCTOR)
    attending = france.client(OTHER_DOCTOR)
    author = author_of(OTHER_DOCTOR)

    attending.act(DocumentAction.UNMASK, change(entry.unique_id, author=author))
    attending.within(GLASS).act(DocumentAction.ARCHIVE, change(entry.unique_id, author=author))

    assert present(attending, ins, entry.unique_id).archived


@pytest.mark.parametrize("opposed", [True, False])
def test_breaking_the_glass_opens_unless_the_patient_refuses(france, dmp, enrolled, ins, opposed):
    enrolled("")
    france.registry.wish(ins.ins.matricule, "OPPOSITION_BRIS_DE_GLACE", opposed)
    urgent = dmp.within(GLASS)

    if opposed:
        with pytest.raises(UserFacingError, match="droits"):
            urgent.find(ins, DmpSearch())
    else:
        assert urgent.find(ins, DmpSearch()) == []


def test_a_refusal_leaves_its_reason_in_the_journal(france, dmp, enrolled, ins):
    enrolled("")

    with pytest.raises(UserFacingError):
        dmp.find(ins, DmpSearch())

    assert france.last["verdict"] == "refusé"
    assert "autorisation" in france.last["reason"]


@pytest.mark.requirement("EX_3.1-2030")
def test_nothing_is_searched_by_itself_after_a_document_was_put(france, dmp, enrolled, submission):
    enrolled()
    before = len(france.registry.journal())

    dmp.submit(submission())

    assert [line["action"] for line in france.registry.journal()[before:]] == ["td2.1"]

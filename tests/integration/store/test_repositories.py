"""What goes in comes out: every repository, on a real encrypted file."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lgc.domain.agenda import Presence, Visit
from lgc.domain.allergies import Agent, Allergy, Kind, Severity
from lgc.domain.biology import Bound, LabResult, ReferenceRange
from lgc.domain.contacts import Contact
from lgc.domain.days import practice_day
from lgc.domain.deliveries import Channel, Delivery, DeliveryState, Receipt
from lgc.domain.documents import Confidentiality, DmpState
from lgc.domain.identity import Ins
from lgc.domain.mailboxes import Known, Place
from lgc.domain.medical_data import (
    Family,
    KnownAbsence,
    MedicalEntry,
    OwnWord,
    PartialDate,
    Posology,
    RiskDenial,
    Standing,
)
from lgc.domain.messages import (
    AssignedBy,
    Candidate,
    Folder,
    Likelihood,
    MailAttachment,
    Message,
    Reason,
)
from lgc.domain.patients import DmpAccess, DmpStatus
from lgc.domain.professionals import Coded
from lgc.domain.receipts import Fate
from lgc.domain.risks import Risk
from lgc.errors import UserFacingError

NOON = dt.datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=dt.UTC)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
QUIET = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def read(store, question):
    with store.unit() as uow:
        return question(uow)


def a_message(**fields):
    made = Message(
        message_id="m1",
        folder=Folder.INBOX,
        rfc_message_id="<1@labo.example>",
        sender_name="Laboratoire",
        sender_address="labo@labo.example",
        recipients=("paul@medecin.example",),
        subject="Résultats",
        raw_subject="XDM/1.0/DDM+Résultats",
        sent_at=NOON,
        text="Bonjour, voici les résultats.",
    )
    return replace(made, **fields)


def a_delivery(document, patient, **fields):
    made = Delivery("d1", "s1", document, patient, Channel.DMP, DeliveryState.WAITING, "{}", NOON)
    return replace(made, **fields)


@pytest.fixture
def henri(make, saved):
    patient = make.patient()
    saved(lambda uow: uow.patients.add(patient))
    return patient


@pytest.fixture
def report(make, saved, henri):
    content = make.document(b"%PDF", b"copy", patient_id=henri.patient_id)
    saved(lambda uow: uow.documents.add(content, "glycémie à jeun"))
    return content


# --- patients ---------------------------------------------------------------------------------


def test_a_patient_comes_back_whole(store, saved, make):
    patient = make.patient(
        used_name="DUPONT",
        former_ins=(make.ins(), make.ins()),
        doubtful=True,
        important="Allergie",
        protocols=("diabetes", "hta"),
        dmp=DmpStatus(DmpAccess.TO_AUTHORISE, True, NOON),
    )
    saved(lambda uow: uow.patients.add(patient))

    assert read(store, lambda uow: uow.patients.get(patient.patient_id)) == patient


def test_changing_a_patient_changes_what_finds_them(store, saved, make, henri):
    changed = replace(
        henri,
        identity=replace(henri.identity, used_name="LEGRAND", former_ins=(make.ins(),), ins=None),
        telephone="06",
    )
    saved(lambda uow: uow.patients.update(changed))

    assert read(store, lambda uow: uow.patients.get(henri.patient_id)) == changed
    assert read(store, lambda uow: uow.patients.find("legrand")) == [changed]
    shorter = replace(changed, identity=replace(changed.identity, former_ins=(make.ins(),)))
    saved(lambda uow: uow.patients.update(shorter))
    assert read(store, lambda uow: uow.patients.get(henri.patient_id)) == shorter


def test_several_patients_are_asked_at_once(store, saved, make, henri):
    other = make.patient()
    saved(lambda uow: uow.patients.add(other))
    asked = [other.patient_id, "nobody", henri.patient_id]

    found = read(store, lambda uow: uow.patients.many(asked))

    assert list(found.items()) == [(other.patient_id, other), (henri.patient_id, henri)]
    assert read(store, lambda uow: uow.patients.many([])) == {}
    assert read(store, lambda uow: uow.patients.count()) == 2


def test_whose_ins_it_is_comes_before_whose_it_was(store, saved, make):
    ins = make.ins()
    before = make.patient(former_ins=(ins,))
    now = make.patient(ins=ins)
    saved(lambda uow: [uow.patients.add(p) for p in (before, now)])

    assert read(store, lambda uow: uow.patients.with_ins(ins)) == [now, before]
    other_authority = Ins(ins.matricule, "1.2.3")
    assert read(store, lambda uow: uow.patients.with_ins(other_authority)) == []


def test_the_dmp_status_is_remembered_alone(store, saved, henri):
    status = DmpStatus(DmpAccess.AUTHORISED, True, NOON)
    saved(lambda uow: uow.patients.set_dmp(henri.patient_id, status))

    assert read(store, lambda uow: uow.patients.get(henri.patient_id)) == replace(henri, dmp=status)


def test_an_unknown_patient_is_a_mistake_of_ours(store):
    with pytest.raises(KeyError):
        read(store, lambda uow: uow.patients.get("nobody"))


# --- the structured record --------------------------------------------------------------------

PARTIAL = st.sampled_from([None, PartialDate(2014), PartialDate(2014, 7), PartialDate(2014, 7, 8)])
NUMBER = st.none() | st.floats(allow_nan=False, allow_infinity=False, width=32)
ENTRIES = st.builds(
    MedicalEntry,
    entry_id=st.uuids().map(str),
    family=st.sampled_from(Family),
    label=TEXT,
    code=st.none() | st.builds(Coded, TEXT, TEXT, TEXT),
    start=PARTIAL,
    end=PARTIAL,
    active=st.booleans(),
    note=TEXT,
    kinship=TEXT,
    age_at_onset=st.none() | st.integers(0, 120),
    value=NUMBER,
    unit=TEXT,
    posology=st.none() | st.builds(Posology, TEXT, st.booleans()),
    reaction=TEXT,
    allergy=st.builds(Allergy, *map(st.sampled_from, (Kind, Agent, Severity))),
    recorded_at=st.none() | st.datetimes(timezones=st.just(dt.UTC)),
    source=TEXT,
    risk=st.sampled_from(Risk),
    together=TEXT,
)


@QUIET
@given(entry=ENTRIES, changed=ENTRIES)
def test_an_entry_comes_back_whole_and_may_be_changed_and_removed(
    store, saved, henri, clock, entry, changed
):
    today = practice_day(clock.now())
    changed = replace(changed, entry_id=entry.entry_id)

    def entries():
        return read(store, lambda uow: uow.medical.of_patient(henri.patient_id)).entries

    saved(lambda uow: uow.medical.add(henri.patient_id, entry))
    assert entries() == (entry.settled(today),)

    saved(lambda uow: uow.medical.update(changed))
    assert entries() == (changed.settled(today),)

    saved(lambda uow: uow.medical.remove(entry.entry_id))
    assert read(store, lambda uow: uow.medical.of_patient(henri.patient_id)).entries == ()


def test_what_was_to_end_is_read_as_ended_from_the_day_after(store, saved, make, henri, clock):
    today = practice_day(clock.now())
    end = PartialDate(today.year, today.month, today.day)
    line = make.entry(family=Family.RISK_FACTOR, risk=Risk.TOBACCO, label="Tabac", end=end)
    saved(lambda uow: uow.medical.add(henri.patient_id, line))

    def active():
        record = read(store, lambda uow: uow.medical.of_patient(henri.patient_id))
        return [entry.active for entry in record.entries]

    assert active() == [True]
    with pytest.raises(UserFacingError):
        saved(lambda uow: uow.medical.deny(henri.patient_id, RiskDenial(Risk.TOBACCO, NOON, "A")))

    clock.advance(days=1)
    assert active() == [False]
    saved(lambda uow: uow.medical.deny(henri.patient_id, RiskDenial(Risk.TOBACCO, NOON, "A")))


def test_entries_keep_the_order_of_their_entry(store, saved, make, henri):
    entries = [make.entry(label=str(i)) for i in range(4)]
    for entry in entries:
        saved(lambda uow, entry=entry: uow.medical.add(henri.patient_id, entry))

    assert list(read(store, lambda uow: uow.medical.of_patient(henri.patient_id)).entries) == (
        entries
    )


def test_a_known_absence_is_stated_again_and_withdrawn(store, saved, henri):
    first = KnownAbsence(Family.ALLERGY, NOON, "Dr A")
    again = KnownAbsence(Family.ALLERGY, NOON + dt.timedelta(days=1), "Dr B")
    for absence in (first, again):
        saved(lambda uow, a=absence: uow.medical.state_absence(henri.patient_id, a))
    record = read(store, lambda uow: uow.medical.of_patient(henri.patient_id))
    assert record.absences == (again,)

    saved(lambda uow: uow.medical.withdraw_absence(henri.patient_id, again))

    assert read(store, lambda uow: uow.medical.of_patient(henri.patient_id)).absences == ()


def test_a_denied_risk_and_its_active_line_never_stand_together(store, saved, make, henri):
    denied = RiskDenial(Risk.TOBACCO, NOON, "Dr A", "899700057294")
    alcohol = replace(denied, risk=Risk.ALCOHOL)
    smokes = make.entry(family=Family.RISK_FACTOR, risk=Risk.TOBACCO, label="Tabac")

    def record():
        return read(store, lambda uow: uow.medical.of_patient(henri.patient_id))

    for denial in (alcohol, denied):
        saved(lambda uow, d=denial: uow.medical.deny(henri.patient_id, d))
    assert record().denials == (denied, alcohol)

    saved(lambda uow: uow.medical.add(henri.patient_id, smokes))
    assert record().denials == (alcohol,)
    with pytest.raises(UserFacingError):
        saved(lambda uow: uow.medical.deny(henri.patient_id, denied))

    saved(lambda uow: uow.medical.update(replace(smokes, active=False)))
    saved(lambda uow: uow.medical.deny(henri.patient_id, denied))
    assert record().denial_of(Risk.TOBACCO) == denied
    saved(lambda uow: uow.medical.update(smokes))
    assert record().denial_of(Risk.TOBACCO) is None
    saved(lambda uow: uow.medical.withdraw_denial(henri.patient_id, Risk.ALCOHOL))
    assert record().denials == ()


def test_an_entry_ends_the_absence_that_it_contradicts(store, saved, make, henri):
    absence = KnownAbsence(Family.ALLERGY, NOON, "Dr A")
    saved(lambda uow: uow.medical.state_absence(henri.patient_id, absence))

    with store.unit() as uow:
        ended = uow.medical.add(henri.patient_id, make.entry(family=Family.ALLERGY))
        uow.commit()

    assert ended == absence
    assert read(store, lambda uow: uow.medical.of_patient(henri.patient_id)).absences == ()
    with pytest.raises(UserFacingError):
        saved(lambda uow: uow.medical.state_absence(henri.patient_id, absence))


def test_what_is_over_stands_beside_an_absence_of_today(store, saved, make, henri):
    over = make.entry(family=Family.LONG_TERM_TREATMENT, active=False)
    absence = KnownAbsence(Family.LONG_TERM_TREATMENT, NOON, "Dr A")
    saved(lambda uow: uow.medical.add(henri.patient_id, over))
    saved(lambda uow: uow.medical.state_absence(henri.patient_id, absence))
    record = read(store, lambda uow: uow.medical.of_patient(henri.patient_id))
    assert record.absence_of(Family.LONG_TERM_TREATMENT) == absence

    saved(lambda uow: uow.medical.update(replace(over, active=True)))

    assert read(store, lambda uow: uow.medical.of_patient(henri.patient_id)).absences == ()


# --- agenda -----------------------------------------------------------------------------------


def test_the_visits_of_a_day_come_in_order(store, saved, henri, clock):
    nine = clock.now()
    visits = [
        Visit(f"v{i}", henri.patient_id, nine + dt.timedelta(minutes=15 * i), 15, "consultation")
        for i in (2, 0, 1)
    ]
    saved(lambda uow: [uow.agenda.add(visit) for visit in visits])
    stop = nine + dt.timedelta(minutes=30)

    found = read(store, lambda uow: uow.agenda.between(nine, stop))

    assert [visit.visit_id for visit in found] == ["v0", "v1"]
    arrived = replace(visits[0], presence=Presence.ARRIVED, since=nine)
    saved(lambda uow: uow.agenda.update(arrived))
    assert read(store, lambda uow: uow.agenda.get("v2")) == arrived


# --- documents --------------------------------------------------------------------------------


def test_a_document_comes_back_with_its_bytes(store, report, henri):
    key = report.document.document_id

    assert read(store, lambda uow: uow.documents.get(key)) == report.document
    assert read(store, lambda uow: uow.documents.content(key)) == report
    assert read(store, lambda uow: uow.documents.of_patient(henri.patient_id)) == [report.document]
    assert read(store, lambda uow: uow.documents.with_unique_id(report.document.unique_id)) == [
        report.document
    ]


def test_a_document_has_one_name_for_its_media_type(store, saved, report):
    other = replace(report.document, document_id="rtf", mime_type="application/rtf")
    saved(lambda uow: uow.documents.add(replace(report, document=other)))

    assert read(store, lambda uow: uow.documents.get("rtf")).mime_type == "text/rtf"


def test_documents_come_newest_first(store, saved, make, henri):
    days = [3, 1, 2]
    contents = [
        make.document(
            patient_id=henri.patient_id, created_at=NOON - dt.timedelta(days=d), unread=d != 2
        )
        for d in days
    ]
    saved(lambda uow: [uow.documents.add(content) for content in contents])

    found = read(store, lambda uow: uow.documents.of_patient(henri.patient_id))
    unread = read(store, lambda uow: uow.documents.unread_of([henri.patient_id, "nobody"]))

    assert [(NOON - d.created_at).days for d in found] == [1, 2, 3]
    assert [(NOON - d.created_at).days for d in unread] == [1, 3]


def test_what_may_change_of_a_document_changes(store, saved, report):
    key = report.document.document_id

    def change(uow):
        uow.documents.assign(key, None)
        uow.documents.mark_read(key, read=False)
        uow.documents.set_dmp_state(key, DmpState.INVISIBLE, Confidentiality.INVISIBLE_TO_PATIENT)
        uow.documents.set_replaced(key, "document-2")

    saved(change)

    assert read(store, lambda uow: uow.documents.get(key)) == replace(
        report.document,
        patient_id=None,
        unread=True,
        dmp_state=DmpState.INVISIBLE,
        confidentiality=Confidentiality.INVISIBLE_TO_PATIENT,
        replaced_by="document-2",
    )


def test_undoing_a_filing_removes_the_document_and_its_words(store, saved, report):
    key = report.document.document_id
    assert read(store, lambda uow: uow.documents.find("glycemie")) == [report.document]

    saved(lambda uow: uow.documents.remove(key))

    assert read(store, lambda uow: uow.documents.find("glycemie")) == []
    with pytest.raises(KeyError):
        read(store, lambda uow: uow.documents.content(key))


def test_a_document_that_is_on_its_way_cannot_be_removed(store, saved, report, henri):
    key = report.document.document_id
    saved(lambda uow: uow.deliveries.add(a_delivery(key, henri.patient_id)))

    with pytest.raises(UserFacingError, match="refusé"):
        saved(lambda uow: uow.documents.remove(key))

    assert read(store, lambda uow: uow.documents.content(key)) == report


# --- results ----------------------------------------------------------------------------------

RESULTS = st.builds(
    LabResult,
    code=st.none() | st.builds(Coded, TEXT, TEXT, TEXT),
    label=TEXT,
    taken_at=st.datetimes(timezones=st.just(dt.UTC)),
    value=NUMBER,
    bound=st.sampled_from(Bound),
    unit=TEXT,
    text=TEXT,
    reference=st.none() | st.builds(ReferenceRange, NUMBER, NUMBER),
    interpretation=st.sampled_from(["", "N", "HH"]),
    chapter=TEXT,
    battery=TEXT,
    specimen=TEXT,
    laboratory=TEXT,
    isolate=TEXT,
    analysed_at=st.none() | st.datetimes(timezones=st.just(dt.UTC)),
    previous=st.booleans(),
)


@QUIET
@given(results=st.lists(RESULTS, max_size=3))
def test_results_come_back_oldest_first(store, saved, report, henri, results):
    key = report.document.document_id
    saved(lambda uow: uow.results.add(henri.patient_id, key, results))

    found = read(store, lambda uow: uow.results.of_patient(henri.patient_id))
    saved(lambda uow: uow.results.remove_of(key))

    assert found == [(key, r) for r in sorted(results, key=lambda r: r.taken_at)]
    assert read(store, lambda uow: uow.results.of_patient(henri.patient_id)) == []


def test_results_of_a_replaced_report_are_left_out(store, saved, report, henri):
    key = report.document.document_id
    result = LabResult(None, "Glycémie", NOON, 1.1)
    saved(lambda uow: uow.results.add(henri.patient_id, key, [result]))
    saved(lambda uow: uow.results.add(henri.patient_id, key, [result]))
    assert len(read(store, lambda uow: uow.results.of_patient(henri.patient_id))) == 2

    saved(lambda uow: uow.documents.set_replaced(key, "document-2"))

    assert read(store, lambda uow: uow.results.of_patient(henri.patient_id)) == []


# --- messages ---------------------------------------------------------------------------------


def test_a_message_comes_back_whole_with_its_bytes(store, saved, henri):
    message = a_message(
        attachments=(
            MailAttachment("a1", "b.zip", "application/zip", 3),
            MailAttachment("a2", "a.pdf", "application/pdf", 4),
        ),
        candidates=(
            Candidate(
                henri.patient_id,
                Likelihood.PROBABLE,
                (Reason("même nom"), Reason("autre date", speaks_for=False)),
                7,
            ),
        ),
        faults=("sans archive",),
    )
    saved(lambda uow: uow.messages.add(message, b"raw", {"a1": b"zip", "a2": b"%PDF"}))

    assert read(store, lambda uow: uow.messages.get("m1")) == message
    assert read(store, lambda uow: uow.messages.raw("m1")) == b"raw"
    assert read(store, lambda uow: uow.messages.attachment("a2")) == b"%PDF"
    assert read(store, lambda uow: uow.messages.with_rfc_id("<1@labo.example>")) == message
    assert read(store, lambda uow: uow.messages.with_rfc_id("<2@labo.example>")) is None


def test_a_message_is_assigned_read_filed_moved_and_found(store, saved, henri, report):
    message = a_message(attachments=(MailAttachment("a1", "x.pdf", "application/pdf", 3),))
    candidates = (Candidate(henri.patient_id, Likelihood.POSSIBLE, (), 1),)
    saved(lambda uow: uow.messages.add(message, b"raw", {"a1": b"pdf"}))
    assert read(store, lambda uow: uow.messages.unassigned()) == [message]

    def treat(uow):
        uow.messages.assign("m1", None, AssignedBy.NOBODY, "", candidates * 1)
        uow.messages.assign("m1", henri.patient_id, AssignedBy.DOCTOR, "choisi", candidates)
        uow.messages.file_attachment("a1", report.document.document_id)
        assert uow.messages.unread_of([henri.patient_id])
        uow.messages.mark_read("m1")

    saved(treat)
    seen = read(store, lambda uow: uow.messages.get("m1"))

    assert (seen.patient_id, seen.assigned_by, seen.assigned_why, seen.unread) == (
        henri.patient_id, AssignedBy.DOCTOR, "choisi", False,
    )  # fmt: skip
    assert seen.candidates == candidates
    assert seen.attachments[0].document_id == report.document.document_id
    assert read(store, lambda uow: uow.messages.unassigned()) == []
    assert read(store, lambda uow: uow.messages.unread_of([henri.patient_id])) == []
    assert read(store, lambda uow: uow.messages.of_patient(henri.patient_id)) == [seen]
    assert read(store, lambda uow: uow.messages.find("resultat")) == [seen]
    saved(lambda uow: uow.messages.move("m1", Folder.DELETED))
    assert read(store, lambda uow: uow.messages.in_folder(Folder.INBOX)) == []
    assert len(read(store, lambda uow: uow.messages.in_folder(Folder.DELETED))) == 1
    assert read(store, lambda uow: uow.messages.of_patient(henri.patient_id)) == []


def test_a_folder_shows_the_newest_message_first(store, saved):
    for i in (1, 3, 2):
        message = a_message(message_id=f"m{i}", sent_at=NOON + dt.timedelta(hours=i))
        saved(lambda uow, message=message: uow.messages.add(message, b"", {}))

    found = read(store, lambda uow: uow.messages.in_folder(Folder.INBOX))

    assert [message.message_id for message in found] == ["m3", "m2", "m1"]


def test_a_mailbox_is_resumed_where_it_was_left(store, saved):
    assert read(store, lambda uow: uow.mailboxes.known("INBOX")) == Known()
    for validity, following in ((4_000_000_000, 12), (4_000_000_000, 15), (4_000_000_000, 3)):
        saved(lambda uow, v=validity, n=following: uow.mailboxes.read_to("INBOX", v, n))

    known = read(store, lambda uow: uow.mailboxes.known("INBOX"))
    assert (known.uid_validity, known.uid_next) == (4_000_000_000, 15)


def test_another_numbering_forgets_the_places_of_its_folder_only(store, saved):
    for mailbox in ("INBOX", "Archives"):
        saved(lambda uow, at=mailbox: uow.mailboxes.read_to(at, 1, 9))
        saved(lambda uow, at=mailbox: uow.mailboxes.put(Place(at, 8, None, True)))

    saved(lambda uow: uow.mailboxes.read_to("INBOX", 2, 1))

    assert read(store, lambda uow: uow.mailboxes.known("INBOX")) == Known(2, 1)
    assert read(store, lambda uow: uow.mailboxes.known("Archives")).seen == {8: True}


def test_a_message_with_half_characters_is_kept_all_the_same(store, saved):
    message = a_message(
        subject="caf\udce9 \x00 \U0001f600",
        text="\ud83d",
        sender_name="\udcff",
        recipients=("\ud800@x",),
    )
    saved(lambda uow: uow.messages.add(message, b"raw", {}))

    kept = read(store, lambda uow: uow.messages.get("m1"))

    assert (kept.subject, kept.text) == ("caf\ufffd \x00 \U0001f600", "\ufffd")
    assert (kept.sender_name, kept.recipients) == ("\ufffd", ("\ufffd@x",))
    assert read(store, lambda uow: uow.messages.find("caf\udce9")) == [kept]
    assert read(store, lambda uow: uow.messages.find("caf")) == [kept]


# --- deliveries -------------------------------------------------------------------------------


def test_a_delivery_comes_back_whole_at_every_step(store, saved, report, henri):
    delivery = a_delivery(report.document.document_id, henri.patient_id, payload='{"é": 1}')
    saved(lambda uow: uow.deliveries.add(delivery))
    assert read(store, lambda uow: uow.deliveries.get("d1")) == delivery

    waits = replace(delivery, attempts=1, attempt_at=NOON, steps=((NOON, "a"),))
    saved(lambda uow: uow.deliveries.save(waits))
    sending = replace(waits, state=DeliveryState.SENDING, owner="run")
    assert saved(lambda uow: uow.deliveries.lease("d1", "run", NOON)) == sending
    assert read(store, lambda uow: uow.deliveries.in_flight()) == [sending]

    delivered = replace(
        sending,
        state=DeliveryState.DELIVERED,
        receipt=Receipt("r", NOON, ("reçu",)),
        steps=((NOON, "a"), (NOON, "b")),
        sent_at=NOON,
        settle_until=NOON,
        asked_at=NOON,
        fates=(("robert@x.example", Fate.READ),),
    )
    saved(lambda uow: uow.deliveries.save(delivered))
    assert read(store, lambda uow: uow.deliveries.get("d1")) == delivered
    assert read(store, lambda uow: uow.deliveries.in_flight()) == []
    assert read(store, lambda uow: uow.deliveries.of_document(report.document.document_id)) == [
        delivered
    ]


def test_the_outbox_gets_the_oldest_row_whose_time_has_come(store, saved, report, henri):
    key, later = report.document.document_id, NOON + dt.timedelta(minutes=5)
    rows = {
        "late": {"attempt_at": later},
        "due": {"created_at": NOON + dt.timedelta(seconds=2), "attempt_at": NOON},
        "unsure": {"created_at": NOON + dt.timedelta(seconds=1), "state": DeliveryState.UNCERTAIN},
        "mail": {"channel": Channel.MSSANTE},
        "done": {"state": DeliveryState.DELIVERED},
    }
    for name, fields in rows.items():
        made = a_delivery(key, henri.patient_id, delivery_id=name, **fields)
        saved(lambda uow, made=made: uow.deliveries.add(made))

    def due(channel, at):
        found = read(store, lambda uow: uow.deliveries.due(channel, at))
        return found and found.delivery_id

    assert due(Channel.DMP, NOON) == "unsure"
    assert due(Channel.DMP, later) == "late"
    assert due(Channel.MSSANTE, NOON) == "mail"
    newest = read(store, lambda uow: uow.deliveries.recent(2))
    assert [d.delivery_id for d in newest] == ["due", "unsure"]


def test_a_withdrawn_delivery_cannot_be_picked_on_an_old_reading(store, saved, report, henri):
    delivery = a_delivery(report.document.document_id, henri.patient_id)
    saved(lambda uow: uow.deliveries.add(delivery))
    saved(lambda uow: uow.deliveries.save(replace(delivery, state=DeliveryState.WITHDRAWN)))

    with pytest.raises(UserFacingError, match="changer d’état"):
        saved(lambda uow: uow.deliveries.lease("d1", "run", NOON))

    assert read(store, lambda uow: uow.deliveries.get("d1")).state is DeliveryState.WITHDRAWN


@pytest.mark.parametrize("state", [s for s in DeliveryState if s is not DeliveryState.WAITING])
def test_a_lease_is_granted_from_the_stored_state_alone(store, saved, report, henri, state):
    delivery = a_delivery(report.document.document_id, henri.patient_id, state=state)
    saved(lambda uow: uow.deliveries.add(delivery))

    with pytest.raises(UserFacingError, match="changer d’état"):
        saved(lambda uow: uow.deliveries.lease("d1", "run", NOON))

    assert read(store, lambda uow: uow.deliveries.get("d1")) == delivery


def test_two_units_that_read_the_same_row_share_one_lease(store, saved, report, henri):
    saved(lambda uow: uow.deliveries.add(a_delivery(report.document.document_id, henri.patient_id)))

    with store.unit() as late:
        assert late.deliveries.get("d1").state is DeliveryState.WAITING
        saved(lambda uow: uow.deliveries.lease("d1", "first", NOON))
        with pytest.raises(UserFacingError, match="changer d’état"):
            late.deliveries.lease("d1", "second", NOON)

    assert read(store, lambda uow: uow.deliveries.get("d1")).owner == "first"


@pytest.mark.parametrize("stored", [DeliveryState.WAITING, DeliveryState.SENDING])
def test_saving_grants_no_lease(store, saved, report, henri, stored):
    delivery = a_delivery(report.document.document_id, henri.patient_id, state=stored)
    saved(lambda uow: uow.deliveries.add(delivery))

    with pytest.raises(UserFacingError, match="changer d’état"):
        saved(lambda uow: uow.deliveries.save(replace(delivery, state=DeliveryState.SENDING)))


def test_a_lease_waits_for_its_hour(store, saved, report, henri):
    later = NOON + dt.timedelta(minutes=5)
    delivery = a_delivery(report.document.document_id, henri.patient_id, attempt_at=later)
    saved(lambda uow: uow.deliveries.add(delivery))

    with pytest.raises(UserFacingError, match="changer d’état"):
        saved(lambda uow: uow.deliveries.lease("d1", "run", NOON))
    assert saved(lambda uow: uow.deliveries.lease("d1", "run", later)).owner == "run"


def test_what_is_closed_is_asked_about_only_when_ordered(store, saved, report, henri):
    delivery = a_delivery(report.document.document_id, henri.patient_id, state=DeliveryState.CLOSED)
    saved(lambda uow: uow.deliveries.add(delivery))
    assert read(store, lambda uow: uow.deliveries.due(Channel.DMP, NOON)) is None

    saved(lambda uow: uow.deliveries.save(replace(delivery, attempt_at=NOON)))

    assert read(store, lambda uow: uow.deliveries.due(Channel.DMP, NOON)) is not None


def test_a_message_without_document_has_a_delivery_too(store, saved):
    delivery = a_delivery("", "", channel=Channel.MSSANTE)
    saved(lambda uow: uow.deliveries.add(delivery))

    assert read(store, lambda uow: uow.deliveries.get("d1")) == delivery


OPEN_STATES = (DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.UNCERTAIN)


@pytest.mark.parametrize("state", DeliveryState)
@pytest.mark.parametrize("channel", Channel)
def test_a_version_never_overtakes_the_open_sending_of_an_earlier_one(
    store, saved, make, henri, state, channel
):
    first = make.document(patient_id=henri.patient_id)
    second = make.document(patient_id=henri.patient_id, version=3, set_id=first.document.set_id)
    old = a_delivery(
        first.document.document_id, henri.patient_id, channel=channel, state=state,
        attempt_at=NOON + dt.timedelta(minutes=1), delivery_id="old",
    )  # fmt: skip
    new = a_delivery(
        second.document.document_id, henri.patient_id, channel=channel, delivery_id="new"
    )
    saved(
        lambda uow: [
            *map(uow.documents.add, (first, second)),
            *map(uow.deliveries.add, (old, new)),
        ]
    )

    waits = channel is Channel.DMP and state in OPEN_STATES
    due = read(store, lambda uow: uow.deliveries.due(channel, NOON))
    ahead = read(store, lambda uow: uow.deliveries.ahead(["new", "old"]))
    assert due == (None if waits else new)
    assert ahead == ({"new": old} if waits else {})


# --- contacts and notes -----------------------------------------------------------------------


def test_a_contact_is_one_per_address_whatever_the_capitals(store, saved, make):
    old = make.correspondent(city="Lyon")
    new = replace(old, address=old.address.upper(), city="Paris", verified=True)
    saved(lambda uow: uow.contacts.put(Contact(old, "01 99 00 00 01")))
    saved(lambda uow: uow.contacts.put(Contact(new, note="Le jeudi.")))

    assert read(store, lambda uow: uow.contacts.all()) == [Contact(new, note="Le jeudi.")]
    assert read(store, lambda uow: uow.contacts.get(old.address)) == Contact(new, note="Le jeudi.")
    assert read(store, lambda uow: uow.contacts.get("nobody@x")) is None
    assert read(store, lambda uow: uow.contacts.find("paris")) == [new]
    assert read(store, lambda uow: uow.contacts.find("lyon")) == []


def test_writing_to_a_contact_never_undoes_what_the_doctor_noted(store, saved, make):
    ours = Contact(make.correspondent(city="", speciality="Cœur"), "01 99 00 00 01", "Le jeudi.")
    told = replace(ours.correspondent, city="Lyon", speciality="Cardiologie", verified=True)
    saved(lambda uow: uow.contacts.put(ours))
    saved(lambda uow: uow.contacts.remember(told))

    after = read(store, lambda uow: uow.contacts.get(ours.address))
    assert after == replace(ours, correspondent=replace(told, speciality="Cœur"))
    assert read(store, lambda uow: uow.contacts.find("lyon")) == [after.correspondent]


def test_a_removed_contact_is_no_longer_found(store, saved, make):
    one = make.correspondent(city="Lyon")
    saved(lambda uow: uow.contacts.remember(one))
    saved(lambda uow: uow.contacts.remove(one.address))

    assert read(store, lambda uow: uow.contacts.find("lyon")) == []
    with pytest.raises(KeyError):
        saved(lambda uow: uow.contacts.remove(one.address))


def test_a_note_is_replaced(store, saved):
    assert read(store, lambda uow: uow.notes.get("place")) is None
    for value in ("a", "b"):
        saved(lambda uow, value=value: uow.notes.set("place", value))

    assert read(store, lambda uow: uow.notes.get("place")) == "b"


def test_a_naive_time_never_enters(store, henri):
    visit = Visit("v", henri.patient_id, dt.datetime(2026, 1, 1), 15, "x")

    with pytest.raises(Exception, match="aware"), store.unit() as uow:
        uow.agenda.add(visit)
        uow.commit()


@pytest.mark.parametrize("standing", [one for one in Standing if one is not Standing.FACT])
def test_what_was_not_done_is_never_among_the_facts(store, make, standing):
    """A document is made of ``entries``: a refusal there would be a thing done."""
    patient, fact = make.patient(), make.entry(label="Hypertension", typed="hta")
    spoken = make.entry(family=Family.VACCINATION, label="Grippe", standing=standing)
    with store.unit() as uow:
        uow.patients.add(patient)
        for entry in (fact, spoken):
            uow.medical.add(patient.patient_id, entry)
        uow.commit()

    with store.unit() as uow:
        record = uow.medical.of_patient(patient.patient_id)
    assert record.entries == (fact,)
    assert record.intents == (spoken,)
    assert record.of(Family.VACCINATION) == ()


def test_the_last_answer_about_an_own_word_is_the_one_that_counts(store, saved):
    code = Coded("N18.9", "1.2", "Maladie rénale chronique, sans précision")
    first = OwnWord("899700057294", Family.CHRONIC, "irc", code, NOON)
    second = replace(first, code=None)
    for word in (first, second, replace(first, author="another")):
        saved(lambda uow, word=word: uow.own_words.keep(word))

    def found(author, family=Family.CHRONIC):
        return read(store, lambda uow: uow.own_words.find(author, family, "irc"))

    assert found(first.author) == second
    assert found("another").code == code
    assert found(first.author, Family.ALLERGY) is None
    saved(lambda uow: uow.own_words.forget(second))
    assert found(first.author) is None

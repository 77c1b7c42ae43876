"""What a doctor does with a DMP, over a real store: attested, audited, and the day's round."""

import datetime as dt
from dataclasses import replace
from hashlib import sha1
from types import SimpleNamespace

import pytest

from lgc import settings as declared
from lgc.domain.agenda import Visit
from lgc.domain.dmp import (
    ORDINARY,
    AccessContext,
    AuthorisationAction,
    AuthorisedDmp,
    DmpEntry,
    DocumentAction,
    EntryStatus,
    Existence,
    FoundIdentity,
    Guardian,
    PurposeOfUse,
    TraitSearch,
)
from lgc.domain.documents import Confidentiality, DmpState
from lgc.domain.identity import IdentityStatus
from lgc.domain.patients import DmpAccess
from lgc.domain.professionals import Coded
from lgc.errors import UserFacingError
from lgc.jobs.refreshing_dmp import RefreshingDmp
from lgc.services.acting_dmp import ActingDmp
from lgc.services.connection import DeskConnection
from lgc.services.dmp_day import DmpOfTheDay
from lgc.services.events import RecordChanged, ServiceState
from lgc.services.exchanges import DAY, Exchanges
from lgc.services.records import Records
from lgc.services.regulating import Regulating
from lgc.services.searching_dmp import SearchingDmp
from lgc.settings import Settings

THEN = dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC)
DOWN = UserFacingError("Le DMP n’est pas joignable.", may_retry=True)
NO = UserFacingError("Le DMP ne connaît pas ce patient.")


class FakeDmp:
    """A DMP of a few lines: rights by matricule, one list, entries, and what it was asked."""

    def __init__(self):
        self.asked, self.modes = [], []
        self.rights, self.attending, self.listed, self.entries = {}, set(), [], []
        self.error, self.deposits = {}, {}

    def within(self, access):
        self.modes.append(access)
        return self

    def existence(self, ins):
        self.asked.append("td0.2")
        number = ins.ins.matricule
        if number in self.error:
            raise self.error[number]
        access = self.rights.get(number, DmpAccess.NONE)
        return Existence(access, number in self.attending)

    def authorise(self, ins, action, *, attending=False):
        self.asked.append(("td0.3", action, attending))
        added = action is AuthorisationAction.ADD
        if attending and not added:
            self.attending.discard(ins.ins.matricule)
            return
        allowed = DmpAccess.AUTHORISED if added else DmpAccess.TO_AUTHORISE
        self.rights[ins.ins.matricule] = allowed
        if attending:
            self.attending.add(ins.ins.matricule)

    def my_patients(self, since, kind, named=None):
        self.asked.append("td0.4")
        if isinstance(self.listed, Exception):
            raise self.listed
        return tuple(self.listed)

    def terminate(self, patient, words):
        self.asked.append(("td1.4", words))
        self.rights[patient.identity.ins.matricule] = DmpAccess.CLOSED

    def create(self, patient, opening):
        self.asked.append(("td1.1", opening))
        self.rights[patient.identity.ins.matricule] = DmpAccess.AUTHORISED

    def reactivate(self, patient, opening):
        self.asked.append(("td1.2", opening))
        self.rights[patient.identity.ins.matricule] = DmpAccess.TO_AUTHORISE

    def search_identity(self, traits):
        self.asked.append(("td0.5", traits))
        return self.found

    def find(self, ins, search):
        since = search.submitted.start
        if since is None:
            self.asked.append("td3.1")
            return self.entries
        self.asked.append("td3.1 by deposit")
        when = {one.unique_id: one.created_at for one in self.entries} | self.deposits
        return [one for one in self.entries if when[one.unique_id] >= since]

    def fetch(self, ins, reference):
        self.asked.append("td3.2")
        return b"%PDF-1.4 " + reference.unique_id.encode()

    def act(self, action, change):
        self.asked.append((action, change.unique_id, change.submission_set_id))


def entry(unique_id="1.2.1", created=THEN, **changes):
    fields = {
        "entry_uuid": f"urn:uuid:{unique_id}",
        "logical_id": "l",
        "unique_id": unique_id,
        "repository_unique_id": "1.2.9",
        "title": "CR",
        "type": Coded("34112-3", "2.16.840.1.113883.6.1"),
        "class_code": Coded("10", "c"),
        "format_code": "",
        "mime_type": "application/pdf",
        "status": EntryStatus.APPROVED,
        "created_at": created,
        "service_start": created,
        "authors": ("Jacques MULLER",),
        "organisations": (),
        "confidentiality": ("N",),
        "author_ids": ("899700057294",),
    }
    return DmpEntry(**(fields | changes))


@pytest.fixture
def office(store, clock, ids, make):
    dmp, connection, events = FakeDmp(), DeskConnection(), []
    connection.plug(make.practitioner(), SimpleNamespace(dmp=dmp))
    settings = Settings()
    searching = SearchingDmp(store.unit, clock, ids, connection, events.append)
    acting = ActingDmp(store.unit, clock, ids, connection, settings, searching, events.append)
    day = DmpOfTheDay(store.unit, clock, connection, settings, searching, events.append)
    exchanges = Exchanges(clock, events.append)
    return SimpleNamespace(
        dmp=dmp,
        settings=settings,
        connection=connection,
        events=events,
        searching=searching,
        acting=acting,
        day=day,
        exchanges=exchanges,
        lane=RefreshingDmp(clock, connection, day, exchanges.of(DAY)),
        regulating=Regulating(store.unit, connection, settings),
    )


@pytest.fixture
def admit(store, make, clock):
    """``admit(hour)``: somebody of the practice who comes today."""

    def admitted(hour=10, **fields):
        patient = make.patient(**fields)
        start = clock.now().replace(hour=hour, minute=0)
        with store.unit() as uow:
            uow.patients.add(patient)
            uow.agenda.add(Visit(f"v-{patient.patient_id}", patient.patient_id, start, 15, "CS"))
            uow.commit()
        return patient

    return admitted


def status_of(store, patient):
    with store.unit() as uow:
        return uow.patients.get(patient.patient_id).dmp


def number_of(patient):
    return patient.identity.ins.matricule


def run(office):
    """As the lane does: until it says that nothing is left."""
    while office.lane.work():
        pass


def mine(patient, added=None, **more):
    ins = patient.identity.ins
    return AuthorisedDmp(((ins.matricule, ins.oid),), False, False, last_addition=added, **more)


# --- what the doctor does -------------------------------------------------------------------


@pytest.mark.requirement("EX_0.3-1010")
def test_nothing_is_asked_of_the_dmp_before_the_consent_is_attested(office, admit):
    with pytest.raises(UserFacingError, match="attesté"):
        office.acting.authorise(admit().patient_id, attested=False)

    assert office.dmp.asked == []


def test_a_right_is_taken_told_to_the_banner_and_audited(office, admit, store):
    patient = admit()

    office.acting.authorise(patient.patient_id, attested=True, attending=True)

    known = status_of(store, patient)
    assert (known.access, known.attending_doctor) == (DmpAccess.AUTHORISED, True)
    assert RecordChanged(patient.patient_id) in office.events
    assert store.verify_audit() > 0


def test_leaving_the_role_of_attending_doctor_keeps_the_right(office, admit, store):
    patient = admit()
    office.acting.authorise(patient.patient_id, attested=True, attending=True)

    office.acting.withdraw(patient.patient_id, attending=True)

    known = status_of(store, patient)
    assert (known.access, known.attending_doctor) == (DmpAccess.AUTHORISED, False)


def test_closing_wants_the_demand_of_the_patient(office, admit, store):
    patient = admit()
    with pytest.raises(UserFacingError, match="attestée"):
        office.acting.close(patient.patient_id, "Demande", attested=False)

    office.acting.close(patient.patient_id, "Demande", attested=True)

    assert status_of(store, patient).access is DmpAccess.CLOSED


@pytest.mark.requirement("EX_1.2-1010", "EX_1.2-1030")
@pytest.mark.parametrize("act", ["create", "reactivate"])
def test_a_dmp_opens_with_a_consent_given_now(office, admit, store, clock, act):
    patient = admit()
    with pytest.raises(UserFacingError, match="consentement"):
        getattr(office.acting, act)(patient.patient_id, attested=False)
    assert office.dmp.asked == []

    getattr(office.acting, act)(patient.patient_id, attested=True)

    assert office.dmp.asked[0][1].consented_at == clock.now()
    assert status_of(store, patient).access is not DmpAccess.UNKNOWN


@pytest.mark.parametrize("act", ["create", "reactivate"])
def test_only_a_named_parent_consents_for_a_minor(office, admit, act):
    patient = admit(birth_date=dt.date(2015, 3, 2))
    father = Guardian("FTH", "DURAND", "MARC")
    for nobody in (None, Guardian("MTH", "DURAND", " ")):
        with pytest.raises(UserFacingError, match="représentant légal"):
            getattr(office.acting, act)(patient.patient_id, attested=True, guardian=nobody)
    assert office.dmp.asked == []

    getattr(office.acting, act)(patient.patient_id, attested=True, guardian=father)

    assert office.dmp.asked[0][1].guardian == father


@pytest.mark.parametrize(
    ("motive", "confirmed"), [("", True), ("court", True), ("Malaise au cabinet", False)]
)
def test_breaking_the_glass_wants_a_confirmation_and_a_motive(office, admit, motive, confirmed):
    with pytest.raises(UserFacingError, match="urgence"):
        office.acting.break_glass(admit().patient_id, motive, confirmed=confirmed)


def test_regulation_is_for_practices_that_regulate(office, admit):
    patient = admit()
    with pytest.raises(UserFacingError, match="régulation"):
        office.acting.regulate(patient.patient_id, "Appel au centre 15", confirmed=True)

    office.settings[declared.dmp_regulation] = True
    access = office.acting.regulate(patient.patient_id, "Appel au centre 15", confirmed=True)

    assert access.purpose is PurposeOfUse.EMERGENCY_CENTRE
    assert office.acting.offers(patient.patient_id).regulation


def test_the_mode_of_a_record_is_that_of_its_own_questions(office, admit):
    patient = admit()
    access = office.acting.break_glass(patient.patient_id, "Malaise au cabinet", confirmed=True)

    office.searching.search(patient.patient_id, access=access)
    office.searching.search(patient.patient_id)

    assert access.purpose is PurposeOfUse.BREAK_GLASS
    assert office.dmp.modes == [access]


@pytest.mark.requirement("EX_0.1-1100")
@pytest.mark.parametrize(
    ("born", "minor"), [(dt.date(2012, 5, 1), True), (dt.date(1990, 1, 1), False)]
)
def test_the_secret_connection_is_for_minors(office, admit, born, minor):
    patient = admit(birth_date=born)

    assert office.acting.may_be_secret(patient.patient_id) is minor
    if minor:
        access = office.acting.secret_connection(patient.patient_id)
        assert access == AccessContext(secret_connection=True)
    else:
        with pytest.raises(UserFacingError, match="mineurs"):
            office.acting.secret_connection(patient.patient_id)


@pytest.mark.parametrize(
    ("action", "state", "confidentiality"),
    [
        (DocumentAction.MASK, DmpState.MASKED, Confidentiality.MASKED_TO_PROFESSIONALS),
        (DocumentAction.ARCHIVE, DmpState.ARCHIVED, Confidentiality.INVISIBLE_TO_PATIENT),
        (DocumentAction.SHOW_TO_PATIENT, DmpState.DEPOSITED, Confidentiality.VISIBLE),
        (DocumentAction.DELETE, DmpState.NOT_DEPOSITED, Confidentiality.VISIBLE),
    ],
)
def test_an_action_leaves_its_state_on_the_document_kept_here(
    office, admit, store, make, action, state, confidentiality
):
    patient = admit()
    kept = make.document(
        patient_id=patient.patient_id,
        unique_id="1.2.1",
        dmp_state=DmpState.INVISIBLE,
        confidentiality=Confidentiality.INVISIBLE_TO_PATIENT,
    )
    with store.unit() as uow:
        uow.documents.add(kept)
        uow.commit()

    office.acting.act(patient.patient_id, entry(), action, ORDINARY)

    with store.unit() as uow:
        now = uow.documents.get(kept.document.document_id)
    assert (now.dmp_state, now.confidentiality) == (state, confidentiality)
    assert office.dmp.asked[0][:2] == (action, "1.2.1")
    assert office.dmp.asked[-1] == "td3.1"


def test_what_is_refused_changes_nothing_here(office, admit, store, make):
    patient = admit()
    kept = make.document(patient_id=patient.patient_id, unique_id="1.2.1")
    with store.unit() as uow:
        uow.documents.add(kept)
        uow.commit()
    office.dmp.act = lambda action, change: (_ for _ in ()).throw(NO)

    with pytest.raises(UserFacingError):
        office.acting.act(patient.patient_id, entry(), DocumentAction.MASK, ORDINARY)

    with store.unit() as uow:
        assert uow.documents.get(kept.document.document_id) == kept.document


def test_only_actions_that_mean_something_are_offered_and_some_are_grey(office, admit):
    patient = admit()
    theirs = entry(author_ids=("899700059786",))

    offered = office.acting.possible(patient.patient_id, theirs, ORDINARY)

    assert {one.action: bool(one.why_not) for one in offered} == {
        DocumentAction.MASK: False,
        DocumentAction.DELETE: True,
        DocumentAction.ARCHIVE: True,
    }


# --- the day's round ------------------------------------------------------------------------


def test_one_list_tells_the_icons_of_those_it_knows_and_each_other_is_asked(office, admit, store):
    known, unknown = admit(9), admit(10)
    office.dmp.listed = [mine(known)]
    office.dmp.rights[number_of(unknown)] = DmpAccess.TO_AUTHORISE

    run(office)

    assert office.dmp.asked == ["td0.4", "td0.2", "td3.1"]
    assert status_of(store, known).access is DmpAccess.AUTHORISED
    assert status_of(store, unknown).access is DmpAccess.TO_AUTHORISE
    assert ServiceState("dmp", True, "DMP joignable") in office.events


def test_fresh_answers_are_not_asked_again(office, admit, clock):
    admit()
    run(office)
    asked = len(office.dmp.asked)

    clock.advance(minutes=5)
    run(office)

    assert len(office.dmp.asked) == asked


def test_an_identity_that_is_not_qualified_never_leaves(office, admit):
    patient = admit()
    admit(11, identity=replace(patient.identity, status=IdentityStatus.VALIDATED))

    run(office)

    assert office.dmp.asked == ["td0.4", "td0.2"]


def test_one_patient_refused_does_not_hide_the_others(office, admit, store):
    refused, other = admit(9), admit(10)
    office.dmp.error[number_of(refused)] = NO
    office.dmp.rights[number_of(other)] = DmpAccess.TO_AUTHORISE

    run(office)

    assert status_of(store, refused).access is DmpAccess.UNKNOWN
    assert status_of(store, other).access is DmpAccess.TO_AUTHORISE


def test_a_dmp_that_does_not_answer_is_told_and_asked_again_later(office, admit, clock, store):
    patient = admit()
    office.dmp.listed = DOWN
    run(office)
    told = office.events[-1]
    assert (told.service, told.reachable, told.reason) == ("dmp", False, DOWN.sentence)

    office.dmp.listed = [mine(patient)]
    run(office)

    assert status_of(store, patient).access is DmpAccess.AUTHORISED


def test_a_list_the_dmp_refuses_leaves_each_patient_to_be_asked(office, admit, store):
    patient = admit()
    office.dmp.listed = NO
    office.dmp.rights[number_of(patient)] = DmpAccess.TO_AUTHORISE

    run(office)

    assert status_of(store, patient).access is DmpAccess.TO_AUTHORISE


def test_without_a_card_nobody_is_asked(office, admit):
    admit()
    office.connection.unplug()

    run(office)

    assert office.dmp.asked == []


def test_what_was_added_since_the_last_look_waits_in_the_record_marked_new(
    office, admit, store, clock
):
    patient, long_ago = admit(), THEN - dt.timedelta(days=90)
    office.dmp.entries = [entry("1.2.1", long_ago)]
    office.dmp.listed = [mine(patient, long_ago)]
    run(office)
    assert office.searching.known(patient.patient_id) == (entry("1.2.1", long_ago),)

    office.dmp.entries = [entry("1.2.2", THEN), entry("1.2.1", long_ago)]
    office.dmp.listed = [mine(patient, THEN)]
    clock.advance(minutes=20)
    run(office)

    with store.unit() as uow:
        found = uow.documents.of_patient(patient.patient_id)
    assert [(one.unique_id, one.unread) for one in found] == [("1.2.2", True)]


@pytest.mark.parametrize("written", [dt.timedelta(days=4), dt.timedelta(days=1500)])
def test_what_was_written_before_the_last_look_and_deposited_after_it_is_new(
    office, admit, store, clock, written
):
    patient, looked = admit(), THEN - dt.timedelta(days=2)
    office.dmp.entries = [entry("1.2.1", looked)]
    office.dmp.listed = [mine(patient, looked)]
    run(office)

    office.dmp.entries = [entry("1.2.2", THEN - written), entry("1.2.1", looked)]
    office.dmp.deposits["1.2.2"] = THEN
    office.dmp.listed = [mine(patient, THEN)]
    clock.advance(minutes=20)
    run(office)
    clock.advance(minutes=20)
    run(office)

    with store.unit() as uow:
        found = {one.unique_id: one.unread for one in uow.documents.of_patient(patient.patient_id)}
    assert found["1.2.2"], "new, and marked so"
    assert office.dmp.asked.count("td3.2") == len(found), "fetched once"


def test_the_first_look_goes_by_the_deposit_too(office, admit, store):
    patient = admit()
    office.dmp.entries = [entry("1.2.1", THEN - dt.timedelta(days=900))]
    office.dmp.deposits["1.2.1"] = THEN
    office.dmp.listed = [mine(patient, THEN)]

    run(office)

    with store.unit() as uow:
        [found] = uow.documents.of_patient(patient.patient_id)
    assert found.unread


def test_another_content_in_the_dmp_under_a_known_identifier_comes_beside_the_first(
    office, admit, store
):
    patient = admit()
    first = b"%PDF-1.4 K 4,1"
    office.dmp.fetch = lambda ins, reference: first
    same = entry("1.2.1", sha1=sha1(first).hexdigest().upper())
    office.searching.fetch(patient.patient_id, same)
    office.searching.fetch(patient.patient_id, same)

    office.dmp.fetch = lambda ins, reference: b"%PDF-1.4 K 6,8"
    other = entry("1.2.1", sha1=sha1(b"%PDF-1.4 K 6,8").hexdigest())
    office.dmp.entries = [other]
    office.searching.search(patient.patient_id)
    office.searching.fetch(patient.patient_id, other)
    office.searching.fetch(patient.patient_id, entry("1.2.1", sha1="0" * 40))

    with store.unit() as uow:
        held = uow.documents.of_patient(patient.patient_id)
        contents = {uow.documents.content(one.document_id).content for one in held}
    assert contents == {first, b"%PDF-1.4 K 6,8"}
    assert len(held) == 2


def test_the_record_lists_what_the_dmp_holds_otherwise_than_here(office, admit, store, clock):
    patient = admit()
    office.searching.fetch(patient.patient_id, entry("1.2.1"))
    office.dmp.entries = [entry("1.2.1", sha1="0" * 40), entry("1.2.1")]
    office.searching.search(patient.patient_id)

    lines = Records(store.unit, clock, office.searching).documents(patient.patient_id)

    assert [line.document is None for line in lines] == [False, True]


def test_the_very_first_look_takes_the_last_month_for_new(office, admit, store):
    patient = admit()
    office.dmp.entries = [entry("1.2.2", THEN), entry("1.2.1", THEN - dt.timedelta(days=90))]
    office.dmp.listed = [mine(patient, THEN)]

    run(office)

    with store.unit() as uow:
        found = uow.documents.of_patient(patient.patient_id)
    assert [one.unique_id for one in found] == ["1.2.2"]


def test_the_first_look_is_for_those_i_may_read_and_only_once(office, admit):
    mine_, other = admit(9), admit(10)
    office.acting.authorise(mine_.patient_id, attested=True)
    office.dmp.asked.clear()

    for patient in (mine_, other, mine_):
        office.searching.look_once(patient.patient_id)

    assert office.dmp.asked == ["td3.1"]


def test_a_quiet_dmp_is_not_searched(office, admit, clock):
    patient = admit()
    office.dmp.listed = [mine(patient, THEN)]
    run(office)
    searched = office.dmp.asked.count("td3.1")

    clock.advance(minutes=20)
    run(office)

    assert office.dmp.asked.count("td3.1") == searched == 1


def test_a_card_pulled_between_two_patients_stops_the_news(office, admit):
    office.dmp.listed = [mine(admit(9), THEN), mine(admit(10), THEN)]
    assert office.lane.work()
    assert office.lane.work()

    office.connection.unplug()

    assert not office.lane.work()
    assert office.dmp.asked.count("td3.1") == 1


def test_what_regulation_finds_is_joined_to_the_record_with_exactly_that_ins(office, admit, store):
    patient = admit()
    mine = (patient.identity.ins.matricule, patient.identity.ins.oid)
    ins_c = ("1234567890123456789012", "1.2.250.1.213.1.4.2")
    twin = (mine[0], "1.2.250.1.213.1.4.9")

    def found(*identifiers):
        return FoundIdentity(identifiers, "CHEMIN", "HENRI", None, "M", "", 90, False)

    office.dmp.found = (found(ins_c, mine), found(twin), found())

    candidates = office.regulating.search(TraitSearch("CHEMIN"))

    assert [one.patient_id for one in candidates] == [patient.patient_id, None, None]
    with pytest.raises(UserFacingError, match="nom de naissance"):
        office.regulating.search(TraitSearch(" c "))
    assert len(office.dmp.asked) == 1


# --- one bad item -------------------------------------------------------------------------------


def test_a_document_that_cannot_be_read_stops_none_of_the_others(office, admit, store):
    patient = admit()
    office.dmp.entries = [entry("1.2.1"), entry("1.2.2"), entry("1.2.3")]
    bring = office.dmp.fetch

    def fetch(ins, reference):
        if reference.unique_id == "1.2.2":
            raise RecursionError
        return bring(ins, reference)

    office.dmp.fetch = fetch

    fetched = office.searching.fetch_all(patient.patient_id, office.dmp.entries)

    assert (fetched.came, len(fetched.skipped)) == (2, 1)
    with pytest.raises(UserFacingError, match="Un document du DMP n’a pas pu être lu") as told:
        fetched.must_be_whole()
    assert "RecursionError" in told.value.details
    with store.unit() as uow:
        kept = {one.unique_id for one in uow.documents.of_patient(patient.patient_id)}
    assert kept == {"1.2.1", "1.2.3"}


def test_a_dmp_that_falls_silent_stops_the_fetching(office, admit):
    patient = admit()
    office.dmp.fetch = lambda ins, reference: (_ for _ in ()).throw(DOWN)

    with pytest.raises(UserFacingError, match="joignable"):
        office.searching.fetch_all(patient.patient_id, [entry("1.2.1")])


def test_one_patient_whose_answer_breaks_hides_no_other_and_is_counted(office, admit, store):
    broken, other = admit(9), admit(10)
    office.dmp.error[number_of(broken)] = ZeroDivisionError()
    office.dmp.rights[number_of(other)] = DmpAccess.TO_AUTHORISE

    run(office)

    assert status_of(store, other).access is DmpAccess.TO_AUTHORISE
    assert office.exchanges.standing(DAY).brought == "illisibles : 1"


def test_one_patient_whose_news_break_hides_no_other_and_is_counted(office, admit, store):
    broken, other = admit(9), admit(10)
    office.dmp.listed = [mine(broken, THEN), mine(other, THEN)]
    office.dmp.entries = [entry()]
    find = office.dmp.find

    def found(ins, search):
        if ins.ins.matricule == number_of(broken):
            raise KeyError("x")
        return find(ins, search)

    office.dmp.find = found
    run(office)

    with store.unit() as uow:
        assert len(uow.documents.of_patient(other.patient_id)) == 1
    assert office.exchanges.standing(DAY).brought == "illisibles : 1"

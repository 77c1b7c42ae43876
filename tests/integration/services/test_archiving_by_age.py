"""« Archiver après »: never by a clock in doubt, and taken back as a whole."""

import datetime as dt

import pytest

from lgc.domain.clock_doubt import ServerTime
from lgc.domain.messages import AssignedBy, Folder
from lgc.mssante.message import parse
from lgc.services.archiving_by_age import ArchivingByAge
from lgc.services.mail import Mail
from lgc.settings import Settings

MONTH, DAY = dt.timedelta(days=30), dt.timedelta(days=1)
LETTER = (
    "From: dr@x.example\r\nMessage-ID: <{0}@x>\r\nDate: Fri, 1 Jan 2010 08:00:00 +0000\r\n"
    "Subject: N {0}\r\n\r\nBonjour {0}\r\n"
)


class Incoming:
    mailbox, uid_validity, seen, cut_from = "INBOX", 7, True, 0

    def __init__(self, number, arrived_at):
        self.uid, self.raw = number, LETTER.format(number).encode()
        self.arrived_at = arrived_at


class Office:
    """Messages that arrived so many days ago, read and filed."""

    def __init__(self, desk, patient):
        self.desk, self.patient, self.told = desk, patient, ServerTime()
        self.archiving = ArchivingByAge(desk.store.unit, desk.clock, self.told)
        self.mail = Mail(desk.store.unit, desk.clock, parse, Settings())
        self.now = desk.clock.now()

    def receive(self, *days):
        for number, ago in enumerate(days, 1):
            made = self.desk.filing.receive(Incoming(number, self.now - ago * DAY))
            with self.desk.store.unit() as uow:
                uow.messages.assign(made.message_id, self.patient, AssignedBy.DOCTOR, "")
                uow.commit()

    def subjects(self, folder=Folder.INBOX):
        return sorted(one.message.subject for one in self.mail.folder(folder))


@pytest.fixture
def office(desk, patient):
    made = Office(desk, patient)
    made.receive(40, 31, 2)
    made.told.hear(made.now)
    return made


def test_age_counts_from_the_arrival(office):
    assert office.archiving.run(MONTH) == 2
    assert office.subjects() == ["N 3"]


@pytest.mark.parametrize(
    "ahead", [dt.timedelta(days=4000), 2 * DAY, -3 * DAY, -dt.timedelta(days=6000)]
)
def test_nothing_is_archived_while_the_clock_is_in_doubt(office, ahead):
    office.desk.clock.time += ahead
    assert office.archiving.run(MONTH) == 0
    assert len(office.subjects()) == 3


def test_nothing_is_archived_before_a_server_told_its_hour(office):
    office.told.latest = None
    assert office.archiving.run(MONTH) == 0


def test_a_pass_is_taken_back_as_a_whole_and_age_counts_anew(office):
    office.archiving.run(MONTH)
    last = office.archiving.last()
    assert (last.at, last.count) == (office.now, 2)

    assert office.archiving.take_back(last.at) == 2
    assert office.subjects() == ["N 1", "N 2", "N 3"]
    assert office.archiving.last() is None
    assert office.archiving.run(MONTH) == 0

    office.desk.clock.advance(days=31)
    office.told.hear(office.desk.clock.now())
    assert office.archiving.run(MONTH) == 3


def test_each_pass_is_taken_back_alone_the_last_one_first(office):
    office.archiving.run(dt.timedelta(days=35))
    office.desk.clock.advance(hours=1)
    office.archiving.run(MONTH)
    office.archiving.take_back(office.archiving.last().at)
    assert office.subjects() == ["N 2", "N 3"]
    office.archiving.take_back(office.archiving.last().at)
    assert office.subjects() == ["N 1", "N 2", "N 3"]


def test_what_the_doctor_moved_himself_is_his(office):
    office.archiving.run(MONTH)
    archived = {one.message.subject: one.message for one in office.mail.folder(Folder.ARCHIVES)}
    office.mail.move(archived["N 1"].message_id, Folder.INBOX)
    office.mail.move(archived["N 2"].message_id, Folder.DELETED)

    assert office.archiving.last() is None
    assert office.archiving.run(MONTH) == 0  # put back by hand, it does not leave again at once
    assert office.subjects() == ["N 1", "N 3"]
    assert office.subjects(Folder.DELETED) == ["N 2"]

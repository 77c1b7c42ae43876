"""Connections kept, sessions taken up again, and a whole day asked within three round trips."""

import time

import pytest

from lgc import settings as declared
from lgc.domain.patients import DmpAccess
from lgc.services.connection import DeskConnection
from lgc.services.dmp_day import DmpOfTheDay
from lgc.settings import Settings

LATENCY = 0.4


class Nowhere:
    """A unit of work that only remembers the statuses it was told."""

    def __init__(self):
        self.told = {}
        self.patients = self

    def __enter__(self):
        return self

    def __exit__(self, *reason):
        return None

    def set_dmp(self, patient_id, status):
        self.told[patient_id] = status

    def commit(self):
        return None


def test_a_second_connection_takes_the_session_up_again(dmp, enrolled, monkeypatch):
    import ssl

    opened = []
    plain = ssl.SSLContext.wrap_bio

    def watched(self, *args, **kwargs):
        opened.append(plain(self, *args, **kwargs))
        return opened[-1]

    # Our side alone: the sandbox wraps sockets.
    monkeypatch.setattr(ssl.SSLContext, "wrap_bio", watched)
    ins = enrolled()

    dmp.existence(ins)
    dmp.close()
    dmp.existence(ins)

    assert [one.session_reused for one in opened] == [False, True]


def test_sixteen_patients_are_asked_within_three_round_trips(france, dmp, make, clock):
    people = [make.patient(identity=make.identity(ins=make.ins(41000 + n))) for n in range(16)]
    connection = DeskConnection()
    connection.plug(make.practitioner(), type("C", (), {"dmp": dmp})())
    unit = Nowhere()
    settings = Settings()
    day = DmpOfTheDay(lambda: unit, clock, connection, settings, None, lambda event: None)
    dmp.existence(people[0].identity.qualified())  # the handshakes are not what is measured
    france.knobs.set_latency("td0.2", LATENCY)

    started = time.monotonic()
    asked = day.ask_each(people)
    spent = time.monotonic() - started

    assert len(asked.answered) == 16
    assert set(unit.told) == {one.patient_id for one in people}
    assert {status.access for status in unit.told.values()} == {DmpAccess.NONE}
    # Sixteen at six a time: three rounds, and one round more for a busy machine.
    assert settings[declared.dmp_parallel] * 3 >= 16
    assert spent < 4 * LATENCY


@pytest.mark.parametrize("fault", ["drop_before", "drop_after_commit", "cut_answer"])
def test_a_question_cut_anywhere_ends_in_words_or_in_its_answer(france, dmp, enrolled, fault):
    from lgc.errors import UserFacingError

    ins = enrolled()
    dmp.existence(ins)
    france.knobs.arm("td0.2", fault, times=1)

    try:
        found = dmp.existence(ins)
    except UserFacingError as error:
        assert error.may_retry
        found = dmp.existence(ins)

    assert found.access is DmpAccess.AUTHORISED

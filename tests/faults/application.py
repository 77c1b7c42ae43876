"""The application without windows, as a process of its own that kills itself at a cut point.

``application.py FOLDER SANDBOX_JSON order KILL_AT`` logs in, shares a summary both ways and lets
the lanes send; the process sends itself SIGKILL when it passes its KILL_AT-th cut point (0: never).
``… finish 0`` starts again and waits until every delivery has its receipt; ``… prepare 0`` only
makes the practice, to be copied by each test. ``… live 0`` goes on ordering and deciding, and
says « promised » for each share that came back to the doctor, until somebody kills it; ``… read 0``
sends nothing and tells what the base holds. A JSON object may follow:

``settle`` seconds that a server has to file; ``kill_on`` a method of a cut point (data, submit…)
with ``kill_after`` the seconds that then pass before the end; ``doctor`` what is decided once
nothing was found (resend, assume_sent); ``limit`` the seconds to wait; ``versions`` how many are
ordered one after the other; ``seed`` of a life and ``most`` shares in it.

It prints one JSON line: what was ordered, what became of it, how many cut points were passed.
"""

import contextlib
import itertools
import json
import os
import random
import signal
import smtplib
import sys
import threading
import time
from pathlib import Path

from lgc import demo
from lgc import settings as declared
from lgc.bootstrap import Office
from lgc.dmp.client import DirectDmp
from lgc.domain.deliveries import Channel, DeliveryState
from lgc.domain.documents import Confidentiality
from lgc.domain.patients import DmpAccess
from lgc.errors import UserFacingError
from lgc.mssante.client import DirectMssante
from lgc.services.payload import Payload
from lgc.services.sharing import ShareRequest
from lgc.store.unit_of_work import SqlUnitOfWork
from lgc.transport.http import SoapTransport

LIMIT = 60.0
PATIENTS = ("chemin", "bouton", "carton", "laurent", "deville", "morel", "vallee", "desmaux")
PAUSE = 0.3
SETTLED = (
    *(DeliveryState.DELIVERED, DeliveryState.CLOSED),
    *(DeliveryState.REFUSED, DeliveryState.WITHDRAWN),
)
# What else the application does meanwhile (news, arrivals) is not on the way of a share.
ON_THE_WAY = {"MainThread", "lane-dmp", "lane-mssante"}


class CutPoints:
    """Counts what is passed once armed; the chosen one is the end."""

    def __init__(self, kill_at, kill_on="", kill_after=0.0):
        self.kill_at, self.passed, self.armed = kill_at, 0, False
        self.kill_on, self.kill_after = kill_on, kill_after
        self._lock = threading.Lock()

    def __call__(self):
        with self._lock:
            if not self.armed or threading.current_thread().name not in ON_THE_WAY:
                return
            self.passed += 1
            if self.passed == self.kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner, name):
        """A cut point before and one after every call of a method."""
        original = getattr(owner, name)

        def cut(*arguments, **options):
            if self.armed and name == self.kill_on:
                threading.Timer(self.kill_after, os.kill, (os.getpid(), signal.SIGKILL)).start()
            self()
            answer = original(*arguments, **options)
            self()
            return answer

        setattr(owner, name, cut)


def main(folder, facts, phase, kill_at, asked):
    points = CutPoints(kill_at, asked.get("kill_on", ""), asked.get("kill_after", 0.0))
    for owner, name in (
        (SqlUnitOfWork, "commit"),
        (DirectDmp, "authorise"),
        (DirectDmp, "submit"),
        (DirectDmp, "reference"),
        (DirectMssante, "send"),
        (DirectMssante, "was_sent"),
        (SoapTransport, "post"),
        (smtplib.SMTP, "data"),
    ):
        points.around(owner, name)
    office = (Reader if phase == "read" else Office)(demo.profile(folder, facts))
    if "settle" in asked:
        for setting in (declared.mail_settle_seconds, declared.dmp_settle_seconds):
            office.settings[setting] = asked["settle"]
    opened = office.access.open(facts["pin"])
    if opened.recovery_code:
        office.access.keep_code()
    office.access.choose(opened.places[0])
    if phase == "prepare":
        office.stop()
        os._exit(0)
    if phase == "read":
        say({"states": held(office.store.unit)})
        os._exit(0)
    if phase == "live":
        live(office.desk, points, random.Random(asked.get("seed", 0)), asked)
    desk = office.desk
    ordered = None
    for _ in range(asked.get("versions", 1) if phase == "order" else 0):
        ordered = order(desk, points)
    wait(desk, asked.get("doctor", "resend"), asked.get("limit", LIMIT))
    states = held(desk.queue._open)
    say({"ordered": ordered, "states": states, "passed": points.passed})
    os._exit(0)


class Reader(Office):
    """Opens the base with the card, and starts nothing that could send."""

    def _started(self, store):
        self.store = store


def say(told):
    print(json.dumps(told), flush=True)


def order(desk, points, name="chemin", channels=frozenset(Channel)):
    """Share the summary of a patient whose DMP is open."""
    found = desk.finding.find(name)
    patient_id = found.patients[0].patient.patient_id
    agreed = True
    with contextlib.suppress(UserFacingError):  # the DMP is away: the agreement is kept
        agreed = desk.sharing.check_dmp(patient_id).access is DmpAccess.TO_AUTHORISE
    draft = desk.vsm.draft(patient_id)
    recipient = desk.sharing.directory("specialiste5737")[0]
    points.armed = True
    desk.sharing.share(
        ShareRequest(
            document=draft,
            channels=channels,
            confidentiality=Confidentiality.VISIBLE,
            recipients=(recipient,) if Channel.MSSANTE in channels else (),
            subject="Synthèse",
            body="Bonjour",
            consent_attested=agreed,
        )
    )
    return draft.document.unique_id


def live(desk, points, chance, asked):
    """A doctor who goes on sharing, pressing and deciding; ended from outside."""
    say({"ready": True})
    for number in itertools.count():
        if number < asked.get("most", 3):
            # Every version goes to the DMP: one that it never had cannot be replaced there.
            channels = chance.choice([frozenset(Channel), frozenset({Channel.DMP})])
            with contextlib.suppress(UserFacingError):  # refused at once: nothing was promised
                say({"promised": order(desk, points, chance.choice(PATIENTS), channels),
                     "channels": sorted(channels)})  # fmt: skip
        for _ in range(chance.randrange(4)):
            press(desk, asked.get("doctor", "resend"))
            time.sleep(PAUSE * chance.random())


def wait(desk, decide, patience):
    """Until every delivery is settled, or the time is over.

    The doctor presses « Vérifier » without a pause, and decides as soon as it is offered.
    """
    limit = time.monotonic() + patience
    while time.monotonic() < limit and press(desk, decide):
        time.sleep(0.2)


def press(desk, decide):
    """« Vérifier » wherever it is offered, or the decision; how many sends are not settled."""
    lines = desk.queue.lines()
    pending = [d for line in lines for d in line.deliveries if d.state not in SETTLED]
    for delivery in pending:
        with contextlib.suppress(UserFacingError):  # it moved since it was shown
            if delivery.can_decide:  # no trace, and the other side has had its time
                getattr(desk.queue, decide)(delivery.delivery_id)
            elif delivery.can_verify and delivery.state is not DeliveryState.SENDING:
                desk.queue.verify_now(delivery.delivery_id)
    return len(pending)


def held(open_unit):
    """Every delivery that the base holds, newest first."""
    with open_unit() as uow:
        return [
            {
                "channel": delivery.channel.value,
                "state": delivery.state.value,
                "code": delivery.code,
                "version": uow.documents.get(delivery.document_id).version,
                "unique_id": uow.documents.get(delivery.document_id).unique_id,
                "message_id": Payload.load(delivery.payload).rfc_message_id,
            }
            for delivery in uow.deliveries.recent(1000)
        ]


if __name__ == "__main__":
    where, settings, what, number = sys.argv[1:5]
    options = json.loads(sys.argv[5]) if len(sys.argv) > 5 else {}
    main(Path(where), json.loads(Path(settings).read_text("utf-8")), what, int(number), options)

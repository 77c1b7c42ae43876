"""A refusal keeps its own remedy from the row of its table to the card that the doctor reads."""

from types import SimpleNamespace

import pytest
import shiboken6

from lgc.desktop import text
from lgc.desktop.queue.delivery_card import DeliveryCard
from lgc.desktop.queue.words import RETRY, WITHDRAW, action_of
from lgc.desktop.theme import Theme
from lgc.desktop.theme.palette import LIGHT
from lgc.dmp import errors as dmp
from lgc.domain.deliveries import Channel, DeliveryState
from lgc.domain.documents import Confidentiality
from lgc.domain.patients import DmpAccess, DmpStatus
from lgc.domain.verdicts import Fate
from lgc.jobs.outbox import Outbox
from lgc.jobs.owner import Owner
from lgc.mssante import errors as mssante
from lgc.services.connection import DeskConnection
from lgc.services.delivering import Delivering
from lgc.services.queue import Queue
from lgc.services.sharing import ShareRequest, Sharing
from lgc.settings import Settings
from lgc.transport.errors import HttpError, MalformedAnswer, NoAnswer, NothingSent, SoapFault
from lgc.transport.mail_imap import MailboxRefused
from lgc.transport.mail_smtp import MailBusy, MailRefused

SAID = "leurs propres mots"
DMP = {
    **{kind.__name__: kind("x") for kind in (NothingSent, NoAnswer, MalformedAnswer)},
    **{name: NothingSent(f"SSLError TLSV1_{name}") for name in dmp.TLS},
    **{str(status): HttpError(status) for status in (400, *dmp.HTTP, 500)},
    **{code: SoapFault("Sender", code, SAID) for code in dmp.CODES},
    **{words: SoapFault("Sender", "", f"{words}.") for words in dmp.WORDS},
    **{code: SoapFault(code, "", SAID) for code in (*dmp.FAULTS, "VersionMismatch")},
}
MSSANTE = {
    **{kind.__name__: kind("x") for kind in (NothingSent, NoAnswer, MailboxRefused)},
    **{reason: NothingSent(reason) for reason in mssante.TLS},
    **{str(c): (MailBusy if c < 500 else MailRefused)(c, SAID) for c in mssante.CODES},
    "490": MailBusy(490, SAID),
    "590": MailRefused(590, SAID),
}
STATES = {
    Fate.LATER: DeliveryState.WAITING,
    Fate.ASK: DeliveryState.UNCERTAIN,
    Fate.DOCTOR: DeliveryState.REFUSED,
    Fate.REFUSED: DeliveryState.REFUSED,
}


class Saying:
    """A destination that answers every sending with one outcome."""

    outcome = None

    def is_listed(self, address):
        return None

    def send(self, content):
        return self.outcome

    submit = send

    def authorise(self, ins, action):
        """The patient agreed."""


@pytest.fixture
def theme(qapp):
    made = Theme(LIGHT)
    made.apply(qapp)
    yield made
    shiboken6.delete(made)


@pytest.fixture
def office(theme, store, clock, ids, make):
    connection, there = DeskConnection(), Saying()
    connection.plug(make.practitioner(), SimpleNamespace(dmp=there, mssante=there))
    patient = make.patient(dmp=DmpStatus(DmpAccess.AUTHORISED))
    document = make.document(patient_id=patient.patient_id, pdf=b"%PDF")
    with store.unit() as uow:
        uow.patients.add(patient)
        uow.documents.add(document)
        uow.commit()
    settings = Settings()
    sharing = Sharing(store.unit, clock, ids, connection, id, lambda: None, settings)
    outbox = Outbox(store.unit, Delivering(connection), clock, id, settings, Owner("one run"))
    queue = Queue(store.unit, clock, id)

    def card(channel, outcome):
        """What the doctor reads of a new sending that ended so."""
        there.outcome = outcome
        share_id = sharing.share(
            ShareRequest(
                document.document.document_id,
                frozenset({channel}),
                Confidentiality.VISIBLE,
                (make.correspondent(),) if channel is Channel.MSSANTE else (),
            )
        )
        outbox.run_once(channel)
        (line,) = (one for one in queue.lines() if one.share_id == share_id)
        shown = DeliveryCard(line.deliveries[0].delivery_id)
        shown.show_delivery(line.deliveries[0])
        return line.deliveries[0], shown

    return SimpleNamespace(card=card, queue=queue)


@pytest.mark.parametrize(
    ("channel", "tables", "rows"),
    [(Channel.DMP, dmp, DMP), (Channel.MSSANTE, mssante, MSSANTE)],
)
def test_every_row_of_the_tables_reaches_the_card_with_its_remedy(office, channel, tables, rows):
    for name, error in rows.items():
        verdict = tables.of_exchange(error)
        row = verdict.meaning

        delivery, card = office.card(channel, verdict.outcome)

        assert delivery.state is STATES[row.fate], name
        assert card._reason.text() == text.french(row.sentence), name
        assert text.french(row.advice) in card._advice.text(), name
        assert "Corrigez la cause" not in card._advice.text(), name
        assert card.details.words.text() == verdict.details, name
        assert card.details.button.isHidden() is not bool(verdict.details), name
        if delivery.state is DeliveryState.REFUSED:
            wanted = WITHDRAW if row.final else RETRY
            assert action_of(delivery)[0] == wanted, name
        shiboken6.delete(card)


def test_every_row_has_a_sentence_and_a_remedy_in_french():
    rows = [
        *(row for table in (dmp.NETWORK, dmp.TLS, dmp.HTTP, dmp.CODES, dmp.WORDS, dmp.FAULTS)
          for row in table.values()),
        dmp.HTTP_REFUSED, dmp.HTTP_BROKEN, dmp.REFUSED,
        *(row for table in (mssante.TLS, mssante.KINDS, mssante.CODES) for row in table.values()),
    ]  # fmt: skip

    for row in rows:
        assert row.sentence.endswith(".") and row.advice.endswith("."), row
        assert not (row.final and "éessayez" in row.advice), row
        assert row.final is False or row.fate is Fate.REFUSED or "de nouveau" in row.advice, row


def test_a_closed_dmp_is_told_with_what_to_do_and_not_tried_again(office):
    closed = dmp.of_exchange(SoapFault("Sender", "DMPClosed", "DMP is closed"))

    delivery, card = office.card(Channel.DMP, closed.outcome)

    assert "envoyez-le par MSSanté" in card._advice.text()
    assert not delivery.can_retry
    assert card.buttons[0].text() == "Retirer"
    assert card.details.isHidden()
    card.details.button.click()
    assert not card.details.isHidden()
    assert card.details.words.text() == "DMPClosed – DMP is closed"
    shiboken6.delete(card)

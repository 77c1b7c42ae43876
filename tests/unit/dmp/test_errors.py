"""Every row of the error tables: what it means for a submission and for a question."""

import pytest

from lgc.dmp import errors
from lgc.domain.deliveries import AnswerLost, Postponed, Refused
from lgc.hl7v3.message import Refusal
from lgc.transport.errors import (
    HttpError,
    MalformedAnswer,
    NoAnswer,
    NothingSent,
    SoapFault,
    TransportError,
)
from lgc.xds.registry_response import RegistryAnswer, RegistryError, RegistryStatus

OUTCOMES = {
    errors.Fate.LATER: Postponed,
    errors.Fate.ASK: AnswerLost,
    errors.Fate.DOCTOR: Refused,
    errors.Fate.REFUSED: Refused,
}
ROWS = [
    *(
        (type(e), errors.of_exchange(e), errors.NETWORK[type(e)])
        for e in (NothingSent("x"), NoAnswer("x"), MalformedAnswer("x"))
    ),
    *(
        (t, errors.of_exchange(NothingSent(f"SSLError TLSV1_{t}")), m)
        for t, m in errors.TLS.items()
    ),
    *((s, errors.of_exchange(HttpError(s)), row) for s, row in errors.HTTP.items()),
    *((c, errors.of_exchange(SoapFault("Sender", c, "")), row) for c, row in errors.CODES.items()),
    *((c, errors.of_status(c.upper(), ""), row) for c, row in errors.CODES.items()),
    *((w, errors.of_refusal(Refusal("", f"{w}.")), row) for w, row in errors.WORDS.items()),
    *((c, errors.of_exchange(SoapFault(c, "", "")), row) for c, row in errors.FAULTS.items()),
]


@pytest.mark.parametrize(("row", "verdict", "meaning"), ROWS)
def test_every_row_is_reached_and_speaks_french(row, verdict, meaning):
    assert verdict.meaning is meaning
    assert type(verdict.outcome) is OUTCOMES[meaning.fate]
    error = verdict.error
    assert error.sentence.endswith(".")
    assert error.may_retry is (meaning.fate in (errors.Fate.LATER, errors.Fate.ASK))
    assert error.advice or meaning in errors.FAULTS.values()


def test_every_kind_of_transport_error_has_a_row():
    # The module's own: mail declares kinds that never cross SOAP.
    kinds = {
        k for k in TransportError.__subclasses__() if k.__module__ == TransportError.__module__
    }

    assert kinds == {*errors.NETWORK, HttpError, SoapFault}


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (400, errors.Fate.REFUSED),
        (403, errors.Fate.REFUSED),
        (404, errors.Fate.REFUSED),
        (500, errors.Fate.ASK),
        (502, errors.Fate.ASK),
        (504, errors.Fate.ASK),
    ],
)
def test_other_http_errors_go_by_their_hundred(status, fate):
    assert errors.of_exchange(HttpError(status)).meaning.fate is fate


def test_an_unknown_code_is_a_refusal_kept_verbatim():
    answer = RegistryAnswer(RegistryStatus.FAILURE, (RegistryError("XDSNew", "trop tard"),))

    outcome = errors.of_registry(answer).outcome

    assert isinstance(outcome, Refused)
    assert outcome.code == "XDSNew"
    assert outcome.details == "XDSNew – trop tard"


def test_the_severe_error_speaks_before_the_warning():
    answer = RegistryAnswer(
        RegistryStatus.FAILURE,
        (RegistryError("A", "a", severe=False), RegistryError("XDSRegistryBusy", "b")),
    )

    assert isinstance(errors.of_registry(answer).outcome, Postponed)


def test_a_failure_without_an_error_is_a_refusal():
    assert isinstance(errors.of_registry(RegistryAnswer(RegistryStatus.FAILURE)).outcome, Refused)


def test_a_code_hidden_in_the_words_of_a_fault_is_found():
    verdict = errors.of_exchange(SoapFault("Receiver", "", "DMPClosed : dossier fermé"))

    assert verdict.meaning is errors.CODES["DMPClosed"]


@pytest.mark.parametrize("where", ["code", "words"])
def test_no_ins_ever_appears_in_an_error(where):
    text = "patient 299069999999912 refusé"
    fault = SoapFault("Sender", text if where == "code" else "X", text if where == "words" else "")
    verdict = errors.of_exchange(fault)

    assert "299069999999912" not in repr(verdict.outcome) + verdict.error.details

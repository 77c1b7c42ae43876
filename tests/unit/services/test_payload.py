"""What a delivery remembers comes back equal, whatever was typed."""

import datetime as dt

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lgc.domain.documents import Confidentiality
from lgc.services.payload import Payload

WORDS = st.text(max_size=60)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(WORDS, WORDS, st.sampled_from(Confidentiality), st.booleans())
def test_a_payload_comes_back_equal(make, subject, body, confidentiality, qualified):
    identity = make.identity(given_names=("HENRI", "ŒUVRE"))
    payload = Payload(
        ins=identity.qualified() if qualified else None,
        author=make.practitioner(),
        submission_set_id="2.25.1",
        signature_document_id="2.25.2",
        submitted_at=dt.datetime(2026, 11, 23, 9, 14, 31, tzinfo=dt.UTC),
        title="Synthèse",
        confidentiality=confidentiality,
        consent_attested=True,
        rfc_message_id="<1@medecin.mssante.example>",
        recipients=(make.correspondent(),),
        subject=subject,
        body=body,
    )

    assert Payload.load(payload.dump()) == payload

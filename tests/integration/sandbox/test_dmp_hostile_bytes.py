"""Whatever bytes come, the sandbox's DMP answers quickly and stores nothing by mistake."""

import random
import time

import pytest


def spoiled(raw, rng):
    """``raw`` with a few bytes changed, removed, repeated or cut off."""
    made = bytearray(raw)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(made))
        made[at : at + rng.randint(0, 6)] = rng.choice(
            [b"", b"\x00", b"<", b"&", b'"', b"--B", b"9" * 40, bytes([rng.randrange(256)])]
        )
    return bytes(made[: rng.choice([len(made), len(made), rng.randrange(1, len(made))])])


@pytest.mark.parametrize("seed", range(4))
def test_spoiled_submissions_are_answered_never_with_an_internal_error(
    submit, client, registry, seed
):
    rng = random.Random(seed)
    kind, raw = submit().message()
    start = time.monotonic()

    for _ in range(15):
        answer = client.post("td2.1", (kind, spoiled(raw, rng)))
        assert answer.fault or answer.errors or answer.succeeded

    assert time.monotonic() - start < 20
    assert "erreur" not in {one["verdict"] for one in registry.journal()}


def test_a_date_that_is_none_is_a_difference_not_an_error(submit, registry):
    submission = submit()
    year = f"{submission.created:%Y}".encode()
    submission.cda = submission.cda.replace(
        b'<effectiveTime value="' + year, b'<effectiveTime value="' + year[:2] + b"9999", 1
    )

    assert "creationTime" in submission.send().said
    assert registry.journal()[-1]["verdict"] == "refusé"


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"\xff\xfe",
        b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
        b"<a>" * 3000 + b"</a>" * 3000,
        b"<ClinicalDocument/>",
    ],
)
def test_a_hostile_document_is_refused(submit, client, document):
    submission = submit()
    kind, raw = submission.message()

    answer = client.post("td2.1", (kind, raw.replace(submission.cda, document)))

    assert answer.errors == ["XDSRegistryMetadataError"]
    assert "CDA" in answer.said


def test_a_signature_document_that_is_not_one_is_refused(submit, client):
    submission = submit()
    kind, raw = submission.message()
    start = raw.index(b"\r\n\r\n", raw.index(b"<Signature01@c>")) + 4

    answer = client.post("td2.1", (kind, raw[:start] + b"<ds/>\r\n--B--\r\n"))

    assert answer.errors == ["XDSRepositoryError"]

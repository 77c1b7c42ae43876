"""A real encrypted file per test, opened by real RSA keys held in software."""

import contextlib
import os

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lgc.store import upgrade
from lgc.store.practice_store import PracticeStore


class SoftKey:
    """An authentication key: what it signs is real, its certificate is its public half."""

    usage = "authentication"

    def __init__(self):
        self._key = rsa.generate_private_key(65537, 2048)
        self.certificate = self._key.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )

    def sign_challenge(self, challenge):
        return self._key.sign(challenge, padding.PKCS1v15(), SHA256())


@pytest.fixture(scope="session")
def card():
    return SoftKey()


@pytest.fixture(scope="session")
def renewed_card():
    return SoftKey()


@pytest.fixture
def secret():
    return os.urandom(32)


@pytest.fixture(scope="session")
def empty_practice(tmp_path_factory):
    """A file that has just been created, to copy rather than to migrate in every test."""
    path = tmp_path_factory.mktemp("empty") / "practice.db"
    key = os.urandom(32)
    upgrade.bring_up_to_date(path, key)
    return path, key


@pytest.fixture
def open_store(tmp_path, empty_practice, clock):
    """Open the store of this test's folder, again if needed; closed at the end."""
    template, key = empty_practice
    path = tmp_path / "practice.db"
    path.write_bytes(template.read_bytes())
    keys = tmp_path / "vault.json"
    keys.write_text('{"store_id": "aa"}', "ascii")
    opened = []

    def open_again():
        store = PracticeStore(path, keys, key, "899700057294", clock.now)
        opened.append(store)
        return store

    yield open_again
    for store in opened:
        with contextlib.suppress(Exception):
            store.close()


@pytest.fixture
def store(open_store):
    return open_store()


@pytest.fixture
def saved(store):
    """Save one thing: ``saved(lambda uow: uow.patients.add(patient))``."""

    def save(change):
        with store.unit() as uow:
            result = change(uow)
            uow.commit()
        return result

    return save

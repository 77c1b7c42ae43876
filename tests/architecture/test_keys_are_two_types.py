"""The two keys of a card cannot be exchanged: mypy refuses, so nobody signs with the wrong one."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
from lgc.card.reader import Pkcs11Reader
from lgc.card.session import TokenAuthenticationKey, TokenSignatureKey
from lgc.domain.keys import AuthenticationKey, SignatureKey
from lgc.services.ports import CardReader

def swap(authentication: TokenAuthenticationKey, signature: TokenSignatureKey) -> None:
    right: AuthenticationKey = authentication
    fits: SignatureKey = signature
    wrong: AuthenticationKey = signature
    worse: SignatureKey = authentication

reader: CardReader = Pkcs11Reader(None)
"""


@pytest.fixture(scope="module")
def complaints(tmp_path_factory):
    """The lines of ``PROGRAM`` that mypy refuses."""
    program = tmp_path_factory.mktemp("types") / "program.py"
    program.write_text(PROGRAM, "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-pretty", "--no-error-summary"]
    checked = subprocess.run(
        [
            *command,
            "--cache-dir",
            str(program.parent / "cache"),
            "--follow-imports=silent",
            program,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
    )
    errors = [line for line in checked.stdout.splitlines() if ": error:" in line]
    lines = PROGRAM.splitlines()
    return [lines[int(error.split(":")[1]) - 1].strip() for error in errors]


def test_only_the_exchanged_keys_are_refused(complaints):
    assert complaints == [
        "wrong: AuthenticationKey = signature",
        "worse: SignatureKey = authentication",
    ]

"""Three tries, blocked, unblocked: on opencryptoki, whose soft token really locks."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.xdist_group("opencryptoki"), pytest.mark.timeout(120)]

MODULES = (
    Path("/usr/lib/x86_64-linux-gnu/libopencryptoki.so.0"),
    Path("/usr/lib/aarch64-linux-gnu/libopencryptoki.so.0"),
    Path("/usr/lib64/libopencryptoki.so.0"),
)
CONF = "version opencryptoki-3.1\nslot 0\n{\nstdll = libpkcs11_sw.so\n}\n"
# Private copies over the system's folders, and a private memory: nothing is written outside the
# test's own folder, and another pkcsslotd of the machine is neither seen nor disturbed.
SCRIPT = """
set -e
mount -t tmpfs none /run
mount -t tmpfs none /dev/shm
mkdir -p /run/lock /var/lock/opencryptoki
mount --bind "$1/etc" /etc/opencryptoki
mount --bind "$1/var" /var/lib/opencryptoki
mount --bind "$1/lock" /var/lock/opencryptoki
mkdir -p /var/lock/opencryptoki/swtok
chgrp -R pkcs11 /var/lock/opencryptoki
/usr/sbin/pkcsslotd
for try in 1 2 3 4 5 6 7 8 9 10; do pkcsconf -t >/dev/null 2>&1 && break; sleep 0.2; done
trap 'kill $(cat /run/pkcsslotd.pid)' EXIT
printf '87654321\\nCPSOCK\\n' | pkcsconf -I -c 0 >/dev/null
printf '87654321\\n11111111\\n11111111\\n' | pkcsconf -P -c 0 >/dev/null
printf '11111111\\n1234\\n1234\\n' | pkcsconf -u -c 0 >/dev/null
"$2" "$3" "$1" "$4"
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the card did, from the process that used it."""
    module = next((path for path in MODULES if path.exists()), None)
    if module is None or not Path("/usr/sbin/pkcsslotd").exists():
        pytest.skip("opencryptoki is not installed")
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("a private mount namespace needs root")
    probe = ["unshare", "-m", "-i", "mount", "-t", "tmpfs", "none", "/run"]
    if subprocess.run(probe, capture_output=True).returncode != 0:
        pytest.skip("this root may not make a private mount namespace")
    folder = tmp_path_factory.mktemp("ock")
    for name in ("etc", "lock"):
        (folder / name).mkdir()
    (folder / "etc" / "opencryptoki.conf").write_text(CONF)
    shutil.copytree("/var/lib/opencryptoki", folder / "var", symlinks=True)
    shutil.chown(folder / "var", group="pkcs11")
    for path in (folder / "var").rglob("*"):
        shutil.chown(path, group="pkcs11")
    card = Path(__file__).with_name("locking_card.py")
    done = subprocess.run(
        ["unshare", "-m", "-i", "bash", "-c", SCRIPT, "ock", folder, sys.executable, card, module],
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_three_wrong_pins_block_the_card_and_the_last_one_needs_a_confirmation(told):
    assert told["left"][:4] == [2, 1, "confirm", 0]
    assert told["blocked"]


def test_a_blocked_card_refuses_the_right_pin_and_says_so(told):
    assert told["left"][4] == "Carte bloquée."


def test_the_unblocking_code_gives_three_tries_back(told):
    assert told["unblocked"] == 3
    assert told["opened"] == "MEDECIN5729"


def test_mutual_tls_with_the_key_on_this_card_too(told):
    assert told["tls"] == [["bonjour", "TLSv1.2"], ["bonjour", "TLSv1.3"]]

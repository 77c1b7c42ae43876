"""The supplier: who writes a package that we install, or stands where packages come from."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

from hostile_seats.ground import Found, Ground, sure

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "requirements-test.txt")
PACKAGE = re.compile(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.+!-]+( ; [^/:@]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
ADDRESS = re.compile(r"\w+://|git\+|@ |--(?:extra-)?index|--find|--trusted|^-e|^-r")


def locks(ground: Ground) -> Found:
    """Each package of the locks is a name with its version and hashes: no address, no option."""
    for name in LOCKS:
        text = (ROOT / name).read_text("utf-8")
        for entry in re.split(r"^(?=[A-Za-z0-9_.-]+==)", text, flags=re.MULTILINE):
            first, *hashes = entry.splitlines() or [""]
            held = bool(PACKAGE.fullmatch(first) and hashes) and all(map(HASH.fullmatch, hashes))
            if entry:
                yield f"{name} {first}", held and not ADDRESS.search(entry)


def installs(ground: Ground) -> Found:
    """A package whose bytes are others than those of the lock is not installed, nor one unnamed."""
    room = ground.room("packages")
    good, other = _wheel(room, b"right"), hashlib.sha256(b"another").hexdigest()
    right = hashlib.sha256(good.read_bytes()).hexdigest()
    sure(_installs(room, f"lgcprobe==1 --hash=sha256:{right}\n"), "the right bytes are installed")
    yield "another hash", not _installs(room, f"lgcprobe==1 --hash=sha256:{other}\n")
    if not ground.short:
        yield "no hash", not _installs(room, "lgcprobe==1\n")
        yield "no version", not _installs(room, f"lgcprobe --hash=sha256:{right}\n")
    _wheel(room, b"wrong")
    yield "bytes that changed", not _installs(room, f"lgcprobe==1 --hash=sha256:{right}\n")
    script = (ROOT / "scripts" / "environment.py").read_text("utf-8")
    yield "our installation asks for hashes", '"--require-hashes"' in script


def _wheel(folder: Path, content: bytes) -> Path:
    made, info = folder / "lgcprobe-1-py3-none-any.whl", "lgcprobe-1.dist-info"
    with zipfile.ZipFile(made, "w") as wheel:
        wheel.writestr("lgcprobe.py", b"# " + content)
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: lgcprobe\nVersion: 1\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", f"lgcprobe.py,,\n{info}/METADATA,,\n{info}/RECORD,,\n")
    return made


def _installs(folder: Path, lock: str) -> bool:
    """As ``environment.prepare`` does it, from this folder instead of the network."""
    (folder / "lock.txt").write_text(lock, "utf-8")
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--require-hashes", "--no-index", "--no-deps", "--dry-run", "--ignore-installed"),
            *("-r", str(folder / "lock.txt")),
        ],
        env={**os.environ, "PIP_FIND_LINKS": str(folder), "PIP_NO_CACHE_DIR": "1"},
        capture_output=True,
    )
    return ran.returncode == 0

"""Data that is shipped, and writing a file so that nobody ever meets half of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

PLACES = (
    Path(__file__).resolve().parents[2] / "resources",
    Path(__file__).resolve().parents[1] / "lgc" / "bundled" / "resources",
)


def resource(*parts: str) -> Path:
    """A shipped data file. Raises FileNotFoundError where it is not there."""
    found = next((p for place in PLACES if (p := place.joinpath(*parts)).is_file()), None)
    if found is None:
        raise FileNotFoundError(parts[-1])
    return found


def write_atomically(path: Path, content: bytes) -> None:
    """Replace ``path`` by ``content`` in one step, on disk before the name is given."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

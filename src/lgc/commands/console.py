"""Lines to the console, in UTF-8 whatever the machine's habits."""

from __future__ import annotations

import io
import os
import sys
import unicodedata
from collections.abc import Iterable


def _harmless(line: str) -> str:
    """A stranger's words give no order to the terminal, and turn no line round."""
    return "".join(
        "\ufffd" if unicodedata.category(one) in ("Cc", "Cf") and one not in "\n\t" else one
        for one in line
    )


def say(lines: Iterable[str]) -> None:
    """Print lines. A reader who closed the pipe has read enough: that is no error."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    try:
        for line in lines:
            sys.stdout.write(f"{_harmless(line)}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain once more when it closes the console on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

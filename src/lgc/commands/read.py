"""``lgc read FILE… [--json]``: what was understood, for support, scripts and comparisons."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from lgc.commands import practice_zone, shown, understanding
from lgc.commands.console import say

READ, NOT_READ = 0, 2


def run(files: Sequence[Path], *, as_json: bool = False) -> int:
    """0 when every file was read, faults or not; 2 when one could not be read at all."""
    practice_zone.use()
    understood = [understanding.of_file(path) for path in files]
    if as_json:
        made = [shown.plain(one) for one in understood]
        say([json.dumps(made[0] if len(made) == 1 else made, ensure_ascii=False, indent=1)])
    else:
        say([line for one in understood for line in (*shown.as_text(one), "")])
    return READ if all(one.is_readable for one in understood) else NOT_READ

"""Which act is played where."""

from __future__ import annotations

from collections.abc import Mapping

from lgc_sandbox.hostile import http_acts, imap_acts, smtp_acts
from lgc_sandbox.hostile.stage import Act

ACTS: Mapping[str, Mapping[str, Act]] = {
    "dmp": http_acts.ACTS,
    "smtp": smtp_acts.ACTS,
    "imap": imap_acts.ACTS,
}

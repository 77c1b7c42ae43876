"""TD3.3c: take one's own document out of the DMP (dmp.md §8).

It needs no authorisation to read: the entryUUID comes from TD3.1b.
"""

from __future__ import annotations

from lgc.dmp import updating
from lgc.dmp.link import DmpLink
from lgc.dmp.updating import Change
from lgc.domain.dmp import EntryStatus


def delete(link: DmpLink, change: Change) -> None:
    """Delete for good. Raises UserFacingError, TransportError."""
    updating.change_reference_status(link, "td3_3c", change, EntryStatus.DELETED)

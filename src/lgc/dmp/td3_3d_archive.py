"""TD3.3d: archive a document, or take it out of the archives (dmp.md §8)."""

from __future__ import annotations

from lgc.dmp import updating
from lgc.dmp.link import DmpLink
from lgc.dmp.updating import Change
from lgc.domain.dmp import EntryStatus


def archive(link: DmpLink, change: Change) -> None:
    """It stays in the DMP, out of ordinary searches. Raises UserFacingError, TransportError."""
    updating.change_status(link, "td3_3d", change, EntryStatus.ARCHIVED)


def unarchive(link: DmpLink, change: Change) -> None:
    """It comes back among the current documents. Raises UserFacingError, TransportError."""
    updating.change_status(link, "td3_3d", change, EntryStatus.APPROVED)

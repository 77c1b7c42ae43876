"""What leaves a session has its line in the journal: copies, prints, files kept elsewhere.

Called from workers, after the thing was done.
"""

from __future__ import annotations

from lgc.services.ports import OpenUnit


class Traces:
    """Lines of kinds and identifiers, never of words."""

    def __init__(self, open_unit: OpenUnit) -> None:
        self._open = open_unit

    def note(self, action: str, subject: str = "") -> None:
        """``action`` is like « biology copied », ``subject`` an identifier."""
        with self._open() as uow:
            uow.audit(action, subject)
            uow.commit()

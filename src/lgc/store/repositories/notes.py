"""Small named values of the practice."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lgc.store.models import NoteRow


class NoteRepository:
    """Implements ``services.ports.Notes``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, key: str) -> str | None:
        row = self._session.get(NoteRow, key)
        return row.value if row else None

    def starting(self, prefix: str) -> dict[str, str]:
        rows = self._session.scalars(
            select(NoteRow).where(NoteRow.key.startswith(prefix, autoescape=True))
        )
        return {row.key: row.value for row in rows}

    def set(self, key: str, value: str) -> None:
        self._session.merge(NoteRow(key=key, value=value))

"""A doctor's own dictionary: what was answered once about a short form with two readings."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lgc.domain.medical_data import Family, OwnWord
from lgc.store.models import OwnWordRow
from lgc.store.repositories.rows import code_columns, coded


class OwnWordRepository:
    """Implements ``services.ports.OwnWords``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, author: str, family: Family, words: str) -> OwnWord | None:
        row = self._session.get(OwnWordRow, (author, family.value, words))
        if row is None:
            return None
        code = coded(row.code, row.code_system, row.code_label)
        return OwnWord(author, family, words, code, row.chosen_at)

    def keep(self, word: OwnWord) -> None:
        """The last answer is the one that counts."""
        self._session.merge(
            OwnWordRow(
                author=word.author,
                family=word.family.value,
                words=word.words,
                **code_columns(word.code),
                chosen_at=word.chosen_at,
            )
        )

    def forget(self, word: OwnWord) -> None:
        row = self._session.get(OwnWordRow, (word.author, word.family.value, word.words))
        if row is not None:
            self._session.delete(row)

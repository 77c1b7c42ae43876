"""Small conversions that every repository needs."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy.orm import Session

from lgc.domain.professionals import Coded
from lgc.store.models import Base

Row = TypeVar("Row", bound=Base)


def existing(session: Session, kind: type[Row], key: str) -> Row:
    """The row with this key. Raises KeyError when there is none."""
    row = session.get(kind, key)
    if row is None:
        raise KeyError(key)
    return row


def coded(code: str | None, system: str | None, label: str | None) -> Coded | None:
    return None if code is None else Coded(code, system or "", label or "")


def code_columns(code: Coded | None) -> dict[str, str | None]:
    return {
        "code": code.code if code else None,
        "code_system": code.system if code else None,
        "code_label": code.label if code else None,
    }


def fill(row: Base, columns: dict[str, object]) -> None:
    """Set the columns that really change, so that an unchanged row is not written."""
    for name, value in columns.items():
        if getattr(row, name) != value:
            setattr(row, name, value)

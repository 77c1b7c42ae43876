"""classCode and formatCode of a document, from two dated tables (dmp.md §5.4 and §5.5).

``resources/terminology/document_classes.toml`` and ``document_formats.toml``: nobody else says
which class a type has, or which format a template. A code is never made up.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from lgc.domain import media_types
from lgc.domain.professionals import Coded
from lgc.paths import bundled


@dataclass(frozen=True, slots=True)
class Classes:
    """Class by type code; ``inferred`` are the types whose class is a default and no fact."""

    source: str
    read_on: dt.date
    of_type: Mapping[str, Coded]
    inferred: frozenset[str]
    default: Coded


@dataclass(frozen=True, slots=True)
class Formats:
    """Format by templateId root, most telling first, and by media type of an unstructured body."""

    source: str
    read_on: dt.date
    of_template: Mapping[str, Coded]
    of_body: Mapping[str, Coded]
    unknown: Coded


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((bundled("resources") / "terminology" / name).read_text("utf-8"))


@cache
def classes() -> Classes:
    """The shipped table, read once."""
    read = _table("document_classes.toml")

    def named(code: str) -> Coded:
        return Coded(code, read["system"], read["labels"][code])

    rows = [(type_code, row) for row in read["class"] for type_code in row["types"]]
    return Classes(
        read["source"],
        read["read_on"],
        {type_code: named(row["code"]) for type_code, row in rows},
        frozenset(type_code for type_code, row in rows if row["inferred"]),
        named(read["default"]),
    )


@cache
def formats() -> Formats:
    """The shipped table, read once."""
    read = _table("document_formats.toml")

    def named(row: dict[str, Any]) -> Coded:
        return Coded(row["code"], read["systems"][row["system"]], row["label"])

    return Formats(
        read["source"],
        read["read_on"],
        {one: named(row) for row in read["format"] for one in row.get("templates", ())},
        {one: named(row) for row in read["format"] for one in row.get("bodies", ())},
        named(read["unknown"]),
    )


def class_of(type_code: Coded) -> Coded:
    """The classCode a typeCode belongs to; the default when the table does not know it."""
    return classes().of_type.get(type_code.code, classes().default)


def format_of(template_ids: tuple[str, ...], body_media_type: str) -> Coded:
    """The formatCode: by the body when it is unstructured, by the template otherwise."""
    known = formats()
    if body_media_type:
        return known.of_body.get(media_types.named(body_media_type), known.unknown)
    found = (known.of_template[one] for one in known.of_template if one in template_ids)
    return next(found, known.unknown)

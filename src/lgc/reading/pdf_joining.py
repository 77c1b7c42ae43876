"""Several PDF in one for the printer. Only the reading process may come."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pikepdf

from lgc.reading import limits
from lgc.reading.jobs import Answer


def joined(blobs: Sequence[bytes], asked: Mapping[str, Any]) -> Answer:
    """One PDF (none when no page could be had), and ``refused``: the ranks of what is no PDF."""
    refused = []
    with pikepdf.new() as whole:
        for rank, file in enumerate(blobs):
            try:
                with pikepdf.open(io.BytesIO(file)) as one:
                    if len(whole.pages) + len(one.pages) > limits.PDF_PAGES:
                        raise ValueError
                    whole.pages.extend(one.pages)
            except (pikepdf.PdfError, ValueError):
                refused.append(rank)
        if not len(whole.pages):
            return Answer({"refused": refused})
        out = io.BytesIO()
        whole.save(out)
    return Answer({"refused": refused}, [out.getvalue()])

"""The journal of exchanges for human readers: lines for a terminal, one page for a browser."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping

WELL = "accepté"
STYLE = """body{font:14px system-ui,sans-serif;margin:2rem;color:#1c2733;background:#fff}
table{border-collapse:collapse}th,td{text-align:left;padding:.35rem .8rem;vertical-align:top;
border-bottom:1px solid #d8dee6}tr.no td{background:#fdf1ec}td.t{white-space:nowrap}
@media(prefers-color-scheme:dark){body{color:#e6ebf2;background:#14181e}
th,td{border-color:#2c333d}tr.no td{background:#3a2620}}"""


def chosen(
    journal: Iterable[Mapping[str, str]], *, refused: bool = False, action: str = ""
) -> Iterator[Mapping[str, str]]:
    """Exchanges of one transaction (``td2.1``), or only those that were not accepted."""
    for line in journal:
        if (not refused or line["verdict"] != WELL) and (not action or line["action"] == action):
            yield line


def lines(journal: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """One line per exchange: when, what, what was answered, why."""
    for line in journal:
        parts = (line["time"], line["action"], line["verdict"], line["reason"])
        yield "  ".join(parts).rstrip()


def page(journal: Iterable[Mapping[str, str]]) -> str:
    """The same as one HTML page that stands alone; every word is escaped."""
    rows = "\n".join(map(_row, journal))
    return (
        '<!DOCTYPE html>\n<html lang="fr"><head><meta charset="utf-8">'
        f"<title>Journal du bac à sable</title><style>{STYLE}</style></head><body>"
        "<h1>Journal du bac à sable</h1><table><thead><tr><th>Heure</th><th>Transaction</th>"
        f"<th>Réponse</th><th>Raison</th></tr></thead><tbody>\n{rows}\n</tbody></table>"
        "</body></html>\n"
    )


def _row(line: Mapping[str, str]) -> str:
    kind = "" if line["verdict"] == WELL else ' class="no"'
    cells = (line["time"], line["action"], line["verdict"], line["reason"])
    inside = "".join(f'<td class="t">{html.escape(cell)}</td>' for cell in cells[:3])
    return f"<tr{kind}>{inside}<td>{html.escape(cells[3])}</td></tr>"

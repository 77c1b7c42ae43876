"""Every limit on the work that a stranger's bytes may ask for, each with its reason.

Limits stand before the work: what passes one is simplified or given up with a sentence, and its
original is kept by the caller. ``DEADLINES`` holds what counting cannot tell beforehand.
"""

from __future__ import annotations

# --- markup of messages -------------------------------------------------------------------------
# html5ever works in the square of the depth: 150,000 open elements took 80 s.
HTML_DEPTH = 100
# Ends that close nothing at hand leave elements open in ways that only the parser knows.
HTML_MISNESTED = 50
# Qt lays a table inside a table out twice: the cost doubles with each level.
HTML_TABLE_DEPTH = 5
# 4,000 cells take Qt 160 ms, and spans count as the cells that they cover.
TABLE_CELLS = 2_000
TABLE_GRID = 6_000
HTML_SHOWN = 500_000  # characters
WORDS = 2_000_000  # characters

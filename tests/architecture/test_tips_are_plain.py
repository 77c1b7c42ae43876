"""No tip is given but through the function that makes it plain: a stranger's subject is no HTML."""

import re
from pathlib import Path

DESKTOP = Path(__file__).parents[2] / "src" / "lgc" / "desktop"
GIVEN = re.compile(r"\.setToolTip\(|QToolTip\.showText\((?!event\.globalPos\(\), plain\()")


def test_every_tip_goes_through_one_function():
    given = [
        (file.name, line.strip())
        for file in DESKTOP.rglob("*.py")
        if file.name != "tips.py"
        for line in file.read_text("utf-8").splitlines()
        if GIVEN.search(line)
    ]

    assert given == []

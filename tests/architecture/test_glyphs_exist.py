"""Every glyph named in the source is one of the icon font: a wrong name fails while painting."""

import json
import re
from pathlib import Path

import qtawesome

SOURCE = Path(__file__).parents[2] / "src" / "lgc"
NAMED = re.compile(r'"ri\.([a-z0-9-]+)"')


def test_every_glyph_is_in_the_font():
    [charmap] = (Path(qtawesome.__file__).parent / "fonts").glob("remixicon-charmap*.json")
    known = set(json.loads(charmap.read_text("utf-8")))
    named = {
        (found, file.name)
        for file in SOURCE.rglob("*.py")
        for found in NAMED.findall(file.read_text("utf-8"))
    }

    assert len(named) > 100
    assert sorted(one for one in named if one[0] not in known) == []

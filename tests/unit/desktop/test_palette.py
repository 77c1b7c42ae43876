"""The palette keeps its promise of contrast, and no colour is written elsewhere."""

import re
from pathlib import Path

import pytest

from lgc.desktop.theme.palette import DARK, LIGHT, ROLES, SOFT
from lgc.paths import bundled

SOURCES = Path(__file__).resolve().parents[3] / "src" / "lgc" / "desktop"
TEXTS = (
    "text",
    "text.muted",
    "text.faint",
    "accent.text",
    "ok",
    "warn",
    "danger",
    "violet",
    "teal",
)


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda p: p.name)
@pytest.mark.parametrize("role", TEXTS)
def test_every_text_role_reads_on_its_backgrounds(palette, role):
    for ground in ("surface", "alt", SOFT.get(role, "hover")):
        assert contrast(palette[role], palette[ground]) >= 4.5, ground


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda p: p.name)
def test_the_main_button_reads(palette):
    assert contrast(palette["accent.on"], palette["accent"]) >= 4.5


def test_an_unknown_role_is_an_error():
    with pytest.raises(KeyError):
        LIGHT["pink"]


def test_no_colour_is_written_outside_the_palette():
    hexa = re.compile(r"""["'\s:]#[0-9A-Fa-f]{6}\b""")
    found = [
        str(file)
        for file in SOURCES.rglob("*.py")
        if file.name != "palette.py" and hexa.search(file.read_text("utf-8"))
    ]
    sheets = bundled("resources") / "theme"
    found += [str(f) for f in sheets.glob("*.qss") if hexa.search(f.read_text("utf-8"))]
    assert found == []


def test_every_role_of_the_sheets_exists():
    for sheet in (bundled("resources") / "theme").glob("*.qss"):
        asked = set(re.findall(r"@([a-z]+(?:\.[a-z]+)*)", sheet.read_text("utf-8")))
        assert {name.replace(".", "_") for name in asked} - ROLES <= {"folder"}, sheet.name

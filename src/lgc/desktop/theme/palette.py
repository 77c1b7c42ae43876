"""The colours of the application, by role. The only place where a colour is written.

Ratios were checked on the hardest background each role is allowed on: 4.5:1 or better.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Palette:
    """One colour per role (``#RRGGBB``, or ``#AARRGGBB`` for the two translucent ones).

    A role is asked by its dotted name: ``text.muted`` is the field ``text_muted``.
    """

    name: str
    text: str
    text_muted: str
    text_faint: str
    accent_text: str
    ok: str
    warn: str
    danger: str
    violet: str
    teal: str
    rail: str
    app: str
    surface: str
    alt: str
    hover: str
    line: str
    line_strong: str
    control: str
    accent: str
    accent_hover: str
    accent_soft: str
    accent_on: str
    ok_soft: str
    warn_soft: str
    danger_soft: str
    violet_soft: str
    teal_soft: str
    band: str
    band_line: str
    tip: str
    tip_text: str
    tip_muted: str
    dim: str
    shadow: str

    def __getitem__(self, role: str) -> str:
        """The colour of a dotted role. Raises KeyError for an unknown one."""
        field = role.replace(".", "_")
        if field not in ROLES:
            raise KeyError(role)
        return str(getattr(self, field))


ROLES = frozenset(field.name for field in fields(Palette)) - {"name"}

LIGHT = Palette(
    name="light",
    text="#1A2330",
    text_muted="#475364",
    text_faint="#5F6B7A",
    accent_text="#1F4FA6",
    ok="#1A7442",
    warn="#8A5200",
    danger="#B3261E",
    violet="#7A3E9D",
    teal="#0B6E6E",
    rail="#E8EBEF",
    app="#F3F4F6",
    surface="#FFFFFF",
    alt="#F8F9FB",
    hover="#F1F3F6",
    line="#E2E5EA",
    line_strong="#C3C9D2",
    control="#6B7684",
    accent="#2459B8",
    accent_hover="#1C4894",
    accent_soft="#E6EEFB",
    accent_on="#FFFFFF",
    ok_soft="#E3F3E9",
    warn_soft="#FDF0D8",
    danger_soft="#FCE8E6",
    violet_soft="#F2E8F8",
    teal_soft="#DFF2F1",
    band="#E4F2E9",
    band_line="#8CC3A2",
    tip="#1F2937",
    tip_text="#F5F7FA",
    tip_muted="#C4CCD8",
    dim="#6B161D28",
    shadow="#38000000",
)

DARK = Palette(
    name="dark",
    text="#E7EAEF",
    text_muted="#B3BBC7",
    text_faint="#949EAC",
    accent_text="#93B8FF",
    ok="#63CC8E",
    warn="#EDB35A",
    danger="#FF8F85",
    violet="#D3A4EE",
    teal="#5CC9C4",
    rail="#0F1216",
    app="#14171C",
    surface="#1B1F26",
    alt="#20252D",
    hover="#252B34",
    line="#2B313B",
    line_strong="#475160",
    control="#8C96A4",
    accent="#3A6FD0",
    accent_hover="#3262BC",
    accent_soft="#20304D",
    accent_on="#FFFFFF",
    ok_soft="#183124",
    warn_soft="#382B14",
    danger_soft="#40201F",
    violet_soft="#33243D",
    teal_soft="#173231",
    band="#1A3326",
    band_line="#3F7A59",
    tip="#E7EAEF",
    tip_text="#14171C",
    tip_muted="#475160",
    dim="#8C000000",
    shadow="#99000000",
)

PALETTES = {palette.name: palette for palette in (LIGHT, DARK)}

SOFT = {
    "ok": "ok.soft",
    "warn": "warn.soft",
    "danger": "danger.soft",
    "violet": "violet.soft",
    "teal": "teal.soft",
    "accent": "accent.soft",
    "accent.text": "accent.soft",
}
"""The background on which a status role may stand; neutral ones stand on ``hover``."""

"""Fonts whose bytes are no letters: « m » in Symbol is µ, and « þ » in Wingdings a ticked box.

Symbol is Adobe's encoding (PDF reference, annex D.5); Wingdings follows the characters that
Unicode 7 gave it, everyday ones where a printer has no other. Bytes without a character stay out.
"""

from __future__ import annotations

from collections.abc import Mapping

UNKNOWN = "\ufffd"
_SYMBOL = (
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_"
    "\u203eαβχδεφγηιϕκλµνοπθρστυϖωξψζ{|}∼"
)
_SYMBOL_HIGH = (
    "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…│─↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓"
    "◊⟨®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪\ufffd⟩∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭"
)
_WINGDINGS = {
    0x20: " ", 0x21: "✏", 0x22: "✂", 0x28: "☎", 0x29: "✆", 0x2A: "✉", 0x36: "⌛", 0x37: "⌨",
    0x3E: "✇", 0x3F: "✍", 0x41: "✌", 0x43: "👍", 0x44: "👎", 0x45: "☜", 0x46: "☞", 0x47: "☝",
    0x48: "☟", 0x49: "✋", 0x4A: "☺", 0x4B: "😐", 0x4C: "☹", 0x4D: "💣", 0x4E: "☠", 0x4F: "⚐",
    0x51: "✈", 0x52: "☼", 0x53: "💧", 0x54: "❄", 0x55: "✞", 0x56: "✞", 0x58: "✠", 0x59: "✡",
    0x5A: "☪", 0x5B: "☯", 0x5D: "☸", 0x6A: "&", 0x6B: "&", 0x6C: "●", 0x6D: "❍", 0x6E: "■",
    0x6F: "□", 0x70: "□", 0x71: "❑", 0x72: "❒", 0x73: "⬧", 0x74: "⧫", 0x75: "◆", 0x76: "❖",
    0x77: "⬥", 0x78: "☒", 0x7A: "⌘", 0x7D: "❝", 0x7E: "❞", 0x80: "⓪",
    **{0x81 + rank: chr(0x2460 + rank) for rank in range(10)},
    0x8B: "⓿", **{0x8C + rank: chr(0x2776 + rank) for rank in range(10)},
    0x9E: "·", 0x9F: "•", 0xA0: "▪", 0xA1: "○", 0xA2: "○", 0xA3: "○", 0xA4: "◉", 0xA5: "◎",
    0xA6: "○", 0xA7: "▪", 0xA8: "☐", 0xAA: "✦", 0xAB: "★", 0xAC: "✶", 0xAD: "✴", 0xAE: "✹",
    0xAF: "✵", 0xB5: "✪", 0xB6: "✰", 0xD5: "⌫", 0xD6: "⌦", 0xD8: "➢", 0xDC: "➲",
    0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE3: "↖", 0xE4: "↗", 0xE5: "↙", 0xE6: "↘",
    0xE7: "←", 0xE8: "➔", 0xE9: "↑", 0xEA: "↓", 0xEB: "↖", 0xEC: "↗", 0xED: "↙", 0xEE: "↘",
    0xEF: "⇦", 0xF0: "⇨", 0xF1: "⇧", 0xF2: "⇩", 0xF4: "⇳",
    0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_WINGDINGS_2 = {0x20: " ", 0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒",
                0x97: "•", 0x98: "●", 0xA3: "□"}  # fmt: skip

SYMBOL: Mapping[int, str] = {
    **{0x20 + rank: letter for rank, letter in enumerate(_SYMBOL)},
    **{0xA0 + rank: letter for rank, letter in enumerate(_SYMBOL_HIGH) if letter != UNKNOWN},
}
NOTHING: Mapping[int, str] = {0x20: " "}
"""A font of signs that nobody knows here."""
TABLES: Mapping[str, Mapping[int, str]] = {
    "symbol": SYMBOL, "symbol mt": SYMBOL, "symbolmt": SYMBOL, "standard symbols l": SYMBOL,
    "symbolps": SYMBOL, "opensymbol": NOTHING,
    "wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "wingdings 3": NOTHING,
    "webdings": NOTHING, "zapfdingbats": NOTHING, "zapf dingbats": NOTHING,
    "itc zapf dingbats": NOTHING, "monotype sorts": NOTHING, "mt extra": NOTHING,
    "marlett": NOTHING,
}  # fmt: skip


def table_of(name: str) -> Mapping[int, str] | None:
    """The signs of a font, None for a font of letters."""
    return TABLES.get(" ".join(name.lower().split()))


def sign(table: Mapping[int, str], code: int) -> str:
    """The character of a byte; ``UNKNOWN`` for one that has none."""
    return table.get(code, UNKNOWN)

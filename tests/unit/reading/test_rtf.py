"""RTF of strangers: signs, deleted words, scripts, notes, boxes, and what is said of them."""

from pathlib import Path

import pytest
from pypdf._codecs.symbol import _symbol_encoding

from lgc.reading import asking, limits, rtf
from lgc.reading.rtf import fonts, losses, symbols
from lgc.reading.rtf.losses import Loss

CASES = Path(__file__).parents[3].parent / "shared" / "cases" / "rtf"
RIGHT = {
    "annot": ("texte [commentaire\u00a01]\n\n[commentaire\u00a01] commentaire", ()),
    "ansicpg1250": ("łódź", ()),
    "bin": ("ab", (Loss.PICTURE,)),
    "ce": ("Wałęsa", ()),
    "checkbox": ("þ oui ¨ non", (Loss.FONT,)),
    "cp850": ("été", ()),
    "deff_tiny": ("Créatinine 0,9", ()),
    "deleted": ("Doser 5 mg", (Loss.DELETED,)),
    "exp-dose": ("10³ UFC/mL", ()),
    "fcharset161": ("10 μg/L", ()),
    "field-symbol": ("25 µg", ()),
    "field": ("Voir le site", ()),
    "footnote": ("texte [note\u00a01]\n\n[note\u00a01] note importante", ()),
    "greek": ("μg", ()),
    "header": ("Cabinet X\n\ncorps\n\nPage 1", ()),
    "hexes": ("Numero " + "0123456789" * 300 + " fin", ()),
    "hidden": ("visible fin", (Loss.HIDDEN,)),
    "line": ("a\nb\tc\u00a0d\u2011ef", ()),
    "list": ("•\tpremier\n1.\tsecond", ()),
    "mac": ("été", ()),
    "nbsp": ("1\u00a0000 mg", ()),
    "pipe": ("TA 12|8 | pouls 70", ()),
    "quote": ("l’INR “x”–y •z—", ()),
    "raw1252": ("fièvre à 39° œdème €", ()),
    "shp": ("ALLERGIE PENICILLINE\nsuite", ()),
    "strike": ("[barré\u00a0: 10 mg] 5 mg", ()),
    "sub": ("HCO₃⁻", ()),
    "super": ("Plaquettes 150 × 10⁹/L", ()),
    "symbol-alpha": ("α-fœtoprotéine", ()),
    "symbol-arrow": ("CRP ↑ VS ↓", ()),
    "symbol-beta": ("β-HCG", ()),
    "symbol-gamma": ("γ-GT", ()),
    "symbol-ge": ("DFG ≥ 60", ()),
    "symbol-le": ("INR ≤ 3", ()),
    "symbol-mu-hex": ("Vitamine B12 250 µg", ()),
    "symbol-mu": ("Lévothyrox 25 µg", ()),
    "symbol-pm": ("12 ± 2", ()),
    "symbol-u": ("µg", ()),
    "symbol": ("10 µg ≥5", ()),
    "table": ("Na · 140\nK · 4,1", ()),
    "tabs": ("Na\t140\nK\t4,1", ()),
    "uc": ("≥5 mg, 10 μg, ≤ 7", ()),
    "uc0": ("≥5 mg", ()),
    "uneg": ("\ufffdx", (Loss.FONT,)),
    "utf8": ("fièvre à 39°", ()),
    "wingding-box": ("☑ asthme ☐ diabète", ()),
}
FONTS = (
    rb"{\rtf1\ansi\deff0{\fonttbl{\f0 Arial;}{\f1\fcharset2 Symbol;}{\f2\fcharset2 Wingdings;}"
    rb"{\f3\fcharset2 Signes du labo;}{\f4\fcharset128 MS Gothic;}}"
)


def read(body):
    return rtf.read(FONTS + body + b"}")


@pytest.mark.skipif(not CASES.is_dir(), reason="no ../shared/cases here")
def test_every_case_of_the_folder_has_its_answer():
    assert {file.stem for file in CASES.glob("*.rtf")} == set(RIGHT)


@pytest.mark.skipif(not CASES.is_dir(), reason="no ../shared/cases here")
@pytest.mark.parametrize("name", RIGHT)
def test_a_case_says_what_is_right(name):
    found = rtf.read((CASES / f"{name}.rtf").read_bytes())

    assert (found.text, found.losses) == RIGHT[name]


def test_symbol_is_the_table_of_another_reader():
    differ = {0x44: "Δ", 0x57: "Ω", 0x60: "‾", 0x6D: "µ", 0xE1: "⟨", 0xF1: "⟩"}
    for code in (*range(0x20, 0x7F), *range(0xA0, 0xFF)):
        theirs = _symbol_encoding[code]
        if code in differ:
            assert symbols.SYMBOL[code] == differ[code]
        elif not 0xE000 <= ord(theirs) <= 0xF8FF and code != 0xF0:
            assert symbols.SYMBOL[code] == theirs, hex(code)


def test_no_sign_of_a_font_is_ever_the_letter_of_its_byte():
    for name in ("Symbol", "Wingdings", "Wingdings 2"):
        table = symbols.table_of(name)
        letters = [code for code in range(0x41, 0x7B) if chr(code).isalpha()]
        assert all(symbols.sign(table, code) != chr(code) for code in letters), name


@pytest.mark.parametrize(
    ("body", "text", "lost"),
    [
        (rb"{\f3 m}g", "\ufffdg", (Loss.FONT,)),
        (rb"{\f4\'82\'a0}", "あ", ()),
        (rb"Dose {\mvf 10 mg}{\mvt 5 mg}", "Dose 5 mg", (Loss.DELETED,)),
        (rb"{\v\v0 vu}", "vu", ()),
        (rb"{\upr{\'3f}{\*\ud{\u8805 ?}}} 5", "≥ 5", ()),
        (rb"1{\super er} avril, n{\super o} 3, 10{\super -6}", "1er avril, n° 3, 10⁻⁶", ()),
        (rb"10{\super x+y} et 10{\super a b}", "10^x+y et 10^(a b)", ()),
        (rb"10{\up6 9}/L {\up2 Note}, {\super\up0 2}", "10⁹/L Note, ²", ()),
        (rb"PaO{\sub 2}, Hb{\sub A1c}", "PaO₂, HbA1c", ()),
        (rb"{\pict\pngblip 89504e47}suite", "suite", (Loss.PICTURE,)),
        (rb"{\object\objemb{\*\objdata 00}{\result tableau}}", "tableau", (Loss.OBJECT,)),
        (rb"{\mmath{\*\moMath{\mr x}}} = 2", " = 2".strip(), (Loss.FORMULA,)),
        (rb"{\*\inconnu des mots}suite", "suite", (Loss.UNKNOWN,)),
        (rb"{\*\generator Msftedit;}suite", "suite", ()),
        (rb"\pard\ls1 sans numero\par", "sans numero", (Loss.NUMBER,)),
        (rb"\pard\ls1{\listtext 1.\tab}un\line deux\par", "1.\tun\ndeux", ()),
        (rb"{\field{\*\fldinst DATE}} et {\field{\*\fldinst PAGE}}", "et", (Loss.FIELD,)),
        (
            rb"{\field{\*\fldinst FORMCHECKBOX{\*\formfield{\fftype1\ffres25\ffdefres1}}}} asthme",
            "☑ asthme",
            (),
        ),
        (
            rb"{\field{\*\fldinst{FORMDROPDOWN}{\*\formfield{\fftype2\ffres1{\*\ffl A-}"
            rb"{\*\ffl O+}}}}{\fldrslt}}",
            "O+",
            (),
        ),
        (rb"{\shp{\*\shpinst{\sp{\sn gtextUNICODE}{\sv URGENT}}}}suite", "URGENT\nsuite", ()),
        (rb"debut {\shp{\*\shpinst{\shptxt boite\par}}{\shprslt{\*\do boite}}}fin\par",
         "debut fin\nboite", ()),
        (rb"\trowd\intbl Na\par K\cell 140\par 4,1\cell\row\pard apres\par",
         "Na · 140\nK · 4,1\napres", ()),
        (rb"\trowd\intbl K\cell\cell 5,2\cell\row", "K ·  · 5,2", ()),
        (rb"\intbl\itap2 Na\nestcell 140\nestcell{\*\nesttableprops\nestrow}\nestrow "
         rb"\itap1\cell fin\cell\row", "Na · 140 · fin", ()),
        (rb"25 {\f1\u109 ?}g, {\f1\u956 ?}g", "25 µg, μg", ()),
        (rb"\u8805\f1 m\f0 g", "≥µg", ()),
        (rb"\u-10179?\u-8704?", "😀", ()),
    ],
)  # fmt: skip
def test_a_construct_says_what_its_page_shows(body, text, lost):
    found = read(body)

    assert (found.text, found.losses) == (text, lost)


@pytest.mark.skipif(not CASES.is_dir(), reason="no ../shared/cases here")
@pytest.mark.parametrize("name", ["greek", "ce", "mac", "cp850", "symbol-mu"])
def test_the_reading_process_knows_the_same_letters(name):
    text, told = asking.rtf_text((CASES / f"{name}.rtf").read_bytes())

    assert (text, told) == (RIGHT[name][0], "")


@pytest.mark.parametrize("charset", sorted(fonts.CHARSETS))
def test_every_character_set_of_a_font_is_read_in_the_process(charset):
    codec = fonts.CHARSETS[charset]
    head = f"{{\\rtf1{{\\fonttbl{{\\f0\\fcharset{charset} x;}}}}\\f0 "
    letters = bytes(range(0xC0, 0xC4)).decode(codec, "ignore")
    escaped = "".join(f"\\'{code:02x}" for code in letters.encode(codec))

    assert asking.rtf_text(f"{head}{escaped}}}".encode())[0] == letters.strip()


def test_a_code_page_that_nobody_knows_is_said():
    assert rtf.read(rb"{\rtf1\ansi\ansicpg99999 \'e9t\'e9}") == rtf.Words("été", (Loss.SIGN,))


def test_a_head_that_comes_back_is_said_once():
    head = rb"{\header Labo X\par}{\footer Fin\par}"

    assert read(head + rb"un\sect " + head + rb"deux").text == "Labo X\n\nun\ndeux\n\nFin"


def test_words_after_a_deep_or_cut_group_stay_or_are_missed():
    assert rtf.read(rb"{\rtf1 un {\b deux").losses == (Loss.CUT,)
    assert rtf.read(rb"{\rtf1 un {\b deux").text == "un deux"
    assert rtf.read(rb"{\rtf1 un {\*\annotation deux").text.endswith("deux")
    assert rtf.read(rb"{\rtf1 un} deux").losses == (Loss.UNKNOWN,)
    deep = limits.RTF_DEPTH + 50
    found = rtf.read(rb"{\rtf1 " + b"{" * deep + b"POTASSIUM 6,9" + b"}" * deep + b" fin}")
    assert (found.text, found.losses) == ("POTASSIUM 6,9 fin", (Loss.UNKNOWN,))


@pytest.mark.parametrize(
    ("limit", "most", "content"),
    [
        ("RTF_BYTES", 20, rb"{\rtf1 une phrase un peu longue}"),
        ("RTF_STEPS", 10, rb"{\rtf1 " + rb"\b x" * 20 + rb"}"),
        ("WORDS", 10, rb"{\rtf1 " + rb"mots mots \par " * 20 + rb"}"),
    ],
)
def test_what_passes_a_limit_says_that_its_end_is_missing(monkeypatch, limit, most, content):
    monkeypatch.setattr(limits, limit, most)

    assert Loss.CUT in rtf.read(content).losses


def test_what_is_lost_is_told_in_one_sentence():
    assert losses.told(()) == ""
    assert losses.told((Loss.DELETED, Loss.PICTURE)) == (
        "Texte simplifié, voir l’original (non montrés\u00a0: images, passages supprimés)."
    )

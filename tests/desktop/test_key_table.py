"""``lgc keys``: one meaning a key, and no key of text editing where a text may be."""

import ast
import ctypes
import ctypes.util
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

import lgc.desktop
from lgc.commands.keys import LAYOUTS, Line, table
from lgc.desktop.components.keys import EDITING

# Where the acts of a key have several words, the one thing that it means. A word that joins is
# judged here, by whoever writes it.
ONE_MEANING = {
    "Return": "the act of the line or dialog in view",
    "Enter": "the act of the line or dialog in view",
    "Ctrl+Return": "finish",
    "Esc": "leave without a loss",
    "Del": "take away what is chosen",
    "Ctrl+S": "keep",
    "Ctrl+F": "search here",
    "F2": "change what is chosen",
    "F5": "ask again what is outside",
    "N": "new",
    # What has the focus moves, one way or the other; it is nobody's command.
    "Up": "before", "Down": "after", "Left": "before", "Right": "after",
    "PgUp": "a page before", "PgDown": "a page after",
    "Alt+Up": "what is chosen goes up", "Alt+Down": "what is chosen goes down, or its list opens",
    "Tab": "the next of the line", "Shift+Tab": "the one before",
    "Space": "the act of the thing that has the focus",
    "Backspace": "the last thing written goes",
    "+": "more", "-": "less",
}  # fmt: skip
SAME_ACT = (
    {"Garder dans mes contacts", "Ajouter à l’entourage", "Ajouter et retirer l’absence",
     "Ajouter une ligne au dossier", "Ajouter des mesures en une ligne"},
    {"Imprimer", "Imprimer la période", "Imprimer le tableau",
     "Imprimer les documents choisis, à la suite"},
    {"Partager", "Partager le document choisi dans la liste",
     "Partager le document choisi ; plusieurs partent dans un même message"},
    {"Actions DMP", "Vos droits sur le DMP de ce patient, et qui d’autre y accède"},
    {"Actions DMP du document", "Actions de l’envoi"},
    {"Choisir ce qui part du dossier avec le document", "Joindre un fichier"},
    {"Copier les accusés", "Copier l’adresse"},
    {"Enregistrer une copie", "Exporter l’original"},
    {"Thème", "Passer du thème clair au thème sombre"},
    {"Ouvrir les réglages", "Réglages du poste"},
    {"Agrandir", "Zoomer"},
    {"Réduire", "Dézoomer"},
    {"Fermer le dossier", "Le verbe du dialogue"},
    {"Chercher un patient, un document, une action", "Chercher de nouveau"},
)  # fmt: skip
# In lists and on buttons alone: keys.action refuses them where a text may be.
OF_LISTS = {"Del", "Return", "Ctrl+C", "Ctrl+A", "Alt+Up", "Alt+Down", "PgUp", "PgDown"}
# What a widget does with strokes of its own (``KEYS``): moves in a list, a drawing or among what a
# field offers. ``test_a_field_s_own_keys_leave_its_words`` presses those of the fields.
MOVES = {"Up", "Down", "Left", "Right", "Home", "End", "Alt+Left", "Alt+Right", "Tab", "Shift+Tab"}
TAKEN_BACK = {"Backspace"}  # with no word to delete; and the last unfolding of a short form
NO_TABLE = {
    "Letters",  # sees every key, and gives none an act
    "BiologyTable",  # asks its values, whose table says it
}
QT_NAMES = {
    "PageUp": "PgUp", "PageDown": "PgDown", "Escape": "Esc", "Delete": "Del", "Plus": "+",
    "Minus": "-", "Backtab": "Shift+Tab", "K": "Ctrl+K",
}  # fmt: skip


@pytest.fixture(scope="module")
def lines():
    return table()


def test_each_key_has_one_meaning(lines):
    acts = defaultdict(set)
    for one in lines:
        acts[one.keys].add(one.act)
    several = {keys: said for keys, said in acts.items() if len(said) > 1}
    wrong = {
        keys: said
        for keys, said in several.items()
        if keys not in ONE_MEANING and not any(said <= same for same in SAME_ACT)
    }

    assert wrong == {}


def test_no_key_of_text_editing_is_a_command_beside_those_of_lists(lines):
    assert {one.keys for one in lines} & EDITING <= OF_LISTS | MOVES | TAKEN_BACK


def classes():
    """Each class of the windows that looks at keys itself: its name, those keys, its ``KEYS``."""
    for file in Path(lgc.desktop.__file__).parent.rglob("*.py"):
        module = ast.parse(file.read_text("utf-8"))
        known = {
            one.targets[0].id: one.value
            for one in module.body
            if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
        }
        for made in (one for one in ast.walk(module) if isinstance(one, ast.ClassDef)):
            said = next(
                (ast.literal_eval(one.value) for one in made.body
                 if isinstance(one, ast.Assign | ast.AnnAssign)
                 and "KEYS" in ast.unparse(one).split("=")[0].split(":")[0]), None,
            )  # fmt: skip
            parts = [known[one.id] for one in ast.walk(made)
                     if isinstance(one, ast.Name) and one.id in known]  # fmt: skip
            seen = {
                one.attr.removeprefix("Key_")
                for part in (made, *parts)
                for one in ast.walk(part)
                if isinstance(one, ast.Attribute) and one.attr.startswith("Key_")
            }
            if seen or said:
                yield made.name, {QT_NAMES.get(one, one) for one in seen}, said


def test_what_a_widget_does_with_its_own_strokes_is_in_the_table(lines):
    listed = {(one.keys, one.act) for one in lines}
    found = [one for one in classes() if one[0] not in NO_TABLE]
    assert len(found) > 20
    for name, seen, said in found:
        assert said is not None, f"{name} looks at keys and lists none"
        assert seen <= {keys.rpartition("+")[2] or "+" for keys, _ in said} | {
            keys for keys, _ in said
        }, name
        assert set(said) <= listed, name


def test_printing_searching_and_sharing_have_their_keys_everywhere(lines):
    for keys, begins in (("Ctrl+P", "Imprimer"), ("Ctrl+Shift+P", "Partager")):
        assert {one.act.split()[0] for one in lines if one.keys == keys} == {begins}
        assert not [one for one in lines if one.act.startswith(f"{begins} ") and one.keys != keys]
    assert {one.act.split()[0] for one in lines if one.keys == "Ctrl+K"} == {"Chercher"}


def test_it_holds_what_loops_tables_and_pages_give(lines):
    for one in (
        Line("Agenda", "S", "Vue Semaine"),
        Line("Messages", "2", "Candidat 2"),
        Line("Dossier", "Alt+1", "Données médicales"),
        Line("Accueil", "Ctrl+H", "Aller à l’accueil"),
        Line("Dossier, biologie", "Space", "Ajouter à la courbe"),
        Line("Dossier, saisie", "Alt+T", "AT/MP"),
    ):
        assert one in lines


class Names(ctypes.Structure):
    _fields_ = [
        (one, ctypes.c_char_p) for one in ("rules", "model", "layout", "variant", "options")
    ]


def levels(layout):
    """What each key writes alone and with Maj, by XKB's own tables (libxkbcommon)."""
    file = ctypes.util.find_library("xkbcommon")
    if file is None:
        pytest.skip("libxkbcommon is not installed")
    xkb = ctypes.CDLL(file)
    xkb.xkb_context_new.restype = xkb.xkb_keymap_new_from_names.restype = ctypes.c_void_p
    context = ctypes.c_void_p(xkb.xkb_context_new(0))
    name, variant = {"bépo": ("fr", "bepo")}.get(layout, (layout, ""))
    names = Names(b"evdev", b"pc105", name.encode(), variant.encode(), b"")
    keymap = xkb.xkb_keymap_new_from_names(context, ctypes.byref(names), 0)
    if not keymap:
        pytest.skip("XKB's layouts are not installed")
    written = []
    for place in range(10, 62):  # the rows of letters, digits and signs
        signs = []
        for level in (0, 1):
            found = ctypes.POINTER(ctypes.c_uint32)()
            number = xkb.xkb_keymap_key_get_syms_by_level(
                ctypes.c_void_p(keymap), place, 0, level, ctypes.byref(found)
            )
            signs.append(chr(xkb.xkb_keysym_to_utf32(found[0])) if number else "")
        written.append(tuple(signs))
    return written


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_sign_is_where_the_layout_of_xkb_has_it(lines, layout):
    keys = levels(layout)
    tried = 0
    for one in lines:
        last = one.keys.rpartition("+")[2] or "+"
        if len(last) != 1 or last.isdigit():  # the row of digits acts as drawn (test_digit_row)
            continue
        tried += 1
        *held, said = one.pressed(layout).split(" ")
        if held[-1:] == ["touche"]:  # the key of that digit, without Maj
            assert (last, said) in keys, one
        elif "Maj" in held and "Shift" not in one.keys:
            assert [alone for alone, _ in keys if alone == said] == [said], one
            assert dict(keys)[said] == last, one
        else:
            assert said.lower() in {alone for alone, _ in keys}, one
    assert tried > 60


def test_a_sign_is_pressed_where_the_layout_has_it():
    help_, zoom = Line("x", "?", ""), Line("x", "Ctrl++", "")

    assert [help_.pressed(one) for one in LAYOUTS] == ["Maj ,", "Maj '", "Maj ,", "Maj '", "Maj /"]
    assert zoom.pressed("fr") == "Ctrl Maj =" and zoom.pressed("bépo") == "Ctrl +"
    assert {Line("x", "Alt+1", "").pressed(one) for one in LAYOUTS} == {"Alt 1"}


def test_the_command_prints_it(lines):
    shown = subprocess.run(
        [sys.executable, "-m", "lgc", "keys"], capture_output=True, encoding="utf-8", check=True
    ).stdout.splitlines()

    assert shown[0] == "écran\ttouche\tacte\tfr\tbépo\tbe\tch\tus"
    assert len(shown) == len(lines) + 1

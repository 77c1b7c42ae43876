"""``lgc keys``: one meaning a key, and no key of text editing where a text may be."""

import subprocess
import sys
from collections import defaultdict

import pytest

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
}
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
)  # fmt: skip
# In lists and on buttons alone: keys.action refuses them where a text may be.
OF_LISTS = {"Del", "Return", "Ctrl+C", "Ctrl+A", "Alt+Up", "Alt+Down", "PgUp", "PgDown"}


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
    assert {one.keys for one in lines} & EDITING <= OF_LISTS


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

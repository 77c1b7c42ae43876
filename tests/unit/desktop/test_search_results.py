"""What the search marks and groups."""

from lgc.desktop.search.results import Group, Offer, results
from lgc.desktop.words import letters, matches
from lgc.services.views import Found


def test_accents_are_forgiven_letter_by_letter():
    assert letters("Hélène ÇA") == "helene ca"
    assert len(letters("Œdème")) == len("Œdème")


def test_what_matched_is_marked_in_place():
    assert matches("CHEMIN Henri", "chemin hen") == [(0, 6), (7, 3)]
    assert matches("Hélène", "hele") == [(0, 4)]
    assert matches("CHEMIN", "zzz") == []


def test_overlapping_marks_are_one():
    assert matches("CHEMIN", "chem hemin") == [(0, 6)]


def test_special_characters_are_plain_letters_for_the_search():
    assert matches("a+b (c)", "+b (c)") == [(1, 2), (4, 3)]


def test_actions_are_found_by_their_words_and_filtered():
    offers = [Offer(0, "Verrouiller", "Ctrl L"), Offer(1, "Thème", "")]
    nobody = Found("verr", (), ())

    rows = results(nobody, offers)

    assert [row.title for row in rows if not row.head] == ["Verrouiller"]
    assert results(nobody, offers, Group.PATIENTS) == []

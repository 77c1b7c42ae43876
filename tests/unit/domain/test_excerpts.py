from lgc.domain.excerpts import excerpt, holds

REPORT = "Bonjour. " * 40 + "Le patient présente une Fièvre à 39 et un œdème. " + "Au revoir. " * 40


def test_the_line_is_taken_around_the_words_whatever_their_accents():
    found = excerpt(REPORT, "fievre OEDEME")

    assert "Fièvre à 39 et un œdème" in found
    assert found.startswith("… ") and found.endswith(" …")
    assert len(found) < 200


def test_the_place_where_most_words_meet_wins():
    text = "toux. " + "rien " * 80 + "une toux sèche depuis hier"

    assert "toux sèche" in excerpt(text, "toux seche")


def test_accents_written_apart_are_the_same_accents():
    assert holds("une fie\u0300vre", "fièvre")


def test_only_beginnings_of_words_count():
    assert not holds("Surpoids", "poids")
    assert holds("Poids stable", "poi")


def test_every_word_must_be_there_and_no_words_hold_nothing():
    assert not holds("toux sèche", "toux grasse")
    assert not holds("toux", "  ")
    assert excerpt("toux", "absent") == ""

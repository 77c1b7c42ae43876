"""What the DMP says, as facts: what an action changes, who probably may, what a word finds."""

import datetime as dt
from dataclasses import replace

import pytest

from lgc.domain.dmp import (
    RIGHTS,
    DmpEntry,
    DocumentAction,
    EntryStatus,
    Existence,
    Opposition,
    PurposeOfUse,
    meaningful,
    probably_allowed,
)
from lgc.domain.patients import DmpAccess
from lgc.domain.professionals import Coded

A, P, S = DocumentAction, PurposeOfUse, EntryStatus
THEN = dt.datetime(2026, 9, 2, tzinfo=dt.UTC)
ME, OTHER = "899700057294", "899700059786"
ENTRY = DmpEntry(
    "urn:uuid:1", "l", "1.2.3", "1.2.9", "Échographie rénale", Coded("18748-4", "l", "Imagerie"),
    Coded("31", "c"), "", "text/xml", S.APPROVED, THEN, THEN, ("Jacques MÜLLER",),
    ("CH Marie Curie",), ("N",), author_ids=(ME,),
)  # fmt: skip
MASKED = replace(ENTRY, confidentiality=("N", "MASQUE_PS"))
HIDDEN = replace(ENTRY, confidentiality=("N", "INVISIBLE_PATIENT"))
SECRET = replace(ENTRY, confidentiality=("N", "INVISIBLE_REPRESENTANTS_LEGAUX"))
ARCHIVED, DEPRECATED, DELETED = (
    replace(ENTRY, status=status) for status in (S.ARCHIVED, S.DEPRECATED, S.DELETED)
)
USEFUL = {
    A.MASK: {"plain", "secret"},
    A.UNMASK: {"masked"},
    A.SHOW_TO_PATIENT: {"hidden"},
    A.SHOW_TO_GUARDIANS: {"secret"},
    A.DELETE: {"plain", "masked", "hidden", "secret", "archived"},
    A.ARCHIVE: {"plain", "masked", "hidden", "secret"},
    A.UNARCHIVE: {"archived"},
}
ENTRIES = {
    "plain": ENTRY,
    "masked": MASKED,
    "hidden": HIDDEN,
    "secret": SECRET,
    "archived": ARCHIVED,
    "deprecated": DEPRECATED,
    "deleted": DELETED,
}


@pytest.mark.parametrize("name", ENTRIES)
@pytest.mark.parametrize("action", A)
def test_only_an_action_that_changes_something_is_meaningful(action, name):
    assert meaningful(action, ENTRIES[name]) is (name in USEFUL[action])


def test_every_action_has_its_rights():
    assert set(RIGHTS) == set(A)


@pytest.mark.parametrize(
    ("action", "purpose", "author", "attending", "anybody"),
    [
        (A.MASK, P.NORMAL, True, True, True),
        (A.MASK, P.BREAK_GLASS, False, False, False),
        (A.UNMASK, P.NORMAL, True, True, False),
        (A.SHOW_TO_PATIENT, P.NORMAL, True, True, True),
        (A.DELETE, P.NORMAL, True, False, False),
        (A.DELETE, P.BREAK_GLASS, True, False, False),
        (A.DELETE, P.EMERGENCY_CENTRE, True, False, False),
        (A.ARCHIVE, P.NORMAL, True, True, False),
        (A.ARCHIVE, P.BREAK_GLASS, False, True, False),
        (A.UNARCHIVE, P.EMERGENCY_CENTRE, False, False, False),
    ],
)
def test_the_published_matrix_greys_what_it_refuses(action, purpose, author, attending, anybody):
    theirs = replace(ENTRY, author_ids=(OTHER,))

    assert probably_allowed(action, ENTRY, ME, False, purpose) is author
    assert probably_allowed(action, theirs, ME, True, purpose) is attending
    assert probably_allowed(action, theirs, ME, False, purpose) is anybody


@pytest.mark.parametrize(
    "changes", [{"class_code": Coded("90", "c")}, {"type": Coded("DOCPAT03", "t")}]
)
def test_a_document_of_the_patient_is_known_and_left_to_the_attending_doctor(changes):
    theirs = replace(ENTRY, **changes)

    assert theirs.of_patient
    assert not probably_allowed(A.MASK, theirs, ME, attending=False)
    assert probably_allowed(A.MASK, theirs, ME, attending=True)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", True),
        ("echographie", True),
        ("RENALE muller", True),
        ("imagerie curie", True),
        ("scanner", False),
        ("echographie scanner", False),
    ],
)
def test_words_are_sought_in_title_type_author_and_place(words, found):
    assert ENTRY.matches(words) is found


def test_flags_tell_oppositions_and_what_nobody_said():
    said = (("OPPOSITION_BRIS_DE_GLACE", True), ("OPPOSITION_ACCES_URGENCE", False))
    found = Existence(DmpAccess.AUTHORISED, flags=said)

    assert found.oppositions == {Opposition.BREAK_GLASS}
    assert found.flag("OPPOSITION_ACCES_URGENCE") is False
    assert found.flag("RATTACHEMENT_ENS") is None


@pytest.mark.parametrize(("literal", "expired"), [("EXPIRE", True), ("expire", True), ("", False)])
def test_an_expired_authorisation_is_told_from_none(literal, expired):
    found = Existence(DmpAccess.TO_AUTHORISE, raw_authorisation=literal)

    assert found.expired is expired

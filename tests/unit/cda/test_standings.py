"""Every status, end and act of a problem or an allergy, walked through."""

import datetime as dt
import itertools

import pytest
from lxml import etree

from lgc.cda import parse, standings
from lgc.cda.standings import End, goes_on, says_none
from lgc.domain.medical_data import PartialDate

DAY = dt.date(2026, 3, 12)
PAST, TODAY, FUTURE = PartialDate(2019), PartialDate(2026, 3, 12), PartialDate(2027)
ENDS = (End(), End(undated=True), End(PAST, True), End(TODAY, True), End(FUTURE, True))
ACTS = ("active", "completed", "suspended", "aborted", "")
# Without a status: the answer for each end of ENDS.
WITHOUT = {
    "active": (True, True, False, True, True),
    "completed": (True, False, False, True, True),
    "suspended": (True, True, False, True, True),
    "aborted": (False, False, False, False, False),
    "": (True, True, False, True, True),
}


@pytest.mark.parametrize(
    ("status", "end", "act"), [*itertools.product((True, False, None), range(len(ENDS)), ACTS)]
)
def test_the_status_decides_then_the_end_then_the_act(status, end, act):
    expected = WITHOUT[act][end] if status is None else status

    assert goes_on(status, ENDS[end], act, DAY) is expected


SECTIONS = {"48765-2": "agent", "11450-4": "value"}
DOCUMENT = (
    '<ClinicalDocument xmlns="urn:hl7-org:v3" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><effectiveTime value="20260312"/>'
    "<component><structuredBody><component><section>"
    '<code code="{section}"/><text>x</text><entry><act{held}><statusCode code="{act}"/>'
    '<entryRelationship typeCode="SUBJ"><observation{negation}><statusCode code="{own}"/>'
    '<effectiveTime><low value="2010"/>{high}</effectiveTime>'
    '<value xsi:type="CD" code="Z" codeSystem="1.2" displayName="Chose"/>{status}'
    "</observation></entryRelationship></act></entry></section></component></structuredBody>"
    "</component></ClinicalDocument>"
)
STATUS = (
    '<entryRelationship typeCode="REFR"><observation><code code="33999-4"/>'
    '<value xsi:type="CE" code="{code}" displayName="{name}"/></observation></entryRelationship>'
)


def entries(section="48765-2", act="active", own="completed", high="", status="", negation="",
            held=""):  # fmt: skip
    parts = {"section": section, "act": act, "own": own, "high": high, "status": status}
    text = DOCUMENT.format(**parts, negation=negation, held=held)
    return parse.parse(text.encode()).entries


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("act", ["active", "completed"])
@pytest.mark.parametrize("high", ["", '<high value="2019"/>', '<high nullFlavor="UNK"/>'])
@pytest.mark.parametrize(("code", "expected"), standings.GOES_ON.items())
def test_a_status_is_read_in_every_place(section, act, high, code, expected):
    status = STATUS.format(code=code, name="")

    assert [one.active for one in entries(section, act, high=high, status=status)] == [expected]


@pytest.mark.parametrize(("name", "expected"), [("Actif", True), ("Résolu", False), ("?", True)])
def test_a_status_of_another_set_is_read_in_its_words(name, expected):
    status = STATUS.format(code="1", name=name)

    assert [one.active for one in entries(act="completed", status=status)] == [expected]


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize(
    "gone",
    [
        {"negation": ' negationInd="true"'},
        {"negation": ' negationInd="1"'},
        {"held": ' negationInd="true"'},
        *({"own": status} for status in ("nullified", "obsolete", "cancelled", "aborted")),
        *({"act": status} for status in ("nullified", "obsolete", "cancelled")),
    ],
)
def test_what_was_denied_or_taken_back_is_no_entry(section, gone):
    assert entries(section)
    assert entries(section, **gone) == ()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Aucune allergie connue", True),
        ("Pas d’allergie connue à ce jour", True),
        ("Aucun", True),
        ("Néant", True),
        ("No known drug allergy", True),
        ("Pas d’allergie connue sauf pénicilline", False),
        ("Aucune tolérance à l’aspirine", False),
        ("Aucuba", False),
        ("", False),
    ],
)
def test_words_that_only_say_none_are_told_from_those_that_say_more(words, expected):
    assert says_none(words) is expected


def test_no_agent_has_no_status_of_its_own():
    node = etree.fromstring("<value/>")

    assert standings.status_of(node) is None


HIGHS = ("", '<high nullFlavor="UNK"/>', '<high value="2019"/>', '<high value="20260312"/>',
         '<high value="2027"/>')  # fmt: skip
STATUSES = {None: "", True: STATUS.format(code="55561003", name=""),
            False: STATUS.format(code="resolved", name="")}  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("act", ACTS)
def test_a_document_gives_the_answer_of_the_table(section, act):
    for (told, status), (rank, high) in itertools.product(STATUSES.items(), enumerate(HIGHS)):
        expected = WITHOUT[act][rank] if told is None else told

        read = entries(section, act, high=high, status=status)

        assert [one.active for one in read] == [expected], (told, high)

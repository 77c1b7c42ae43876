"""Versions stand the same in whatever order they came, and none is lost in a ring."""

import random
from dataclasses import replace
from itertools import permutations

import pytest

from lgc.domain.documents import Origin
from lgc.domain.versions import family, settled


@pytest.fixture
def paper(make):
    def made(name, *, replaces="", set_id="", version=1, **fields):
        return replace(
            make.document().document, document_id=name, unique_id=f"2.25.{name}", set_id=set_id,
            version=version, origin=Origin.MSSANTE, sha1=name, replaces=replaces, **fields,
        )  # fmt: skip

    return made


def always(newer, older):
    return True


def arrive(order, may_replace=always):
    """One after the other, as a record settles them; a copy of what is there is not stored."""
    held = []
    for number, one in enumerate(order):
        if any(one.unique_id == other.unique_id and one.sha1 == other.sha1 for other in held):
            continue
        held.append(replace(one, document_id=f"{one.document_id}#{number}"))
        links = settled(family(held, [held[-1]]), may_replace)
        held = [replace(x, replaced_by=links.get(x.document_id, x.replaced_by)) for x in held]
    named = {one.document_id: one.sha1 for one in held}
    return {one.sha1: named.get(one.replaced_by) for one in held}


def test_every_order_of_a_chain_and_its_copies_gives_the_same_end(paper):
    first, second, third = (
        paper("1"), paper("2", replaces="2.25.1"), paper("3", replaces="2.25.2"),
    )  # fmt: skip
    for order in permutations([first, second, third, first, second]):
        assert arrive(order) == {"1": "2", "2": "3", "3": None}


def test_every_order_of_a_set_gives_the_same_end(paper):
    versions = [paper(str(n), set_id="2.25.9", version=n) for n in (1, 2, 3)]
    for order in permutations([*versions, versions[1]]):
        assert arrive(order) == {"1": "2", "2": "3", "3": None}


@pytest.mark.parametrize("seed", range(300))
def test_any_documents_in_any_order_give_the_same_end_and_one_stands(paper, seed):
    draw = random.Random(seed)
    papers = [
        replace(
            paper(draw.choice("abcd")), document_id=f"d{number}", sha1=str(number),
            set_id=draw.choice(["", "s", "t"]), version=draw.randint(1, 3),
            replaces=draw.choice(["", "2.25.a", "2.25.b", "2.25.c"]),
        )
        for number in range(draw.randint(1, 7))
    ]  # fmt: skip
    other = draw.sample(papers, len(papers))

    assert arrive(papers) == arrive(other)
    assert None in arrive(papers).values()


def test_what_replace_each_other_in_a_ring_all_stand(paper):
    ring = [
        paper("1", replaces="2.25.3"), paper("2", replaces="2.25.1"),
        paper("3", replaces="2.25.2"),
    ]  # fmt: skip
    for order in permutations(ring):
        assert set(arrive(order).values()) == {None}


def test_two_contents_of_one_identifier_both_stand(paper):
    one = paper("1", set_id="2.25.9")
    other = replace(one, sha1="other", version=2)

    assert arrive([one, other]) == arrive([other, one]) == {"1": None, "other": None}


def test_what_was_written_here_and_what_another_wrote_is_never_hidden(paper):
    mine = replace(paper("1"), origin=Origin.PRACTICE)
    newer = paper("2", replaces="2.25.1")

    assert arrive([mine, newer]) == {"1": None, "2": None}
    assert arrive([paper("1"), newer], lambda newer, older: False) == {"1": None, "2": None}


def test_the_doctors_word_stays(paper):
    older, newer = paper("1"), paper("2", replaces="2.25.1")
    said = replace(older, replaced_by="2")

    assert settled([said, newer], lambda newer, older: False)["1"] == "2"

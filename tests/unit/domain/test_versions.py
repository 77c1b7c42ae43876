"""A document is replaced by one of its authors, and by nobody else."""

import pytest

from lgc.domain.versions import Succession, Version, may_replace, successor
from lgc.errors import UserFacingError

LAST = Version("1.2.3", "1.2", 4, ("899700057294", "899700057306"))


@pytest.mark.parametrize("who", LAST.author_ids)
def test_each_author_writes_the_next_version_of_the_same_set(who):
    assert successor(LAST, who) == Succession("1.2", 5, "1.2.3")


@pytest.mark.parametrize("who", ["899700099999", "", "89970005729", "899700057294 "])
def test_nobody_else_replaces_it(who):
    assert not may_replace(LAST.author_ids, who)
    with pytest.raises(UserFacingError, match="auteurs") as caught:
        successor(LAST, who)
    assert caught.value.advice

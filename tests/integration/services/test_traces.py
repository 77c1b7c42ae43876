"""The journal's lines of what leaves and of what is refused."""

import pytest
from sqlalchemy.orm import Session

from lgc.errors import UserFacingError
from lgc.services.keeping_store import KeepingStore
from lgc.services.traces import Traces
from lgc.store.models import AuditLineRow


def lines(store):
    with Session(store._engine) as session:
        return [(row.action, row.subject) for row in session.query(AuditLineRow).all()]


def test_what_leaves_is_a_line_of_a_kind_and_an_identifier(store):
    Traces(store.unit).note("biology copied", "p1")

    assert lines(store)[-1] == ("biology copied", "p1")


def test_a_backup_that_is_refused_has_its_line(store, clock, tmp_path):
    place = tmp_path / "file"
    place.write_text("not a folder")
    keeping = KeepingStore(store, clock, lambda event: None)

    with pytest.raises(UserFacingError):
        keeping.back_up(str(place))

    assert lines(store)[-1][0] == "backup refused"

"""What was typed and not finished, over the real store: each professional finds her own."""

import datetime as dt
from dataclasses import replace

from lgc.domain.typed import Typed
from lgc.services.keeping_typed import KeepingTyped

AT = dt.datetime(2026, 11, 6, 9, 57, tzinfo=dt.UTC)


def test_what_was_typed_is_found_by_its_writer_until_it_is_finished(desk):
    keeping = KeepingTyped(desk.store.unit, desk.connection)
    share = Typed({"body": "Pour avis."}, {"body": ""}, AT)
    contact = Typed({"name": "DURAND"}, {"name": ""}, AT)

    keeping.keep({"share:d1": share, "contact:": contact})
    assert keeping.all() == {"share:d1": share, "contact:": contact}

    keeping.keep({"share:d1": None})
    assert keeping.all() == {"contact:": contact}


def test_another_professional_is_not_offered_it(desk):
    keeping = KeepingTyped(desk.store.unit, desk.connection)
    keeping.keep({"share:d1": Typed({"body": "Pour avis."}, {"body": ""}, AT)})

    mine = desk.connection.practitioner
    other = replace(mine, holder=replace(mine.holder, national_id="899700000000"))
    desk.connection.plug(other, desk.connection.current())

    assert keeping.all() == {}

"""The application in its own process, whose folder vanishes; run by test_vanishing.py.

``vanish`` removes the folder of an open office, then shares and types; ``again`` opens what is
offered; ``work`` writes all there is, ``full`` with no room left. What each was told
or found comes out on stdout.
"""

import json
import os
import shutil
import sys
import time
from pathlib import Path

from lgc import demo
from lgc.bootstrap import Office
from lgc.domain.deliveries import Channel
from lgc.domain.documents import Confidentiality
from lgc.domain.patients import DmpAccess
from lgc.errors import UserFacingError
from lgc.files import save_copy
from lgc.services.drafting import CONSULTATION, Draft
from lgc.services.events import Warned
from lgc.services.sharing import ShareRequest
from lgc.settings import practice_city


def told(work):
    """The sentence of a refusal; None when it was acknowledged."""
    try:
        work()
    except UserFacingError as error:
        return f"{error.sentence} {error.advice}"
    return None


def entered(folder, facts):
    office = Office(demo.profile(folder, facts))
    office.warned = []
    office.listen(lambda event: office.warned.append(event) if isinstance(event, Warned) else None)
    return office


def begin(office, facts):
    office.access.observe()
    opened = office.access.open(facts["pin"])
    if opened.recovery_code:
        office.access.keep_code()
    office.access.choose(opened.places[0])
    return office.desk


def request(desk, patient_id):
    status = desk.sharing.check_dmp(patient_id)
    return ShareRequest(
        document=desk.vsm.draft(patient_id),
        channels=frozenset(Channel),
        confidentiality=Confidentiality.VISIBLE,
        recipients=(desk.sharing.directory("specialiste5737")[0],),
        subject="Synthèse",
        body="Bonjour",
        consent_attested=status.access is DmpAccess.TO_AUTHORISE,
    )


def vanish(folder, facts):
    office = entered(folder, facts)
    desk = begin(office, facts)
    patient_id = desk.finding.find("chemin").patients[0].patient.patient_id
    desk.drafting.keep(patient_id, CONSULTATION, Draft({"reason": "avant"}, begun_at="2026"))
    ready = request(desk, patient_id)
    shutil.rmtree(folder)
    limit = time.monotonic() + 20
    while not office.warned and time.monotonic() < limit:
        time.sleep(0.1)
    answers = {
        "warned": [event.notice.sentence for event in office.warned],
        "shared": told(lambda: desk.sharing.share(ready)),
        "noted": told(
            lambda: desk.drafting.keep(
                patient_id, CONSULTATION, Draft({"reason": "tapé après"}, begun_at="2026")
            )
        ),
    }
    office.stop()
    return answers


def again(folder, facts):
    office = entered(folder, facts)
    offered = told(lambda: begin(office, facts))
    desk = begin(office, facts)
    patient_id = desk.finding.find("chemin").patients[0].patient.patient_id
    notice = desk.keeping.notice()
    answers = {
        "offered": offered,
        "notice": notice and notice.sentence,
        "typed": desk.drafting.draft(patient_id, CONSULTATION).of("reason"),
        "deliveries": len(desk.queue.lines()),
        "lines": desk.keeping.verify_audit(),
    }
    office.stop()
    return answers


def work(folder, facts):
    """Everything that is written, on the widest machine: nothing but our own care narrows it."""
    os.umask(0)
    office = entered(folder, facts)
    desk = begin(office, facts)
    patient_id = desk.finding.find("chemin").patients[0].patient.patient_id
    desk.sharing.share(request(desk, patient_id))
    desk.directory.held()
    desk.keeping.back_up(str(folder.parent / "copies"))
    desk.settings.save()
    save_copy(folder.parent / "kept.pdf", b"%PDF")
    shown = narrowness(folder.parent)
    office.stop()
    return {"wide": {**shown, **narrowness(folder.parent)}}


def full(folder, facts):
    """The disk of the practice fills up, then has room again."""
    office = entered(folder, facts)
    desk = begin(office, facts)
    patient_id = desk.finding.find("chemin").patients[0].patient.patient_id
    ready = request(desk, patient_id)
    before = (folder / "settings.json").read_bytes()
    acts = {
        "share": lambda: desk.sharing.share(ready),
        "note": lambda: desk.drafting.keep(
            patient_id, CONSULTATION, Draft({"reason": "Fièvre " * 9000}, begun_at="2026")
        ),
        "settings": lambda: set_city(desk, "Lyon"),
        "backup": lambda: desk.keeping.back_up(str(folder / "copies")),
        "directory": lambda: desk.directory.bring(
            Path(facts["directory"]), lambda part: None, lambda: None
        ),
    }
    fold_journal(office)
    filler = fill(folder)
    refused = {name: told(act) for name, act in acts.items()}
    halves = [str(path.relative_to(folder)) for path in folder.rglob("*.draft*")]
    kept = (folder / "settings.json").read_bytes() == before
    filler.unlink()
    after = {name: told(act) for name, act in acts.items()}
    answers = {
        "refused": refused,
        "halves": halves,
        "settings kept": kept,
        "after": after,
        "shares": len(desk.queue.lines()),
        "typed": desk.drafting.draft(patient_id, CONSULTATION).of("reason")[:7],
        "lines": desk.keeping.verify_audit(),
    }
    office.stop()
    return answers


def set_city(desk, city):
    desk.settings[practice_city] = city
    desk.settings.save()


def fold_journal(office):
    """Without room left in it from earlier commits, the journal has to grow."""
    with office.access._store._engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def fill(folder):
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        size = 1 << 20
        while size:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2
    return filler


def narrowness(top):
    """What others may read or write below ``top``, by its path there."""
    return {
        str(path.relative_to(top)): oct(path.stat().st_mode)
        for path in top.rglob("*")
        if path.stat().st_mode & 0o077
    }


if __name__ == "__main__":
    where, settings, what = sys.argv[1:4]
    act = {"vanish": vanish, "again": again, "work": work, "full": full}[what]
    print(json.dumps(act(Path(where), json.loads(Path(settings).read_text("utf-8")))))
    sys.stdout.flush()
    os._exit(0)

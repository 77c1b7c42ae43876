"""The colleague's questions: what is typed into each field that searches the base."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from contextlib import closing
from functools import partial
from typing import Any

from hostile_seats import nasty
from hostile_seats.ground import Found, Ground, SoftKey, holder, now, sure
from lgc.domain.identity import Identity, IdentityStatus, Sex, Traits
from lgc.domain.patients import Patient
from lgc.domain.professionals import Address, Coded, Correspondent
from lgc.domain.terms import Nomenclature, Source, Term
from lgc.store.directory_file import DirectoryFile
from lgc.store.practice_store import PracticeStore
from lgc.store.vault import Vault

NAMES = ("ZYXEVANOUI", "QWOBRUMAL", "JKLIVUSTE")
EXTRACTION = (
    "Type de BAL|Adresse BAL|Nom d'exercice|Prénom d'exercice\r\n"
    f"PER|kwuvi@z.z|{NAMES[0]}|KWUVI\r\n"
)
Find = Callable[[str], Iterable[Any]]


def searches(ground: Ground) -> Found:
    """Quotes, operators and SQL in every search: an answer or none, nobody else's, nothing lost."""
    chance = ground.chance("searches")
    folder = ground.room("searched")
    directory = DirectoryFile(folder / "directory.sqlite")
    (folder / "extraction.txt").write_text(EXTRACTION, "utf-8")
    directory.bring(folder / "extraction.txt", now(), lambda part: None, lambda: None)
    sure(len(directory.find(NAMES[0])) == 1, "a colleague is found")
    with closing(Vault(folder / "practice", now).create(SoftKey(), holder())[0]) as store:
        _fill(store)
        with store.unit() as uow:
            found = [one.identity.traits.birth_name for one in uow.patients.find(NAMES[0])]
            terms = [list(_terms(uow, one, NAMES[1])) for one in Nomenclature]
        sure(found == [NAMES[0]] and all(terms), "a patient and a word are found")
        for number in range(ground.some(300, 40)):
            asked = nasty.QUESTIONS[number % len(nasty.QUESTIONS)]
            if number >= len(nasty.QUESTIONS):
                asked = nasty.mixed(chance, nasty.QUESTIONS)
            with store.unit() as uow:
                for field, find in _fields(uow).items():
                    yield f"{field} {asked[:50]!r}", list(find(asked)) == []
            yield f"directory {asked[:50]!r}", directory.find(asked) == []
        with store.unit() as uow:
            yield "nobody is lost", uow.patients.count() == len(NAMES)
        yield "nor a line of the journal", store.verify_audit() > 0


def _fields(uow: Any) -> dict[str, Find]:
    return {
        "patients": uow.patients.find,
        "contacts": uow.contacts.find,
        "documents": uow.documents.find,
        "documents of a patient": partial(uow.documents.find, patient_id="' OR 1=1 --"),
        "messages": uow.messages.find,
        **{f"terms {one.name}": partial(_terms, uow, one) for one in Nomenclature},
    }


def _terms(uow: Any, nomenclature: Nomenclature, words: str) -> Iterable[Any]:
    return list(uow.terms.find(nomenclature, words, 8))


def _fill(store: PracticeStore) -> None:
    with store.unit() as uow:
        for name in NAMES:
            traits = Traits(name, ("KWUVI",), Sex.FEMALE, dt.date(1900, 1, 1))
            address = Address((name,), "00000", name)
            uow.patients.add(Patient(name, Identity(traits, IdentityStatus.PROVISIONAL), address))
            uow.contacts.remember(Correspondent(f"{name.lower()}@z.z", name))
        for first, nomenclature in enumerate(Nomenclature, 1):
            term = Term(Coded("ZQJ", "2.25.1", NAMES[0]), others=NAMES[1])
            uow.terms.add([term], first)
            uow.terms.publish(Source(nomenclature, "1", now(), 1), first, first, {})
        uow.audit("patient added", NAMES[0])
        uow.commit()

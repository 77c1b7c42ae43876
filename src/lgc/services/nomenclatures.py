"""Coded words wherever the doctor types: the shipped tables and the official ones brought in.

``suggest`` is the one door of every completion (structured record, prescriptions, orders).
Official files replace the shipped label of the same code; the doctor's short forms (« hta ») stay.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from lgc.domain.medical_data import Family
from lgc.domain.professionals import Coded
from lgc.domain.terms import DeadLine, Nomenclature, Source, Term
from lgc.errors import UserFacingError
from lgc.services.ports import Clock, OpenUnit, UnitOfWork
from lgc.services.renewing import KINDS as RENEWED
from lgc.services.renewing import Renewing
from lgc.services.seen import must_still_be
from lgc.terminology import code_systems, held_tables, nomenclature
from lgc.terminology.dead_codes import successor_of
from lgc.terminology.importing import atc, ccam, cim10, loinc, medicines, vaccines
from lgc.terminology.importing.lines import Files

log = logging.getLogger(__name__)
VACCINES = "J07"
UNTOLD = "d’édition non dite"
CHUNK = 2000
READING = 0.6
LOOKED_AT = 40
AFTER_STARTER = 10_000
MEDICINES = (code_systems.CIS, code_systems.ATC)
"""What a prescription is completed from: specialities when the base is loaded, else substances."""

Progress = Callable[[float], None]
Check = Callable[[], None]
Reader = Callable[[Files, frozenset[str]], Iterator[Term]]


SYSTEMS: dict[Nomenclature, str] = {
    Nomenclature.MEDICINES: code_systems.CIS,
    Nomenclature.CIM_10: code_systems.CIM_10,
    Nomenclature.CCAM: code_systems.CCAM,
    Nomenclature.LOINC: code_systems.LOINC,
    Nomenclature.ATC: code_systems.ATC,
}
OF_SYSTEM = {system: kind for kind, system in SYSTEMS.items()}
# A table of vaccines stands before that of the whole ATC, for vaccines alone.
SYSTEMS[Nomenclature.VACCINES] = code_systems.ATC
READERS: dict[Nomenclature, Reader] = {
    Nomenclature.MEDICINES: medicines.read,
    Nomenclature.CIM_10: cim10.read,
    Nomenclature.CCAM: ccam.read,
    Nomenclature.LOINC: loinc.read,
    Nomenclature.ATC: atc.read,
    Nomenclature.VACCINES: vaccines.read,
}
OF_FAMILY: dict[Family, tuple[str, ...]] = {
    Family.CHRONIC: (code_systems.CIM_10,),
    Family.MEDICAL_HISTORY: (code_systems.CIM_10,),
    Family.SURGICAL_HISTORY: (code_systems.CCAM,),
    Family.FAMILY_HISTORY: (code_systems.CIM_10,),
    Family.RISK_FACTOR: (code_systems.CIM_10,),
    Family.ALLERGY: (code_systems.ATC,),
    Family.VACCINATION: (code_systems.ATC,),
    Family.LONG_TERM_TREATMENT: (code_systems.ATC, code_systems.CIS),
    Family.CURRENT_TREATMENT: (code_systems.ATC, code_systems.CIS),
}
SHIPPED = {
    code_systems.CIM_10: ("cim10.tsv",),
    code_systems.CCAM: ("ccam.tsv",),
    code_systems.ATC: ("atc.tsv",),
}


class Nomenclatures:
    """Runs in workers; one loading at a time."""

    def __init__(self, open_unit: OpenUnit, clock: Clock, folder: Path | None = None) -> None:
        """``folder`` gets plain copies of what is loaded, for ``lgc check`` without the card."""
        self._open, self._clock, self._folder = open_unit, clock, folder
        self._renewing = Renewing(open_unit, clock)
        self._loading = threading.Lock()

    def install(self) -> None:
        """The protocols and value sets that this practice brought in are in force.

        A table whose plain copy is missing (an older version, a restored backup) gets it.
        """
        self._renewing.install()
        with self._open() as uow:
            for source in uow.terms.sources():
                kind = source.nomenclature
                if self._folder and not held_tables.is_kept(self._folder, kind.value):
                    self._copy(source, uow.terms.every(kind), uow.terms.withdrawn(kind))

    def _copy(self, source: Source, terms: Iterable[Term], withdrawn: Mapping[str, str]) -> None:
        """A disk that refuses it takes nothing from the table that is in force."""
        kind = source.nomenclature
        if self._folder is None or kind not in OF_SYSTEM.values():
            return
        try:
            held_tables.keep(self._folder, source, SYSTEMS[kind], terms, withdrawn)
        except UserFacingError as error:
            log.warning("no copy of %s: %s", kind.value, error.details)

    # --- completion ---------------------------------------------------------------------------

    def suggest(
        self,
        words: str,
        systems: Sequence[str] = MEDICINES,
        limit: int = 8,
        family: Family | None = None,
    ) -> tuple[Term, ...]:
        """Entries of these code systems (OID, ``terminology.code_systems``), the closest first.

        Each word must begin a word of the entry, accents and case forgiven; less than two letters
        find nothing. First what is typed in full, then labels that begin so, then the rest; among
        equals the usual ones. A speciality (CIS) carries its ``medicine``: form, dosage, route,
        ATC when the base gives it. An entry of a table brought in wins over the shipped one.
        The shipped tables are those of ``family`` where one is told.
        """
        asked = nomenclature.fold(words).split()
        if sum(map(len, asked)) < 2:
            return ()
        with self._open() as uow:
            found = [
                (rank, order, place, term)
                for order, system in enumerate(systems)
                for rank, place, term in _answers(uow, system, words, asked, family)
            ]
        return tuple(term for *_, term in sorted(found, key=lambda one: one[:3])[:limit])

    def for_family(self, words: str, family: Family, limit: int = 8) -> tuple[Coded, ...]:
        """What completes a line of one family of the record."""
        systems = OF_FAMILY.get(family)
        if systems is None:
            return nomenclature.find(words, family, limit)
        return tuple(term.code for term in self.suggest(words, systems, limit, family))

    def medicine(self, cis: str) -> Term | None:
        """A speciality by its CIS code; None when the base is not loaded or does not hold it."""
        with self._open() as uow:
            return uow.terms.get(Nomenclature.MEDICINES, cis)

    def knows(self, system: str, code: str) -> bool | None:
        """Does the file in force hold this code; None where none was loaded."""
        with self._open() as uow:
            kind = _kind_in(uow, system, code)
            if kind is None or not _is_held(uow, kind):
                return None
            return uow.terms.get(kind, code) is not None

    def edition_of(self, code: Coded) -> str:
        """Of the file in force that holds the code, else of the shipped list."""
        with self._open() as uow:
            kind = _kind_of(uow, code)
            sources = {source.nomenclature: source for source in uow.terms.sources()}
            source = sources.get(kind) if kind is not None else None
            if source is None or kind is None or uow.terms.get(kind, code.code) is None:
                return nomenclature.edition_of(code)
        version = source.version or UNTOLD
        return f"fichier {version}, chargé le {source.imported_at:%d/%m/%Y}"

    # --- official files -----------------------------------------------------------------------

    def held(self) -> dict[Nomenclature, Source]:
        with self._open() as uow:
            tables = {source.nomenclature: source for source in uow.terms.sources()}
        return tables | self._renewing.held()

    def bring(
        self,
        kind: Nomenclature,
        paths: Sequence[Path],
        progress: Progress = lambda part: None,
        check: Check = lambda: None,
    ) -> Source:
        """Load official files in place of those before; ``progress`` is told a part of one.

        Damaged lines are left out and counted. ``check`` may raise Cancelled between two steps.
        Raises UnreadableInput (file and line) where they outnumber the others, or
        UserFacingError; what was in force then still is, whole.
        """
        with self._alone():
            if kind in RENEWED:
                return self._renewing.bring(kind, paths)
            return self._bring(kind, tuple(paths), progress, check)

    def say_edition(self, kind: Nomenclature, edition: str, seen: Source | None = None) -> None:
        """What the doctor reads on a file that does not say its edition itself.

        Raises UserFacingError when another file than the one ``seen`` is in force.
        """
        self._must_be(kind, seen)
        if kind in RENEWED:
            self._renewing.say_edition(kind, edition.strip())
            return
        with self._open() as uow:
            uow.terms.say_version(kind, edition.strip())
            uow.audit("nomenclature edition", edition.strip(), kind.value)
            uow.commit()
        if self._folder is not None:
            held_tables.say_edition(self._folder, kind.value, edition.strip())

    def dead_lines(self, kind: Nomenclature) -> tuple[DeadLine, ...]:
        """What records hold that the file in force lacks or withdrew, with the code in its place.

        Empty where no official file is in force: the shipped lists are not whole. A file of LOINC
        may be the French part of it: only what it withdraws is told.
        """
        with self._open() as uow:
            held = {source.nomenclature for source in uow.terms.sources()}
            if kind not in held:
                return ()
            withdrawn = uow.terms.withdrawn(kind)
            found: dict[str, tuple[bool, Coded | None]] = {}
            lines = []
            for patient_id, entry in uow.medical.coded(SYSTEMS[kind]):
                code = entry.code.code if entry.code is not None else ""
                if not _rules(kind, entry.family, held):
                    continue
                if code not in found:
                    found[code] = _fate(uow, kind, code, withdrawn)
                dead, successor = found[code]
                if dead:
                    name = uow.patients.get(patient_id).identity.display_name
                    lines.append(
                        DeadLine(patient_id, entry.entry_id, name, entry.label, code, successor)
                    )
            return tuple(lines)

    def forget(self, kind: Nomenclature, seen: Source | None = None) -> None:
        """Back to the shipped tables.

        Raises UserFacingError while one is being loaded, and when another file than the one
        ``seen`` is in force.
        """
        with self._alone():
            self._must_be(kind, seen)
            if kind in RENEWED:
                self._renewing.forget(kind)
                return
            with self._open() as uow:
                uow.terms.forget(kind)
                uow.audit("nomenclature removed", "", kind.value)
                uow.commit()
            self._sweep()
            if self._folder is not None:
                held_tables.forget(self._folder, kind.value)

    def _must_be(self, kind: Nomenclature, seen: Source | None) -> None:
        if seen is not None:
            held = self.held().get(kind)
            must_still_be(_told(held) if held else None, _told(seen), "Ce fichier", str)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._loading.acquire(blocking=False):
            raise UserFacingError(
                "Une nomenclature est déjà en cours de chargement.",
                advice="Attendez la fin, ou annulez-la.",
                may_retry=True,
            )
        try:
            yield
        finally:
            self._loading.release()

    def _bring(
        self, kind: Nomenclature, paths: tuple[Path, ...], progress: Progress, check: Check
    ) -> Source:
        terms, files = self._read(kind, paths, progress, check)
        with self._open() as uow:
            first = uow.terms.next_number()
        try:
            for done in range(0, len(terms), CHUNK):
                check()
                with self._open() as uow:
                    uow.terms.add(terms[done : done + CHUNK], first + done)
                    uow.commit()
                progress(READING + (1 - READING) * done / len(terms))
            check()
            now = self._clock.now()
            source = Source(kind, files.edition, now, len(terms), files.left_out)
            with self._open() as uow:
                uow.terms.publish(source, first, first + len(terms) - 1, files.withdrawn)
                uow.audit("nomenclature loaded", str(len(terms)), kind.value)
                uow.commit()
        finally:
            # Either the entries before, or those that were never in force.
            self._sweep()
        self._copy(source, terms, files.withdrawn)
        progress(1.0)
        return source

    def _read(
        self, kind: Nomenclature, paths: tuple[Path, ...], progress: Progress, check: Check
    ) -> tuple[list[Term], Files]:
        """(entries in the order they will be proposed, what their files say of themselves)."""
        size = 0

        def step(read: int) -> None:
            check()
            progress(min(READING * read / max(size, 1), READING))

        files = Files(paths, step)
        try:
            size = files.size
        except OSError as error:
            raise UserFacingError(
                "Un des fichiers choisis a disparu.", details=type(error).__name__
            ) from error
        found = {term.code.code: term for term in READERS[kind](files, _usual(kind))}
        for code in found.keys() & files.withdrawn.keys():
            del found[code]
        if files.first_fault is not None and files.left_out > len(found):
            raise files.first_fault
        ordered = sorted(found.values(), key=lambda term: (term.weight, len(term.code.label)))
        return ordered, files

    def _sweep(self) -> None:
        """A few at a time: the doctor's own writing goes between."""
        while True:
            with self._open() as uow:
                removed = uow.terms.sweep(CHUNK)
                uow.commit()
            if removed < CHUNK:
                return


def _answers(
    uow: UnitOfWork,
    system: str,
    words: str,
    asked: list[str],
    family: Family | None,
) -> list[tuple[int, int, Term]]:
    """(rank, place, term): the shipped terms under the label in force, then what was loaded."""
    tables, within = _tables(system, family), _within(family)
    kind = _kind_in(uow, system, within)
    loaded = uow.terms.find(kind, words, LOOKED_AT) if kind is not None else []
    labels = {term.code.code: term for term in loaded}
    found: list[tuple[int, int, Term]] = []
    ruled = any(source.nomenclature is kind for source in uow.terms.sources())
    taken = set()
    for file in tables:
        for rank, place, shipped in nomenclature.answers(words, file):
            code = shipped.code.code
            official = labels.get(code)
            if official is None and kind is not None:
                official = uow.terms.get(kind, code)
            taken.add(code)
            # What a newer official file lacks is not proposed any more.
            if official is not None or not ruled:
                found.append((rank, place, official or Term(shipped.code)))
    for place, term in enumerate(loaded):
        if term.code.code not in taken and term.code.code.startswith(within):
            named = (term.code.label, *term.others.split(";"), term.code.code)
            keys = tuple(map(nomenclature.fold, named))
            near = nomenclature.rank(asked, keys)
            found.append((2 if near is None else near, AFTER_STARTER + place, term))
    return found


def _kind_in(uow: UnitOfWork, system: str, within: str) -> Nomenclature | None:
    """The file that rules a code system where codes begin so: that of vaccines, once loaded."""
    vaccine = system == code_systems.ATC and within.startswith(VACCINES)
    if vaccine and _is_held(uow, Nomenclature.VACCINES):
        return Nomenclature.VACCINES
    return OF_SYSTEM.get(system)


def _is_held(uow: UnitOfWork, kind: Nomenclature) -> bool:
    return any(source.nomenclature is kind for source in uow.terms.sources())


def _kind_of(uow: UnitOfWork, code: Coded) -> Nomenclature | None:
    return _kind_in(uow, code.system, code.code)


def _rules(kind: Nomenclature, family: Family, held: set[Nomenclature]) -> bool:
    """Does this file rule the lines of a family? Vaccines have their own, once it is loaded."""
    vaccine = family is Family.VACCINATION
    if kind is Nomenclature.VACCINES:
        return vaccine
    return not (kind is Nomenclature.ATC and vaccine and Nomenclature.VACCINES in held)


def _within(family: Family | None) -> str:
    """How every code that a family may be offered begins."""
    return VACCINES if family is Family.VACCINATION else ""


def _tables(system: str, family: Family | None) -> tuple[str, ...]:
    """The shipped tables of one system, those of a family of the record alone if told."""
    if family is None:
        return SHIPPED.get(system, ())
    files = nomenclature.OF_FAMILY.get(family, ())
    return tuple(file for file in files if nomenclature.FILES[file] == system)


def _usual(kind: Nomenclature) -> frozenset[str]:
    """What general practitioners use comes first: the shipped tables know it."""
    if kind is Nomenclature.MEDICINES:
        return frozenset(term.keys[0] for term in nomenclature.terms("atc.tsv"))
    tables = SHIPPED.get(SYSTEMS[kind], ())
    return frozenset(term.code.code for file in tables for term in nomenclature.terms(file))


def _fate(
    uow: UnitOfWork, kind: Nomenclature, code: str, withdrawn: Mapping[str, str]
) -> tuple[bool, Coded | None]:
    """Is this code dead in the file in force, and which one of that file stands in its place?

    The file's own word comes first, then the dated table that is shipped.
    """
    lacking = kind is not Nomenclature.LOINC and uow.terms.get(kind, code) is None
    if code not in withdrawn and not lacking:
        return False, None
    instead, seen = code, {code}
    while True:
        instead = withdrawn.get(instead) or successor_of(SYSTEMS[kind], instead) or ""
        if not instead or instead in seen:
            return True, None
        seen.add(instead)
        term = uow.terms.get(kind, instead)
        if term is not None:
            return True, term.code


def _told(source: Source) -> str:
    version = f"version {source.version}" if source.version else "édition non dite"
    return f"{version}, {source.count} entrées, chargé le {source.imported_at:%d/%m/%Y à %H:%M}"

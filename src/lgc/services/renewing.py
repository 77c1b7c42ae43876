"""Care protocols and value sets brought in by the doctor: kept in the store, in force at once.

A file takes the place of what is shipped under the same name; what it says of its edition is told,
or asked. Everything is read before anything is kept.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from lgc.cda import kinds
from lgc.domain.documents import DocumentKind
from lgc.domain.professionals import Coded
from lgc.domain.terms import Nomenclature, Source
from lgc.errors import UnreadableInput
from lgc.services import protocols
from lgc.services.ports import Clock, OpenUnit
from lgc.terminology import value_sets
from lgc.terminology.importing import svs
from lgc.terminology.importing.lines import UNTOUCHED, not_this
from lgc.terminology.nomenclature import fold
from lgc.terminology.value_sets import Published

log = logging.getLogger(__name__)
KINDS = (Nomenclature.PROTOCOLS, Nomenclature.VALUE_SETS)
MOST_FILES, LARGEST = 50, 500_000
TYPES = "1.2.250.1.213.1.1.5.471"  # JDV_J07
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Kept:
    """What was brought in of one kind: the words of each file by its name."""

    edition: str
    loaded_at: str
    count: int
    files: Mapping[str, str]


class Renewing:
    """Runs in workers; ``install`` once, when the practice opens."""

    def __init__(self, open_unit: OpenUnit, clock: Clock) -> None:
        self._open, self._clock = open_unit, clock
        self._aside: set[Nomenclature] = set()

    def install(self) -> None:
        """What this practice brought in is in force; nothing of another one is.

        What an older version took and this one does not read is left aside: what is shipped is in
        force, and the settings say so.
        """
        for kind in KINDS:
            kept = self._kept(kind)
            try:
                _INSTALL[kind](kept.files if kept is not None else {})
            except UnreadableInput:
                log.warning("reference file not read: %s", kind.value)
                self._aside.add(kind)
                _INSTALL[kind]({})

    def held(self) -> dict[Nomenclature, Source]:
        found = {}
        for kind in KINDS:
            kept = self._kept(kind)
            if kept is not None and kind not in self._aside:
                found[kind] = _source(kind, kept)
        return found

    def bring(self, kind: Nomenclature, paths: Sequence[Path]) -> Source:
        """These files beside those that were brought in before, each in place of its namesake.

        Raises UnreadableInput (file and reason): then everything stays as it was.
        """
        before = None if kind in self._aside else self._kept(kind)
        read = _READ[kind](paths)
        files = {**(before.files if before is not None else {}), **read.files}
        if len(files) > MOST_FILES:
            raise UnreadableInput(f"Plus de {MOST_FILES} fichiers.", advice=UNTOUCHED)
        count = _INSTALL[kind](files)
        kept = Kept(read.edition, self._clock.now().isoformat(), count, files)
        self._keep(kind, kept, "nomenclature loaded", str(count))
        self._aside.discard(kind)
        return _source(kind, kept)

    def say_edition(self, kind: Nomenclature, edition: str) -> None:
        kept = self._kept(kind)
        if kept is not None:
            said = Kept(edition, kept.loaded_at, kept.count, kept.files)
            self._keep(kind, said, "nomenclature edition", edition)

    def forget(self, kind: Nomenclature) -> None:
        """Back to what is shipped."""
        with self._open() as uow:
            uow.notes.set(_key(kind), "")
            uow.audit("nomenclature removed", "", kind.value)
            uow.commit()
        _INSTALL[kind]({})

    def _kept(self, kind: Nomenclature) -> Kept | None:
        with self._open() as uow:
            words = uow.notes.get(_key(kind))
        return Kept(**json.loads(words)) if words else None

    def _keep(self, kind: Nomenclature, kept: Kept, action: str, detail: str) -> None:
        with self._open() as uow:
            uow.notes.set(_key(kind), json.dumps(asdict(kept), ensure_ascii=False))
            uow.audit(action, detail, kind.value)
            uow.commit()


@dataclass(frozen=True, slots=True)
class _Read:
    edition: str
    files: dict[str, str]


def _key(kind: Nomenclature) -> str:
    return f"reference:{kind.value}"


def _source(kind: Nomenclature, kept: Kept) -> Source:
    return Source(kind, kept.edition, dt.datetime.fromisoformat(kept.loaded_at), kept.count)


def _edition(said: Sequence[str]) -> str:
    """What they all say, else nothing: the doctor is asked."""
    return said[0] if len(set(said)) == 1 else ""


def _read_protocols(paths: Sequence[Path]) -> _Read:
    files, editions = {}, []
    for path in paths:
        key, words = _SLUG.sub("-", fold(path.stem)).strip("-"), _words(path)
        editions.append(protocols.read_protocol(key, words).edition)
        files[key] = words
    return _Read(_edition(editions), files)


def _words(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise not_this(path, "un protocole de moins de 500 ko")
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise not_this(path, "un protocole de soins (TOML, UTF-8)") from error


def _read_value_sets(paths: Sequence[Path]) -> _Read:
    found = [svs.read(path) for path in paths]
    files = {one.oid: json.dumps(asdict(one), ensure_ascii=False) for one in found}
    return _Read(_edition([one.version[:10] for one in found]), files)


def _install_value_sets(files: Mapping[str, str]) -> int:
    """Raises UnreadableInput for a set that is not used here, or that lacks what is written."""
    published = [_published(words) for words in files.values()]
    types = {kinds.type_of(kind).code for kind in DocumentKind}
    try:
        for one in published:
            held = {concept.code for concept in one.concepts}
            if one.oid == TYPES and not types <= held:
                lacking = min(types - held)
                raise _refused(one.name, f"il n’a plus {lacking}, que le logiciel écrit")
        return value_sets.renew(published)
    except KeyError as error:
        oid = error.args[0]
        name = next((one.name for one in published if one.oid == oid), oid)
        told = "le logiciel ne s’en sert pas, ou il se charge avec un autre"
        raise _refused(name, told) from error


def _published(words: str) -> Published:
    raw = json.loads(words)
    return Published(**{**raw, "concepts": tuple(Coded(**one) for one in raw["concepts"])})


def _refused(name: str, why: str) -> UnreadableInput:
    told = f"Le jeu de valeurs «\u00a0{name}\u00a0» n’est pas pris\u00a0: {why}."
    return UnreadableInput(told, advice=UNTOUCHED)


_READ: dict[Nomenclature, Callable[[Sequence[Path]], _Read]] = {
    Nomenclature.PROTOCOLS: _read_protocols,
    Nomenclature.VALUE_SETS: _read_value_sets,
}
_INSTALL: dict[Nomenclature, Callable[[Mapping[str, str]], int]] = {
    Nomenclature.PROTOCOLS: protocols.renew,
    Nomenclature.VALUE_SETS: _install_value_sets,
}

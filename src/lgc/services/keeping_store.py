"""The practice's file: looked through each day, copied when asked, its copies kept by a rule.

What is announced was verified: a copy was read again before it got its name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lgc.domain.copies import BaseLook, Copy, ShortJournal, VerifiedJournal, no_longer_kept
from lgc.domain.instants import since
from lgc.errors import DamagedBase, UserFacingError
from lgc.services.events import Announce, BaseState
from lgc.services.ports import Clock, Store

EVERY = dt.timedelta(hours=24)
_HALF_DAYS = ((5, "cette nuit"), (12, "ce matin"), (18, "cet après-midi"), (24, "ce soir"))
_REFUSED = "source abîmée : rien n’a été copié"


def go_on() -> None:
    """The ``check`` of work that nobody stops."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the settings show: the last look at the base, and the copies in the chosen folder.

    ``there``: is a folder chosen, and its disk plugged in?
    """

    look: BaseLook | None
    copies: tuple[Copy, ...]
    there: bool


class KeepingStore:
    """Runs in workers and in a lane: each walks through the whole file.

    ``announce`` is told what the base was found to be.
    """

    def __init__(self, store: Store, clock: Clock, announce: Announce = lambda event: None) -> None:
        self._store, self._clock, self._announce = store, clock, announce

    def back_up(self, folder: str, check: Callable[[], None] = go_on) -> Copy:
        """A verified, encrypted copy in a folder of its own; older ones go by the rule.

        Raises UserFacingError when no folder is set, when the copy cannot be written or read
        again; DamagedBase when the base is not as it was written: then nothing is copied, and
        the earlier copies stay.
        """
        if not folder.strip():
            raise UserFacingError(
                "Le dossier des sauvegardes n’est pas choisi.",
                advice="Choisissez-le, de préférence sur un autre disque.",
            )
        place = Path(folder).expanduser()
        try:
            copy = self._store.copy_to(place, check)
        except DamagedBase as error:
            self._refused("damaged base")
            self._store.note_refusal(place, _REFUSED)
            found = self.look(check)
            raise (damage(found, self._clock.now()) if found.damaged else error) from None
        except UserFacingError as error:
            self._refused(error.details)
            raise
        with self._store.unit() as uow:
            uow.audit("backup made")
            uow.commit()
        for older in no_longer_kept(self._store.copies(place)):
            self._store.remove_copy(older)
        return copy

    def _refused(self, why: str) -> None:
        """Its line in the journal, as far as the base still takes one."""
        with suppress(UserFacingError), self._store.unit() as uow:
            uow.audit("backup refused", "", why[:80])
            uow.commit()

    def look(self, check: Callable[[], None] = go_on) -> BaseLook:
        """Look through the base now, and tell what was found. Raises what ``check`` raises."""
        found = self._store.look(check)
        self._announce(self._state(found))
        return found

    def look_is_due(self) -> bool:
        """Is the last look a day old, or of a clock that was ahead, or was damage met since?"""
        if self._store.met_damage():
            return True
        last = self._store.last_look()
        return last is None or not dt.timedelta() <= since(last.at, self._clock.now()) < EVERY

    def tell(self) -> None:
        """Say again, to windows that have just opened, what is wrong with the base."""
        short = self._store.short_journal()
        if short is not None:
            self._announce(BaseState(damaged=False, notice=_short(short, self._clock.now())))
        last = self._store.last_look()
        if last is not None and (last.damaged or last.journal):
            self._announce(self._state(last))

    def held(self, folder: str) -> Held:
        """Raises UserFacingError when the folder cannot be read."""
        place = Path(folder).expanduser()
        there = bool(folder.strip()) and place.is_dir()
        copies = tuple(self._store.copies(place)) if there else ()
        return Held(self._store.last_look(), copies, there)

    def verify_copy(self, place: Path, check: Callable[[], None] = go_on) -> Copy:
        """Read a copy whole. Raises UserFacingError when it is not what it should be."""
        return self._store.verify_copy(place, check)

    def notice(self) -> UserFacingError | None:
        """What the opening of the store has to tell the doctor, once."""
        return self._store.notice()

    def verify_journal(self) -> VerifiedJournal:
        """The chain, and who signed it up to where. Raises UserFacingError where it is broken."""
        return self._store.verify_journal()

    def verify_audit(self) -> int:
        """Number of lines of the unbroken chain. Raises UserFacingError where it is broken."""
        return self._store.verify_audit()

    def _state(self, found: BaseLook) -> BaseState:
        if found.damaged:
            return BaseState(damaged=True, notice=damage(found, self._clock.now()))
        return BaseState(damaged=False, notice=_broken_journal(found) if found.journal else None)


def damage(found: BaseLook, now: dt.datetime) -> DamagedBase:
    """What is said of a base that a look found damaged, or that a backup refused to copy."""
    count = len(found.broken)
    pages = "" if not count else " (1 page)" if count == 1 else f" ({count} pages)"
    shown = " ".join(map(str, found.broken[:20])) or found.structure
    return DamagedBase(
        f"La base du cabinet est abîmée{pages}, vu {moment(found.at, now)}.",
        advice="Vos clés ne sont pas en cause. Rien n’a été copié depuis, et les sauvegardes "
        "d’avant sont intactes. Arrêtez le logiciel et restaurez la dernière sauvegarde vérifiée.",
        details=f"{found.pages} pages, {shown}",
    )


def moment(at: dt.datetime, now: dt.datetime) -> str:
    """« ce matin à 07:58 », « le 05/11 à 20:14 », in the zone of ``now``."""
    local = at.astimezone(now.tzinfo)
    if local.date() != now.date():
        return f"le {local:%d/%m} à {local:%H:%M}"
    words = next(words for until, words in _HALF_DAYS if local.hour < until)
    return f"{words} à {local:%H:%M}"


def _short(found: ShortJournal, now: dt.datetime) -> UserFacingError:
    if found.lost:
        return _lost(found)
    if found.by and found.found.lines >= found.noted.lines:
        return _rewritten(found)
    end, noted = found.found.at, found.noted.at
    ends = f"s’arrête {_until(end, now)}" if end else "a un journal vide"
    further = f" ; elle allait jusqu’{_until(noted, now)}" if noted else ""
    if found.by:
        further = f" ; la carte de {found.by} l’a signée jusqu’à la ligne {found.noted.lines}"
        further += f", {_until(noted, now)}" if noted else ""
    return UserFacingError(
        f"Cette base {ends}{further}.",
        advice="Si une sauvegarde vient d’être remise, c’est attendu : continuez. Sinon, arrêtez "
        "le logiciel, gardez une copie du dossier tel qu’il est et prévenez votre assistance.",
        details=f"journal {found.found.lines}, noted {found.noted.lines}",
    )


def _rewritten(found: ShortJournal) -> UserFacingError:
    return UserFacingError(
        f"Le journal n’est plus celui que la carte de {found.by} a signé jusqu’à la ligne "
        f"{found.noted.lines}.",
        advice="Arrêtez le logiciel, gardez une copie du dossier tel qu’il est et prévenez votre "
        "assistance.",
        details=f"journal {found.found.lines}, signed {found.noted.lines}",
    )


def _lost(found: ShortJournal) -> UserFacingError:
    return UserFacingError(
        f"Les signatures du journal manquent : la dernière allait jusqu’à la ligne "
        f"{found.noted.lines}.",
        advice="Le journal lui-même se suit. Si personne n’a touché aux fichiers du cabinet, "
        "gardez-en une copie et prévenez votre assistance.",
        details=f"journal {found.found.lines}, signed {found.noted.lines}",
    )


def _until(at: dt.datetime, now: dt.datetime) -> str:
    local = at.astimezone(now.tzinfo)
    return f"au {local:%d/%m/%Y} à {local:%H:%M}"


def _broken_journal(found: BaseLook) -> UserFacingError:
    return UserFacingError(
        f"Le journal a été modifié à la ligne {found.journal}.",
        advice="Conservez une copie de la base et prévenez votre assistance.",
        details=f"audit line {found.journal}",
    )

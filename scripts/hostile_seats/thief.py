"""The thief: has the computer, the disk or a copy, and no card of the practice."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from hostile_seats.ground import Found, Ground, SoftKey, holder, now, refused, sure
from lgc.errors import UserFacingError
from lgc.store.pages import PAGE_SIZE
from lgc.store.practice_store import PracticeStore
from lgc.store.vault import Vault

SECRET = "ZYXEVANOUI"
BASE, KEYS = "practice.db", "vault.json"
Bytes = Callable[["Loot", bytes, random.Random], bytes]


@dataclass(frozen=True)
class Loot:
    """A stolen practice, what it was a while ago, and a practice of the thief's own.

    ``made`` is never touched: forgeries are made of copies of it.
    """

    made: Path
    before: Path
    theirs: Path
    card: SoftKey
    thief: SoftKey
    code: str

    def copy(self, folder: Path) -> Path:
        return Path(shutil.copytree(self.made, folder / "work"))


@cache
def loot(ground: Ground) -> Loot:
    """Made once: nobody touches it."""
    folder, card, thief = ground.room("loot"), SoftKey(), SoftKey()
    store, code = Vault(folder / "made", now).create(card, holder())
    with closing(store):
        _write(store, 8)
    shutil.copytree(folder / "made", folder / "before")
    with closing(Vault(folder / "made", now).open(card, holder())) as store:
        _write(store, 8)
    theirs, _ = Vault(folder / "theirs", now).create(thief, holder())
    with closing(theirs):
        _write(theirs, 16)
    return Loot(folder / "made", folder / "before", folder / "theirs", card, thief, code)


def _write(store: PracticeStore, lines: int) -> None:
    for number in range(lines):
        with store.unit() as uow:
            uow.notes.set(f"{SECRET}{number}", SECRET * 300)
            uow.audit("document filed", str(number))
            uow.commit()


# --- the base ----------------------------------------------------------------------------------


def _swapped(loot: Loot, base: bytes, chance: random.Random) -> bytes:
    one, other = chance.sample(range(len(base) // PAGE_SIZE), 2)
    pages = [base[at : at + PAGE_SIZE] for at in range(0, len(base), PAGE_SIZE)]
    pages[one], pages[other] = pages[other], pages[one]
    return b"".join(pages)


def _cut(loot: Loot, base: bytes, chance: random.Random) -> bytes:
    return base[: chance.randrange(PAGE_SIZE, len(base))]


def _cut_at_a_page(loot: Loot, base: bytes, chance: random.Random) -> bytes:
    return base[: chance.randrange(1, len(base) // PAGE_SIZE) * PAGE_SIZE]


def _bit(loot: Loot, base: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(base))
    return base[:at] + bytes([base[at] ^ 1 << chance.randrange(8)]) + base[at + 1 :]


def _page_of_another(loot: Loot, base: bytes, chance: random.Random) -> bytes:
    other = (loot.theirs / BASE).read_bytes()
    at = chance.randrange(min(len(base), len(other)) // PAGE_SIZE) * PAGE_SIZE
    return base[:at] + other[at : at + PAGE_SIZE] + base[at + PAGE_SIZE :]


def _whole_of_another(loot: Loot, base: bytes, chance: random.Random) -> bytes:
    return (loot.theirs / BASE).read_bytes()


def _replayed(loot: Loot, base: bytes, chance: random.Random) -> bytes:
    return (loot.before / BASE).read_bytes()


def _blank(loot: Loot, base: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(base) // PAGE_SIZE) * PAGE_SIZE
    return base[:at] + bytes(PAGE_SIZE) + base[at + PAGE_SIZE :]


def _noise(loot: Loot, base: bytes, chance: random.Random) -> bytes:
    return base[:PAGE_SIZE] + chance.randbytes(len(base) - PAGE_SIZE)


BASES: tuple[Bytes, ...] = (
    _swapped, _cut, _cut_at_a_page, _bit, _page_of_another, _whole_of_another, _replayed, _blank,
    _noise,
)  # fmt: skip


def base(ground: Ground) -> Found:
    """A base that is not as it was written is refused, or said to be at its opening."""
    stolen, chance = loot(ground), ground.chance("base")
    with closing(_opened(stolen, stolen.made)) as store:
        sure(_says_nothing(store), "the base that nobody touched opens without a word")
    whole = (stolen.made / BASE).read_bytes()
    for number in range(ground.some(270, 18)):
        forge = BASES[number % len(BASES)]
        folder = ground.room("forged")
        place = stolen.copy(folder)
        forged = forge(stolen, whole, chance)
        (place / BASE).write_bytes(forged)
        yield f"base {forge.__name__} {number}", forged == whole or _is_told(stolen, place)
        shutil.rmtree(folder)


def _opened(stolen: Loot, place: Path) -> PracticeStore:
    return Vault(place, now).open(stolen.card, holder())


def _is_told(stolen: Loot, place: Path) -> bool:
    try:
        store = _opened(stolen, place)
    except UserFacingError:
        return True
    with closing(store):
        return not _says_nothing(store)


def _says_nothing(store: PracticeStore) -> bool:
    look = store.look(lambda: None)
    return store.short_journal() is None and not look.damaged and not look.journal


# --- the key file ------------------------------------------------------------------------------


def _thief_named(keys: dict[str, Any], theirs: dict[str, Any], chance: random.Random) -> None:
    """The doctor's box under the thief's certificate."""
    [mine], [thief] = keys["cards"], theirs["cards"]
    keys["cards"][thief] = keys["cards"][mine]


def _thief_s_box(keys: dict[str, Any], theirs: dict[str, Any], chance: random.Random) -> None:
    keys["cards"] |= theirs["cards"]


def _thief_s_all(keys: dict[str, Any], theirs: dict[str, Any], chance: random.Random) -> None:
    keys.clear()
    keys.update(theirs)


def _thief_s_practice(keys: dict[str, Any], theirs: dict[str, Any], chance: random.Random) -> None:
    keys["store_id"] = theirs["store_id"]
    keys["cards"] |= theirs["cards"]


def _recovery_as_card(keys: dict[str, Any], theirs: dict[str, Any], chance: random.Random) -> None:
    [thief] = theirs["cards"]
    keys["cards"][thief] = keys["recovery"]


def _spoilt(keys: dict[str, Any], theirs: dict[str, Any], chance: random.Random) -> None:
    """One hexadecimal figure of the doctor's own box is another one."""
    [box] = keys["cards"].values()
    part = chance.choice(("nonce", "salt", "wrapped_key"))
    at = chance.randrange(len(box[part]))
    other = "0123456789abcdef"[(int(box[part][at], 16) + chance.randrange(1, 16)) % 16]
    box[part] = box[part][:at] + other + box[part][at + 1 :]


EDITS = (
    _thief_named, _thief_s_box, _thief_s_all, _thief_s_practice, _recovery_as_card, _spoilt,
)  # fmt: skip


def keys(ground: Ground) -> Found:
    """No edit of the key file lets the thief's card in, nor the doctor's into another base."""
    stolen, chance = loot(ground), ground.chance("keys")
    text = (stolen.made / KEYS).read_text("ascii")
    theirs = (stolen.theirs / KEYS).read_text("ascii")
    sure(refused(lambda: _entered(stolen, stolen.made), UserFacingError), "a thief stays outside")
    for number in range(ground.some(120, 12)):
        edit = EDITS[number % len(EDITS)]
        folder = ground.room("edited")
        place = stolen.copy(folder)
        edited = json.loads(text)
        edit(edited, json.loads(theirs), chance)
        (place / KEYS).write_text(json.dumps(edited), "ascii")
        held = refused(partial(_entered, stolen, place), UserFacingError)
        if edit is _spoilt:
            held &= refused(partial(_opened, stolen, place), UserFacingError)
        yield f"keys {edit.__name__} {number}", held
        shutil.rmtree(folder)


def _entered(stolen: Loot, place: Path) -> None:
    Vault(place, now).open(stolen.thief, holder()).close()


def codes(ground: Ground) -> Found:
    """Codes of chance, of another practice, and the right one with a letter changed."""
    stolen, chance = loot(ground), ground.chance("codes")
    place = stolen.copy(ground.room("codes"))
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    for number in range(ground.some(20, 3)):
        letters = list(stolen.code)
        at = chance.choice([n for n, letter in enumerate(letters) if letter in alphabet])
        letters[at] = chance.choice(alphabet.replace(letters[at], ""))
        if number % 2:
            letters = [chance.choice(alphabet) if one in alphabet else one for one in letters]
        typed = "".join(letters)
        vault = Vault(place, now)
        deed = partial(vault.enrol, typed, stolen.thief, holder())
        yield f"code {number}", refused(deed, UserFacingError) and not vault.knows(stolen.thief)


def words(ground: Ground) -> Found:
    """Nothing of the practice can be read on its disk, nor is it open to others of the machine."""
    stolen = loot(ground)
    for file in sorted(one for one in stolen.made.rglob("*") if one.is_file()):
        content = file.read_bytes()
        for word in (SECRET.encode(), SECRET.lower().encode(), b"SQLite format", b"CREATE TABLE"):
            yield f"{word!r} in {file.name}", word not in content
        yield f"the code in {file.name}", stolen.code.encode() not in content


def without_keys(ground: Ground) -> Found:
    """A base whose key file was taken away is damage, never a first start; both ways round."""
    stolen = loot(ground)
    for gone, deed in (
        (KEYS, lambda place: Vault(place, now).create(stolen.thief, holder())),
        (BASE, partial(_opened, stolen)),
    ):
        place = stolen.copy(ground.room("without"))
        (place / gone).unlink()
        left = {file.name: file.read_bytes() for file in place.iterdir()}
        held = refused(partial(deed, place), UserFacingError)
        kept = {file.name: file.read_bytes() for file in place.iterdir()} == left
        yield f"{gone} is gone", held and kept


def withdrawn(ground: Ground) -> Found:
    """A former key file, with the code or the card that was good then, opens nothing of today."""
    for number in range(ground.some(8, 1)):
        card, other, place = SoftKey(), SoftKey(), ground.room("withdrawn") / "practice"
        vault = Vault(place, now)
        store, code = vault.create(card, holder())
        store.close()
        vault.enrol(code, other, holder()).close()
        former = (place / KEYS).read_bytes()
        with closing(vault.open(card, holder())) as store:
            vault.remove(vault.fingerprint(other), card, store)
            vault.renew_recovery_code(store)
        today = (place / KEYS).read_bytes()
        for words, kept in (("today's", today), ("the former", former)):
            (place / KEYS).write_bytes(kept)
            late = Vault(place, now)
            by_card = partial(late.open, other, holder())
            yield f"withdrawn card, {words} keys {number}", refused(by_card, UserFacingError)
            by_code = partial(late.enrol, code, SoftKey(), holder())
            yield f"withdrawn code, {words} keys {number}", refused(by_code, UserFacingError)
        (place / KEYS).write_bytes(today)
        Vault(place, now).open(card, holder()).close()

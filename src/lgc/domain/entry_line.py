"""One typed line of the record, taken apart: « hta 2011 », « Préviscan arrêté en 2019 »,
« père infarctus à 58 ans », « pénicilline (urticaire) 06/2003 ».

What is certain is read, what may be read in two ways is asked, and what is not understood stays in
the words: nothing typed is lost, no label is cut.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from lgc.domain import entry_dates, entry_family, entry_heads, entry_words
from lgc.domain.allergies import UNTOLD, Allergy
from lgc.domain.dosage.reading import read as dosage
from lgc.domain.entry_words import flat, tidy
from lgc.domain.medical_data import Family, PartialDate, Standing

_REACTION = re.compile(r"\s*\(([^()]*)\)\s*$")
# What stands between brackets after an agent is a reaction only when it names one.
_REACTS = re.compile(
    r"urticair|choc|anaphyla|oedeme|œdeme|quincke|angio|rash|erupti|exanthem|erythem|prurit|demang"
    r"|bronchosp|asthm|dyspn|toux|gene respi|malaise|syncop|hypotens|tachycard|rougeur|gonfl|plaque"
    r"|bouton|dress|lyell|stevens|toxiderm|pustul|rhinit|conjonctiv|eczema|dermat|diarrh|nausee"
    r"|vomi|douleur|cephal|vertige|hepatit|cytol|neutrop|thrombop|agranul|saignement|hemorrag"
    r"|insuffisance|confusion|hallucin|fievre|myalg|rhabdo|photosens|brulure|picotement"
)
_NO_REACTION = re.compile(
    r"\b(?:sauf|hors|excepte|dont|type|non|sans|pas|ou|notamment|y compris)\b"
)
_POSOLOGY = re.compile(r"\s*(?::|;)\s*")
# Before a dosage: it is a bound, a choice or a change, and no dosage by itself.
_LEADING = re.compile(
    r"(?:^|[\s,(])(?:jusqu'?(?:a|au)|max\w*|maxi|plus|moins|selon|sans|ou|a|au|de|d'|et|puis|si|environ"
    r"|par|avec|en|entre|sauf|vers|passer|augment\w*|redui\w*|diminu\w*|arret\w*|stop|avant|apres)$"
)
# A bare number above it, before a rhythm, is a strength and no count of tablets.
MOST_AT_ONCE = 4
_ANY_AGE = re.compile(r"\d\s*ans\b")
_JOINS = re.compile(r"[\s,;+&]*(?:et)?[\s,;+&]*")

TREATMENTS = frozenset((Family.LONG_TERM_TREATMENT, Family.CURRENT_TREATMENT))


class Question(StrEnum):
    """Why a line is asked about before it is added."""

    STANDING = "standing"
    DENIAL = "denial"
    END = "end"
    STRENGTH = "strength"
    AHEAD = "ahead"
    RELATIVE = "relative"
    FAMILY = "family"


@dataclass(frozen=True, slots=True)
class EntryLine:
    """``words`` is what is kept; the rest was said beside it.

    ``sought`` is what to look up in the nomenclatures, the words themselves unless told: empty
    where a code would say more than the doctor. ``also`` are further relatives with the same
    words. ``absence`` and ``family`` are a family the words name: said empty, or not the one that
    was asked.
    """

    words: str
    start: PartialDate | None = None
    end: PartialDate | None = None
    kinship: str = ""
    age_at_onset: int | None = None
    reaction: str = ""
    posology: str = ""
    active: bool = True
    standing: Standing = Standing.FACT
    sought: str | None = None
    also: tuple[str, ...] = ()
    absence: Family | None = None
    family: Family | None = None
    allergy: Allergy = UNTOLD

    @property
    def looked_for(self) -> str:
        return self.words if self.sought is None else self.sought


@dataclass(frozen=True, slots=True)
class Readings:
    """What a line may mean: the first is meant unless ``question`` says that it must be asked."""

    options: tuple[EntryLine, ...]
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class _Typed:
    words: str
    low: str
    family: Family
    today: dt.date


def parse(typed: str, family: Family, today: dt.date) -> EntryLine:
    """The first reading of ``typed``. Never raises."""
    return readings(typed, family, today).options[0]


def readings(typed: str, family: Family, today: dt.date) -> Readings:
    """Every reading of ``typed`` in ``family``, what Enter does first. Never raises."""
    words = tidy(typed)
    line = _Typed(words, flat(words), family, today)
    return _headed(line) or _ruled(line)


def _headed(line: _Typed) -> Readings | None:
    """The first word names the family; the words as they are, in the one that was asked, stay
    one of the readings."""
    head = entry_heads.head_of(line.low)
    if head is None or (line.family is Family.FAMILY_HISTORY and not head.length):
        return None
    if entry_words.DOUBT.search(line.low):
        # A doubt keeps the words, and is of no kind.
        head = entry_heads.Head(head.family)
    rest = line.words[head.length :]
    read = _ruled(_Typed(rest, flat(rest), head.family, line.today))
    elsewhere = head.family if head.family is not line.family else None
    options = tuple(
        replace(one, family=one.family or elsewhere, allergy=head.allergy)
        for one in read.options
        if one.absence is not None or not any(other.absence for other in read.options)
    )
    whole = () if elsewhere is None else (_whole(line),)
    return Readings((*options, *whole), read.question)


def _ruled(line: _Typed) -> Readings:
    for rule in RULES:
        found = rule(line)
        if found is not None:
            return found
    return _plain(line)


def _plain(line: _Typed) -> Readings:
    """The words as they are; a relative that was not understood is asked."""
    read = _parts(EntryLine(line.words), line)
    unsure = line.family is Family.FAMILY_HISTORY and not read.kinship
    if unsure and entry_family.unsure(read.words):
        return Readings((read,), Question.RELATIVE)
    whole = _whole(line)
    differs = replace(read, sought="") != whole
    return Readings((read, whole) if differs else (read,))


def _relative(line: _Typed) -> Readings | None:
    """A relative's disease typed among the patient's own."""
    if line.family is Family.FAMILY_HISTORY or not entry_family.names_relative(line.low):
        return None
    other = parse(line.words, Family.FAMILY_HISTORY, line.today)
    return Readings((replace(other, family=Family.FAMILY_HISTORY), _whole(line)), Question.RELATIVE)


def _free(line: _Typed) -> Readings | None:
    """A point of vigilance is a sentence: what denies or plans in it is what it says."""
    told = (entry_words.DOUBT, entry_words.NEGATION, entry_words.ENDING)
    standings = (pattern for _, pattern in entry_words.STANDINGS)
    if line.family is not Family.VIGILANCE or entry_words.absence_of(line.low, line.family):
        return None
    said = any(pattern.search(line.low) for pattern in (*told, *standings))
    return Readings((_whole(line),)) if said else None


def _doubt(line: _Typed) -> Readings | None:
    """A doubt keeps the words and takes no code."""
    if not entry_words.DOUBT.search(line.low):
        return None
    return Readings((_whole(line),))


def _denial(line: _Typed) -> Readings | None:
    absence = entry_words.absence_of(line.low, line.family)
    if absence is not None:
        said = EntryLine(line.words, sought="", absence=absence)
        return Readings((said, _whole(line)), Question.DENIAL)
    if any(pattern.search(line.low) for _, pattern in entry_words.STANDINGS):
        return None
    return Readings((_whole(line),), Question.DENIAL) if _denies(line) else None


def _denies(line: _Typed) -> bool:
    """Also where the refusal or the plan itself is denied."""
    return entry_words.NEGATION.search(line.low) is not None


def _standing(line: _Typed) -> Readings | None:
    """Planned, ordered, offered, refused or not done: a state of its own, or the words."""
    for standing, pattern in entry_words.STANDINGS:
        found = pattern.search(line.low)
        if found is not None:
            if standing is not Standing.NOT_DONE and _denies(line):
                return Readings((_whole(line),), Question.DENIAL)
            stood = _stood(line, standing, found.start(), found.end())
            return Readings((stood, _whole(line)), Question.STANDING)
    return None


def _stood(line: _Typed, standing: Standing, first: int, last: int) -> EntryLine:
    """The words around, when they are whole without the one that was found and its date."""
    after, date = _dated(line, last)
    link = entry_words.LINKS.match(flat(after))
    after = after[link.end() :] if link else after
    before = line.words[:first].strip(" ,:;(")
    rest = before or after
    if rest and not (before and after):
        kept = _Typed(rest, flat(rest), line.family, line.today)
        if not entry_dates.dates_in(kept.low, line.today) and not _denies(kept):
            return _parts(EntryLine(rest, date, standing=standing), line)
    return EntryLine(line.words, date, standing=standing, sought="")


def _dated(line: _Typed, place: int) -> tuple[str, PartialDate | None]:
    """What follows ``place``, and the one date that closes it."""
    low = line.low[place:]
    dates = _dates_of(line)
    if len(dates) != 1 or dates[0].date is None or dates[0].first < place:
        return line.words[place:].strip(" ,:;()"), None
    lead = re.fullmatch(
        r"[\s,:(]*(.*?)[\s,(]*(?:pour|depuis|en|le|du|au)?(?: le)?[\s(]*",
        low[: dates[0].first - place],
    )
    if lead is None or low[dates[0].last - place :].strip(" ).,;"):
        return line.words[place:].strip(" ,:;()"), None
    kept = line.words[place + lead.start(1) : place + lead.end(1)]
    return kept.strip(" ,:;("), dates[0].date


def _ending(line: _Typed) -> Readings | None:
    """An end is read where it closes the line; elsewhere it is asked."""
    found = entry_words.ENDING.search(line.low)
    if found is None:
        return None
    closed = line.low[found.end() :].strip(" .);,")
    before = line.words[: found.start()].strip(" ,:;(")
    dates = _dates_of(line)
    if not closed and before and not dates:
        words = _told(line, found.start(), found.end())
        ended = EntryLine(words, active=False, sought=None if words == before else before)
        return Readings((_parts(ended, line), _whole(line)))
    tail = entry_dates.tail_of(line.low, dates)
    if tail is not None and tail.end is not None and found.start() >= tail.place:
        return None
    ended = replace(_whole(line), active=False)
    return Readings((ended, _whole(line)), Question.END)


def _told(line: _Typed, place: int, last: int) -> str:
    """The words before an end, with how it ended where that is more than an end."""
    telling = entry_words.TELLING.match(line.low, place)
    return line.words[: min(telling.end(), last) if telling else place].strip(" ,:;(")


def _dates(line: _Typed) -> Readings | None:
    dates = _dates_of(line)
    if not dates:
        return None
    tail = entry_dates.tail_of(line.low, dates)
    if tail is None:
        return _undated(line, dates)
    meant = _read(line, tail)
    if not meant.words:
        return Readings((_whole(line),))
    if tail.start is not None and entry_dates.is_ahead(tail.start, line.today):
        planned = replace(meant, active=True, standing=Standing.PLANNED)
        return Readings((planned, _whole(line)), Question.AHEAD)
    if tail.bare and _may_be_strength(line, dates):
        return Readings((_parts(EntryLine(line.words), line), meant), Question.STRENGTH)
    return Readings((meant, _whole(line)))


def _read(line: _Typed, tail: entry_dates.Tail) -> EntryLine:
    words = _told(line, tail.place, len(line.words))
    sought = line.words[: tail.place].strip(" ,:;(")
    read = EntryLine(
        words,
        tail.start,
        tail.end,
        active=tail.end is None or entry_dates.is_ahead(tail.end, line.today),
        sought=None if words == sought else sought,
    )
    return _parts(read, line)


def _may_be_strength(line: _Typed, dates: list[entry_dates.Found]) -> bool:
    date = dates[-1].date
    step = entry_words.STRENGTH_STEP
    return line.family in TREATMENTS and date is not None and date.year % step == 0


def _undated(line: _Typed, dates: list[entry_dates.Found]) -> Readings:
    """Words that keep their dates; what to look up is what stands before them."""
    before = line.low[: dates[0].first].rstrip(" (")
    lead = entry_words.START_LEAD.search(before)
    before = before[: lead.start()] if lead else before
    while (owner := entry_words.OWNERS.search(before.rstrip(" ,;("))) is not None:
        before = before[: owner.start()]
    rest = "".join(
        line.low[one.last : after.first if after else None]
        for one, after in zip(dates, [*dates[1:], None], strict=True)
    )
    sought = line.words[: len(before.rstrip(" ,;("))] if _JOINS.fullmatch(rest) else ""
    whole = replace(_whole(line), sought=sought)
    return Readings((whole,))


def _dates_of(line: _Typed) -> list[entry_dates.Found]:
    """Its dates; beside another one, a number that may be a strength is no date."""
    dates = entry_dates.dates_in(line.low, line.today)
    return [one for one in dates[:-1] if not (one.bare and _may_be_strength(line, [one]))] + dates[
        -1:
    ]


RULES: tuple[Callable[[_Typed], Readings | None], ...] = (
    _relative,
    _free,
    _doubt,
    _denial,
    _standing,
    _ending,
    _dates,
)


def _whole(line: _Typed) -> EntryLine:
    """All the words, as a fact, without a code."""
    whole = EntryLine(line.words, sought="")
    return _of_relative(whole) if line.family is Family.FAMILY_HISTORY else whole


def _parts(read: EntryLine, line: _Typed) -> EntryLine:
    """What its family says beside the words."""
    reader = READERS.get(line.family)
    return reader(read) if reader is not None else _trimmed(read)


def _trimmed(read: EntryLine) -> EntryLine:
    return replace(read, words=read.words.strip(" ,:;"))


def _of_relative(read: EntryLine) -> EntryLine:
    words, kin = entry_family.relatives(read.words)
    words = words.strip(" ,:;")
    return replace(read, words=words, kinship=kin[0], also=kin[1:]) if kin and words else read


def _family(read: EntryLine) -> EntryLine:
    read = _trimmed(read)
    of_one = _of_relative(read)
    aged = _aged(of_one) if of_one.kinship else _of_relative(_aged(read))
    if aged.kinship:
        return aged
    return replace(read, sought="") if entry_family.unsure(read.words) else _aged(read)


def _aged(read: EntryLine) -> EntryLine:
    """The age of onset taken off; another age leaves the words without a code."""
    words, age, place = entry_family.onset(read.words)
    if age is None:
        return replace(read, sought="" if _ANY_AGE.search(flat(read.words)) else read.sought)
    words, sought = words.strip(" ,:;"), read.words[:place].strip(" ,:;")
    kept = None if sought == words else sought
    return replace(read, words=words, age_at_onset=age, sought=kept)


def _reaction(read: EntryLine) -> EntryLine:
    found = _REACTION.search(read.words)
    if found is None:
        return _trimmed(read)
    said = flat(found.group(1))
    before = read.words[: found.start()].strip(" ,:;")
    if not before or _NO_REACTION.search(said) or not _REACTS.search(said):
        # What an exception leaves has no code of its own.
        return replace(read, sought="" if _NO_REACTION.search(said) else before)
    return replace(read, words=before, reaction=found.group(1).strip())


def _posology(read: EntryLine) -> EntryLine:
    separated = _POSOLOGY.split(read.words, maxsplit=1)
    if len(separated) == 2 and separated[0]:
        return replace(_trimmed(replace(read, words=separated[0])), posology=separated[1])
    place = _dosage_at(read.words)
    if place is None:
        return _trimmed(read)
    said = read.words[place:]
    return replace(_trimmed(replace(read, words=read.words[:place])), posology=said)


def _dosage_at(words: str) -> int | None:
    """Where a dosage that is understood whole begins, after the name of the medicine."""
    for blank in re.finditer(" ", words):
        steps = dosage(words[blank.end() :]).steps
        first = steps[0] if steps else None
        if first is None or not (first.intakes or first.rhythm):
            continue
        if _LEADING.search(flat(words[: blank.start()])):
            return None
        amount = first.amount or (first.intakes[0].amount if first.intakes else None)
        if amount is None or amount.unit or amount.high <= MOST_AT_ONCE:
            return blank.end()
    return None


READERS: dict[Family, Callable[[EntryLine], EntryLine]] = {
    Family.FAMILY_HISTORY: _family,
    Family.ALLERGY: _reaction,
    Family.LONG_TERM_TREATMENT: _posology,
    Family.CURRENT_TREATMENT: _posology,
}

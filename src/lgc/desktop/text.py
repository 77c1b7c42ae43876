"""French typography, dates, ages and agreement: every sentence passes here. Pure.

Rules: « » with no-break spaces, no-break space before : ; ! ? %, apostrophe ’, true minus,
en dash for ranges, decimal comma, capitals keep their accents.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from decimal import Decimal
from typing import TypeVar

from lgc.domain.agenda import Presence
from lgc.domain.ages import Age
from lgc.domain.days import practice_time
from lgc.domain.identity import Sex
from lgc.domain.medical_data import PartialDate
from lgc.domain.messages import Message

NB = "\u00a0"
WEEKS_BEFORE = 3
"""Months before which an age is told in weeks."""
THIN = "\u202f"
MINUS = "\u2212"

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
SHORT_MONTHS = (
    "janv.",
    "févr.",
    "mars",
    "avr.",
    "mai",
    "juin",
    "juil.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
)


M = TypeVar("M", dt.date, dt.time, dt.date | dt.time)


def local(moment: dt.datetime) -> dt.datetime:
    """An aware moment as the clock on the practice's wall shows it."""
    return practice_time(moment)


def french(sentence: str) -> str:
    """Typeset a plain sentence: apostrophes, guillemets, no-break spaces."""
    text = sentence.replace("'", "’")
    text = re.sub(r'"([^"]*)"', r"«\1»", text)
    text = re.sub(r"«\s*", f"«{NB}", text)
    text = re.sub(r"\s*»", f"{NB}»", text)
    text = re.sub(r"(?<=[^\s:;!?])\s*([;!?]+)(?=\s|$|\u00a0|»)", rf"{NB}\1", text)
    text = re.sub(r"[ \u00a0](:)(?=\s|$)", rf"{NB}\1", text)
    return re.sub(r"(?<=\d)\s*%", f"{NB}%", text)


def _wall(moment: M) -> M:
    """An aware moment on the practice's wall clock; days and bare times as they are."""
    if isinstance(moment, dt.datetime) and moment.tzinfo is not None:
        return local(moment)
    return moment


def date(day: dt.date) -> str:
    """``06/11/2026``, of a day or of a moment."""
    return f"{_wall(day):%d/%m/%Y}"


def short_date(day: dt.date) -> str:
    """``06/11``, for lists whose year is plain."""
    return f"{_wall(day):%d/%m}"


def near_date(day: dt.date, today: dt.date) -> str:
    """``06/11`` within this year, else the whole date."""
    return short_date(day) if _wall(day).year == today.year else date(day)


def time(moment: dt.datetime | dt.time) -> str:
    """``09:45``."""
    return f"{_wall(moment):%H:%M}"


def time_in_words(moment: dt.datetime | dt.time) -> str:
    """« 10 h 12 », inside a sentence."""
    hours, minutes = f"{_wall(moment):%H:%M}".split(":")
    return f"{int(hours)}{NB}h{NB}{minutes}"


def clock(moment: dt.datetime) -> str:
    """``09:14:31``, for receipts."""
    return f"{_wall(moment):%H:%M:%S}"


def date_time(moment: dt.datetime) -> str:
    """``06/11/2026, 08:47``."""
    return f"{date(moment)}, {time(moment)}"


def came(message: Message) -> str:
    """When it arrived, and the day that its author's clock said when that is another."""
    arrival = date_time(message.came_at)
    said = odd_date(message)
    return f"{arrival} · {said}" if said else arrival


def odd_date(message: Message) -> str:
    """« daté du 01/01/2010 », empty when it is dated as it arrived."""
    return f"daté du{NB}{date(message.sent_at)}" if message.is_oddly_dated else ""


def short_date_time(moment: dt.datetime) -> str:
    """``06/11, 08:47``."""
    return f"{short_date(moment)}, {time(moment)}"


def ordinal_day(day: int) -> str:
    """``1er``, ``2``, ``3``…"""
    return "1er" if day == 1 else str(day)


def long_date(day: dt.date, *, year: bool = True) -> str:
    """``Vendredi 6 novembre 2026``."""
    words = f"{DAYS[day.weekday()]} {ordinal_day(day.day)} {MONTHS[day.month - 1]}"
    words = f"{words} {day.year}" if year else words
    return capital(words)


def capital(words: str) -> str:
    """First letter as a capital, its accent kept."""
    return words[:1].upper() + words[1:]


def uncapital(words: str) -> str:
    """First letter small, as after a colon; « DMP » and « MSSanté » stay what they are."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def count(number: int, singular: str, plural: str = "") -> str:
    """``1 essai``, ``2 essais``; zero is singular in French."""
    word = singular if abs(number) < 2 else plural or f"{singular}s"
    return f"{number}{NB}{word}"


def left_out(lines: int) -> str:
    """`` ; 3 lignes abîmées laissées de côté``, nothing for none."""
    if not lines:
        return ""
    damaged = "abîmées laissées" if lines > 1 else "abîmée laissée"
    return f" ; {count(lines, 'ligne')} {damaged} de côté"


def age(one: Age) -> str:
    """``78 ans 2 mois``; days in the first month, weeks before three months, months before two
    years, years alone in the month of the birthday.

    The hour of birth is not known, so that the hours of a newborn are not told.
    """
    if one.doubtful:
        return "âge à vérifier"
    months = one.years * 12 + one.months
    if months < 1:
        return count(one.days, "jour") if one.days else f"moins d’un{NB}jour"
    if months < WEEKS_BEFORE:
        return f"{one.days // 7}{NB}semaines"
    if one.years < 2:
        return f"{months}{NB}mois"
    whole = f"{one.years}{NB}ans"
    return f"{whole} {one.months}{NB}mois" if one.months else whole


def short_age(one: Age) -> str:
    """``78 ans``; as ``age`` before two years."""
    return age(one) if one.doubtful or one.years < 2 else f"{one.years}{NB}ans"


def _plain(value: float) -> str:
    """Never in powers of ten."""
    return format(Decimal(f"{value:.10g}"), "f")


def number(value: float, decimals: int | None = None) -> str:
    """``7,9``, ``10 400``, ``−0,4``: decimal comma, groups from five figures, true minus."""
    text = f"{abs(value):.{decimals}f}" if decimals is not None else _plain(abs(value))
    whole, _, rest = text.partition(".")
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", THIN)
    text = f"{whole},{rest}" if rest else whole
    nothing = not any(c in "123456789" for c in text)
    return f"{MINUS}{text}" if value < 0 and not nothing else text


def signed(value: float, decimals: int | None = None) -> str:
    """``+0,4`` or ``−0,4``."""
    return f"+{number(value, decimals)}" if value > 0 else number(value, decimals)


def span(low: str, high: str) -> str:
    """``4,0 – 6,0`` with an en dash."""
    return f"{low}{NB}–{NB}{high}"


def size(octets: int) -> str:
    """``182 Ko``, ``1,4 Mo``, ``2,31 Go``."""
    if octets < 1000:
        return count(octets, "octet")
    if octets < 1_000_000:
        return f"{round(octets / 1000)}{NB}Ko"
    if octets < 1_000_000_000:
        return f"{number(octets / 1_000_000, 1)}{NB}Mo"
    return f"{number(octets / 1_000_000_000, 2)}{NB}Go"


def days(gap: int) -> str:
    """``3 j``."""
    return f"{gap}{NB}j"


def wait(minutes: int) -> str:
    """``12 min``, ``1 h 05``."""
    if minutes < 60:
        return f"{minutes}{NB}min"
    return f"{minutes // 60}{NB}h{NB}{minutes % 60:02d}"


def agree(masculine: str, sex: Sex) -> str:
    """``Arrivé`` or ``Arrivée``; an unknown sex keeps the masculine."""
    return f"{masculine}e" if sex is Sex.FEMALE else masculine


def born(sex: Sex) -> str:
    """``Né`` or ``Née``, before a birth name."""
    return agree("Né", sex)


def the_patient(sex: Sex, *, start: bool = True) -> str:
    """``La patiente`` or ``Le patient``."""
    words = "la patiente" if sex is Sex.FEMALE else "le patient"
    return capital(words) if start else words


AGREES = (Presence.EXPECTED, Presence.ARRIVED, Presence.ABSENT)
PRESENCE_WORDS = {
    Presence.EXPECTED: "Attendu",
    Presence.ARRIVED: "Arrivé",
    Presence.IN_CONSULTATION: "En consultation",
    Presence.DONE: "Terminé",
    Presence.ABSENT: "Absent",
    Presence.CANCELLED: "Annulé",
}


def presence(state: Presence, sex: Sex, waited: int | None = None) -> str:
    """``Arrivée, 4 min``. « Terminé » speaks of the consultation and does not agree."""
    word = PRESENCE_WORDS[state]
    word = agree(word, sex) if state in AGREES else word
    if state is Presence.ARRIVED and waited is not None:
        return f"{word}, {wait(max(waited, 0))}"
    return word


def initials(name: str) -> str:
    """``RS`` for « Robert SPECIALISTE »: first and last words."""
    words = [word for word in re.split(r"[\s-]+", name) if word and word not in ("Dr", "Pr")]
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:]))


def join(*parts: str) -> str:
    """``a · b · c`` without the empty ones."""
    return " · ".join(part for part in parts if part)


# --- dates known in part ----------------------------------------------------------------------


def since(start: PartialDate) -> str:
    """« depuis 2009 », « depuis le 12/03/2011 »."""
    return f"depuis {'le ' if start.day else ''}{start.french}"


def until(end: PartialDate) -> str:
    """« jusqu’en 2012 », « jusqu’au 12/03/2011 »."""
    return f"{'jusqu’au' if end.day else 'jusqu’en'} {end.french}"


def period(start: PartialDate, end: PartialDate) -> str:
    """« de 2009 à 2012 », « du 12/03/2011 au 05/04/2011 »."""
    return f"{'du' if start.day else 'de'} {start.french} {'au' if end.day else 'à'} {end.french}"


def as_written(words: str) -> str:
    """Plain words as HTML that keeps their lines and columns: « 3    5,2 » is not « 3 5,2 »."""
    lines = html.escape("\n".join(words.splitlines()))
    return f'<div style="white-space:pre-wrap">{lines}</div>'

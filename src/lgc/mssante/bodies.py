"""The words of a message in their order, whatever parts a sender cut them into (RFC 2046 §5.1).

Parts of one ``multipart/alternative`` say the same thing: its HTML is shown where it says anything.
All others are said one after the other, words under a file included.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from email.message import Message
from unicodedata import category

from lgc.mssante import mime
from lgc.reading import asking
from lgc.reading import markup as taken_apart
from lgc.reading.transfer import Harm

SIMPLIFIED = "Mise en forme simplifiée : elle demandait trop de travail, l’original est gardé"
PLAIN, HTML = "text/plain", "text/html"


@dataclass(slots=True)
class _Choice:
    """The parts that say one thing: those of an alternative, or one alone."""

    of: Message | None
    plain: list[str] = field(default_factory=list)
    markup: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Shown:
    """Words, and the safe HTML that they are of; empty when plain text says them."""

    words: str
    markup: str
    simplified: bool = False


class Bodies:
    """Filled part by part, in the order of the message."""

    def __init__(self) -> None:
        self._choices: list[_Choice] = []
        self._named: list[Message] = []
        self._harms: set[Harm] = set()

    def take(self, part: Message, choice: Message | None) -> bool:
        """Is it words of the message? ``choice`` is the alternative that it belongs to."""
        if mime.kind(part) not in (PLAIN, HTML):
            return False
        if mime.is_attached(part):
            if mime.has_name_only(part):
                self._named.append(part)
            return False
        self._add(part, choice)
        return True

    def told(self, faults: list[str]) -> tuple[str, str]:
        """(words, safe HTML, empty when all came as plain text); what print, search, reply and
        list take is what the screen shows. A named text is the words of a message without any."""
        shown = self._shown()
        if not any(said(one.words) or one.markup for one in shown) and self._named:
            for part in self._named:
                self._add(part, None)
            shown = self._shown()
        faults += [f"Le texte est mal codé, {harm.value}" for harm in Harm if harm in self._harms]
        faults += [SIMPLIFIED] if any(one.simplified for one in shown) else []
        kept = _once(shown)
        words = "\n\n".join(one.words.strip("\r\n") for one in kept)
        if not any(one.markup for one in kept):
            return words, ""
        return words, "".join(one.markup or _as_markup(one.words) for one in kept)

    def _add(self, part: Message, choice: Message | None) -> None:
        known = (one for one in self._choices if choice is not None and one.of is choice)
        into = next(known, None)
        if into is None:
            into = _Choice(choice)
            self._choices.append(into)
        (into.markup if mime.kind(part) == HTML else into.plain).append(mime.text(part))
        self._harms |= set(mime.undone(part).harms)

    def _shown(self) -> Sequence[_Shown]:
        return [_one(choice) for choice in self._choices]


def said(text: str) -> bool:
    """Is there anything but blanks, those that take no room included?"""
    return any(not (c.isspace() or category(c) == "Cf") for c in text)


def _one(choice: _Choice) -> _Shown:
    found = [asking.html_shown(one) for one in choice.markup]
    simplified = any(simpler for _, simpler in found)
    shown = "".join(markup for markup, _ in found)
    words = taken_apart.words(shown)
    if said(words) or "<img" in shown:
        return _Shown(words, shown, simplified)
    plain = "\n\n".join(filter(said, choice.plain))
    whole = "\n\n".join(taken_apart.words(one) for one in choice.markup)
    return _Shown(plain if plain else whole, "", simplified)


def _once(shown: Iterable[_Shown]) -> Sequence[_Shown]:
    """Without what says nothing, nor what is said again with its shape: careless senders put a
    plain text and its HTML one after the other."""
    kept = [one for one in shown if said(one.words) or one.markup]
    formatted = {" ".join(one.words.split()) for one in kept if one.markup}
    return [one for one in kept if one.markup or " ".join(one.words.split()) not in formatted]


def _as_markup(words: str) -> str:
    """Plain words between formatted ones; columns stay columns."""
    plain = html.escape(words.strip("\r\n"), quote=False)
    if "  " in plain or "\t" in plain:
        return f"<pre>{plain}</pre>"
    return f"<p>{plain.replace(chr(10), '<br>')}</p>"

"""How a typed line is read, in the words that stand under it before Enter."""

from __future__ import annotations

from collections.abc import Iterator

from lgc.desktop.record.dose_reading import UNSTRUCTURED
from lgc.desktop.record.medical import words
from lgc.domain.allergies import KINDS, Kind
from lgc.domain.dosage.reading import read as dosage
from lgc.domain.entry_line import EntryLine, Question
from lgc.domain.medical_data import Family, Standing
from lgc.services.evidence import on, stood

# Families of what happens on a day; in the others a date is a beginning.
_OF_A_DAY = frozenset((Family.SURGICAL_HISTORY, Family.VACCINATION))
ASKED = {
    Question.STANDING: "Est-ce fait ?",
    Question.DENIAL: "Que faut-il noter ?",
    Question.END: "Est-ce terminé ?",
    Question.STRENGTH: "Ce nombre est-il un dosage ou une année ?",
    Question.AHEAD: "Cette date est à venir.",
    Question.RELATIVE: "De qui s’agit-il ?",
    Question.FAMILY: "Où ranger ce médicament ?",
}
HOW = "↓ choisir · Entrée ajouter · Échap ne rien ajouter"
OTHERWISE = "F3 lire autrement"


def said(line: EntryLine, family: Family) -> str:
    """« arrêt 2019 · plus en cours »; empty when the words are kept as they are."""
    return " · ".join(part for part in _parts(line, line.family or family) if part)


def _parts(line: EntryLine, family: Family) -> Iterator[str]:
    if line.absence is not None:
        yield f"absence connue : {words.PLACES[line.absence].title.lower()}"
        return
    if line.allergy.kind is not Kind.UNKNOWN:
        yield KINDS[line.allergy.kind].lower()
    elif line.family is not None:
        yield words.PLACES[line.family].one.lower()
    yield " et ".join(words.kin(code) for code in (line.kinship, *line.also) if code)
    yield stood(line.standing, line.start)
    if line.standing is Standing.FACT:
        yield _start(line, family)
    yield _end(line)
    yield f"à {line.age_at_onset} ans" if line.age_at_onset is not None else ""
    yield f"réaction : {line.reaction}" if line.reaction else ""
    yield _intake(line.posology) if line.posology else ""
    yield "" if line.looked_for else "en mots, sans code"


def _intake(posology: str) -> str:
    understood = dosage(posology).is_structured
    return f"prise : {posology}" + ("" if understood else f", {UNSTRUCTURED.lower()}")


def _start(line: EntryLine, family: Family) -> str:
    if line.start is None:
        return ""
    if family in _OF_A_DAY:
        return on(line.start)
    return f"depuis {'le ' if line.start.day else ''}{line.start.french}"


def _end(line: EntryLine) -> str:
    if line.end is None:
        return "" if line.active else "plus en cours"
    if line.active:
        return f"jusqu’{_until(line)} · encore en cours"
    return f"arrêt {line.end.french} · plus en cours"


def _until(line: EntryLine) -> str:
    assert line.end is not None
    return f"au {line.end.french}" if line.end.day else f"en {line.end.french}"


def choice(line: EntryLine, family: Family) -> str:
    """One answer to a question, whole: what will be kept."""
    meaning = said(line, family)
    if line.absence is not None:
        return meaning[:1].upper() + meaning[1:]
    return f"« {line.words} »" + (f" : {meaning}" if meaning else "")

"""Words of a typed line that turn what it says: doubt, denial, plan, refusal, an end.

Patterns are read on ``flat`` text: lower case without accents, letter for letter.
"""

from __future__ import annotations

import re
import unicodedata

from lgc.domain.medical_data import Family, Standing


def tidy(typed: str) -> str:
    """One blank between words, letters in one piece."""
    return " ".join(unicodedata.normalize("NFC", typed).split())


def flat(words: str) -> str:
    """Lower case without accents; every letter keeps its place."""
    return "".join(map(_plain, words))


def _plain(letter: str) -> str:
    if letter == "’":
        return "'"
    base = unicodedata.normalize("NFD", letter)[0].lower()
    return base if len(base) == 1 else letter


DOUBT = re.compile(
    r"\?|\b(?:suspicion|suspect\w*|a confirmer|a eliminer|doute|douteu\w+|hypothese|presum\w+"
    r"|probable\w*|possible\w*|eventuel\w*)\b"
)
NEGATION = re.compile(
    r"^(?:absence d|sans |0 |ø|nie |non[ -])|\b(?:pas (?:de |d')|aucune?s?\b|jamais\b|nie\b"
    r"|(?:non|pas) (?:retenu|confirme|connu|arrete|stoppe|sevre|gueri|termine|interrompu)\w*"
    r"|exclue?s?\b|elimine\w*|ecarte\w*|infirme\w*|negati(?:f|ve)s?\b|ras\b|neant\b)|: ?non$"
)
STANDINGS: tuple[tuple[Standing, re.Pattern[str]], ...] = tuple(
    (standing, re.compile(rf"\b(?:{pattern})(?!\w)"))
    for standing, pattern in (
        (Standing.REFUSED, r"refus(?:ee?s?|es|e)?|declinee?s?|ne veut pas"),
        (
            Standing.NOT_DONE,
            r"(?:non|pas|jamais)(?: ete| encore)* (?:fait|realise|effectue|administre|injecte"
            r"|pratique|vaccine|recu|conforme)\w*|annule\w*|contre[- ]indique\w*|reporte\w*",
        ),
        (Standing.INVITED, r"invit(?:ee?s?|ation)|convo(?:quee?s?|cation)|relancee?s?"),
        (
            Standing.ORDERED,
            r"prescri(?:te?s?|ption)|ordonnance|demand(?:ee?s?|e)|commandee?s?",
        ),
        (
            Standing.PLANNED,
            r"prevue?s?|prevoir|programm(?:ee?s?|er)|planifi(?:ee?s?|er)|envisagee?s?|proposee?s?"
            r"|en attente|rdv|rendez-vous|prochaine?s?|a (?:faire|prevoir|programmer|planifier"
            r"|realiser|debuter|commencer|introduire|discuter|proposer|renouveler|refaire"
            r"|demander|completer|arreter|stopper)",
        ),
    )
)
_ENDS = (
    r"arret(?:ee?s?|es)?(?! (?:cardi|circul|respir|de travail|du travail|maladie|sinus))"
    r"|stop(?:p\w+)?|sevr(?:ee?s?|es|age)|gueri\w*|terminee?s?|finie?s?|interrompue?s?"
    r"|suspendue?s?"
)
ENDING = re.compile(rf"\b(?:{_ENDS})(?!\w)")
# How it ended, when that is more than that it ended: it stays in the words.
TELLING = re.compile(r"(?:sevr|gueri)\w*")
# Before a date: it is the day of the end.
END_LEAD = re.compile(
    rf"(?:^|[\s,(])(?:(?:{_ENDS})(?:,? (?:en|le|depuis|depuis le|du|au))?"
    r"|jusqu'(?:a|au|en)|→|->)$"
)
# Before a date: it is a start. « du » alone belongs to « du 12/06/2004 ».
START_LEAD = re.compile(r"(?:^|[\s,(])(?:depuis(?: le| en)?|en|le|du)$")
# Before a date that they keep for themselves: about when, or something else's day.
OWNERS = re.compile(
    r"(?:^|[\s(])(?:avant|vers|apres|environ|env\.?|autour de|entre|fin|debut|courant|mi|mi-|ete"
    r"|hiver|printemps|automne|annees?|dern(?:ier|iere)s?|termes?|revoir|revu|controle[rs]?"
    r"|surveillance|echeance|validite|valable|perime\w*|expire|rechute|recidive|operee?s?"
    r"|traitee?s?|decedee?s?|dcd|mort|morte|deces|nee?|naissance|trimestre|semestre|[sta][1-4]"
    r"|ans?|mois|jours?|semaines?|puis|et|ou|a|au|de|des|la|les|un|une|dans|pour|par|sans|avec|sur"
    r"|sous|depuis|repris\w*|remission|<|>|<=|>=|~|≈|±|0\d)$"
)
# The same, wherever they stand before it.
OWNING = re.compile(r"\b(?:dern(?:ier|iere)s?|recidive\w*|rechute\w*|operee?s?|revoir|terme)\b")
# Between a refusal or a plan and what it is of.
LINKS = re.compile(r"(?:(?:a|au|aux|de|du|des|le|la|les|pour|un|une) |[ld]'|: ?)+")
# In these families a bare number after the name may be a strength.
STRENGTH_STEP = 50
_NOUNS: tuple[tuple[str, tuple[Family, ...]], ...] = (
    (r"allergies?", (Family.ALLERGY,)),
    (r"allergies? ni (?:d')?intolerances?", (Family.ALLERGY,)),
    (r"(?:antecedents?|atcds?) medica(?:l|ux)", (Family.MEDICAL_HISTORY,)),
    (r"(?:antecedents?|atcds?) chirurgica(?:l|ux)", (Family.SURGICAL_HISTORY,)),
    (r"(?:antecedents?|atcds?) famil(?:ial|iaux)", (Family.FAMILY_HISTORY,)),
    (
        r"(?:antecedents?|atcds?)",
        (Family.MEDICAL_HISTORY, Family.SURGICAL_HISTORY, Family.FAMILY_HISTORY),
    ),
    (r"chirurgies?|operations?", (Family.SURGICAL_HISTORY,)),
    (r"(?:traitements?|medicaments?)", (Family.LONG_TERM_TREATMENT, Family.CURRENT_TREATMENT)),
    (r"traitements? (?:au long cours|de fond)", (Family.LONG_TERM_TREATMENT,)),
    (r"traitements? en cours", (Family.CURRENT_TREATMENT,)),
    (r"(?:vaccins?|vaccinations?)", (Family.VACCINATION,)),
    (r"(?:pathologies?|maladies?|affections?) chroniques?", (Family.CHRONIC,)),
    (r"points? de vigilance", (Family.VIGILANCE,)),
    (r"expositions? professionnelles?", (Family.OCCUPATIONAL,)),
    (r"expositions? toxiques?", (Family.TOXIC,)),
)
_DENIAL = r"(?:pas (?:de |d')|aucune?s? |absence d(?:e |')|sans |0 |ø ?)"
_KNOWN = r"(?: connue?s?)?(?: a ce jour)?\.?"
_NONE = re.compile(rf"(?:aucune?|neant|ras|rien(?: a signaler)?){_KNOWN}")
# A habit has its own answer: « aucun » says nothing of each of them.
WITHOUT_ABSENCE = frozenset((Family.RISK_FACTOR, Family.MEASUREMENT))


def absence_of(low: str, family: Family) -> Family | None:
    """The family that flat words say empty, as a whole; None when they say less, or more."""
    if _NONE.fullmatch(low):
        return None if family in WITHOUT_ABSENCE else family
    for noun, families in _NOUNS:
        if re.fullmatch(rf"{_DENIAL}(?:{noun}){_KNOWN}", low):
            return family if family in families else (families[0] if len(families) == 1 else None)
    return None

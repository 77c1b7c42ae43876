"""Every word that a dosage may be made of: what is typed, folded, and what is written back.

Words are without case, accent or typographic apostrophe (`tokens.fold`).
"""

from __future__ import annotations

from dataclasses import dataclass

from lgc.domain.dosage.model import Time


@dataclass(frozen=True, slots=True)
class Form:
    """A unit of intake: UCUM, its words for one and for several, and how doctors type it.

    What is ``counted`` comes in pieces; the others are measured.
    """

    unit: str
    one: str
    several: str
    typed: tuple[str, ...]
    counted: bool = True


def _form(unit: str, one: str, several: str, *typed: str, counted: bool = True) -> Form:
    return Form(unit, one, several, typed, counted)


FORMS = (
    _form("{tablet}", "comprimé", "comprimés", "cp", "cpr", "comprime", "comprimes"),
    _form("{capsule}", "gélule", "gélules", "gel", "gelule", "gelules"),
    _form("{softgel}", "capsule", "capsules", "caps", "capsule", "capsules"),
    _form("{sachet}", "sachet", "sachets", "sachet", "sachets", "sach"),
    _form("[drp]", "goutte", "gouttes", "goutte", "gouttes", "gtt", "gtts", "gttes"),
    _form("{puff}", "bouffée", "bouffées", "bouffee", "bouffees"),
    _form("{inhalation}", "inhalation", "inhalations", "inhalation", "inhalations"),
    _form("{spray}", "pulvérisation", "pulvérisations", "pulverisation", "pulverisations", "pulv"),
    _form("{dose}", "dose", "doses", "dose", "doses"),
    _form("{suppository}", "suppositoire", "suppositoires",
          "suppositoire", "suppositoires", "suppo", "suppos"),
    _form("{ovule}", "ovule", "ovules", "ovule", "ovules"),
    _form("{patch}", "patch", "patchs", "patch", "patchs", "patches"),
    _form("{ampule}", "ampoule", "ampoules", "ampoule", "ampoules", "amp"),
    _form("{injection}", "injection", "injections", "injection", "injections", "inj"),
    _form("{application}", "application", "applications",
          "application", "applications", "appli", "applis"),
    _form("{teaspoon}", "cuillère à café", "cuillères à café",
          "cac", "c a c", "cuillere a cafe", "cuilleres a cafe", "cuil a cafe"),
    _form("{tablespoon}", "cuillère à soupe", "cuillères à soupe",
          "cas", "c a s", "cuillere a soupe", "cuilleres a soupe", "cuil a soupe"),
    _form("mL", "mL", "mL", "ml", counted=False),
    _form("mg", "mg", "mg", "mg", counted=False),
    _form("ug", "µg", "µg", "µg", "mcg", "microgramme", "microgrammes", counted=False),
    _form("g", "g", "g", "g", "gr", "gramme", "grammes", counted=False),
    _form("[iU]", "UI", "UI", "ui", "u", "unite", "unites", counted=False),
)  # fmt: skip
BY_UNIT = {form.unit: form for form in FORMS}

MOMENTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    # key: (with its article, bare, what is typed)
    "matin": ("le matin", "matin", ("matin", "le matin", "au matin", "chaque matin",
                                    "tous les matins", "les matins")),
    "midi": ("à midi", "midi", ("midi", "le midi", "a midi", "chaque midi", "tous les midis")),
    "gouter": ("au goûter", "goûter", ("gouter", "au gouter", "le gouter")),
    "soir": ("le soir", "soir", ("soir", "le soir", "au soir", "chaque soir", "tous les soirs",
                                 "les soirs")),
    "coucher": ("au coucher", "coucher", ("coucher", "au coucher", "le coucher",
                                          "le soir au coucher", "soir au coucher",
                                          "avant le coucher", "le soir avant le coucher")),
}  # fmt: skip
SCHEME = ("matin", "midi", "soir", "coucher")

NUMBERS = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7,
    "huit": 8, "dix": 10, "quinze": 15,
}  # fmt: skip

TIMES: dict[Time, tuple[str, str, tuple[str, ...]]] = {
    Time.HOUR: ("h", "h", ("h", "heure", "heures", "hr")),
    Time.DAY: ("jour", "jours", ("j", "jour", "jours", "jr", "jrs")),
    Time.WEEK: ("semaine", "semaines", ("semaine", "semaines", "sem")),
    Time.MONTH: ("mois", "mois", ("mois",)),
    Time.YEAR: ("an", "ans", ("an", "ans", "annee")),
}
EVERY_ONE: dict[Time, tuple[str, ...]] = {
    Time.DAY: ("tous les jours", "chaque jour", "quotidien", "quotidiennement"),
    Time.WEEK: ("toutes les semaines", "chaque semaine", "hebdomadaire"),
    Time.MONTH: ("tous les mois", "chaque mois", "mensuel"),
    Time.YEAR: ("tous les ans", "chaque annee"),
}
EVERY = ("toutes les", "tous les", "ttes les", "ts les", "chaque", "/")
PER = ("par", "/")
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")

LENGTH = ("pendant", "pdt", "durant")
# « 2 g sur 5 jours », « 30 cp qsp 1 mois », « x 3 j »: a length only where the rhythm is known.
LENGTH_AFTER_RHYTHM = ("pour", "qsp", "q s p", "sur", "x")
BEFORE_MAXIMUM = (
    "max", "maxi", "maximum", "au maximum", "dose maximale", "sans depasser", "ne pas depasser",
    "jusqu a", "au plus",
)  # fmt: skip
AFTER_MAXIMUM = ("max", "maxi", "maximum", "au maximum", "au plus")
INTAKES = ("prise", "prises", "fois", "x")
NEEDS: dict[str, tuple[str, ...]] = {
    # what is written back: what is typed after « si »
    "besoin": ("besoin", "necessaire"),
    "douleur": ("douleur", "douleurs"),
    "fièvre": ("fievre",),
    "nausées": ("nausee", "nausees"),
    "vomissements": ("vomissement", "vomissements"),
    "diarrhée": ("diarrhee", "diarrhees"),
    "constipation": ("constipation",),
    "toux": ("toux",),
    "insomnie": ("insomnie", "insomnies"),
    "anxiété": ("anxiete",),
    "crise": ("crise", "crises"),
    "gêne respiratoire": ("gene respiratoire",),
    "gêne": ("gene",),
    "essoufflement": ("essoufflement",),
    "migraine": ("migraine", "migraines"),
    "spasmes": ("spasme", "spasmes"),
    "démangeaisons": ("demangeaison", "demangeaisons"),
    "angoisse": ("angoisse", "angoisses"),
    "prurit": ("prurit",),
    "brûlures": ("brulure", "brulures"),
    "vertiges": ("vertige", "vertiges"),
}
REMARKS: dict[str, tuple[str, ...]] = {
    # what is written back: what is typed
    "avant les repas": ("avant les repas", "avant repas", "avant le repas"),
    "pendant les repas": (
        "pendant les repas", "au cours des repas", "au milieu des repas", "pendant le repas",
        "au cours du repas", "au milieu du repas", "au repas", "aux repas", "en mangeant",
    ),
    "après les repas": ("apres les repas", "apres repas", "apres le repas"),
    "à distance des repas": ("a distance des repas", "en dehors des repas"),
    "à jeun": ("a jeun",),
    "avec un grand verre d’eau": (
        "avec un grand verre d eau", "avec un verre d eau", "dans un verre d eau",
        "dans un grand verre d eau",
    ),
    "par voie orale": ("par voie orale", "voie orale", "per os"),
    "en sous-cutané": (
        "en sous - cutane", "sous - cutane", "en sous cutane", "sous - cutanee", "s c", "sc",
    ),
    "sous la langue": ("sous la langue",),
}  # fmt: skip
EACH_INTAKE = ("par prise", "/ prise", "a chaque prise")
ONE_INTAKE = ("en une prise", "en 1 prise", "en une seule prise", "en prise unique")
THEN = ("puis", "et puis", "ensuite", "puis ensuite")
STOP = ("stop", "arret", "arreter")
OPENING = ("prendre",)
SEPARATORS = (",", ";", ".", "(", ")")

"""Scenes of results: what came in. What is right of each is in `results.txt`."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lgc.domain.biology import Bound, LabResult, ReferenceRange
from lgc.domain.professionals import Coded

PARIS = ZoneInfo("Europe/Paris")
LOINC = "2.16.840.1.113883.6.1"
OWN = "1.2.250.1.999"
OTHER = "1.2.250.1.888"


@dataclass(frozen=True)
class Scene:
    name: str
    results: list


def moment(said):
    """« 02/11 08:05 » of 2026, « 02/11/24 », and whether it tells an hour."""
    day, _, hour = said.partition(" ")
    date, *rest = day.split("/")
    month, year = rest[0], f"20{rest[1]}" if len(rest) > 1 else "2026"
    at = dt.datetime.fromisoformat(f"{year}-{month}-{date}T{hour or '00:00'}").replace(tzinfo=PARIS)
    return at, bool(hour)


def r(label, value, unit="", at="02/11", doc="a", ref=None, flag="", code="", **more):
    """One result: a number, ``"< 1"``, or words; ``ref`` is (low, high)."""
    taken, timed = moment(at)
    number, bound, words = value, Bound.NONE, ""
    if isinstance(value, str):
        sign, _, figure = value.partition(" ")
        known = {"<": Bound.LESS, ">": Bound.GREATER, "≤": Bound.LESS, "≥": Bound.GREATER}
        number, bound = None, known.get(sign, Bound.NONE)
        words = value
        if bound:
            number = float(figure.replace(",", "."))
    system = more.pop("system", LOINC)
    reference = ReferenceRange(*ref) if ref else None
    more = {"laboratory": "Auteuil", "timed": timed, **more}
    result = LabResult(
        Coded(code, system) if code else None, label, taken, value=number, bound=bound, unit=unit,
        text=words, reference=reference, interpretation=flag, **more,
    )  # fmt: skip
    return doc, result


def quoted(*given, **more):
    return r(*given, previous=True, **more)


def drug(name, flag, germ="Escherichia coli", **more):
    words = {"S": "Sensible", "R": "Résistant", "I": "Intermédiaire"}[flag]
    return r(name, words, flag=flag, isolate=germ, chapter="Antibiogramme", **more)


TROPONIN = {"unit": "ng/L", "code": "67151-1", "ref": (None, 14)}
K = {"unit": "mmol/L", "code": "2823-3", "ref": (3.5, 5.0)}
GL = {"unit": "g/L", "code": "53049-3"}
MMOL = {"unit": "mmol/L", "code": "40193-5"}
GLUCOSE_G = "Glucose à jeun [Masse/Volume] Sérum/Plasma ; Numérique"
GLUCOSE_M = "Glucose à jeun [Moles/Volume] Sérum/Plasma ; Numérique"
CRP = {"unit": "mg/L", "code": "1988-5", "ref": (None, 5)}

SCENES = [
    # --- one cell, one value --------------------------------------------------------------------
    Scene("troponin at H0 and H3", [
        r("Troponine", 9, at="02/11 08:05", **TROPONIN),
        r("Troponine", 820, at="02/11 11:10", flag="HH", **TROPONIN)]),
    Scene("troponin without hours", [
        r("Troponine", 9, **TROPONIN), r("Troponine", 820, flag="HH", **TROPONIN)]),
    Scene("potassium and its control", [
        r("Potassium", 6.8, flag="HH", **K), r("Potassium", 4.2, **K)]),
    Scene("a glucose cycle", [
        r("Glucose", v, "g/L", at=f"02/11 {h}") for v, h in
        ((0.9, "07:30"), (1.6, "09:00"), (1.1, "12:00"), (1.4, "14:00"))]),
    Scene("midnight is an hour, none is not", [
        r("Lactate", 1.2, "mmol/L", at="02/11 00:00"), r("Lactate", 4.0, "mmol/L", doc="b")]),
    Scene("two reports of one day stand by the hour", [
        r("Potassium", 4.4, at="02/11 18:00", doc="a-late", **K),
        r("Potassium", 6.8, at="02/11 08:00", doc="z-early", flag="HH", **K)]),
    Scene("the same value twice in a report is one", [
        r("Sodium", 140, "mmol/L", code="2951-2"), r("Sodium", 140, "mmol/L", code="2951-2")]),
    Scene("the same value with two ranges stays two", [
        r("Sodium", 140, "mmol/L", code="2951-2", ref=(136, 145)),
        r("Sodium", 140, "mmol/L", code="2951-2", ref=(133, 143))]),
    Scene("analyses dated apart by their report, without an hour of sampling", [
        r("Troponine", 9, at="02/11 08:05", **(TROPONIN | {"timed": False})),
        r("Troponine", 820, at="02/11 11:10", **(TROPONIN | {"timed": False})),
        r("Sodium", 140, "mmol/L", at="02/11 08:20", timed=False)]),
    # --- what is one analysis -------------------------------------------------------------------
    Scene("two germs of one name", [
        drug("Amoxicilline", "S", isolate_id="1^a", specimen="Urine"),
        drug("Amoxicilline", "R", isolate_id="1^b", specimen="Urine")]),
    Scene("one germ in two samples", [
        drug("Amoxicilline", "S", isolate_id="#1", specimen="Urine", code="18862-3"),
        drug("Amoxicilline", "R", isolate_id="#2", specimen="Sang", code="18862-3")]),
    Scene("blood, urine and CSF under a local code", [
        r("Protéines", 72, "g/L", code="PROT", system=OWN, specimen="Sang"),
        r("Protéines", 0.1, "g/L", code="PROT", system=OWN, specimen="Urine"),
        r("Protéines", 0.9, "g/L", code="PROT", system=OWN, specimen="LCR", flag="H")]),
    Scene("code 12 of two laboratories", [
        r("Glucose", 5.2, "mmol/L", code="12", system=OWN),
        r("Urée", 22, "mmol/L", code="12", system=OWN, doc="b", at="05/11", laboratory="Tarro",
          flag="H")]),
    Scene("code 12 without a system", [
        r("Glucose", 5.2, "mmol/L", code="12", system=""),
        r("Glucose", 5.9, "mmol/L", code="12", system="", doc="b", at="05/11",
          laboratory="Tarro")]),
    Scene("CD4+ and CD4−", [
        r("CD4+", 520, "/uL"), r("CD4−", 80, "/uL")]),
    Scene("a bare name of two laboratories", [
        r("Ferritine", 12, "ug/L", flag="L"),
        r("Ferritine", 80, "ug/L", doc="b", at="05/11", laboratory="Tarro")]),
    Scene("CKD-EPI and MDRD", [
        r("DFG [Volume/Temps/Surface] Sérum/Plasma ; Numérique ; CKD-EPI", 58, "mL/min", flag="L",
          code="62238-1"),
        r("DFG [Volume/Temps/Surface] Sérum/Plasma ; Numérique ; MDRD", 64, "mL/min",
          code="77147-7")]),
    Scene("automate and manual", [
        r("Leucocytes [Nombre/Volume] Sang ; Numérique ; Automate", 5.2, "G/L", code="6690-2"),
        r("Leucocytes [Nombre/Volume] Sang ; Numérique ; Manuel", 6.1, "G/L", code="804-5")]),
    Scene("1 h and 2 h of a test", [
        r("Glucose [Moles/Volume] Sérum/Plasma ; Numérique ; 1 h", 10.4, "mmol/L", code="20438-8",
          flag="H"),
        r("Glucose [Moles/Volume] Sérum/Plasma ; Numérique ; 2 h", 7.1, "mmol/L", code="20436-2")]),
    Scene("a LOINC code fixes the specimen, whatever is printed", [
        r("Potassium", 4.4, specimen="Sang veineux", **K),
        r("Potassium", 4.6, doc="b", at="05/11", specimen="Plasma hépariné", **K)]),
    # --- two units ------------------------------------------------------------------------------
    Scene("a result in two units stays on its curve", [
        r(GLUCOSE_G, 0.95, at="02/09", **GL), r(GLUCOSE_G, 1.0, at="02/10", doc="b", **GL),
        r(GLUCOSE_G, 2.6, doc="c", **GL),
        r(GLUCOSE_M, 14.4, doc="c", flag="HH", ref=(3.9, 6.1), **MMOL)]),
    Scene("both units have a history", [
        r(GLUCOSE_G, 1.0, at="02/09", **GL), r(GLUCOSE_M, 5.6, doc="b", at="02/10", **MMOL),
        r(GLUCOSE_G, 2.6, doc="c", **GL), r(GLUCOSE_M, 14.4, doc="c", flag="HH", **MMOL)]),
    Scene("the range stands on the other unit", [
        r(GLUCOSE_M, 25, **MMOL),
        r(GLUCOSE_G, 4.5, flag="HH", ref=(0.7, 1.1), **GL)]),
    Scene("HbA1c in per cent and in mmol/mol", [
        r("HbA1c", 7.2, "%", code="4548-4", ref=(4, 6)),
        r("HbA1c", 55, "mmol/mol", code="59261-8")]),
    Scene("one code, two exact units", [
        r("Calcium", 2.6, "mmol/L", code="2000-8"), r("Calcium", 2600, "umol/L", code="2000-8")]),
    Scene("creatinine of two laboratories converts", [
        r("Créatinine", 0.098, "mmol/L", code="14682-9", at="02/09"),
        r("Créatinine", 104, "umol/L", code="14682-9", doc="b", ref=(62, 106))]),
    # --- the same value in two reports ----------------------------------------------------------
    Scene("flag and range of whichever has them", [
        r("Potassium", 6.8, at="02/11 08:00", doc="a", unit="mmol/L", code="2823-3"),
        r("Potassium", 6.8, at="02/11 08:00", doc="b", flag="HH", comment="Sérum hémolysé", **K)]),
    Scene("three reports of one value, each knowing a part", [
        r("Potassium", 6.8, "mmol/L", at="02/11 08:00", doc="a", code="2823-3"),
        r("Potassium", 6.8, "mmol/L", at="02/11 08:00", doc="b", code="2823-3", flag="HH"),
        r("Potassium", 6.8, at="02/11 08:00", doc="c", comment="Sérum hémolysé", **K)]),
    Scene("a quoted value yields to a corrected one of its moment", [
        r("Potassium", 4.4, at="02/10", doc="a", **K),
        quoted("Potassium", 6.8, at="02/10", doc="b", **K),
        r("Potassium", 4.2, doc="b", **K)]),
    Scene("a quoted value alone is told, and is no own result", [
        quoted("Potassium", 6.8, at="02/10", doc="b", **K), r("Potassium", 4.2, doc="b", **K)]),
    Scene("a quoted value quoted twice", [
        quoted("Potassium", 4.0, at="02/09", doc="b", **K),
        quoted("Potassium", 4.0, at="02/09", doc="c", **K)]),
    Scene("what waits does not hide a quoted value of its day", [
        r("Potassium", "Résultat en attente", at="02/10", doc="a", code="2823-3"),
        quoted("Potassium", 6.8, at="02/10", doc="b", flag="HH", **K)]),
    # --- the letter -----------------------------------------------------------------------------
    Scene("what waits never replaces a value", [
        r("Potassium", 6.8, at="02/10", flag="HH", **K),
        r("Potassium", "Résultat en attente", doc="b", code="2823-3")]),
    Scene("an antibiogram is whole", [
        drug("Amox/clav", "S", specimen="Urine"), drug("Ofloxacine", "R", specimen="Urine"),
        drug("Cotrimoxazole", "I", specimen="Urine")]),
    Scene("an antibiogram without its germ is not told", [
        r("Amox/clav", "Sensible", flag="S"), r("Amoxicilline", "Résistant", flag="R")]),
    Scene("urine's glucose does not stand for blood's", [
        r("Glucose", 1.3, "g/L", specimen="Sang", flag="H"),
        r("Glucose", 0.0, "g/L", specimen="Urine")]),
    Scene("a lipid panel on the life line", [
        r("Triglycérides", 2.9, "g/L", code="T", ref=(None, 1.5)),
        r("LDL-cholestérol", 1.2, "g/L", code="L")]),
    # --- words and flags ------------------------------------------------------------------------
    Scene("words have short sure forms", [
        r("Nitrites", "Négatif"), r("Antigène HBs", "Présence", flag="POS"),
        r("ECBU", "Présence de nombreux leucocytes altérés")]),
    Scene("what is found or resistant is out of the reference", [
        r("Toxine", "Détecté", flag="DET"), r("Frottis", "Anormal", flag="A"),
        r("Ag", "Positif", flag="POS"), r("VIH", "Négatif", flag="NEG")]),
    Scene("a range in words and a comment", [
        r("Potassium", 6.8, "mmol/L", code="2823-3", reference_text="3,5 à 5 avant 60 ans",
          comment="Sérum hémolysé")]),
    Scene("provisional", [
        r("Hémoculture", "Négatif", comment="Résultat provisoire")]),
    Scene("normal for the laboratory, out of its printed range", [
        r("Potassium", 6.8, flag="N", **K)]),
    Scene("a reversed range does not judge", [
        r("Potassium", 4.2, "mmol/L", code="2823-3", ref=(5.0, 3.5))]),
    Scene("an end that is open is itself out", [
        r("CRP", 5, "mg/L", code="1988-5", ref=(None, 5, False, True)),
        r("LDL", 5, "mg/L", ref=(None, 5))]),
    Scene("a child keeps the range of each age", [
        r("Phosphatases alcalines", 380, "U/L", at="03/05/24", ref=(50, 350), flag="H",
          code="6768-6"),
        r("Phosphatases alcalines", 310, "U/L", doc="b", ref=(100, 500), code="6768-6")]),
    Scene("an alarm is the gravest of several", [
        r("Potassium", 6.8, flag="H", **K), r("Potassium", 6.9, flag="AA", **K)]),
    # --- bounds and figures ---------------------------------------------------------------------
    Scene("a bound keeps its sign", [
        r("CRP", 48, at="02/09", **CRP), r("CRP", "< 1", doc="b", at="02/10", **CRP),
        r("CRP", 60, doc="c", **CRP)]),
    Scene("an inclusive bound", [
        r("Titre", "≥ 160", "{titer}")]),
    Scene("every figure of a large number", [
        r("Charge virale", 1234567, "{copies}/mL", code="20447-9")]),
    Scene("a very small number", [
        r("Rapport", 4.5e-8, "")]),
    Scene("zero and a negative number", [
        r("Excès de base", -2.4, "mmol/L"), r("Blastes", 0.0, "%")]),
    # --- names of units -------------------------------------------------------------------------
    Scene("INR in three units is one row", [
        r("INR", 2.1, "{INR}", code="6301-6", at="02/08"),
        r("INR", 2.4, "", code="6301-6", at="02/09", doc="b"),
        r("INR", 3.9, "{ratio}", code="6301-6", doc="c", flag="H")]),
    Scene("platelets in four units are one row", [
        r("Plaquettes", 180, "G/L", code="777-3", at="02/07"),
        r("Plaquettes", 170, "Giga/L", code="777-3", at="02/08", doc="b"),
        r("Plaquettes", 45000, "{cells}/uL", code="777-3", at="02/09", doc="c", flag="LL"),
        r("Plaquettes", 160, "10*9/L", code="777-3", doc="d")]),
    Scene("TSH in four units is one row", [
        r("TSH", 2.0, "mUI/L", code="3016-3", at="02/07"),
        r("TSH", 2.1, "mU/L", code="3016-3", at="02/08", doc="b"),
        r("TSH", 2.2, "m[IU]/L", code="3016-3", at="02/09", doc="c"),
        r("TSH", 9.4, "u[IU]/mL", code="3016-3", doc="d", flag="H")]),
    Scene("D-dimers of two units stay two", [
        r("D-dimères", 450, "ng/mL{FEU}", code="48065-7"),
        r("D-dimères", 220, "ng/mL{DDU}", code="48066-5")]),
    # --- reports --------------------------------------------------------------------------------
    Scene("a quoted value beside the hour of its own", [
        quoted("Troponine", 9, at="02/11 08:05", doc="b", **TROPONIN),
        r("Troponine", 820, at="02/11 11:10", doc="b", flag="HH", **TROPONIN)]),
    Scene("three laboratories, three ranges", [
        r("TSH", 3.9, "m[IU]/L", code="3016-3", at="02/08", ref=(0.27, 4.2)),
        r("TSH", 4.5, "m[IU]/L", code="3016-3", at="02/09", doc="b", ref=(0.29, 4.8),
          laboratory="Tarro"),
        r("TSH", 4.1, "m[IU]/L", code="3016-3", doc="c", ref=(0.4, 4), laboratory="CH M. Curie")]),
    Scene("two laboratories in one report", [
        r("Sodium", 140, "mmol/L", code="2951-2"),
        r("Vitamine D", 12, "nmol/L", flag="L", laboratory="Cerba")]),
    Scene("words and numbers of one analysis", [
        r("CRP", "Absence", at="02/09", code="1988-5"), r("CRP", 12, doc="b", **CRP)]),
    Scene("what was not made", [
        r("Potassium", "Examen non réalisé", code="2823-3", comment="Tube coagulé")]),
    Scene("a specimen said by each value", [
        r("Potassium", 4.4, specimen="Sang capillaire", **K),
        r("Potassium", 4.6, at="05/11", doc="b", specimen="Sang veineux", **K)]),
    Scene("leucocytes in per cent and in number", [
        r("Neutrophiles", 62, "%"), r("Neutrophiles", 3.4, "G/L", flag="L")]),
]  # fmt: skip

"""Results in a letter: exact, in French units, with their reference and what is said of them."""

import datetime as dt

from lgc.domain.biology import Bound, LabResult, ReferenceRange
from lgc.services.results_in_letter import latest

DAY = dt.datetime(2026, 11, 12, 9, tzinfo=dt.UTC)


def result(label, value=None, unit="", taken_at=DAY, **more):
    return LabResult(None, label, taken_at, value, unit=unit, **more)


def letter(results):
    return latest([("report", one) for one in results])


def test_a_result_says_all_that_the_report_said():
    said = letter(
        [
            result("Charge virale", 1250000.0, "{copies}/mL"),
            result("HbA1c", 7.2, "%", reference=ReferenceRange(4.0, 6.0)),
            result("CRP", 5.0, "mg/L", bound=Bound.LESS, reference=ReferenceRange(None, 5.0)),
            result("Kaliémie", 2.9, "mmol/L", interpretation="LL",
                   reference=ReferenceRange(3.5, None)),
            result("Amoxicilline", text="Résistant", interpretation="R"),
            result("Nitrites", text="Absence"),
        ]
    )  # fmt: skip

    assert said.splitlines() == [
        "– Charge virale : 1\u202f250\u202f000 copies/mL (12/11/2026)",
        "– HbA1c : 7,2 % (réf. 4 – 6, au-dessus de la référence, 12/11/2026)",
        "– CRP : < 5 mg/L (réf. jusqu’à 5, 12/11/2026)",
        "– Kaliémie : 2,9 mmol/L (réf. à partir de 3,5, très au-dessous de la référence, "
        "12/11/2026)",
        "– Nitrites : Absence (12/11/2026)",
        "– Antibiogramme du 12/11/2026 : voir le compte rendu",
    ]


def test_what_is_left_out_is_counted():
    said = letter([result(f"Analyse {number}", float(number)) for number in range(31)])

    assert said.splitlines()[-1] == "(8 sur 31, les plus récents)"
    assert len(said.splitlines()) == 9
    assert "sur" not in letter([result(f"Analyse {n}", 1.0) for n in range(8)])


def test_a_date_to_come_is_no_last_value_and_stands_apart():
    to_come = dt.datetime(2062, 3, 12, 8, tzinfo=dt.UTC)
    germ = {"isolate": "Escherichia coli", "specimen": "Urine", "interpretation": "R"}
    said = latest(
        [
            ("a", result("Potassium", 4.4, "mmol/L")),
            ("z", result("Potassium", 6.8, "mmol/L", interpretation="HH", taken_at=to_come)),
            ("z", result("Sodium", 140.0, "mmol/L", taken_at=to_come)),
            ("z", result("Amoxicilline", text="Résistant", taken_at=to_come, **germ)),
        ],
        DAY.date(),
    )

    assert said.replace("\u00a0", " ").splitlines() == [
        "– Potassium : 4,4 mmol/L (12/11/2026)",
        "– Potassium, date à venir : à vérifier : 6,8 mmol/L HH (12/03/2062)",
        "– Sodium, date à venir : à vérifier : 140 mmol/L (12/03/2062)",
        "– Amoxicilline (Escherichia coli), date à venir : à vérifier : Résistant R (12/03/2062)",
    ]

"""What screens say of a dose beside its words."""

import datetime as dt

from lgc.desktop.record.dose_reading import UNSTRUCTURED, DoseReading, is_text
from lgc.desktop.record.medical.reading import said
from lgc.desktop.reusing.words import detail
from lgc.domain.entry_line import parse
from lgc.domain.medical_data import Family, MedicalEntry, Posology

TREATMENT = Family.LONG_TERM_TREATMENT


def entry(posology):
    return MedicalEntry("e1", TREATMENT, "Metformine", posology=posology)


def test_codes_that_say_otherwise_than_the_words_are_told_beside_them():
    told = detail(entry(Posology("1 cp/j", coded="1 comprimé, toutes les 6 h")))

    assert told == "1 cp/j · codée autrement : 1 comprimé, toutes les 6 h"
    assert detail(entry(Posology("1 cp/j"))) == "1 cp/j"


def test_a_dose_is_text_when_one_word_is_left_or_nobody_confirmed_it():
    assert is_text(Posology("10 mg/kg/j"))
    assert is_text(Posology("1 cp matin et soir", as_text=True))
    assert not is_text(Posology("1 cp matin et soir"))
    assert not is_text(Posology(" "))
    assert not is_text(None)


def test_the_line_says_before_enter_that_its_dose_is_text():
    today = dt.date(2026, 11, 30)

    text = said(parse("amoxicilline : 50 mg/kg/j", TREATMENT, today), TREATMENT)
    read = said(parse("metformine : 1 cp matin et soir", TREATMENT, today), TREATMENT)

    assert text.endswith("prise : 50 mg/kg/j, non structuré")
    assert read.endswith("prise : 1 cp matin et soir")


def test_the_chip_stands_only_where_the_doctor_must_look(qtbot):
    reading = DoseReading("tapez")
    qtbot.addWidget(reading)
    reading.show_dose("")
    assert reading.text() == "tapez"
    reading.show_dose("1 cp matin et soir")
    assert reading.text() == "Compris : 1\u00a0comprimé, matin et soir"
    reading.show_dose("1 cp matin et soir selon INR")
    assert reading.text().startswith(UNSTRUCTURED)
    reading.show_dose("1 cp matin et soir", "écrite pour « Metformine »")
    assert reading.text() == "À confirmer écrite pour «\u00a0Metformine\u00a0»"

"""French typography, dates, ages and agreement."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from lgc.desktop import text
from lgc.domain import days
from lgc.domain.agenda import Presence
from lgc.domain.ages import age_on
from lgc.domain.identity import Sex

NB = "\u00a0"


@pytest.mark.parametrize(
    ("plain", "set_right"),
    [
        ("L'envoi", "L’envoi"),
        ("Ensuite la carte se bloque ; elle", f"Ensuite la carte se bloque{NB}; elle"),
        ("Où ?", f"Où{NB}?"),
        ("Attention!", f"Attention{NB}!"),
        ("File : vide", f"File{NB}: vide"),
        ('le code "ABC" est', f"le code «{NB}ABC{NB}» est"),
        ("« ABC »", f"«{NB}ABC{NB}»"),
        ("7,9 %", f"7,9{NB}%"),
        ("à 09:45:12 précises", "à 09:45:12 précises"),
    ],
)
def test_sentences_are_typeset_in_french(plain, set_right):
    assert text.french(plain) == set_right


def test_typesetting_twice_changes_nothing_more():
    once = text.french('L\'avis "urgent" : oui ; non ?')

    assert text.french(once) == once


def test_dates_are_told_as_a_doctor_says_them():
    day = dt.date(2026, 11, 6)

    assert text.date(day) == "06/11/2026"
    assert text.short_date(day) == "06/11"
    assert text.long_date(day) == "Vendredi 6 novembre 2026"
    assert text.long_date(dt.date(2026, 2, 1)) == "Dimanche 1er février 2026"
    assert text.near_date(dt.date(2025, 11, 6), day) == "06/11/2025"


@pytest.mark.parametrize(
    ("born", "words", "short"),
    [
        ("1948-10-01", f"78{NB}ans 2{NB}mois", f"78{NB}ans"),
        ("1948-12-01", f"78{NB}ans", f"78{NB}ans"),
        ("2024-12-01", f"2{NB}ans", f"2{NB}ans"),
        ("2025-09-01", f"15{NB}mois", f"15{NB}mois"),
        ("2026-09-01", f"3{NB}mois", f"3{NB}mois"),
        ("2026-09-02", f"12{NB}semaines", f"12{NB}semaines"),
        ("2026-11-01", f"4{NB}semaines", f"4{NB}semaines"),
        ("2026-11-02", f"29{NB}jours", f"29{NB}jours"),
        ("2026-11-30", f"1{NB}jour", f"1{NB}jour"),
        ("2026-12-01", f"moins d’un{NB}jour", f"moins d’un{NB}jour"),
        ("2026-12-02", "âge à vérifier", "âge à vérifier"),
        ("2062-01-01", "âge à vérifier", "âge à vérifier"),
        ("1911-01-01", f"115{NB}ans 11{NB}mois", f"115{NB}ans"),
        ("1910-12-01", "âge à vérifier", "âge à vérifier"),
        ("1900-01-01", "âge à vérifier", "âge à vérifier"),
    ],
)
def test_ages_are_told_as_a_doctor_does(born, words, short):
    told = age_on(dt.date(2026, 12, 1), dt.date.fromisoformat(born))
    assert (text.age(told), text.short_age(told)) == (words, short)


@pytest.mark.parametrize(
    ("value", "decimals", "words"),
    [
        (7.9, None, "7,9"),
        (7.0, 1, "7,0"),
        (-0.4, None, "\u22120,4"),
        (-0.04, 1, "0,0"),
        (1024, None, "1024"),
        (10400, None, "10\u202f400"),
        (0, None, "0"),
    ],
)
def test_numbers_have_a_decimal_comma_and_a_true_minus(value, decimals, words):
    assert text.number(value, decimals) == words


def test_zero_is_singular_and_two_is_plural():
    assert text.count(0, "essai") == f"0{NB}essai"
    assert text.count(1, "essai") == f"1{NB}essai"
    assert text.count(2, "essai") == f"2{NB}essais"
    assert text.count(2, "pièce jointe", "pièces jointes") == f"2{NB}pièces jointes"


@pytest.mark.parametrize(
    ("state", "sex", "waited", "words"),
    [
        (Presence.EXPECTED, Sex.FEMALE, None, "Attendue"),
        (Presence.EXPECTED, Sex.MALE, None, "Attendu"),
        (Presence.EXPECTED, Sex.UNKNOWN, None, "Attendu"),
        (Presence.ARRIVED, Sex.FEMALE, 4, f"Arrivée, 4{NB}min"),
        (Presence.ARRIVED, Sex.MALE, 65, f"Arrivé, 1{NB}h{NB}05"),
        (Presence.ABSENT, Sex.FEMALE, None, "Absente"),
        (Presence.DONE, Sex.FEMALE, None, "Terminé"),
        (Presence.IN_CONSULTATION, Sex.FEMALE, None, "En consultation"),
    ],
)
def test_presence_agrees_with_the_patient(state, sex, waited, words):
    assert text.presence(state, sex, waited) == words


def test_moments_are_told_in_the_zone_of_the_practice():
    noon = dt.datetime(2026, 11, 6, 12, tzinfo=dt.UTC)
    days.use_zone(ZoneInfo("America/Guadeloupe"))

    assert text.date_time(text.local(noon)) == "06/11/2026, 08:00"


def test_sizes_and_initials_stay_short():
    assert text.size(182_000) == f"182{NB}Ko"
    assert text.size(1_400_000) == f"1,4{NB}Mo"
    assert text.size(2_310_000_000) == f"2,31{NB}Go"
    assert text.initials("Dr Robert SPECIALISTE5737") == "RS"
    assert text.join("a", "", "b") == "a · b"

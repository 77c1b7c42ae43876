"""What a line of risk is about: its first word says it, or nobody does."""

import pytest

from lgc.domain.risks import NAMES, Risk, is_bare, subject_of


@pytest.mark.parametrize(
    ("line", "subject"),
    [
        ("Tabac", Risk.TOBACCO),
        ("tabac\u00a0: sevré depuis 2009", Risk.TOBACCO),
        ("Fumeuse, 10 par jour", Risk.TOBACCO),
        ("ÉTHYLISME chronique", Risk.ALCOHOL),
        ("Cannabis le soir", Risk.DRUGS),
        ("Régime sans sel", Risk.DIET),
        ("Sédentarité", Risk.INACTIVITY),
        ("Pas de tabac", Risk.OTHER),
        ("Père fumeur", Risk.OTHER),
        ("Obésité", Risk.OTHER),
        ("", Risk.OTHER),
    ],
)
def test_the_first_word_names_the_subject(line, subject):
    assert subject_of(line) is subject


def test_only_the_name_alone_is_a_plain_yes():
    assert all(is_bare(risk, NAMES[risk]) for risk in Risk if risk is not Risk.OTHER)
    assert is_bare(Risk.TOBACCO, " tabac ")
    assert not is_bare(Risk.TOBACCO, "Tabac sevré")
    assert not is_bare(Risk.OTHER, NAMES[Risk.OTHER])

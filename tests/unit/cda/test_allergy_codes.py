"""An intolerance never leaves as an allergy, and what nobody said leaves as unknown."""

import pytest

from lgc.cda import allergy_codes
from lgc.domain.allergies import (
    AGENTS,
    KINDS,
    SEVERITIES,
    UNTOLD,
    Agent,
    Allergy,
    Kind,
    Severity,
    kind_and_agent,
)
from lgc.domain.professionals import Coded
from lgc.terminology.value_sets import value_set

EVERY = [Allergy(kind, agent) for kind in Kind for agent in Agent]
KIND_WORDS = {
    Kind.UNKNOWN: "propension",
    Kind.ALLERGY: "allergie",
    Kind.INTOLERANCE: "intolérance",
    Kind.NOT_ALLERGIC: "hypersensibilité non allergique",
    Kind.IDIOSYNCRASY: "idiosyncrasie",
}


@pytest.mark.parametrize("known", EVERY)
def test_the_code_says_the_kind_that_was_entered_and_is_read_back(known):
    code = allergy_codes.type_of(known)

    assert code.label.startswith(KIND_WORDS[known.kind])
    assert allergy_codes.read(code, kind_and_agent(known), None) == known
    # A reader of the code alone may know less; never something else.
    alone = allergy_codes.read(code, "", None)
    assert alone.kind is known.kind
    assert alone.agent in (known.agent, Agent.UNKNOWN)


@pytest.mark.parametrize("severity", Severity)
def test_a_severity_is_coded_in_the_words_of_its_set(severity):
    code = allergy_codes.severity_of(Allergy(severity=severity))

    assert (code.label if code else "") == SEVERITIES[severity]
    assert allergy_codes.read(None, "", code).severity is severity


def test_every_code_of_the_official_set_is_read():
    codes = value_set("allergy_type").concepts.values()
    kinds = {allergy_codes.read(one, "", None).kind for one in codes}

    assert kinds == set(Kind)
    assert len(KINDS) == len(Kind) and len(AGENTS) == len(Agent)


def test_words_that_the_code_contradicts_are_not_believed():
    intolerance = allergy_codes.type_of(Allergy(Kind.INTOLERANCE, Agent.FOOD))

    read = allergy_codes.read(intolerance, "Allergie, aliment", None)

    assert (read.kind, read.agent) == (Kind.INTOLERANCE, Agent.FOOD)


def test_a_code_of_another_system_says_nothing():
    foreign = Coded("416098002", "1.2.3", "?")

    assert allergy_codes.read(foreign, "", foreign) == UNTOLD
    assert allergy_codes.worst([foreign]) is None


def test_of_several_reactions_the_worst_counts():
    of = [allergy_codes.severity_of(Allergy(severity=s)) for s in (Severity.SEVERE, Severity.MILD)]

    assert allergy_codes.worst(of) == of[0]

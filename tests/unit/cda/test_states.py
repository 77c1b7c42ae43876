"""What is over leaves as over, in words and in codes, and comes back as over (each family)."""

import datetime as dt

import pytest
from lxml import etree

from lgc.cda import parse, vsm
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord, PartialDate
from lgc.domain.risks import NAMES, Risk

LEFT_OUT = (Family.LONG_TERM_TREATMENT, Family.CURRENT_TREATMENT, Family.MEASUREMENT)
WORDS_ONLY = (Family.VIGILANCE, Family.VACCINATION)  # the profile has no other place


def written(makers, *entries, denials=()):
    return vsm.render(makers.context(MedicalRecord(entries, denials=denials)))


def structured(content):
    """The document without its narrative: what a program reads."""
    tree = parse.load(content)
    for text in list(tree.iter("{urn:hl7-org:v3}text")):
        if text.getparent().tag.endswith("section"):
            text.getparent().remove(text)
    return etree.tostring(tree)


def words_of(content):
    return parse.plain_text(parse.parse(content))


@pytest.mark.parametrize("state", ["ended", "ended in 2019", "ended in 2019, still ticked"])
@pytest.mark.parametrize("family", Family)
def test_what_is_over_never_leaves_as_what_goes_on(makers, family, state):
    going_on = written(makers, makers.in_state(family, "active"))
    over = written(makers, makers.in_state(family, state))

    assert words_of(over) != words_of(going_on)
    if family is Family.MEASUREMENT and state == "ended in 2019, still ticked":
        assert "2019" in words_of(over) and structured(over) != structured(going_on)
        return
    if family in LEFT_OUT:
        assert "Objet de la ligne" not in words_of(over)
        return
    assert ("Résolu" if "2019" in state else "Inactif") in words_of(over) or (
        "Terminé" in words_of(over)
    )
    assert ("2019" in words_of(over)) is ("2019" in state)
    if family not in WORDS_ONLY:
        assert structured(over) != structured(going_on)


@pytest.mark.parametrize("state", ["active", "to end in 2031"])
@pytest.mark.parametrize("family", Family)
def test_what_goes_on_is_never_said_over(makers, family, state):
    content = written(makers, makers.in_state(family, state))

    assert "Terminé" not in words_of(content)
    assert ("2031" in words_of(content)) is ("2031" in state)
    assert [e.active for e in parse.parse(content).entries] == [True]


@pytest.mark.parametrize("family", [f for f in Family if f not in LEFT_OUT])
def test_state_and_end_come_back(makers, family):
    for state in makers.STATES:
        entry = makers.in_state(family, state)
        (read,) = parse.parse(written(makers, entry)).entries

        settled = entry.settled(makers.NOW.date())
        assert (read.active, read.start, read.end) == (settled.active, settled.start, settled.end)


@pytest.mark.parametrize("risk", Risk)
def test_a_no_about_one_risk_says_nothing_of_the_others(makers, risk):
    document = parse.parse(written(makers, denials=(makers.denial(risk),)))
    text = parse.plain_text(document)

    assert document.entries == ()
    assert [(d.risk, d.stated_by) for d in document.denials] == [(risk, "Dr Paul MEDECIN5729")]
    assert document.denials[0].stated_at.date() == makers.NOW.date()
    assert [NAMES[other] for other in Risk if f"{NAMES[other]} : non" in text] == [NAMES[risk]]
    asked = [other for other in Risk if other not in (risk, Risk.OTHER)]
    silent = ", ".join(NAMES[other].lower() for other in asked)
    assert f"{silent[:1].upper()}{silent[1:]} : Non renseigné." in text


@pytest.mark.parametrize("risk", Risk)
def test_a_plain_yes_comes_back_as_one(makers, risk):
    entry = MedicalEntry("y", Family.RISK_FACTOR, NAMES[risk], risk=risk, start=PartialDate(1998))
    document = parse.parse(written(makers, entry))

    assert document.entries == (entry,)
    assert document.denials == ()


def test_a_false_or_a_never_of_a_colleague_is_no_entry(makers):
    ours = written(makers, MedicalEntry("y", Family.RISK_FACTOR, "Tabac", risk=Risk.TOBACCO))
    plain = b'<value xsi:type="BL" value="true"/>'
    assert ours.count(plain) == 1
    never = b'<value xsi:type="CD" code="266919005" codeSystem="2.16.840.1.113883.6.96"/>'
    for answer in (plain.replace(b"true", b"false"), never):
        document = parse.parse(ours.replace(plain, answer))

        assert document.entries == ()
        assert [d.risk for d in document.denials] == [Risk.TOBACCO]

    former = b'<value xsi:type="CD" code="8517006" codeSystem="2.16.840.1.113883.6.96"/>'
    theirs = ours.replace(plain, former).replace(b"risk_factor-1-", b"tabac-1-")
    (entry,) = parse.parse(theirs).entries
    assert (entry.risk, entry.active) == (Risk.TOBACCO, False)


def test_a_stated_absence_of_exposure_never_speaks_of_consumption(makers):
    record = makers.absences_record()
    text = words_of(vsm.render(makers.context(record)))

    assert "Expositions toxiques : aucune exposition toxique connue" in text
    assert "onsommation" not in text


def test_the_document_of_a_day_is_held_against_that_day(makers):
    """« Jusqu’à 12/03/2026 » goes on that day, and is over the day after."""
    entry = makers.in_state(Family.VIGILANCE, "active", end=PartialDate(2026, 3, 12))
    context = makers.context(MedicalRecord((entry,)))
    later = makers.context(MedicalRecord((entry,)), written_at=makers.NOW + dt.timedelta(days=1))

    assert "Terminé" not in words_of(vsm.render(context))
    assert "Terminé" in words_of(vsm.render(later))

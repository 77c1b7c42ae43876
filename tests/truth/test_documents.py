"""A record → each kind of document → a reader that shares no code → the record again.

By codes and by words apart, and one against the other; what may differ is in `lgc.cda.allowed`,
told in ALLOWED.md.
"""

import importlib.util
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from lgc.cda import documents
from lgc.cda.allowed import Allowed
from lgc.cda.contents import AdmissionLetter, Consultation, Letter, RcpForm, Reply
from lgc.domain.medical_data import Family, MedicalRecord, PartialDate, Posology
from lgc.domain.risks import NAMES, Risk
from lgc_sandbox.documents import clinical

HERE = Path(__file__).parent
spec = importlib.util.spec_from_file_location("tm", HERE.parent / "unit" / "cda" / "makers.py")
makers = importlib.util.module_from_spec(spec)
spec.loader.exec_module(makers)

F = Family
TODAY = makers.NOW.date()
TREATMENTS = (F.LONG_TERM_TREATMENT, F.CURRENT_TREATMENT)
ESSENTIAL = (F.CHRONIC, F.MEDICAL_HISTORY, F.SURGICAL_HISTORY, F.ALLERGY, *TREATMENTS)
DATES = (None, PartialDate(2014), PartialDate(2014, 7), PartialDate(2014, 7, 8))
SUBJECTS = {
    Risk.TOBACCO: "74011-8",
    Risk.ALCOHOL: "74013-4",
    Risk.DRUGS: "11343-1",
    Risk.DIET: "81663-7",
    Risk.INACTIVITY: "73985-4",
    Risk.OTHER: "11345-6",
}
HABIT = makers.Coded("Z72.8", makers.CIM, "Autres difficultés liées au mode de vie")
KINDS = {
    "vsm": (tuple(Family), lambda record: makers.context(record)),
    "letter": (ESSENTIAL, lambda record: Letter(makers.facts(), "Avis", "Merci.", record)),
    "reply": (ESSENTIAL, lambda record: Reply(makers.facts(), "Avis", "Merci.", "", record)),
    "rcp": (ESSENTIAL, lambda record: RcpForm(makers.facts(), "Quoi ?", "Rien", record=record)),
    "consultation": (
        (F.MEASUREMENT,),
        lambda record: Consultation(
            makers.facts(), "Toux", "Rien", measurements=record.of(F.MEASUREMENT)
        ),
    ),
    "admission_letter": (
        ESSENTIAL,
        lambda record: AdmissionLetter(makers.facts(), "Chute", "Vu", record),
    ),
}


def lines(family):
    """One family in every state, with each precision of date, with and without a code."""
    for state in makers.STATES:
        for number, start in enumerate(DATES):
            made = makers.in_state(
                family, state, start=start, label=f"{family} {state} {number}",
                note=f"note de {family} {state} {number}", entry_id=f"{family}{state}{number}",
                **({"posology": Posology("1 le soir")} if family in TREATMENTS else {}),
                **({"value": 70.0, "unit": "kg"} if family is F.MEASUREMENT else {}),
                **({"risk": list(Risk)[number], "code": HABIT} if family is F.RISK_FACTOR else {}),
            )  # fmt: skip
            yield made
            yield replace(made, code=None, label=f"{made.label} sans code")


OFF = set()


def may(line):
    return line not in OFF


def leaves(entry):
    short = entry.family in (*TREATMENTS, F.MEASUREMENT)
    return entry.active or not (short and may(Allowed.LEFT_OUT))


def by_code(entry):
    """The line that the codes must give, of a settled entry."""
    past_chronic = entry.family is F.CHRONIC and not entry.active and may(Allowed.PAST_CHRONIC)
    family = "medical_history" if past_chronic else entry.family.value
    together = entry.family in TREATMENTS and may(Allowed.ONE_SECTION)
    single = entry.family is F.VACCINATION and may(Allowed.SINGLE_TIME)
    ahead = not entry.active and entry.end and entry.end.last_day >= TODAY
    never_came = ahead and may(Allowed.NEVER_CAME)
    code = entry.code.code if entry.code else ""
    return clinical.Coded(
        family="treatment" if together else family,
        label=entry.label,
        code="" if code in SUBJECTS.values() and may(Allowed.SUBJECT_CODE) else code,
        start=entry.start.hl7 if entry.start else "",
        end=entry.end.hl7 if entry.end and not single and not never_came else "",
        over=not entry.active and not single,
        note=entry.note,
        kinship=entry.kinship,
        subject=SUBJECTS[entry.risk] if entry.family is F.RISK_FACTOR else "",
        value=f"{entry.value:g}" if entry.value is not None else "",
        unit=entry.unit,
    )


def is_words_only(entry):
    uncoded = entry.family is F.OCCUPATIONAL and entry.code is None
    return (uncoded or entry.family is F.VIGILANCE) and may(Allowed.WORDS_ALONE)


def read(kind, record):
    return clinical.read(documents.render(kind, KINDS[kind][1](record)))


def order(line):
    return (line.family, line.label)


def by_codes(kind, family, also=()):
    """What is read, and what the list lets it be."""
    entries = (*lines(family), *also)
    carried = family in KINDS[kind][0]
    settled = [entry.settled(TODAY) for entry in entries]
    wanted = [by_code(e) for e in settled if carried and leaves(e) and not is_words_only(e)]
    found = read(kind, MedicalRecord(entries))
    assert found.dangling == ()
    return sorted(found.coded, key=order), sorted(wanted, key=order)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", Family)
def test_the_codes_give_the_record_again(kind, family):
    found, wanted = by_codes(kind, family)

    assert found == wanted


TOBACCO = makers.in_state(
    F.RISK_FACTOR, "active", entry_id="t", label="Tabac.", risk=Risk.TOBACCO,
    code=makers.Coded("74011-8", makers.LOINC, "Tabac"),
)  # fmt: skip
NEEDED = {
    Allowed.PAST_CHRONIC: F.CHRONIC,
    Allowed.LEFT_OUT: F.CURRENT_TREATMENT,
    Allowed.ONE_SECTION: F.LONG_TERM_TREATMENT,
    Allowed.WORDS_ALONE: F.VIGILANCE,
    Allowed.SINGLE_TIME: F.VACCINATION,
    Allowed.NEVER_CAME: F.MEDICAL_HISTORY,
    Allowed.SUBJECT_CODE: F.RISK_FACTOR,
}
BEFORE_A_SEND = {Allowed.CHANGED_SINCE, Allowed.OWN_ACT, Allowed.SOMEBODY_ELSES}
"""Shown to the doctor: `tests/unit/cda/test_reading_back.py` asks for each of them."""


@pytest.mark.parametrize("line", NEEDED)
def test_nothing_is_allowed_that_no_document_needs(line):
    also = (TOBACCO,) if line is Allowed.SUBJECT_CODE else ()
    found, wanted = by_codes("vsm", NEEDED[line], also)
    assert found == wanted

    OFF.add(line)
    try:
        found, wanted = by_codes("vsm", NEEDED[line], also)
    finally:
        OFF.clear()
    assert found != wanted


def test_a_bare_no_needs_its_line():
    found = read("vsm", MedicalRecord(denials=(makers.denial(Risk.OTHER),)))
    assert [line.answer for line in found.coded] != ["false"]


def test_the_list_is_one_and_told_whole():
    told = re.findall(r"^\d+\. (.+)$", (HERE / "ALLOWED.md").read_text("utf-8"), re.MULTILINE)
    assert told == [str(line) for line in Allowed]
    assert {*NEEDED, Allowed.BARE_NO, *BEFORE_A_SEND} == set(Allowed)
    asked = (HERE.parent / "unit" / "cda" / "test_reading_back.py").read_text("utf-8")
    assert all(f"Allowed.{line.name}" in asked for line in BEFORE_A_SEND)


def said_by_words(row):
    """What a colleague's eyes make of a row."""
    label = next(
        words for head, words in row.items()
        if head not in ("Début", "Fin", "Date", "État", "Statut", "Remarque", "Lien de parenté",
                        "Sujet", "Type", "Nature", "Posologie", "Valeur", "Réaction", "Gravité")
    )  # fmt: skip
    return (
        label,
        row.get("Début", row.get("Date", "")),
        row.get("Fin", ""),
        row.get("Remarque", ""),
        row.get("État") == "Terminé" or row.get("Statut", "Actif") != "Actif",
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", Family)
def test_the_words_give_the_record_again(kind, family):
    entries = tuple(lines(family))
    carried = family in KINDS[kind][0]
    wanted = [
        (
            e.label, e.start.french if e.start else "", e.end.french if e.end else "", e.note,
            not e.active,
        )
        for e in (entry.settled(TODAY) for entry in entries)
        if carried and leaves(e)
    ]  # fmt: skip

    rows = [row for _, row in read(kind, MedicalRecord(entries)).rows]

    absent = ("allergie", "médicament", "traitement")  # the admission letter says these in a row
    said = [one for one in map(said_by_words, rows) if carried or not has(one[0], absent)]
    said = [one for one in said if one[3]]
    assert sorted(said) == sorted(wanted)


def has(words, some):
    return any(one in words.lower() for one in some)


@pytest.mark.parametrize("kind", KINDS)
def test_words_and_codes_say_the_same(kind):
    entries = tuple(entry for family in Family for entry in lines(family))
    found = read(kind, MedicalRecord(entries))
    words = {said_by_words(row)[0]: said_by_words(row) for _, row in found.rows}

    for line in found.coded:
        _, start, end, note, over = words[line.label]
        assert "".join(reversed(start.split("/"))) == line.start
        assert note == line.note
        if line.family != "vaccination" or not may(Allowed.SINGLE_TIME):
            assert over is line.over
            assert "".join(reversed(end.split("/"))) == line.end or (over and not line.end)


@pytest.mark.parametrize("risk", Risk)
@pytest.mark.parametrize("answer", ["yes", "no", "nobody asked"])
def test_each_answer_about_a_risk_is_read_as_it_was_given(risk, answer):
    yes = makers.in_state(F.RISK_FACTOR, "active", label=NAMES[risk], risk=risk, code=None)
    record = {
        "yes": MedicalRecord((yes,)),
        "no": MedicalRecord(denials=(makers.denial(risk),)),
        "nobody asked": MedicalRecord(),
    }[answer]
    found = read("vsm", record)

    plain = risk not in (Risk.INACTIVITY, Risk.OTHER) or not may(Allowed.BARE_NO)
    expected = {"yes": "true", "no": "false"}.get(answer)
    wanted = [(SUBJECTS[risk], expected if plain else "")] if expected else []
    assert [(line.subject, line.answer) for line in found.coded] == wanted
    said = [row for family, row in found.rows if family == "risk_factor"]
    assert [row["Réponse"] for row in said if "Réponse" in row] == (
        [f"{NAMES[risk]}\u00a0: non"] if answer == "no" else []
    )
    assert any("Non renseigné" in sentence for sentence in found.sentences)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_stated_and_nothing_entered_says_nothing(kind):
    found = read(kind, MedicalRecord())

    assert found.coded == ()
    assert all(code.endswith("-info") for code in found.absences)  # « no information », never none


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_says_what_the_document_says(kind):
    entries = tuple(entry for family in Family for entry in list(lines(family))[::5])
    content = documents.render(kind, KINDS[kind][1](MedicalRecord(entries)))
    pages = PdfReader(io.BytesIO(documents.twin(content))).pages
    page = squeezed("".join(one.extract_text() for one in pages))
    found = clinical.read(content)

    cells = [cell for _, row in found.rows for cell in row.values()]
    missing = [cell for cell in (*cells, *found.sentences) if squeezed(cell) not in page]
    assert missing == []


def squeezed(words):
    """Letters alone: a page breaks its lines where it must."""
    return re.sub(r"\W+", "", words)

"""What counts as done: never an order, a refusal, a plan, a disease, or somebody else's act."""

import datetime as dt

import pytest

from lgc.domain.biology import LabResult
from lgc.domain.documents import Annulment, DocumentKind, Origin
from lgc.domain.medical_data import Family, MedicalRecord, PartialDate, Standing
from lgc.domain.professionals import Coded
from lgc.services.evidence import done_of, reason_against, spoken_of, ticked
from lgc.services.protocols import family_of, protocols
from lgc.terminology import code_systems, nomenclature

NOW = dt.datetime(2026, 11, 30, 10, tzinfo=dt.UTC)
ACTS = tuple(act for one in protocols().values() for act in one.acts)
NAMES = tuple(dict.fromkeys(act.name for act in ACTS))
DAY = PartialDate(2026, 3, 12)
IMAGING = Coded("18748-4", "2.16.840.1.113883.6.1", "CR d’imagerie médicale")


def acts(name):
    found = [act for act in ACTS if act.name == name]
    assert found, name
    return found


def done(name, entries=(), documents=(), results=()):
    record = MedicalRecord(tuple(entries))
    return any(done_of(act, documents, results, record) for act in acts(name))


def titled(make, title, **fields):
    made = {"kind": DocumentKind.IMAGING, "type": IMAGING, "origin": Origin.MSSANTE, **fields}
    return make.document(title=title, created_at=NOW, **made).document


# --- a table of titles, both ways -------------------------------------------------------------

COLON, NECK, BREAST, EYE = (
    "Dépistage colorectal", "Dépistage col utérin", "Mammographie", "Fond d’œil",
)  # fmt: skip
HEART, LUNG, FEET, ECG, TOBACCO = (
    "Avis cardiologue", "Avis pneumologue", "Examen des pieds", "ECG", "Tabac : le point",
)  # fmt: skip
TITLES = [
    (BREAST, "Mammographie bilatérale de dépistage", True),
    (BREAST, "CR de mammographie", True),
    (BREAST, "Mammographie : ACR 2", True),
    (BREAST, "Mammographie sans anomalie", True),
    (BREAST, "Demande de mammographie", False),
    (BREAST, "Refus de mammographie", False),
    (BREAST, "Mammographie refusée", False),
    (BREAST, "Ordonnance : mammographie", False),
    (BREAST, "Invitation à la mammographie de dépistage", False),
    (BREAST, "Mammographie à faire", False),
    (BREAST, "Mammographie prévue le 12/12/2026", False),
    (BREAST, "Mammographie non faite", False),
    (BREAST, "Mammographie annulée", False),
    (BREAST, "Rendez-vous mammographie", False),
    (BREAST, "Mammographie de la mère : cancer", True),
    (BREAST, "Mère : mammographie", False),
    (BREAST, "Échographie mammaire", False),
    (EYE, "Fond d’œil", True),
    (EYE, "Fond d'oeil normal", True),
    (EYE, "Rétinographie non mydriatique", True),
    (EYE, "Demande de fond d’œil", False),
    (EYE, "Fond d’œil à prévoir", False),
    (EYE, "Fond d’œil non réalisé", False),
    (EYE, "Angiographie rétinienne", False),
    (COLON, "Coloscopie totale", True),
    (COLON, "CR de coloscopie : polype réséqué", True),
    (COLON, "Test immunologique fécal négatif", True),
    (COLON, "Dépistage colorectal : test positif", True),
    (COLON, "Invitation au dépistage colorectal", False),
    (COLON, "Kit de dépistage colorectal remis", False),
    (COLON, "Coloscopie refusée", False),
    (COLON, "Coloscopie programmée en janvier", False),
    (COLON, "Convocation coloscopie", False),
    (COLON, "Père : coloscopie", False),
    (COLON, "Colposcopie", False),
    (COLON, "Coloscopie virtuelle ?", False),
    (NECK, "Frottis cervico-vaginal", True),
    (NECK, "Frottis du col : NILM", True),
    (NECK, "Cytologie cervico-utérine", True),
    (NECK, "Dépistage du cancer du col de l’utérus : HPV négatif", True),
    (NECK, "Frottis sanguin", False),
    (NECK, "Frottis nasopharyngé", False),
    (NECK, "Demande de frottis", False),
    (NECK, "Vaccination HPV (Gardasil)", False),
    (NECK, "Invitation : dépistage du cancer du col de l’utérus", False),
    (NECK, "Cancer du col de l’utérus", False),
    (NECK, "Fracture du col du fémur", False),
    (HEART, "Avis cardiologique", True),
    (HEART, "CR de consultation de cardiologie", True),
    (HEART, "Demande d’avis cardiologique", False),
    (HEART, "Consultation de cardiologie à prévoir", False),
    (LUNG, "CR de consultation de pneumologie", True),
    (LUNG, "Rendez-vous de pneumologie", False),
    (FEET, "Examen podologique", True),
    (FEET, "Ordonnance : soins de podologie", False),
    (ECG, "ECG de repos", True),
    (ECG, "Électrocardiogramme", True),
    (ECG, "ECG d’effort", False),
    (ECG, "Holter ECG des 24 heures", False),
    (ECG, "ECG demandé", False),
    (TOBACCO, "Consultation de tabacologie", True),
    (TOBACCO, "Tabac à rouler : exposition", False),
]  # fmt: skip


def test_the_table_has_its_sixty_titles_both_ways():
    told = [counts for *_, counts in TITLES]
    assert len(told) >= 60
    assert min(told.count(True), told.count(False)) >= 20


@pytest.mark.parametrize(("act", "title", "counts"), TITLES)
def test_a_title_counts_or_not(make, act, title, counts):
    assert done(act, documents=[titled(make, title)]) is counts


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        (BREAST, {"kind": DocumentKind.OTHER_PRESCRIPTION}),
        (BREAST, {"kind": DocumentKind.DRUGS}),
        (BREAST, {"kind": DocumentKind.CERTIFICATE}),
        (BREAST, {"type": Coded("55115-0", "l", "Demande d’actes d’imagerie")}),
        (BREAST, {"type": Coded("56446-8", "l", "Notification de rendez-vous")}),
        (BREAST, {"kind": DocumentKind.LETTER, "origin": Origin.PRACTICE}),
        (BREAST, {"replaced_by": "another"}),
        (BREAST, {"annulled": Annulment(NOW, "899700057294", "erreur")}),
        (HEART, {"kind": DocumentKind.NOTE, "origin": Origin.PRACTICE}),
        (HEART, {"kind": DocumentKind.LETTER, "origin": Origin.PRACTICE}),
    ],
)  # fmt: skip
def test_a_document_that_asks_or_is_our_own_letter_reports_nothing(make, act, fields):
    title = {BREAST: "Mammographie", HEART: "Courrier au cardiologue"}[act]
    assert not done(act, documents=[titled(make, title, **fields)])


# --- every shipped term, every act ------------------------------------------------------------

TERM_OF_ACT = {
    ("J07BN01", "Vaccin Covid-19"),
    ("DEQP003", "ECG"),
    ("BGQP002", "Fond d’œil"),
    *(
        (code, "Rappel dTP")
        for code in ("J07CA01", "J07CA02", "J07CA06", "J07CA09")
    ),
    ("J07CA02", "Vaccin coqueluche"),
    ("J07CA06", "Vaccin coqueluche"),
    ("J07CA09", "Vaccin coqueluche"),
    ("J07BB02", "Vaccin grippe"),
    ("J07AL01", "Vaccin pneumocoque"),
    ("J07AL02", "Vaccin pneumocoque"),
    ("J07BK03", "Vaccin zona"),
    ("J07BX05", "Vaccin VRS"),
}  # fmt: skip
VACCINES = {act.name for act in ACTS if act.families == ("vaccination",)}


@pytest.mark.parametrize("family", sorted(nomenclature.OF_FAMILY), ids=str)
def test_a_shipped_term_is_the_acts_it_names_and_no_other(make, family):
    found, expected = set(), set()
    for file in nomenclature.OF_FAMILY[family]:
        for term in nomenclature.terms(file):
            entry = make.entry(family=family, label=term.code.label, code=term.code, start=DAY)
            found |= {(term.code.code, name) for name in NAMES if done(name, [entry])}
            expected |= {pair for pair in TERM_OF_ACT if pair[0] == term.code.code}
    assert found == {
        (code, act) for code, act in expected if (act in VACCINES) == (family == "vaccination")
    }


def test_every_shipped_vaccine_counts_for_its_acts_by_each_of_its_names_too(make):
    found = {
        (term.code.code, name)
        for term in nomenclature.terms("vaccines.tsv")
        for words in (term.code.label, *term.keys[:-1])
        for name in VACCINES
        if done(name, [make.entry(family=Family.VACCINATION, label=words, start=DAY)])
    }
    # Without its code « grippe » or « Boostrix » says enough, and so does no other vaccine.
    assert found == {pair for pair in TERM_OF_ACT if pair[1] in VACCINES}


# --- the patient's own lines ------------------------------------------------------------------

LINES = [
    (BREAST, Family.MEDICAL_HISTORY, "Mammographie", {}, True),
    (COLON, Family.SURGICAL_HISTORY, "Coloscopie", {}, True),
    (EYE, Family.MEDICAL_HISTORY, "Fond d’œil normal", {}, True),
    (BREAST, Family.MEDICAL_HISTORY, "Mammographie refusée", {}, False),
    (BREAST, Family.MEDICAL_HISTORY, "Pas de mammographie", {}, False),
    (BREAST, Family.MEDICAL_HISTORY, "Mammographie", {"active": False}, False),
    (BREAST, Family.MEDICAL_HISTORY, "Cancer découvert à la mammographie", {}, False),
    (COLON, Family.FAMILY_HISTORY, "Coloscopie", {"kinship": "FTH"}, False),
    (NECK, Family.FAMILY_HISTORY, "Cancer du col de l’utérus", {"kinship": "MTH"}, False),
    (NECK, Family.CHRONIC, "Cancer du col de l’utérus", {}, False),
    (NECK, Family.VACCINATION, "Papillomavirus humains, 9 valences", {}, False),
    ("Vaccin grippe", Family.VACCINATION, "Grippe à faire 12/2026", {}, False),
    ("Vaccin grippe", Family.VACCINATION, "Grippe", {}, True),
    ("Vaccin grippe", Family.VACCINATION, "Grippe aviaire", {}, False),
    ("Vaccin grippe", Family.MEDICAL_HISTORY, "Grippe", {}, False),
    ("Rappel dTP", Family.VACCINATION, "Revaxis", {}, True),
    ("Rappel dTP", Family.VACCINATION, "DTP non fait", {}, False),
    ("Vaccin zona", Family.MEDICAL_HISTORY, "Zona", {}, False),
    ("Toxoplasmose", Family.MEDICAL_HISTORY, "Toxoplasmose", {}, False),
    (HEART, Family.MEDICAL_HISTORY, "Cardiologue : Dr X", {}, False),
    (TOBACCO, Family.RISK_FACTOR, "Tabac 20 PA", {}, False),
]


@pytest.mark.parametrize(("act", "family", "label", "fields", "counts"), LINES)
def test_a_line_of_the_record_counts_or_not(make, act, family, label, fields, counts):
    entry = make.entry(family=family, label=label, start=DAY, code=None, **fields)
    assert done(act, [entry]) is counts


def test_a_diagnosis_is_not_its_screening(make):
    code = Coded("F17.2", code_systems.CIM_10, "Syndrome de dépendance au tabac")
    entry = make.entry(family=Family.CHRONIC, label=code.label, code=code, start=DAY)
    assert not done(TOBACCO, [entry])


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({"value": 7.2, "unit": "%"}, True),
        ({"text": "Positif"}, True),
        ({"text": "7,2"}, True),
        ({}, False),
        ({"text": "Prélèvement non conforme"}, False),
        ({"text": "Analyse non effectuée"}, False),
        ({"text": "Annulé"}, False),
        ({"text": "En cours"}, False),
        ({"text": "—"}, False),
        ({"value": 7.2, "previous": True}, False),
    ],
)
def test_a_result_counts_with_a_value(fields, counts):
    found = LabResult(Coded("4548-4", "2.16.840.1.113883.6.1"), "HbA1c", NOW, **fields)
    assert done("HbA1c", results=[("report", found)]) is counts


# --- only spoken of ---------------------------------------------------------------------------


def test_what_was_ordered_offered_or_refused_is_a_state_of_its_own(make):
    refused = make.entry(
        family=Family.MEDICAL_HISTORY, label="Mammographie", start=PartialDate(2026),
        standing=Standing.REFUSED,
    )  # fmt: skip
    order = titled(make, "Mammographie", kind=DocumentKind.OTHER_PRESCRIPTION)
    offer = titled(make, "Invitation à la mammographie")
    record = MedicalRecord(intents=(refused,))
    (act,) = acts(BREAST)

    told = spoken_of(act, [order, offer], record)

    assert {one.standing for one in told} == {
        Standing.REFUSED, Standing.ORDERED, Standing.INVITED,
    }  # fmt: skip
    assert done_of(act, [order, offer], [], record) == []


@pytest.mark.parametrize(
    ("act", "label", "code", "against"),
    [
        (NECK, "Hystérectomie totale", "", True),
        (NECK, "Hystérectomie subtotale", "", False),
        (NECK, "Cancer du col de l’utérus", "C53.9", True),
        (NECK, "Fracture du col du fémur", "S72.0", False),
        (NECK, "Dysplasie du col de l’utérus", "N87.9", False),
        (BREAST, "Tumeur maligne du sein", "C50.9", True),
        (BREAST, "Mastectomie bilatérale", "", True),
        (BREAST, "Mastopathie", "N60.1", False),
        (BREAST, "Antécédents familiaux de cancer du sein", "Z80.3", False),
        (COLON, "Cancer colique", "C18.9", True),
        (COLON, "Maladie de Crohn", "K50.9", True),
        (COLON, "Polype du côlon", "K63.5", False),
        (COLON, "Cancer du côlon ?", "", False),
    ],
)
def test_a_screening_is_not_for_who_has_no_organ_or_is_treated(make, act, label, code, against):
    coded = Coded(code, code_systems.CIM_10, label) if code else None
    own = make.entry(label=label, code=coded, start=PartialDate(2019))
    relative = make.entry(label=label, code=coded, family=Family.FAMILY_HISTORY)

    for one in acts(act):
        assert reason_against(one, MedicalRecord((own,))) == (f"{label} (2019)" if against else "")
        assert reason_against(one, MedicalRecord((relative,))) == ""


@pytest.mark.parametrize("name", NAMES)
def test_what_is_ticked_for_an_act_tells_that_act_alone(make, name):
    family = family_of(name)
    if family is None:
        return
    label = name if family is Family.VACCINATION else ticked(name)
    entry = make.entry(family=family, label=label, start=DAY, code=None)

    told = {one for one in NAMES if done(one, [entry])}

    assert told == {name}
    spoken = MedicalRecord(intents=(entry,))
    assert all(spoken_of(act, [], spoken) for act in acts(name))

"""Fictitious patients, doctors and records for the tests of the CDA room."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

from lgc.cda import documents
from lgc.cda.contents import (
    AdmissionLetter,
    Certificate,
    Consultation,
    GivenVaccine,
    Letter,
    PrescribedDrug,
    Prescription,
    RcpForm,
    Reply,
    VaccinationNote,
)
from lgc.cda.header import HeaderFacts
from lgc.cda.n1 import N1Context
from lgc.cda.vsm import VsmContext
from lgc.domain.allergies import Agent, Allergy, Kind, Severity
from lgc.domain.identity import Identity, IdentityStatus, Ins, InsAuthority, Sex, Traits, ins_key
from lgc.domain.medical_data import (
    Family,
    KnownAbsence,
    MedicalEntry,
    MedicalRecord,
    PartialDate,
    Posology,
    RiskDenial,
)
from lgc.domain.patients import Patient
from lgc.domain.professionals import (
    Address,
    CardHolder,
    Coded,
    Correspondent,
    PlaceOfPractice,
    Practitioner,
)
from lgc.domain.risks import Risk
from lgc.terminology.value_sets import value_set

PARIS = ZoneInfo("Europe/Paris")
NOW = dt.datetime(2026, 3, 12, 11, 17, tzinfo=PARIS)
LOCAL_ROOT = "1.2.250.1.999.1.1"
CIM, CCAM = "2.16.840.1.113883.6.3", "1.2.250.1.215.300.1"
LOINC, ATC, CIS = "2.16.840.1.113883.6.1", "2.16.840.1.113883.6.73", "1.2.250.1.213.2.3.1"
ODD = 'Éruption <urticaire> & « œdème » "grave" d’effort\u00a0; 50 % \u2265 3\nseconde ligne'


def ins(body: str = "1480892999999") -> Ins:
    return Ins(body + ins_key(body), InsAuthority.TEST_NIR)


def patient(**changes: object) -> Patient:
    identity = Identity(
        traits=Traits("CHEMIN", ("HENRI", "PAUL"), Sex.MALE, dt.date(1948, 8, 18), "75114"),
        status=IdentityStatus.QUALIFIED,
        ins=ins(),
        used_name="CHEMIN",
        used_given_name="HENRI",
    )
    base = Patient(
        patient_id="chemin",
        identity=identity,
        address=Address(("12 rue des Lilas",), "75014", "PARIS"),
        telephone="01 45 00 00 00",
        email="henri@example.org",
        attending_doctor="Dr Paul MEDECIN5729",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def unknown_patient() -> Patient:
    """No INS, unknown sex, a local number only."""
    traits = Traits("D’ŒUVRE & <FILS>", ("ZOÉ",), Sex.UNKNOWN, dt.date(2024, 2, 29))
    identity = Identity(traits=traits, status=IdentityStatus.PROVISIONAL)
    return Patient(
        patient_id="inconnu-1",
        identity=identity,
        attending_doctor="Dr Anne ROBERT",
        telephone="dom. 01²",
        email="zoé {née} d’œuvre@exemple.fr",
    )


def author(**changes: object) -> Practitioner:
    base = Practitioner(
        holder=CardHolder(
            "899700057294",
            "MEDECIN5729",
            "Paul",
            Coded("10", "1.2.250.1.71.1.2.7", "Médecin"),
            "SM26",
            "2800000001",
        ),
        place=PlaceOfPractice("499700057294005", "CABINET M. MEDECIN5729", "SA07"),
        telephone="+33 1 40 00 00 00",
        address=Address(("1 place de la Santé", "Bâtiment B"), "75005", "PARIS"),
        mssante_address="paul.medecin5729@medecin.mssante.example",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def context(record: MedicalRecord = MedicalRecord(), **changes: object) -> VsmContext:  # noqa: B008
    base = VsmContext(
        patient=patient(),
        record=record,
        author=author(),
        unique_id="1.2.250.1.999.1.2.42",
        set_id="1.2.250.1.999.1.3.7",
        version=1,
        written_at=NOW,
        service_start=NOW,
        practice_name="Cabinet du Dr MEDECIN5729",
        local_id_root=LOCAL_ROOT,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def date(text: str) -> PartialDate:
    return PartialDate.parse(text)


def full_record() -> MedicalRecord:
    """Every family twice: once coded and complete, once in free text with odd characters."""
    f = Family
    entries = [
        MedicalEntry(
            "e1", f.CHRONIC, "Diabète de type 2", Coded("E11.9", CIM, "Diabète"), date("1998")
        ),
        MedicalEntry("e2", f.CHRONIC, ODD, start=date("2014-07"), note=ODD),
        MedicalEntry("e3", f.CHRONIC, "Asthme guéri", start=date("1960"), active=False),
        MedicalEntry(
            "e4",
            f.MEDICAL_HISTORY,
            "Pneumopathie",
            Coded("J18.9", CIM),
            date("2001-02-03"),
            date("2001-03"),
            active=False,
        ),
        MedicalEntry("e5", f.MEDICAL_HISTORY, "Fracture de l’épaule", start=date("2011")),
        MedicalEntry(
            "e6",
            f.SURGICAL_HISTORY,
            "Appendicectomie",
            Coded("HHFA001", CCAM, "Appendicectomie"),
            date("2004"),
            note="Par voie ouverte",
        ),
        MedicalEntry("e7", f.SURGICAL_HISTORY, ODD),
        MedicalEntry(
            "e8",
            f.FAMILY_HISTORY,
            "Infarctus du myocarde",
            Coded("I21.9", CIM, "Infarctus"),
            kinship="FTH",
            age_at_onset=52,
            note="Décédé",
        ),
        MedicalEntry("e9", f.FAMILY_HISTORY, ODD),
        MedicalEntry(
            "e10",
            f.ALLERGY,
            "Amoxicilline",
            Coded("J01CA04", ATC, "Amoxicilline"),
            date("1999-05"),
            reaction="Œdème de Quincke",
            allergy=Allergy(Kind.ALLERGY, Agent.MEDICINE, Severity.SEVERE),
            note="Confirmée",
        ),
        MedicalEntry("e34", f.ALLERGY, "Lactose", allergy=Allergy(Kind.INTOLERANCE, Agent.FOOD)),
        MedicalEntry("e11", f.ALLERGY, ODD, active=False, end=date("2020")),
        MedicalEntry(
            "e12", f.ALLERGY, "Pénicilline", Coded("Z88.0", CIM, "Allergie"), active=False
        ),
        MedicalEntry(
            "e13",
            f.LONG_TERM_TREATMENT,
            "Insuline glargine 100 UI/mL",
            Coded("A10AE04", ATC, "Insuline glargine"),
            date("2015-01-01"),
            posology=Posology("24 UI le soir"),
            note="Adapter à la glycémie",
        ),
        MedicalEntry(
            "e14", f.LONG_TERM_TREATMENT, ODD, posology=Posology("1 comprimé < 3 fois & repas")
        ),
        MedicalEntry("e15", f.LONG_TERM_TREATMENT, "Metformine 1000 mg"),
        MedicalEntry(
            "e16",
            f.CURRENT_TREATMENT,
            "Paracétamol 1 g",
            start=date("2026-03-10"),
            end=date("2026-03-15"),
            posology=Posology("1 comprimé 3 fois par jour"),
        ),
        MedicalEntry("e17", f.VIGILANCE, "Ne supporte pas les AINS", start=date("2010")),
        MedicalEntry("e18", f.VIGILANCE, ODD, note="voir courrier"),
        MedicalEntry(
            "e19",
            f.VACCINATION,
            "REPEVAX",
            Coded("J07CA02", ATC, "Diphtérie"),
            date("2019-10-02"),
            note="lot 4456",
        ),
        MedicalEntry("e20", f.VACCINATION, ODD),
        MedicalEntry(
            "e21",
            f.RISK_FACTOR,
            "Sédentarité",
            Coded("73985-4", LOINC, "Exercice"),
            risk=Risk.INACTIVITY,
        ),
        MedicalEntry("e22", f.RISK_FACTOR, ODD, start=date("2001"), note="isolé"),
        MedicalEntry("e23", f.OCCUPATIONAL, "Amiante", start=date("1970"), end=date("1985")),
        MedicalEntry(
            "e24",
            f.RISK_FACTOR,
            "Tabac",
            Coded("74011-8", LOINC, "Consommation tabagique"),
            value=25,
            unit="{pack}/a",
            end=date("2005"),
            risk=Risk.TOBACCO,
        ),
        MedicalEntry("e25", f.TOXIC, "Solvants de l’atelier", note=ODD),
        MedicalEntry(
            "e29",
            f.OCCUPATIONAL,
            "Poussières de bois",
            Coded("Z57.2", CIM, "Exposition professionnelle aux poussières"),
            date("1998"),
            note="Menuisier",
        ),
        MedicalEntry("e30", f.RISK_FACTOR, "Alcool", risk=Risk.ALCOHOL),
        MedicalEntry(
            "e26",
            f.MEASUREMENT,
            "Poids",
            Coded("29463-7", LOINC, "Poids"),
            date("2026-03-12"),
            value=82.5,
            unit="kg",
            note="habillé",
        ),
        MedicalEntry(
            "e27", f.MEASUREMENT, "Débit de pointe", value=420, unit="L/min", start=date("2025")
        ),
        MedicalEntry(
            "e28", f.MEASUREMENT, "Taille", Coded("8302-2", LOINC, "Taille"), value=1.7, unit="pied"
        ),
    ]
    return MedicalRecord(tuple(entries), denials=(denial(Risk.DRUGS), denial(Risk.DIET)))


def denial(risk: Risk) -> RiskDenial:
    return RiskDenial(risk, NOW, "Dr Paul MEDECIN5729", "899700057294")


STATES: dict[str, dict[str, object]] = {
    "active": {},
    "ended": {"active": False},
    "ended in 2019": {"active": False, "end": PartialDate(2019)},
    "ended in 2019, still ticked": {"end": PartialDate(2019)},
    "to end in 2031": {"end": PartialDate(2031)},
    "ended before its time": {"active": False, "end": PartialDate(2031)},
}


def in_state(family: Family, state: str, **changes: object) -> MedicalEntry:
    """One line of a family since 1998, coded, in a state of STATES."""
    codes = (e.code for e in full_record().of(family))
    base = MedicalEntry(
        "state", family, "Objet de la ligne", next((code for code in codes if code), None),
        PartialDate(1998), kinship="FTH" if family is Family.FAMILY_HISTORY else "",
    )  # fmt: skip
    return replace(base, **{**STATES[state], **changes})  # type: ignore[arg-type]


def every_state() -> MedicalRecord:
    """Every family in every state, and every risk answered by no."""
    entries = [
        replace(in_state(family, state), entry_id=f"{family}-{rank}")
        for family in Family
        for rank, state in enumerate(STATES)
    ]
    return MedicalRecord(tuple(entries), denials=tuple(map(denial, Risk)))


def awkward_record() -> MedicalRecord:
    """What a doctor may type and a standard would not take: units, codes and systems in words."""
    return MedicalRecord(
        (
            MedicalEntry("a1", Family.TOXIC, "Vin", value=2, unit="verres par jour"),
            MedicalEntry("a2", Family.MEASUREMENT, "Souplesse", value=1e-9, unit="écart µ"),
            MedicalEntry("a3", Family.CHRONIC, "Goutte", Coded("M 10", CIM)),
            MedicalEntry("a4", Family.CHRONIC, "Goutte", Coded("M10", "CIM-10")),
            MedicalEntry("", Family.CHRONIC, "Sans numéro"),
            MedicalEntry(
                "a5",
                Family.LONG_TERM_TREATMENT,
                "Sirop",
                posology=Posology("une cuillère"),
            ),
        )
    )


def absences_record() -> MedicalRecord:
    stated = tuple(KnownAbsence(family, NOW, "Dr Paul MEDECIN5729") for family in Family)
    return MedicalRecord(absences=stated)


def long_record() -> MedicalRecord:
    """Two hundred entries of a thousand characters, every family in turn."""
    families = list(Family)
    text = "Très long texte d’observation " * 34
    return MedicalRecord(
        tuple(
            MedicalEntry(f"long-{n}", families[n % len(families)], f"{n} {text}".strip(), note=text)
            for n in range(200)
        )
    )


def partial_record() -> MedicalRecord:
    """Some families only, a control character, dates to the year."""
    return MedicalRecord(
        (
            MedicalEntry("p1", Family.CHRONIC, "HTA\x0b essentielle", start=date("2009")),
            MedicalEntry("p2", Family.ALLERGY, "Pollens", reaction="rhinite"),
            MedicalEntry("p3", Family.MEASUREMENT, "Tour de taille", value=0.000001, unit="m"),
            MedicalEntry("p4", Family.CHRONIC, "Goutte", active=False, end=date("2012-11")),
        ),
        (KnownAbsence(Family.TOXIC, NOW, ""), KnownAbsence(Family.CHRONIC, NOW, "x")),
    )


# --- one content per kind of document ---------------------------------------------------------


def facts(**changes: object) -> HeaderFacts:
    base = HeaderFacts(
        patient=patient(),
        author=author(),
        unique_id="1.2.250.1.999.1.7.1",
        set_id="1.2.250.1.999.1.7",
        version=1,
        written_at=NOW,
        service_start=NOW,
        practice_name="Cabinet de la Santé",
        local_id_root=LOCAL_ROOT,
        service_stop=NOW + dt.timedelta(days=90),
        recipients=(
            Correspondent(
                "anne.robert@hopital.mssante.example",
                "ROBERT",
                "Anne",
                title="Dr",
                organisation="Hôpital d’Exemple",
                national_id="899700057306",
            ),
            Correspondent("secretariat@hopital.mssante.example", "", organisation="Urgences"),
        ),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def measurements() -> tuple[MedicalEntry, ...]:
    return tuple(e for e in full_record().entries if e.family is Family.MEASUREMENT)


def drugs() -> tuple[PrescribedDrug, ...]:
    day = NOW.date()
    return (
        PrescribedDrug(
            "PARACETAMOL 500 mg, comprimé",
            Posology("1 à 2 comprimés, 3 fois par jour"),
            day,
            days=5,
            code=Coded("63107752", CIS),
            route=value_set("route").concepts["20053000"],
            boxes=2,
            renewals=1,
            not_substitutable="MTE",
            patient_note="Au cours d’un repas & sans alcool",
            dispenser_note="Délivrer en une fois",
        ),
        PrescribedDrug(
            "METFORMINE 1000 mg",
            Posology("1 matin et soir"),
            day,
            days=90,
            code=Coded("A10BA02", ATC, "metformine"),
            chronic_condition=True,
            work_accident=True,
            not_refunded=True,
            off_label=True,
        ),
        PrescribedDrug("Préparation magistrale\n30 g", Posology(ODD), day),
    )


def vaccine(**changes: object) -> GivenVaccine:
    base = GivenVaccine(
        "VACCIN GRIPPAL <TRIVALENT>",
        Coded("61077869", CIS),
        Coded("J07BB02", ATC, "Vaccin antigrippal"),
        lot="L-2026/04",
        day=NOW.date(),
        rank=1,
        booster=True,
        route=value_set("immunization_route").concepts["20035000"],
        site=value_set("immunization_site").concepts["16217701000119102"],
        note="Bien toléré",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def contents() -> dict[str, dict[str, object]]:
    """kind → what to call it → a content to be written."""
    record, bare = full_record(), facts(recipients=(), patient=unknown_patient())
    n1 = {
        kind: {"PDF": documents.n1_context(facts(), kind, b"%PDF-1.4\n%%EOF")}
        for kind, maker in documents.MAKERS.items()
        if maker.content is N1Context
    }
    n1["n1"]["text"] = documents.n1_context(
        facts(), "n1", "Texte d’été".encode(), "Note", media_type="text/plain"
    )
    return {
        "vsm": {"full": context(record)},
        "consultation": {
            "short": Consultation(bare, "Toux", "Bronchite"),
            "full": Consultation(
                facts(version=2, replaces="1.2.3^4"),
                ODD,
                "Repos.\n\nContrôle à 8 jours.",
                history=ODD,
                examination=ODD,
                measurements=measurements(),
            ),
            "silent": Consultation(facts(), "", " \n"),
        },
        "letter": {
            "short": Letter(facts(), "Avis cardiologique", "Cher confrère,\n\nMerci."),
            "full": Letter(facts(), ODD, ODD, record),
        },
        "certificate": {
            "short": Certificate(facts(), "Apte.\n\nRemis en main propre."),
            "odd": Certificate(facts(patient=unknown_patient()), ODD),
        },
        "reply": {
            "linked": Reply(facts(), "Votre courrier", "Merci.", answers="1.2.250.1.999.9^7"),
            "full": Reply(facts(), "Votre courrier", ODD, "1.2.250.1.999.9", record),
            "free": Reply(facts(), "Votre courrier", "Merci."),
        },
        "admission_letter": {
            "full": AdmissionLetter(facts(), "Chute", ODD, record),
            "nothing known": AdmissionLetter(facts(), "Chute", "Rien de plus", MedicalRecord()),
            "absences": AdmissionLetter(facts(), "Chute", "", absences_record()),
        },
        "prescription": {
            "full": Prescription(facts(), drugs()),
            "simple": Prescription(facts(patient=unknown_patient()), drugs()[2:]),
        },
        "vaccination_note": {
            "full": VaccinationNote(facts(), vaccine()),
            "bare": VaccinationNote(
                facts(), vaccine(rank=None, booster=None, route=None, site=None, note="")
            ),
        },
        "rcp": {
            "short": RcpForm(facts(), "Quelle chirurgie ?", "Chirurgie"),
            "full": RcpForm(facts(), ODD, ODD, ODD, ODD, record),
        },
        **n1,
    }

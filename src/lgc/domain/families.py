"""The families of the record in words: one name on screen and in documents, one « none »."""

from __future__ import annotations

from lgc.domain.medical_data import Family

TITLES = {
    Family.CHRONIC: "Pathologies en cours",
    Family.MEDICAL_HISTORY: "Antécédents médicaux",
    Family.SURGICAL_HISTORY: "Antécédents chirurgicaux",
    Family.FAMILY_HISTORY: "Antécédents familiaux",
    Family.ALLERGY: "Allergies et hypersensibilités",
    Family.LONG_TERM_TREATMENT: "Traitements au long cours",
    Family.CURRENT_TREATMENT: "Traitements ponctuels en cours",
    Family.VIGILANCE: "Points de vigilance",
    Family.VACCINATION: "Vaccinations",
    Family.RISK_FACTOR: "Facteurs de risque",
    Family.OCCUPATIONAL: "Facteurs de risque professionnels",
    Family.TOXIC: "Expositions toxiques",
    Family.MEASUREMENT: "Mesures",
}

# What « absence connue » says of each: asked, none known. Never a family beside it. Absences of
# chronic conditions were stated under that name, and a passing illness is none of them.
ABSENCES = {
    Family.CHRONIC: "aucune pathologie chronique connue",
    Family.MEDICAL_HISTORY: "aucun antécédent médical connu",
    Family.SURGICAL_HISTORY: "aucun antécédent chirurgical connu",
    Family.FAMILY_HISTORY: "aucun antécédent familial connu",
    Family.ALLERGY: "aucune allergie ni hypersensibilité connue",
    Family.LONG_TERM_TREATMENT: "aucun traitement au long cours connu",
    Family.CURRENT_TREATMENT: "aucun traitement ponctuel en cours connu",
    Family.VIGILANCE: "aucun point de vigilance connu",
    Family.VACCINATION: "aucune vaccination connue",
    Family.RISK_FACTOR: "aucun facteur de risque connu",
    Family.OCCUPATIONAL: "aucun facteur de risque professionnel connu",
    Family.TOXIC: "aucune exposition toxique connue",
    Family.MEASUREMENT: "aucune mesure connue",
}

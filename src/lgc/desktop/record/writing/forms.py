"""The forms of what is written as text: which fields, in which words."""

from __future__ import annotations

from dataclasses import dataclass

from lgc.services.drafting import CERTIFICATE, CONSULTATION, DRUGS, LETTER, RCP


@dataclass(frozen=True, slots=True)
class Field:
    """``lines`` is the least height of a text, 0 for a field of one line."""

    name: str
    caption: str
    hint: str
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of document; ``said`` is the toast once it is in the record.

    ``joins``: entries of the record may be ticked to leave with it; ``note`` says what its page
    bears beside its words.
    """

    kind: str
    title: str
    fields: tuple[Field, ...]
    said: str
    addressed: bool = False
    templates: bool = False
    ready_lines: bool = False
    joins: bool = False
    note: str = ""
    dated: str = "Date de l’acte"


def _order(kind: str, title: str, hint: str) -> Form:
    body = Field("body", "Prescription", hint, 10)
    return Form(kind, title, (body,), f"« {title} » : au dossier", ready_lines=True)


NOTE = Form(
    CONSULTATION,
    "Compte rendu de consultation",
    (
        Field("reason", "Motif", "Pourquoi le patient vient"),
        Field("history", "Histoire de la maladie", "Ce que dit le patient", 4),
        Field("examination", "Examen clinique", "Ce que vous trouvez", 4),
        Field("conclusion", "Conclusion", "Ce que vous en pensez, ce que vous faites", 3),
    ),
    "Compte rendu ajouté au dossier",
    dated="Date de la consultation",
)
LETTER_FORM = Form(
    LETTER,
    "Courrier",
    (Field("reason", "Objet", "Pourquoi vous écrivez"), Field("body", "Courrier", "Le texte", 12)),
    "Courrier ajouté au dossier",
    addressed=True,
    templates=True,
    joins=True,
)
CERTIFICATE_FORM = Form(
    CERTIFICATE,
    "Certificat médical",
    (Field("body", "Certificat", "Ce que vous certifiez", 12),),
    "Certificat ajouté au dossier",
    templates=True,
    note="La page remise porte le nom, la date de naissance et votre nom, jamais l’INS ni rien "
    "d’autre du dossier.",
)
RCP_FORM = Form(
    RCP,
    "Fiche RCP",
    (
        Field("question", "Question posée", "Ce que vous demandez à la réunion", 2),
        Field("history", "Histoire de la maladie", "Ce qui s’est passé", 4),
        Field("findings", "Éléments cliniques et examens", "Ce qui est connu", 4),
        Field("proposal", "Proposition", "Ce que vous proposez", 3),
    ),
    "Fiche RCP ajoutée au dossier",
    addressed=True,
    joins=True,
)
ORDER_FORMS = (
    ("Biologie", _order("biology_prescription", "Prescription de biologie", "Les examens")),
    (
        "Kinésithérapie",
        _order("physiotherapy_prescription", "Prescription de kinésithérapie", "Les actes"),
    ),
    (
        "Soins infirmiers",
        _order("nursing_prescription", "Prescription de soins infirmiers", "Les soins"),
    ),
    ("Arrêt de travail", _order("work_leave", "Arrêt de travail", "La durée, les sorties")),
)
TITLES = {
    form.kind: form.title
    for form in (NOTE, LETTER_FORM, CERTIFICATE_FORM, RCP_FORM, *(form for _, form in ORDER_FORMS))
} | {DRUGS: "Ordonnance"}
"""Kind of a draft → its title."""
ENTRY_OF = {
    CONSULTATION: "note",
    LETTER: "letter",
    CERTIFICATE: "letter",
    RCP: "rcp",
    DRUGS: "drugs",
}
"""Kind of a draft → the entry of the menu where it is written; the others are « orders »."""

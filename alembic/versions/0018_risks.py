"""Risk factors have their subject and their « no »; a consumption is no toxic exposure.

Revision ID: 0018
Revises: 0017
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

LOINC = "2.16.840.1.113883.6.1"
BY_CODE = {
    "72166-2": "tobacco",
    "74011-8": "tobacco",
    "74013-4": "alcohol",
    "11343-1": "drugs",
    "81663-7": "diet",
    "73985-4": "inactivity",
}
BY_WORD = {
    "tobacco": "tabac tabagisme tabagique fumeur fumeuse cigarette cigarettes",
    "alcohol": "alcool alcoolisme alcoolique ethylisme ethylique",
    "drugs": "drogue drogues toxicomanie cannabis cocaine heroine",
    "diet": "regime",
    "inactivity": "sedentarite sedentaire",
}
SUBJECTS = {word: risk for risk, words in BY_WORD.items() for word in words.split()}
CONSUMPTIONS = ("tobacco", "alcohol", "drugs")


def upgrade():
    op.add_column(
        "medical_entry",
        sa.Column("risk", sa.String(16), nullable=False, server_default=sa.text("'other'")),
    )
    op.create_table(
        "risk_denial",
        sa.Column("patient_id", sa.String(64), nullable=False),
        sa.Column("risk", sa.String(16), nullable=False),
        sa.Column("stated_at", sa.DateTime(), nullable=False),
        sa.Column("stated_by", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.patient_id"],
            name="fk_risk_denial_patient_id",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("patient_id", "risk", name="pk_risk_denial"),
    )
    _file_by_subject(op.get_bind())


def _file_by_subject(base):
    """Words and codes stay; only what names its subject is filed under it.

    A stated absence of toxic exposure stays that: nobody was asked about consumptions.
    """
    rows = base.execute(
        sa.text(
            "SELECT entry_id, family, label, code, code_system FROM medical_entry "
            "WHERE family IN ('toxic', 'risk_factor')"
        )
    ).all()
    for entry_id, family, label, code, system in rows:
        risk = _subject(label, code if system == LOINC else None)
        if risk is None or (family == "toxic" and risk not in CONSUMPTIONS):
            continue
        base.execute(
            sa.text(
                "UPDATE medical_entry SET family = 'risk_factor', risk = :risk "
                "WHERE entry_id = :key"
            ),
            {"risk": risk, "key": entry_id},
        )


def _subject(label, code):
    if code in BY_CODE:
        return BY_CODE[code]
    first = next(iter(label.replace(":", " ").replace(",", " ").split()), "")
    apart = unicodedata.normalize("NFD", first.casefold())
    return SUBJECTS.get("".join(letter for letter in apart if not unicodedata.combining(letter)))

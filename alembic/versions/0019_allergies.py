"""Allergies have their kind, agent and severity; no absence stands beside an entry.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# Of these families an absence speaks of today: what is over does not contradict it.
OF_TODAY = "'chronic', 'long_term_treatment', 'current_treatment', 'vigilance', 'measurement'"


def upgrade():
    # What nobody said stays unknown: neither words nor codes tell the kind.
    for name, size in (("allergy_kind", 32), ("allergy_agent", 16), ("severity", 24)):
        column = sa.Column(name, sa.String(size), nullable=False, server_default=sa.text("''"))
        op.add_column("medical_entry", column)
    # The panel showed the entry, the letters believed the absence: the entry stays.
    op.execute(
        "DELETE FROM known_absence WHERE EXISTS (SELECT 1 FROM medical_entry AS entry "
        "WHERE entry.patient_id = known_absence.patient_id "
        "AND entry.family = known_absence.family AND entry.standing = '' "
        f"AND (entry.active OR entry.family NOT IN ({OF_TODAY})))"
    )

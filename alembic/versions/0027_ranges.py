"""Results: every range in words, the laboratory's comment, a date known to the year or month.

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade():
    for name in ("reference_text", "comment", "vague"):
        op.add_column(
            "lab_result",
            sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''")),
        )

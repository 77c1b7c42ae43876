"""Measurements: what was measured together says so, a blood pressure is one measurement.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "medical_entry",
        sa.Column("together", sa.Text(), nullable=False, server_default=sa.text("''")),
    )

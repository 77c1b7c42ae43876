"""Patients: what they refuse of secure mail.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    for name in ("refuses_own_mail", "refuses_shared_mail"):
        op.add_column(
            "patient", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text("0"))
        )

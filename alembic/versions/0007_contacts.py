"""Contacts: their telephone, and a note of the practice.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    for name in ("telephone", "note"):
        op.add_column(
            "contact", sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''"))
        )

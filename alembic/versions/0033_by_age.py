"""What a message's age archived tells which pass did it, so that it can be taken back as a whole.

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade():
    # Of what was archived before, nobody knows whether the doctor or its age did it.
    op.add_column("message", sa.Column("by_age_at", sa.DateTime(), nullable=True))
    op.create_index("ix_message_by_age_at", "message", ["by_age_at"], unique=False)

"""Record: the words as they were typed, and what was only planned, ordered, offered or refused.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "medical_entry", sa.Column("typed", sa.Text(), nullable=False, server_default=sa.text("''"))
    )
    op.add_column(
        "medical_entry",
        sa.Column("standing", sa.String(16), nullable=False, server_default=sa.text("''")),
    )
    op.create_table(
        "own_word",
        sa.Column("author", sa.Text(), primary_key=True),
        sa.Column("family", sa.String(32), primary_key=True),
        sa.Column("words", sa.Text(), primary_key=True),
        sa.Column("code", sa.Text()),
        sa.Column("code_system", sa.Text()),
        sa.Column("code_label", sa.Text()),
        sa.Column("chosen_at", sa.DateTime(), nullable=False),
    )

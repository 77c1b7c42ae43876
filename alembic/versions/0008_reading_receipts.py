"""Messages: whether their sender asked to know that they were read, and what was answered.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    # Of older messages nobody is told any more: they were read long ago.
    op.add_column(
        "message",
        sa.Column("receipt", sa.String(length=16), nullable=False, server_default=sa.text("''")),
    )

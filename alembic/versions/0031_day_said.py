"""Documents keep what is told of a day that is none: « 2026 » is not the first of January.

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "document",
        sa.Column("day_said", sa.String(length=64), nullable=False, server_default=sa.text("''")),
    )

"""Where the code of a line comes from: table, edition, when, what it replaced.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "medical_entry",
        sa.Column("code_origin", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
    )

"""Nomenclatures: the codes that an official file says not to use, and what took their place.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "term_source",
        sa.Column("withdrawn", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
    )

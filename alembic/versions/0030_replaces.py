"""Documents keep what they say that they replace: versions stand the same in any order.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade():
    # NULL for those of before: each is looked into when a document comes into its record.
    op.add_column("document", sa.Column("replaces", sa.String(length=128), nullable=True))

"""Deliveries: who holds the lease, how long absence proves nothing, what receipts told.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "delivery", sa.Column("owner", sa.Text(), nullable=False, server_default=sa.text("''"))
    )
    for name in ("sent_at", "settle_until", "asked_at"):
        op.add_column("delivery", sa.Column(name, sa.DateTime(), nullable=True))
    op.add_column(
        "delivery", sa.Column("fates", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
    )

"""The agenda: notes and places of visits, times when nobody is received.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    for name in ("note", "place", "uid"):
        op.add_column(
            "visit", sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''"))
        )
    op.create_index("ix_visit_uid", "visit", ["uid"], unique=False)
    op.create_table(
        "closure",
        sa.Column("closure_id", sa.String(length=64), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("weekly", sa.Boolean(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("except_days", sa.JSON(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("closure_id", name="pk_closure"),
    )
    op.create_index("ix_closure_uid", "closure", ["uid"], unique=False)

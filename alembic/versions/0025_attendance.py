"""A visit arrived, was called and ended: three times, each with who noted it (PS_IdNat).

What was known is when its present state began; noted on a later day, it tells no such time. Who
noted it was not kept: it stays unknown.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BEGAN = {"arrived": "arrived", "in_consultation": "called", "done": "ended"}


def upgrade():
    nothing = sa.text("''")
    for name in BEGAN.values():
        op.add_column("visit", sa.Column(f"{name}_at", sa.DateTime(), nullable=True))
        by = sa.Column(f"{name}_by", sa.String(64), nullable=False, server_default=nothing)
        op.add_column("visit", by)
    for presence, name in BEGAN.items():
        op.execute(
            sa.text(
                f"UPDATE visit SET {name}_at = since WHERE presence = :presence"
                " AND since < datetime(starts_at, '+1 day')"
            ).bindparams(presence=presence)
        )

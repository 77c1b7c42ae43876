"""Why and by whom an appointment was cancelled or noted as missed, and when it last changed.

Those deleted before are not invented, and of those booked before nobody knows when they changed.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade():
    nothing = sa.text("''")
    op.add_column("visit", sa.Column("reason", sa.Text(), nullable=False, server_default=nothing))
    op.add_column("visit", sa.Column("by", sa.String(64), nullable=False, server_default=nothing))
    for table in ("visit", "closure"):
        op.add_column(table, sa.Column("changed_at", sa.DateTime(), nullable=True))

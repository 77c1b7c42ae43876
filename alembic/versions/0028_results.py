"""A result keeps its hour, its own germ and whether its range is open at an end.

Whether what was stored before tells the hour of sampling is not known: NULL.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("lab_result", sa.Column("timed", sa.Boolean(), nullable=True))
    column = sa.Column("isolate_id", sa.Text(), nullable=False, server_default=sa.text("''"))
    op.add_column("lab_result", column)
    for name in ("reference_low_open", "reference_high_open"):
        column = sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text("0"))
        op.add_column("lab_result", column)

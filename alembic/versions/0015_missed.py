"""Folders of the mailbox: which messages could not be fetched or kept, to be asked for again.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "mailbox_cursor",
        sa.Column("missed", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
    )

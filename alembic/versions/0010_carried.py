"""Messages: what the structured documents that came with them say of themselves.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    # Older messages show a plain clip: their documents are read again only when opened.
    op.add_column(
        "message",
        sa.Column("carried", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
    )

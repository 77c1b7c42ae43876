"""Messages are known by digests of what the server holds, not by the number that they say.

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade():
    # Empty for those of before: each is weighed when one of its Message-ID comes.
    for name in ("whole", "stable"):
        op.add_column(
            "message",
            sa.Column(name, sa.String(length=64), nullable=False, server_default=sa.text("''")),
        )
    op.create_index("ix_message_whole", "message", ["whole"], unique=False)
    op.create_index(
        "ix_message_stable_rfc_message_id", "message", ["stable", "rfc_message_id"], unique=False
    )

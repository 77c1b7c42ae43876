"""Messages that were not read whole: why, and by which version of lgc.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# What older versions wrote on a message that they kept unread.
KEPT = '%"Message illisible%'


def upgrade():
    op.create_table(
        "unreadable",
        sa.Column("message_id", sa.String(64), primary_key=True),
        sa.Column("fault", sa.String(16), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.message_id"],
            name="fk_unreadable_message_id",
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    # No version of ours: they are read again at the next pass.
    op.execute(
        sa.text(
            "INSERT INTO unreadable (message_id, fault, part, told, details, version, tries)"
            " SELECT message_id, 'content', '', '', '', '', 1 FROM message WHERE faults LIKE :kept"
        ).bindparams(kept=KEPT)
    )

"""Messages on the server: where each stands, the doctor's own folders, exchanges.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    for name in ("own_folder", "thread_id"):
        op.add_column(
            "message", sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''"))
        )
    # What each older message answers is not read again: it stands for itself, as before.
    op.execute("UPDATE message SET thread_id = rfc_message_id")
    op.create_index("ix_message_thread_id", "message", ["thread_id"], unique=False)
    op.add_column(
        "mailbox_cursor",
        sa.Column("modseq", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
    )
    # The server is compared whole once: what is known by its Message-ID is not fetched again.
    op.execute("DELETE FROM mailbox_cursor")
    op.create_table(
        "mail_place",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("uid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=True),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.message_id"],
            name="fk_mail_place_message_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("mailbox", "uid", name="pk_mail_place"),
    )
    op.create_index("ix_mail_place_message_id", "mail_place", ["message_id"], unique=False)
    op.create_table(
        "own_folder",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_own_folder"),
    )

"""A message has its arrival beside the date that its author's clock gave it.

Of those of before it is what the first ``Received`` says, the last server's own line (RFC 5321
§4.4), else their date.

Revision ID: 0032
Revises: 0031
"""

import datetime as dt
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

HEAD = 8192
UNSENT = ("drafts", "outbox", "sent")


def upgrade():
    unknown = sa.text("'1970-01-01 00:00:00.000000'")
    column = sa.Column("arrived_at", sa.DateTime(), nullable=False, server_default=unknown)
    op.add_column("message", column)
    op.execute("UPDATE message SET arrived_at = sent_at")
    connection = op.get_bind()
    keys = connection.execute(
        sa.text("SELECT message_id FROM message WHERE folder NOT IN :own").bindparams(
            sa.bindparam("own", UNSENT, expanding=True)
        )
    )
    head = sa.text(f"SELECT substr(raw, 1, {HEAD}) FROM message_body WHERE message_id = :key")
    put = sa.text("UPDATE message SET arrived_at = :at WHERE message_id = :key")
    for key in keys.scalars().all():
        at = received(connection.execute(head, {"key": key}).scalar() or b"")
        if at is not None:
            connection.execute(put, {"key": key, "at": f"{at:%Y-%m-%d %H:%M:%S.%f}"})
    op.drop_index("ix_message_folder_sent_at", "message")
    op.create_index(
        "ix_message_folder_arrived_at", "message", ["folder", "arrived_at"], unique=False
    )


def received(head):
    """In UTC; None when no server said it, or not in words that are a date."""
    try:
        told = message_from_bytes(bytes(head), policy=policy.compat32).get("Received", "")
        found = parsedate_to_datetime(str(told).rpartition(";")[2])
        return found.astimezone(dt.UTC) if found.tzinfo is not None else None
    except (ValueError, TypeError, OverflowError):
        return None

"""Messages: our own mark of one taken in part lies beside it, no longer among its headers.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MARK = b"X-LGC-Cut: "


def upgrade():
    op.add_column(
        "message",
        sa.Column("cut_from", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
    )
    base = op.get_bind()
    # Servers write above whatever a stranger sends: only ours ever stood first.
    marked = base.execute(
        sa.text("SELECT message_id, raw FROM message_body WHERE substr(raw, 1, :n) = :mark"),
        {"n": len(MARK), "mark": MARK},
    ).all()
    for key, raw in marked:
        size, _, rest = bytes(raw)[len(MARK) :].partition(b"\r\n")
        if not size.isdigit():
            continue
        base.execute(
            sa.text("UPDATE message SET cut_from = :size WHERE message_id = :key"),
            {"size": int(size), "key": key},
        )
        base.execute(
            sa.text("UPDATE message_body SET raw = :raw WHERE message_id = :key"),
            {"raw": rest, "key": key},
        )

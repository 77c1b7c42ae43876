"""What a delivery is refused for carries its remedy; a sent message is found by what names it.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    # Older refusals keep the sentence they have; their remedy was never written down.
    for name in ("advice", "details", "rfc_message_id", "letter"):
        column = sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''"))
        op.add_column("delivery", column)
    op.add_column(
        "delivery",
        sa.Column("final", sa.Boolean(), nullable=False, server_default=sa.text("0")),
    )
    op.execute(
        "UPDATE delivery SET "
        "rfc_message_id = coalesce(json_extract(payload, '$.rfc_message_id'), ''), "
        "letter = coalesce(json_extract(payload, '$.letter'), '')"
    )
    op.create_index("ix_delivery_rfc_message_id", "delivery", ["rfc_message_id"])
    op.create_index("ix_delivery_letter", "delivery", ["letter"])

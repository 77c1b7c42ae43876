"""A finished document can be annulled by its author: when, by whom, why, and when it left the DMP.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("document", sa.Column("annulled_at", sa.DateTime(), nullable=True))
    op.add_column("document", sa.Column("withdrawn_at", sa.DateTime(), nullable=True))
    for name, kind in (("annulled_by", sa.String(64)), ("annulled_why", sa.Text())):
        column = sa.Column(name, kind, nullable=False, server_default=sa.text("''"))
        op.add_column("document", column)
    op.create_index("ix_document_annulled_at", "document", ["annulled_at"])

"""The practice's own identity in its file: an empty file is not a new practice.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    # In this very transaction: a file of this revision without its identity is a damaged one.
    identity = context.config.attributes.get("identity")
    if identity:
        op.execute(
            sa.text("INSERT INTO note VALUES ('practice.identity', :identity)").bindparams(
                identity=identity
            )
        )

"""Nomenclatures brought in: their entries, numbered, and their full text.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "term_source",
        sa.Column("nomenclature", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("nomenclature", name="pk_term_source"),
    )
    op.create_table(
        "term",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("system", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("others", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("medicine", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_term"),
    )
    op.create_index("ix_term_code", "term", ["code"], unique=False)
    op.execute(
        "CREATE VIRTUAL TABLE term_search USING fts5(words, "
        "tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3', "
        "content = '', contentless_delete = 1)"
    )

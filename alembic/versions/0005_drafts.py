"""Drafts of consultation notes take the form that every draft has now.

Revision ID: 0005
Revises: 0004
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OLD, NEW = "note-draft:", "draft:consultation:"


def upgrade():
    notes = sa.table("note", sa.column("key", sa.Text), sa.column("value", sa.Text))
    connection = op.get_bind()
    rows = connection.execute(sa.select(notes).where(notes.c.key.startswith(OLD))).all()
    for key, value in rows:
        if value:
            words = json.loads(value)
            begun = words.pop("begun_at", "")
            draft = {"words": words, "recipients": [], "begun_at": begun, "replaces": ""}
            text = json.dumps(draft, ensure_ascii=False)
            connection.execute(notes.insert().values(key=NEW + key[len(OLD) :], value=text))
        connection.execute(notes.delete().where(notes.c.key == key))

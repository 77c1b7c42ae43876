"""How Alembic runs here: on the connection of ``lgc.store.upgrade``, never from an address.

Each revision is one transaction, ended by a check of the foreign keys that are off meanwhile.
"""

from alembic import context
from sqlalchemy import text

from lgc.errors import UserFacingError
from lgc.store.models import Base, Utc, Words


def ours(name, kind, parent):
    """Full-text tables belong to SQLite, and so does what they are made of."""
    return kind != "table" or "_search" not in name


PLAIN = {Utc: "sa.DateTime()", Words: "sa.Text()"}


def plain(kind, item, autogen_context):
    """A revision is history: it names no type of ours, which may change."""
    return PLAIN.get(type(item), False) if kind == "type" else False


def check_foreign_keys(ctx, **_):
    if ctx.connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
        raise UserFacingError(
            "La mise à niveau de la base a été abandonnée : elle aurait rompu un lien.",
            advice="Rien n’a été changé. Prévenez votre assistance.",
        )


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=ours,
    render_item=plain,
    render_as_batch=True,
    transaction_per_migration=True,
    on_version_apply=check_foreign_keys,
)
with context.begin_transaction():
    context.run_migrations()

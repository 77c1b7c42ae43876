"""Treatments: a dose is what its words say; what was guessed beside them goes.

A dose that a colleague's document gave in codes alone gets its words first.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

GUESSED = ("posology_quantity", "posology_unit", "posology_period_hours")
UNITS = {
    "{tablet}": "comprimé", "{tbl}": "comprimé", "{capsule}": "gélule", "{puff}": "bouffée",
    "{sachet}": "sachet", "[drp]": "goutte", "{drop}": "goutte", "[iU]": "UI", "[IU]": "UI",
    "{ampule}": "ampoule", "{suppository}": "suppositoire", "{dose}": "dose", "1": "",
}  # fmt: skip


def words(quantity, unit, hours):
    parts = []
    if quantity is not None:
        unit = UNITS.get(unit or "", (unit or "").strip("{}"))
        parts.append(f"{quantity:g} {unit}".strip())
    if hours:
        parts.append(f"toutes les {hours:g} h")
    return ", ".join(parts).replace(".", ",")


def upgrade():
    op.add_column(
        "medical_entry",
        sa.Column("posology_as_text", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    base = op.get_bind()
    wordless = base.execute(
        sa.text(
            "SELECT entry_id, posology_quantity, posology_unit, posology_period_hours"
            " FROM medical_entry WHERE trim(posology) = ''"
            " AND (posology_quantity IS NOT NULL OR posology_period_hours IS NOT NULL)"
        )
    ).all()
    for key, quantity, unit, hours in wordless:
        base.execute(
            sa.text("UPDATE medical_entry SET posology = :said WHERE entry_id = :key"),
            {"said": words(quantity, unit, hours), "key": key},
        )
    for column in GUESSED:
        op.drop_column("medical_entry", column)

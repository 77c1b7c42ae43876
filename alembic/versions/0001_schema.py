"""The schema of the first version: every table, the append-only journal, the full text.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "audit_line",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(length=32), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_line"),
    )
    op.create_table(
        "contact",
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("shown_address", sa.Text(), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("given_name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("speciality", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("national_id", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_contact"),
    )
    op.create_table(
        "mailbox_cursor",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("uid_next", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", name="pk_mailbox_cursor"),
    )
    op.create_table(
        "note",
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_note"),
    )
    op.create_table(
        "patient",
        sa.Column("patient_id", sa.String(length=64), nullable=False),
        sa.Column("birth_name", sa.Text(), nullable=False),
        sa.Column("birth_given_names", sa.JSON(), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("birth_place_code", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("matricule", sa.String(length=15), nullable=True),
        sa.Column("matricule_oid", sa.String(length=64), nullable=True),
        sa.Column("used_name", sa.Text(), nullable=False),
        sa.Column("used_given_name", sa.Text(), nullable=False),
        sa.Column("doubtful", sa.Boolean(), nullable=False),
        sa.Column("fictitious", sa.Boolean(), nullable=False),
        sa.Column("homonym", sa.Boolean(), nullable=False),
        sa.Column("address_lines", sa.JSON(), nullable=False),
        sa.Column("postal_code", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("telephone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("important", sa.Text(), nullable=False),
        sa.Column("important_detail", sa.Text(), nullable=False),
        sa.Column("attending_doctor", sa.Text(), nullable=False),
        sa.Column("protocols", sa.JSON(), nullable=False),
        sa.Column("dmp_access", sa.String(length=16), nullable=False),
        sa.Column("dmp_attending_doctor", sa.Boolean(), nullable=False),
        sa.Column("dmp_checked_at", sa.DateTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("patient_id", name="pk_patient"),
    )
    op.create_index("ix_patient_matricule", "patient", ["matricule"], unique=False)

    op.create_table(
        "document",
        sa.Column("document_id", sa.String(length=64), nullable=False),
        sa.Column("patient_id", sa.String(length=64), nullable=True),
        sa.Column("unique_id", sa.String(length=128), nullable=False),
        sa.Column("set_id", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("type_code", sa.Text(), nullable=False),
        sa.Column("type_system", sa.Text(), nullable=False),
        sa.Column("type_label", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("mime_type", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("sha1", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("service_start", sa.DateTime(), nullable=True),
        sa.Column("dmp_state", sa.String(length=16), nullable=False),
        sa.Column("confidentiality", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=True),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.Column("replaced_by", sa.String(length=128), nullable=True),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.patient_id"],
            name="fk_document_patient_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("document_id", name="pk_document"),
    )
    op.create_index("ix_document_message_id", "document", ["message_id"], unique=False)
    op.create_index(
        "ix_document_patient_id_created_at", "document", ["patient_id", "created_at"], unique=False
    )
    op.create_index("ix_document_set_id", "document", ["set_id"], unique=False)
    op.create_index("ix_document_unique_id", "document", ["unique_id"], unique=False)

    op.create_table(
        "ins_history",
        sa.Column("patient_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("matricule", sa.String(length=15), nullable=False),
        sa.Column("matricule_oid", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.patient_id"],
            name="fk_ins_history_patient_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("patient_id", "position", name="pk_ins_history"),
    )
    op.create_index("ix_ins_history_matricule", "ins_history", ["matricule"], unique=False)

    op.create_table(
        "known_absence",
        sa.Column("patient_id", sa.String(length=64), nullable=False),
        sa.Column("family", sa.String(length=32), nullable=False),
        sa.Column("stated_at", sa.DateTime(), nullable=False),
        sa.Column("stated_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.patient_id"],
            name="fk_known_absence_patient_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("patient_id", "family", name="pk_known_absence"),
    )
    op.create_table(
        "medical_entry",
        sa.Column("entry_id", sa.String(length=64), nullable=False),
        sa.Column("patient_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("family", sa.String(length=32), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("code_system", sa.Text(), nullable=True),
        sa.Column("code_label", sa.Text(), nullable=True),
        sa.Column("start", sa.String(length=10), nullable=True),
        sa.Column("end", sa.String(length=10), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("kinship", sa.Text(), nullable=False),
        sa.Column("age_at_onset", sa.Integer(), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("posology", sa.Text(), nullable=True),
        sa.Column("posology_quantity", sa.Float(), nullable=True),
        sa.Column("posology_unit", sa.Text(), nullable=True),
        sa.Column("posology_period_hours", sa.Float(), nullable=True),
        sa.Column("reaction", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.patient_id"],
            name="fk_medical_entry_patient_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("entry_id", name="pk_medical_entry"),
    )
    op.create_index("ix_medical_entry_patient_id", "medical_entry", ["patient_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("folder", sa.String(length=16), nullable=False),
        sa.Column("rfc_message_id", sa.Text(), nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=False),
        sa.Column("sender_address", sa.Text(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("raw_subject", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.Column("patient_id", sa.String(length=64), nullable=True),
        sa.Column("assigned_by", sa.String(length=16), nullable=False),
        sa.Column("assigned_why", sa.Text(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.patient_id"],
            name="fk_message_patient_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("message_id", name="pk_message"),
    )
    op.create_index("ix_message_folder_sent_at", "message", ["folder", "sent_at"], unique=False)
    op.create_index("ix_message_patient_id", "message", ["patient_id"], unique=False)
    op.create_index("ix_message_rfc_message_id", "message", ["rfc_message_id"], unique=False)

    op.create_table(
        "visit",
        sa.Column("visit_id", sa.String(length=64), nullable=False),
        sa.Column("patient_id", sa.String(length=64), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("presence", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.patient_id"],
            name="fk_visit_patient_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("visit_id", name="pk_visit"),
    )
    op.create_index("ix_visit_patient_id", "visit", ["patient_id"], unique=False)
    op.create_index("ix_visit_starts_at", "visit", ["starts_at"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("attachment_id", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.String(length=64), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.document_id"],
            name="fk_attachment_document_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.message_id"],
            name="fk_attachment_message_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("attachment_id", name="pk_attachment"),
    )
    op.create_index("ix_attachment_document_id", "attachment", ["document_id"], unique=False)
    op.create_index("ix_attachment_message_id", "attachment", ["message_id"], unique=False)

    op.create_table(
        "candidate",
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.String(length=64), nullable=False),
        sa.Column("likelihood", sa.String(length=16), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.message_id"],
            name="fk_candidate_message_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.patient_id"],
            name="fk_candidate_patient_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("message_id", "position", name="pk_candidate"),
    )
    op.create_index("ix_candidate_patient_id", "candidate", ["patient_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("delivery_id", sa.String(length=64), nullable=False),
        sa.Column("share_id", sa.String(length=64), nullable=False),
        sa.Column("document_id", sa.String(length=64), nullable=True),
        sa.Column("patient_id", sa.String(length=64), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("attempt_at", sa.DateTime(), nullable=True),
        sa.Column("waiting_for", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("receipt_reference", sa.Text(), nullable=True),
        sa.Column("receipt_received_at", sa.DateTime(), nullable=True),
        sa.Column("receipt_lines", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.document_id"],
            name="fk_delivery_document_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.patient_id"],
            name="fk_delivery_patient_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("delivery_id", name="pk_delivery"),
    )
    op.create_index("ix_delivery_created_at", "delivery", ["created_at"], unique=False)
    op.create_index("ix_delivery_document_id", "delivery", ["document_id"], unique=False)
    op.create_index("ix_delivery_patient_id", "delivery", ["patient_id"], unique=False)
    op.create_index("ix_delivery_share_id", "delivery", ["share_id"], unique=False)
    op.create_index("ix_delivery_state_channel", "delivery", ["state", "channel"], unique=False)

    op.create_table(
        "document_body",
        sa.Column("document_id", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.document_id"],
            name="fk_document_body_document_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("document_id", name="pk_document_body"),
    )
    op.create_table(
        "lab_result",
        sa.Column("document_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.String(length=64), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("code_system", sa.Text(), nullable=True),
        sa.Column("code_label", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("bound", sa.String(length=1), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("has_reference", sa.Boolean(), nullable=False),
        sa.Column("reference_low", sa.Float(), nullable=True),
        sa.Column("reference_high", sa.Float(), nullable=True),
        sa.Column("interpretation", sa.Text(), nullable=False),
        sa.Column("chapter", sa.Text(), nullable=False),
        sa.Column("battery", sa.Text(), nullable=False),
        sa.Column("specimen", sa.Text(), nullable=False),
        sa.Column("laboratory", sa.Text(), nullable=False),
        sa.Column("isolate", sa.Text(), nullable=False),
        sa.Column("analysed_at", sa.DateTime(), nullable=True),
        sa.Column("previous", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.document_id"],
            name="fk_lab_result_document_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patient.patient_id"],
            name="fk_lab_result_patient_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("document_id", "position", name="pk_lab_result"),
    )
    op.create_index("ix_lab_result_patient_id", "lab_result", ["patient_id"], unique=False)

    op.create_table(
        "message_body",
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.message_id"],
            name="fk_message_body_message_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("message_id", name="pk_message_body"),
    )
    op.create_table(
        "delivery_step",
        sa.Column("delivery_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.delivery_id"],
            name="fk_delivery_step_delivery_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("delivery_id", "position", name="pk_delivery_step"),
    )

    _make_append_only()
    for table, columns in FULL_TEXT.items():
        _make_full_text(table, columns)


# No downgrade: the way back is the copy that opening makes before it upgrades.

FULL_TEXT = {
    "patient_search": "names, given, born, ins",
    "contact_search": "names, given, other",
    "document_search": "title, author, body",
    "message_search": "title, author, body",
}


REFUSED = {
    "update": "BEFORE UPDATE ON audit_line",
    "delete": "BEFORE DELETE ON audit_line",
    # An INSERT OR REPLACE would pass by the other two.
    "insert": "BEFORE INSERT ON audit_line WHEN NEW.number <> "
    "(SELECT COALESCE(MAX(number), 0) + 1 FROM audit_line)",
}


def _make_append_only():
    """The journal only grows, one by one: the database itself refuses anything else."""
    for name, change in REFUSED.items():
        op.execute(
            f"CREATE TRIGGER audit_line_no_{name} {change} "
            "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
        )


def _make_full_text(table, columns):
    """The words are kept, the text is not; a second table lists every word for the typos."""
    op.execute(
        f"CREATE VIRTUAL TABLE {table} USING fts5(key UNINDEXED, label UNINDEXED, {columns}, "
        "tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3', "
        "content = '', contentless_delete = 1, contentless_unindexed = 1)"
    )
    op.execute(f"CREATE VIRTUAL TABLE {table}_words USING fts5vocab({table}, 'row')")

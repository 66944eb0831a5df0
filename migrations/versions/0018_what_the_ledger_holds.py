"""what each calendar mail told; what the ledger of reminders and mails always holds

Revision: 0018
Follows: 0017
"""

import sqlalchemy as sa
from alembic import op
from icalendar import Calendar

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NEWS = {
    "Åter inbokad": "resumed",
    "Flyttad": "moved",
    "Ändrad": "changed",
    "Inställd": "cancelled",
    "Utgår": "left",
}
"""The first word of a subject, by which old mails are told apart; an invitation has none."""

CHECKS = (
    ("reminder", "planned_or_settled", "(state = 'planned') = (settled_at IS NULL)"),
    ("outgoing_mail", "sent_at_a_moment", "(state = 'sent') = (sent_at IS NOT NULL)"),
    ("outgoing_mail", "lease_has_an_end", "(lease IS NULL) = (leased_until IS NULL)"),
)


def upgrade() -> None:
    op.create_table(
        "calendar_notice",
        sa.Column("dialogue_id", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column(
            "news",
            sa.Enum(
                *("invited", "resumed", "moved", "changed", "cancelled", "left"),
                name="calendarnews", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_name", sa.String(length=200), nullable=True),
        sa.Column("form_token", sa.String(length=40), nullable=True),
        sa.Column("organizer_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(asked_by_name IS NULL) = (form_token IS NULL)",
            name=op.f("ck_calendar_notice_asked_for_is_signed"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_calendar_notice_ends_after_start")),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_calendar_notice_sequence_counts_up")),
        sa.ForeignKeyConstraint(
            ["organizer_id", "mail_id"],
            ["outgoing_mail.organizer_id", "outgoing_mail.id"],
            name=op.f("fk_calendar_notice_organizer_id_mail_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organizer_id"], ["organizer.id"], name=op.f("fk_calendar_notice_organizer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_notice")),
        sa.UniqueConstraint("mail_id", name=op.f("uq_calendar_notice_mail_id")),
        sa.UniqueConstraint(
            "organizer_id", "form_token", name=op.f("uq_calendar_notice_organizer_id_form_token")
        ),
    )  # fmt: skip
    op.create_index(
        op.f("ix_calendar_notice_organizer_id_dialogue_id"),
        "calendar_notice",
        ["organizer_id", "dialogue_id"],
    )
    _tell_of_old_mails()
    _mend()
    for table in ("reminder", "outgoing_mail"):
        with op.batch_alter_table(table) as batch:
            for _, name, what in (row for row in CHECKS if row[0] == table):
                batch.create_check_constraint(batch.f(f"ck_{table}_{name}"), what)


def downgrade() -> None:
    for table in ("outgoing_mail", "reminder"):
        with op.batch_alter_table(table) as batch:
            for _, name, _what in (row for row in CHECKS if row[0] == table):
                batch.drop_constraint(batch.f(f"ck_{table}_{name}"), type_="check")
    op.drop_table("calendar_notice")


def _tell_of_old_mails() -> None:
    """What the mails told stands in their objects; which dialogue that is, in the calendars' entries. A
    mail about a dialogue of which there is no entry is left as it is."""
    bind = op.get_bind()
    notice = sa.table(
        "calendar_notice",
        *(sa.column(name) for name in ("organizer_id", "dialogue_id", "mail_id", "news", "sequence")),
        sa.column("starts_at", sa.DateTime(timezone=True)),
        sa.column("ends_at", sa.DateTime(timezone=True)),
    )  # fmt: skip
    dialogues = {
        (recipient_id, uid): dialogue_id
        for recipient_id, uid, dialogue_id in bind.execute(
            sa.text("SELECT recipient_id, uid, dialogue_id FROM calendar_entry")
        )
    }
    rows = bind.execute(
        sa.text(
            "SELECT id, organizer_id, recipient_id, subject, calendar FROM outgoing_mail"
            " WHERE kind = 'calendar' AND organizer_id IS NOT NULL ORDER BY id"
        )
    ).all()
    for mail_id, organizer_id, recipient_id, subject, calendar in rows:
        event = Calendar.from_ical(calendar).walk("VEVENT")[0]
        dialogue_id = dialogues.get((recipient_id, str(event["UID"])))
        if dialogue_id is None:
            continue
        values = {
            "organizer_id": organizer_id,
            "dialogue_id": dialogue_id,
            "mail_id": mail_id,
            "news": NEWS.get(subject.partition(":")[0], "invited"),
            "sequence": int(event["SEQUENCE"]),
            "starts_at": event.decoded("DTSTART"),
            "ends_at": event.decoded("DTEND"),
        }
        bind.execute(sa.insert(notice).values(values))


def _mend() -> None:
    """Rows that say two things: what the state says holds. When, nobody knows any more; the moment
    that lies nearest is taken."""
    for statement in (
        "UPDATE reminder SET settled_at = NULL WHERE state = 'planned' AND settled_at IS NOT NULL",
        "UPDATE reminder SET settled_at = created_at WHERE state <> 'planned' AND settled_at IS NULL",
        "UPDATE outgoing_mail SET sent_at = NULL WHERE state <> 'sent' AND sent_at IS NOT NULL",
        "UPDATE outgoing_mail SET sent_at = next_try_at WHERE state = 'sent' AND sent_at IS NULL",
        # Without an end, or a holder, nobody could mark the mail or take it: it is free.
        "UPDATE outgoing_mail SET lease = NULL, leased_until = NULL"
        " WHERE (lease IS NULL) <> (leased_until IS NULL)",
    ):
        op.execute(statement)

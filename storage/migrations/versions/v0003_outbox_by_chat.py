"""What was sent into a chat is found without reading the whole outbox."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index("ix_outbox_chat", "outbox", ["channel", "chat", "sent_at"])


def downgrade() -> None:
    op.drop_index("ix_outbox_chat", table_name="outbox")

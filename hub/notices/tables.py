"""Notices: one per announced event, kept per merchant."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel.db import metadata
from hub.kernel.types import Instant, Key

notice = sa.Table(
    "notice",
    metadata,
    sa.Column("id", Key, primary_key=True),  # the event's: there is never a second one for it
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("kind", Key, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("subject_kind", Key, nullable=False),
    sa.Column("subject_id", Key, nullable=False),
    sa.Column("link", sa.Text),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("read_at", Instant),
    sa.CheckConstraint("level IN ('info', 'warning', 'failure')", name="level"),
    sa.Index("ix_notice_page", "merchant_id", "id"),
    sa.Index("ix_notice_created_at", "created_at"),
)
_unread = notice.c.read_at.is_(None)
sa.Index("ix_notice_unread", notice.c.merchant_id, notice.c.id, sqlite_where=_unread, postgresql_where=_unread)

"""What happened, by whom, before and after: append-only (triggers refuse the rest), for audit and for those we tell."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from hub.kernel import bulk, jobs
from hub.kernel.bulk import among
from hub.kernel.db import Transaction, metadata, now
from hub.kernel.ids import new_id
from hub.kernel.jobs import JobKind
from hub.kernel.types import Instant, Json, Key, microseconds

DISPATCH = JobKind("notices.dispatch", lane="default")  # per merchant: tells people what is announced
ActorKind = Literal["key", "user", "cli", "job", "channel", "system"]


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who caused a change: an API key or user by id, a command, a job, a channel, or the hub itself."""

    kind: ActorKind
    id: str = ""


CLI = Actor(kind="cli")
SYSTEM = Actor(kind="system")


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What an event is about, by the glossary's word for it and its id."""

    kind: str
    id: str


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One change, never a secret in it. `cause` names the request or job that led to it, where there is one."""

    id: str
    merchant_id: str | None
    kind: str
    subject: Subject
    actor: Actor
    cause: str | None
    before: dict[str, Any] | None  # Any: JSON that the subject's slice chose to keep
    after: dict[str, Any] | None  # Any: see before
    occurred_at: datetime


event = sa.Table(
    "event",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("merchant_id", Key),
    sa.Column("kind", Key, nullable=False),
    sa.Column("subject_kind", Key, nullable=False),
    sa.Column("subject_id", Key, nullable=False),
    sa.Column("actor_kind", Key, nullable=False),
    sa.Column("actor_id", Key, nullable=False),
    sa.Column("cause", Key),
    sa.Column("before", Json),
    sa.Column("after", Json),
    sa.Column("occurred_at", Instant, nullable=False),
    sa.Column("dispatched_at", Instant),  # NULL: announced, and nobody has been told yet
    sa.Index("ix_event_merchant_id_id", "merchant_id", "id"),
    sa.Index("ix_event_subject", "subject_kind", "subject_id", "id"),
    sa.Index(
        "ix_event_cause",
        "cause",
        "id",
        sqlite_where=sa.text("cause IS NOT NULL"),
        postgresql_where=sa.text("cause IS NOT NULL"),
    ),
    sa.Index(
        "ix_event_undispatched",
        "merchant_id",
        "id",
        sqlite_where=sa.text("dispatched_at IS NULL"),
        postgresql_where=sa.text("dispatched_at IS NULL"),
    ),
)


def record(
    db: Transaction,
    kind: str,
    *,
    subject: Subject,
    actor: Actor,
    merchant_id: str | None = None,
    before: dict[str, Any] | None = None,  # Any: see Event
    after: dict[str, Any] | None = None,  # Any: see Event
    cause: str | None = None,
    announce: bool = False,
) -> None:
    """Note a change in the transaction that makes it; all of them are written at once, last.

    What is to be announced is told to the merchant's people by a job that this transaction leaves.
    """
    event_id = new_id()
    row = {
        "id": event_id,
        "merchant_id": merchant_id,
        "kind": kind,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "cause": cause,
        "before": before,
        "after": after,
        "announced": announce,
    }
    db.collect(_write, event_id, row, lambda kept, new: new)
    if announce:
        jobs.enqueue(db, DISPATCH, key=merchant_id or "", merchant_id=merchant_id or "")


def _write(db: Transaction, rows: dict[str, dict[str, Any]]) -> None:  # Any: the columns differ in type
    db.execute(_INSERT, list(rows.values()))


_told = sa.case((sa.bindparam("announced", type_=sa.Boolean), sa.null()), else_=now())
_INSERT = sa.insert(event).values(occurred_at=now(), dispatched_at=_told)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One of many changes of one step; its id is made first, so that what changes can name it."""

    id: str = msgspec.field(default_factory=new_id)
    kind: str
    subject: Subject
    before: dict[str, Any] | None = None  # Any: see Event
    after: dict[str, Any]  # Any: see Event
    cause: str | None = None


_MANY = (
    "id", "merchant_id", "kind", "subject_kind", "subject_id", "actor_kind", "actor_id", "cause", "before", "after",
    "occurred_at", "dispatched_at",
)  # fmt: skip


def record_all(db: Transaction, merchant_id: str, changes: Collection[Change], *, actor: Actor) -> None:
    """Note many changes by one person at once, in one statement; nobody but the audit trail is told of them."""
    if not changes:
        return
    at = microseconds(db.execute(sa.select(now())).scalar_one())
    rows = [
        (
            one.id, merchant_id, one.kind, one.subject.kind, one.subject.id, actor.kind, actor.id, one.cause,
            _json(one.before), _json(one.after), at, at,
        )
        for one in changes
    ]  # fmt: skip
    bulk.upsert(db, event, _MANY, rows, conflict=("id",))


def _json(document: dict[str, Any] | None) -> str | None:  # Any: see Event
    return None if document is None else msgspec.json.encode(document).decode()


def find(db: Transaction, merchant_id: str, event_id: str) -> Event | None:
    row = db.execute(sa.select(event).where(event.c.id == event_id, event.c.merchant_id == merchant_id)).one_or_none()
    return None if row is None else read(row)


def caused_by(db: Transaction, cause: str, *, about: str, before_id: str = "", limit: int) -> list[Event]:
    """What followed from one event for such subjects, the newest first, from the one before `before_id` on."""
    query = sa.select(event).where(*_followed(cause, about)).order_by(event.c.id.desc()).limit(limit)
    return [read(row) for row in db.execute(query.where(event.c.id < before_id) if before_id else query)]


def count_caused_by(db: Transaction, cause: str, *, about: str) -> int:
    return int(db.execute(sa.select(sa.func.count()).where(*_followed(cause, about))).scalar_one())


def _followed(cause: str, about: str) -> tuple[sa.ColumnElement[bool], ...]:
    return event.c.cause == cause, event.c.subject_kind == about


_about = (
    sa.select(event.c.subject_id)
    .where(
        event.c.subject_kind == sa.bindparam("kind"),
        among(event.c.subject_id, "ids"),
        event.c.cause.is_(None),
        sa.not_(among(event.c.kind, "but")),
    )
    .distinct()
)


def told_of(db: Transaction, kind: str, ids: Collection[str], *, but: Collection[str] = ()) -> set[str]:
    """Those of these things that somebody has spoken of: any event is about them that did not follow from another.

    Events of the kinds in `but` do not count.
    """
    return set(db.execute(_about, {"kind": kind, "ids": ids, "but": but}).scalars())


def listing(
    db: Transaction,
    merchant_id: str,
    *,
    limit: int,
    before_id: str | None = None,
    kind: str | None = None,
    subject: tuple[str | None, str | None] = (None, None),
) -> list[Event]:
    """The newest first, older than `before_id`."""
    subject_kind, subject_id = subject
    wanted = sa.select(event).where(event.c.merchant_id == merchant_id).order_by(event.c.id.desc()).limit(limit)
    for column, value in ((event.c.kind, kind), (event.c.subject_kind, subject_kind), (event.c.subject_id, subject_id)):
        wanted = wanted if value is None else wanted.where(column == value)
    if before_id is not None:
        wanted = wanted.where(event.c.id < before_id)
    return [read(row) for row in db.execute(wanted)]


def undispatched(db: Transaction, merchant_id: str, *, limit: int) -> list[Event]:
    """Announced events that nobody has been told of, the oldest first; kept from others until the commit.

    Never "newer than the last one": an older event may be committed after a newer one.
    """
    whose = event.c.merchant_id == merchant_id if merchant_id else event.c.merchant_id.is_(None)
    waiting = sa.select(event).where(event.c.dispatched_at.is_(None), whose).order_by(event.c.id).limit(limit)
    return [read(row) for row in db.execute(waiting.with_for_update(skip_locked=True))]


def mark_dispatched(db: Transaction, ids: Collection[str]) -> None:
    """Note that whoever is to know of these has been told, in the transaction that tells."""
    db.execute(_DISPATCHED, {"ids": ids})


def read(row: sa.Row[Any]) -> Event:  # Any: a row of the event table
    """An event as it is stored."""
    return Event(
        id=row.id,
        merchant_id=row.merchant_id,
        kind=row.kind,
        subject=Subject(kind=row.subject_kind, id=row.subject_id),
        actor=Actor(kind=row.actor_kind, id=row.actor_id),
        cause=row.cause,
        before=row.before,
        after=row.after,
        occurred_at=row.occurred_at,
    )


_DISPATCHED = sa.update(event).where(among(event.c.id, "ids")).values(dispatched_at=now())

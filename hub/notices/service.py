"""Makes notices of what was announced, and lets people read them."""

from __future__ import annotations

from collections.abc import Sequence

from hub.kernel import events, files
from hub.kernel.bulk import StorageRow
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound
from hub.kernel.events import Actor, Event, Subject
from hub.kernel.types import microseconds
from hub.notices import rules, store
from hub.notices.rules import Words
from hub.notices.store import Notice

BATCH = 200


def dispatch(db: Transaction, merchant_id: str) -> int:
    """Tell of a batch of announced events; 0 where all have been told.

    Notices and the mark on their events are one commit, and a notice has its event's id: exactly one, whatever crashes.
    """
    waiting = events.undispatched(db, merchant_id, limit=BATCH)
    if waiting:
        store.keep(db, _rows(waiting))
        events.mark_dispatched(db, [event.id for event in waiting])
    return len(waiting)


def notice(db: Transaction, merchant_id: str, notice_id: str) -> Notice:
    found = store.find(db, merchant_id, notice_id)
    if found is None:
        raise NotFound("notice")
    return found


def read(db: Transaction, merchant_id: str, notice_id: str, *, actor: Actor) -> Notice:
    """Take a notice out of what is unread; again changes nothing."""
    if store.mark_read(db, merchant_id, notice_id):
        subject = Subject(kind="notice", id=notice_id)
        events.record(db, "notice.read", merchant_id=merchant_id, subject=subject, actor=actor)
    return notice(db, merchant_id, notice_id)


def _rows(waiting: Sequence[Event]) -> list[StorageRow]:
    told = ((event, rules.words(event.kind, event.after or {})) for event in waiting if event.merchant_id)
    return [_row(event, words) for event, words in told if words]


def _row(event: Event, words: Words) -> StorageRow:
    return (
        event.id, event.merchant_id, event.kind, words.level.value, words.title, words.text,
        event.subject.kind, event.subject.id, _link(event, words), microseconds(event.occurred_at),
    )  # fmt: skip


def _link(event: Event, words: Words) -> str | None:
    if words.file is None:
        return None
    kind, digest = words.file
    return files.address(str(event.merchant_id), kind=kind, digest=digest)

"""The audit trail: written with its change, never altered."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub.kernel import events
from hub.kernel.db import Database, Transaction, now
from hub.kernel.events import CLI, Subject, event
from hub.kernel.ids import new_id

PRODUCT = Subject(kind="product", id="p-1")


def _recorded(database: Database, merchant_id: str, *kinds: str) -> None:
    with database.writing() as db:
        for kind in kinds:
            events.record(db, kind, merchant_id=merchant_id, subject=PRODUCT, actor=CLI, after={"n": 1})


def _record_and_fail(db: Transaction, merchant_id: str) -> None:
    events.record(db, "a", merchant_id=merchant_id, subject=PRODUCT, actor=CLI)
    raise KeyError


def test_events_of_one_transaction_are_written_by_one_statement_and_read_newest_first(database: Database) -> None:
    merchant_id, statements = new_id(), []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *said: statements.append(said[2]))

    _recorded(database, merchant_id, "a", "b", "c")

    assert len([each for each in statements if each.startswith("INSERT INTO event")]) == 1
    with database.reading() as db:
        assert [each.kind for each in events.listing(db, merchant_id, limit=10)] == ["c", "b", "a"]


def test_an_event_is_gone_when_its_change_is_undone(database: Database) -> None:
    merchant_id = new_id()

    with pytest.raises(KeyError), database.writing() as db:
        _record_and_fail(db, merchant_id)

    with database.reading() as db:
        assert events.listing(db, merchant_id, limit=10) == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(sa.update(event).values(kind="other"), id="changed"),
        pytest.param(sa.update(event).values(before={"n": 2}), id="filled in"),
        pytest.param(sa.update(event).values(merchant_id=None), id="taken away from its merchant"),
        pytest.param(sa.delete(event), id="deleted"),
    ],
)
def test_an_event_is_never_changed_or_deleted(database: Database, change: sa.Executable) -> None:
    _recorded(database, new_id(), "a")

    with pytest.raises(sa.exc.DBAPIError, match="append-only"), database.writing() as db:
        db.execute(change)


def test_telling_it_to_others_is_noted(database: Database) -> None:
    _recorded(database, new_id(), "a")

    with database.writing() as db:
        noted = db.execute(sa.update(event).values(dispatched_at=now()))

    assert noted.rowcount == 1


@pytest.mark.parametrize(
    ("kind", "subject", "found"),
    [(None, (None, None), 2), ("a", (None, None), 1), (None, ("product", "p-1"), 2), (None, ("product", "p-2"), 0)],
)
def test_events_are_found_by_kind_and_subject(
    database: Database, kind: str | None, subject: tuple[str | None, str | None], found: int
) -> None:
    merchant_id = new_id()
    _recorded(database, merchant_id, "a", "b")

    with database.reading() as db:
        assert len(events.listing(db, merchant_id, limit=10, kind=kind, subject=subject)) == found

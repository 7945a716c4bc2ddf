"""Keys at rest and in use."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub.kernel.api.policy import Access, Unauthorised
from hub.kernel.clock import Clock
from hub.kernel.db import Database, metadata
from hub.kernel.errors import Refused
from hub.kernel.events import CLI
from hub.merchants import service, store
from hub.merchants.service import Admission
from hub.merchants.tables import api_key
from tests.callers import SETTINGS, a_key

LIFE = timedelta(days=1)


def _admission(database: Database, passed: timedelta = timedelta(0)) -> Admission:
    url = database.engine.url.render_as_string(hide_password=False)
    return Admission(Database(url, clock=Clock(passed)), SETTINGS.environment)


def _expiring(database: Database) -> str:
    with database.writing() as db:
        _, text = service.create_key(
            db,
            "erp",
            environment=SETTINGS.environment,
            merchants=None,
            access=Access.READ,
            expires_at=database.clock.now() + LIFE,
            actor=CLI,
        )
    return text


def test_no_secret_is_stored_anywhere(database: Database) -> None:
    secret = a_key(database).rpartition("_")[2]

    with database.reading() as db:
        rows = [repr(row) for table in metadata.sorted_tables for row in db.execute(sa.select(table))]

    assert [row for row in rows if secret in row] == []


def test_a_key_works_until_it_expires(database: Database) -> None:
    text = _expiring(database)

    caller = _admission(database, LIFE - timedelta(minutes=1))(text, None)

    assert (caller.access, caller.merchants) == (Access.READ, None)
    with pytest.raises(Unauthorised):
        _admission(database, LIFE + timedelta(minutes=1))(text, None)


def test_expired_keys_give_their_places_to_the_next(database: Database) -> None:
    for _ in range(2):
        _expiring(database)
    url = database.engine.url.render_as_string(hide_password=False)

    assert _expiring(Database(url, clock=Clock(LIFE * 2)))


def test_a_wrong_secret_behind_a_right_id_is_refused(database: Database) -> None:
    text = a_key(database)
    with database.writing() as db:
        db.execute(sa.update(api_key).values(digest="0" * 64))

    with pytest.raises(Unauthorised):
        _admission(database)(text, None)


def test_use_is_noted_by_the_minute_and_not_by_the_request(database: Database) -> None:
    admission, text, writes = _admission(database), a_key(database), []
    sa.event.listen(admission._database.engine, "before_cursor_execute", lambda *said: writes.append(said[2]))

    (key_id,) = {admission(text, None).key_id for _ in range(20)}

    assert len([each for each in writes if each.startswith("UPDATE")]) == 1
    with database.reading() as db:
        found = store.find_key(db, key_id)
    assert found is not None
    assert found.last_used_at is not None
    minute = found.last_used_at.replace(second=0, microsecond=0)
    assert found.last_used_at == max(minute, found.created_at), "a minute, but never one before the key was made"


def test_a_key_was_never_used_before_it_was_made(database: Database) -> None:
    key_id = _admission(database)(a_key(database), None).key_id
    with database.writing() as db:
        db.execute(sa.update(api_key).values(last_used_at=database.clock.now() - timedelta(seconds=59)))

    with database.reading() as db:
        found = store.find_key(db, key_id)

    assert found is not None
    assert found.last_used_at == found.created_at


def test_a_busy_database_does_not_refuse_a_valid_key_for_a_remark(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*given: object) -> None:
        raise sa.exc.OperationalError("UPDATE", {}, Exception("locked"))

    admission, text = _admission(database), a_key(database)
    monkeypatch.setattr(store, "note_use", busy)

    assert admission(text, None).access == Access.ADMIN


def test_of_many_who_make_a_key_at_once_two_succeed(database: Database) -> None:
    def make(_: int) -> str:
        try:
            return a_key(database, name="raced")
        except Refused as refused:
            return refused.code

    with ThreadPoolExecutor(6) as makers:
        answers = list(makers.map(make, range(12)))

    assert answers.count("two_live_keys") == 10

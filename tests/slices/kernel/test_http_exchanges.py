"""What the hub remembers of its talk with a channel, and what it must never remember."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx
import msgspec
import pytest
import sqlalchemy as sa

from hub.kernel import tracing
from hub.kernel.db import Database
from hub.kernel.http import ChannelHttp, Conversation, Exchange, Redactor, purge_exchanges, recent
from hub.kernel.http.tables import exchange, rate
from tests.slices.kernel.wire import answering, ok

SECRET = "s3cr3t/with+odd=signs&"


def kept(database: Database, account_id: str = "shop") -> list[Exchange]:
    with database.reading() as db:
        return list(recent(db, account_id))


def a_client(database: Database, account_id: str = "shop") -> httpx.Client:
    return ChannelHttp(database, allow_loopback=True).client(account_id=account_id, secrets=[SECRET])


def test_a_call_is_recorded_once_it_has_ended(database: Database) -> None:
    trace, conversation, client = tracing.start(), Conversation(), a_client(database)

    with answering(ok(b'{"items": []}')) as wire:
        with conversation.answering(20):
            client.get(f"{wire.url}/items", params={"page": 1})
        before = kept(database)
        conversation.end()

    (found,) = kept(database)
    assert before == []
    assert (found.method, found.url, found.status) == ("GET", f"{wire.url}/items?page=1", 200)
    assert (found.received, found.failed, found.answer) == (13, False, "")
    assert found.trace_id == trace.trace_id


class Impatient:
    """The lock of a database that says at once what would otherwise be waited for in vain."""

    def __init__(self, database: Database, taken: Callable[[], None] = lambda: None) -> None:
        self._lock, self._taken = database._writer, taken

    def __enter__(self) -> None:
        assert self._lock.acquire(timeout=1), "a thread waits for itself"
        taken, self._taken = self._taken, lambda: None
        taken()

    def __exit__(self, *exception: object) -> None:
        self._lock.release()


def test_a_talk_that_is_collected_in_the_middle_of_a_transaction_holds_nobody_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_writer", Impatient(database))
    conversation, client = Conversation(), a_client(database)
    with answering(ok(b"{}")) as wire, conversation.answering(20):
        client.get(wire.url)

    with database.writing() as db:
        conversation.end()
        db.execute(sa.insert(rate).values(scope="mine", tat=1))

    with database.reading() as db:
        assert db.execute(sa.select(rate.c.scope)).scalars().all() == ["mine"]


def test_a_talk_that_is_collected_in_the_moment_in_which_its_thread_may_write_holds_nobody_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation, client = Conversation(), a_client(database)
    monkeypatch.setattr(database, "_writer", Impatient(database, taken=conversation.end))
    with answering(ok(b"{}")) as wire, conversation.answering(20):
        client.get(wire.url)

    with database.writing() as db:
        db.execute(sa.insert(rate).values(scope="mine", tat=1))

    with database.reading() as db:
        assert db.execute(sa.select(rate.c.scope)).scalars().all() == ["mine"]


def test_the_last_twenty_of_an_account_and_its_last_twenty_failures_are_kept(database: Database) -> None:
    client, other = a_client(database), a_client(database, "other")
    with answering(ok(b"no", status=b"500 Oops")) as broken, answering(ok(b"{}")) as wire:
        for number in range(25):
            client.get(f"{broken.url}/{number}")
        for number in range(45):
            client.get(f"{wire.url}/{number}")
        other.get(wire.url)
    client.close()
    other.close()

    found = kept(database)
    fine = [one.url.rpartition("/")[2] for one in found if not one.failed]
    failed = [one.url.rpartition("/")[2] for one in found if one.failed]

    assert fine == [str(number) for number in range(44, 24, -1)]
    assert failed == [str(number) for number in range(24, 4, -1)]
    assert len(kept(database, "other")) == 1


def test_a_failure_is_recorded_with_what_the_channel_said(database: Database) -> None:
    answer = b'{"error": {"code": 4011, "message": "shop is closed", "access_token": "abc"}, "buyer_name": "Budi"}'
    client = a_client(database)
    with answering(ok(answer, status=b"422 No")) as wire:
        client.get(wire.url)
    client.close()

    (found,) = kept(database)

    assert found.failed
    assert msgspec.json.decode(found.answer) == {
        "error": {"code": 4011, "message": "shop is closed", "access_token": "[redacted]"},
        "buyer_name": "[redacted]",
    }


def test_a_request_nobody_answered_is_recorded(database: Database) -> None:
    client = a_client(database)
    with answering(lambda connection: connection.close()) as wire, pytest.raises(httpx.RemoteProtocolError):
        client.get(wire.url)
    client.close()

    (found,) = kept(database)

    assert (found.status, found.failed) == (None, True)
    assert "RemoteProtocolError" in found.error


def test_a_record_that_cannot_be_written_fails_no_call(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.writing() as db:
        exchange.drop(db.connection)
    client, conversation = a_client(database), Conversation()

    with answering(ok(b"fine")) as wire, conversation.answering(20):
        answer = client.get(wire.url)
    conversation.end()
    database.dispose()

    assert answer.content == b"fine"


def test_records_leave_after_their_retention_and_failures_later(database: Database) -> None:
    client = a_client(database)
    with answering(ok(b"{}")) as wire, answering(ok(b"", status=b"500 Oops")) as broken:
        client.get(wire.url)
        client.get(broken.url)
    client.close()

    left = []
    for days in (29, 31, 91):
        with database.writing() as db:
            then = database.clock.now() - timedelta(days=days)
            db.execute(sa.update(exchange).values(at=then))
            purge_exchanges(db)
        left.append([one.status for one in kept(database)])

    assert left == [[500, 200], [500], []]


@pytest.mark.parametrize(
    "leak",
    [
        pytest.param(f"login with {SECRET} failed", id="in a message"),
        pytest.param("login with s3cr3t%2Fwith%2Bodd%3Dsigns%26 failed", id="as a URL spells it"),
        pytest.param('{"client_secret": "another-secret-value"}', id="named in JSON"),
        pytest.param("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.Et9HFtf9R3", id="a bearer token"),
        pytest.param("POST /token?client_secret=another-secret-value", id="in a query"),
    ],
)
def test_no_secret_survives_in_a_text(leak: str) -> None:
    shown = Redactor([SECRET]).text(leak)

    assert "[redacted]" in shown
    assert not any(part in shown for part in ("s3cr3t", "another-secret-value", "eyJ"))


@pytest.mark.parametrize("text", ["basic authentication is missing", "idempotency key: 17", "token: expired", ""])
def test_an_honest_text_stays_as_it_is(text: str) -> None:
    assert Redactor([SECRET, "", "a"]).text(text) == text


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/v1?access_token=hunter2",
        "https://shop.example/v1?sign=hunter2&page=1",
        "https://hunter2:hunter2@shop.example/v1",
        "https://shop.example/v1?code=hunter2#hunter2",
        "https://shop.example/v1?buyer_phone=hunter2",
        "https://shop.example/known-hunter2/v1",
    ],
)
def test_no_secret_survives_in_an_address(url: str) -> None:
    assert "hunter2" not in Redactor(["known-hunter2"]).url(httpx.URL(url))


@pytest.mark.parametrize(
    "body",
    [
        b"<html>call +62 812 3456 7890</html>",
        b'{"recipient": {"name": "Budi", "lines": ["+62 812 3456 7890"]}}',
        b'["write to budi@example.com or +6281234567890"]',
        b'{"note": "budi@example.com"}' + b" " * 9_000,
        b'{"phone": 6281234567890',
    ],
)
def test_nobody_can_be_reached_through_a_record(body: bytes) -> None:
    shown = Redactor().body(body)

    assert not any(part in shown for part in ("812", "budi@", "Budi"))
    assert len(shown) <= 2_000


@pytest.mark.parametrize("path", ["/a%00b", "/?q=%00%0d%0aX-Forged:%201", "/?q=%ed%a0%80", "/%ff?%ff=%fe"])
def test_any_address_can_be_recorded(database: Database, path: str) -> None:
    client = a_client(database)
    with answering(ok(b"{}")) as wire:
        client.get(wire.url + path)
    client.close()

    (found,) = kept(database)

    assert found.url.isprintable()


@pytest.mark.parametrize("body", [b"", b"\xff\x00\xfe", b"[" * 4_000, b'"\\ud800"', b"\x00"])
def test_any_body_can_be_recorded(database: Database, body: bytes) -> None:
    client = a_client(database)
    with answering(ok(body, status=b"500 Oops")) as wire:
        client.get(wire.url)
    client.close()

    assert len(kept(database)) == 1

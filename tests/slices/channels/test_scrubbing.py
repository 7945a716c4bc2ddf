"""Whatever a plugin raises, and however a secret hides in it: nobody is shown the secret."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Generator, Iterator
from contextlib import closing
from types import MappingProxyType
from typing import cast

import pytest
import structlog
from hub_hookspecs import AccountCheck, ChannelError, Item, Page, Rejected, Temporary, Token

from hub.channels.host import PluginBug
from hub.channels.service.doors import open_door
from hub.channels.service.wiring import Channels
from hub.cli import main
from hub.kernel import jobs, logs
from hub.kernel.db import Database
from hub.kernel.jobs import Done, Job, JobKind
from tests.slices.channels.conftest import RING, Client, authorise, connect, run_jobs
from tests.slices.channels.hosted import AnyAccount, FrontDoor, a_page, a_plugin, an_item, hosting
from tests.slices.channels.leaks import LEAKS
from tests.slices.channels.shops import Bazaar
from tests.slices.channels.test_secrets import CANARY, dump

ASKS = JobKind("tests.asks")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """The log as production writes it."""
    stream, handlers, level = io.StringIO(), logging.getLogger().handlers[:], logging.getLogger().level
    logs.configure(stream=stream, json=True)
    yield stream
    structlog.reset_defaults()
    logging.basicConfig(handlers=handlers, level=level, force=True)


def hits(text: str) -> list[str]:
    return sorted(set(CANARY.findall(text)))


def test_no_way_of_raising_an_error_shows_a_secret(
    channels: Channels,
    bazaar: Bazaar,
    client: Client,
    merchant: str,
    database_url: str,
    written: io.StringIO,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = authorise(channels, merchant)
    ids = {how: _enqueued(channels.database, merchant, shop.id, how) for how in LEAKS}

    def ask(job: Job) -> Done:
        door = open_door(channels, shop.id)
        bazaar.refusing = LEAKS[job.key]
        channels.hosts.loaded["bazaar"].check_account(door)
        return Done()

    run_jobs(channels, MappingProxyType({ASKS: ask}))

    monkeypatch.setenv("HUB_DATABASE_URL", database_url)
    monkeypatch.setenv("HUB_KEY_RING", RING)
    log, wrong = written.getvalue(), {}
    for how, job_id in ids.items():
        answer = client.get(f"/v1/merchants/{merchant}/jobs/{job_id}").text
        assert main(("job", "show", job_id, "--traceback")) == 0
        said = capsys.readouterr()
        assert '"error":{' in answer, how
        if found := hits(answer + said.out + said.err):
            wrong[how] = found
    listed = client.get(f"/v1/merchants/{merchant}/jobs").text
    assert wrong == {}
    assert hits(listed + log + dump(channels.database)) == []
    assert "plugin bug" in log


def test_no_answer_of_the_api_shows_a_secret(bazaar: Bazaar, client: Client, merchant: str) -> None:
    answers = {}

    for how, leak in LEAKS.items():
        bazaar.refusing = leak
        answers[how] = connect(client, merchant)

    assert {how: hits(answer.text) for how, answer in answers.items() if hits(answer.text)} == {}
    assert {answer.json()["code"] for answer in answers.values()} >= {"plugin_bug", "channel_unavailable"}
    assert all(secret not in answer.text for answer in answers.values() for secret in bazaar.generated)


@pytest.mark.parametrize("kind", [Rejected, Temporary])
def test_a_refusal_that_tells_too_much_keeps_its_meaning(kind: type[Exception]) -> None:
    class Refusal(kind):  # type: ignore[misc,valid-type]  # either of two
        def __str__(self) -> str:
            return "no to hunter2-hunter2"

    def check_account(account: AnyAccount) -> AccountCheck:
        raise Refusal("no", code="E-7")

    with pytest.raises(kind, match=r"^no to \[redacted\]$") as raised:
        hosting(a_plugin(check_account=check_account)).check_account(FrontDoor())

    assert isinstance(raised.value, ChannelError)
    assert raised.value.code == "E-7"


def test_an_error_of_no_secret_keeps_its_class_its_notes_its_cause_and_its_place() -> None:
    def check_account(account: AnyAccount) -> AccountCheck:
        error = KeyError("data", 7)
        error.add_note("in the second answer")
        raise error from ValueError({"page": 2})

    with pytest.raises(PluginBug) as raised:
        hosting(a_plugin(check_account=check_account)).check_account(FrontDoor())

    told = "".join(traceback.format_exception(raised.value))
    assert "KeyError: ('data', 7)" in told
    assert "in the second answer" in told
    assert "ValueError: {'page': 2}" in told
    assert "in check_account" in told


def test_neither_the_old_token_nor_what_renews_it_leaves_with_an_error() -> None:
    def authenticate(account: AnyAccount, old: Token | None) -> Token:
        assert old
        raise ValueError({"sent": [old.value, old.refresh]})

    host = hosting(a_plugin(authenticate=authenticate))
    with pytest.raises(PluginBug) as raised:
        host.authenticate(FrontDoor(), Token(value=f"canary-{1}", refresh=f"canary-{2}"))

    assert hits("".join(traceback.format_exception(raised.value))) == []


def test_a_stream_that_does_not_close_tells_no_secret(written: io.StringIO) -> None:
    def import_items(account: AnyAccount, cursor: str) -> Iterator[Page[Item]]:
        try:
            yield a_page(an_item())
        finally:
            raise ValueError({"sent": account.settings.api_secret})

    pages = hosting(a_plugin(import_items=import_items)).import_items(FrontDoor(), "")
    with closing(cast("Generator[object]", pages)):  # closed as Python does it when nobody asks any more
        next(pages)

    assert "plugin did not close its stream" in written.getvalue()
    assert "hunter2" not in written.getvalue()


def _enqueued(database: Database, merchant: str, account: str, key: str) -> str:
    with database.writing() as db:
        ticket = jobs.enqueue(db, ASKS, key=key, merchant_id=merchant, account_id=account)
        db.flush()
        return ticket.job_id

"""What the hub does next, whatever a plugin raises while it is asked."""

from __future__ import annotations

import json
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import msgspec
import pytest
import sqlalchemy as sa
from dramatiq.middleware import Shutdown
from hub_hookspecs import (
    ActionRequired,
    BadSignature,
    RateLimited,
    Rejected,
    Temporary,
    UnknownOutcome,
)

from hub.channels.host import PluginBug
from hub.channels.host.errors import MAY_BE_UNKNOWN
from hub.kernel.db import Database
from hub.kernel.http import ChannelHttp
from tests.slices.channels.hosted import (
    OUTBOUND,
    SEVEN,
    AnyAccount,
    FrontDoor,
    answered,
    behaving,
    raising,
    verdict,
)
from tests.slices.kernel.wire import answering, ok

STATUSES = [
    pytest.param(400, Rejected, Rejected, id="400"),
    pytest.param(401, ActionRequired, ActionRequired, id="401, also with a new token"),
    pytest.param(403, ActionRequired, ActionRequired, id="403"),
    pytest.param(404, Rejected, Rejected, id="404"),
    pytest.param(409, Rejected, Rejected, id="409"),
    pytest.param(422, Rejected, Rejected, id="422"),
    pytest.param(408, Temporary, UnknownOutcome, id="408: the channel gave up waiting"),
    pytest.param(429, RateLimited, RateLimited, id="429"),
    pytest.param(500, Temporary, UnknownOutcome, id="500"),
    pytest.param(502, Temporary, UnknownOutcome, id="502"),
    pytest.param(503, Temporary, Temporary, id="503"),
    pytest.param(504, Temporary, UnknownOutcome, id="504"),
    pytest.param(302, ActionRequired, ActionRequired, id="302"),
]
FAILURES = [
    pytest.param(httpx.ConnectError("refused"), Temporary, Temporary, id="nobody there"),
    pytest.param(httpx.ConnectTimeout("slow"), Temporary, Temporary, id="nobody answers"),
    pytest.param(httpx.PoolTimeout("busy"), Temporary, Temporary, id="no connection free"),
    pytest.param(httpx.ReadTimeout("slow"), Temporary, UnknownOutcome, id="no answer in time"),
    pytest.param(httpx.WriteError("gone"), Temporary, UnknownOutcome, id="cut while sending"),
    pytest.param(httpx.ReadError("reset"), Temporary, UnknownOutcome, id="cut while answering"),
    pytest.param(httpx.RemoteProtocolError("closed"), Temporary, UnknownOutcome, id="closed without an answer"),
    pytest.param(httpx.DecodingError("bomb"), Temporary, UnknownOutcome, id="answer that cannot be unpacked"),
    pytest.param(httpx.InvalidURL("no host"), ActionRequired, ActionRequired, id="address that is none"),
    pytest.param(msgspec.DecodeError("cut off"), Temporary, UnknownOutcome, id="truncated JSON"),
    pytest.param(msgspec.ValidationError("no id"), Temporary, UnknownOutcome, id="JSON of another shape"),
    pytest.param(json.JSONDecodeError("html", "<", 0), Temporary, UnknownOutcome, id="a page of HTML"),
    pytest.param(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"), Temporary, UnknownOutcome, id="not UTF-8"),
    pytest.param(UnknownOutcome("who knows"), Temporary, UnknownOutcome, id="the plugin does not know"),
    pytest.param(Rejected("no"), Rejected, Rejected, id="rejected on purpose"),
    pytest.param(Temporary("later"), Temporary, Temporary, id="temporary on purpose"),
    pytest.param(BadSignature("forged"), BadSignature, BadSignature, id="bad signature"),
]


@pytest.mark.parametrize(("status", "reading", "pushing"), STATUSES)
@pytest.mark.parametrize("hook", [*SEVEN, "push_stock", "import_items", "list_categories"])
def test_a_status_means_what_the_hook_makes_of_it(
    hook: str, status: int, reading: type[Exception], pushing: type[Exception]
) -> None:
    expected = pushing if hook in MAY_BE_UNKNOWN else reading

    assert type(verdict(hook, answered(status))) is expected


@pytest.mark.parametrize(("error", "reading", "pushing"), FAILURES)
@pytest.mark.parametrize("hook", [*SEVEN, "push_stock", "import_items", "check_account"])
def test_a_failure_means_what_the_hook_makes_of_it(
    hook: str, error: Exception, reading: type[Exception], pushing: type[Exception]
) -> None:
    expected = pushing if hook in MAY_BE_UNKNOWN else reading

    assert type(verdict(hook, raising(error))) is expected


BUGS = [
    KeyError("data"), IndexError(3), TypeError("int"), ValueError("bad"), AttributeError("x"), ZeroDivisionError(),
    AssertionError(), NotImplementedError(), RuntimeError("no"), LookupError(), OSError(5, "io"), MemoryError(),
    RecursionError(), StopIteration(1), StopAsyncIteration(), ArithmeticError(), BufferError(), EOFError(),
    ImportError("x"), NameError("x"), ReferenceError(), SystemError(), SystemExit(1), GeneratorExit(),
    BaseException("x"), PermissionError(13, "no"), TimeoutError(), FloatingPointError(),
    ExceptionGroup("two", [KeyError()]), httpx.LocalProtocolError("our mistake"),
]  # fmt: skip


@pytest.mark.parametrize("error", BUGS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("hook", ["push_outbound", "import_items"])
def test_anything_else_is_a_plugin_bug_and_the_worker_lives_on(hook: str, error: BaseException) -> None:
    assert type(verdict(hook, raising(error))) is PluginBug


def test_a_bug_keeps_its_traceback_and_names_its_plugin() -> None:
    found = verdict("push_outbound", raising(KeyError("data")))

    assert isinstance(found.__cause__, KeyError)
    assert isinstance(found, PluginBug)
    assert (str(found), found.source) == ("shop.push_outbound: KeyError: 'data'", "plugin:shop")


def test_a_statement_of_the_hub_that_breaks_during_a_call_is_not_shown() -> None:
    broken = sa.exc.ProgrammingError("SELECT sealed FROM token", {}, Exception("no such column"))

    found = verdict("import_items", raising(broken))

    assert "SELECT" not in str(found)
    assert "ProgrammingError" in str(found)
    assert "SELECT sealed" in "".join(traceback.format_exception(found)), "for who mends code"


def test_a_plugin_cannot_interrupt_a_worker_thread() -> None:
    host = behaving("push_outbound", raising(KeyboardInterrupt()))

    with ThreadPoolExecutor(1) as worker:
        told = worker.submit(host.push_outbound, FrontDoor(), OUTBOUND)

    assert isinstance(told.exception(), PluginBug)


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), Shutdown()], ids=["Ctrl-C", "worker shutdown"])
def test_a_wish_to_stop_passes_through(stop: BaseException) -> None:
    host = behaving("push_outbound", raising(stop))

    with pytest.raises(type(stop)):
        host.push_outbound(FrontDoor(), OUTBOUND)


def test_a_plugin_that_breaks_after_it_has_spoken_leaves_the_outcome_unknown(sqlite_url: str) -> None:
    def break_after_sending(account: AnyAccount) -> str:
        answer: str = account.http.post(wire.url).json()["reference"]  # there is none
        return answer

    database = Database(sqlite_url)
    http = ChannelHttp(database, allow_loopback=True)
    with answering(ok(b"{}")) as wire, pytest.raises(UnknownOutcome) as raised:
        behaving("push_outbound", break_after_sending).push_outbound(
            FrontDoor(client=http.client(account_id="account")), OUTBOUND
        )
    database.dispose()

    assert raised.value.code == "plugin_bug"


def test_a_time_out_called_temporary_by_the_plugin_is_unknown_all_the_same() -> None:
    def careless(account: AnyAccount) -> None:
        try:
            raise httpx.ReadTimeout("slow")
        except httpx.HTTPError as error:
            raise Temporary("network trouble") from error

    assert type(verdict("push_outbound", careless)) is UnknownOutcome
    assert type(verdict("push_stock", careless)) is Temporary


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        pytest.param("7", 7, 7, id="seconds"),
        pytest.param("86400", 3600, 3600, id="a day is cut to an hour"),
        pytest.param("-5", None, None, id="negative"),
        pytest.param("soon", None, None, id="a word"),
        pytest.param("9" * 400, 3600, 3600, id="beyond every number"),
        pytest.param(format_datetime(datetime.now(UTC) + timedelta(minutes=50), usegmt=True), 60, 3000, id="a date"),
        pytest.param("Thu, 01 Jan 1970 00:00:00 GMT", 0, 0, id="a date long past"),
        pytest.param("Thu, 99 Foo 1970 99:00:00 GMT", None, None, id="no date"),
    ],
)
def test_retry_after_is_obeyed_as_far_as_it_makes_sense(header: str, least: float | None, most: float | None) -> None:
    found = verdict("import_items", answered(429, {"retry-after": header}))

    assert isinstance(found, RateLimited)
    pause = found.retry_after and found.retry_after.total_seconds()
    assert pause == least if least is None or most is None else least <= (pause or 0) <= most


@pytest.mark.parametrize("kind", [ValueError, KeyError, Rejected, RuntimeError])
def test_no_secret_leaves_with_an_error(kind: type[Exception], caplog: pytest.LogCaptureFixture) -> None:
    def leak(account: AnyAccount) -> None:
        try:
            int(account.settings.api_secret)
        except ValueError as error:
            raise kind(f"login with {account.token} and {account.settings.api_secret}") from error

    found: BaseException | None = verdict("push_outbound", leak)

    chain = []
    while found:
        chain.append(repr(found))
        found = found.__cause__
    assert len(chain) >= 2
    assert "hunter2" not in "".join(chain) + caplog.text
    assert "token-0" not in "".join(chain) + caplog.text

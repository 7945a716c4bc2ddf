"""The conventions that hold for every route."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import anyio
import httpx
import psycopg
import pytest
import sqlalchemy as sa
from hub_hookspecs import errors as channel
from litestar import Litestar, get, post
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.params import JSONBody
from litestar.testing import TestClient

from hub.kernel.api import observing
from hub.kernel.api.openapi import describe
from hub.kernel.api.policy import Access, open_to_all, policy_of, undeclared
from hub.kernel.db import Database
from hub.kernel.errors import Refused, Unavailable
from tests.callers import a_key, a_merchant, an_app, bearer, calling

Client = TestClient[Litestar]
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
OPEN = {"/healthz", "/readyz", "/metrics", "/openapi.json", "/labels/{token}"}
ABSENT = "01900000-0000-7000-8000-000000000000"


def test_every_route_declares_who_may_call_it(app_on_sqlite: Litestar) -> None:
    assert undeclared(app_on_sqlite) == []


def test_a_route_that_forgot_its_policy_is_found_and_answers_nobody(app_on_sqlite: Litestar) -> None:
    @get("/forgotten", sync_to_thread=False)
    def forgotten() -> str:
        return "secret"

    app_on_sqlite.register(forgotten)

    assert undeclared(app_on_sqlite) == ["['GET'] /forgotten"]
    with calling(app_on_sqlite) as client:
        assert client.get("/forgotten").status_code == 403


def test_only_what_machines_ask_is_open_to_all(app_on_sqlite: Litestar) -> None:
    open_routes = {path for path, _, handler in _routes(app_on_sqlite) if _is_open(handler)}

    described = {path.replace(":str}", "}") for path in open_routes}
    assert {path for path in described if not path.startswith("/webhooks/")} == OPEN


def test_every_tenant_route_refuses_other_merchants_as_if_they_were_absent(
    platform: Client, database: Database
) -> None:
    ours, theirs = a_merchant(database), a_merchant(database, "Warung Sari")
    key = bearer(a_key(database, merchants=(ours,)))
    answers = {}

    for path, method, handler in _routes(platform.app):
        if "{merchant_id" not in path or not policy_of(handler):
            continue
        for whose, merchant_id in (("another's", theirs), ("absent", ABSENT)):
            answer = platform.request(method, _filled(path, merchant_id), headers=key)
            answers[method, path, whose] = (answer.status_code, answer.json()["detail"])

    assert len(answers) > 10
    assert set(answers.values()) == {(404, "no such merchant")}


@pytest.mark.parametrize("access", list(Access))
def test_every_route_does_what_its_policy_says_for_each_kind_of_key(
    platform: Client, database: Database, access: Access
) -> None:
    merchant_id = a_merchant(database)
    keys = {
        "platform": bearer(a_key(database, access=access, name="p")),
        "merchant": bearer(a_key(database, access=access, merchants=(merchant_id,), name="m")),
    }
    wrong = []

    for path, method, handler in _routes(platform.app):
        policy = policy_of(handler)
        if policy is None or policy.access is None:
            continue
        for kind, key in keys.items():
            status = platform.request(method, _filled(path, merchant_id), headers=key).status_code
            allowed = access.includes(policy.access) and (kind == "platform" or not policy.platform)
            if (status == 403) == allowed:
                wrong.append((method, path, kind, status))

    assert wrong == []


def test_without_a_key_every_route_that_needs_one_answers_401(app_on_sqlite: Litestar) -> None:
    answers = set()

    with calling(app_on_sqlite) as client:
        for number, (path, method, handler) in enumerate(_routes(app_on_sqlite)):
            if not _is_open(handler) and number < 20:  # wrong keys are slowed down after 30
                answers.add(client.request(method, _filled(path, ABSENT)).status_code)

    assert answers == {401}


def test_every_answer_carries_its_trace_and_the_security_headers(platform: Client) -> None:
    given = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}

    answers = [platform.get(path, headers=given) for path in ("/v1/merchants", "/nowhere", "/healthz")]
    answers.append(platform.put("/v1/merchants", headers=given))

    for answer in answers:
        assert answer.headers["traceparent"].split("-")[1] == TRACE
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "max-age" in answer.headers["strict-transport-security"]
    assert [answer.json()["trace_id"] for answer in answers if answer.status_code >= 400] == [TRACE, TRACE]


@pytest.mark.parametrize("given", ["", "garbage", f"00-{'0' * 32}-00f067aa0ba902b7-01", f"00-{TRACE.upper()}-x-01"])
def test_a_broken_trace_context_begins_a_new_trace(app_on_sqlite: Litestar, given: str) -> None:
    with calling(app_on_sqlite) as client:
        answer = client.get("/healthz", headers={"traceparent": given})

    assert re.fullmatch(r"00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-01", answer.headers["traceparent"])


def _pool_timeout() -> Exception:
    return sa.exc.TimeoutError("QueuePool limit reached")


@pytest.mark.parametrize(
    ("error", "status", "code", "source", "retry_after"),
    [
        pytest.param(Refused("no", code="busy"), 409, "busy", "hub", None, id="the hub says no"),
        pytest.param(Unavailable("later"), 503, "unavailable", "hub", "2", id="the hub lacks something"),
        pytest.param(channel.ActionRequired("consent ended"), 422, "action_required", "channel", None, id="a person"),
        pytest.param(channel.Rejected("no", code="E-7"), 422, "E-7", "channel", None, id="the channel says no"),
        pytest.param(channel.Temporary("down"), 503, "channel_unavailable", "channel", "2", id="the channel is down"),
        pytest.param(
            channel.RateLimited("slow", retry_after=timedelta(seconds=7.2)),
            503,
            "channel_rate_limited",
            "channel",
            "8",
            id="the channel asks for a pause",
        ),
        pytest.param(channel.UnknownOutcome("?"), 504, "unknown_outcome", "channel", None, id="nobody knows"),
        pytest.param(_pool_timeout(), 503, "database_unavailable", "hub", "2", id="no connection is free"),
        pytest.param(
            sa.exc.OperationalError("", {}, psycopg.errors.ProgramLimitExceeded("secret detail")),
            500,
            "internal",
            "hub",
            None,
            id="what no database bears",
        ),
        pytest.param(ZeroDivisionError("secret detail"), 500, "internal", "hub", None, id="a bug"),
        pytest.param(KeyError("secret detail"), 500, "internal", "hub", None, id="another bug"),
    ],
)
def test_every_error_is_a_problem_with_an_honest_status(
    app_on_sqlite: Litestar, error: Exception, status: int, code: str, source: str, retry_after: str | None
) -> None:
    app_on_sqlite.register(_raising(error))

    with calling(app_on_sqlite) as client:
        answer = client.get("/raise")

    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, problem["status"], problem["code"], problem["source"]) == (status, status, code, source)
    assert answer.headers.get("retry-after") == retry_after
    assert problem["type"] == f"/problems/{code}"
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text


def test_a_statement_that_is_wrong_is_a_bug_and_not_a_shortage(app_on_sqlite: Litestar, database: Database) -> None:
    @get("/wrong", opt=open_to_all(), sync_to_thread=True)
    def wrong() -> None:
        with database.reading() as db:
            db.execute(sa.text("SELECT nothing FROM nowhere"))

    app_on_sqlite.register(wrong)

    with calling(app_on_sqlite) as client:
        assert client.get("/wrong").status_code == 500


def test_a_database_that_went_away_is_503_and_the_process_is_not_ready(postgres_url: str) -> None:
    database = Database(postgres_url)
    key = a_key(database)
    away = Database(postgres_url.replace("/hub_", "/gone_"))

    with an_app(away) as app, calling(app, key) as client:
        asked, ready, alive, measured = (
            client.get(path) for path in ("/v1/merchants", "/readyz", "/healthz", "/metrics")
        )

    database.dispose()
    assert (asked.status_code, asked.headers["retry-after"], asked.json()["retryable"]) == (503, "2", True)
    assert (ready.status_code, ready.json()["parts"]["database"]) == (503, "away")
    assert (alive.status_code, measured.status_code) == (200, 200)
    assert "hub_http_requests_total{" in measured.text
    assert "hub_stock_listings_behind{" not in measured.text


def test_a_process_is_ready_when_its_database_answers(platform: Client) -> None:
    assert platform.get("/readyz").json() == {"status": "ok", "parts": {"database": "ok"}}


def test_the_metrics_count_answers_by_route_and_never_by_address(platform: Client, database: Database) -> None:
    merchant_id = a_merchant(database)
    platform.get(f"/v1/merchants/{merchant_id}")
    platform.get(f"/nowhere/{merchant_id}")

    shown = platform.get("/metrics").text

    assert 'hub_http_requests_total{method="GET",route="/v1/merchants/{merchant_id}",status="200"}' in shown
    assert merchant_id not in shown


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("colour=red", "colour"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("limit=1&limit=2", "limit"),
        ("limit=9223372036854775808", "limit"),
        ("cursor=abc", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=%ff", "cursor"),
        ("%00=1", "%00"),
    ],
)
def test_a_query_that_the_route_does_not_know_is_refused_by_name(platform: Client, query: str, field: str) -> None:
    answer = platform.get(f"/v1/merchants?{query}")

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field.replace("%00", "\0")]


def test_the_description_names_every_route_and_only_those(platform: Client) -> None:
    described = platform.get("/openapi.json").json()

    documented = {(path, method.upper()) for path, each in described["paths"].items() for method in each}
    real = {(_path(path), method) for path, method, _ in _routes(platform.app)}
    assert real - documented == {("/metrics", "GET"), ("/openapi.json", "GET")}
    assert documented - real == set()


def test_the_description_documents_refusals_keys_and_readable_names(platform: Client) -> None:
    described = platform.get("/openapi.json").json()

    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            assert re.fullmatch(r"[a-z]+(_[a-z]+)*", operation["operationId"])
            if path not in OPEN and not path.startswith("/webhooks/"):
                assert operation["security"] == [{"key": []}]
                assert {"401", "403", "422", "429", "500", "503"} <= operation["responses"].keys()
            if "{" in path:
                assert "404" in operation["responses"]
            if method == "post" and path not in OPEN and not path.startswith("/webhooks/"):
                assert "Idempotency-Key" in [each["name"] for each in operation["parameters"]]
            for status, answer in operation["responses"].items():
                assert status < "400" or list(answer["content"]) == ["application/problem+json"] or path == "/readyz"


def test_the_description_says_plainly_what_arrays_are_made_of(platform: Client) -> None:
    schemas = platform.get("/openapi.json").json()["components"]["schemas"]

    features = schemas["NewMerchant"]["properties"]["features"]
    assert features["items"] == {"$ref": "#/components/schemas/Feature"}
    assert "{}]}" not in json.dumps(schemas)


def test_options_and_405_tell_every_method_that_the_description_has(platform: Client) -> None:
    described = {
        path: {method.upper() for method in methods} | {"OPTIONS"}
        for path, methods in platform.get("/openapi.json").json()["paths"].items()
    }

    told = {path: platform.options(_filled(path, ABSENT)) for path in described}
    refused = {path: platform.request("TRACE", _filled(path, ABSENT)) for path in described}

    assert {path: _allowed(answer) for path, answer in told.items()} == described
    assert {path: _allowed(answer) for path, answer in refused.items()} == described
    assert {answer.status_code for answer in told.values()} == {204}
    assert {answer.status_code for answer in refused.values()} == {405}
    assert len([path for path, methods in described.items() if len(methods) > 2]) > 5, "paths with several methods"


def test_there_are_no_documentation_pages(platform: Client) -> None:
    for path in ("/schema", "/schema/openapi.json", "/schema/swagger", "/docs", "/redoc"):
        assert platform.get(path).status_code == 404


def test_a_body_beyond_the_limit_is_refused(platform: Client) -> None:
    answer = platform.post("/v1/merchants", content=b" " * 1_000_001, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (413, "request_entity_too_large")


def _routes(app: Litestar) -> list[tuple[str, str, BaseRouteHandler]]:
    return [
        (route.path, method, handler)
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        for method in sorted(handler.http_methods - {"OPTIONS"})
    ]


def _allowed(answer: httpx.Response) -> set[str]:
    return set(answer.headers["allow"].split(", "))


def _is_open(handler: BaseRouteHandler) -> bool:
    policy = policy_of(handler)
    return policy is not None and policy.access is None


def _path(path: str) -> str:
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", path)


def _filled(path: str, merchant_id: str) -> str:
    return re.sub(r"\{\w+\}", ABSENT, _path(path).replace("{merchant_id}", merchant_id))


def _raising(error: Exception) -> HTTPRouteHandler:
    @get("/raise", opt=open_to_all(), sync_to_thread=True)
    def fail() -> None:
        raise error

    assert isinstance(fail, HTTPRouteHandler)
    return fail


def _asked(app: Callable[..., Awaitable[None]], *messages: dict[str, object]) -> list[dict[str, object]]:
    """Speak ASGI to the app, so that a body may stop in the middle; after `messages` nothing more comes."""
    waiting, sent = list(messages), []

    async def receive() -> object:
        if waiting:
            return waiting.pop(0)
        await anyio.sleep_forever()
        return None

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"transfer-encoding", b"chunked")]
    scope: dict[str, object] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
    }
    scope |= {"path": "/reads", "raw_path": b"/reads", "query_string": b"", "root_path": "", "headers": headers}
    anyio.run(app, scope | {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2)}, receive, send)
    return sent


@pytest.mark.parametrize(
    ("last", "status"),
    [
        pytest.param([], 408, id="never ends"),
        pytest.param([{"type": "http.disconnect"}], 400, id="is cut off"),
    ],
)
def test_a_body_that_never_becomes_whole_holds_nobody(
    app_on_sqlite: Litestar, monkeypatch: pytest.MonkeyPatch, last: list[dict[str, object]], status: int
) -> None:
    @post("/reads", opt=open_to_all(), sync_to_thread=False)
    def reads(data: JSONBody[list[int]]) -> None:
        return None

    app_on_sqlite.register(reads)
    app_on_sqlite.state["described"] = describe(app_on_sqlite)
    monkeypatch.setattr(observing, "RECEIVE_WITHIN", 0.2)

    answer = _asked(app_on_sqlite, {"type": "http.request", "body": b"[1,", "more_body": True}, *last)

    assert answer[0]["status"] == status

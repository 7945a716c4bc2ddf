"""Who is let in, how fast, and what a wrong parameter is called."""

from __future__ import annotations

import pytest
from litestar import Litestar

from hub.kernel.api.limits import Rate
from hub.kernel.db import Database
from tests.callers import a_key, a_merchant, an_app, calling


@pytest.mark.parametrize(
    "header",
    ["", "hub_dev_x", "Basic dXNlcjpwYXNz", "Bearer", "Bearer hub_dev_x", "Bearer \u00e9", "Bearer " + "x" * 5_000],
)
def test_anything_but_a_living_key_is_refused_alike(app_on_sqlite: Litestar, header: str) -> None:
    with calling(app_on_sqlite) as client:
        answer = client.get("/v1/merchants", headers=[(b"Authorization", header.encode())])

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_guessing_keys_is_slowed_down_whatever_address_the_caller_claims(app_on_sqlite: Litestar) -> None:
    with calling(app_on_sqlite, "hub_dev_wrong") as client:
        statuses = [
            client.get("/v1/merchants", headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code for n in range(60)
        ]

    assert statuses[:30] == [401] * 30
    assert set(statuses[31:]) == {429}


def test_a_good_key_is_admitted_while_somebody_guesses_from_the_same_address(database: Database) -> None:
    with an_app(database) as app, calling(app, a_key(database)) as client:
        for _ in range(60):
            client.get("/v1/merchants", headers={"Authorization": "Bearer hub_dev_wrong"})

        assert client.get("/v1/merchants").status_code == 200


def test_a_caller_beyond_its_pace_is_told_when_to_come_back(database: Database) -> None:
    with an_app(database, per_key=Rate(per_second=0.1, burst=2)) as app, calling(app, a_key(database)) as client:
        answers = [client.get("/v1/merchants") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["retry-after"]) <= 10
    assert answers[2].json()["retryable"] is True


@pytest.mark.parametrize(
    ("path", "field"),
    [("listings?class=foo", "class"), ("listings?state=bad", "state"), ("jobs?state=bad", "state")],
)
def test_a_wrong_parameter_is_named_as_the_caller_wrote_it(database: Database, path: str, field: str) -> None:
    merchant = a_merchant(database)
    with an_app(database) as app, calling(app, a_key(database)) as client:
        answer = client.get(f"/v1/merchants/{merchant}/{path}")

    assert [error["field"] for error in answer.json()["errors"]] == [field]

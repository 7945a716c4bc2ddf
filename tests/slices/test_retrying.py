"""A retry of a job asks what its kind needs: an import goes on only where it could be resumed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from hub.kernel import jobs
from tests.callers import a_key, calling, the_app
from tests.slices.crosslisting.conftest import Market
from tests.slices.test_dropped_settles import a_market, opens_shop

Client = TestClient[Litestar]
Hurdle = Callable[[Client, str, str], object]  # with the merchant's address and the account


@pytest.fixture
def market(database_url: str) -> Iterator[Market]:
    with a_market(database_url) as market:
        yield market


@pytest.fixture
def client(market: Market) -> Iterator[Client]:
    with the_app(market.runtime) as app, calling(app, a_key(market.database)) as client:
        yield client


@pytest.mark.parametrize(
    ("hurdle", "code", "cure"),
    [
        pytest.param(
            lambda client, at, account: client.post(f"{at}/accounts/{account}/pause"),
            "account_not_active", "resume it first", id="paused",
        ),
        pytest.param(
            lambda client, at, account: client.put(f"{at}/plugins/bazaar", json={"enabled": False}),
            "plugin_disabled", "enable it", id="plugin disabled",
        ),
    ],
)  # fmt: skip
def test_an_import_that_could_not_be_resumed_is_not_retried_either(
    market: Market, client: Client, hurdle: Hurdle, code: str, cure: str
) -> None:
    account_id = opens_shop(market)
    at = f"/v1/merchants/{market.merchant_id}"
    (stopped,) = market.jobs("catalog.import_items")
    client.post(f"{at}/jobs/{stopped.id}/cancel")
    hurdle(client, at, account_id)

    retried = client.post(f"{at}/jobs/{stopped.id}/retry")
    resumed = client.post(f"{at}/imports/{stopped.id}/resume")

    assert (retried.status_code, retried.json()["code"]) == (resumed.status_code, resumed.json()["code"]) == (409, code)
    assert cure in retried.json()["detail"]
    assert [job.id for job in market.jobs("catalog.import_items")] == [stopped.id]


def test_an_import_that_could_be_resumed_is_retried(market: Market, client: Client) -> None:
    opens_shop(market)
    at = f"/v1/merchants/{market.merchant_id}"
    (stopped,) = market.jobs("catalog.import_items")
    client.post(f"{at}/jobs/{stopped.id}/cancel")

    retried = client.post(f"{at}/jobs/{stopped.id}/retry").json()

    market.works()
    assert {job.id: job.state for job in market.jobs("catalog.import_items")} == {
        stopped.id: jobs.State.CANCELLED, retried["id"]: jobs.State.DONE,
    }  # fmt: skip

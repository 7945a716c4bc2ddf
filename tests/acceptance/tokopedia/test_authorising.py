"""Row T-05, and every reason for which a shop cannot be connected: clear words, and nothing half-written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hub_hookspecs.testing import serve
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.world import Hub, Json, Merchant, a_sandbox, embedded_hub

Obstacle = Callable[[TokopediaSandbox], Json]  # does something to the shop, or gives settings that are wrong


def _changed(name: str, value: str) -> Obstacle:
    return lambda shop: {name: value}


def _at_the_shop(what: Callable[[TokopediaSandbox], None]) -> Obstacle:
    def happen(shop: TokopediaSandbox) -> Json:
        what(shop)
        return {}

    return happen


OBSTACLES = [
    pytest.param(
        _at_the_shop(TokopediaSandbox.unlink),
        "this app is not linked to the shop: check FS ID and Shop ID, and ask the shop's owner to press Accept",
        id="not linked",
    ),
    pytest.param(
        _changed("shop_id", "1"), "this app is not linked to the shop: check FS ID and Shop ID", id="another's shop"
    ),
    pytest.param(_changed("fs_id", "1"), "does not know this FS ID: copy the App ID", id="an unknown FS ID"),
    pytest.param(
        _at_the_shop(TokopediaSandbox.block_ip),
        "refuses this hub's IP address: add it to the app's IP whitelist",
        id="foreign IP",
    ),
    pytest.param(
        _at_the_shop(TokopediaSandbox.close_shop),
        "the shop is closed or on holiday (Tokopedia's reason: Libur Lebaran): open it in Tokopedia's seller centre",
        marks=pytest.mark.row("T-05"),
        id="closed for a holiday",
    ),
    pytest.param(
        _at_the_shop(lambda shop: shop.close_shop("Melanggar aturan", status=3)),
        "the shop is moderated (Tokopedia's reason: Melanggar aturan): ask Tokopedia to activate it",
        marks=pytest.mark.row("T-05"),
        id="moderated",
    ),
    pytest.param(
        _changed("client_secret", "not-the-secret"),
        "Tokopedia refuses the login: check Client ID and Client Secret",
        id="wrong secret",
    ),
]


@pytest.mark.parametrize(("obstacle", "reason"), OBSTACLES)
def test_a_shop_that_tokopedia_does_not_open_is_refused_with_what_to_do_and_nothing_is_kept(
    merchant: Merchant, shop: TokopediaSandbox, obstacle: Obstacle, reason: str
) -> None:
    wrong = obstacle(shop)
    before = merchant.traces()

    problem = merchant.asks_to_connect(shop, status=422, **wrong)

    assert reason in problem["detail"]
    assert (problem["source"], problem["retryable"]) == ("channel", False)
    assert "not-the-secret" not in str(problem)
    assert merchant.traces() == before


def test_many_who_connect_at_once_each_get_an_answer_of_their_own_although_tokopedia_counts_requests(
    hub: Hub,
) -> None:
    merchant = hub.merchant("Toko Ramai", "paced")
    strict = a_sandbox(rate=5)  # as Tokopedia counts: the sixth at once is refused

    def connect(changes: Json) -> tuple[int, str]:
        wish = {"plugin": "paced", "settings": strict.settings() | changes, "preconditions_confirmed": True}
        answer = merchant.hub.api.post(f"/v1/merchants/{merchant.id}/accounts", json=wish | {"import": False})
        return answer.status_code, answer.json().get("code", "")

    with serve(strict), ThreadPoolExecutor(14) as people:
        answers = Counter(people.map(connect, [{}, {"client_secret": "not-the-secret"}] * 7))

    assert answers == {(201, ""): 1, (409, "already_connected"): 6, (422, "action_required"): 7}


def test_a_shop_that_is_connected_does_leave_traces(merchant: Merchant, shop: TokopediaSandbox) -> None:
    before = merchant.traces()

    merchant.connects(shop)

    changed = {kept for kept, rows in merchant.traces().items() if rows != before[kept]}
    assert changed == {"accounts", "events", "jobs"}, "an empty shop adds no listing"


@pytest.mark.row("T-05")
def test_a_shop_that_opens_again_is_connected(merchant: Merchant, shop: TokopediaSandbox) -> None:
    shop.close_shop()
    merchant.asks_to_connect(shop, status=422)
    shop.open_shop()

    account = merchant.connects(shop)

    assert account["state"] == "active"


@pytest.mark.row("T-05")
@pytest.mark.parametrize("asked", ["check", "resume"])
def test_a_connected_shop_that_goes_on_holiday_waits_with_the_reason_until_it_opens(
    merchant: Merchant, shop: TokopediaSandbox, asked: str
) -> None:
    path = f"/accounts/{merchant.connects(shop)['id']}"
    shop.close_shop("Libur Lebaran")

    merchant.call("POST", f"{path}/check", status=422)
    waiting = merchant.call("GET", path)
    shop.open_shop()
    resumed = merchant.call("POST", f"{path}/{asked}")

    assert waiting["state"] == "needs_action"
    assert "closed or on holiday (Tokopedia's reason: Libur Lebaran)" in waiting["reason"]
    assert (resumed["state"], resumed["reason"]) == ("active", "")


@pytest.mark.parametrize("address", ["accounts_url", "api_url"])
def test_an_address_where_nobody_answers_is_told_as_something_to_try_again(
    merchant: Merchant, shop: TokopediaSandbox, address: str
) -> None:
    before = merchant.traces()

    problem = merchant.asks_to_connect(shop, status=503, **{address: "http://127.0.0.1:1"})

    assert (problem["source"], problem["code"], problem["retryable"]) == ("channel", "unreachable", True)
    assert merchant.traces() == before


@pytest.mark.parametrize("address", ["accounts_url", "api_url"])
@pytest.mark.parametrize(
    "private",
    [
        pytest.param("http://10.0.0.1", id="a private network"),
        pytest.param("https://10.0.0.1", id="a private network over TLS"),
        pytest.param("https://169.254.169.254", id="a cloud's metadata"),
        pytest.param("https://[::ffff:10.0.0.1]", id="IPv4 inside IPv6"),
        pytest.param("https://0x0a000001", id="a number for an address"),
    ],
)
def test_a_private_address_is_refused_before_anything_is_sent_there(
    merchant: Merchant, shop: TokopediaSandbox, address: str, private: str
) -> None:
    before = merchant.traces()

    problem = merchant.asks_to_connect(shop, status=422, **{address: private})

    assert problem["code"] == "egress_refused"
    assert merchant.traces() == before


@pytest.fixture(scope="module")
def strict_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub as it is delivered: channels on this machine are out of bounds as well."""
    with embedded_hub(tmp_path_factory.mktemp("strict"), allow_loopback=False) as hub:
        yield hub


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://127.0.0.1:{port}", id="as it is"),
        pytest.param("https://127.0.0.1:{port}", id="over TLS on another port"),
        pytest.param("https://127.0.0.1", id="over TLS on the usual port"),
        pytest.param("http://[::1]:{port}", id="IPv6"),
        pytest.param("https://[::1]", id="IPv6 over TLS"),
        pytest.param("https://localhost", id="by its name"),
        pytest.param("https://0x7f.1", id="in an odd spelling"),
        pytest.param("http://10.0.0.1", id="a private network"),
        pytest.param("http://169.254.169.254", id="a cloud's metadata"),
        pytest.param("https://169.254.169.254", id="a cloud's metadata over TLS"),
    ],
)
def test_a_hub_as_delivered_reaches_nothing_on_its_own_machine_or_network(
    strict_hub: Hub, shop: TokopediaSandbox, address: str
) -> None:
    merchant = strict_hub.merchant()
    before = merchant.traces()
    private = address.format(port=shop.base_url.rpartition(":")[2])

    problem = merchant.asks_to_connect(shop, status=422, accounts_url=private, api_url=private)

    assert problem["code"] == "egress_refused"
    assert list(shop.requests) == []
    assert merchant.traces() == before


def test_a_plugin_that_is_not_installed_is_refused_with_those_that_are(
    merchant: Merchant, shop: TokopediaSandbox
) -> None:
    before = merchant.traces()

    problem = merchant.asks_to_connect(shop, "lazada", status=422)

    assert problem["code"] == "unknown_plugin"
    assert "tokopedia" in problem["detail"]
    assert merchant.traces() == before


def test_a_plugin_that_was_refused_connects_nothing_and_says_why(merchant: Merchant, shop: TokopediaSandbox) -> None:
    before = merchant.traces()

    problem = merchant.asks_to_connect(shop, "boastful", status=409)

    assert problem["code"] == "plugin_refused"
    assert "push_stock" in problem["detail"]
    assert (list(shop.requests), merchant.traces()) == ([], before)


def test_a_plugin_that_was_not_enabled_for_the_merchant_connects_nothing(
    merchant: Merchant, shop: TokopediaSandbox
) -> None:
    before = merchant.traces()

    problem = merchant.asks_to_connect(shop, "jd_like", status=409)

    assert problem["code"] == "plugin_disabled"
    assert (list(shop.requests), merchant.traces()) == ([], before)


def test_a_shop_that_another_merchant_has_connected_is_refused_without_naming_who(
    hub: Hub, merchant: Merchant, shop: TokopediaSandbox
) -> None:
    hub.merchant("Toko Sebelah").connects(shop)
    before = merchant.traces()

    problem = merchant.asks_to_connect(shop, status=409)

    assert problem["code"] == "identity_taken"
    assert "Sebelah" not in problem["detail"]
    assert merchant.traces() == before

"""Row K-05: ops enable and disable a plugin per merchant; disabled means that nothing of it runs for that merchant."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from hub_hookspecs.testing import faults, serve
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.acceptance.conftest import Market
from tests.servers import Pause
from tests.world import PATIENCE, Hub, Json, Merchant, a_sandbox

pytestmark = pytest.mark.row("K-05")
ON, OFF = {"enabled": True}, {"enabled": False}
PAGES = "/product/info"


@dataclass
class HeldShop:
    """A shop that answers the second page of an import only when the test lets it; `door` is what the hub sees."""

    shop: TokopediaSandbox
    door: faults.Faulty
    asked: threading.Event = field(default_factory=threading.Event)
    answers: threading.Event = field(default_factory=threading.Event)

    def hold(self) -> None:
        self.asked.set()
        self.answers.wait(PATIENCE)

    @property
    def pages(self) -> int:
        return sum(PAGES in request.url.path for request in self.door.requests)


@pytest.fixture
def held() -> Iterator[HeldShop]:
    shop = a_sandbox(size=200)
    held = HeldShop(shop, faults.Faulty(shop))
    held.door.inject(faults.meanwhile(held.hold), faults.Plan(path=PAGES, nth=2))
    with serve(held.door):
        yield held
        held.answers.set()


def test_a_disabled_plugin_drains_at_its_next_page_and_goes_on_when_it_is_enabled_again(
    merchant: Merchant, held: HeldShop
) -> None:
    connected = merchant.asks_to_connect(held.door)
    import_id = connected["import_id"]
    merchant.waits_for_the_rest(connected["account"])
    assert held.asked.wait(PATIENCE)

    disabled = merchant.call("PUT", "/plugins/tokopedia", OFF)
    held.answers.set()
    stopped = _eventually(merchant, f"/jobs/{import_id}", lambda job: job["state"] == "waiting")
    drained = merchant.call("GET", "/plugins/tokopedia")
    pages_then = held.pages
    enabled = merchant.call("PUT", "/plugins/tokopedia", ON)
    ended = merchant.waits_for(import_id)

    assert _shown(disabled) == {"enabled": False, "draining": True, "in_flight": 1}
    assert _shown(drained) == {"enabled": False, "draining": False, "in_flight": 0}
    assert pages_then == 2
    assert stopped["progress"]["items_seen"] > 0
    assert _shown(enabled) == {"enabled": True, "draining": False, "in_flight": 0}
    assert (ended["items_seen"], ended["listings"], ended["skipped"]) == held.shop.expected()


def test_while_it_is_disabled_the_shop_hears_nothing_and_afterwards_imports_run_again(
    hub: Hub, merchant: Merchant, market: Market
) -> None:
    shop, neighbours_shop = market(), market()
    account, neighbour = merchant.connects(shop), hub.merchant("Toko Sebelah")
    heard = list(shop.requests)

    with _disabled(merchant):
        merchant.call("POST", f"/accounts/{account['id']}/imports", status=409)
        neighbour.connects(neighbours_shop)  # asked for later, and ended: the worker is not short of time
        silent = list(shop.requests) == heard

    assert silent
    assert merchant.imports(account)["state"] == "done"
    assert len(shop.requests) > len(heard)


def test_while_it_is_disabled_no_hook_is_called_for_the_merchant_and_it_is_told_why(
    merchant: Merchant, market: Market
) -> None:
    shop, another = market(), market()
    path = f"/accounts/{merchant.connects(shop)['id']}"
    settings = {"settings": {"client_secret": "another-secret"}}
    heard = list(shop.requests)

    with _disabled(merchant):
        problems = [
            merchant.call("POST", f"{path}/check", status=409),
            merchant.call("POST", f"{path}/resume", status=409),
            merchant.call("PATCH", path, settings, status=409),
            merchant.call("POST", f"{path}/imports", status=409),
            merchant.asks_to_connect(another, status=409),
        ]

    assert {problem["code"] for problem in problems} == {"plugin_disabled"}
    assert {problem["detail"] for problem in problems} == {
        "tokopedia is not enabled for this merchant; ops must enable it first"
    }
    assert (list(shop.requests), list(another.requests)) == (heard, [])


def test_a_switch_concerns_one_merchant(hub: Hub, merchant: Merchant, shop: TokopediaSandbox) -> None:
    neighbour = hub.merchant("Toko Sebelah")

    with _disabled(merchant):
        account = neighbour.connects(shop)

    assert account["state"] == "active"


def test_a_plugin_is_disabled_until_ops_enable_it(hub: Hub) -> None:
    merchant = hub.merchant("Toko Baru", "jd_like")

    switches = {switch["plugin"]: switch["enabled"] for switch in merchant.call("GET", "/plugins")["items"]}

    assert switches.keys() >= {"boastful", "jd_like", "tokopedia"}
    assert [plugin for plugin, enabled in switches.items() if enabled] == ["jd_like"]


def test_turning_a_switch_is_recorded_once_however_often_it_is_asked_for(merchant: Merchant) -> None:
    for wish in (OFF, OFF, ON, ON):
        merchant.call("PUT", "/plugins/tokopedia", wish)

    turned = [event["kind"] for event in merchant.all("/events") if event["subject"]["id"] == "tokopedia"]
    assert turned == ["plugin.enabled", "plugin.disabled", "plugin.enabled"]


@contextmanager
def _disabled(merchant: Merchant) -> Iterator[None]:
    merchant.call("PUT", "/plugins/tokopedia", OFF)
    yield
    merchant.call("PUT", "/plugins/tokopedia", ON)


def _shown(switch: Json) -> Json:
    return {name: switch[name] for name in ("enabled", "draining", "in_flight")}


def _eventually(merchant: Merchant, path: str, holds: Callable[[Json], bool]) -> Json:
    pause = Pause(PATIENCE)
    while not holds(now := merchant.call("GET", path)):
        pause.briefly()
    return now

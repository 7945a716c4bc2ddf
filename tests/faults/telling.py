"""Kills the worker in the middle of a call that tells a shop its stock: before the shop has written it, and after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import NamedTuple

import httpx
import msgspec
from hub_tokopedia.sandbox import TokopediaSandbox

from hub.stock.rules.telling import LATE
from tests.faults.crew import Crew
from tests.faults.stand import Stand
from tests.servers import Pause
from tests.world import PATIENCE, Json, Merchant

TOLD = "/stock/update"
LATER = LATE + timedelta(minutes=1)  # by which the clock of whoever takes over is ahead: nobody waits here for minutes


class Seller(NamedTuple):
    """A merchant with one listing in the shop, that is told of stock."""

    merchant: Merchant
    account: Json
    listing: Json
    warehouse: str
    ref: int

    def adjusts(self, by: int) -> None:
        lines = [{"product_id": self.listing["product_id"], "quantity": by}]
        body = {"warehouse_id": self.warehouse, "lines": lines, "reason": "counted"}
        self.merchant.call("POST", "/stock/adjustments", body, status=201)

    def log(self) -> list[tuple[int, str]]:
        """What was told, the oldest first, and how it ended."""
        pushes = self.merchant.all(f"/listings/{self.listing['id']}/pushes")
        return [(each["quantity"], each["status"]) for each in reversed(pushes)]


def opened(stand: Stand, *, stock: int) -> Seller:
    """Connect the shop with one listing, confirmed, whose stock is known."""
    ref = stand.shop.add("Kaos Polos", "TEE-M", stock=stock)
    merchant = stand.hub.merchant("Toko Batik Ayu", "tokopedia")
    account = merchant.connects(stand.shop)
    warehouse = next(str(each["id"]) for each in merchant.all("/warehouses") if each["is_default"])
    mapping = [{"ref": account["places"][0]["ref"], "warehouses": [warehouse]}]
    merchant.call("PUT", f"/accounts/{account['id']}/places", {"places": mapping})
    merchant.confirms(merchant.listing("TEE-M", account))
    merchant.settles()
    return Seller(merchant, account, merchant.listing("TEE-M", account), warehouse, ref)


def shown(shop: TokopediaSandbox, ref: int) -> int:
    return next(unit.stock for unit in shop.units() if unit.ref == ref)


def times_told(shop: TokopediaSandbox) -> int:
    return sum(times for (_, path, _), times in shop.counts.items() if path.endswith(TOLD))


@contextmanager
def killing(stand: Stand, *, after: bool) -> Iterator[list[int]]:
    """Kill the only worker while its call that tells stock is in the shop's hands; gives what the shop showed then."""
    answer, figures = stand.shop.handle, list[int]()

    def killed(request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith(TOLD) or figures:
            return answer(request)
        given = answer(request) if after else httpx.Response(503)
        (worker,) = stand.crew.names
        stand.crew.kill(worker)
        figures.append(next(unit.stock for unit in stand.shop.units() if unit.sku == "TEE-M"))
        return given

    stand.shop.handle = killed  # type: ignore[method-assign]  # what every request goes through
    try:
        yield figures
        pause = Pause(PATIENCE)
        while not figures:
            pause.briefly()
    finally:
        stand.shop.handle = answer  # type: ignore[method-assign]  # as it was


def take_over(stand: Stand, stack: ExitStack, *, ahead: timedelta) -> None:
    """Let a new process take over, whose clock is so far ahead of ours."""
    folder = stand.folder / f"{ahead.seconds}"
    folder.mkdir()
    settings = msgspec.structs.replace(
        stand.hub.runtime.settings, job_lease=stand.plan.lease, clock_offset=ahead.total_seconds()
    )
    stand.crew = Crew(settings, stand.plan, folder, serves=stand.alone)
    stack.callback(stand.crew.stop)
    stand.crew.start()
    stand.until_it_answers()


def waits_for_confirmation(seller: Seller, figure: int) -> None:
    pause = Pause(PATIENCE)
    while seller.log()[-1:] != [(figure, "confirmed")]:
        pause.briefly(0.1)

"""Takes in a merchant, connects shops, imports, confirms, lists to more channels, and has a 3PL send what it can."""

from __future__ import annotations

import time
from typing import Protocol

import httpx
import msgspec

from hub.demo import cataloguing, sending, warehousing
from hub.demo.calls import DemoFailed, Json, Team, call
from hub.demo.crosslisting import cross_list
from hub.demo.records import Arrived, Catalogue, Figures, Summary
from hub.demo.stage import Stage
from hub.demo.warehousing import ANNOUNCED, NAME, ON_SHELF, SKU, Business


class Tell(Protocol):
    """Who hears the story while it is played."""

    def importing(self, account_id: str, shown: Json) -> None:
        """How far an import is."""

    def happened(self, scene: msgspec.Struct) -> None:
        """A scene is over, and came to this."""


def tell_story(api: httpx.Client, stage: Stage, tell: Tell) -> tuple[str, Summary]:
    begun = time.monotonic()
    merchant = call(api, "POST", "/v1/merchants", {"name": "Toko Batik Ayu"})["id"]
    team = Team(api=api, merchant_id=merchant, outside=stage)
    catalogue, business = _bring_in(team, stage, tell)
    fulfilled = _fulfil(business, tell)
    told = msgspec.structs.asdict(catalogue) | fulfilled
    return merchant, Summary(**told, seconds=round(time.monotonic() - begun, 2))


def _bring_in(team: Team, stage: Stage, tell: Tell) -> tuple[Catalogue, Business]:
    """The first half: what channels list becomes products of the hub, and some of these are listed elsewhere."""
    stalls = stage.puts_on_sale(NAME, SKU, ON_SHELF)
    shops = cataloguing.connect(team, stage.shops)
    imports = cataloguing.watch_imports(team, len(shops), tell.importing)
    classes = team.get("/listings/classes")
    cataloguing.confirm_all(team)
    (product,) = team.get(f"/products?sku={SKU}")["items"]
    listed = cross_list(team, product)
    if not listed:
        raise DemoFailed("no channel of the hub's own is installed, such as a point of sale")
    catalogue = cataloguing.catalogue(team, imports, classes, listed)
    tell.happened(catalogue)
    depot = stage.depot()
    business = Business(
        team=team, stage=stage, depot=depot, house=warehousing.connect(team, depot), product=product,
        own=warehousing.own(team), counter=listed[0], stalls={shops[each.actor]: each for each in stalls},
    )  # fmt: skip
    return catalogue, business


def _fulfil(business: Business, tell: Tell) -> Json:
    """The second half: goods lie at a 3PL, which sends what it can."""
    left = business.free() + ANNOUNCED
    warehousing.stock(business)
    moments = [business.figures(left)]
    tell.happened(Arrived(warehouse=business.house["name"], sku=SKU, received=ANNOUNCED, shown=left))

    against = sending.foreseen(business)
    able = [account for account, reasons in against.items() if not reasons]
    if not able:
        raise DemoFailed(f"{business.house['name']} may send orders of none of the installed channels")
    sent = sending.send(business, able[0])
    moments.append(business.figures(left := left - sent.units))
    tell.happened(sent)

    flagged = [sending.flag(business, account) for account, reasons in against.items() if reasons]
    counter = sending.sell_at_the_counter(business)
    moments.append(business.figures(left := left - len(flagged) - 1))
    too_late = sending.cancel_too_late(business, sent)
    for scene in (*flagged, counter, too_late):
        tell.happened(scene)

    night = sending.pass_the_night(business)
    moments.append(business.figures(left - sending.LOST))
    tell.happened(night)
    figures = [_figures(channel, moments) for channel in moments[0]]
    return {
        "warehouse": business.house["name"], "received": ANNOUNCED, "sent": sent, "flagged": flagged,
        "counter": counter, "too_late": too_late, "night": night, "figures": figures,
    }  # fmt: skip


def _figures(channel: str, moments: list[dict[str, int]]) -> Figures:
    arrived, order_sent, all_sold, after_the_night = (moment[channel] for moment in moments)
    return Figures(
        channel=channel, goods_arrived=arrived, order_sent=order_sent, all_sold=all_sold,
        after_the_night=after_the_night,
    )  # fmt: skip

"""Connects a 3PL, lets every channel show what lies there, says who is sent from it, and brings goods to it."""

from __future__ import annotations

from dataclasses import dataclass

from hub.demo.calls import DemoFailed, Json, Team
from hub.demo.crosslisting import Listed
from hub.demo.stage import Depot, Stage, Stall

NAME, SKU = "Kebaya Kutu Baru M", "KEBAYA-M"
ADDRESS = {"name": "Toko Batik Ayu", "lines": ["Jl. Kebon Kacang 12"], "city": "Jakarta Pusat", "postcode": "10240"}
BOOKS = "free by the hub's books"
ON_SHELF, ANNOUNCED, COST = 12, 30, {"amount": "45.00", "currency": "MYR"}


@dataclass(frozen=True, kw_only=True)
class Business:
    """What the story is about once goods lie at a 3PL: `house` is its warehouse there, as the hub shows it."""

    team: Team
    stage: Stage
    stalls: dict[str, Stall]  # by account
    counter: Listed  # a channel of the hub's own
    product: Json
    own: Json
    house: Json
    depot: Depot

    def shown(self) -> dict[str, int]:
        """What lies free by the hub's books, wherever, and what each channel shows its buyers, by title."""
        return {BOOKS: self.free(), **{stall.actor.title: stall.shown for stall in self.stalls.values()}}

    def free(self) -> int:
        levels = self.team.get(f"/products/{self.product['id']}/stock")["items"]
        return sum(int(each["available"]) for each in levels)

    def figures(self, left: int) -> dict[str, int]:
        """Wait until so many are free, and every channel shows just that."""

        def alike() -> dict[str, int] | None:
            shown = self.shown()
            return shown if set(shown.values()) == {left} else None

        return self.team.until(f"every channel shows {left} of {SKU}", alike, moves=self.shown)


def connect(team: Team, depot: Depot) -> Json:
    """Connect the 3PL; gives the first warehouse that the hub made of its places."""
    team.put(f"/plugins/{depot.actor.plugin}", {"enabled": True})
    account = team.post("/accounts", depot.actor.wish)["account"]
    depot.hands.callback_url = team.get(f"/accounts/{account['id']}/callback")["url"]
    (house, *_) = [each for each in team.all("/warehouses") if each["account_id"] == account["id"]]
    return house


def own(team: Team) -> Json:
    """The merchant's own shelf, which gets the address that stands on labels."""
    (shelf,) = [each for each in team.all("/warehouses") if each["is_default"]]
    return team.patch(f"/warehouses/{shelf['id']}", {"country": "ID", "address": ADDRESS})


def stock(business: Business) -> None:
    """Show and route first, then let goods come; it ends when every channel shows all that there is."""
    for account in business.stalls:
        _show_both(business, account)
    _send_from_there(business)
    _make_known(business)
    _announce(business)


def _show_both(business: Business, account: str) -> None:
    """Have an account show what lies on the own shelf and at the 3PL, at its first place in the store's country."""
    shop = business.team.get(f"/accounts/{account}")
    place = next((each for each in shop["places"] if each["country"] == shop["country"]), shop["places"][0])
    behind = [business.own["id"], business.house["id"]]
    mapping = {"ref": place["ref"], "warehouses": behind, "shared": True}
    business.team.put(f"/accounts/{account}/places", {"places": [mapping]})


def _send_from_there(business: Business) -> None:
    """What is ordered on marketplaces is sent by the 3PL, or by nobody; what is sold at the counter, from the shelf."""
    rule = {"account_ids": list(business.stalls), "warehouse_ids": [business.house["id"]], "otherwise": "stop"}
    business.team.post("/shipping-rules", {"name": "From the 3PL", "skus": [SKU], **rule})


def _make_known(business: Business) -> None:
    products = f"/warehouses/{business.house['id']}/products"
    business.team.post(products, {"product_ids": [business.product["id"]]})
    business.team.until(
        f"{business.house['name']} knows {SKU}",
        lambda: business.team.get(f"{products}?status=pushed")["items"] or None,
    )


def _announce(business: Business) -> None:
    """Announce goods, let them come, and see them in the stock."""
    team = business.team
    line = {"sku": SKU, "quantity": ANNOUNCED, "unit_cost": COST}
    inbound = team.post("/inbounds", {"warehouse_id": business.house["id"], "lines": [line]})

    def stands(field: str, value: str) -> bool | None:
        now = team.get(f"/inbounds/{inbound['id']}")
        if now["push_status"] == "failed":
            raise DemoFailed(f"the inbound was refused: {now['reason']}")
        return now[field] == value or None

    team.until("the 3PL has the inbound", lambda: stands("push_status", "pushed"))
    business.depot.hands.receive(inbound["code"])
    team.until("the goods are received", lambda: stands("state", "complete"))

"""A merchant who sells at Pasar MY what lies at Fastock MY: a sale, the work that follows, and what is seen of it.

Nothing is awaited that is not due: what waits for an hour is left waiting, until the hour passes (`passes`).
"""

from __future__ import annotations

import hashlib
import itertools
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Literal

import httpx
import sqlalchemy as sa
from hub_fastock_my.sandbox import FastockSandbox
from hub_fastock_my.sandbox.documents import Outbound
from hub_pasar_my.sandbox import Order as Sold
from hub_pasar_my.sandbox import PasarMySandbox

from hub.channels.service import connections, standing
from hub.fulfilment.tables import inbound, outbound
from hub.kernel.jobs.tables import job
from hub.orders.tables import sales_order
from tests.servers import Pause
from tests.world import PATIENCE, Json, Merchant

PLUGINS = ("pasar_my", "fastock_my")
MEASURED = {"weight_g": 200, "size_mm": {"length": 300, "width": 200, "height": 20}}  # one dialect wants both
COST = {"amount": "12.50", "currency": "MYR"}
SOON = timedelta(seconds=5)  # what is due later than that is not waited for
IN_STOCK = {"TEE": 20, "CAP": 20}
_seeds = itertools.count(os.getpid() % 1_000 * 1_000 + 1)


def a_market() -> PasarMySandbox:
    """A shop at Pasar MY, not served yet, whose couriers are there at once."""
    market = PasarMySandbox(seed=next(_seeds), size=0)
    market.arranging = timedelta(0)
    return market


def a_warehouse(dialect: Literal["qimen", "json"] = "qimen") -> FastockSandbox:
    """A warehouse at Fastock, not served yet, of a customer of its own: a port may come to another one after it."""
    return FastockSandbox(seed=next(_seeds), size=0, dialect=dialect)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def makes(merchant: Merchant, sku: str, **more: object) -> str:
    """A product by hand; gives its id."""
    wanted = {"sku": sku, "name": f"Baju {sku}", **MEASURED, **more}
    return str(merchant.call("POST", "/products", wanted, status=201)["id"])


@dataclass(frozen=True, kw_only=True)
class Harbour:
    """The two accounts are ids; `products` and `listed` (the market's own refs) go by SKU."""

    merchant: Merchant
    pasar: PasarMySandbox
    fastock: FastockSandbox
    store: str
    keeper: str
    house: str
    products: dict[str, str]
    listed: dict[str, str]

    @classmethod
    def of(
        cls,
        merchant: Merchant,
        pasar: PasarMySandbox,
        fastock: FastockSandbox,
        *,
        stock: Mapping[str, int] = MappingProxyType(IN_STOCK),
        rule: bool = True,
        plugin: str = "fastock_my",
    ) -> Harbour:
        """Both are served; what lies at Fastock has come by an inbound, and is what the shop shows."""
        keeper = merchant.asks_to_connect(fastock, plugin, warehouse_numbers="MYKL01")["account"]["id"]
        (house,) = [str(each["id"]) for each in merchant.all("/warehouses") if each["kind"] == "third_party"]
        wanted = stock or IN_STOCK
        products = {
            sku: str(
                merchant.call("POST", "/products", {"sku": sku, "name": f"Baju {sku}"} | MEASURED, status=201)["id"]
            )
            for sku in wanted
        }
        listed = {sku: pasar.add(f"Baju {sku}", sku, stock=count) for sku, count in wanted.items()}
        wish = {"plugin": "pasar_my", "settings": pasar.settings(), "import": False}
        store = str(merchant.call("POST", "/accounts", wish, status=201)["account"]["id"])
        found = cls(
            merchant=merchant, pasar=pasar, fastock=fastock, store=store, keeper=str(keeper), house=house,
            products=products, listed=listed,
        )  # fmt: skip
        found._stocks(stock)
        if rule:
            found.rules()
        found.works()
        return found

    def _stocks(self, stock: Mapping[str, int]) -> None:
        self.call("PUT", f"/accounts/{self.store}/opening-warehouse", {"warehouse": "none"})
        self.call("PUT", f"/accounts/{self.store}/places", {"places": [{"ref": "", "warehouses": [self.house]}]})
        self.places(*self.products.values())
        self.receives(**stock)
        self.merchant.imports({"id": self.store})
        self.merchant.confirms_all(account_id=self.store)

    def call(self, method: str, path: str, body: object = None, *, status: int = 200, **headers: str) -> Json:
        return self.merchant.call(method, path, body, status=status, **headers)

    # -- what people do

    def rules(self, **more: object) -> str:
        """Have everything sent from Fastock."""
        wish = {"name": "Fastock", "warehouse_ids": [self.house], **more}
        return str(self.call("POST", "/shipping-rules", wish, status=201)["id"])

    def places(self, *product_ids: str) -> None:
        """Add to fulfilment warehouse."""
        self.call("POST", f"/warehouses/{self.house}/products", {"product_ids": product_ids}, status=202)
        self.works()

    def links(self, sku: str) -> None:
        """Make a product for what is on sale by this SKU, and have Fastock know it."""
        self.products[sku] = makes(self.merchant, sku)
        self.places(self.products[sku])
        self.merchant.imports({"id": self.store})
        self.merchant.confirms_all(account_id=self.store)
        self.works()

    def keeps_at_home(self, sku: str, count: int) -> str:
        """Sell something that lies on the own shelf, and split orders that want both; gives the shelf's warehouse."""
        home = next(each for each in self.merchant.all("/warehouses") if each["is_default"])
        address = {"name": "Ayu", "lines": ["1, Jalan Gudang"], "city": "Ipoh"}
        self._patches(f"/warehouses/{home['id']}", {"address": address})
        self._patches("", {"several_warehouses": "split"})
        both = {"ref": "", "warehouses": [self.house, home["id"]], "shared": True}
        self.call("PUT", f"/accounts/{self.store}/places", {"places": [both]})
        self.rules(name="Home", skus=[sku], warehouse_ids=[home["id"]], position=1)
        product = makes(self.merchant, sku)
        counted = {
            "warehouse_id": home["id"],
            "reason": "counted",
            "lines": [{"product_id": product, "quantity": count}],
        }
        self.call("POST", "/stock/adjustments", counted, status=201)
        self.listed[sku] = self.pasar.add(f"Baju {sku}", sku, stock=count)
        self.merchant.imports({"id": self.store})
        self.merchant.confirms_all(account_id=self.store)
        self.works()
        return str(home["id"])

    def _patches(self, path: str, body: Json) -> None:
        found = self.merchant.hub.api.get(f"/v1/merchants/{self.merchant.id}{path}")
        known = {"If-Match": found.headers["etag"]} if "etag" in found.headers else {}
        self.call("PATCH", path, body, status=200, **known)

    def receives(self, **units: int) -> None:
        """Announce goods, and let them come."""
        lines = [{"sku": sku, "quantity": count, "unit_cost": COST} for sku, count in units.items()]
        made = self.call("POST", "/inbounds", {"warehouse_id": self.house, "lines": lines}, status=201)
        self.works()
        self.fastock.receive(made["code"])
        self.call("POST", f"/inbounds/{made['id']}/refresh", status=202)
        self.works()
        self.fastock.drop_confirms()  # it is known

    def sells(self, *, paid: bool = True, **units: int) -> str:
        """Somebody buys so many by SKU; gives the market's ref of the order, of which the hub knows nothing yet."""
        return self.pasar.sell({self.listed[sku]: count for sku, count in units.items()}, paid=paid)

    def sold(self, *, paid: bool = True, **units: int) -> str:
        """The same, and all that follows has been done; gives the hub's id of the order."""
        return str(self.taken_in(self.sells(paid=paid, **units))["id"])

    def taken_in(self, ref: str) -> Json:
        """The order of this ref at the market, once the hub has read it and done what follows."""
        self.hears()
        (found,) = [each for each in self.merchant.all("/orders?limit=200") if each["ref"] == ref]
        return found

    # -- work, and time

    def hears(self) -> None:
        """Deliver what both have to tell by themselves, have the orders read, and do the work."""
        told = self.pasar.deliveries()
        self.fastock.callback_url = self.callback()
        for request in (*told, *self.fastock.deliveries()):
            self.delivers(request)
        self.call("POST", f"/accounts/{self.store}/orders/import", status=202)
        self.works()

    def delivers(self, request: httpx.Request) -> None:
        """Send to the hub what a sandbox has to tell."""
        headers = {name: value for name, value in request.headers.items() if name not in ("host", "content-length")}
        path = request.url.raw_path.decode()
        answer = self.merchant.hub.api.post(path, content=request.content, headers=headers)
        assert answer.status_code == 200, answer.text

    def works(self) -> None:
        """Wait until nothing is left to do that is due."""
        pause = Pause(PATIENCE)
        while any(self._is_due(each) for each in self.merchant.all("/jobs?limit=200")):
            pause.briefly()

    def _is_due(self, one: Json) -> bool:
        return one["finished_at"] is None and (
            one["state"] == "running" or datetime.fromisoformat(one["due_at"]) <= datetime.now(UTC) + SOON
        )

    def passes(self, time: timedelta) -> None:
        """Let so much time pass for all that is under way, and do the work that has come due by then.

        What was noted is moved back: both forms know no other clock than the machine's.
        """
        documents = {
            outbound: ("asked_at", "pushed_at", "next_look_at", "ship_by", "created_at"),
            inbound: ("asked_at", "pushed_at", "next_look_at", "created_at"),
            sales_order: ("ship_by",),
        }
        with self.merchant.hub.runtime.database.writing() as db:
            for table, names in documents.items():
                earlier = {name: _before(table.c[name], time) for name in names}
                db.execute(sa.update(table).where(table.c.merchant_id == self.merchant.id).values(earlier))
            waiting = (job.c.merchant_id == self.merchant.id, job.c.state.in_(["ready", "waiting", "unknown"]))
            db.execute(sa.update(job).where(*waiting).values(run_at=_before(job.c.run_at, time)))
        for care in ("chase_outbounds", "chase_inbounds", "read_tasks", "warn_of_outbounds"):
            self.cares(care)
        self.works()

    def cares(self, name: str) -> None:
        """Let a caretaker go round, as it does every few minutes."""
        hub, done = self.merchant.hub, 1
        care = hub.caretakers[name]
        while done:
            with hub.runtime.database.writing() as db:
                done = care(db)

    def callback(self) -> str:
        """Where Fastock's people were told to send confirmations."""
        channels = self.merchant.hub.runtime.channels
        with channels.database.reading() as db:
            account = standing.account(db, self.merchant.id, self.keeper)
            known = connections.expected(channels, db, account.credentials)
        return connections.callback_url(channels, "fastock_my", known)

    # -- what is seen

    def order(self, order_id: str) -> Json:
        return self.call("GET", f"/orders/{order_id}")

    def flags(self, order_id: str) -> dict[str, str]:
        """Why an order waits, by code."""
        return {each["code"]: each["reason"] for each in self.order(order_id)["flags"]}

    def notices(self, kind: str) -> list[Json]:
        """What people were told of this, the last first."""
        return [each for each in self.merchant.all("/notices?limit=200") if each["kind"] == kind]

    def outbounds(self, order_id: str = "") -> list[Json]:
        """Those of an order, or all: the first one first, with its lines."""
        listed = self.merchant.all(f"/outbounds?limit=200&order_id={order_id}" if order_id else "/outbounds?limit=200")
        return [self.call("GET", f"/outbounds/{each['id']}") for each in reversed(listed)]

    def outbound(self, order_id: str) -> Json:
        """The one that is for what the order holds now."""
        (found,) = [each for each in self.outbounds(order_id) if each["current"]]
        return found

    def parcels(self, order_id: str) -> list[Json]:
        return list(self.call("GET", f"/orders/{order_id}/parcels")["items"])

    def label(self, one: Json) -> bytes:
        """What the hub gives as the label of an outbound."""
        answer = self.merchant.hub.api.get(f"/v1/merchants/{self.merchant.id}/outbounds/{one['id']}/label")
        assert answer.status_code == 200, answer.text
        return answer.content

    def refreshed(self, one: Json) -> Json:
        """Press "refresh status", and wait for what comes of it."""
        self.call("POST", f"/outbounds/{one['id']}/refresh", status=202)
        self.works()
        return self.call("GET", f"/outbounds/{one['id']}")

    def looks_in(self, one: Json) -> timedelta:
        """How long until Fastock is asked for an outbound again by itself."""
        now = self.call("GET", f"/outbounds/{one['id']}")
        return datetime.fromisoformat(now["next_look_at"]) - datetime.now(UTC)

    def version(self, order_id: str) -> dict[str, str]:
        """What proves that the order is known as it is now."""
        found = self.merchant.hub.api.get(f"/v1/merchants/{self.merchant.id}/orders/{order_id}")
        return {"If-Match": found.headers["etag"]}

    def stock(self, sku: str, house: str = "") -> tuple[int, int, int]:
        """What the hub says lies at Fastock, or in another warehouse: on hand, reserved, available."""
        rows = self.merchant.all(f"/warehouses/{house or self.house}/stock?limit=200")
        (found,) = [each for each in rows if each["sku"] == sku]
        return found["on_hand"], found["reserved"], found["available"]

    def shown(self, sku: str) -> int:
        """What the shop shows."""
        return self.pasar.goods(self.listed[sku]).stock

    def there(self, one: Json) -> Outbound:
        """An outbound as it is at Fastock."""
        return self.fastock.outbounds()[one["code"]]

    def at_market(self, order_id: str) -> Sold:
        return self.pasar.order(self.order(order_id)["ref"])

    def is_balanced(self) -> bool:
        """The equation of stock, once all is told: what the hub has to offer is what lies free at Fastock."""
        waiting: Counter[str] = Counter()  # taken and not accepted: Fastock has frozen nothing for it yet
        for document in self.fastock.outbounds().values():
            for line in document.wish.lines if document.status == "NEW" else ():
                waiting[line.code] += line.quantity
        return all(self.stock(sku)[2] == self.fastock.shelf(sku).good - waiting[sku] for sku in self.products)


def _before(instant: sa.Column[datetime], time: timedelta) -> sa.ColumnElement[int]:
    return sa.type_coerce(instant, sa.BigInteger) - time // timedelta(microseconds=1)

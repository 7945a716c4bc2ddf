"""A merchant whose shirts lie in a granary of others: orders of a depot are sent from there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType
from typing import TypeVar

import sqlalchemy as sa
from hub_hookspecs import Label, Order, OrderState, Shipment, Waiting
from msgspec.structs import replace

from hub.channels.host import load_hosts
from hub.channels.service import standing
from hub.channels.service.authorising import bind
from hub.channels.service.proving import Wish, prove
from hub.channels.service.wiring import Channels
from hub.channels.tables import warehouse
from hub.fulfilment.service import arranging, cancelling
from hub.fulfilment.service.stopping import READ_TASKS
from hub.fulfilment.store import outbounds
from hub.fulfilment.store.outbounds import OutboundLine, OutboundRow
from hub.fulfilment.tables import outbound
from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.kernel.http import ChannelHttp
from hub.kernel.ids import new_id
from hub.kernel.sealing import parse_ring
from hub.orders.rules.flags import Code
from hub.orders.rules.routing import Otherwise
from hub.orders.service import acknowledging, manual, ruling
from hub.orders.store.shipping_rules import RuleData
from hub.stock.rules.levels import Standing
from hub.stock.service.receiving import Arrival, Delivery, receive
from tests.plugins.depot import Depot
from tests.plugins.depot import a_plugin as a_depot
from tests.plugins.granary import Document, Granary
from tests.plugins.granary import a_plugin as a_granary
from tests.slices.fulfilment.yard import SARI, Yard
from tests.slices.orders.counter import line
from tests.slices.stock.fair import RING
from tests.slices.stock.goods import Goods

LOST = timedelta(minutes=3)  # longer than a granary may hide what it has


class Stall(Depot):
    """A depot whose labels have the AWB that their order goes by, else one of their own, unless it has none."""

    has_awb = True

    def draws(self, shipment: Shipment, resume: str) -> Label | Waiting:
        answer = super().draws(shipment, resume)
        if isinstance(answer, Waiting) or not self.has_awb:
            return answer if isinstance(answer, Waiting) else replace(answer, awb="", courier="")
        awb = shipment.awb or f"AWB-{shipment.order_ref}-{len(self.labels)}"
        return replace(answer, awb=awb, courier="Pos")


@dataclass
class Wharf(Yard):
    """`north` sells TEE, of which a hundred lie in the granary and none anywhere else."""

    granary: Granary = None  # type: ignore[assignment]  # made with it
    house: str = ""

    @property
    def stall(self) -> Stall:
        assert isinstance(self.depot, Stall)
        return self.depot

    def tells(self, ref: str, units: int = 1, *, state: OrderState = OrderState.READY, **values: object) -> str:
        """The depot tells of an order of shirts; gives its id."""
        self.counter.tells(self.sale(ref, units, state=state, **values))
        return self.counter.has(ref).order.id

    def sale(self, ref: str, units: int = 1, *, state: OrderState = OrderState.READY, **values: object) -> Order:
        """An order of shirts as the depot tells of it, newer than all before."""
        cancelled = units if state is OrderState.CANCELLED else 0
        told: Order = self.counter.order(
            ref, line("TEE", 0 if cancelled else units, cancelled=cancelled), state=state
        )  # fmt: skip
        told = replace(told, recipient=SARI, updated_at=self.counter.now() + timedelta(days=40, seconds=self.tick()))
        return replace(told, **values)

    def tick(self) -> int:
        self.ticks = getattr(self, "ticks", 0) + 1
        return self.ticks

    def outbounds(self, order_id: str) -> list[OutboundRow]:
        with self.database.reading() as db:
            return outbounds.of_order(db, order_id)

    def outbound(self, order_id: str) -> OutboundRow:
        """The one that is current."""
        (found,) = [one for one in self.outbounds(order_id) if one.current]
        return found

    def lines(self, one: OutboundRow) -> list[OutboundLine]:
        with self.database.reading() as db:
            return outbounds.lines(db, [one.id])[one.id]

    def document(self, order_id: str) -> Document:
        """What the granary has of an order, the last of it."""
        return self.granary.documents[self.outbounds(order_id)[-1].code]

    def stock(self) -> Standing:
        found = self.goods.standing("TEE", at="G1")
        assert found is not None
        return found

    def looks(self, order_id: str = "") -> None:
        """The granary is asked for all that it has, or for one order's, now."""
        self.asks_to_look(order_id)
        self.works()

    def asks_to_look(self, order_id: str = "") -> None:
        with self.database.writing() as db:
            mine = [outbound.c.order_id == order_id] if order_id else []
            rows = db.execute(sa.select(outbound.c.id).where(*mine)).scalars().all()
            outbounds.look(db, rows, self.database.clock.now())
            jobs.enqueue(
                db, READ_TASKS, merchant_id=self.goods.merchant, account_id=self.accounts["granary"]
            )  # fmt: skip

    def stops(self, order_id: str, why: str = "we were wrong") -> OutboundRow:
        with self.database.writing() as db:
            return cancelling.stop(db, self.channels, self.outbound(order_id), why=why, actor=CLI)

    def prepares(self, order_id: str) -> None:
        with self.database.writing() as db:
            stored = manual.find(db, self.goods.merchant, order_id, for_change=True)
            arranging.arrange(db, self.channels, stored, actor=CLI)

    def receives(self, count: int) -> None:
        arrival = Arrival(self.goods.named["TEE"], count, 0, f"inbound:{new_id()}")
        with self.database.writing() as db:
            receive(db, self.goods.merchant, Delivery(self.house, [arrival]), actor=CLI)

    def rules(self) -> None:
        """A rule sends everything from the granary."""
        data = RuleData(
            name="all", account_ids=(), countries=(), skus=(), warehouse_ids=(self.house,), otherwise=Otherwise.NEXT
        )
        with self.database.writing() as db:
            ruling.create(db, self.goods.merchant, data, actor=CLI)

    def has_seen(self, order_id: str, code: Code) -> None:
        """A person has seen to what the order was flagged for."""
        with self.database.writing() as db:
            before = manual.find(db, self.goods.merchant, order_id, for_change=True)
            acknowledging.acknowledge(db, before, code, "seen to", actor=CLI)

    def resumes(self, kiosk: str) -> None:
        """A person has seen to what was wrong with the account."""
        with self.database.writing() as db:
            old = standing.open_account(db, self.goods.merchant, self.accounts[kiosk], for_change=True)
            standing.resume(db, old, actor=CLI)

    def standing(self, order_id: str) -> dict[str, str]:
        return {each.ref: each.standing.value for each in self.order(order_id).lines}


W = TypeVar("W", bound=Wharf)


@contextmanager
def a_wharf(database: Database, granary: Granary) -> Iterator[Wharf]:
    stall = Stall()
    with a_wharf_of(Wharf, database, granary, stall, a_depot(stall, "north")) as wharf:
        yield wharf


@contextmanager
def a_wharf_of(
    kind: type[W], database: Database, granary: Granary, stall: Stall, plugin: ModuleType
) -> Iterator[W]:  # fmt: skip
    """`plugin`: behind which the stall stands."""
    http = ChannelHttp(database)
    hosts = load_hosts({"north": plugin, "granary": a_granary(granary)})
    assert not hosts.refused, hosts.refused
    channels = Channels(
        database=database, hosts=hosts, ring=parse_ring(RING), http=http, public_url="https://hub.example/"
    )
    wharf = kind(Goods(database), channels, {"north": stall}, granary=granary)
    for name in hosts.loaded:
        wharf.switches(name, enabled=True)
    proof = prove(channels, Wish(merchant_id=wharf.goods.merchant, plugin="granary", settings={"granary": "one"}))
    with database.writing() as db:
        wharf.accounts["granary"] = bind(channels, db, proof, actor=CLI).account.id
        mine = sa.select(warehouse.c.id).where(warehouse.c.account_id == wharf.accounts["granary"])
        wharf.house = wharf.goods.named["G1"] = db.execute(mine).scalar_one()
    wharf.joins("north")
    wharf.maps("north", "", "G1")
    rule = RuleData(
        name="all", account_ids=(), countries=(), skus=(), warehouse_ids=(wharf.house,), otherwise=Otherwise.NEXT
    )
    with database.writing() as db:
        ruling.create(db, wharf.goods.merchant, rule, actor=CLI)
    wharf.lists("north", TEE=1)
    wharf.confirms("north", "TEE")
    wharf.receives(100)
    wharf.rules()
    wharf.works()
    yield wharf
    http.close()

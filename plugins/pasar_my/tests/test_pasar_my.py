"""What the contract suite does not ask: the way of a parcel, what the market refuses, and what is told of it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
from hub_hookspecs import (
    Absent,
    Account,
    ActionRequired,
    Address,
    HintKind,
    Label,
    Order,
    OrderState,
    ParcelLine,
    Rejected,
    Shipment,
    UnknownOutcome,
    Waiting,
    WebhookRequest,
)
from hub_hookspecs.testing import faults, transport
from hub_pasar_my import plugin
from hub_pasar_my.sandbox import PasarMySandbox, SoldOut
from hub_pasar_my.settings import PasarMySettings
from pypdf import PdfReader

HOME = Address(name="Kedai Ayu", country="MY")


@dataclass(frozen=True, kw_only=True)
class Stand:
    account: Account[PasarMySettings]
    wire: faults.Faulty
    market: PasarMySandbox
    clock: faults.SteppedClock

    def read(self, ref: str) -> Order:
        (found,) = plugin.read_orders(self.account, [ref])
        assert isinstance(found, Order)
        return found

    def shipment(self, ref: str, key: str = "label-1", awb: str = "") -> Shipment:
        order = self.read(ref)
        lines = (ParcelLine(sku=line.sku, quantity=line.quantity, order_line_ref=line.ref) for line in order.lines)
        return Shipment(
            key=key, order_ref=ref, order_number=order.number, sender=HOME, recipient=order.recipient,
            lines=tuple(lines), awb=awb,
        )  # fmt: skip

    def labels(self, shipment: Shipment) -> Label:
        """Ask to the end; the courier takes its time."""
        first = plugin.create_label(self.account, shipment, "")
        if isinstance(first, Label):
            return first
        self.clock.advance(first.after)
        found = plugin.create_label(self.account, shipment, first.state)
        assert isinstance(found, Label)
        return found


@pytest.fixture
def stand() -> Iterator[Stand]:
    clock = faults.SteppedClock(datetime.now(UTC))
    market = PasarMySandbox(size=0, clock=clock)
    wire = faults.Faulty(market)
    settings = msgspec.convert(wire.settings(), PasarMySettings)
    with httpx.Client(transport=transport(wire)) as http:
        account = Account(id="a", merchant_id="m", settings=settings, token="", http=http)
        yield Stand(account=account, wire=wire, market=market, clock=clock)


def test_an_order_waits_for_its_courier_and_then_has_a_label_with_its_awb(stand: Stand) -> None:
    ref = stand.market.sell({stand.market.add("Baju Kurung", "BJK-M"): 2}, name="Aisyah binti Omar")
    shipment = stand.shipment(ref)

    waiting = plugin.create_label(stand.account, shipment, "")
    label = stand.labels(shipment)

    assert isinstance(waiting, Waiting)
    assert waiting.after == timedelta(seconds=21)
    (page,) = PdfReader(io.BytesIO(label.content)).pages
    shown = page.extract_text()
    assert all(part in shown for part in (label.awb, "Aisyah binti Omar", "2 x BJK-M"))
    assert (stand.read(ref).awb, stand.read(ref).courier) == (label.awb, label.courier)


def test_a_key_has_one_label_for_ever_and_another_key_another_awb(stand: Stand) -> None:
    ref = stand.market.sell({stand.market.add("Baju Kurung", "BJK-M"): 1})
    first = stand.labels(stand.shipment(ref))
    stand.market.move_house(ref, street="7, Jalan Melati")

    moved = stand.labels(stand.shipment(ref, key="label-2"))
    again = stand.labels(stand.shipment(ref))

    assert again == first
    assert moved.awb != first.awb


@pytest.mark.parametrize("nth", [1, 2])
def test_a_parcel_whose_answer_was_lost_is_arranged_once(stand: Stand, nth: int) -> None:
    ref = stand.market.sell({stand.market.add("Baju Kurung", "BJK-M"): 1})
    stand.market.arranging = timedelta()
    shipment = stand.shipment(ref)
    stand.wire.inject(
        faults.truncated_json if nth == 1 else faults.time_out_after, faults.Plan(path="/parcels", nth=nth)
    )

    with pytest.raises((UnknownOutcome, httpx.ReadTimeout)):
        plugin.create_label(stand.account, shipment, "")
    label = stand.labels(shipment)

    assert [parcel.awb for parcel in stand.market.order(ref).parcels.values()] == [label.awb]


def test_a_courier_that_is_never_found_is_waited_for_or_refused_with_the_reason(stand: Stand) -> None:
    product = stand.market.add("Baju Kurung", "BJK-M")
    slow, refused = stand.market.sell({product: 1}), stand.market.sell({product: 1})

    stand.market.arranging = None
    waiting = plugin.create_label(stand.account, stand.shipment(slow), "")
    stand.market.problem = "no courier goes to Labuan"

    assert isinstance(waiting, Waiting)
    with pytest.raises(Rejected, match="no courier goes to Labuan"):
        plugin.create_label(stand.account, stand.shipment(refused), "")


def test_what_has_left_has_left_however_often_it_is_said(stand: Stand) -> None:
    ref = stand.market.sell({stand.market.add("Baju Kurung", "BJK-M"): 1})
    awb = stand.labels(stand.shipment(ref)).awb

    told = [plugin.confirm_shipment(stand.account, stand.shipment(ref, awb=awb)).ref for _ in range(2)]

    assert told == [awb, awb]
    assert stand.read(ref).state is OrderState.SHIPPED


@pytest.mark.parametrize(("awb", "why"), [("", "create the label first"), ("PMY-OF-ANOTHER", "no parcel of the order")])
def test_a_parcel_leaves_only_by_the_awb_of_its_label(stand: Stand, awb: str, why: str) -> None:
    ref = stand.market.sell({stand.market.add("Baju Kurung", "BJK-M"): 1})

    with pytest.raises(Rejected, match=why):
        plugin.confirm_shipment(stand.account, stand.shipment(ref, awb=awb))


def test_an_order_that_is_cancelled_gives_its_stock_back_and_needs_no_label(stand: Stand) -> None:
    product = stand.market.add("Baju Kurung", "BJK-M", stock=5)
    ref = stand.market.sell({product: 3})
    shipment = stand.shipment(ref)
    stand.market.cancel_units(ref, product, 1)
    in_part = stand.read(ref)

    stand.market.cancel(ref)

    assert [(line.quantity, line.cancelled) for line in in_part.lines] == [(2, 1)]
    assert [(line.quantity, line.cancelled) for line in stand.read(ref).lines] == [(0, 3)]
    assert stand.market.goods(product).stock == 5
    with pytest.raises(Rejected, match="the order is cancelled"):
        plugin.create_label(stand.account, shipment, "")
    with pytest.raises(SoldOut):
        stand.market.sell({product: 6})


def test_every_state_is_read_and_a_word_that_nobody_knows_is_kept(stand: Stand) -> None:
    ref = stand.market.sell({stand.market.add("Baju Kurung", "BJK-M"): 1}, paid=False)
    seen = [stand.read(ref).state]
    for step in (stand.market.pay, stand.market.ship, stand.market.deliver, stand.market.send_back):
        step(ref)
        seen.append(stand.read(ref).state)
    stand.market.say(ref, "lost at sea")

    assert seen == ["unpaid", "ready", "shipped", "delivered", "returned"]
    assert (stand.read(ref).state, stand.read(ref).raw_state) == (OrderState.UNKNOWN, "lost at sea")


def test_an_order_that_changed_comes_again_after_the_last_change(stand: Stand) -> None:
    product = stand.market.add("Baju Kurung", "BJK-M")
    first, second = stand.market.sell({product: 1}), stand.market.sell({product: 1})
    (page,) = plugin.import_orders(stand.account, "")

    stand.market.ship(first)
    (later,) = plugin.import_orders(stand.account, page.cursor)

    assert [order.ref for order in page.records] == [first, second]
    assert [order.ref for order in later.records] == [first]
    assert list(plugin.import_orders(stand.account, later.cursor)) == []
    assert list(plugin.read_orders(stand.account, ["../shop"])) == [Absent(key="../shop")]


def test_clocks_that_differ_are_a_persons_business(stand: Stand) -> None:
    stand.clock.advance(timedelta(minutes=11))

    with pytest.raises(ActionRequired, match="clocks are more than ten minutes apart"):
        plugin.check_account(stand.account)


def test_a_change_of_an_order_is_told_to_the_address_that_was_registered(stand: Stand) -> None:
    plugin.connect_account(stand.account, "https://hub.test/webhooks/token")
    ref = stand.market.sell({stand.market.add("Baju Kurung", "BJK-M"): 1})

    (sent,) = stand.market.deliveries()
    headers = {name.lower(): value for name, value in sent.headers.items()}
    told = plugin.parse_webhook(
        stand.account, WebhookRequest(headers=headers, query={}, body=sent.content, received_at=datetime.now(UTC))
    )

    assert str(sent.url) == "https://hub.test/webhooks/token"
    assert [(hint.kind, hint.ref) for hint in told.hints] == [(HintKind.ORDER, ref)]

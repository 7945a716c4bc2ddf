"""Orders as the hub reads them: what is still wanted, from where, paid or not, and what others did with them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest
from hub_hookspecs import Absent, ActionRequired, Address, Order, OrderState
from hub_hookspecs.testing.faults import Faulty, Plan
from hub_shopify import plugin
from hub_shopify.orders import states
from hub_shopify.payloads import orders as wire
from hub_shopify.payloads.catalogue import Nodes
from hub_shopify.sandbox import ShopifySandbox

from .steps import logged_in, small

Act = Callable[[ShopifySandbox, str], object]


def stocked(sandbox: ShopifySandbox, *, places: int = 1) -> str:
    """A tracked variant at so many locations."""
    found = (one for one in sandbox.variants() if one.inventory_item.tracked)
    return next(f"gid://shopify/ProductVariant/{one.id}" for one in found if len(one.inventory_item.levels) >= places)


def read(sandbox: ShopifySandbox, *refs: str) -> list[Order | Absent]:
    with logged_in(sandbox) as account:
        return list(plugin.read_orders(account, refs))


def only(sandbox: ShopifySandbox, ref: str) -> Order:
    (found,) = read(sandbox, ref)
    assert isinstance(found, Order)
    return found


def test_an_order_says_who_wants_what_from_where() -> None:
    sandbox = small(100)
    variant = stocked(sandbox, places=2)
    place = "Kedai Bukit Bintang"
    ref = sandbox.order((variant, 3), place=place, note="Tolong dibungkus", at=datetime(2026, 11, 22, 9, tzinfo=UTC))

    order = only(sandbox, ref)

    (line,) = order.lines
    with logged_in(sandbox) as account:
        there = {one.name: one.ref for one in plugin.check_account(account).places}
    assert (order.ref, order.number, order.state, order.raw_state) == (ref, "#1001", "ready", "PAID / UNFULFILLED")
    assert order.placed_at == datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert (line.listing_ref, line.quantity, line.cancelled, line.place_ref) == (variant, 3, 0, there[place])
    assert order.total
    assert line.unit_price
    assert order.total.amount == line.unit_price.amount * 3
    assert order.recipient.lines == ("Jl. Kebon Jeruk No. 12", "RT 03 / RW 05")
    assert (order.recipient.state, order.recipient.country, order.note) == ("DKI Jakarta", "ID", "Tolong dibungkus")


def paid(sandbox: ShopifySandbox, ref: str) -> None:
    sandbox.pay(ref)


def cancelled(sandbox: ShopifySandbox, ref: str) -> None:
    sandbox.cancel(ref)


def shipped(sandbox: ShopifySandbox, ref: str) -> None:
    sandbox.fulfil(ref, company="JNE", number="JNE123")


def delivered(sandbox: ShopifySandbox, ref: str) -> None:
    shipped(sandbox, ref)
    sandbox.deliver(ref)


def held(sandbox: ShopifySandbox, ref: str) -> None:
    sandbox.hold(ref)


def partly_refunded(sandbox: ShopifySandbox, ref: str) -> None:
    sandbox.refund(ref, stocked(sandbox), 1)


def refunded(sandbox: ShopifySandbox, ref: str) -> None:
    sandbox.refund(ref, stocked(sandbox), 3)


def returned(sandbox: ShopifySandbox, ref: str) -> None:
    shipped(sandbox, ref)
    refunded(sandbox, ref)


def partly_returned(sandbox: ShopifySandbox, ref: str) -> None:
    shipped(sandbox, ref)
    partly_refunded(sandbox, ref)


UNPAID: dict[str, Any] = {"display_financial_status": "PENDING"}  # Any: fields of an order
ON_DELIVERY = {**UNPAID, "payment_gateway_names": ["Cash on Delivery (COD)"]}


@pytest.mark.parametrize(
    ("placed", "happens", "state", "wanted"),
    [
        pytest.param({}, None, OrderState.READY, (3, 0), id="paid"),
        pytest.param({"display_financial_status": "AUTHORIZED"}, None, OrderState.READY, (3, 0), id="authorised"),
        pytest.param(UNPAID, None, OrderState.UNPAID, (3, 0), id="unpaid"),
        pytest.param(UNPAID, paid, OrderState.READY, (3, 0), id="paid later"),
        pytest.param(ON_DELIVERY, None, OrderState.READY, (3, 0), id="paid on delivery"),
        pytest.param({}, cancelled, OrderState.CANCELLED, (0, 3), id="cancelled"),
        pytest.param({}, partly_refunded, OrderState.READY, (2, 1), id="one of three cancelled"),
        pytest.param({}, refunded, OrderState.CANCELLED, (0, 3), id="all refunded before it left"),
        pytest.param({}, shipped, OrderState.SHIPPED, (3, 0), id="shipped by others"),
        pytest.param({}, delivered, OrderState.DELIVERED, (3, 0), id="delivered"),
        pytest.param({}, partly_returned, OrderState.SHIPPED, (2, 1), id="one of three returned"),
        pytest.param({}, returned, OrderState.RETURNED, (0, 3), id="returned"),
        pytest.param({}, held, OrderState.UNKNOWN, (3, 0), id="on hold"),
    ],
)
def test_where_an_order_stands(
    placed: dict[str, Any], happens: Act | None, state: OrderState, wanted: tuple[int, int]
) -> None:  # Any: fields of an order
    sandbox = small()
    ref = sandbox.order((stocked(sandbox), 3), **placed)

    if happens:
        happens(sandbox, ref)
    order = only(sandbox, ref)

    assert order.state is state
    assert [(line.quantity, line.cancelled) for line in order.lines] == [wanted]


@pytest.mark.parametrize(("money", "goods"), [("NEW_WORD", "UNFULFILLED"), ("PAID", "NEW_WORD"), (None, "OPEN")])
def test_a_word_that_nobody_knows_is_kept_and_ships_nothing(money: str | None, goods: str) -> None:
    line = wire.Line(id="1", quantity=1, current_quantity=1)
    found = wire.Order(
        display_financial_status=money, display_fulfillment_status=goods, line_items=Nodes(nodes=(line,))
    )

    assert states.state(found) is OrderState.UNKNOWN
    assert goods in states.raw(found)


def test_a_parcel_that_others_sent_is_named_and_so_is_a_service_that_ships_itself() -> None:
    sandbox = small(100)
    variant = next(
        one for one in sandbox.variants() if any(level.location.service for level in one.inventory_item.levels.values())
    )
    ours, theirs = sandbox.order((stocked(sandbox), 1)), sandbox.order((variant.id, 1), place="Fastock Fulfilment MY")
    shipped(sandbox, ours)

    assert (only(sandbox, ours).courier, only(sandbox, ours).awb) == ("JNE", "JNE123")
    assert not only(sandbox, ours).fulfilled_by_channel
    assert only(sandbox, theirs).fulfilled_by_channel


def test_orders_that_are_not_there_are_absent_and_so_are_trials_of_the_checkout() -> None:
    sandbox = small()
    there, trial = sandbox.order((stocked(sandbox), 1)), sandbox.order((stocked(sandbox), 1), test=True)
    refs = [there, trial, "gid://shopify/Order/1", "no-such-order", "gid://shopify/Product/1"]

    answers = read(sandbox, *refs)

    assert {one.key for one in answers if isinstance(one, Absent)} == set(refs[1:])
    assert [one.ref for one in answers if isinstance(one, Order)] == [there]


def test_a_line_of_a_variant_that_was_deleted_keeps_its_name_and_sku() -> None:
    sandbox = small()
    variant = stocked(sandbox)
    ref = sandbox.order((variant, 1))
    sandbox.remove(variant)

    (line,) = only(sandbox, ref).lines

    assert line.listing_ref == ""
    assert line.name


def test_an_order_of_many_lines_is_read_whole() -> None:
    sandbox = small(200)
    found = [one.id for one in sandbox.variants() if any(place.id % 1_000 == 1 for place in places(one.inventory_item))]
    ref = sandbox.order(*((variant, 1) for variant in found[:45]), place="Gudang Tanah Abang")

    order = only(sandbox, ref)

    assert len({line.ref for line in order.lines}) == 45
    assert {line.place_ref for line in order.lines} == {order.lines[0].place_ref} != {""}


def places(item: Any) -> list[Any]:  # Any: records of the sandbox
    return [level.location for level in item.levels.values()]


def hidden(request: httpx.Request, answer: Callable[[httpx.Request], httpx.Response]) -> httpx.Response:
    """As Shopify answers an app that may not see buyers' data."""
    body = msgspec.json.decode(answer(request).read())
    for number, node in enumerate(body["data"]["nodes"]):
        node["shippingAddress"] = None
        path = ["nodes", number, "shippingAddress"]
        denied = {"message": "Access denied", "path": path, "extensions": {"code": "ACCESS_DENIED"}}
        body.setdefault("errors", []).append(denied)
    return httpx.Response(200, json=body)


def test_an_order_without_the_buyers_data_is_an_order_all_the_same() -> None:
    sandbox = small()
    ref = sandbox.order((stocked(sandbox), 1))
    wire = Faulty(sandbox)

    with logged_in(wire) as account:
        wire.inject(hidden, Plan(path="graphql"))
        (order,) = plugin.read_orders(account, [ref])

    assert isinstance(order, Order)
    assert order.recipient == Address()


def test_without_the_scope_an_order_is_not_read_as_if_it_had_no_parts() -> None:
    sandbox = small()
    ref = sandbox.order((stocked(sandbox), 1))
    sandbox.scopes = ("read_orders", "read_products", "read_locations")

    with logged_in(sandbox) as account, pytest.raises(ActionRequired, match="Grant the app"):
        list(plugin.read_orders(account, [ref]))

"""Shipments confirmed and wishes to cancel answered: looked at first, done once, and open where nobody can know."""

from dataclasses import replace
from datetime import UTC, datetime

import httpx
import msgspec
import pytest
from hub_hookspecs import (
    Account,
    Address,
    OrderState,
    Rejected,
    Shipment,
    Temporary,
    TokenExpired,
    UnknownOutcome,
)
from hub_hookspecs import Order as OrderRecord
from hub_hookspecs.testing import faults, transport
from hub_hookspecs.testing.faults import Faulty, Plan
from hub_tokopedia import plugin
from hub_tokopedia.sandbox import Order, TokopediaSandbox
from hub_tokopedia.settings import TokopediaSettings


def connected(sandbox: TokopediaSandbox | Faulty) -> Account[TokopediaSettings]:
    http = httpx.Client(transport=transport(sandbox))
    settings = msgspec.convert(sandbox.settings(), TokopediaSettings)
    account = Account(id="account-1", merchant_id="merchant-1", settings=settings, token="", http=http)
    return replace(account, token=plugin.authenticate(account, None).value)


def read(account: Account[TokopediaSettings], order_id: int) -> OrderRecord:
    (answer,) = plugin.read_orders(account, [str(order_id)])
    assert isinstance(answer, OrderRecord)
    return answer


def asked(shop: TokopediaSandbox, path: str) -> int:
    return sum(seen.path.endswith(path) for seen in shop.requests)


@pytest.fixture
def shop() -> TokopediaSandbox:
    return TokopediaSandbox(rate=None, size=0)


@pytest.fixture
def shirt(shop: TokopediaSandbox) -> int:
    return shop.add("Kaos", "KS-1", stock=10)


def a_parcel(order_id: object, awb: str = "JNE0012345") -> Shipment:
    return Shipment(
        key="parcel-1",
        order_ref=str(order_id),
        order_number="INV/1",
        sender=Address(),
        recipient=Address(),
        lines=(),
        courier="JNE",
        awb=awb,
    )


def latest(shop: TokopediaSandbox, number: int) -> Order:
    return next(order for order in shop.orders() if order.number == number)


# -- shipments


@pytest.mark.parametrize("status", [220, 400, 450])
def test_an_awb_is_handed_in_and_the_order_is_accepted_first_where_nobody_did(
    shop: TokopediaSandbox, shirt: int, status: int
) -> None:
    number = shop.sell(shirt, status=status)

    receipt = plugin.confirm_shipment(connected(shop), a_parcel(number))

    assert receipt.ref == "JNE0012345"
    assert (latest(shop, number).status, latest(shop, number).awb) == (500, "JNE0012345")
    assert read(connected(shop), number).state is OrderState.SHIPPED


def test_a_shipment_that_was_confirmed_is_not_confirmed_again(shop: TokopediaSandbox, shirt: int) -> None:
    number = shop.sell(shirt, status=400)
    account = connected(shop)

    once, again = (plugin.confirm_shipment(account, a_parcel(number)) for _ in range(2))

    assert once == again
    assert asked(shop, "/status") == 1


def test_a_courier_that_tells_its_own_awb_needs_none_told(shop: TokopediaSandbox, shirt: int) -> None:
    number = shop.sell(shirt, status=450, cashless=True, awb="TKP-77")

    receipt = plugin.confirm_shipment(connected(shop), a_parcel(number, awb=""))

    assert receipt.ref == "TKP-77"
    assert asked(shop, "/status") == 0


@pytest.mark.parametrize(
    ("status", "awb", "said"),
    [
        pytest.param(400, " ", "wants the AWB", id="without an AWB"),
        pytest.param(10, "JNE1", "status 10", id="cancelled"),
        pytest.param(690, "JNE1", "status 690", id="under review"),
    ],
)
def test_what_cannot_be_shipped_is_refused_with_the_reason(
    shop: TokopediaSandbox, shirt: int, status: int, awb: str, said: str
) -> None:
    number = shop.sell(shirt)
    shop.move_order(number, status)

    with pytest.raises(Rejected, match=said):
        plugin.confirm_shipment(connected(shop), a_parcel(number, awb))


@pytest.mark.parametrize("ref", ["12345", "no-such-order"])
def test_an_order_that_is_not_there_cannot_be_acted_on(shop: TokopediaSandbox, ref: str) -> None:
    account = connected(shop)

    with pytest.raises(Rejected, match="no order"):
        plugin.confirm_shipment(account, a_parcel(ref))
    with pytest.raises(Rejected, match="no order"):
        plugin.answer_cancellation(account, ref, accept=True, reason="")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param(faults.failing_after(502), UnknownOutcome, id="a proxy gave up"),
        pytest.param(faults.truncated_json, UnknownOutcome, id="half an answer"),
        pytest.param(faults.wrong_json(b'{"header":{"messages":"ok"},"data":{}}'), UnknownOutcome, id="says nothing"),
        pytest.param(faults.server_error(503), Temporary, id="an outage"),
        pytest.param(faults.revoked(401), TokenExpired, id="an expired token"),
    ],
)
def test_a_confirmation_without_a_clear_answer_is_open_and_the_next_try_looks_first(
    shop: TokopediaSandbox, shirt: int, fault: faults.Fault, error: type[Exception]
) -> None:
    number = shop.sell(shirt, status=400)
    wire = Faulty(shop)
    wire.inject(fault, Plan(path="/status"))
    account = connected(wire)

    with pytest.raises(error) as raised:
        plugin.confirm_shipment(account, a_parcel(number))
    receipt = plugin.confirm_shipment(account, a_parcel(number))

    assert type(raised.value) is error
    assert receipt.ref == latest(shop, number).awb == "JNE0012345"
    assert [status for status, _ in latest(shop, number).history].count(500) == 1


# -- wishes to cancel


def test_agreeing_cancels_the_order_and_gives_its_stock_back(shop: TokopediaSandbox, shirt: int) -> None:
    number = shop.sell(shirt, 3, status=400)
    shop.ask_to_cancel(number)
    account = connected(shop)

    once = plugin.answer_cancellation(account, str(number), accept=True, reason="not shipped yet " * 50)
    again = plugin.answer_cancellation(account, str(number), accept=True, reason="not shipped yet")

    assert once == again
    assert read(account, number).state is OrderState.CANCELLED
    assert next(shop.units()).stock == 10
    assert asked(shop, "/nack") == 1


def test_refusing_leaves_the_order_as_it_was(shop: TokopediaSandbox, shirt: int) -> None:
    number = shop.sell(shirt, status=400)
    shop.ask_to_cancel(number)
    account = connected(shop)

    once = plugin.answer_cancellation(account, str(number), accept=False, reason="on its way")
    again = plugin.answer_cancellation(account, str(number), accept=False, reason="on its way")

    assert once == again
    assert read(account, number).state is OrderState.READY
    assert asked(shop, "/reject-cancel") == 1


def test_nobody_agrees_to_what_nobody_asked_for(shop: TokopediaSandbox, shirt: int) -> None:
    number = shop.sell(shirt, status=400)

    with pytest.raises(Rejected, match="does not ask"):
        plugin.answer_cancellation(connected(shop), str(number), accept=True, reason="")

    assert latest(shop, number).status == 400


def test_a_cancelled_order_cannot_be_kept(shop: TokopediaSandbox, shirt: int) -> None:
    number = shop.sell(shirt, at=datetime(2026, 11, 1, tzinfo=UTC))
    shop.cancel_order(number)

    with pytest.raises(Rejected, match="cancelled already"):
        plugin.answer_cancellation(connected(shop), str(number), accept=False, reason="")


def test_an_answer_that_was_lost_is_found_by_reading_the_order(shop: TokopediaSandbox, shirt: int) -> None:
    number = shop.sell(shirt, status=400)
    shop.ask_to_cancel(number)
    wire = Faulty(shop)
    wire.inject(faults.failing_after(504), Plan(path="/nack"))
    account = connected(wire)

    with pytest.raises(UnknownOutcome):
        plugin.answer_cancellation(account, str(number), accept=True, reason="")

    assert read(account, number).state is OrderState.CANCELLED

"""Levels told and read: one outcome for each target, whatever becomes of the others."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import httpx
import msgspec
import pytest
from hub_hookspecs import (
    Account,
    ActionRequired,
    RateLimited,
    StockOutcome,
    StockReading,
    StockStatus,
    StockTarget,
    Temporary,
    TokenExpired,
)
from hub_hookspecs.testing import faults, transport
from hub_hookspecs.testing.faults import Answer, Faulty, Plan
from hub_tokopedia import plugin
from hub_tokopedia.sandbox import TokopediaSandbox
from hub_tokopedia.settings import TokopediaSettings

UPDATE = "stock/update"


def logged_in(sandbox: TokopediaSandbox | Faulty) -> Account[TokopediaSettings]:
    http = httpx.Client(transport=transport(sandbox))
    settings = msgspec.convert(sandbox.settings(), TokopediaSettings)
    account = Account(id="account-1", merchant_id="merchant-1", settings=settings, token="", http=http)
    return replace(account, token=plugin.authenticate(account, None).value)


def pushed(sandbox: TokopediaSandbox | Faulty, *targets: StockTarget) -> list[StockOutcome]:
    return list(plugin.push_stock(logged_in(sandbox), targets))


def read(sandbox: TokopediaSandbox) -> list[StockReading]:
    return [reading for page in plugin.sync_stock(logged_in(sandbox), "") for reading in page.records]


def target(ref: object, quantity: int, place: object = "") -> StockTarget:
    return StockTarget(listing_ref=str(ref), quantity=quantity, place_ref=str(place))


def confirmed(outcomes: Sequence[StockOutcome]) -> set[str]:
    return {outcome.listing_ref for outcome in outcomes if outcome.status is StockStatus.CONFIRMED}


def updates(sandbox: TokopediaSandbox) -> int:
    return sum(seen.path.endswith(UPDATE) for seen in sandbox.requests)


def answering(change: Callable[[dict[str, object]], object], status: int = 200) -> faults.Fault:
    """Let the sandbox answer, then change the `data` of its answer; the effect stays."""

    def answer_otherwise(request: httpx.Request, answer: Answer) -> httpx.Response:
        body = answer(request).json()
        return httpx.Response(status, json={**body, "data": change(body["data"])})

    return answer_otherwise


@pytest.fixture
def shop() -> TokopediaSandbox:
    return TokopediaSandbox(rate=None, size=0, warehouses=1)


# -- telling


def test_a_hundred_levels_are_one_call_and_the_next_is_another(shop: TokopediaSandbox) -> None:
    refs = [shop.add(f"Kaos {number}", f"KS-{number}", stock=5) for number in range(101)]

    outcomes = pushed(shop, *(target(ref, 7) for ref in refs))

    assert updates(shop) == 2
    assert confirmed(outcomes) == {str(ref) for ref in refs}
    assert {unit.stock for unit in shop.units()} == {7}


def test_each_bad_row_is_refused_in_tokopedias_words_and_the_others_are_told(shop: TokopediaSandbox) -> None:
    good, gone = shop.add("Kaos", "KS", stock=5), shop.add("Topi", "TP", stock=5)
    shop.remove(gone)

    outcomes = pushed(shop, target(gone, 3), target(good, 3), target("no-number", 3))

    reasons = {outcome.listing_ref: outcome.reason for outcome in outcomes if outcome.status is StockStatus.REFUSED}
    assert confirmed(outcomes) == {str(good)}
    assert reasons.keys() == {str(gone), "no-number"}
    assert reasons[str(gone)] == "Tokopedia refuses this stock: Invalid Product ID."
    assert next(shop.units()).stock == 3


def test_a_product_that_is_told_nothing_is_left_stays_active(shop: TokopediaSandbox) -> None:
    ref = shop.add("Kaos", "KS", stock=5)

    pushed(shop, target(ref, 0))

    unit = next(shop.units())
    assert (unit.stock, unit.status) == (0, 1)


@pytest.mark.parametrize("status", [400, 422, 500])
def test_failed_rows_are_read_whatever_the_http_status(shop: TokopediaSandbox, status: int) -> None:
    good = shop.add("Kaos", "KS", stock=5)
    wire = Faulty(shop)
    wire.inject(answering(lambda data: data, status), Plan(path=UPDATE))

    outcomes = pushed(wire, target(good, 3), target(1, 3))

    assert confirmed(outcomes) == {str(good)}
    assert [outcome.reason for outcome in outcomes if outcome.reason] == [
        "Tokopedia refuses this stock: Invalid Product ID."
    ]


def test_a_failed_row_that_is_not_named_is_found_by_halves(shop: TokopediaSandbox) -> None:
    refs = [shop.add(f"Kaos {number}", f"KS-{number}", stock=5) for number in range(7)]
    shop.remove(refs[4])
    wire = Faulty(shop)
    wire.inject(answering(lambda data: {**data, "failed_rows_data": ["Error"]}), Plan(path=UPDATE, times=None))

    outcomes = pushed(wire, *(target(ref, 3) for ref in refs))

    assert confirmed(outcomes) == {str(ref) for ref in refs} - {str(refs[4])}
    assert len(outcomes) == 7


def test_a_call_that_one_row_spoils_is_sent_again_without_it(shop: TokopediaSandbox) -> None:
    refs = [shop.add(f"Kaos {number}", f"KS-{number}", stock=5) for number in range(8)]
    spoiling = str(refs[2]).encode()

    def spoil(request: httpx.Request, answer: Answer) -> httpx.Response:
        body = {"header": {"messages": "malformed", "reason": "bad row", "error_code": "PRD_DLV_042"}, "data": None}
        return httpx.Response(400, json=body) if spoiling in request.content else answer(request)

    wire = Faulty(shop)
    wire.inject(spoil, Plan(path=UPDATE, times=None))

    outcomes = pushed(wire, *(target(ref, 3) for ref in refs))

    assert confirmed(outcomes) == {str(ref) for ref in refs} - {str(refs[2])}
    assert [outcome.reason for outcome in outcomes if outcome.reason] == [
        "Tokopedia answered 400: bad row (PRD_DLV_042)"
    ]


def test_what_one_call_has_settled_is_known_before_the_next_is_sent(shop: TokopediaSandbox) -> None:
    refs = [shop.add(f"Kaos {number}", f"KS-{number}", stock=5) for number in range(101)]
    wire = Faulty(shop)
    wire.inject(faults.server_error(502), Plan(path=UPDATE, nth=2))

    answers = plugin.push_stock(logged_in(wire), [target(ref, 3) for ref in refs])
    first = [next(answers) for _ in range(100)]
    with pytest.raises(Temporary):
        next(answers)

    assert len(confirmed(first)) == 100


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param(faults.rate_limited(7), RateLimited, id="too many requests"),
        pytest.param(faults.revoked(401), TokenExpired, id="an expired token"),
        pytest.param(faults.revoked(403), ActionRequired, id="a ban"),
        pytest.param(faults.server_error(503), Temporary, id="an outage"),
        pytest.param(faults.truncated_json, Temporary, id="half an answer"),
        pytest.param(answering(lambda _: None), Temporary, id="success without a row"),
        pytest.param(answering(lambda _: {}), Temporary, id="rows of neither sort"),
    ],
)
def test_what_concerns_the_call_is_raised_and_no_row_is_blamed(
    shop: TokopediaSandbox, fault: faults.Fault, error: type[Exception]
) -> None:
    ref = shop.add("Kaos", "KS", stock=5)
    wire = Faulty(shop)
    wire.inject(fault, Plan(path=UPDATE, times=None))

    with pytest.raises(error):
        pushed(wire, target(ref, 3))

    assert sum(UPDATE in request.url.path for request in wire.requests) == 1


# -- several warehouses


def test_each_warehouse_is_told_its_own_level() -> None:
    shop = TokopediaSandbox(rate=None, size=0)
    ref = shop.add("Kaos", "KS", stock=5)
    first, second = shop.warehouse_ids

    outcomes = pushed(shop, target(ref, 4, first), target(ref, 9, second))

    assert [(outcome.place_ref, outcome.status) for outcome in outcomes] == [
        (str(first), StockStatus.CONFIRMED),
        (str(second), StockStatus.CONFIRMED),
    ]
    assert [(reading.place_ref, reading.good) for reading in read(shop)] == [(str(first), 4), (str(second), 9)]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        pytest.param("", "Mandatory To Fill Warehouse ID", id="no warehouse"),
        pytest.param("77", "Warehouse ID is not found", id="a foreign warehouse"),
    ],
)
def test_stock_of_no_known_warehouse_is_refused_with_the_cure(place: str, said: str) -> None:
    shop = TokopediaSandbox(rate=None, size=0)
    refs = [shop.add(f"Kaos {number}", f"KS-{number}", stock=5) for number in range(3)]

    outcomes = pushed(shop, *(target(ref, 4, place) for ref in refs))

    assert len(outcomes) == 3
    assert all(said in outcome.reason and "map one of the shop's warehouses" in outcome.reason for outcome in outcomes)
    assert updates(shop) == 1


# -- reading


def test_every_counted_unit_is_read_with_what_campaigns_hold_back_apart() -> None:
    shop = TokopediaSandbox(rate=None, size=300, warehouses=1)

    readings = read(shop)

    assert sorted((reading.listing_ref, reading.good, reading.frozen) for reading in readings) == sorted(
        (str(unit.ref), unit.stock, unit.reserve) for unit in shop.units() if unit.counted
    )
    assert {reading.place_ref for reading in readings} == {str(shop.warehouse_ids[0])}
    assert any(reading.frozen for reading in readings)

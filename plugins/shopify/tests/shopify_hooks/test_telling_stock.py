"""Levels that are told: written only over what the hub believes is there, each answered once."""

from collections.abc import Callable
from functools import partial

import httpx
import msgspec
import pytest
from hub_hookspecs import Account, RateLimited, StockOutcome, StockStatus, StockTarget, Temporary
from hub_hookspecs.testing.faults import Faulty, Plan, server_error, time_out_after, wrong_json
from hub_shopify import plugin
from hub_shopify.sandbox import ShopifySandbox
from hub_shopify.sandbox.records import Level
from hub_shopify.settings import ShopifySettings

from .steps import GONE, THROTTLED, logged_in, small

CONFIRMED, REFUSED, STALE = StockStatus.CONFIRMED, StockStatus.REFUSED, StockStatus.STALE
Act = Callable[[ShopifySandbox, str], object]


def levels(sandbox: ShopifySandbox) -> list[Level]:
    """What may be counted: one level of each tracked variant."""
    items = (variant.inventory_item for variant in sandbox.variants())
    open_ = (
        [level for level in item.levels.values() if level.is_active and level.location.is_active]
        for item in items
        if item.tracked
    )
    return [found[0] for found in open_ if found]


def target(level: Level, quantity: int, expected: int | str | None = "shown") -> StockTarget:
    return StockTarget(
        listing_ref=f"gid://shopify/ProductVariant/{level.item.variant.id}",
        place_ref=f"gid://shopify/Location/{level.location.id}",
        quantity=quantity,
        expected=level.available if isinstance(expected, str) else expected,
    )


def tell(sandbox: ShopifySandbox, *targets: StockTarget) -> list[StockOutcome]:
    with logged_in(sandbox) as account:
        return list(plugin.push_stock(account, targets))


def shown(sandbox: ShopifySandbox, told: StockTarget) -> int:
    return sandbox.available(told.listing_ref, told.place_ref)


def brief(outcomes: list[StockOutcome]) -> list[tuple[StockStatus, int | None]]:
    return [(outcome.status, outcome.actual) for outcome in outcomes]


# -- the rule


@pytest.mark.parametrize(
    ("quantity", "expected", "outcome", "left"),
    [
        pytest.param(7, 9, (CONFIRMED, 7), 7, id="as expected, and written"),
        pytest.param(9, 9, (CONFIRMED, 9), 9, id="as expected, and there already"),
        pytest.param(7, 8, (STALE, 9), 9, id="another than expected"),
        pytest.param(9, 8, (STALE, 9), 9, id="another than expected, though it is the target"),
        pytest.param(7, None, (STALE, 9), 9, id="nobody knows what to expect"),
        pytest.param(9, None, (STALE, 9), 9, id="nobody knows, though it is the target"),
    ],
)
def test_a_level_is_written_only_over_what_is_expected(
    quantity: int, expected: int | None, outcome: tuple[StockStatus, int], left: int
) -> None:
    sandbox = small()
    wanted = target(levels(sandbox)[0], quantity, expected)
    sandbox.stock(wanted.listing_ref, 9, wanted.place_ref)

    outcomes = tell(sandbox, wanted)

    assert brief(outcomes) == [outcome]
    assert shown(sandbox, wanted) == left
    assert sandbox.counts["HubSetStock"] == (left != 9)


def test_an_oversold_level_is_compared_below_zero() -> None:
    sandbox = small()
    wanted = target(levels(sandbox)[0], 3, -2)
    sandbox.stock(wanted.listing_ref, -2, wanted.place_ref)

    assert brief(tell(sandbox, wanted)) == [(CONFIRMED, 3)]
    assert brief(tell(sandbox, wanted)) == [(STALE, 3)]


def test_places_of_one_variant_are_told_apart() -> None:
    sandbox = small(100)
    items = [one.inventory_item for one in sandbox.variants() if one.inventory_item.tracked]
    item = next(item for item in items if len(item.levels) > 1)
    first, second = list(item.levels.values())[:2]

    outcomes = tell(sandbox, target(second, second.available + 4))

    assert [outcome.status for outcome in outcomes] == [CONFIRMED]
    assert shown(sandbox, target(first, 0)) == first.available
    assert shown(sandbox, target(second, 0)) == second.available + 4


# -- races


def sold(sandbox: ShopifySandbox, ref: str) -> None:
    sandbox.sell(ref)


def sold_and_brought_back(sandbox: ShopifySandbox, ref: str) -> None:
    """The comparison is lost, and the next look finds what was expected."""
    there = sandbox.available(ref)
    sandbox.sell(ref)
    sandbox.before("HubLevelsAt", partial(sandbox.stock, ref, there))


@pytest.mark.parametrize(
    ("happens", "outcome", "left"),
    [
        pytest.param(sold, (STALE, 19), 19, id="a sale"),
        pytest.param(sold_and_brought_back, (CONFIRMED, 12), 12, id="a sale taken back"),
    ],
)
def test_what_happens_between_the_look_and_the_write_is_not_overwritten(
    happens: Act, outcome: tuple[StockStatus, int], left: int
) -> None:
    sandbox = small()
    level = levels(sandbox)[0]
    sandbox.stock(level.item.variant.id, 20, f"gid://shopify/Location/{level.location.id}")
    wanted = target(level, 12, 20)
    sandbox.before("HubSetStock", lambda: happens(sandbox, wanted.listing_ref))

    outcomes = tell(sandbox, wanted)

    assert brief(outcomes) == [outcome]
    assert shown(sandbox, wanted) == left


def test_a_comparison_that_is_lost_again_and_again_ends() -> None:
    sandbox = small()
    wanted = target(levels(sandbox)[0], 12, 20)
    sandbox.stock(wanted.listing_ref, 20, wanted.place_ref)

    def sell_at_every_write() -> None:
        sandbox.sell(wanted.listing_ref)
        sandbox.before("HubLevelsAt", partial(sandbox.stock, wanted.listing_ref, 20, wanted.place_ref))
        sandbox.before("HubSetStock", sell_at_every_write)

    sandbox.before("HubSetStock", sell_at_every_write)
    outcomes = tell(sandbox, wanted)

    assert brief(outcomes) == [(STALE, 20)]
    assert sandbox.counts["HubSetStock"] == 3


def test_a_sale_of_one_does_not_hold_up_the_others() -> None:
    sandbox = small(60)
    wanted = [target(level, level.available + 5) for level in levels(sandbox)]
    sandbox.before("HubSetStock", lambda: sandbox.sell(wanted[2].listing_ref, place=wanted[2].place_ref))

    outcomes = tell(sandbox, *wanted)

    stale = [outcome.listing_ref for outcome in outcomes if outcome.status is STALE]
    assert stale == [wanted[2].listing_ref]
    assert len(outcomes) == len(wanted)
    assert {outcome.status for outcome in outcomes} == {CONFIRMED, STALE}
    assert sandbox.counts["HubSetStock"] == 2


# -- what cannot be written


def not_tracked(sandbox: ShopifySandbox, ref: str) -> None:
    sandbox.change(ref, tracked=False)


def of_a_bundle(sandbox: ShopifySandbox, ref: str) -> None:
    sandbox.change(ref, mutable=False)


def deleted(sandbox: ShopifySandbox, ref: str) -> None:
    sandbox.remove(ref)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        pytest.param(not_tracked, "switch on Track quantity", id="not tracked"),
        pytest.param(of_a_bundle, "NON_MUTABLE_INVENTORY_ITEM", id="a bundle"),
        pytest.param(deleted, "unlink this listing", id="deleted"),
    ],
)
def test_a_culprit_is_refused_with_the_reason_and_the_rest_is_written(spoil: Act, says: str) -> None:
    sandbox = small(60)
    wanted = [target(level, level.available + 5) for level in levels(sandbox)]
    spoil(sandbox, wanted[3].listing_ref)

    outcomes = tell(sandbox, *wanted)

    (refused,) = (outcome for outcome in outcomes if outcome.status is REFUSED)
    assert refused.listing_ref == wanted[3].listing_ref
    assert says in refused.reason
    assert sum(outcome.status is CONFIRMED for outcome in outcomes) == len(wanted) - 1


def test_a_quantity_beyond_shopifys_bound_is_refused_alone() -> None:
    sandbox = small(60)
    many, *others = [target(level, level.available + 5) for level in levels(sandbox)]

    outcomes = tell(sandbox, msgspec.structs.replace(many, quantity=2_000_000_000), *others)

    assert [outcome.reason for outcome in outcomes if outcome.status is REFUSED] == [
        "Shopify: The total quantity can't be higher than 1,000,000,000. (INVALID_QUANTITY_TOO_HIGH)"
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"listing_ref": GONE}, "unlink this listing", id="no such variant"),
        pytest.param({"listing_ref": "TEE"}, "unlink this listing", id="no id of a variant"),
        pytest.param({"place_ref": "gid://shopify/Location/1"}, "not stocked at this location", id="no such place"),
        pytest.param({"place_ref": "Gudang"}, "no such location", id="no id of a place"),
    ],
)
def test_a_target_that_leads_nowhere_is_refused(change: dict[str, str], says: str) -> None:
    sandbox = small()
    wanted = msgspec.structs.replace(target(levels(sandbox)[0], 5), **change)

    (outcome,) = tell(sandbox, wanted)

    assert (outcome.status, outcome.listing_ref, outcome.place_ref) == (REFUSED, wanted.listing_ref, wanted.place_ref)
    assert says in outcome.reason


def test_a_closed_location_is_told_nothing() -> None:
    sandbox = small()
    level = levels(sandbox)[0]
    sandbox.close_location(level.location.name)

    (outcome,) = tell(sandbox, target(level, 5))

    assert outcome.status is REFUSED
    assert "activate it there" in outcome.reason


@pytest.mark.parametrize("for_good", [True, False])
@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize(
    ("quantity", "expected", "outcome"),
    [
        pytest.param(0, 0, (CONFIRMED, 0), id="nothing is offered, and known to be shown"),
        pytest.param(0, None, (STALE, 0), id="nothing is offered, and nobody knows what is shown"),
        pytest.param(0, 3, (STALE, 0), id="nothing is offered, and something was shown"),
        pytest.param(5, 0, (REFUSED, None), id="something is offered"),
    ],
)
def test_a_place_that_does_not_stock_a_variant_shows_none_of_it(
    quantity: int, expected: int | None, outcome: tuple[StockStatus, int | None], named: bool, for_good: bool
) -> None:
    sandbox = small()
    wanted = target(alone(sandbox), quantity, expected)
    sandbox.stock(wanted.listing_ref, 0, wanted.place_ref)
    sandbox.unstock(wanted.listing_ref, wanted.place_ref, for_good=for_good)

    outcomes = tell(sandbox, wanted if named else msgspec.structs.replace(wanted, place_ref=""))

    assert brief(outcomes) == [outcome]
    assert ("stock it there" in outcomes[0].reason) is (quantity > 0)
    assert sandbox.counts["HubSetStock"] == 0


def test_a_figure_that_comes_back_on_sale_with_its_place_is_not_taken_for_none() -> None:
    sandbox = small()
    wanted = target(alone(sandbox), 0, 4)
    sandbox.stock(wanted.listing_ref, 4, wanted.place_ref)
    sandbox.unstock(wanted.listing_ref, wanted.place_ref)

    (outcome,) = tell(sandbox, wanted)

    assert outcome.status is REFUSED
    assert "stock it there" in outcome.reason


def alone(sandbox: ShopifySandbox) -> Level:
    """The level of a variant that no other location stocks."""
    return next(level for level in levels(sandbox) if len(level.item.levels) == 1)


def test_without_a_place_the_only_one_is_meant_and_of_several_none() -> None:
    sandbox = small(100)
    found = [one.inventory_item for one in sandbox.variants() if one.inventory_item.tracked]
    alone = next(item for item in found if [level.is_active for level in item.levels.values()] == [True])
    spread = next(item for item in found if len(item.levels) > 1)
    told = [target(next(iter(item.levels.values())), 77) for item in (alone, spread)]
    wanted = [msgspec.structs.replace(one, place_ref="") for one in told]

    second, first = sorted(tell(sandbox, *wanted), key=lambda outcome: outcome.status, reverse=True)

    assert (first.listing_ref, second.listing_ref) == (wanted[0].listing_ref, wanted[1].listing_ref)
    assert (first.status, first.place_ref) == (CONFIRMED, "")
    assert second.status is REFUSED
    assert "map the store's locations" in second.reason


# -- batches and keys


def test_a_call_carries_at_most_250_entries_under_a_key_of_its_own() -> None:
    sandbox = small(700)
    wire = Faulty(sandbox)
    wanted = [target(level, level.available + 1) for level in levels(sandbox)]

    with logged_in(wire) as account:
        outcomes = list(plugin.push_stock(account, wanted))

    calls = [
        msgspec.json.decode(request.content)["variables"]
        for request in wire.requests
        if b"HubSetStock" in request.content
    ]
    assert sorted(outcome.listing_ref for outcome in outcomes) == sorted(one.listing_ref for one in wanted)
    assert {outcome.status for outcome in outcomes} == {CONFIRMED}
    assert [len(call["input"]["quantities"]) for call in calls] == [250] * (len(wanted) // 250) + [len(wanted) % 250]
    assert len({call["key"] for call in calls}) == len(calls)


def test_a_refusal_that_names_nobody_is_narrowed_down_by_halves() -> None:
    sandbox = small(60)
    wanted = [target(level, level.available + 5) for level in levels(sandbox)][:8]
    sandbox.change(wanted[5].listing_ref, mutable=False)

    def anonymous(request: httpx.Request, answer: Callable[[httpx.Request], httpx.Response]) -> httpx.Response:
        body = msgspec.json.decode(answer(request).read())
        for error in (body["data"].get("inventorySetQuantities") or {}).get("userErrors") or ():
            error["field"] = None
        return httpx.Response(200, json=body)

    wire = Faulty(sandbox)
    wire.inject(anonymous, Plan(path="graphql", times=None))
    with logged_in(wire) as account:
        outcomes = list(plugin.push_stock(account, wanted))

    assert [outcome.listing_ref for outcome in outcomes if outcome.status is REFUSED] == [wanted[5].listing_ref]
    assert sum(outcome.status is CONFIRMED for outcome in outcomes) == 7


def failed(code: str) -> bytes:
    error = {"field": None, "message": "Sorry", "code": code}
    return msgspec.json.encode({"data": {"inventorySetQuantities": {"userErrors": [error]}}})


def test_a_call_that_is_refused_as_a_whole_refuses_its_targets_and_is_not_repeated() -> None:
    sandbox = small(60)
    wire = Faulty(sandbox)
    wire.inject(wrong_json(failed("INVALID_REASON")), Plan(path="graphql", nth=2))

    with logged_in(wire) as account:
        outcomes = list(
            plugin.push_stock(account, [target(level, level.available + 5) for level in levels(sandbox)[:5]])
        )

    assert [outcome.status for outcome in outcomes] == [REFUSED] * 5
    assert sandbox.counts["HubSetStock"] == 0


@pytest.mark.parametrize(
    ("code", "times", "raises"),
    [
        ("IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED", 1, False),
        ("IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED", 9, True),
        ("IDEMPOTENCY_CONCURRENT_REQUEST", 1, True),
    ],
)
def test_a_key_that_shopify_holds_against_us_is_replaced_a_few_times(code: str, times: int, raises: bool) -> None:
    sandbox = small()
    wire = Faulty(sandbox)
    wire.inject(wrong_json(failed(code)), Plan(path="graphql", nth=2, times=times))
    wanted = target(levels(sandbox)[0], 5)

    with logged_in(wire) as account:
        if raises:
            with pytest.raises(Temporary):
                list(plugin.push_stock(account, [wanted]))
        else:
            assert brief(list(plugin.push_stock(account, [wanted]))) == [(CONFIRMED, 5)]


# -- broken calls


def told_through(
    fault: Callable[..., httpx.Response], *, nth: int
) -> tuple[Exception | None, ShopifySandbox, StockTarget]:
    sandbox = small()
    wire = Faulty(sandbox)
    wire.inject(fault, Plan(path="graphql", nth=nth))
    wanted = target(levels(sandbox)[0], 5)
    with logged_in(wire) as account:
        return error_of(account, wanted), sandbox, wanted


def error_of(account: Account[ShopifySettings], wanted: StockTarget) -> Exception | None:
    try:
        list(plugin.push_stock(account, [wanted]))
    except Exception as error:  # noqa: BLE001 - which one it is, the test looks at
        return error
    return None


@pytest.mark.parametrize("nth", [1, 2])
def test_an_empty_bucket_says_how_long_it_takes_and_writes_nothing(nth: int) -> None:
    error, sandbox, _ = told_through(wrong_json(THROTTLED), nth=nth)

    assert isinstance(error, RateLimited)
    assert error.retry_after
    assert sandbox.counts["HubSetStock"] == 0


@pytest.mark.parametrize("fault", [time_out_after, server_error(502)])
def test_a_write_without_an_answer_has_no_outcome_and_is_safe_to_repeat(fault: Callable[..., httpx.Response]) -> None:
    error, sandbox, wanted = told_through(fault, nth=2)

    assert error is not None
    (again,) = tell(sandbox, wanted)
    arrived = sandbox.counts["HubSetStock"] > 1 or shown(sandbox, wanted) != wanted.expected
    assert again.status in ((STALE, CONFIRMED) if arrived else (CONFIRMED,))
    assert shown(sandbox, wanted) == 5

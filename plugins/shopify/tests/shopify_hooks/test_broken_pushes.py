"""Pushes that break off or meet each other: nothing is lost and nothing listed twice."""

from collections.abc import Callable

import httpx
import msgspec
import pytest
from hub_hookspecs import (
    Account,
    ChannelError,
    Listing,
    Product,
    RateLimited,
    Rejected,
    Temporary,
    UnknownOutcome,
)
from hub_hookspecs.testing.faults import (
    Fault,
    Faulty,
    Plan,
    SteppedClock,
    rate_limited,
    server_error,
    time_out_after,
    time_out_before,
    truncated_json,
    wrong_json,
)
from hub_shopify import plugin
from hub_shopify.sandbox import ShopifySandbox
from hub_shopify.settings import ShopifySettings

from .goods import TEE, in_size, variant, wide
from .steps import BROKEN_INSIDE, THROTTLED, logged_in, small


def new_listing(sandbox: ShopifySandbox, account: Account[ShopifySettings]) -> Product:
    return TEE


def new_variant(sandbox: ShopifySandbox, account: Account[ShopifySettings]) -> Product:
    return in_size(wide(sandbox), "Giant", TEE.sku)


def update_of_one(sandbox: ShopifySandbox, account: Account[ShopifySettings]) -> Product:
    made = plugin.push_product(account, Product(key=TEE.key, sku="OLD", name="Old"))
    return msgspec.structs.replace(TEE, listing_ref=made.ref)


def as_the_hub_does(account: Account[ShopifySettings], product: Product) -> Listing:
    """Push; after an unclear end read back first, and send again only what is absent."""
    for _ in range(10):
        try:
            return plugin.push_product(account, product)
        except (UnknownOutcome, httpx.TransportError, httpx.HTTPStatusError):
            found = plugin.find_listing(account, product)
            if isinstance(found, Listing):
                return found
        except Temporary:
            continue
    pytest.fail("the push does not end")


def given_up_after(request: httpx.Request, answer: Callable[[httpx.Request], httpx.Response]) -> httpx.Response:
    """What was asked for happens, and something on the way loses patience."""
    answer(request)
    return httpx.Response(408, text="<html>Request Timeout</html>")


FAULTS = {
    "a time-out before the effect": time_out_before,
    "a time-out after the effect": time_out_after,
    "an answer cut in half": truncated_json,
    "a 408 after the effect": given_up_after,
    "a 429": rate_limited(1),
    "throttled": wrong_json(THROTTLED),
    "a 502": server_error(502),
    "a 503": server_error(503),
    "broken inside": wrong_json(BROKEN_INSIDE),
}
Prepare = Callable[[ShopifySandbox, Account[ShopifySettings]], Product]


@pytest.mark.parametrize("prepare", [new_listing, new_variant, update_of_one])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_no_listing_is_lost_and_none_is_doubled(fault: Fault, prepare: Prepare) -> None:
    for nth in range(1, 6):  # each request of a push in turn
        sandbox = small()
        wire = Faulty(sandbox)
        with logged_in(wire) as account:
            product = prepare(sandbox, account)
            count = len(list(sandbox.units())) + (not product.listing_ref)
            wire.inject(fault, Plan(path="graphql", nth=nth))
            listing = as_the_hub_does(account, product)

        listed = [f"gid://shopify/ProductVariant/{one.id}" for one in sandbox.variants() if one.sku == TEE.sku]
        assert listed == [listing.ref]
        assert len(list(sandbox.units())) == count


def beside(*lost: str) -> Fault:
    """What was asked for happens, and of the answer everything below `lost` cannot be told."""

    def fault(request: httpx.Request, answer: Callable[[httpx.Request], httpx.Response]) -> httpx.Response:
        body = msgspec.json.decode(answer(request).read())
        below = body["data"]
        for name in lost[:-1]:
            below = below[name]
        below[lost[-1]] = None
        body["errors"] = [{"message": "Access denied", "path": [*lost], "extensions": {"code": "ACCESS_DENIED"}}]
        return httpx.Response(200, json=body)

    return fault


@pytest.mark.parametrize("lost", [("onlineStoreUrl",), ()])
def test_what_took_effect_is_listed_though_a_part_of_the_answer_is_lost(lost: tuple[str, ...]) -> None:
    sandbox = small()
    wire = Faulty(sandbox)

    with logged_in(wire) as account:
        wire.inject(beside("productSet", "product", *lost), Plan(path="graphql", nth=4))
        listing = as_the_hub_does(account, TEE)

    assert [f"gid://shopify/ProductVariant/{one.id}" for one in sandbox.variants() if one.sku == TEE.sku] == [
        listing.ref
    ]


def test_nothing_is_listed_before_the_keys_are_kept_unique() -> None:
    sandbox = small()
    wire = Faulty(sandbox)

    with logged_in(wire) as account:
        wire.inject(beside("metafieldDefinitionCreate", "createdDefinition"), Plan(path="graphql", nth=2))
        with pytest.raises(Temporary, match="keeps the hub's keys unique"):
            plugin.push_product(account, TEE)

    assert not [one for one in sandbox.variants() if one.sku == TEE.sku]


@pytest.mark.parametrize(
    ("fault", "reaction"),
    [
        pytest.param(wrong_json(THROTTLED), RateLimited, id="throttled"),
        pytest.param(rate_limited(3), RateLimited, id="429"),
        pytest.param(server_error(503), Temporary, id="503"),
        pytest.param(server_error(500), UnknownOutcome, id="500"),
        pytest.param(wrong_json(BROKEN_INSIDE), UnknownOutcome, id="broken inside"),
        pytest.param(wrong_json(b'{"data":{"productSet":null}}'), UnknownOutcome, id="null without a word"),
        pytest.param(
            wrong_json(b'{"data":{"productSet":{"product":null,"userErrors":[]}}}'), UnknownOutcome, id="no product"
        ),
        pytest.param(truncated_json, UnknownOutcome, id="cut in half"),
    ],
)
def test_only_a_clear_no_is_not_read_back(fault: Fault, reaction: type[ChannelError]) -> None:
    wire = Faulty(small())

    with logged_in(wire) as account:
        wire.inject(fault, Plan(path="graphql", nth=4))  # the product is set after a look, the key, and another look
        with pytest.raises(reaction) as caught:
            plugin.push_product(account, TEE)

    assert type(caught.value) is reaction


def test_an_empty_bucket_lists_nothing_and_says_how_long_it_takes() -> None:
    sandbox = ShopifySandbox(size=20, clock=SteppedClock())

    with logged_in(sandbox) as account:
        sandbox.drain()
        with pytest.raises(RateLimited) as caught:
            plugin.push_product(account, TEE)

    assert caught.value.retry_after is not None
    assert not [unit for unit in sandbox.units() if unit.sku == TEE.sku]


def test_a_key_that_somebody_defined_meanwhile_is_a_success() -> None:
    sandbox = small()
    wire = Faulty(sandbox)

    with logged_in(wire) as account, logged_in(sandbox) as other:

        def overtaken(request: httpx.Request, answer: Callable[[httpx.Request], httpx.Response]) -> httpx.Response:
            plugin.push_product(other, msgspec.structs.replace(TEE, key="other", sku="OTHER"))
            return answer(request)

        wire.inject(overtaken, Plan(path="graphql", nth=2))
        listing = plugin.push_product(account, TEE)

    assert variant(sandbox, listing.ref).sku == TEE.sku


@pytest.mark.parametrize("others_name", [TEE.name, "Hub tee, first"])
@pytest.mark.parametrize("nth", [3, 4], ids=["about to look for the code", "about to create"])
def test_of_two_first_pushes_at_once_the_second_updates_what_the_first_made(others_name: str, nth: int) -> None:
    sandbox = small()
    wire, first = Faulty(sandbox), []

    with logged_in(wire) as account, logged_in(sandbox) as other:

        def overtaken(request: httpx.Request, answer: Callable[[httpx.Request], httpx.Response]) -> httpx.Response:
            first.append(plugin.push_product(other, msgspec.structs.replace(TEE, name=others_name)))
            return answer(request)

        wire.inject(overtaken, Plan(path="graphql", nth=nth))
        second = plugin.push_product(account, TEE)

    assert [second.ref] == [one.ref for one in first]
    assert [(one.product.title, one.sku) for one in sandbox.variants() if one.sku == TEE.sku] == [(TEE.name, TEE.sku)]


def test_what_was_written_before_a_refusal_stays_and_the_next_push_completes_it() -> None:
    sandbox = small()

    with logged_in(sandbox) as account:
        listing = plugin.push_product(account, TEE)
        update = msgspec.structs.replace(TEE, listing_ref=listing.ref, sku="HUB-TEE-2")
        with pytest.raises(Rejected, match="title"):
            plugin.push_product(account, msgspec.structs.replace(update, name="x" * 300))
        assert variant(sandbox, listing.ref).sku == "HUB-TEE-2"
        plugin.push_product(account, msgspec.structs.replace(update, name="Hub tee 2"))

    assert variant(sandbox, listing.ref).product.title == "Hub tee 2"

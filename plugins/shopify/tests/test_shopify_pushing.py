"""Listings that are pushed: one for each key whatever breaks, and nothing is taken away that was not given."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal

import httpx
import msgspec
import pytest
from hub_hookspecs import (
    Absent,
    Account,
    Capability,
    ChannelError,
    Item,
    Listing,
    Money,
    Product,
    RateLimited,
    Rejected,
    Temporary,
    UnknownOutcome,
)
from hub_hookspecs.testing import Sandbox, transport
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
from hub_shopify import plugin, scopes
from hub_shopify.sandbox import ShopifySandbox, records
from hub_shopify.settings import ShopifySettings

TEE = Product(
    key="0190f3c2-tee",
    sku="HUB-TEE-M",
    name="Hub tee",
    description="Soft cotton.",
    price=Money(amount=Decimal("149000"), currency="IDR"),
    barcode="8991234567890",
    weight_g=250,
    image_urls=("https://cdn.example/tee.jpg",),
)
GONE = "gid://shopify/ProductVariant/1"
THROTTLED = b'{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]}'
BROKEN_INSIDE = b'{"errors":[{"message":"Oops","extensions":{"code":"INTERNAL_SERVER_ERROR"}}],"data":null}'


@contextmanager
def logged_in(sandbox: Sandbox, **settings: str) -> Iterator[Account[ShopifySettings]]:
    form = msgspec.convert(sandbox.settings() | settings, ShopifySettings)
    with httpx.Client(transport=transport(sandbox)) as http:
        account = Account(id="account-1", merchant_id="merchant-1", settings=form, token="", http=http)
        yield replace(account, token=plugin.authenticate(account, None).value)


def small(size: int = 20) -> ShopifySandbox:
    return ShopifySandbox(size=size, rate=None)


def variant(sandbox: ShopifySandbox, ref: str) -> records.Variant:
    return next(one for one in sandbox.variants() if ref.endswith(f"/{one.id}"))


def wide(sandbox: ShopifySandbox) -> records.Product:
    """A product with several variants, as it stands now."""
    return deepcopy(next(one for one in sandbox.products() if len(one.variants) > 2))


def in_size(product: records.Product, size: str, sku: str) -> Product:
    """A variant of this product that is not there yet: like its first one, but for the last option."""
    *others, last = (option.name for option in product.options)
    chosen = dict(zip(others, product.variants[0].values, strict=False)) | {last: size}
    return Product(
        key=f"0190f3c2-{sku}",
        sku=sku,
        name=f"{product.title} ({size}, {', '.join(product.variants[0].values[:-1])})",
        price=Money(amount=Decimal(99_000), currency="IDR"),
        options=chosen,
        attributes={"parent_ref": f"gid://shopify/Product/{product.id}"},
    )


def imported(account: Account[ShopifySettings]) -> dict[str, Item]:
    return {item.ref: item for page in plugin.import_items(account, "") for item in page.records}


def filled_in(item: Item, *, price: int) -> Product:
    """What the hub pushes of an imported item where nothing but its price was changed."""
    return Product(
        key="0190f3c2-imported",
        sku=item.sku,
        name=item.name,
        listing_ref=item.ref,
        description=item.description,
        price=Money(amount=Decimal(price), currency="IDR"),
        barcode=item.barcode,
        weight_g=item.weight_g,
        image_urls=item.image_urls,
        options=item.options,
    )


# -- a new listing


@pytest.mark.parametrize(("wanted", "status"), [("draft", "DRAFT"), ("active", "ACTIVE")])
def test_a_new_product_starts_as_the_settings_say(wanted: str, status: str) -> None:
    sandbox = small()

    with logged_in(sandbox, new_products=wanted) as account:
        listing = plugin.push_product(account, TEE)

    made = variant(sandbox, listing.ref)
    assert (made.product.status, made.product.title, made.sku, made.barcode) == (
        status,
        *(TEE.name, TEE.sku, TEE.barcode),
    )
    assert (made.price, made.inventory_item.grams, made.inventory_item.tracked) == ("149000.00", 250.0, True)
    assert len(made.product.media) == len(made.product.variants) == 1
    assert f"/products/{made.product.id}" in listing.url


def test_the_scopes_that_pushing_declares_are_enough_for_it() -> None:
    sandbox = ShopifySandbox(size=20, rate=None, scopes=scopes.NEEDS[Capability.PUSH_PRODUCT])

    with logged_in(sandbox) as account:
        listing = plugin.push_product(account, TEE)
        product = wide(sandbox)
        plugin.push_product(account, in_size(product, "Never", "HUB-NEVER"))
        update = msgspec.structs.replace(TEE, listing_ref=listing.ref)
        plugin.push_product(account, update)

        assert plugin.find_listing(account, update) == listing


def test_pushing_twice_lists_once_and_the_second_time_updates() -> None:
    sandbox = small()

    with logged_in(sandbox) as account:
        first = plugin.push_product(account, TEE)
        second = plugin.push_product(account, msgspec.structs.replace(TEE, name="Hub tee, new"))

    assert first == second
    assert [one.product.title for one in sandbox.variants() if one.sku == TEE.sku] == ["Hub tee, new"]


def test_a_key_is_found_again_whatever_the_merchant_renames() -> None:
    sandbox = small()

    with logged_in(sandbox) as account:
        listing = plugin.push_product(account, TEE)
        sandbox.change(listing.ref, title="Kaos", handle="kaos-baru", sku="KAOS-1", status="ARCHIVED")

        assert plugin.find_listing(account, TEE) == listing
        assert plugin.find_listing(account, msgspec.structs.replace(TEE, key="another")) == Absent(key="another")


def joined_by_a_sibling(sandbox: ShopifySandbox, account: Account[ShopifySettings]) -> tuple[Product, str, str]:
    """A product of the hub's in size M, and one of other origin in size L that joined it; with the refs of both."""
    product = msgspec.structs.replace(TEE, options={"Size": "M"})
    ours = plugin.push_product(account, product).ref
    parent = f"gid://shopify/Product/{variant(sandbox, ours).product.id}"
    joins = {"key": "other", "sku": "OTHER", "options": {"Size": "L"}, "attributes": {"parent_ref": parent}}
    return product, ours, plugin.push_product(account, msgspec.structs.replace(product, **joins)).ref


def test_a_variant_that_is_gone_is_added_anew_and_its_siblings_stay_as_they_are() -> None:
    sandbox = small()

    with logged_in(sandbox) as account:
        product, ours, other = joined_by_a_sibling(sandbox, account)
        sandbox.remove(ours)
        before = deepcopy(variant(sandbox, other))
        lost = plugin.find_listing(account, product)
        anew = plugin.push_product(account, msgspec.structs.replace(product, price=None))
        found = plugin.find_listing(account, product)

    after = variant(sandbox, other)
    assert lost == Absent(key=TEE.key)
    assert found == anew
    assert (after.sku, after.price, after.values) == (before.sku, before.price, before.values) == (
        "OTHER", "149000.00", ("L",),
    )  # fmt: skip
    assert [(one.sku, one.values) for one in after.product.variants] == [("OTHER", ("L",)), (TEE.sku, ("M",))]


def test_a_variant_that_cannot_be_told_from_its_siblings_is_not_put_in_the_place_of_one() -> None:
    sandbox = small()

    with logged_in(sandbox) as account:
        product, ours, other = joined_by_a_sibling(sandbox, account)
        sandbox.change(ours, sku="CHANGED")

        with pytest.raises(Rejected, match="has a variant with these options already; its SKU is 'CHANGED'"):
            plugin.push_product(account, product)
        with pytest.raises(Rejected, match="options are missing"):
            plugin.push_product(account, TEE)

    assert [variant(sandbox, ref).sku for ref in (ours, other)] == ["CHANGED", "OTHER"]


def test_our_variant_is_told_by_its_sku_among_siblings() -> None:
    sandbox = small()

    with logged_in(sandbox) as account:
        product, ours, _ = joined_by_a_sibling(sandbox, account)

        assert plugin.push_product(account, product).ref == ours


def test_nothing_is_found_where_no_key_was_ever_given() -> None:
    with logged_in(small()) as account:
        assert plugin.find_listing(account, TEE) == Absent(key=TEE.key)


def test_a_price_in_another_currency_is_refused_before_anything_is_written() -> None:
    sandbox = small()
    foreign = msgspec.structs.replace(TEE, price=Money(amount=Decimal(10), currency="MYR"))

    with logged_in(sandbox) as account:
        for product in (foreign, msgspec.structs.replace(foreign, listing_ref=next(sandbox.units()).ref)):
            with pytest.raises(Rejected, match="price is in MYR, the store sells in IDR"):
                plugin.push_product(account, product)

    assert not any("Create" in name or "Update" in name for name in sandbox.counts)


def test_what_shopify_does_not_take_is_said_with_its_field() -> None:
    with logged_in(small()) as account, pytest.raises(Rejected, match=r"title"):
        plugin.push_product(account, msgspec.structs.replace(TEE, name="x" * 300))


# -- an update


def test_an_update_writes_what_was_given_and_nothing_else() -> None:
    sandbox = small()
    unit = next(one for one in sandbox.variants() if len(one.product.variants) == 1 and one.product.media)
    before, ref = deepcopy(unit), f"gid://shopify/ProductVariant/{unit.id}"

    with logged_in(sandbox) as account:
        given = Product(key="k", sku="", name="", listing_ref=ref, price=Money(amount=Decimal(77_000), currency="IDR"))
        plugin.push_product(account, given)

    after = variant(sandbox, ref)
    assert Decimal(after.price) == 77_000
    assert (after.sku, after.barcode, after.inventory_item.grams) == (
        before.sku,
        before.barcode,
        before.inventory_item.grams,
    )
    for kept in ("title", "handle", "status", "vendor", "description_html", "tags", "media", "metafields"):
        assert getattr(after.product, kept) == getattr(before.product, kept), kept


def test_a_listing_that_is_pushed_back_as_it_was_imported_keeps_the_form_of_its_texts() -> None:
    sandbox = small()
    ref = sandbox.add("Tee", "TEE-1", price="50000.00")
    markup = "<h2>Care</h2><ul><li>Wash <b>cold</b></li></ul><img src='https://cdn.example/1'>" + "<p>Long</p>" * 1000
    sandbox.change(ref, description_html=markup)

    with logged_in(sandbox) as account:
        plugin.push_product(account, filled_in(imported(account)[ref], price=60_000))

    after = variant(sandbox, ref)
    assert (after.product.description_html, after.price) == (markup, "60000.00")


def test_the_one_variant_of_a_product_with_options_is_not_renamed_by_its_own_name() -> None:
    sandbox = small()

    with logged_in(sandbox) as account:
        ref = plugin.push_product(account, msgspec.structs.replace(TEE, options={"Size": "M"})).ref
        item = imported(account)[ref]
        for price in (60_000, 61_000):
            plugin.push_product(account, filled_in(item, price=price))

    assert item.name == "Hub tee - M"
    assert variant(sandbox, ref).product.title == "Hub tee"


def test_pictures_go_only_to_a_product_that_has_none() -> None:
    sandbox = small()

    with logged_in(sandbox) as account:
        listing = plugin.push_product(account, msgspec.structs.replace(TEE, image_urls=()))
        again = msgspec.structs.replace(TEE, listing_ref=listing.ref)
        plugin.push_product(account, again)
        plugin.push_product(account, again)

    assert [one.url for one in variant(sandbox, listing.ref).product.media] == list(TEE.image_urls)


def test_one_of_several_variants_is_updated_alone_as_it_was_imported() -> None:
    sandbox = small()
    product = wide(sandbox)
    ref = f"gid://shopify/ProductVariant/{product.variants[1].id}"

    with logged_in(sandbox) as account:
        changed = filled_in(imported(account)[ref], price=77_000)
        plugin.push_product(account, msgspec.structs.replace(changed, sku="HUB-1"))

    after = variant(sandbox, ref).product
    assert (after.title, after.description_html, len(after.media)) == (
        product.title,
        product.description_html,
        len(product.media),
    )
    assert [(one.sku, one.price) for one in after.variants] == [
        ("HUB-1", "77000.00") if f"/{one.id}" in ref else (one.sku, one.price) for one in product.variants
    ]


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        pytest.param({"name": "Kaos Baru"}, "name", "name: write 'Hub tee', with or without", id="name"),
        pytest.param({"description": "Baru"}, "description", "description: leave it empty", id="description"),
        pytest.param({"attributes": {"vendor": "Ayu"}}, "vendor", "vendor: write '", id="vendor"),
        pytest.param(
            {"attributes": {"product_type": "Tees"}}, "product_type", "product_type: leave it out", id="product type"
        ),
        pytest.param(
            {"options": {"Size": "XL"}}, "options", "those of this one are Size: M; put these back", id="options"
        ),
    ],
)
def test_what_one_variant_cannot_say_for_its_siblings_is_refused_before_anything_is_written(
    change: dict[str, object], field: str, says: str
) -> None:
    sandbox = small()

    with logged_in(sandbox) as account:
        product, ours, _ = joined_by_a_sibling(sandbox, account)
        update = msgspec.structs.replace(product, listing_ref=ours, price=Money(amount=Decimal(1), currency="IDR"))
        with pytest.raises(Rejected) as refused:
            plugin.push_product(account, msgspec.structs.replace(update, **change))
        plugin.push_product(account, msgspec.structs.replace(update, barcode="8990000000000"))

    after = variant(sandbox, ours)
    assert says in str(refused.value)
    assert refused.value.code == field
    assert (after.price, after.barcode, after.product.title) == ("1.00", "8990000000000", "Hub tee")
    assert sandbox.counts["HubUpdateVariant"] == 1


def test_a_listing_that_is_gone_is_refused_and_absent() -> None:
    gone = msgspec.structs.replace(TEE, listing_ref=GONE)

    with logged_in(small()) as account:
        assert plugin.find_listing(account, gone) == Absent(key=TEE.key)
        with pytest.raises(Rejected, match=r"no variant .* any more"):
            plugin.push_product(account, gone)


def test_an_update_that_did_not_arrive_is_absent_until_it_did() -> None:
    sandbox = small()

    with logged_in(sandbox) as account:
        listing = plugin.push_product(account, TEE)
        cheaper = Money(amount=Decimal(1), currency="IDR")
        update = msgspec.structs.replace(TEE, listing_ref=listing.ref, price=cheaper)

        assert plugin.find_listing(account, update) == Absent(key=TEE.key)
        plugin.push_product(account, update)
        assert plugin.find_listing(account, update) == listing


# -- a further variant


def test_a_variant_joins_its_product_and_removes_none() -> None:
    sandbox = small()
    product = wide(sandbox)
    wanted = in_size(product, "Giant", "HUB-GIANT")

    with logged_in(sandbox) as account:
        listing = plugin.push_product(account, wanted)
        again = plugin.push_product(account, wanted)
        found = plugin.find_listing(account, wanted)

    after = variant(sandbox, listing.ref).product
    assert listing.ref == again.ref == (found.ref if isinstance(found, Listing) else None)
    assert [one.sku for one in after.variants] == [*(one.sku for one in product.variants), "HUB-GIANT"]
    assert after.title == product.title


def test_the_variant_that_stood_alone_stays_beside_the_new_one() -> None:
    sandbox = small()
    alone = sandbox.add("Sarung", "SARUNG")
    wanted = in_size(variant(sandbox, alone).product, "Second", "SARUNG-2")

    with logged_in(sandbox) as account:
        plugin.push_product(account, wanted)

    assert [one.sku for one in variant(sandbox, alone).product.variants] == ["SARUNG", "SARUNG-2"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"options": {}}, "options are missing", id="nothing tells it apart"),
        pytest.param({"attributes": {"parent_ref": "gid://shopify/Product/1"}}, "no product", id="no such product"),
        pytest.param({"sku": "OTHER"}, "has a variant with these options already", id="the place is taken"),
    ],
)
def test_a_variant_that_cannot_join_says_why(change: dict[str, object], says: str) -> None:
    sandbox = small()
    wanted = in_size(wide(sandbox), "Giant", "HUB-GIANT")

    with logged_in(sandbox) as account:
        plugin.push_product(account, wanted)
        with pytest.raises(Rejected, match=says):
            plugin.push_product(account, msgspec.structs.replace(wanted, **change))


def test_a_variant_does_not_join_under_a_name_and_a_text_that_its_product_has_not() -> None:
    sandbox = small()
    product = wide(sandbox)
    wanted = msgspec.structs.replace(in_size(product, "Giant", "HUB-GIANT"), name="Celana", description="Baru")

    with logged_in(sandbox) as account, pytest.raises(Rejected, match=r"name: write .*; description: leave it empty"):
        plugin.push_product(account, wanted)

    assert len(wide(sandbox).variants) == len(product.variants)


# -- whatever breaks


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
        wire.inject(beside("productSet", "product", *lost), Plan(path="graphql", nth=3))
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
        wire.inject(fault, Plan(path="graphql", nth=3))  # after two looks: the key is defined, then the product set
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
def test_of_two_first_pushes_at_once_the_second_updates_what_the_first_made(others_name: str) -> None:
    sandbox = small()
    wire, first = Faulty(sandbox), []

    with logged_in(wire) as account, logged_in(sandbox) as other:

        def overtaken(request: httpx.Request, answer: Callable[[httpx.Request], httpx.Response]) -> httpx.Response:
            first.append(plugin.push_product(other, msgspec.structs.replace(TEE, name=others_name)))
            return answer(request)

        wire.inject(overtaken, Plan(path="graphql", nth=3))  # the push has looked, and is about to create
        second = plugin.push_product(account, TEE)

    assert [second] == first
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

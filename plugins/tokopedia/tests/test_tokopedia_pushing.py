"""Products on their way to Tokopedia: created once, edited where they differ, refused with the field and the cure."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import msgspec
import pytest
from hub_hookspecs import (
    Absent,
    Account,
    Category,
    Item,
    Listing,
    Money,
    Product,
    RateLimited,
    Rejected,
    Temporary,
    TokenExpired,
    UnknownOutcome,
)
from hub_hookspecs.testing import faults, transport
from hub_tokopedia import payloads, plugin, rows
from hub_tokopedia.sandbox import TokopediaSandbox
from hub_tokopedia.settings import TokopediaSettings

TokopediaAccount = Account[TokopediaSettings]
POLO = "1828"  # a leaf of the sandbox's tree


def opened(shop: TokopediaSandbox | faults.Faulty) -> TokopediaAccount:
    settings = msgspec.convert(shop.settings(), TokopediaSettings)
    http = httpx.Client(transport=transport(shop))
    account = Account(id="account-1", merchant_id="merchant-1", settings=settings, token="", http=http)
    return replace(account, token=plugin.authenticate(account, None).value)


def a_shop(size: int = 0) -> TokopediaSandbox:
    return TokopediaSandbox(size=size, rate=None)


def a_tee(**changes: Any) -> Product:  # Any: the fields of `Product`
    fields: dict[str, Any] = {  # Any: as above
        "key": "p-1",
        "sku": "TEE-M",
        "name": "Kaos Polos M & Co",
        "description": "Katun combed 30s.\nAdem & nyaman.",
        "price": Money(amount=Decimal(79_000), currency="IDR"),
        "quantity": 12,
        "weight_g": 180,
        "size_mm": (301, 250, 20),
        "category_ref": POLO,
        "image_urls": ("https://images.example/tee.jpg", "https://images.example/back.jpg"),
    }
    return Product(**{**fields, **changes})


def pushed(account: TokopediaAccount, product: Product) -> Listing:
    return plugin.push_product(account, product, "")


def imported(account: TokopediaAccount) -> dict[str, Item]:
    return {item.ref: item for page in plugin.import_items(account, "") for item in page.records}


def written(shop: TokopediaSandbox) -> list[str]:
    return [seen.path.rpartition("/")[2] for seen in shop.requests if seen.path.startswith("/v3/")]


class Overheard(faults.Faulty):
    """A shop whose requests can be read again."""

    def edits(self) -> list[dict[str, Any]]:  # Any: JSON
        bodies = (json.loads(request.content) for request in self.requests if request.method == "PATCH")
        return [row for body in bodies for row in body["products"]]


# -- created


def test_a_new_product_is_created_and_comes_back_with_the_next_import() -> None:
    account = opened(a_shop())

    listing = pushed(account, a_tee())

    item = imported(account)[listing.ref]
    assert (item.sku, item.name, item.quantity, item.active) == ("TEE-M", "Kaos Polos M & Co", 12, True)
    assert (item.price, item.weight_g) == (Money(amount=Decimal(79_000), currency="IDR"), 180)
    assert (item.category_ref, item.description) == (POLO, "Katun combed 30s.\nAdem & nyaman.")
    assert len(item.image_urls) == 2


def test_a_product_is_created_from_what_it_needs_alone() -> None:
    account = opened(a_shop())

    listing = pushed(account, a_tee(description="", size_mm=None, image_urls=()))

    assert imported(account)[listing.ref].description == ""


def test_a_new_product_is_told_no_more_stock_than_tokopedia_takes_at_first() -> None:
    account = opened(a_shop())

    listing = pushed(account, a_tee(quantity=40_000))

    assert imported(account)[listing.ref].quantity == 1000


def test_pushing_twice_lists_once_and_sends_nothing_where_nothing_has_changed() -> None:
    shop = a_shop()
    account = opened(shop)
    tee = a_tee(image_urls=())

    listings = {pushed(account, tee).ref for _ in range(3)}

    assert len(listings) == 1
    assert written(shop) == ["create"]
    assert [*imported(account)] == [*listings]


def test_a_product_that_the_shop_has_already_is_brought_up_to_date_instead_of_doubled() -> None:
    shop = a_shop()
    ref = shop.add("Kaos lama", "TEE-M", stock=3)
    account = opened(shop)

    listing = pushed(account, a_tee())

    items = imported(account)
    assert (listing.ref, [*items]) == (str(ref), [str(ref)])
    assert (items[listing.ref].name, items[listing.ref].quantity) == ("Kaos Polos M & Co", 3)
    assert listing.url


def test_a_code_that_several_products_carry_is_refused() -> None:
    shop = a_shop()
    for name in ("Kaos satu", "Kaos dua"):
        shop.add(name, "TEE-M")

    with pytest.raises(Rejected, match="the shop has 2 products with the code TEE-M; leave it to one of them"):
        pushed(opened(shop), a_tee())

    assert written(shop) == []


def test_the_codes_of_other_shops_of_the_app_are_left_alone() -> None:
    elsewhere = {"basic": {"productID": 77, "shopID": 1, "status": 1, "name": "Kaos"}, "other": {"sku": "TEE-M"}}
    answer = json.dumps({"header": {"messages": "fine"}, "data": [elsewhere]}).encode()
    shop = faults.Faulty(a_shop())
    shop.inject(faults.wrong_json(answer), faults.Plan(path="product/info"))
    account = opened(shop)

    listing = pushed(account, a_tee())

    assert listing.ref != "77"


# -- edited


def test_an_edit_sends_what_has_changed_and_what_edit_wants_beside_it() -> None:
    shop = Overheard(a_shop())
    account = opened(shop)
    tee = a_tee(image_urls=())
    listing = pushed(account, tee)

    pushed(account, a_tee(image_urls=(), listing_ref=listing.ref, price=Money(amount=Decimal(85_000), currency="IDR")))

    ids = {"id": int(listing.ref), "sku": "TEE-M", "status": "LIMITED"}
    assert shop.edits() == [{**ids, "price": 85_000, "price_currency": "IDR"}]


def test_pictures_that_were_added_at_the_seller_centre_stay_whatever_the_hub_knows_of_them() -> None:
    inside = a_shop()
    shop = Overheard(inside)
    account = opened(shop)
    listing = pushed(account, a_tee(image_urls=("https://images.example/tee.jpg",)))
    before = imported(account)[listing.ref].image_urls
    inside.change(int(listing.ref), pictures=("https://a", "https://b", "https://c"))

    cheaper = Money(amount=Decimal(70_000), currency="IDR")
    for known in (("https://images.example/tee.jpg",), before):
        pushed(account, a_tee(listing_ref=listing.ref, price=cheaper, image_urls=known))

    item = imported(account)[listing.ref]
    assert (item.price, len(item.image_urls)) == (cheaper, 3)
    assert [sorted(row) for row in shop.edits()] == [["id", "price", "price_currency", "sku", "status"]]


@pytest.mark.parametrize("pictures", ["null", '"?"', "[{}]"])
def test_pictures_that_cannot_be_read_are_not_taken_for_none(pictures: str) -> None:
    basic = '"basic":{"productID":77,"status":1,"name":"Kaos Polos M & Co"},"other":{"sku":"TEE-M"}'
    current = payloads.read(f'{{{basic},"pictures":{pictures}}}'.encode(), payloads.Product)

    assert "pictures" not in rows.changed(a_tee(), current)


@pytest.mark.parametrize(
    ("change", "sent"),
    [
        pytest.param({"name": "Kaos Polos L"}, {"name": "Kaos Polos L"}, id="name"),
        pytest.param({"description": "Baru"}, {"description": "Baru"}, id="description"),
        pytest.param({"weight_g": 210}, {"weight": 210, "weight_unit": "GR"}, id="weight"),
        pytest.param({"category_ref": "1830"}, {"category_id": 1830}, id="category"),
        pytest.param(
            {"size_mm": (300, 250, 20)}, {"dimension": {"length": 30, "width": 25, "height": 2}}, id="dimensions"
        ),
        pytest.param(
            {"image_urls": ("https://images.example/new.jpg",)},
            {"pictures": [{"file_path": "https://images.example/new.jpg"}]},
            id="pictures",
        ),
        pytest.param({"quantity": 99}, None, id="stock is not an edit's business"),
    ],
)
def test_each_field_is_edited_alone(change: dict[str, Any], sent: dict[str, Any] | None) -> None:  # Any: fields
    shop = Overheard(a_shop())
    account = opened(shop)
    listing = pushed(account, a_tee(image_urls=()))

    pushed(account, a_tee(**{"image_urls": (), **change}, listing_ref=listing.ref))

    beside = {"id": int(listing.ref), "sku": "TEE-M", "status": "LIMITED"}
    assert shop.edits() == ([] if sent is None else [{**beside, **sent}])


def test_a_product_that_was_sold_keeps_its_name_and_may_change_otherwise() -> None:
    shop = a_shop()
    account = opened(shop)
    tee = a_tee(image_urls=())
    listing = pushed(account, tee)
    shop.change(int(listing.ref), sold=1)

    with pytest.raises(Rejected, match="name: a product that has been sold cannot be renamed on Tokopedia; keep the"):
        pushed(account, a_tee(image_urls=(), listing_ref=listing.ref, name="Kaos lain"))
    pushed(account, a_tee(image_urls=(), listing_ref=listing.ref, weight_g=200))

    assert written(shop) == ["create", "edit"]
    assert imported(account)[listing.ref].weight_g == 200


def test_a_listing_that_is_gone_says_what_to_do() -> None:
    shop = a_shop()
    ref = shop.add("Kaos", "TEE-M")
    shop.remove(ref)

    with pytest.raises(Rejected, match="unlink the listing and list the product anew"):
        pushed(opened(shop), a_tee(listing_ref=str(ref)))


@pytest.mark.parametrize(("status", "word"), [(-2, "banned"), (-1, "pending"), (2, "featured")])
def test_only_active_and_inactive_products_are_edited(status: int, word: str) -> None:
    shop = a_shop()
    ref = shop.add("Kaos", "TEE-M", status=status)

    with pytest.raises(Rejected, match=f"this one is {word}"):
        pushed(opened(shop), a_tee(listing_ref=str(ref)))


def test_a_variant_is_not_edited_alone() -> None:
    shop = a_shop(size=40)
    variant = next(unit for unit in shop.units() if unit.parent and unit.active)

    with pytest.raises(Rejected, match="of a variant can be changed only together with all its sisters"):
        pushed(opened(shop), a_tee(listing_ref=str(variant.ref), sku=variant.sku or "X"))

    assert written(shop) == []


# -- refused before anything is sent


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"name": "  "}, "name: it is empty; give the product a name", id="no name"),
        pytest.param({"name": "x" * 71}, "name: 71 characters are 1 too many; shorten it to 70", id="long name"),
        pytest.param({"sku": " "}, "SKU: it is empty", id="no code"),
        pytest.param({"sku": "x" * 51}, "SKU: 51 characters are too many; shorten it to 50", id="long code"),
        pytest.param({"price": None}, "price: give it a price in rupiah", id="no price"),
        pytest.param({"price": Money(amount=Decimal(99), currency="IDR")}, "price: 99 is not allowed", id="cheap"),
        pytest.param({"price": Money(amount=Decimal("1E+9"), currency="IDR")}, "1000000000 is not allowed", id="dear"),
        pytest.param({"price": Money(amount=Decimal("100.5"), currency="IDR")}, "no whole rupiah", id="half a rupiah"),
        pytest.param({"price": Money(amount=Decimal(5), currency="USD")}, "it is in USD; give it in IDR", id="dollars"),
        pytest.param({"weight_g": None}, "weight: give its weight in grams", id="no weight"),
        pytest.param({"weight_g": 0}, "weight: 0 g is not allowed", id="no weight at all"),
        pytest.param({"size_mm": (10, 0, 10)}, "dimensions: one of them is missing", id="two dimensions"),
        pytest.param({"description": "x" * 2001}, "description: 2001 characters are too many", id="long description"),
        pytest.param({"category_ref": ""}, "category: choose a category of the deepest level", id="no category"),
        pytest.param({"category_ref": "tops"}, "category: 'tops' is none of Tokopedia's", id="a category in words"),
        pytest.param({"image_urls": ("https://i.example/a",) * 6}, "pictures: 6 are too many", id="six pictures"),
        pytest.param({"image_urls": ("C:\\tee.jpg",)}, "is no address that Tokopedia could fetch", id="a file"),
        pytest.param({"quantity": 0}, "stock: a new product needs at least 1", id="no stock"),
    ],
)
def test_what_tokopedia_would_refuse_is_refused_before_anything_is_written(
    changes: dict[str, Any], told: str
) -> None:  # Any: the fields of `Product`
    shop = a_shop()

    with pytest.raises(Rejected) as refused:
        pushed(opened(shop), a_tee(**changes))

    assert told in str(refused.value)
    assert written(shop) == []


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(Rejected) as refused:
        pushed(opened(a_shop()), a_tee(name="", weight_g=0, image_urls=("x",)))

    assert [part in str(refused.value) for part in ("name:", "weight:", "pictures:")] == [True] * 3


def test_an_update_need_not_say_everything() -> None:
    account = opened(a_shop())
    listing = pushed(account, a_tee())

    pushed(account, Product(key="p-1", sku="TEE-M", name="Kaos Polos M & Co", listing_ref=listing.ref))

    assert imported(account)[listing.ref].weight_g == 180


# -- refused by Tokopedia


@pytest.mark.parametrize("status", [200, 400, 500])
def test_a_failed_row_is_a_clear_no_under_any_status(status: int) -> None:
    shop = a_shop()
    shop.failing_status = status
    top = next(category.ref for category in plugin.list_categories(opened(shop)) if not category.leaf)

    with pytest.raises(Rejected, match="Tokopedia refuses this product: Category must be the deepest child"):
        pushed(opened(shop), a_tee(category_ref=top))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param(faults.server_error(500), UnknownOutcome, id="500"),
        pytest.param(faults.server_error(502), UnknownOutcome, id="502"),
        pytest.param(faults.server_error(504), UnknownOutcome, id="504"),
        pytest.param(faults.server_error(408), UnknownOutcome, id="408"),
        pytest.param(faults.server_error(425), UnknownOutcome, id="425"),
        pytest.param(faults.server_error(503), Temporary, id="503"),
        pytest.param(faults.rate_limited(3), RateLimited, id="429"),
        pytest.param(faults.revoked(401), TokenExpired, id="401"),
        pytest.param(faults.wrong_json(b"<html>"), UnknownOutcome, id="no JSON"),
        pytest.param(faults.wrong_json(b'{"header":{},"data":{}}'), UnknownOutcome, id="neither done nor failed"),
        pytest.param(
            faults.wrong_json(b'{"data":{"success_rows_data":[{}]}}'), UnknownOutcome, id="done without an id"
        ),
        pytest.param(
            faults.wrong_json(b'{"data":{"failed_rows_data":[{"error":["too sweet"]}]}}'), Rejected, id="a failed row"
        ),
        pytest.param(
            faults.wrong_json(b'{"header":{"error_code":"PRD_GRPC_002"},"data":null}'), UnknownOutcome, id="upstream"
        ),
    ],
)
@pytest.mark.parametrize("verb", ["create", "edit"])
def test_an_answer_without_a_clear_end_leaves_the_outcome_open(
    fault: faults.Fault, error: type[Exception], verb: str
) -> None:
    inside = a_shop()
    if verb == "edit":
        inside.add("Kaos lama", "TEE-M")
    shop = faults.Faulty(inside)
    account = opened(shop)
    shop.inject(fault, faults.Plan(path=f"/{verb}"))

    with pytest.raises(error) as raised:
        pushed(account, a_tee())

    assert type(raised.value) is error


# -- read back


def test_a_product_that_was_never_pushed_is_absent() -> None:
    assert plugin.find_listing(opened(a_shop(size=20)), a_tee()) == Absent(key="p-1")


def test_a_product_shows_late_and_is_not_listed_twice_when_it_is_sent_again_after_that() -> None:
    clock = faults.SteppedClock()
    shop = TokopediaSandbox(size=0, rate=None, clock=clock)
    shop.show_later(timedelta(minutes=1))
    wire = faults.Faulty(shop)
    account = opened(wire)
    wire.inject(faults.time_out_after, faults.Plan(path="/create"))

    with pytest.raises(httpx.ReadTimeout):
        pushed(account, a_tee())
    early = plugin.find_listing(account, a_tee())
    clock.advance(plugin.describe_channel().absent_means_lost_after)
    late = plugin.find_listing(account, a_tee())

    assert early == Absent(key="p-1")
    assert isinstance(late, Listing)
    assert pushed(account, a_tee()).ref == late.ref
    assert [*imported(account)] == [late.ref]


@pytest.mark.parametrize(
    ("fault", "arrived"),
    [
        pytest.param(faults.time_out_after, True, id="it took effect"),
        pytest.param(faults.time_out_before, False, id="lost"),
    ],
)
def test_an_edit_has_arrived_when_the_shop_shows_it(fault: faults.Fault, arrived: bool) -> None:
    wire = faults.Faulty(a_shop())
    account = opened(wire)
    listing = pushed(account, a_tee())
    heavier = a_tee(listing_ref=listing.ref, weight_g=500)
    wire.inject(fault, faults.Plan(path="/edit"))

    with pytest.raises(httpx.ReadTimeout):
        pushed(account, heavier)

    assert isinstance(plugin.find_listing(account, heavier), Listing) is arrived


# -- categories


def test_the_tree_comes_parents_first_with_the_deepest_as_leaves() -> None:
    tree = list(plugin.list_categories(opened(a_shop())))

    assert len(tree) > 300
    assert tree[0] == Category(ref="2501", name="Fashion Pria", leaf=False)
    assert tree[2] == Category(ref=POLO, name="Kaos Polos Pria", parent_ref="2502")
    assert {category.parent_ref for category in tree if not category.leaf} == {""} | {
        category.ref for category in tree if not category.parent_ref
    }


@pytest.mark.parametrize("names", ["name", "Name"])
def test_both_spellings_of_a_categorys_name_are_read(names: Any) -> None:  # Any: a literal
    account = opened(TokopediaSandbox(size=0, rate=None, names=names))

    assert all(category.name for category in plugin.list_categories(account))


def test_every_imported_item_stands_in_a_category_of_the_tree() -> None:
    account = opened(a_shop(size=120))

    leaves = {category.ref for category in plugin.list_categories(account) if category.leaf}

    assert {item.category_ref for item in imported(account).values()} <= leaves


@pytest.mark.parametrize(
    ("body", "refs"),
    [
        pytest.param('{"categories":[{"id":"1","child":[{"id":"1"},{"id":"2"}]}]}', ["1", "2"], id="an id of its own"),
        pytest.param('{"categories":[{"name":"x","child":[{"id":"2"}]},{"id":"3"}]}', ["3"], id="a node without an id"),
        pytest.param('{"categories":[{"id":7,"Name":"A &amp; B","child":null}]}', ["7"], id="a number for an id"),
    ],
)
def test_an_odd_tree_is_read_as_far_as_it_makes_sense(body: str, refs: list[str]) -> None:
    assert [category.ref for category in odd_tree(body)] == refs


@pytest.mark.parametrize("body", ['{"categories":[]}', '{"categories":null}', "null", "[]", "{}"])
def test_an_empty_tree_never_replaces_the_one_that_is_known(body: str) -> None:
    with pytest.raises(Temporary):
        odd_tree(body)


def odd_tree(data: str) -> list[Category]:
    shop = faults.Faulty(a_shop())
    account = opened(shop)
    shop.inject(faults.wrong_json(f'{{"header":{{}},"data":{data}}}'.encode()), faults.Plan(path="/category"))
    return list(plugin.list_categories(account))

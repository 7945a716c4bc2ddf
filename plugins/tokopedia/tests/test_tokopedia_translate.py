"""From the wire to the hub's items: whole samples, and tables for the rules."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hub_hookspecs import AccountCheck, Item, Money, Place
from hub_tokopedia import payloads, translate

WIRE = Path(__file__).parent / "wire"


def products(*bodies: str) -> tuple[payloads.Product, ...]:
    return payloads.read_list(f"[{','.join(bodies)}]".encode(), payloads.Product)


def item(body: str) -> Item:
    (translated,) = translate.items(products(body))
    return translated


def sample(name: str, kind: type[payloads.T]) -> tuple[payloads.T, ...]:
    envelope = payloads.read((WIRE / name).read_bytes(), payloads.Envelope)
    return payloads.read_list(envelope.data, kind)


def test_a_documented_product_becomes_an_item() -> None:
    items = translate.items(sample("product_info.json", payloads.Product))

    assert items == (
        Item(
            ref="15245228",
            sku=" 12345",
            name="Kaos Polos & Nyaman",
            active=True,
            quantity=7,
            parent_ref="15245978",
            price=Money(amount=Decimal(3000), currency="IDR"),
            image_urls=("https://images.example/a.jpg", "https://images.example/b.jpg"),
            weight_g=5,
            description="Katun & adem",
            category_ref="1828",
            url="https://www.tokopedia.com/shop/kaos",
            raw_status="active",
            updated_at=datetime(2019, 5, 16, 4, 34, 24, tzinfo=UTC),
        ),
    )


def test_a_documented_shop_says_who_it_is_and_where_it_keeps_its_goods() -> None:
    (shop,) = sample("shop_info.json", payloads.Shop)

    assert translate.closed_because(shop) == ""
    assert translate.account_check(shop) == AccountCheck(
        identity="480829",
        name="Toko Larasati & Co",
        shop_ref="480829",
        country="ID",
        places=(
            Place(ref="5", name="Gudang Utama", country="ID", timezone="Asia/Jakarta"),
            Place(ref="9", name="Warehouse 9", country="ID", timezone="Asia/Jakarta"),
        ),
        notes=("The shop has several warehouses; the imported stock is that of its default warehouse.",),
    )


@pytest.mark.parametrize(
    ("stock", "quantity"),
    [
        pytest.param('"stock":{"useStock":true,"value":10},"main_stock":7,"reserve_stock":3', 7, id="part is reserved"),
        pytest.param('"stock":{"useStock":true,"value":10},"main_stock":10', 10, id="nothing is reserved"),
        pytest.param('"stock":{"useStock":true,"value":3},"reserve_stock":3', 0, id="all is reserved"),
        pytest.param('"stock":{"useStock":true}', 0, id="sold out, zeros left out"),
        pytest.param('"stock":{"useStock":true,"value":8}', 8, id="an older answer with the total only"),
        pytest.param('"stock":{}', None, id="not counted"),
        pytest.param('"stock":{"useStock":false,"value":1}', None, id="said not to be counted"),
        pytest.param('"main_stock":4', 4, id="counted all the same"),
        pytest.param('"preorder":{}', None, id="nothing said"),
        pytest.param('"main_stock":-2', 0, id="oversold never shows below zero"),
        pytest.param('"main_stock":"12"', 12, id="a number as text"),
        pytest.param('"main_stock":99999999999999999999', 2**31 - 1, id="beyond what can be stored"),
    ],
)
def test_what_may_be_sold_leaves_out_what_campaigns_hold_back(stock: str, quantity: int | None) -> None:
    assert item(f'{{"basic":{{"productID":1}},{stock}}}').quantity == quantity


@pytest.mark.parametrize(
    ("status", "active", "raw"),
    [
        pytest.param('"status":1', True, "active", id="active"),
        pytest.param('"status":3', False, "inactive", id="inactive"),
        pytest.param('"status":-1', False, "pending", id="pending"),
        pytest.param('"status":-2', False, "banned", id="banned"),
        pytest.param('"status":2', False, "featured", id="featured"),
        pytest.param('"status":0', False, "deleted", id="deleted"),
        pytest.param('"condition":1', False, "deleted", id="deleted, zero left out"),
        pytest.param('"status":17', False, "17", id="unknown to us"),
    ],
)
def test_only_one_status_means_active(status: str, active: bool, raw: str) -> None:
    translated = item(f'{{"basic":{{"productID":1,{status}}}}}')

    assert (translated.active, translated.raw_status) == (active, raw)


@pytest.mark.parametrize("spelling", ["name", "Name"])
def test_both_spellings_of_name_are_read(spelling: str) -> None:
    assert item(f'{{"basic":{{"productID":1,"{spelling}":"Topi"}}}}').name == "Topi"


@pytest.mark.parametrize(
    ("weight", "grams"),
    [
        pytest.param('{"value":250,"unit":1}', 250, id="grams"),
        pytest.param('{"value":1.5,"unit":2}', 1500, id="kilograms"),
        pytest.param('{"value":250,"unit":9}', None, id="an unknown unit"),
        pytest.param('{"value":250}', None, id="no unit"),
        pytest.param("{}", None, id="nothing said"),
    ],
)
def test_weight_comes_in_grams_or_kilograms(weight: str, grams: int | None) -> None:
    assert item(f'{{"basic":{{"productID":1}},"weight":{weight}}}').weight_g == grams


@pytest.mark.parametrize(
    ("body", "refs"),
    [
        pytest.param('{"basic":{"productID":1},"variant":{"isParent":true,"childrenID":[2,3]}}', [], id="a parent"),
        pytest.param('{"basic":{"productID":1},"variant":{"isParent":true,"childrenID":null}}', ["1"], id="childless"),
        pytest.param('{"basic":{"productID":2},"variant":{"isVariant":true,"parentID":1}}', ["2"], id="a variant"),
        pytest.param('{"basic":{"productID":1},"variant":{}}', ["1"], id="a plain product"),
        pytest.param('{"basic":{"name":"Topi"}}', [], id="nothing to name it by"),
        pytest.param("{}", [], id="an empty object"),
    ],
)
def test_what_can_be_sold_is_yielded_and_parents_are_not(body: str, refs: list[str]) -> None:
    assert [item.ref for item in translate.items(products(body))] == refs


@pytest.mark.parametrize(
    "misfit",
    [
        pytest.param('"basic":{"productID":1,"status":1,"shortDesc":7,"name":["x"]}', id="wrong types inside"),
        pytest.param('"basic":{"productID":1,"status":1},"variant":[]', id="an array for an object"),
        pytest.param(
            '"basic":{"productID":1,"status":1},"other":{"sku":{"a":1}},"pictures":[{"status":"x"},4]', id="deep"
        ),
        pytest.param('"basic":{"productID":1,"status":1},"price":{"value":"free"},"weight":null,"stock":7', id="words"),
        pytest.param('"basic":{"productID":"1","status":"1"},"price":{"value":"NaN"}', id="numbers as text"),
        pytest.param(
            '"basic":{"productID":1,"status":1},"price":{"LastUpdateUnix":99999999999999}', id="year 3 million"
        ),
    ],
)
def test_a_strange_value_costs_its_field_and_nothing_else(misfit: str) -> None:
    first, second = translate.items(products(f"{{{misfit}}}", '{"basic":{"productID":2,"name":"Topi"}}'))

    assert (first.ref, first.active, second.name) == ("1", True, "Topi")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(first), type=Item) == first


@pytest.mark.parametrize(
    "strange",
    [
        pytest.param('{"basic":{"productID":"abc"}}', id="an id that is no number"),
        pytest.param('{"basic":{"productID":null}}', id="an id that is null"),
        pytest.param('{"basic":{"productID":1.5}}', id="an id that is half a number"),
        pytest.param('{"basic":[1]}', id="an id where none belongs"),
        pytest.param('{"basic":{"productID":1},"variant":{"isParent":"aye","childrenID":[2]}}', id="a parent or not"),
        pytest.param('{"basic":{"productID":1},"variant":{"isParent":true,"childrenID":["x"]}}', id="a strange child"),
        pytest.param('{"basic":{"productID":1},"variant":{"isParent":true,"childrenID":7}}', id="children as a number"),
        pytest.param('{"basic":{"productID":1},"variant":[{"isParent":true}]}', id="a variant in a list"),
        pytest.param("7", id="no object"),
    ],
)
def test_a_product_that_could_be_lost_or_mistaken_makes_its_page_unreadable(strange: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        products('{"basic":{"productID":2,"name":"Topi"}}', strange)


def test_null_for_whether_a_product_is_a_parent_means_that_it_is_none() -> None:
    assert item('{"basic":{"productID":1},"variant":{"isParent":null,"childrenID":""}}').ref == "1"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"7", id="a number"),
        pytest.param(b'["surprise"]', id="words"),
        pytest.param(b"[" * 100_000, id="too deep"),
        pytest.param(b'[{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}]", id="too deep in a field nobody reads"),
        pytest.param(b'[{"basic":{"name":"\\ud800"}}]', id="half a surrogate pair"),
        pytest.param(b'[{"price":{"value":NaN}}]', id="NaN"),
        pytest.param(b"[{}", id="cut off"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_nonsense_is_never_taken_for_the_end_of_a_listing(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        payloads.read_list(body, payloads.Product)


@pytest.mark.parametrize(
    ("shop", "says"),
    [
        pytest.param({"is_open": 1, "status": 1}, "", id="open"),
        pytest.param({"is_open": True}, "", id="open, no status"),
        pytest.param({"status": 1}, "closed or on holiday", id="not open, zero left out"),
        pytest.param({"is_open": 1, "status": 2, "reason": "Libur"}, "Libur", id="on holiday"),
        pytest.param({"is_open": 1, "status": 3}, "moderated", id="moderated"),
        pytest.param({"is_open": 1, "status": 99}, "state 99", id="a state nobody knows"),
    ],
)
def test_a_shop_that_cannot_sell_says_why(shop: dict[str, object], says: str) -> None:
    reason = translate.closed_because(msgspec.convert(shop, payloads.Shop))

    assert says in reason
    assert bool(reason) == bool(says)


@pytest.mark.parametrize(
    ("seconds", "lasting"),
    [
        pytest.param(2_592_000, timedelta(days=30), id="thirty days"),
        pytest.param(0, None, id="no term"),
        pytest.param(-5, None, id="a term in the past"),
        pytest.param(10**18, None, id="a term beyond any calendar"),
    ],
)
def test_a_token_lasts_as_long_as_the_answer_says(seconds: int, lasting: timedelta | None) -> None:
    now = datetime(2025, 1, 1, tzinfo=UTC)

    token = translate.token(payloads.Token(access_token="c:abc", expires_in=seconds), now)

    assert token.expires_at == (None if lasting is None else now + lasting)

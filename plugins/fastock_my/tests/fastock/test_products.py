"""Products become known in a warehouse, one by one, and the same again changes nothing."""

import pytest
from hub_fastock_my import plugin
from hub_hookspecs import Rejected

from .steps import KL, Stand, product, ringgit


def test_a_product_is_known_as_it_was_pushed(stand: Stand) -> None:
    plugin.push_product(stand.account, product(options={"Warna": "Biru", "Saiz": "M"}), "")

    known = stand.sandbox.known(KL, "TEE-M")
    assert known is not None
    assert (known.name, known.barcode, known.variant) == ("Tee & <Kain>", "9551234567890", "Warna: Biru, Saiz: M")
    assert (known.weight_g, known.size_mm) == (185, (300, 205, 31))


def test_a_product_is_known_in_its_warehouse_alone(stand: Stand) -> None:
    plugin.push_product(stand.account, product("KAIN-1", place_ref="MYJB02"), "")

    assert stand.sandbox.known("MYJB02", "KAIN-1")
    assert not stand.sandbox.known(KL, "KAIN-1")


def test_pushing_twice_gives_the_same_name(stand: Stand) -> None:
    first = plugin.push_product(stand.account, product(), "")
    again = plugin.push_product(stand.account, product(), "")
    changed = plugin.push_product(stand.account, product(name="Tee", listing_ref=first.ref), "")

    assert first == again == changed
    known = stand.sandbox.known(KL, "TEE-M")
    assert known is not None
    assert known.name == "Tee"


def test_a_product_without_a_barcode_is_scanned_by_its_sku(stand: Stand) -> None:
    plugin.push_product(stand.account, product(barcode=""), "")

    known = stand.sandbox.known(KL, "TEE-M")
    assert known is not None
    assert known.barcode == "TEE-M"


def test_a_price_in_another_currency_is_not_told_as_ringgit(stand: Stand) -> None:
    rupiah = ringgit("49900").__class__(amount=ringgit("49900").amount, currency="IDR")
    plugin.push_product(stand.account, product(price=rupiah), "")

    assert b"49900" not in stand.wire.requests[-1].content


@pytest.mark.parametrize(
    ("wrong", "cure"),
    [
        pytest.param({"name": " "}, "give the product a name", id="no name"),
        pytest.param({"sku": ""}, "the SKU is empty", id="no SKU"),
        pytest.param({"sku": "A\x0bB"}, "no document can carry", id="a control character in the SKU"),
        pytest.param({"place_ref": ""}, "none of this account's warehouses", id="no warehouse"),
        pytest.param({"place_ref": "MYPG09"}, "none of this account's warehouses", id="a foreign warehouse"),
    ],
)
def test_what_cannot_be_is_refused_before_it_is_sent(stand: Stand, wrong: dict[str, str], cure: str) -> None:
    with pytest.raises(Rejected, match=cure):
        plugin.push_product(stand.account, product(**wrong), "")

    assert stand.wire.requests == []


def test_a_control_character_in_words_becomes_a_blank(stand: Stand) -> None:
    plugin.push_product(stand.account, product(name="Tee\x0bBiru"), "")

    known = stand.sandbox.known(KL, "TEE-M")
    assert known is not None
    assert known.name == "Tee Biru"


def test_an_item_that_is_gone_is_refused_and_not_made_anew(stand: Stand) -> None:
    with pytest.raises(Rejected, match="item-not-found"):
        plugin.push_product(stand.account, product("GONE-1", listing_ref="ITM99999999"), "")

    assert not stand.sandbox.known(KL, "GONE-1")

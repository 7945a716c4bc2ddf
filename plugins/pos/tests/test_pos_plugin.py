"""A point of sale holds nothing of its own: who it is, and under which reference a product is listed."""

import httpx
import msgspec
import pytest
from hub_hookspecs import (
    Absent,
    Account,
    Address,
    Capability,
    Listing,
    Paper,
    ParcelLine,
    Product,
    Rejected,
    Shipment,
)
from hub_pos import plugin
from hub_pos.settings import PosSettings

TEE = Product(key="p-1", sku="TEE-M", name="Kaos Polos M")
SHIPMENT = Shipment(
    key="o-1/1",
    order_ref="o-1",
    order_number="POS-1",
    sender=Address(name="Toko Larasati"),
    recipient=Address(name="Budi"),
    lines=(ParcelLine(sku="TEE-M", quantity=1),),
    awb="JNE-1",
)


def a_store(merchant: str = "m-1", **settings: str) -> Account[PosSettings]:
    form = {"store_name": " Toko Larasati ", **settings}
    typed = msgspec.convert(form, PosSettings)
    return Account(id="a-1", merchant_id=merchant, settings=typed, token="", http=httpx.Client())


def test_a_store_is_known_by_its_merchant_and_its_code() -> None:
    main, branch, neighbour = a_store(), a_store(store_code="BDG-2"), a_store("m-2")

    identities = {plugin.check_account(store).identity for store in (main, branch, neighbour)}

    assert len(identities) == 3


def test_a_new_name_leaves_the_store_what_it_was() -> None:
    before, after = plugin.check_account(a_store()), plugin.check_account(a_store(store_name="Larasati & Co"))

    assert before.identity == after.identity
    assert (before.name, after.name) == ("Toko Larasati", "Larasati & Co")


def test_the_country_is_told_where_it_is_known() -> None:
    assert plugin.check_account(a_store(country="ID")).country == "ID"
    assert plugin.check_account(a_store()).country == ""


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param({"store_name": ""}, id="no name"),
        pytest.param({"store_name": " \t"}, id="a blank name"),
        pytest.param({"store_name": "x" * 101}, id="a name that is too long"),
        pytest.param({"store_code": ""}, id="no code"),
        pytest.param({"store_code": "main"}, id="a code in small letters"),
        pytest.param({"store_code": "MAIN\n"}, id="a code with a line break"),
        pytest.param({"store_code": "A/B"}, id="a code with a slash"),
        pytest.param({"store_code": "A" * 21}, id="a code that is too long"),
        pytest.param({"country": "Indonesia"}, id="a country by name"),
        pytest.param({"country": "id"}, id="a country in small letters"),
        pytest.param({"shop_id": "1"}, id="a setting of another channel"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(typed: dict[str, str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        a_store(**typed)


def test_a_product_is_listed_under_its_own_key_however_often_it_is_pushed() -> None:
    store = a_store()

    listings = [plugin.push_product(store, TEE, "") for _ in range(2)]

    assert listings == [Listing(ref="p-1", quantity=TEE.quantity)] * 2


def test_an_update_leaves_the_listing_where_it_is() -> None:
    pushed = plugin.push_product(a_store(), msgspec.structs.replace(TEE, key="p-9", listing_ref="p-1"), "")

    assert pushed == Listing(ref="p-1")


def test_what_was_pushed_need_not_be_looked_for() -> None:
    assert plugin.find_listing(a_store(), TEE) == Absent(key="p-1")


def test_a_product_without_a_name_is_refused_with_the_cure() -> None:
    with pytest.raises(Rejected, match="give the product a name"):
        plugin.push_product(a_store(), msgspec.structs.replace(TEE, name="  "), "")


def test_a_label_is_supplied_and_an_awb_never_promised() -> None:
    channel = plugin.describe_channel()

    label = plugin.create_label(a_store(), SHIPMENT, "")

    assert Capability.CREATE_LABEL in channel.offers
    assert channel.supplies == {Paper.LABEL_PDF}
    assert channel.lacks_papers == {Paper.AWB: "the hub's own label carries no courier's AWB"}
    assert (label.content[:5], label.media_type, label.awb) == (b"%PDF-", "application/pdf", "")


def test_a_label_does_not_change_with_the_name_of_its_store() -> None:
    labels = [plugin.create_label(a_store(store_name=name), SHIPMENT, "") for name in ("Larasati", "Larasati & Co")]

    assert labels[0] == labels[1]

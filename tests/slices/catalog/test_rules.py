"""Admission, SKU keys and the four classes, as tables."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from hub_hookspecs import Channel, Item, Kind

from hub.catalog.rules import (
    Group,
    Skip,
    SkuClass,
    barcode_key,
    classify,
    shifts_others,
    skip_reason,
    sku_fold,
    sku_key,
)


class NoSettings(msgspec.Struct, frozen=True):
    """A channel needs some type of settings."""


CHANNEL = Channel(name="any", title="Any", kind=Kind.MARKETPLACE, settings=NoSettings, offers=frozenset(), lacks={})


def an_item(*, active: bool = True, quantity: int | None = 3) -> Item:
    return Item(ref="1", sku="A", name="Kaos", active=active, quantity=quantity)


@pytest.mark.parametrize(
    ("given", "key"),
    [
        pytest.param("TEE-M", "TEE-M", id="as it is"),
        pytest.param("  TEE-M\u00a0", "TEE-M", id="trimmed, also of blanks that cannot be seen"),
        pytest.param("e\u0301", "\u00e9", id="composed"),
        pytest.param("tee-m", "tee-m", id="letter case is part of a code"),
        pytest.param(" \t", "", id="blank"),
    ],
)
def test_codes_that_people_take_for_equal_have_one_key(given: str, key: str) -> None:
    assert sku_key(given) == key


@pytest.mark.parametrize(
    ("key", "group", "expected"),
    [
        pytest.param("", Group(own=5, elsewhere=True, product=True), SkuClass.EMPTY, id="no code, whatever else holds"),
        pytest.param("A", Group(own=2, elsewhere=True, product=True), SkuClass.DUPLICATE, id="twice in the account"),
        pytest.param("A", Group(own=1, elsewhere=True), SkuClass.MATCHED, id="another account lists it"),
        pytest.param("A", Group(own=1, product=True), SkuClass.MATCHED, id="the merchant has the product"),
        pytest.param("A", Group(own=1), SkuClass.UNMATCHED, id="never seen before"),
    ],
)
def test_the_first_class_that_holds_is_the_class(key: str, group: Group, expected: SkuClass) -> None:
    assert classify(key, group) is expected


@pytest.mark.parametrize(
    ("before", "after", "shifts"),
    [
        pytest.param(0, 1, True, id="the first: others may match it now"),
        pytest.param(1, 2, True, id="the second: both are duplicates now"),
        pytest.param(2, 3, False, id="one more duplicate changes nobody else"),
        pytest.param(3, 2, False, id="one duplicate less changes nobody else"),
        pytest.param(2, 1, True, id="the last one is no duplicate any more"),
        pytest.param(1, 0, True, id="gone: others may match nothing now"),
        pytest.param(1, 1, False, id="the same"),
    ],
)
def test_others_change_class_only_at_the_edges(before: int, after: int, shifts: bool) -> None:
    assert shifts_others(before, after) is shifts


@pytest.mark.parametrize(
    ("channel", "item", "reason"),
    [
        pytest.param(CHANNEL, an_item(), None, id="active and in stock"),
        pytest.param(CHANNEL, an_item(quantity=None), None, id="stock that is not tracked is not sold out"),
        pytest.param(CHANNEL, an_item(quantity=0), Skip.SOLD_OUT, id="sold out"),
        pytest.param(CHANNEL, an_item(active=False), Skip.INACTIVE, id="inactive"),
        pytest.param(CHANNEL, an_item(active=False, quantity=0), Skip.INACTIVE, id="both count as inactive"),
        pytest.param(replace(CHANNEL, imports_inactive=True), an_item(active=False), None, id="inactive is wanted"),
        pytest.param(
            replace(CHANNEL, imports_inactive=True), an_item(active=False, quantity=0), Skip.SOLD_OUT,
            id="inactive is wanted, sold out is not",
        ),
        pytest.param(replace(CHANNEL, imports_sold_out=True), an_item(quantity=0), None, id="sold out is wanted"),
    ],
)  # fmt: skip
def test_the_channel_declares_what_an_import_admits(channel: Channel, item: Item, reason: Skip | None) -> None:
    assert skip_reason(channel, item) is reason


@pytest.mark.parametrize(
    ("given", "like"),
    [
        pytest.param("TEE_M", "TEE-M", id="punctuation"),
        pytest.param("tee m", "TEE-M", id="letter case and blanks"),
        pytest.param("ＴＥＥ－Ｍ", "TEE-M", id="full width"),
        pytest.param("KPS-OO1", "KPS-001", id="O and 0"),
        pytest.param("KPS-I0l", "KPS-101", id="I, l and 1"),
    ],
)
def test_codes_that_people_take_one_for_the_other_look_alike(given: str, like: str) -> None:
    assert sku_fold(given) == sku_fold(like) != ""


@pytest.mark.parametrize(("given", "other"), [("TEE-M", "TEE-L"), ("TEE-1", "TEE-2"), ("KPS-12", "KPS-21")])
def test_codes_that_differ_in_more_than_looks_do_not(given: str, other: str) -> None:
    assert sku_fold(given) != sku_fold(other)


@pytest.mark.parametrize("given", ["", " ", "--", "_"])
def test_where_nothing_is_left_to_compare_nothing_looks_alike(given: str) -> None:
    assert sku_fold(given) == ""


@pytest.mark.parametrize(
    ("given", "key"),
    [
        pytest.param("8991234567891", "8991234567891", id="EAN-13"),
        pytest.param(" 899-1234 567891 ", "8991234567891", id="with separators"),
        pytest.param("036000291452", "36000291452", id="UPC-A"),
        pytest.param("0036000291452", "36000291452", id="the same as EAN-13"),
        pytest.param("96385074", "96385074", id="EAN-8"),
        pytest.param("8991234567890", "", id="a wrong check digit"),
        pytest.param("0000000000000", "", id="nothing but zeros"),
        pytest.param("12345", "", id="too short"),
        pytest.param("٨٩٩١٢٣٤٥٦٧٨٩١", "", id="digits of another script"),
        pytest.param("TEE-M", "", id="no number"),
        pytest.param("", "", id="none"),
    ],
)
def test_only_numbers_of_articles_are_compared_as_barcodes(given: str, key: str) -> None:
    assert barcode_key(given) == key

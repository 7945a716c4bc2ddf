"""Every answer is held against its type before the hub believes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hub_hookspecs import (
    Absent,
    Cancellation,
    CancelOutcome,
    Capability,
    Item,
    Listing,
    Money,
    NotSupported,
    Page,
    Product,
    Receipt,
    Shipment,
    Waiting,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.channels.host import PluginBug
from tests.slices.channels.hosted import (
    OUTBOUND,
    PRODUCT,
    SHIPMENT,
    TASK,
    AnyAccount,
    FrontDoor,
    a_host,
    a_page,
    an_item,
    behaving,
    verdict,
)


class LargerItem(Item, frozen=True, kw_only=True):
    weight_lb: int = 0


@dataclass
class LooksLikeAListing:
    ref: str = "r"
    url: str = ""


DEEP: Any = []  # Any: a list of itself
DEEP.append(DEEP)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(None, id="None"),
        pytest.param({"ref": "r"}, id="a dict"),
        pytest.param("r", id="a string"),
        pytest.param(Receipt(ref="r"), id="another record"),
        pytest.param(LooksLikeAListing(), id="a look-alike"),
        pytest.param(Listing(ref=7), id="a number for a reference"),  # type: ignore[arg-type]  # the point
        pytest.param(Listing(ref=None), id="None for a reference"),  # type: ignore[arg-type]  # the point
        pytest.param(Listing(ref="a\x00b"), id="NUL"),
        pytest.param(Listing(ref="\ud800"), id="lone surrogate"),
        pytest.param(Waiting(after=5, state="s"), id="a number for a pause"),  # type: ignore[arg-type]  # the point
        pytest.param(Listing(ref=DEEP), id="a list of itself"),
        pytest.param(Listing(ref="x" * 40_000_000), id="40 MB"),
        pytest.param(iter([Listing(ref="r")]), id="an iterator"),
    ],
)
def test_an_answer_that_is_not_the_record_is_a_plugin_bug(answer: object) -> None:
    assert type(verdict("push_product", lambda account: answer)) is PluginBug


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(LargerItem(**msgspec.structs.asdict(an_item())), id="a subclass"),
        pytest.param({"ref": "r"}, id="a dict"),
        pytest.param(None, id="None"),
        pytest.param(an_item(quantity=-1), id="negative quantity"),
        pytest.param(an_item(quantity=2**31), id="quantity beyond 31 bits"),
        pytest.param(an_item(quantity=float("nan")), id="NaN"),
        pytest.param(an_item(quantity=1.5), id="half a piece"),
        pytest.param(an_item(quantity="1"), id="a word for a quantity"),
        pytest.param(an_item(quantity=True), id="true for a quantity"),
        pytest.param(an_item(weight_g=2**63), id="weight beyond a signed 64-bit number"),
        pytest.param(an_item(weight_g=2**64), id="weight beyond 64 bits"),
        pytest.param(an_item(name="a\x00b", quantity=0), id="NUL in a name"),
        pytest.param(an_item(options={"a\x00": "b"}), id="NUL in a key"),
        pytest.param(an_item(name="\udfff"), id="lone surrogate"),
        pytest.param(an_item(active="yes"), id="a word for a truth value"),
        pytest.param(an_item(updated_at=datetime(2026, 1, 1)), id="an hour without a zone"),  # noqa: DTZ001 - the point
        pytest.param(an_item(options={1: "a"}), id="a number for a key"),
        pytest.param(an_item(image_urls="https://a"), id="a string for a list"),
        pytest.param(an_item(price=12.5), id="a float for money"),
        pytest.param(an_item(ref=object()), id="an object"),
    ],
)
def test_a_page_with_a_broken_item_is_a_plugin_bug(item: Any) -> None:  # Any: not an item
    assert type(verdict("import_items", lambda account: iter([a_page(an_item(), item)]))) is PluginBug


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(None, id="None"),
        pytest.param(7, id="a number"),
        pytest.param("pages", id="a string"),
        pytest.param({"records": []}, id="a dict"),
        pytest.param(a_page(an_item()), id="a page instead of pages"),
        pytest.param(iter([None]), id="None among pages"),
        pytest.param(iter([an_item()]), id="an item among pages"),
        pytest.param(iter([Page(records=[an_item()], cursor="")]), id="a list for a tuple"),  # type: ignore[arg-type]  # the point
        pytest.param(iter([Page(records=(), cursor=7)]), id="a number for a cursor"),  # type: ignore[arg-type]  # the point
    ],
)
def test_a_stream_of_something_else_is_a_plugin_bug(answer: object) -> None:
    assert type(verdict("import_items", lambda account: answer)) is PluginBug


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)) | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
    max_leaves=5,
)


@settings(max_examples=500, deadline=None)
@given(field=st.sampled_from(Item.__struct_fields__), value=ANYTHING)
def test_whatever_stands_in_a_field_it_is_a_clean_item_or_a_plugin_bug(
    field: str, value: Any
) -> None:  # Any: whatever hypothesis thinks of
    host = behaving("import_items", lambda account: iter([a_page(an_item(**{field: value}))]))

    try:
        (page,) = host.import_items(FrontDoor(), "")
    except PluginBug:
        return

    text = msgspec.json.encode(page.records[0])
    assert b"NaN" not in text
    assert "\x00" not in "".join(part for part in msgspec.structs.astuple(page.records[0]) if isinstance(part, str))


def test_honest_extremes_pass_unchanged() -> None:
    item = an_item(
        quantity=2**31 - 1,
        name="Ünïcödé 👕 \\u0000 Ïλ",
        price=Money(amount=Decimal("0.10"), currency="IDR"),
        weight_g=2**63 - 1,
        options={"Ukuran": "M"},
        updated_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    host = behaving("import_items", lambda account: iter([a_page(an_item(quantity=0), item)]))

    (page,) = host.import_items(FrontDoor(), "")

    assert page.records[1] == item


def test_what_the_channel_lacks_is_refused_with_its_reason() -> None:
    with pytest.raises(NotSupported, match="Shop cannot push outbound: not built yet"):
        a_host().push_outbound(FrontDoor(), OUTBOUND)


def test_what_the_account_lacks_is_refused_with_its_reason() -> None:
    def confirm_shipment(account: AnyAccount, shipment: Shipment) -> Receipt:
        raise AssertionError("must not be asked")

    door = FrontDoor(lacks={Capability.CONFIRM_SHIPMENT: "the scope write_fulfilments is missing"})

    with pytest.raises(NotSupported, match="the scope write_fulfilments is missing"):
        a_host(confirm_shipment=confirm_shipment).confirm_shipment(door, SHIPMENT)


def test_a_read_back_is_allowed_where_the_capability_was_switched_off_meanwhile() -> None:
    def push_product(account: AnyAccount, product: Product, resume: str) -> Listing:
        raise AssertionError("must not be asked")

    door = FrontDoor(lacks={Capability.PUSH_PRODUCT: "switched off"})

    assert a_host(push_product=push_product).find_listing(door, PRODUCT) == Absent(key="p-1")


def test_a_channel_that_registers_nothing_is_connected_all_the_same() -> None:
    assert a_host().connect_account(FrontDoor(), "https://hub.example/webhooks/shop/x").webhooks == ()


def test_too_late_is_an_answer_and_no_error() -> None:
    late = Cancellation(outcome=CancelOutcome.TOO_LATE, reason="collected")
    host = behaving("cancel_outbound", lambda account: late)

    assert host.cancel_outbound(FrontDoor(), TASK, "no longer wanted") == late

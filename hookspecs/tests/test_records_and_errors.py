"""Records survive the way to the hub and nothing else does; errors say what comes next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import msgspec
import pytest
from hub_hookspecs import (
    Absent,
    Account,
    ActionRequired,
    BadSignature,
    ChannelError,
    DocumentState,
    Instant,
    Item,
    Label,
    Listing,
    Money,
    NotSupported,
    Order,
    OrderLine,
    OrderState,
    Page,
    RateLimited,
    Receipt,
    Rejected,
    StockTarget,
    TaskState,
    Temporary,
    Token,
    TokenExpired,
    UnknownOutcome,
    Waiting,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


ORDER = Order(
    ref="1",
    number="INV/1",
    state=OrderState.READY,
    raw_state="220",
    placed_at=NOON,
    lines=(OrderLine(ref="1", listing_ref="9", sku="TEE-M", name="Tee", quantity=2),),
)
ITEM = Item(
    ref="9",
    sku="TEE-M",
    name="Kaos 👕",
    active=True,
    quantity=None,
    price=Money(amount=Decimal("129000.50"), currency="IDR"),
    options={"Ukuran": "M"},
    updated_at=NOON,
)


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        pytest.param(Page(records=(ITEM,), cursor="2"), Page[Item], id="a page of items"),
        pytest.param(
            Page[Item](records=(), cursor="2", resume_after=timedelta(minutes=5)), Page[Item], id="a page that waits"
        ),
        pytest.param(ORDER, Order | Absent, id="an order"),
        pytest.param(Absent(key="1"), Order | Absent, id="an absent order"),
        pytest.param(Listing(ref="9"), Listing | Waiting, id="a listing"),
        pytest.param(Waiting(after=timedelta(seconds=5), state="upload-1"), Listing | Waiting, id="waiting"),
        pytest.param(Label(content=b"%PDF-1.7", media_type="application/pdf"), Label | Waiting, id="a label"),
        pytest.param(
            TaskState(key="OUT-1", ref="77", state=DocumentState.PENDING, progress="picking"),
            TaskState | Absent,
            id="a task",
        ),
        pytest.param(Token(value="t", expires_at=NOON, refresh="r"), Token, id="a token"),
        pytest.param(Receipt(ref="1"), Receipt, id="a receipt"),
    ],
)
def test_a_record_survives_the_way_to_the_hub(record: msgspec.Struct, kind: object) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(record), type=kind) == record


@pytest.mark.parametrize(
    ("record", "kind", "reason"),
    [
        pytest.param(msgspec.structs.replace(ITEM, quantity=-1), Item, ">= 0", id="a negative quantity"),
        pytest.param(msgspec.structs.replace(ITEM, quantity=2**31), Item, "<= 2147483647", id="a huge quantity"),
        pytest.param(msgspec.structs.replace(ITEM, sku=7), Item, "Expected `str`", id="a number for a SKU"),
        pytest.param(
            msgspec.structs.replace(ITEM, updated_at=NOON.replace(tzinfo=None)), Item, "timezone", id="a naive time"
        ),
        pytest.param(
            msgspec.structs.replace(ORDER, state="lost"), Order, "Invalid enum value", id="a state of its own"
        ),
    ],
)
def test_a_record_of_the_wrong_type_does_not_reach_the_hub(record: msgspec.Struct, kind: object, reason: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=reason):
        msgspec.msgpack.decode(msgspec.msgpack.encode(record), type=kind)


@pytest.mark.parametrize("amount", ["NaN", "Infinity"])
def test_money_is_finite(amount: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        Money(amount=Decimal(amount), currency="IDR")


def test_an_instant_keeps_the_moment_whatever_its_zone() -> None:
    jakarta = NOON.astimezone(timezone(timedelta(hours=7)))

    assert msgspec.msgpack.decode(msgspec.msgpack.encode(jakarta), type=Instant) == NOON


def test_a_value_does_not_change() -> None:
    target = StockTarget(listing_ref="9", quantity=1)

    with pytest.raises(AttributeError, match="immutable"):
        target.quantity = 2  # type: ignore[misc]  # that it cannot be assigned is the point


def test_neither_a_token_nor_an_account_shows_its_secrets() -> None:
    token = Token(value="s3cret", expires_at=NOON, refresh="s3cret")
    account = Account(id="a", merchant_id="m", settings={"key": "s3cret"}, token="s3cret", http=None)  # type: ignore[arg-type]  # shown only

    assert "s3cret" not in f"{token} {token!r} {account} {account!r}"


@pytest.mark.parametrize(
    ("error", "ancestry"),
    [
        pytest.param(Temporary, [Temporary], id="temporary"),
        pytest.param(RateLimited, [RateLimited, Temporary], id="rate limited"),
        pytest.param(TokenExpired, [TokenExpired], id="token expired"),
        pytest.param(ActionRequired, [ActionRequired], id="action required"),
        pytest.param(Rejected, [Rejected], id="rejected"),
        pytest.param(NotSupported, [NotSupported, Rejected], id="not supported"),
        pytest.param(BadSignature, [BadSignature, Rejected], id="bad signature"),
        pytest.param(UnknownOutcome, [UnknownOutcome], id="unknown outcome"),
    ],
)
def test_an_error_says_what_happened_and_its_class_what_comes_next(
    error: type[ChannelError], ancestry: list[type[ChannelError]]
) -> None:
    raised = error("the shop is closed", code="SHOP_1")

    assert (str(raised), raised.code) == ("the shop is closed", "SHOP_1")
    assert type(raised).__mro__ == (*ancestry, ChannelError, Exception, BaseException, object)


def test_a_pause_carries_its_length() -> None:
    assert RateLimited("slow down", retry_after=timedelta(seconds=7)).retry_after == timedelta(seconds=7)

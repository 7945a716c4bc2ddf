"""The wire of Tokopedia's fs API as we read it: what is missing or unreadable counts as absent, save what names it."""

import functools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, TypeVar, cast

import msgspec

T = TypeVar("T")
_NAMES_IT = frozenset({"basic", "productID", "order_id"})  # without it a product or an order is lost
_TELLS_PARENTS = frozenset({"variant", "isParent", "childrenID"})  # without it a parent looks like something sold
_NOTHING: tuple[object, ...] = (None, "", [])  # what services say for an object or a list that is not there


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """Every field has a default, for the Go services behind the API leave out keys whose value is zero."""


class Token(Wire, frozen=True):
    access_token: str = ""
    expires_in: int = 0


class Header(Wire, frozen=True):
    messages: str = ""
    reason: str = ""
    error_code: str | int | None = None  # some answers send the integer 0 for success


class Envelope(Wire, frozen=True):
    """Both envelopes in one: newer endpoints send `header`, older ones `status` and `error_message`."""

    header: Header | None = None
    data: msgspec.Raw = msgspec.Raw(b"null")
    status: str | int | None = None
    error_message: list[str] | str | None = None


class Basic(Wire, frozen=True):
    product_id: int = msgspec.field(default=0, name="productID")
    shop_id: int = msgspec.field(default=0, name="shopID")
    status: int = 0
    name: str = ""
    name_capital: str = msgspec.field(default="", name="Name")  # newer pages print Name where production sends name
    category_id: int = msgspec.field(default=0, name="childCategoryID")
    description: str = msgspec.field(default="", name="shortDesc")


class Price(Wire, frozen=True):
    value: Decimal | None = None
    idr: Decimal | None = None
    updated_unix: int = msgspec.field(default=0, name="LastUpdateUnix")


class Weight(Wire, frozen=True):
    value: Decimal | None = None
    unit: int = 0


class Stock(Wire, frozen=True):
    use_stock: bool = msgspec.field(default=False, name="useStock")
    value: int = 0


class Variant(Wire, frozen=True):
    is_parent: bool = msgspec.field(default=False, name="isParent")
    parent_id: int = msgspec.field(default=0, name="parentID")
    children: tuple[int, ...] | None = msgspec.field(default=(), name="childrenID")


class Picture(Wire, frozen=True):
    status: int = 0
    original_url: str = msgspec.field(default="", name="OriginalURL")
    medium_url: str = msgspec.field(default="", name="URL300")
    thumbnail_url: str = msgspec.field(default="", name="ThumbnailURL")


class Other(Wire, frozen=True):
    sku: str = ""
    url: str = ""


class Sales(Wire, frozen=True):
    count: int = msgspec.field(default=0, name="countSold")


class Volume(Wire, frozen=True):
    length: Decimal | None = None
    width: Decimal | None = None
    height: Decimal | None = None


class Held(Wire, frozen=True):
    """What one warehouse has of a product."""

    warehouse_id: int = msgspec.field(default=0, name="warehouseID")
    stock: Stock | None = None


class Product(Wire, frozen=True):
    basic: Basic | None = None
    price: Price | None = None
    weight: Weight | None = None
    stock: Stock | None = None
    main_stock: int | None = None
    reserve_stock: int | None = None
    variant: Variant | None = None
    pictures: tuple[Picture, ...] | None = None
    other: Other | None = None
    sales: Sales | None = msgspec.field(default=None, name="GMStats")
    volume: Volume | None = None
    warehouses: tuple[Held, ...] | None = None


class FailedRow(Wire, frozen=True):
    product_id: int = 0
    message: str = ""


class Overwritten(Wire, frozen=True):
    """What stock/update answers, whatever the HTTP status. Both counts are missing where nothing is said of any row."""

    failed: tuple[FailedRow, ...] | None = msgspec.field(default=(), name="failed_rows_data")
    failed_rows: int | None = None
    succeed_rows: int | None = None


class PickUp(Wire, frozen=True):
    """What pick-up answers."""

    order_id: int = 0


class Published(Wire, frozen=True):
    product_id: int = 0


class Unpublished(Wire, frozen=True):
    error: list[str] | str | None = None


class Publication(Wire, frozen=True):
    """What create and edit answer, whatever the HTTP status: each row is in one of the two lists."""

    done: tuple[Published, ...] | None = msgspec.field(default=(), name="success_rows_data")
    failed: tuple[Unpublished, ...] | None = msgspec.field(default=(), name="failed_rows_data")


class Shelf(Wire, frozen=True):
    """A category; the deepest ones have no children."""

    id: str | int = ""
    name: str = ""
    name_capital: str = msgspec.field(default="", name="Name")  # the documentation prints Name
    children: tuple["Shelf", ...] | None = msgspec.field(default=(), name="child")


class Shelves(Wire, frozen=True):
    categories: tuple[Shelf, ...] | None = ()


class Warehouse(Wire, frozen=True):
    warehouse_id: int = 0
    warehouse_name: str = ""
    status: int = 0
    is_default: int = 0


class Shop(Wire, frozen=True):
    shop_id: int = 0
    shop_name: str = ""
    is_open: int | bool = 0
    status: int = 0
    reason: str = ""
    warehouses: tuple[Warehouse, ...] | None = None


def says_done(data: msgspec.Raw) -> bool:
    """Whether an action was done: some answer `"success"` or `"Success"`, others `{"success": true}`."""
    told = msgspec.json.decode(data)
    if isinstance(told, dict):
        return told.get("success") is True
    return isinstance(told, str) and told.lower() == "success"


def read(body: bytes | msgspec.Raw, kind: type[T]) -> T:
    """Read one JSON value and drop parts of the wrong type; raises `msgspec.DecodeError` where that is impossible."""
    with _too_deep_is_unreadable():
        try:
            return cast("T", _decoder(kind).decode(body))  # type: ignore[arg-type]  # mypy takes no type for hashable
        except msgspec.ValidationError:
            return _without_misfits(msgspec.json.decode(body), kind)


def read_list(body: bytes | msgspec.Raw, kind: type[T]) -> tuple[T, ...]:
    """Read an array, where one strange value must not cost the others; only null and [] are empty.

    An element that could not be told from one that has gone makes the whole array unreadable: `msgspec.DecodeError`.
    """
    with _too_deep_is_unreadable():
        try:
            return cast("tuple[T, ...]", _decoder(tuple[kind, ...]).decode(body))  # type: ignore[valid-type]  # made here
        except msgspec.ValidationError:
            found = msgspec.json.decode(body)
    if found is None:
        return ()
    elements = [element for element in (found if isinstance(found, list) else [found]) if element is not None]
    if not elements or not all(isinstance(element, dict) for element in elements):
        # An empty page is the end of a listing, so nonsense must not look like one.
        raise msgspec.DecodeError(f"a list of objects was expected, not {bytes(body)[:40]!r}")
    return tuple(_without_misfits(element, kind) for element in elements)


@functools.cache
def _decoder(kind: object) -> msgspec.json.Decoder[Any]:  # Any: one cache holds decoders of every type
    return msgspec.json.Decoder(kind, strict=False)


@contextmanager
def _too_deep_is_unreadable() -> Iterator[None]:
    try:
        yield
    except (RecursionError, UnicodeDecodeError) as error:
        raise msgspec.DecodeError(f"{type(error).__name__}: {error}") from error


def _without_misfits(value: object, kind: type[T]) -> T:
    """Drop the key that the validation names, until the rest fits; each round drops one, so it ends."""
    while True:
        try:
            return msgspec.convert(value, kind, strict=False)
        except msgspec.ValidationError as error:
            keys = re.findall(r"\.(\w+)", str(error).partition("`$")[2].partition("[")[0])
            if not keys or not _drop(value, keys):
                raise msgspec.ValidationError(f"{error}; something could be lost for want of it") from error


def _drop(value: object, keys: list[str]) -> bool:
    """Leave out the value at this path; False where there is none, or where the product would not be itself without."""
    *above, last = keys
    for key in above:
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, dict) or last not in value or last in _NAMES_IT:
        return False
    if last in _TELLS_PARENTS and value[last] not in _NOTHING:
        return False
    del value[last]
    return True

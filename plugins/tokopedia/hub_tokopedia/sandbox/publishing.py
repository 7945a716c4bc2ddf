"""Takes products as v3 create and edit do: each field held to its limits, row by row, and all at once."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import msgspec
from msgspec import UNSET, UnsetType

from hub_tokopedia.sandbox.answers import Refused
from hub_tokopedia.sandbox.goods import Unit
from hub_tokopedia.sandbox.shelves import BY_NUMBER

ROWS = 25
_EDITABLE = (1, 3)  # active, inactive


class Dimension(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Centimetres; all three or none."""

    height: int | None = None
    width: int | None = None
    length: int | None = None


class Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    file_path: str


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a row may say; a new product says more of it than a changed one."""

    id: int | UnsetType = UNSET
    name: str | UnsetType = UNSET
    category_id: int | UnsetType = UNSET
    price_currency: str | UnsetType = UNSET
    price: int | UnsetType = UNSET
    status: str | UnsetType = UNSET
    min_order: int | UnsetType = UNSET
    weight: float | UnsetType = UNSET
    weight_unit: str | UnsetType = UNSET
    condition: str | UnsetType = UNSET
    dimension: Dimension | UnsetType = UNSET
    description: str | UnsetType = UNSET
    sku: str | UnsetType = UNSET
    stock: int | UnsetType = UNSET
    pictures: tuple[Picture, ...] | UnsetType = UNSET
    is_must_insurance: bool | UnsetType = UNSET
    is_free_return: bool | UnsetType = UNSET


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    products: tuple[Row, ...]


NEW = ("name", "category_id", "price_currency", "price", "status", "min_order", "weight", "weight_unit", "condition")
CHANGED = ("id", "sku", "status")


def rows(request: httpx.Request, required: tuple[str, ...]) -> tuple[Row, ...]:
    """Read the body; what is not even of the right shape refuses the whole of it."""
    try:
        body = msgspec.json.decode(request.content, type=Body)
    except msgspec.ValidationError as error:
        raise Refused(400, str(error), code="PRD_DLV_042") from error
    except msgspec.DecodeError as error:
        raise Refused(400, "Invalid request body, please check again", code="PRD_DLV_043") from error
    if not 1 <= len(body.products) <= ROWS:
        raise Refused(400, f"Max allowed products per-update are {ROWS} products", code="PRD_DLV_018")
    for row in body.products:
        missing = [name for name in required if getattr(row, name) is UNSET]
        if missing:
            reason = f"Field [{missing[0]}] should not be empty, please fill the empty field"
            raise Refused(400, reason, code="PRD_DLV_045")
        if "id" not in required and row.id is not UNSET:
            raise Refused(400, "Field [id] is not allowed for a new product", code="PRD_DLV_038")
    return body.products


def faults(row: Row) -> Iterator[str]:
    """Say what is wrong with the values that a row gives; the wording is a guess."""
    for name, wrong, why in _LIMITS:
        value = getattr(row, name)
        if value is not UNSET and wrong(value):
            yield why
    if row.category_id is not UNSET and row.category_id in BY_NUMBER and not BY_NUMBER[row.category_id].leaf:
        yield "Category must be the deepest child"


def faults_of_change(row: Row, unit: Unit) -> Iterator[str]:
    """Say what may not be changed in this product."""
    if unit.parent:
        yield "Variant product must be edited through its parent"
    if row.name is not UNSET and row.name != unit.name and unit.sold:
        yield "Product name cannot be changed because the product already has a transaction"
    yield from faults(row)


def require_editable(unit: Unit) -> None:
    if unit.status not in _EDITABLE:
        raise Refused(400, "Product Status Not In Active or Warehouse. Edit Process Canceled", code="PRD_USC_028")


def kept(row: Row) -> dict[str, Any]:  # Any: values of the fields of `Unit`
    """What the shop keeps of the values that a row gives."""
    given = {name: getattr(row, name) for name in ("name", "sku", "price", "stock", "description")}
    given |= {"category": row.category_id, "grams": row.weight if row.weight is UNSET else round(row.weight)}
    if row.pictures is not UNSET:
        given["pictures"] = tuple(picture.file_path for picture in row.pictures)
    if row.dimension is not UNSET:
        given["size_cm"] = (row.dimension.length, row.dimension.width, row.dimension.height)
    return {name: value for name, value in given.items() if value is not UNSET}


def failed_row(row: Row, errors: list[str]) -> dict[str, Any]:  # Any: JSON
    given = {"product_id": row.id, "product_name": row.name, "product_price": row.price, "sku": row.sku}
    return {name: value for name, value in given.items() if value is not UNSET} | {"error": errors}


def _partial(dimension: Dimension) -> bool:
    return not all((dimension.height or 0) > 0 and (side or 0) > 0 for side in (dimension.width, dimension.length))


def _no_picture(pictures: tuple[Picture, ...]) -> bool:
    return not all(re.match(r"https?://[^\s/]+/\S", picture.file_path) for picture in pictures)


_LIMITS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (  # Any: each field has a type of its own
    ("name", lambda name: not name.strip() or len(name) > 70, "Product name must be 1-70 characters"),
    ("category_id", lambda number: number not in BY_NUMBER, "Category is not found"),
    ("price_currency", lambda code: code != "IDR", "Price currency must be IDR for this shop"),
    ("price", lambda price: not 100 <= price <= 100_000_000, "Price must be between 100 and 100000000"),
    ("status", lambda word: word != "LIMITED", "Status must be LIMITED"),
    ("min_order", lambda number: number < 1, "Minimum order must be at least 1"),
    ("weight", lambda weight: not 1 <= weight <= 500_000, "Weight must be between 1 and 500000 gram"),
    ("weight_unit", lambda unit: unit != "GR", "Weight unit must be GR"),
    ("condition", lambda word: word not in ("NEW", "USED"), "Condition must be NEW or USED"),
    ("dimension", _partial, "Height, width and length must all be filled"),
    ("description", lambda text: len(text) > 2000, "Description must not exceed 2000 characters"),
    ("sku", lambda sku: len(sku) > 50, "SKU must not exceed 50 characters"),
    ("stock", lambda stock: not 1 <= stock <= 1000, "Stock must be between 1 and 1000"),
    ("pictures", lambda pictures: len(pictures) > 5, "Maximum pictures allowed are 5"),
    ("pictures", _no_picture, "Picture file_path must be a URL"),
)

"""The workbook of a cross-listing: its columns, a product as a row of it, and a row as what a channel is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from hub_hookspecs import Money, Product

from hub.crosslisting import rules
from hub.kernel.workbooks import CellKind, Column, Form, Value

LARGEST = Decimal(2**31 - 1)
CURRENCY = re.compile(r"^[A-Z]{3}$")
SIZES = ("length_mm", "width_mm", "height_mm")
_PAIRS = "one “name: value” per line"


class Faults(Exception):
    """What no form can check: the column's key and the message, for each cell that is wrong."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__(faults)
        self.faults = faults


def form(crosslisting_id: str, categories: Iterable[tuple[str, str]] | None) -> Form:
    """The sheet to fill in. `categories` are path and ref of those that take listings; None: the channel has none."""
    labels = tuple(rules.label(path, ref) for path, ref in categories or ())
    columns = [
        _text("sku", "SKU", required=True, locked=True, longest=200),
        _text("name", "Name", required=True, longest=500, hint="As buyers will read it."),
        *([_category(labels)] if labels else []),
        _number("price", "Price", CellKind.DECIMAL, hint="What a buyer pays for one."),
        _text("currency", "Currency", longest=3, hint="Three capital letters, such as IDR."),
        _number("quantity", "Stock", hint="What the channel shows until the hub tells it the stock."),
        _text("barcode", "Barcode", longest=100),
        _number("weight_g", "Weight (g)", hint="Whole grams, packed."),
        *(_number(key, f"{key.partition('_')[0].title()} (mm)", hint="Whole millimetres, packed.") for key in SIZES),
        _text("image_urls", "Images", hint="Web addresses, one per line; the first is the main one."),
        _text("options", "Options", hint=f"What tells a variant from its siblings: {_PAIRS}."),
        _text("attributes", "Attributes", hint=f"What the channel asks for: {_PAIRS}."),
        _text("description", "Description", longest=30_000),
    ]
    return Form(sheet="Products", columns=tuple(columns), stamp=f"crosslisting:{crosslisting_id}:1", unique="sku")


def row_of(product: Product) -> Mapping[str, Value]:
    """A product as it is filled in; its category is a label already."""
    size = product.size_mm or (None, None, None)
    return {
        "sku": product.sku,
        "name": product.name,
        "category": product.category_ref,
        "price": product.price.amount if product.price else None,
        "currency": product.price.currency if product.price else None,
        "quantity": product.quantity,
        "barcode": product.barcode,
        "weight_g": product.weight_g,
        **dict(zip(SIZES, size, strict=True)),
        "image_urls": "\n".join(product.image_urls),
        "options": _lines(product.options),
        "attributes": _lines(product.attributes),
        "description": product.description,
    }


def product_in(values: Mapping[str, Value], product_id: str) -> Product:
    """What a channel is told by a row whose cells are of the right kind; raises `Faults` with all that is wrong."""
    faults: list[tuple[str, str]] = []
    product = Product(
        key=product_id,
        sku=_said(values, "sku"),
        name=_said(values, "name"),
        category_ref=rules.ref_in(_said(values, "category")),
        price=_price(values, faults),
        quantity=_whole(values, "quantity") or 0,
        barcode=_said(values, "barcode"),
        weight_g=_whole(values, "weight_g"),
        size_mm=_size(values, faults),
        image_urls=_urls(values, faults),
        options=_pairs(values, "options", faults),
        attributes=_pairs(values, "attributes", faults),
        description=_said(values, "description"),
    )
    if faults:
        raise Faults(faults)
    return product


def _text(
    key: str, title: str, *, longest: int = 10_000, required: bool = False, locked: bool = False, hint: str = ""
) -> Column:  # fmt: skip
    return Column(
        key=key, title=title, kind=CellKind.TEXT, longest=longest, required=required, locked=locked, hint=hint
    )  # fmt: skip


def _number(key: str, title: str, kind: CellKind = CellKind.WHOLE, *, hint: str) -> Column:
    return Column(key=key, title=title, kind=kind, least=Decimal(0), most=LARGEST, hint=hint)


def _category(labels: tuple[str, ...]) -> Column:
    hint = "Where the channel lists it. Choose from the list; typing part of a name finds it."
    return Column(key="category", title="Category", kind=CellKind.CHOICE, choices=labels, required=True, hint=hint)


def _said(values: Mapping[str, Value], key: str) -> str:
    value = values.get(key)
    return "" if value is None else str(value)


def _whole(values: Mapping[str, Value], key: str) -> int | None:
    value = values.get(key)
    return None if value is None else int(value)


def _price(values: Mapping[str, Value], faults: list[tuple[str, str]]) -> Money | None:
    amount, currency = values.get("price"), _said(values, "currency")
    if amount is None:
        return None
    if not CURRENCY.fullmatch(currency):
        faults.append(("currency", "a price needs its currency: three capital letters, such as IDR"))
        return None
    return Money(amount=Decimal(amount), currency=currency)


def _size(values: Mapping[str, Value], faults: list[tuple[str, str]]) -> tuple[int, int, int] | None:
    length, width, height = (_whole(values, key) for key in SIZES)
    if length is not None and width is not None and height is not None:
        return length, width, height
    if not (length is None and width is None and height is None):
        missing = next(key for key in SIZES if values.get(key) is None)
        faults.append((missing, "give length, width and height, or none of them"))
    return None


def _urls(values: Mapping[str, Value], faults: list[tuple[str, str]]) -> tuple[str, ...]:
    urls = tuple(_said(values, "image_urls").split())
    if wrong := next((url for url in urls if not url.startswith(("https://", "http://"))), None):
        faults.append(("image_urls", f"{wrong[:80]!r} is no web address: begin it with https://, one per line"))
    return urls


def _pairs(values: Mapping[str, Value], key: str, faults: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in filter(str.strip, _said(values, key).splitlines()):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not (name and colon and value):
            faults.append((key, f"{line.strip()[:80]!r} is not understood: write {_PAIRS}"))
            break
        if name in found:
            faults.append((key, f"{name[:80]!r} stands twice"))
            break
        found[name] = value
    return found


def _lines(pairs: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in pairs.items())

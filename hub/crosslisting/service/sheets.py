"""The workbook of a cross-listing: its columns, bounded by what a product may have, and a row as a channel is told."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from hub_hookspecs import Money, Product

from hub.crosslisting import rules
from hub.crosslisting.service import pairs
from hub.kernel.workbooks import LONGEST, CellKind, Column, Form, Value

LARGEST = Decimal(2**31 - 1)
PRICEY = Decimal(10**12)  # no product costs more
LONGEST_SIDE = Decimal(100_000)  # mm, of a product
CURRENCY = re.compile(r"^[A-Z]{3}$")
SIZES = ("length_mm", "width_mm", "height_mm")


class Faults(Exception):
    """What no form can check: the column's key and the message, for each cell that is wrong."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__(faults)
        self.faults = faults


def labels(categories: Iterable[tuple[str, str]] | None) -> dict[str, str]:
    """Path and ref of categories as the drop-down shows them: label to ref."""
    return {rules.label(path, ref): ref for path, ref in categories or ()}


def form(crosslisting_id: str, categories: Collection[str]) -> Form:
    """The sheet to fill in. `categories` are the labels of those that take listings; none: the channel has none."""
    columns = [
        _text("sku", "SKU", required=True, locked=True),
        _text("name", "Name", required=True, hint="As buyers will read it."),
        *([_category(tuple(categories))] if categories else []),
        _number("price", "Price", CellKind.DECIMAL, most=PRICEY, hint="What a buyer pays for one."),
        _text("currency", "Currency", longest=3, hint="Three capital letters, such as IDR."),
        _number("quantity", "Stock", hint="What a new listing shows at first, where the channel takes that."),
        _text("barcode", "Barcode"),
        _number("weight_g", "Weight (g)", hint="Whole grams, packed."),
        *(_side(key) for key in SIZES),
        _text("image_urls", "Images", hint="Web addresses, one per line; the first is the main one."),
        _text("options", "Options", hint=f"What tells a variant from its siblings: {pairs.HOW}. {pairs.QUOTED}"),
        _text("attributes", "Attributes", hint=f"What the channel asks for: {pairs.HOW}. {pairs.QUOTED}"),
        _text("description", "Description"),
    ]
    return Form(sheet="Products", columns=tuple(columns), stamp=f"crosslisting:{crosslisting_id}:1", unique="sku")


def product_in(values: Mapping[str, Value], product_id: str, categories: Mapping[str, str]) -> Product:
    """What a channel is told by a row whose cells are of the right kind; raises `Faults` with all that is wrong.

    `categories` are those of the form: label to ref.
    """
    faults: list[tuple[str, str]] = []
    product = Product(
        key=product_id,
        sku=_said(values, "sku"),
        name=_said(values, "name"),
        category_ref=categories.get(_said(values, "category"), ""),
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
    key: str, title: str, *, longest: int = LONGEST, required: bool = False, locked: bool = False, hint: str = ""
) -> Column:  # fmt: skip
    return Column(
        key=key, title=title, kind=CellKind.TEXT, longest=longest, required=required, locked=locked, hint=hint
    )  # fmt: skip


def _number(
    key: str, title: str, kind: CellKind = CellKind.WHOLE, *, hint: str, least: int = 0, most: Decimal = LARGEST
) -> Column:  # fmt: skip
    return Column(key=key, title=title, kind=kind, least=Decimal(least), most=most, hint=hint)


def _side(key: str) -> Column:
    title = f"{key.partition('_')[0].title()} (mm)"
    return _number(key, title, least=1, most=LONGEST_SIDE, hint="Whole millimetres, packed.")


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
    try:
        return pairs.read(_said(values, key))
    except ValueError as error:
        faults.append((key, str(error)))
        return {}

"""A product as a row of the workbook that a person fills in."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import NamedTuple

from hub_hookspecs import Product

from hub.crosslisting.service import pairs
from hub.crosslisting.service.sheets import SIZES, Faults, product_in
from hub.kernel import workbooks
from hub.kernel.workbooks import Form, Value


class Filled(NamedTuple):
    """A row as it is filled in, and in words what is not: the column and why."""

    values: Mapping[str, Value]
    left_out: tuple[str, ...]


def row_of(product: Product, stock: int | None) -> Mapping[str, Value]:
    """A product as it is filled in; its category is a label already. A stock that nobody knows is not said to be 0."""
    size = product.size_mm or (None, None, None)
    return {
        "sku": product.sku,
        "name": product.name,
        "category": product.category_ref,
        "price": product.price.amount if product.price else None,
        "currency": product.price.currency if product.price else None,
        "quantity": stock,
        "barcode": product.barcode,
        "weight_g": product.weight_g,
        **dict(zip(SIZES, size, strict=True)),
        "image_urls": "\n".join(product.image_urls),
        "options": pairs.written(product.options),
        "attributes": pairs.written(product.attributes),
        "description": product.description,
    }


def filled_in(product: Product, stock: int | None, form: Form) -> Filled:
    """The same without what would be refused though nobody has touched it."""
    values = dict(row_of(product, stock))
    flaws = {column.key: workbooks.flaw(values.get(column.key), column) for column in form.columns}
    wrong = {key: message for key, message in flaws.items() if message}
    try:
        product_in(_without(values, wrong), product.key, {})
    except Faults as found:
        wrong |= dict(found.faults)
    titles = {column.key: column.title for column in form.columns}
    return Filled(_without(values, wrong), tuple(f"{titles[key]} {message}" for key, message in wrong.items()))


def _without(values: Mapping[str, Value], wrong: Container[str]) -> dict[str, Value]:
    return {key: value for key, value in values.items() if key not in wrong}

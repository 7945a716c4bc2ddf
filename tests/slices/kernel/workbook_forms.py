"""Forms and files for the tests of workbooks."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from decimal import Decimal

from hub.kernel import workbooks
from hub.kernel.workbooks import CellKind, Column, Form, Row, Value

CATEGORIES = ("Fashion Pria > Kaos", "Fashion Pria > Kemeja", "Fashion Wanita > Kaos", "Rumah Tangga > Dapur")


def a_form(*columns: Column, unique: str = "", stamp: str = "listing-request-1") -> Form:
    return Form(sheet="Products", columns=columns or COLUMNS, stamp=stamp, unique=unique)


def a_column(kind: CellKind = CellKind.TEXT, **given: object) -> Column:
    return Column(**({"key": "value", "title": "Value", "kind": kind} | given))  # type: ignore[arg-type]  # a builder


COLUMNS = (
    Column(key="product_id", title="Product ID", kind=CellKind.TEXT, locked=True),
    Column(key="sku", title="SKU", kind=CellKind.TEXT, required=True, hint="As on the label.", longest=60),
    Column(key="price", title="Price", kind=CellKind.DECIMAL, least=Decimal(0), places=2),
    Column(key="stock", title="Stock", kind=CellKind.WHOLE, least=Decimal(0), most=Decimal(2**31 - 1)),
    Column(key="category", title="Category", kind=CellKind.CHOICE, choices=CATEGORIES),
)
TEE: dict[str, Value] = {
    "product_id": "0190", "sku": "00123", "price": Decimal("19.99"), "stock": 7, "category": CATEGORIES[0],
}  # fmt: skip


def written(form: Form, rows: Iterable[Mapping[str, Value]]) -> bytes:
    target = io.BytesIO()
    workbooks.write(target, form, rows)
    return target.getvalue()


def read_back(content: bytes, form: Form) -> list[Row]:
    return list(workbooks.read(io.BytesIO(content), form))

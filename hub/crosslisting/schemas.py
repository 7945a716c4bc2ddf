"""Cross-listings, their rows and categories as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from hub.crosslisting.rules import State
from hub.crosslisting.service.asking import RESULT, WORKBOOK
from hub.crosslisting.store.rows import Outcome
from hub.crosslisting.store.runs import Choice, Chosen, Run
from hub.kernel import files
from hub.kernel.api.texts import VISIBLE
from hub.kernel.errors import FieldError, Invalid
from hub.kernel.ids import new_id
from hub.kernel.workbooks import CellError

IdText = Annotated[str, msgspec.Meta(max_length=36)]
Ref = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Trait = Annotated[
    str,
    msgspec.Meta(
        min_length=1, max_length=500, pattern=VISIBLE, description="one line with at least one sign that can be seen"
    ),
]


class NewCrosslisting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which products go to which account: up to 500 by id, or all that fit a filter. `category_ref` is the channel's
    category of products that no mapping knows."""

    account_id: IdText
    product_ids: Annotated[tuple[IdText, ...], msgspec.Meta(min_length=1, max_length=500)] | None = None
    filter: Choice | None = None
    category_ref: Ref | None = None

    def chosen(self) -> Chosen:
        if (self.product_ids is None) == (self.filter is None):
            one = FieldError(field="product_ids", message="give either `product_ids` or `filter`")
            raise Invalid("name the products either by `product_ids` or by a `filter`", errors=(one,))
        ids = None if self.product_ids is None else tuple(dict.fromkeys(self.product_ids))
        return Chosen(product_ids=ids, filter=self.filter, category_ref=self.category_ref or "", until=new_id())


class Crosslisting(msgspec.Struct, frozen=True, kw_only=True):
    """A cross-listing as it stands. `workbook` is to be filled in, `result` says what became of each row: addresses of
    this API, as long as the files are kept. `rows` counts the rows of the last upload by state."""

    id: str
    account_id: str
    state: State
    products: int
    rows: dict[str, int]
    reason: str
    workbook: str | None
    result: str | None
    job_id: str | None
    created_at: datetime
    changed_at: datetime


class CrosslistingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the workbook as it was uploaded last; `errors` name cells as Excel does."""

    number: int
    sku: str
    product_id: str | None
    state: str
    listing_ref: str
    code: str
    reason: str
    errors: tuple[CellError, ...]


class NewMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Products whose attribute or option `field` has this `value` go to the category. The field `category` is the
    category of the listing that a product began as, as that listing's channel calls it."""

    field: Trait
    value: Trait
    category_ref: Ref


def shown(run: Run, rows: dict[str, int]) -> Crosslisting:
    return Crosslisting(
        id=run.id,
        account_id=run.account_id,
        state=run.state,
        products=run.products,
        rows=rows,
        reason=run.reason,
        workbook=_link(run, WORKBOOK, run.workbook),
        result=_link(run, RESULT, run.result),
        job_id=run.job_id,
        created_at=run.created_at,
        changed_at=run.changed_at,
    )


def shown_row(row: Outcome) -> CrosslistingRow:
    return CrosslistingRow(**{name: getattr(row, name) for name in CrosslistingRow.__struct_fields__})


def _link(run: Run, kind: str, digest: str | None) -> str | None:
    return None if digest is None else files.address(run.merchant_id, kind=kind, digest=digest)

"""Stocktakes and their rows as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from hub.kernel import files
from hub.kernel.workbooks import CellError
from hub.stock.rules.stocktaking import State
from hub.stock.schemas.levels import Identifier
from hub.stock.service.stocktaking import MOST_WAREHOUSES, RESULT, WORKBOOK
from hub.stock.store.counts import Counted
from hub.stock.store.stocktakes import Chosen, Stocktake

Begins = Annotated[str, msgspec.Meta(max_length=200, description="The beginning of the SKU or of the name.")]


class NewStocktake(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be counted: in these warehouses of the merchant's own, or in all of them where none is named.

    `stocked`: only products of which it is known how many lie there.
    """

    warehouse_ids: Annotated[tuple[Identifier, ...], msgspec.Meta(max_length=MOST_WAREHOUSES)] = ()
    q: Begins | None = None
    stocked: bool = False

    @property
    def chosen(self) -> Chosen:
        return Chosen(warehouse_ids=self.warehouse_ids, q=self.q, stocked=self.stocked)


class StocktakeView(msgspec.Struct, frozen=True, kw_only=True):
    """A stocktake as it stands. `workbook` is to be filled in, `result` says what became of each row: addresses of this
    API, as long as the files are kept. `outcomes` counts the rows of the last upload by what became of them."""

    id: str
    warehouse_ids: tuple[str, ...]
    state: State
    rows: int
    outcomes: dict[str, int] | None
    reason: str
    workbook: str | None
    result: str | None
    job_id: str | None
    created_at: datetime
    changed_at: datetime


class StocktakeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that somebody counted; `moved` is by how much the level was changed, `errors` name cells as Excel does."""

    number: int
    warehouse: str
    sku: str
    warehouse_id: str | None
    product_id: str | None
    counted: int | None
    moved: int
    outcome: str
    errors: tuple[CellError, ...]


def stocktake_view(found: Stocktake) -> StocktakeView:
    return StocktakeView(
        id=found.id, warehouse_ids=found.chosen.warehouse_ids, state=found.state, rows=found.rows,
        outcomes=found.outcomes, reason=found.reason, workbook=_link(found, WORKBOOK, found.workbook),
        result=_link(found, RESULT, found.result), job_id=found.job_id, created_at=found.created_at,
        changed_at=found.changed_at,
    )  # fmt: skip


def row_view(found: Counted) -> StocktakeRow:
    return StocktakeRow(**{name: getattr(found, name) for name in StocktakeRow.__struct_fields__})


def _link(found: Stocktake, kind: str, digest: str | None) -> str | None:
    return None if digest is None else files.address(found.merchant_id, kind=kind, digest=digest)

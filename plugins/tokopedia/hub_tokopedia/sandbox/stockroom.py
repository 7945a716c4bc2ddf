"""Where stock is overwritten: up to a hundred rows, each done or failed, and HTTP 200 even if all have failed."""

from collections.abc import Iterable, Iterator
from typing import Any

import httpx
import msgspec

from hub_tokopedia.sandbox.answers import Refused
from hub_tokopedia.sandbox.catalogue import Catalogue
from hub_tokopedia.sandbox.goods import Unit
from hub_tokopedia.sandbox.queries import number

ROWS = 100
_SKU = 50
_ACTIVE, _INACTIVE = 1, 3
Json = dict[str, Any]  # Any: JSON


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One product by its id or its code; where both are given, the code wins."""

    new_stock: int
    product_id: int = 0
    sku: str = ""


class Stockroom:
    """Overwrites what stands in one of the shop's warehouses, the default one where there is no other."""

    def __init__(self, catalogue: Catalogue, warehouses: tuple[int, ...]) -> None:
        self._catalogue = catalogue
        self._warehouses = warehouses

    def update(self, request: httpx.Request) -> Json:
        params = request.url.params
        second = self.is_second(params.get("warehouse_id", ""))
        bypass = params.get("bypass_update_product_status", "false")
        if bypass not in ("true", "false"):
            raise Refused(400, "Invalid field [bypass_update_product_status] format", code="PRD_DLV_042")
        rows = _rows(request)
        return _answered(len(rows), list(self._told(rows, second=second, bypass=bypass == "true")))

    def is_second(self, named: str) -> bool:
        """Whether the second warehouse is meant; a shop with several wants to be told which."""
        if not named:
            if len(self._warehouses) > 1:
                raise Refused(400, "Mandatory To Fill Warehouse ID", code="PRD_USC_008")
            return False
        asked = number(named, "invalid warehouse_id format", "PRD_DLV_042")
        if asked not in self._warehouses:
            raise Refused(400, "Warehouse ID is not found in this shop", code="PRD_USC_021")
        return asked != self._warehouses[0]

    def _told(self, rows: Iterable[Row], *, second: bool, bypass: bool) -> Iterator[Json | None]:
        """Say for each row what is wrong with it; None where it was done."""
        for row in rows:
            unit = self._meant(row)
            if row.new_stock < 0:
                yield _failed(row, "Invalid Stock.")
            elif unit is None:
                yield _failed(row, "Invalid SKU." if row.sku else "Invalid Product ID.")
            else:
                self._overwrite(unit.ref, row.new_stock, second=second, bypass=bypass)
                yield None

    def _meant(self, row: Row) -> Unit | None:
        if not row.sku:
            return self._catalogue.now(row.product_id)
        carrying = list(self._catalogue.by_sku(row.sku)) if len(row.sku) <= _SKU else []
        return carrying[0] if len(carrying) == 1 else None

    def _overwrite(self, ref: int, stock: int, *, second: bool, bypass: bool) -> None:
        def changed(unit: Unit) -> Json:
            if second:
                return {"second": stock}
            status = unit.status if bypass else _status_at(stock, unit.status)
            return {"stock": stock, "counted": True, "status": status}

        self._catalogue.alter(ref, changed)


def _status_at(stock: int, status: int) -> int:
    """Without the bypass a product that is sold out goes inactive, and comes back when there is some again."""
    if status == _ACTIVE and stock == 0:
        return _INACTIVE
    return _ACTIVE if status == _INACTIVE and stock > 0 else status


def _rows(request: httpx.Request) -> tuple[Row, ...]:
    try:
        rows = msgspec.json.decode(request.content, type=tuple[Row, ...])
    except msgspec.ValidationError as error:
        raise Refused(400, str(error), code="PRD_DLV_042") from error
    except msgspec.DecodeError as error:
        raise Refused(400, "Invalid request body, please check again", code="PRD_DLV_043") from error
    if not 1 <= len(rows) <= ROWS:
        raise Refused(400, f"Max allowed products per-update are {ROWS} products", code="PRD_DLV_018")
    return rows


def _failed(row: Row, message: str) -> Json:
    named = {"sku": row.sku} | ({"product_id": row.product_id} if row.product_id else {})
    return {**named, "product_url": "", "new_stock": row.new_stock, "message": message}


def _answered(rows: int, told: list[Json | None]) -> Json:
    failed = [row for row in told if row is not None]
    return {
        "failed_rows": len(failed),
        "failed_rows_data": failed or None,
        "succeed_rows": rows - len(failed),
    }

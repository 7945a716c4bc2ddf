"""Where products are created and edited: row by row, each done or failed with its reasons."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import httpx

from hub_tokopedia.sandbox import publishing
from hub_tokopedia.sandbox.catalogue import Catalogue
from hub_tokopedia.sandbox.publishing import Row

Json = dict[str, Any]  # Any: JSON


class Desk:
    """Writes to the shop's catalogue at once; what is created shows after `late`."""

    def __init__(self, catalogue: Catalogue, clock: Callable[[], datetime]) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self.late = timedelta(0)

    def create(self, request: httpx.Request) -> Json:
        return _answered(map(self._create, publishing.rows(request, publishing.NEW)))

    def edit(self, request: httpx.Request) -> Json:
        return _answered(map(self._edit, publishing.rows(request, publishing.CHANGED)))

    def _create(self, row: Row) -> Json:
        if errors := list(publishing.faults(row)):
            return publishing.failed_row(row, errors)
        given = {"sku": "", "stock": 0, "description": "", "pictures": (), **publishing.kept(row)}
        ref = self._catalogue.add(hidden_for=self.late, status=1, changed=self._now(), **given)
        return {"product_id": ref, "product_sku": given["sku"]}

    def _edit(self, row: Row) -> Json:
        unit = self._catalogue.now(int(row.id or 0))
        if unit is None:
            return publishing.failed_row(row, ["Product is not found"])
        publishing.require_editable(unit)
        if errors := list(publishing.faults_of_change(row, unit)):
            return publishing.failed_row(row, errors)
        self._catalogue.change(unit.ref, {"changed": self._now(), **publishing.kept(row)})
        return {"product_id": unit.ref, "product_sku": row.sku}

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _answered(rows: Iterable[Json]) -> Json:
    """The answer's `data`, as the apps that use v3 read it."""
    done: list[Json] = []
    failed: list[Json] = []
    for row in rows:
        (failed if "error" in row else done).append(row)
    data = {"total_data": len(done) + len(failed), "success_data": len(done), "fail_data": len(failed)}
    return data | ({"success_rows_data": done} if done else {}) | ({"failed_rows_data": failed} if failed else {})

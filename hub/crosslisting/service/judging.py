"""Uploaded rows beside the catalogue: which may be pushed, and what is wrong with the others, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from hub.catalog.rules import sku_key
from hub.catalog.store import products
from hub.crosslisting.rules import RowState
from hub.crosslisting.service import sheets
from hub.crosslisting.service.sheets import Faults
from hub.crosslisting.store import targets
from hub.crosslisting.store.runs import Run
from hub.kernel import workbooks
from hub.kernel.bulk import StorageRow
from hub.kernel.db import Transaction
from hub.kernel.workbooks import Form, Rows

_json = msgspec.json.Encoder()


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the hub knows of the SKUs of some rows."""

    products: Mapping[str, str]  # SKU key to the product
    holders: Mapping[str, targets.Holder]  # SKU key to the listing that has it on the account
    listed: Mapping[str, targets.Target]  # product to its listing on the account
    keys: Mapping[str, str]  # product to what the channel is to know it by

    def objection(self, sku: str, product_id: str | None) -> str:
        """Why the row must not be sent, and the cure; "" where it may."""
        if product_id is None:
            return "you have no product with this SKU: leave the column as it was" if sku else ""
        if product_id in self.listed:
            return self.listed[product_id].objection
        holder = self.holders.get(sku_key(sku))
        return holder.objection if holder else ""


class Sheet(msgspec.Struct, frozen=True):
    """The form, its categories by label, and where its columns stand in the file that was uploaded."""

    form: Form
    categories: Mapping[str, str]
    rows: Rows


def judged(db: Transaction, run: Run, sheet: Sheet, lot: Sequence[workbooks.Row]) -> list[StorageRow]:
    """The rows as they are kept, checked or refused."""
    keys = {sku_key(str(row.values.get("sku") or "")) for row in lot}
    found = products.by_key(db, run.merchant_id, keys)
    known = Known(
        products=found,
        holders=targets.holders(db, run.merchant_id, run.account_id, keys),
        listed=targets.linked(db, run.account_id, list(found.values())),
        keys=targets.keys(db, run.account_id, list(found.values())),
    )
    return [_judged(run, sheet, row, known) for row in lot]


def _judged(run: Run, sheet: Sheet, row: workbooks.Row, known: Known) -> StorageRow:
    sku = str(row.values.get("sku") or "")
    product_id = known.products.get(sku_key(sku))
    errors, told = list(row.errors), None
    if objection := known.objection(sku, product_id):
        errors.append(sheet.rows.fault(row.number, "sku", objection))
    if product_id is not None and not row.errors:
        try:
            told = sheets.product_in(row.values, known.keys[product_id], sheet.categories)
        except Faults as found:
            errors += [sheet.rows.fault(row.number, key, message) for key, message in found.faults]
    state = RowState.REFUSED if errors else RowState.CHECKED
    return (
        run.id, row.number, run.merchant_id, run.account_id, product_id, sku, state.value,
        None if errors or told is None else _json.encode(told).decode(), "", 0, "", _json.encode(errors).decode(),
        "cells" if errors else "", "",
    )  # fmt: skip

"""Shipping rules: from which warehouses a merchant's orders are sent, in their order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from hub.channels.store.rows import read
from hub.kernel.db import Transaction, now
from hub.kernel.ids import new_id
from hub.orders.rules.routing import Otherwise, Rule
from hub.orders.tables import shipping_rule

_R = shipping_rule.c


class RuleData(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says; the fields are those of `rules.routing.Rule`."""

    name: str
    account_ids: tuple[str, ...]
    countries: tuple[str, ...]
    skus: tuple[str, ...]
    warehouse_ids: tuple[str, ...]
    otherwise: Otherwise

    def rule(self, rule_id: str) -> Rule:
        """As it is judged by."""
        return Rule(
            rule_id, self.name, self.account_ids, self.countries, self.skus, self.warehouse_ids, self.otherwise
        )  # fmt: skip


class RuleRow(RuleData, frozen=True, kw_only=True):
    """A rule as it is kept; the one with the smallest position is asked first."""

    id: str
    merchant_id: str
    position: int
    created_at: datetime
    changed_at: datetime


_COLUMNS = [_R[name] for name in RuleRow.__struct_fields__]
_of_merchant = sa.select(*_COLUMNS).where(_R.merchant_id == sa.bindparam("merchant")).order_by(_R.position, _R.id)


def of_merchant(db: Transaction, merchant_id: str) -> list[RuleRow]:
    """The merchant's rules, the first first; a merchant has few."""
    return [read(row, RuleRow) for row in db.execute(_of_merchant, {"merchant": merchant_id}).mappings()]


def add(db: Transaction, merchant_id: str, data: RuleData, *, position: int) -> RuleRow:
    row = {"id": new_id(), "merchant_id": merchant_id, "position": position, "created_at": now(), "changed_at": now()}
    made = sa.insert(shipping_rule).values(row | _stored(data)).returning(*_COLUMNS)
    return read(db.execute(made).mappings().one(), RuleRow)


def change(db: Transaction, rule_id: str, data: RuleData) -> RuleRow:
    values = _stored(data) | {"changed_at": now()}
    changed = sa.update(shipping_rule).where(_R.id == rule_id).values(values).returning(*_COLUMNS)
    return read(db.execute(changed).mappings().one(), RuleRow)


def place(db: Transaction, rule_ids: list[str]) -> None:
    """Let these come in this order."""
    places = [{"rule": rule_id, "place": n} for n, rule_id in enumerate(rule_ids)]
    moved = sa.update(shipping_rule).where(_R.id == sa.bindparam("rule")).values(position=sa.bindparam("place"))
    if places:
        db.execute(moved, places)


def remove(db: Transaction, rule_id: str) -> None:
    db.execute(sa.delete(shipping_rule).where(_R.id == rule_id))


def _stored(data: RuleData) -> dict[str, Any]:  # Any: the columns differ in type
    values = {name: getattr(data, name) for name in RuleData.__struct_fields__}
    return values | {"otherwise": data.otherwise.value}

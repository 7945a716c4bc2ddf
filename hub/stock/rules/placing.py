"""How a warehouse of a 3PL stands to a product: what became of telling it, and what a plan must contain for that."""

from __future__ import annotations

import enum
from collections.abc import Collection


class Status(enum.StrEnum):
    """What became of the last attempt to tell the warehouse of the product."""

    NOT_PUSHED = "not_pushed"
    PUSHING = "pushing"
    PUSHED = "pushed"
    FAILED = "failed"
    UNKNOWN = "unknown"  # it went out and no clear answer came


IN_DOUBT = (Status.PUSHING, Status.UNKNOWN)  # whoever finds it so asks the warehouse before it sends anything
_NEEDED = {"master_product": "Product / Master product", "warehouse_management": "Warehouse management"}


def plan_gap(features: Collection[str]) -> str:
    """What a merchant's plan lacks for the use of warehouses of 3PLs, and the cure; "" where it lacks nothing."""
    missing = [title for name, title in _NEEDED.items() if name not in features]
    if not missing:
        return ""
    return f"the plan does not contain {' and '.join(missing)}: have it added to use a 3PL's warehouse"

"""What lines ask of stock, and what becomes of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from hub.orders.rules.lines import Standing, Step
from hub.orders.store.orders import LineRow


class Move(NamedTuple):
    """What a line asks of stock. `needs` are base units by product for one of the listing's units.

    `placed_at` is held against the opening stock; None: it can not be in there. What leaves did so at `left_at`.
    `moved`: the line holds one product, and its listing is linked to another one by now.
    """

    line: LineRow
    step: Step
    wanted: int
    needs: Mapping[str, int]
    candidates: tuple[str, ...]
    placed_at: datetime | None
    left_at: datetime | None
    moved: bool = False


class Lack(NamedTuple):
    """What a line wants of a product, and what is free of it; None: no level of it is known there."""

    product_id: str
    wanted: int
    free: int | None


class Outcome(NamedTuple):
    """Where a line stands after its move, and from where; `lacks` what it wanted and did not get.

    `anew`: it stands by what its listing is linked to now.
    """

    standing: Standing
    units: int
    turn: int
    warehouses: tuple[str, ...] = ()
    in_margin: bool = False
    lacks: tuple[Lack, ...] = ()
    anew: bool = False

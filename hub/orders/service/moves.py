"""What lines ask of stock, and what becomes of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from hub.orders.rules.lines import Standing, Step
from hub.orders.store.orders import LineRow
from hub.stock.rules.adopting import Counted


class Left(NamedTuple):
    """What a warehouse of others says has left for a line beside what it said before: base units by product.

    `part` is the name of this news: what comes again by that name has left once. `counted`, by product: it had been
    counted off there before that was known.
    """

    warehouse_id: str
    units: Mapping[str, int]
    part: str
    counted: Mapping[str, Counted] = {}


class Word(NamedTuple):
    """What is known of a line that lies in a warehouse of others; only fulfilment says it.

    `let_go`: nobody packs it, it may lie elsewhere from now on. `left`: so many have left. `ends`: no more will leave.
    """

    let_go: bool = False
    left: Left | None = None
    ends: bool = False

    @property
    def is_news(self) -> bool:
        return self.left is not None or self.ends


NOTHING_SAID = Word()


class Move(NamedTuple):
    """What a line asks of stock. `needs` are base units by product for one of the listing's units.

    `candidates` are the warehouses that may send it, the best first; `others` those that may not, where it is held all
    the same before it is sold again. `placed_at` is held against the opening stock; None: it can not be in there. What
    leaves did so at `left_at`. `moved`: the line is to hold something else than it does, since its listing is linked to
    another product by now, or `lies_elsewhere`: than where it is taken from.
    """

    line: LineRow
    step: Step
    wanted: int
    needs: Mapping[str, int]
    candidates: tuple[str, ...]
    placed_at: datetime | None
    left_at: datetime | None
    moved: bool = False
    others: tuple[str, ...] = ()
    word: Word = NOTHING_SAID
    lies_elsewhere: bool = False

    @property
    def warehouses(self) -> tuple[str, ...]:
        """Wherever its levels may lie that this touches, but for what it holds."""
        told = (self.word.left.warehouse_id,) if self.word.left else ()
        return (*self.candidates, *self.others, *told)

    @property
    def products(self) -> set[str]:
        told = self.word.left.units.keys() if self.word.left else set()
        return {*self.needs, *told}


class Lack(NamedTuple):
    """What a line wants of a product, and what is free of it; None: no level of it is known there."""

    product_id: str
    wanted: int
    free: int | None


class Outcome(NamedTuple):
    """Where a line stands after its move, and from where; `lacks` what it wanted and did not get.

    `anew`: it stands by what its listing is linked to now. `beyond`: units that are said to have left and that the hub
    knows nothing of, by product.
    """

    standing: Standing
    units: int
    turn: int
    warehouses: tuple[str, ...] = ()
    in_margin: bool = False
    lacks: tuple[Lack, ...] = ()
    anew: bool = False
    beyond: Mapping[str, int] = {}

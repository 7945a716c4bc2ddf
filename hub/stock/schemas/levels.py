"""Levels, movements, and what people ask to be moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec

from hub.kernel.api.texts import Note
from hub.kernel.errors import FieldError, Invalid
from hub.kernel.ids import is_id
from hub.stock.rules.levels import Reason
from hub.stock.service.levels import Line, Moved, Said
from hub.stock.store.levels import Shelf
from hub.stock.store.movements import Movement

LARGEST = 2**31 - 1
Identifier = Annotated[str, msgspec.Meta(max_length=36, description="an id", extra_json_schema={"format": "uuid"})]
Reference = Annotated[
    str,
    msgspec.Meta(
        max_length=100,
        pattern=r"^[\x21-\x7e]*(?!\n)$",
        description="of the caller's own: the same one moves nothing twice; empty: none",
    ),
]
Change = Annotated[int, msgspec.Meta(ge=-LARGEST, le=LARGEST, description="base units that come, or below 0 go")]
Units = Annotated[int, msgspec.Meta(ge=1, le=LARGEST, description="base units")]


class AdjustedLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By how much the level of a product changes; never to how much, since orders come meanwhile."""

    product_id: Identifier
    quantity: Change


class TransferredLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of a product moves."""

    product_id: Identifier
    quantity: Units


class Adjustment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Levels of a warehouse to change, all or none."""

    warehouse_id: Identifier
    lines: Annotated[tuple[AdjustedLine, ...], msgspec.Meta(min_length=1, max_length=200)]
    reason: Reason
    note: Note = ""
    reference: Reference = ""

    def given(self) -> tuple[list[Line], Said]:
        still = [n for n, each in enumerate(self.lines) if each.quantity == 0]
        if still:
            errors = tuple(
                FieldError(field=f"lines[{n}].quantity", message="changes nothing; leave it out") for n in still
            )
            raise Invalid(f"{len(errors)} line(s) change nothing", errors=errors)
        return _lines(self.lines), Said(self.reason, self.note, self.reference)


class Transfer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Goods to move from one of the merchant's own warehouses to another, all lines or none."""

    from_warehouse_id: Identifier
    to_warehouse_id: Identifier
    lines: Annotated[tuple[TransferredLine, ...], msgspec.Meta(min_length=1, max_length=200)]
    reason: Reason = Reason.OTHER
    note: Note = ""
    reference: Reference = ""

    def given(self) -> tuple[list[Line], Said]:
        return _lines(self.lines), Said(self.reason, self.note, self.reference)


class StandingLevel(msgspec.Struct, frozen=True, kw_only=True):
    """A level as a step left it, in base units."""

    warehouse_id: str
    product_id: str
    on_hand: int
    reserved: int
    held: int
    available: int


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What an adjustment or a transfer came to; given again where its reference comes again."""

    movements: list[Movement]
    levels: list[StandingLevel]


class ProductStock(msgspec.Struct, frozen=True, kw_only=True):
    """Where a product lies; nowhere as long as nothing is known of its stock, which is not zero."""

    items: list[Shelf]


def step_view(moved: Moved) -> Step:
    levels = [
        StandingLevel(
            warehouse_id=place[0], product_id=place[1], available=standing.free, **standing._asdict()
        )
        for place, standing in sorted(moved.levels.items())
    ]  # fmt: skip
    return Step(movements=moved.movements, levels=levels)


def _lines(lines: Sequence[AdjustedLine | TransferredLine]) -> list[Line]:
    wrong = tuple(
        FieldError(
            field=f"lines[{n}].product_id", message="is no product of this merchant; list the products to find it"
        )
        for n, each in enumerate(lines)
        if not is_id(each.product_id)
    )
    if wrong:
        raise Invalid(f"{len(wrong)} line(s) need to change", errors=wrong)
    return [Line(each.product_id, each.quantity) for each in lines]

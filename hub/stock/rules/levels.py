"""Why a level moves, and whether it can: what is promised or held never leaves by itself."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class MovementKind(enum.StrEnum):
    """What a movement is; each says who may book it."""

    OPENING = "opening"  # the first that is known of a product, from the listing confirmed first
    ADJUSTMENT = "adjustment"  # a person counted, found, lost
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    IMPORT = "import"  # a workbook
    SHIPMENT = "shipment"  # an order left
    RECEIPT = "receipt"  # an inbound came
    SYNC = "sync"  # what another warehouse says it has


class Reason(enum.StrEnum):
    """Why a person adjusts a level."""

    COUNTED = "counted"
    RECEIVED = "received"
    RETURNED = "returned"
    FOUND = "found"
    LOST = "lost"
    DAMAGED = "damaged"
    SAMPLE = "sample"
    CORRECTION = "correction"
    OTHER = "other"


class ReservationState(enum.StrEnum):
    """A reservation ends once: what it held has left, or is free again."""

    OPEN = "open"
    SHIPPED = "shipped"
    RELEASED = "released"


class Standing(NamedTuple):
    """The figures of a level."""

    on_hand: int
    reserved: int
    held: int

    @property
    def free(self) -> int:
        """What nothing is promised of, and what may be sold."""
        return self.on_hand - self.reserved - self.held


Place = tuple[str, str]  # warehouse_id, product_id


class Lack(NamedTuple):
    """What stands against taking so much from a level."""

    warehouse_id: str
    product_id: str
    wanted: int
    free: int


def lacking(standing: Mapping[Place, Standing], wanted: Mapping[Place, int]) -> list[Lack]:
    """The levels that have less free than is wanted of them, in order; a level that is not there has nothing."""
    return [
        Lack(place[0], place[1], count, free)
        for place, count in sorted(wanted.items())
        if count > (free := standing[place].free if place in standing else 0)
    ]


def summed(moves: Iterable[tuple[Place, int]]) -> dict[Place, int]:
    """What several movements come to, by level."""
    totals: dict[Place, int] = {}
    for place, quantity in moves:
        totals[place] = totals.get(place, 0) + quantity
    return totals

"""What the story came to, as it is told to people and printed for machines."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """What was imported and what became of it; classes are as imported, before anything was confirmed.

    `cross_listed` counts by plugin the products that were listed to a channel of the hub's own.
    """

    items_seen: int
    listings: int
    skipped: dict[str, int]
    classes: dict[str, int]
    products: int
    cross_listed: dict[str, int]


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A label as it was fetched: a PDF, whose first page is so large."""

    size_bytes: int
    pages: int
    width_mm: int
    height_mm: int


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """Goods that a 3PL has received, and what every channel shows of them since."""

    warehouse: str
    sku: str
    received: int
    shown: int


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """An order that the 3PL has sent; `told`: its channel knows that the parcel left."""

    channel: str
    order: str
    units: int
    outbound: str
    courier: str
    awb: str
    label: Paper
    state: str
    told: bool


class Against(msgspec.Struct, frozen=True, kw_only=True):
    """Why the 3PL may not send an order, and what to do about it."""

    code: str
    reason: str
    remedy: str


class Flagged(msgspec.Struct, frozen=True, kw_only=True):
    """An order that waits for a person."""

    channel: str
    order: str
    why: list[Against]


class CounterSale(msgspec.Struct, frozen=True, kw_only=True):
    """An order of the hub's own channel, with the label that the hub drew for it."""

    channel: str
    order: str
    label: Paper


class TooLate(msgspec.Struct, frozen=True, kw_only=True):
    """What the hub said of the outbound before it was asked to cancel its order, and what when it was."""

    order: str
    verdict: str
    words: str
    refusal: str


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU of a stock sync, in units that lie there."""

    sku: str
    before: int
    after: int | None  # None: it did not say
    outcome: str


class Night(msgspec.Struct, frozen=True, kw_only=True):
    """The record of the stock sync that came round by itself, at this time by the warehouse's clocks."""

    at: datetime
    timezone: str
    cause: str
    state: str
    counts: dict[str, int]
    lines: list[Changed]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What each channel offered its buyers at four moments."""

    channel: str
    goods_arrived: int
    order_sent: int
    all_sold: int
    after_the_night: int


class Summary(Catalogue, frozen=True, kw_only=True):
    """All of it. `figures`: what buyers were shown; `flagged`: orders that the 3PL's `warehouse` could not send."""

    warehouse: str
    received: int
    sent: Sent
    flagged: list[Flagged]
    counter: CounterSale
    too_late: TooLate
    night: Night
    figures: list[Figures]
    seconds: float

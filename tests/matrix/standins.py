"""The declarations of real plugins, before channels that answer in this process and count what they are asked."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from types import ModuleType
from typing import Any

import msgspec
from hub_hookspecs import (
    Account,
    AccountCheck,
    Channel,
    Label,
    Listing,
    Outbound,
    Place,
    Product,
    Receipt,
    Rejected,
    Shipment,
    StockOutcome,
    StockStatus,
    StockTarget,
    Waiting,
    hookimpl,
)
from hub_hookspecs.admission.declaration import COMPANIONS, MANDATORY


class StandInSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who it is, and where it sells or stands."""

    name: str
    country: str
    place: str = ""


class Outside:
    """Everyone outside: who was asked for what, and what came to the 3PL."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()  # by channel and hook
        self.refused: set[str] = set()  # products, by SKU
        self.sent: list[Outbound] = []


def a_standin(real: ModuleType, outside: Outside) -> ModuleType:
    """A module that declares what `real` declares; settings and logins are none of what is tried."""
    channel = dataclasses.replace(
        real.describe_channel(), settings=StandInSettings, token_settings=(), preconditions=(), rate=None,
        offline="it stands in this process",
    )  # fmt: skip
    module, answers = ModuleType(f"hub_{channel.name}"), {hook.__name__: hook for hook in _answers(channel, outside)}
    for name in {*MANDATORY, *channel.offers, *(COMPANIONS.get(each, each) for each in channel.offers)}:
        setattr(module, name, answers.get(name) or _unasked(channel, name, outside))
    return module


def _unasked(channel: Channel, name: str, outside: Outside) -> Callable[..., Any]:  # Any: as its hook says
    @hookimpl(specname=name)
    def unasked(account: Account[Any]) -> Any:
        outside.asked[channel.name, name] += 1
        raise Rejected("nobody was to ask for this here")

    return unasked


def _answers(channel: Channel, outside: Outside) -> Iterator[Callable[..., Any]]:  # Any: as their hooks say
    @hookimpl
    def describe_channel() -> Channel:
        return channel

    @hookimpl
    def check_account(account: Account[StandInSettings]) -> AccountCheck:
        given = account.settings
        places = (Place(ref=given.place, name=given.place, country=given.country),) if given.place else ()
        return AccountCheck(identity=given.name, name=given.name, country=given.country, places=places)

    @hookimpl
    def push_stock(account: Account[StandInSettings], targets: Sequence[StockTarget]) -> Iterator[StockOutcome]:
        for each in targets:
            yield StockOutcome(listing_ref=each.listing_ref, place_ref=each.place_ref, status=StockStatus.CONFIRMED)

    @hookimpl
    def create_label(account: Account[StandInSettings], shipment: Shipment, resume: str) -> Label | Waiting:
        return Waiting(after=timedelta(hours=1), state="arranged")

    @hookimpl
    def push_outbound(account: Account[StandInSettings], outbound: Outbound) -> Receipt:
        outside.asked[channel.name, "push_outbound"] += 1
        outside.sent.append(outbound)
        return Receipt(ref=f"R-{outbound.key}")

    @hookimpl
    def push_product(account: Account[StandInSettings], product: Product, resume: str) -> Listing:
        if product.sku in outside.refused:
            raise Rejected("its name is too long")
        return Listing(ref=f"R-{product.sku}")

    yield from (describe_channel, check_account, push_stock, push_product, create_label, push_outbound)

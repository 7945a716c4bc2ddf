"""How a call to the stall may go, as the next of a test's steps."""

from __future__ import annotations

from datetime import timedelta
from typing import NoReturn

from hub_hookspecs import Account, Listing, Product, UnknownOutcome, Waiting

from tests.plugins.stall import Stall, StallSettings, Step

Seller = Account[StallSettings]


def lost_before(stall: Stall, account: Seller, product: Product, resume: str) -> NoReturn:
    raise UnknownOutcome("no answer came")


def lost_after(stall: Stall, account: Seller, product: Product, resume: str) -> NoReturn:
    stall.take(product)
    raise UnknownOutcome("no answer came")


def lost_after_and_unseen(stall: Stall, account: Seller, product: Product, resume: str) -> NoReturn:
    stall.hidden.add(stall.take(product).ref)
    raise UnknownOutcome("no answer came")


def nameless(stall: Stall, account: Seller, product: Product, resume: str) -> Listing:
    stall.take(product)
    return Listing(ref=" ")


def showing(quantity: int, *, active: bool) -> Step:
    """The channel shows something else than it was told, and its plugin knows what."""

    def step(stall: Stall, account: Seller, product: Product, resume: str) -> Listing:
        return Listing(ref=stall.take(product).ref, quantity=quantity, active=active)

    return step


def raising(error: Exception) -> Step:
    def step(stall: Stall, account: Seller, product: Product, resume: str) -> NoReturn:
        raise error

    return step


def waiting(after: timedelta) -> Step:
    def step(stall: Stall, account: Seller, product: Product, resume: str) -> Waiting:
        return Waiting(after=after, state="upload")

    return step

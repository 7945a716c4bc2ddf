"""What becomes of a hint: whose it is, and what is read again because of it."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from hub_hookspecs import HintKind


class Outcome(enum.StrEnum):
    """What the hub did with a hint; the hint itself moves nothing."""

    WAITING = "waiting"  # its job has not come to it yet
    READING = "reading"  # the order is read again
    IMPORTING = "importing"  # the account's orders are read, since the hint does not say which one
    LISTING = "listing"  # the account's listings are read again, within the hour
    CHECKING = "checking"  # the account is checked with its channel
    ASKING = "asking"  # the warehouse is asked how far the document is
    ERASING = "erasing"  # whom it names is erased, as soon as no order of theirs is open
    NOTED = "noted"  # kept for people; nothing is read because of it
    NOTHING = "nothing"  # it names nothing that concerns the hub
    NO_ACCOUNT = "no_account"  # the shop is not connected, or not any more
    UNKNOWN_ORDER = "unknown_order"  # it does not say of which shop, and no order has that reference
    DISABLED = "disabled"  # ops have disabled the plugin for the merchant


class Refusal(enum.StrEnum):
    """Why a delivery was not taken."""

    BAD_SIGNATURE = "bad_signature"
    STALE = "stale"
    DISABLED = "plugin_disabled"
    OTHER = "refused"


@dataclass(frozen=True, kw_only=True)
class Told:
    """One hint as it was kept; kind and ref are empty where a delivery hints at nothing."""

    id: str
    kind: str
    ref: str
    shop_ref: str


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A message as it came, sealed for the first row of its delivery."""

    webhook_id: str
    key_id: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Shop:
    """An account that was registered with the connection."""

    account_id: str
    merchant_id: str
    shop_ref: str
    enabled: bool
    reads_orders: str  # why not; empty: it does
    reads_items: str  # as above


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What becomes of one hint, and of whose account."""

    outcome: Outcome
    reason: str = ""
    shop: Shop | None = None
    also: tuple[Shop, ...] = ()  # accounts that it reaches too: of the same shop, whatever has become of them


def whose(told: Told, shops: Sequence[Shop], owners: Mapping[str, Collection[str]], *, single: bool) -> Shop | None:
    """Find the account that a hint is for, or None.

    `owners`: who has an order with that reference; asked where a hint names no shop. `single`: the connection can
    never serve more than its one account.
    """
    if told.shop_ref:
        return next((shop for shop in shops if shop.shop_ref == told.shop_ref), None)
    if single and len(shops) == 1:
        return shops[0]
    holders = owners.get(told.ref, ()) if told.kind == HintKind.ORDER else ()
    found = [shop for shop in shops if shop.account_id in holders]
    return found[0] if len(found) == 1 else None


def everyone_of(told: Told, shops: Sequence[Shop], gone: Sequence[Shop], *, single: bool) -> Verdict:
    """Whom a wish to erase reaches: all accounts of its shop, also those that were closed, be it once or often.

    `single`: as above; the wish need not name the shop then.
    """
    named = [shop for shop in (*shops, *gone) if shop.shop_ref == told.shop_ref]
    found = named if told.shop_ref else [*shops, *gone] if single else []
    if not found:
        return _homeless(told, shops)
    return Verdict(outcome=Outcome.ERASING, shop=found[0], also=tuple(found[1:]))


def decide(told: Told, shop: Shop | None, shops: Sequence[Shop]) -> Verdict:
    """Say what becomes of a hint that is for `shop`; None: for nobody that is known. Wishes to erase: `everyone_of`."""
    if shop is None:
        return _homeless(told, shops)
    if not shop.enabled:
        return Verdict(outcome=Outcome.DISABLED, reason="the plugin is disabled for this merchant", shop=shop)
    if told.kind == HintKind.ORDER:
        if shop.reads_orders:
            return Verdict(outcome=Outcome.NOTED, reason=f"its orders are not read: {shop.reads_orders}", shop=shop)
        return Verdict(outcome=Outcome.READING, shop=shop)
    if told.kind in (HintKind.ITEM, HintKind.STOCK):
        if shop.reads_items:
            return Verdict(outcome=Outcome.NOTED, reason=f"its listings are not read: {shop.reads_items}", shop=shop)
        return Verdict(outcome=Outcome.LISTING, shop=shop)
    if told.kind == HintKind.ACCOUNT:
        return Verdict(outcome=Outcome.CHECKING, shop=shop)
    if told.kind == HintKind.TASK:
        return Verdict(outcome=Outcome.ASKING, shop=shop)
    return Verdict(outcome=Outcome.NOTHING, reason="it names nothing that the hub reads", shop=shop)


def _homeless(told: Told, shops: Sequence[Shop]) -> Verdict:
    if not told.kind:
        return Verdict(outcome=Outcome.NOTHING, reason="it names nothing that the hub reads")
    if told.shop_ref:
        return Verdict(outcome=Outcome.NO_ACCOUNT, reason=f"no open account is for the shop {told.shop_ref}")
    if told.kind != HintKind.ORDER:
        return Verdict(outcome=Outcome.NO_ACCOUNT, reason="it names no shop, and the connection serves several")
    if len(shops) == 1 and shops[0].enabled and not shops[0].reads_orders:
        reason = "no order has this reference yet: the account's feed tells of it if it is the account's"
        return Verdict(outcome=Outcome.IMPORTING, reason=reason, shop=shops[0])
    return Verdict(outcome=Outcome.UNKNOWN_ORDER, reason="it names no shop, and no order has this reference yet")


def unknown_document(verdict: Verdict) -> Verdict:
    """The verdict on a hint at a document that nothing of ours is known by: people may want to know of it."""
    return replace(verdict, outcome=Outcome.NOTED, reason="no document of this account is known by it")

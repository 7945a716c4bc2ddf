"""Follows a wish that buyers be erased: from orders, their labels, and what the channel said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec
from hub_hookspecs import HintKind

from hub.channels import store as channels
from hub.channels.store.accounts import AccountRow
from hub.fulfilment.service import forgetting
from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.kernel.jobs import stop
from hub.orders.rules.erased import shop_of
from hub.orders.service import erasing, manual
from hub.orders.service.erasing import ERASE
from hub.orders.service.take_in import hold
from hub.webhooks.rules import Outcome, Shop, Told, Verdict
from hub.webhooks.store import raw
from hub.webhooks.store.raw import Sender

AT_ONCE = 200  # messages of a whole shop forgotten in one transaction
_FIRST = "it is sent or cancelled first, and its buyer is erased within a day of that"


class Erasing(StrEnum):
    """What became of a person's wish that a buyer be erased."""

    ERASED = "erased"
    WAITING = "waiting"  # the order is open


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the buyer of an order is erased, or why not yet."""

    order_id: str
    outcome: Erasing
    reason: str = ""


def ask(db: Transaction, shop: Shop, told: Told) -> None:
    """Have it done, and gone on with daily as long as orders are open; the shop's own ref is for all its buyers."""
    _take_turn(db, shop.account_id)
    everyone = bool(told.shop_ref) and told.ref == told.shop_ref
    erasing.ask(db, shop.merchant_id, shop.account_id, [told.ref], everyone=everyone)


def take_turns(db: Transaction, told: Sequence[Told], verdicts: Mapping[str, Verdict]) -> None:
    """First of all, before a row of theirs is touched: let those pass that are erasing at these accounts.

    Who is asked to erase has the account to himself; whose orders are only hinted at sees what was erased before.
    """
    asked = {
        shop.account_id
        for verdict in verdicts.values()
        if verdict.outcome is Outcome.ERASING and verdict.shop
        for shop in (verdict.shop, *verdict.also)
    }
    for account_id in sorted(asked):
        _take_turn(db, account_id)
    others = {account_id for account_id, _ in _orders(told, verdicts).values()} - asked
    if others:
        for busy in sorted(db.taken([_turn_of(each) for each in sorted(others)])):
            db.serialise(busy)


def step(db: Transaction, account_id: str, after: str, *, actor: Actor) -> tuple[int, str | None]:
    """Erase what may be of the next orders; how many, and where to go on."""
    _take_turn(db, account_id)
    hold(db, account_id)
    account = channels.accounts.expect(db, account_id)
    sender = _sender(account)
    since = erasing.everyone_since(db, account_id)
    if since and raw.erase_shop(db, sender, until=since, limit=AT_ONCE) == AT_ONCE:
        return 0, ""
    done = erasing.step(db, account_id, after, actor=actor)
    forgetting.forget_labels(db, [each.order_id for each in done.erased])
    raw.erase(db, sender, {*done.over, *(each.ref for each in done.erased)})
    if since and done.over:
        raw.erase_shared(db, account_id, until=since)
    if done.after is None and not erasing.are_left(db, account_id):
        stop(db, ERASE, key=account_id)
    return len(done.erased), done.after


def by_hand(db: Transaction, merchant_id: str, order_id: str, *, actor: Actor) -> Erasure:
    """Erase the buyer of an order by a person's word, whatever has become of its account; twice is once."""
    account = channels.accounts.expect(db, manual.find(db, merchant_id, order_id).order.account_id)
    _take_turn(db, account.id)
    hold(db, account.id)
    order = manual.find(db, merchant_id, order_id, for_change=True).order
    if not erasing.at_once(db, order, actor=actor):
        return Erasure(order_id=order_id, outcome=Erasing.WAITING, reason=f"the order is {order.state.value}: {_FIRST}")
    forgetting.forget_labels(db, [order_id])
    raw.erase(db, _sender(account), [order.ref])
    return Erasure(order_id=order_id, outcome=Erasing.ERASED)


def forget_late(db: Transaction, credentials: str, told: Sequence[Told], verdicts: Mapping[str, Verdict]) -> None:
    """Keep no message about an order whose buyer is erased; nor one that nobody could be shown.

    That is one for a shop that nobody has connected, or one that hints at nothing and is nobody's: such as a customer's
    wish to be forgotten who never ordered. The accounts of the others are ours since `take_turns`.
    """
    orders = _orders(told, verdicts)
    known = {verdict.shop.account_id: verdict.shop for verdict in verdicts.values() if verdict.shop}
    shops = {one.account_id: shop_of(one.account_id, credentials, one.shop_ref) for one in known.values()}
    erased = erasing.among_erased(db, set(orders.values()), shops)
    late = {each.id for each in told if orders.get(each.id) in erased}
    nobodys = [each for each in told if verdicts[each.id].shop is None]
    strange = {one.id for one in nobodys if one.shop_ref and verdicts[one.id].outcome is Outcome.NO_ACCOUNT}
    silent = {one.id for one in nobodys if not one.kind}
    raw.erase_of(db, late | strange | silent)


def _orders(told: Sequence[Told], verdicts: Mapping[str, Verdict]) -> dict[str, tuple[str, str]]:
    """The order that each hint is about, by account and ref."""
    found = ((each, verdicts[each.id].shop) for each in told if each.kind == HintKind.ORDER)
    return {each.id: (shop.account_id, each.ref) for each, shop in found if shop is not None}


def _sender(account: AccountRow) -> Sender:
    return Sender(account_id=account.id, credentials=account.credentials, shop_ref=account.shop_ref)


def _take_turn(db: Transaction, account_id: str) -> None:
    """First of all: who finds nothing left, and looks no more, must not miss a wish that is being noted meanwhile."""
    db.serialise(_turn_of(account_id))


def _turn_of(account_id: str) -> str:
    return f"erasures:{account_id}"

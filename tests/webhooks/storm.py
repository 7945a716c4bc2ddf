"""One storm: things are sold on two channels, their deliveries come as badly as they can, and the books are read."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tests.acceptance.stock.test_telling import warehouse_of
from tests.stalls import Shopify, Tokopedia
from tests.webhooks import books, mail, sending
from tests.webhooks.books import CANCELLED, SOLD, Books, Effect
from tests.webhooks.mail import Letter, Sort, Stalls
from tests.webhooks.plan import Plan, Report
from tests.webhooks.sending import Answers
from tests.world import Hub, Json, Merchant

SUPPLY = 100_000  # units: nothing is ever short


@dataclass(frozen=True, kw_only=True)
class Trade:
    """What has happened at the channels, and what they say of it; of `lost` orders nothing arrives."""

    effects: frozenset[Effect]
    lost: frozenset[str]
    letters: list[Letter]

    def of(self, *, lost: bool) -> list[Letter]:
        return [letter for letter in self.letters if (letter.ref in self.lost) == lost]

    @property
    def arriving(self) -> frozenset[Effect]:
        return frozenset(each for each in self.effects if each[0] not in self.lost)


def run(name: str, plan: Plan, hub: Hub, stalls: Stalls, doors: Sequence[str]) -> Report:
    """Let it come over a hub whose processes answer at `doors`."""
    merchant = hub.merchant("Toko Larasati", "tokopedia", "shopify")
    accounts = [_opens(merchant, stall) for stall in stalls]
    trade = _trades(plan, stalls)
    letters, later = _mixed(plan, trade, stalls)
    began = time.monotonic()
    answers = sending.send(letters, doors, senders=plan.senders)
    seconds = time.monotonic() - began
    books.settled(hub.runtime.database, merchant.id)
    again = sending.send(later, doors, senders=plan.senders)
    books.settled(hub.runtime.database, merchant.id)
    told = books.read(hub.runtime.database, merchant.id)
    for account in accounts:
        merchant.call("POST", f"/accounts/{account['id']}/orders/import", status=202)
    books.settled(hub.runtime.database, merchant.id)
    polled = books.read(hub.runtime.database, merchant.id)
    answers.given += again.given
    answers.milliseconds += again.milliseconds
    return Report(
        name=name, plan=plan,
        figures=_figures(answers, trade, told, polled, seconds),
        violations=[*_of_answers(answers), *_of_books(trade, told, polled)],
    )  # fmt: skip


def _opens(merchant: Merchant, stall: Tokopedia | Shopify) -> Json:
    """Connect a shop that has one good, linked; it is told nothing of stock, so that it is not asked for orders."""
    stall.add("Kaos", "TEE-M", stock=SUPPLY)
    account = stall.joins(merchant)
    merchant.call("PUT", f"/accounts/{account['id']}/stock-mode", {"approved_only": True})
    mapping = [{"ref": account["places"][0]["ref"], "warehouses": [warehouse_of(merchant)], "shared": True}]
    merchant.call("PUT", f"/accounts/{account['id']}/places", {"places": mapping})
    merchant.confirms(merchant.listing("TEE-M", account))
    stall.sandbox.deliveries()
    return account


def _trades(plan: Plan, stalls: Stalls) -> Trade:
    """Sell one unit after the other, on both in turn, then cancel some of the sales."""
    dice, letters, sales = plan.dice("trade"), [], []
    for n in range(plan.sales):
        ref, stall = _sells(stalls[n % 2])
        sales.append((ref, stall))
        letters += mail.written(ref, stall)
    cancelled = dice.sample(sales, plan.cancelled)
    for ref, stall in cancelled:
        _cancels(stall, ref)
        letters += mail.written(ref, stall)
    effects = {(ref, SOLD) for ref, _ in sales} | {(ref, CANCELLED) for ref, _ in cancelled}
    lost = frozenset(ref for ref, _ in dice.sample(sales, round(plan.sales * plan.lost)))
    return Trade(effects=frozenset(effects), lost=lost, letters=letters)


def _sells(stall: Tokopedia | Shopify) -> tuple[str, Tokopedia | Shopify]:
    if isinstance(stall, Tokopedia):
        return str(stall.sandbox.sell(next(stall.sandbox.units()).ref)), stall
    return stall.sandbox.order((next(iter(stall.sandbox.variants())).id, 1)), stall


def _cancels(stall: Tokopedia | Shopify, ref: str) -> None:
    if isinstance(stall, Tokopedia):
        stall.sandbox.cancel_order(int(ref))
    else:
        stall.sandbox.cancel(ref)


def _mixed(plan: Plan, trade: Trade, stalls: Stalls) -> tuple[list[Letter], list[Letter]]:
    """What comes at once, in no order, and what comes again when all of that was taken."""
    dice, arriving = plan.dice("mail"), trade.of(lost=False)
    forged = [mail.forged(each, dice) for each in _some(dice, trade.letters, plan.deliveries * plan.forged)]
    # Of what never arrived, first of all: taken from a recording, each would have an effect.
    old = _some(dice, trade.of(lost=True) or arriving, plan.deliveries * plan.stale)
    stale = [mail.stale(each, stalls) for each in old]
    replays = [mail.replayed(each) for each in _some(dice, arriving, plan.deliveries * plan.replayed)]
    repeats = plan.deliveries - sum(map(len, (arriving, forged, stale, replays)))
    letters = [*arriving, *dice.choices(arriving, k=max(repeats, 0)), *forged, *stale]
    dice.shuffle(letters)
    return letters, replays


def _some(dice: Random, letters: Sequence[Letter], count: float) -> list[Letter]:
    return dice.choices(letters, k=round(count))


def _of_answers(answers: Answers) -> list[str]:
    taken = Counter(letter.sort.value for letter, status in answers.given if letter.sort.is_hostile and status < 400)
    refused = Counter(status for letter, status in answers.given if not letter.sort.is_hostile and status != 200)
    broken = Counter(status for _, status in answers.given if status >= 500)
    found = [f"accepted: {count} {sort} ones" for sort, count in taken.items()]
    found += [f"turned away: {count} genuine ones, answered {status}" for status, count in refused.items()]
    return found + [f"broken: {count} answers {status}" for status, count in broken.items()]


def _of_books(trade: Trade, told: Books, polled: Books) -> list[str]:
    distinct = len({mail.is_the_same(letter) for letter in trade.of(lost=False)})
    live = len({ref for ref, _ in trade.effects} - {ref for ref, what in trade.effects if what == CANCELLED})
    found = {
        "kept": (told.hints, distinct),
        "missing": (len(trade.arriving - told.effects), 0),
        "from nowhere": (len(told.effects - trade.arriving), 0),
        "not caught up": (len(trade.effects - polled.effects), 0),
        "too many": (len(polled.effects - trade.effects), 0),
        "doubled": (polled.doubled, 0),
        "held": (polled.reserved, live),
    }
    return [f"{what}: {is_} instead of {should}" for what, (is_, should) in found.items() if is_ != should]


def _figures(answers: Answers, trade: Trade, told: Books, polled: Books, seconds: float) -> dict[str, object]:
    sorts = Counter(letter.sort for letter, _ in answers.given)
    hostile = sum(status < 400 for letter, status in answers.given if letter.sort.is_hostile)
    times = statistics.quantiles(answers.milliseconds, n=1000)
    return {
        "deliveries": f"{len(answers.given):,}",
        **{sort.value: f"{sorts[sort]:,}" for sort in Sort},
        "a second": f"{(len(answers.given) - sorts[Sort.REPLAYED]) / seconds:.0f}",
        "answered in": f"p50 {times[499]:.0f} ms, p99 {times[989]:.0f} ms, p99.9 {times[998]:.0f} ms",
        "asked to come again": answers.turned_away,
        "forged or stale accepted": hostile,
        "effects of what arrived": f"{len(told.effects):,} of {len(trade.arriving):,}",
        "effects after polling": f"{len(polled.effects):,} of {len(trade.effects):,}",
        "doubled": polled.doubled,
        "units held": polled.reserved,
    }

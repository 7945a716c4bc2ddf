"""What a merchant is told when an account is connected: what 3PLs still need, and what they will not send."""

from __future__ import annotations

from collections.abc import Iterable

from hub.channels import store
from hub.channels.service import third_party
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.channels.store.warehouses import Warehouse
from hub.kernel.db import Transaction

TOLD = 20  # accounts that are named


def advice(channels: Channels, db: Transaction, account: AccountRow) -> tuple[str, ...]:
    """What to do next, and which stores and warehouses are in different countries; nothing of it is a block."""
    if not third_party.runs(channels, account.plugin):
        houses = store.warehouses.third_party_of(db, account.merchant_id)
        return tuple(_apart(account.name, account.country, houses))
    houses = store.warehouses.of_accounts(db, [account.id])
    sellers = [name for name in channels.hosts.loaded if not third_party.runs(channels, name)]
    stores = store.accounts.open_of_plugins(db, account.merchant_id, sellers, limit=TOLD)
    warnings = [told for each in stores for told in _apart(each.name, each.country, houses)]
    return (*_next(houses), *warnings)


def _next(houses: Iterable[Warehouse]) -> Iterable[str]:
    names = ", ".join(each.name for each in houses)
    if names:
        yield f"Set up shipping rules that name {names}: without one no order is sent from there."


def _apart(name: str, country: str, houses: Iterable[Warehouse]) -> Iterable[str]:
    others = [each for each in houses if country and each.country and each.country != country]
    if others:
        away = ", ".join(f"{each.name} ({each.country})" for each in others)
        yield f"{name} sells in {country}, so its orders are flagged and not sent from {away}."

"""The market stall: a small invented channel that talks to no network."""

from __future__ import annotations

import msgspec
from hub_hookspecs import Account, AccountCheck, Capability, Channel, Kind, Listing, Paper, Product, hookimpl
from hub_hookspecs.errors import Rejected
from hub_hookspecs.records import Absent

OFFERS = frozenset({Capability.PUSH_PRODUCT})


class StallSettings(msgspec.Struct, frozen=True, kw_only=True):
    name: str


@hookimpl
def describe_channel() -> Channel:
    return Channel(
        name="stall",
        title="Market Stall",
        kind=Kind.POS,
        settings=StallSettings,
        offers=OFFERS,
        lacks={capability: "a stall has a chalk board" for capability in Capability if capability not in OFFERS},
        lacks_papers=dict.fromkeys(Paper, "sold over the counter"),
        offline="a stall has no telephone",
    )


@hookimpl
def check_account(account: Account[StallSettings]) -> AccountCheck:
    return AccountCheck(identity=account.merchant_id, name=account.settings.name)


@hookimpl
def push_product(account: Account[StallSettings], product: Product, resume: str) -> Listing:
    if not product.name.strip():
        raise Rejected("the name is blank; write on the board what it is")
    return Listing(ref=product.listing_ref or product.key)


@hookimpl
def find_listing(account: Account[StallSettings], product: Product) -> Absent:
    return Absent(key=product.key)

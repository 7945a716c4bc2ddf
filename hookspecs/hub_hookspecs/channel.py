"""Who a channel is: its declaration, its account, and what the host must know to log in."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Generic, TypeVar

import msgspec

if TYPE_CHECKING:
    import httpx

SettingsT = TypeVar("SettingsT")
Instant = Annotated[datetime, msgspec.Meta(tz=True)]  # aware; the host stores UTC


class Kind(enum.StrEnum):
    MARKETPLACE = "marketplace"
    POS = "pos"
    FULFILMENT = "fulfilment"


class Capability(enum.StrEnum):
    """What a channel may or may not be able to do; the value is the hook's name."""

    IMPORT_ITEMS = "import_items"
    PUSH_PRODUCT = "push_product"
    PUSH_STOCK = "push_stock"
    SYNC_STOCK = "sync_stock"
    IMPORT_ORDERS = "import_orders"
    CONFIRM_SHIPMENT = "confirm_shipment"
    ANSWER_CANCELLATION = "answer_cancellation"
    CREATE_LABEL = "create_label"
    PUSH_INBOUND = "push_inbound"
    PUSH_OUTBOUND = "push_outbound"
    CANCEL_OUTBOUND = "cancel_outbound"
    PARSE_WEBHOOK = "parse_webhook"
    LIST_CATEGORIES = "list_categories"


class Paper(enum.StrEnum):
    """What travels with a parcel; a selling channel supplies papers, a warehouse needs them."""

    LABEL_PDF = "label_pdf"
    AWB = "awb"


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    requests: int  # so many
    per: timedelta  # in this time
    scope: str = "account"  # "account", "credentials" (all accounts that share them) or "endpoint"


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    """A plugin's declaration. Every capability is offered, or lacks it with a reason an operator can read."""

    name: str  # that of the entry point
    title: str  # as people read it
    kind: Kind  # what it is
    settings: type[msgspec.Struct]  # a frozen struct: its form, limits and messages
    offers: frozenset[Capability]  # each has its hook
    lacks: Mapping[Capability, str]  # {CREATE_LABEL: "no shipping label: Shopify sells labels only through ..."}
    supplies: frozenset[Paper] = (
        frozenset()
    )  # selling side, always or per order; POS: LABEL_PDF by its own create_label, never AWB
    lacks_papers: Mapping[Paper, str] = field(default_factory=dict)  # selling side: the rest, with reasons
    needs: frozenset[Paper] = frozenset()  # warehouse side: Fastock MY needs LABEL_PDF and AWB
    inbound_needs_cost: bool = False  # warehouse side: goods are announced with what they cost
    one_parcel_per_outbound: bool = False  # warehouse side: one document carries one label and AWB
    countries: frozenset[str] = frozenset()  # ISO 3166 alpha-2 it serves; empty: anywhere
    imports_inactive: bool = False  # keep what buyers cannot find, too; JD.ID would say True to both
    imports_sold_out: bool = False  # keep what is sold out, too
    cancel_until: str = ""  # warehouse side, in words: "the outbound is complete"
    absent_means_lost_after: timedelta = timedelta(
        minutes=2
    )  # read-back: how long an accepted document may stay invisible
    orders_visible_after: timedelta = timedelta(seconds=30)  # how far the order feed may lag behind the stock figure
    rate: Rate | None = None  # how often the channel may be asked; None: as often as there is work
    stock_batch: int = 100  # targets of one push_stock
    compare_and_set: bool = False  # push_stock honours StockTarget.expected and may answer STALE
    token_settings: tuple[str, ...] = ()  # the settings that identify a token; accounts that agree in them share it
    preconditions: tuple[str, ...] = ()  # what the merchant must have done, shown as a checklist before authorising
    advice: tuple[str, ...] = ()  # what helps a merchant, shown beside the settings
    offline: str = ""  # set: why this channel talks to no network; its `account.http` refuses every request


Secret = Annotated[str, msgspec.Meta(extra_json_schema={"format": "password", "writeOnly": True})]
GeneratedKeyPair = Annotated[str, msgspec.Meta(extra_json_schema={"generated": "rsa-2048", "writeOnly": True})]
GeneratedSecret = Annotated[str, msgspec.Meta(extra_json_schema={"generated": "secret", "writeOnly": True})]


class Token(msgspec.Struct, frozen=True, kw_only=True):
    value: Secret
    expires_at: Instant | None = None  # None: never
    refresh: Secret = ""

    def __repr__(self) -> str:
        return f"Token(expires_at={self.expires_at})"


@dataclass(frozen=True, kw_only=True)  # no slots: with Generic they break super() on 3.11
class Account(Generic[SettingsT]):
    """One merchant's account on one channel.

    `http` belongs to the host: deadline, caps, egress guard, rate, redaction.
    """

    id: str
    merchant_id: str
    settings: SettingsT = field(repr=False)
    token: str = field(repr=False)
    http: httpx.Client = field(repr=False)
    country: str = ""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A warehouse or location of the account on the channel's side; the host maps it to a hub warehouse."""

    ref: str  # the channel's own, as stock and orders name it
    name: str  # as people call it
    country: str = ""  # ISO 3166 alpha-2
    timezone: str = ""  # IANA, such as Asia/Jakarta


class AccountCheck(msgspec.Struct, frozen=True, kw_only=True):
    identity: str  # unique per channel: the same identity cannot be bound to two merchants
    name: str  # as people call the shop
    shop_ref: str = ""  # how webhooks name this account
    country: str = ""  # ISO 3166 alpha-2
    places: tuple[Place, ...] = ()  # where it keeps its goods, as far as the channel tells
    lacks: Mapping[Capability, str] = {}  # narrower than the declaration: a missing scope, a plan
    notes: tuple[str, ...] = ()  # what an operator should know, never a secret


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """What connect_account left in place; an empty one says that nothing had to be."""

    webhooks: tuple[str, ...] = ()

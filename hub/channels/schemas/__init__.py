"""Plugins, switches, accounts and access requests as the API shows and takes them; warehouses and places beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from hub_hookspecs import Capability

from hub.channels.host import CapabilitySheet
from hub.channels.rules import State
from hub.channels.schemas.places import AccountPlace
from hub.kernel.api.texts import Name
from hub.kernel.http import Exchange

PluginName = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Typed = Annotated[dict[str, Any], msgspec.Meta(max_length=100)]  # Any: whatever the plugin's settings schema says


class Plugin(msgspec.Struct, frozen=True, kw_only=True):
    """An installed plugin; a refused one says why, and can do nothing."""

    name: str
    distribution: str
    version: str
    title: str = ""
    refused: str = ""
    offers: tuple[Capability, ...] = ()
    lacks: Mapping[Capability, str] = {}


class Plugins(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is installed; never so many that pages were needed."""

    items: list[Plugin]


class PluginDetail(msgspec.Struct, frozen=True, kw_only=True):
    """What a plugin can do, and the form that connects an account."""

    sheet: CapabilitySheet
    settings_schema: dict[str, Any]  # Any: JSON Schema


class Switch(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a merchant may use a plugin. Draining: disabled, and `in_flight` jobs still run to their next page."""

    plugin: str
    enabled: bool
    draining: bool
    in_flight: int
    changed_at: datetime | None


class Switches(msgspec.Struct, frozen=True, kw_only=True):
    """One for each installed plugin."""

    items: list[Switch]


class SwitchChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Turns a plugin on or off."""

    enabled: bool


class NewAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account to connect. `preconditions_confirmed` says that the plugin's checklist is done."""

    plugin: PluginName
    settings: Typed
    preconditions_confirmed: bool = False
    starts_import: bool = msgspec.field(default=True, name="import")

    def __repr__(self) -> str:
        return f"NewAccount(plugin={self.plugin!r})"


class AccountChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings to replace; what is left out stays, null takes a setting back to its default."""

    settings: Typed

    def __repr__(self) -> str:
        return "AccountChange()"


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A merchant's account on a channel, never its secrets. `settings` is null once the account is closed."""

    id: str
    merchant_id: str
    plugin: str
    name: str
    identity: str
    shop_ref: str
    country: str
    state: State
    reason: str
    lacks: Mapping[str, str]
    places: tuple[AccountPlace, ...]
    opening_warehouse: str  # "default", "none" or a warehouse's id
    notes: tuple[str, ...]
    settings: dict[str, Any] | None  # Any: whatever the plugin's settings schema says
    created_at: datetime
    checked_at: datetime
    connected_at: datetime | None


class ConnectedAccount(msgspec.Struct, frozen=True, kw_only=True):
    """A new account, and the job of its first import unless none was wanted.

    `advice`: what is to be set up next, and which stores and 3PL warehouses are in different countries.
    """

    account: Account
    import_id: str | None
    advice: tuple[str, ...] = ()


class CallbackAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where a channel calls us back. Its messages are proven all the same; the address only leads to the account."""

    url: str


class Exchanges(msgspec.Struct, frozen=True, kw_only=True):
    """The last twenty exchanges of an account and its last twenty failures, never more: no secret, no buyer in them.

    Kept for 30 days, failures for 90.
    """

    items: Sequence[Exchange]


class NewAccessRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What our team needs to ask a channel for a store's API data."""

    plugin: PluginName
    store_name: Name
    store_link: Annotated[
        str,
        msgspec.Meta(
            max_length=500,
            pattern=r"^https?://[^\s/?#@]+\.[^\s/?#@]+([/?#]\S*)?(?!\n)$",
            description="the address of the store's page, beginning with https://",
            examples=["https://www.tokopedia.com/toko-batik"],
        ),
    ]
    email: Annotated[
        str,
        msgspec.Meta(
            max_length=254,
            pattern=r"^[^\s@]+@[^\s@]+\.[^\s@]+(?!\n)$",
            description="an address such as ayu@toko.example",
        ),
    ]


class AccessRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request that our team has on its list."""

    id: str
    merchant_id: str
    plugin: str
    store_name: str
    store_link: str
    email: str
    created_at: datetime

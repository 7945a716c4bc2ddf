"""A channel small enough to read, in process: what it was asked, and plugins that talk to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import ModuleType
from typing import Annotated, Any

import msgspec
from hub_hookspecs import (
    Account,
    AccountCheck,
    ActionRequired,
    Capability,
    Channel,
    Connection,
    Delivery,
    GeneratedSecret,
    Item,
    Kind,
    Page,
    Paper,
    Place,
    Rate,
    Secret,
    Token,
    WebhookRequest,
    hookimpl,
)

SECRET = "canary-secret-5f1c"
ANOTHER_SECRET = "canary-rotated-77aa"


class BazaarSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a merchant types in to connect a shop on the Bazaar."""

    app: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    app_secret: Annotated[Secret, msgspec.Meta(min_length=4, max_length=50)]
    shop: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    language: str = "id"
    callback_secret: GeneratedSecret = ""


class Bazaar:
    """The channel behind the plugin: a shop per number, tokens per application."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.secrets = {"app-1": SECRET}
        self.lacks: dict[Capability, str] = {}
        self.places: tuple[Place, ...] = (Place(ref="W1", name="Jakarta"),)
        self.life: timedelta | None = timedelta(hours=1)
        self.same_token = False
        self.logins: list[Token | None] = []
        self.checks: list[tuple[str, str]] = []  # shop, token
        self.callbacks: list[str] = []
        self.generated: list[str] = []
        self.on_login: Callable[[], None] = lambda: None
        self.on_check: Callable[[], None] = lambda: None
        self.refusal: Exception | None = None  # what check_account and connect_account answer instead
        self.refusing: Callable[[Account[BazaarSettings]], Exception] | None = None  # the same, made on demand
        self._lock = threading.Lock()

    def login(self, settings: BazaarSettings, old: Token | None) -> Token:
        with self._lock:
            self.logins.append(old)
            number = len(self.logins)
        self.on_login()
        if self.secrets.get(settings.app) != settings.app_secret:
            raise ActionRequired("the Bazaar does not accept this App and Secret", code="wrong_secret")
        value = f"canary-token-{settings.app}-{0 if self.same_token else number}"
        expires_at = None if self.life is None else self.clock() + self.life
        return Token(value=value, expires_at=expires_at, refresh=f"canary-refresh-{number}")

    def check(self, account: Account[BazaarSettings]) -> AccountCheck:
        self.on_check()
        self.checks.append((account.settings.shop, account.token))
        self.generated.append(account.settings.callback_secret)
        if self.refusal is not None:
            raise self.refusal
        if self.refusing is not None:
            raise self.refusing(account)
        shop = account.settings.shop
        if shop == "missing":
            raise ActionRequired(f"there is no shop {shop} on the Bazaar", code="no_shop")
        return AccountCheck(
            identity=f"bazaar-{shop}",
            name=f"Toko {shop}",
            shop_ref=shop,
            country="ID",
            places=self.places,
            lacks=self.lacks,
            notes=("a small shop",),
        )


def declared(name: str = "bazaar", **changes: Any) -> Channel:  # Any: fields of Channel
    offers = frozenset({Capability.IMPORT_ITEMS, Capability.PARSE_WEBHOOK})
    values: dict[str, Any] = {  # Any: fields of Channel
        "name": name,
        "title": "Bazaar",
        "kind": Kind.MARKETPLACE,
        "settings": BazaarSettings,
        "offers": offers,
        "lacks": {each: "the Bazaar only lists" for each in Capability if each not in offers},
        "lacks_papers": dict.fromkeys(Paper, "the Bazaar has none"),
        "token_settings": ("app", "app_secret"),
        "rate": Rate(requests=5, per=timedelta(seconds=1), scope="credentials"),
        "preconditions": ("The shop is open.", "SKU codes are tidy."),
        "advice": ("Tidy up first.",),
    }
    return Channel(**{**values, **changes})


def a_plugin(bazaar: Bazaar, name: str = "bazaar", **changes: Any) -> ModuleType:  # Any: fields of Channel
    """A plugin module for the Bazaar; `changes` are made to its declaration."""
    module = ModuleType(f"hub_{name}")
    channel = declared(name, **changes)

    @hookimpl
    def describe_channel() -> Channel:
        return channel

    @hookimpl
    def authenticate(account: Account[BazaarSettings], old: Token | None) -> Token:
        return bazaar.login(account.settings, old)

    @hookimpl
    def check_account(account: Account[BazaarSettings]) -> AccountCheck:
        return bazaar.check(account)

    @hookimpl
    def connect_account(account: Account[BazaarSettings], callback_url: str) -> Connection:
        if bazaar.refusal is not None:
            raise bazaar.refusal
        bazaar.callbacks.append(callback_url)
        return Connection(webhooks=(callback_url,))

    @hookimpl
    def import_items(account: Account[BazaarSettings], cursor: str) -> Iterator[Page[Item]]:
        yield Page(records=(), cursor="end")

    @hookimpl
    def parse_webhook(account: Account[BazaarSettings], request: WebhookRequest) -> Delivery:
        return Delivery(key="1", hints=())

    for hook in (describe_channel, check_account, connect_account, import_items, parse_webhook):
        setattr(module, hook.__name__, hook)
    if channel.token_settings:
        module.authenticate = authenticate  # type: ignore[attr-defined] # a module made at run time
    return module

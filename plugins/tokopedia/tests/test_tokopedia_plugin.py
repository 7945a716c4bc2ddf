"""The plugin end to end against its sandbox, as the host would call it."""

from dataclasses import replace

import httpx
import msgspec
from hub_hookspecs import Account, Item, load
from hub_hookspecs.testing import transport
from hub_tokopedia import plugin
from hub_tokopedia.sandbox import TokopediaSandbox
from hub_tokopedia.settings import TokopediaSettings

TokopediaAccount = Account[TokopediaSettings]


def logged_in(sandbox: TokopediaSandbox, **mistyped: str) -> TokopediaAccount:
    """An account of this sandbox with a token that counts; `mistyped` stands for settings a person got wrong."""
    http = httpx.Client(transport=transport(sandbox))
    settings = msgspec.convert(sandbox.settings(), TokopediaSettings)
    account = Account(id="account-1", merchant_id="merchant-1", settings=settings, token="", http=http)
    token = plugin.authenticate(account, None)
    return replace(account, token=token.value, settings=msgspec.structs.replace(settings, **mistyped))


def imported(account: TokopediaAccount, cursor: str = "") -> list[Item]:
    return [item for page in plugin.import_items(account, cursor) for item in page.records]


def facts(items: list[Item]) -> list[tuple[str, str, bool, int | None]]:
    return sorted((item.ref, item.sku, item.active, item.quantity) for item in items)


def test_the_plugin_implements_the_contract() -> None:
    manager = load(plugin)

    channel = manager.hook.describe_channel()

    assert channel.name == "tokopedia"


def test_a_full_import_yields_exactly_what_the_shop_sells() -> None:
    sandbox = TokopediaSandbox(seed=7, size=1_000, rate=None)

    items = imported(logged_in(sandbox))

    assert facts(items) == sorted(
        (str(unit.ref), unit.sku or "", unit.active, unit.quantity) for unit in sandbox.units()
    )
    assert len(items) == sandbox.expected().seen == 1_000

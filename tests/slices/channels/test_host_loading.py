"""What may be loaded as a plugin, and what is said of one that may not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest
from hub_hookspecs import Account, Capability, Channel, Kind, Page, Paper, Product, Rate, hookimpl
from packaging.version import Version

from hub.channels.host import Hosts, load_hosts
from hub.channels.host.declaring import PREDATES, Unfit, declared
from tests.slices.channels.hosted import ShopSettings, a_channel, a_module, a_page, a_plugin

AnyAccount = Account[Any]  # Any: whatever settings


def import_items(account: AnyAccount, cursor: str) -> Iterator[Page[Any]]:  # Any: never asked
    yield a_page()


def push_product(account: AnyAccount, product: Product, resume: str) -> None:
    raise NotImplementedError


def describing(channel: object) -> ModuleType:
    plugin = a_plugin(import_items=import_items)
    plugin.describe_channel = hookimpl(lambda: channel)  # type: ignore[attr-defined]  # modules take any attribute
    return plugin


def refusal(plugin: ModuleType) -> str:
    hosts = load_hosts({"shop": plugin})
    assert not hosts.loaded
    return hosts.refused["shop"].reason


def channel(**changes: Any) -> Channel:  # Any: the fields of `Channel`
    return a_channel({"import_items": import_items}, **changes)


def lacks(*, but: Capability = Capability.IMPORT_ITEMS) -> dict[Capability, str]:
    return {capability: "not built yet" for capability in Capability if capability is not but}


async def asynchronous(account: AnyAccount, cursor: str) -> None:
    raise NotImplementedError


async def asynchronous_stream(account: AnyAccount, cursor: str) -> Any:  # Any: never asked
    yield a_page()


def with_default(account: AnyAccount, cursor: str = "") -> None:
    raise NotImplementedError


def keyword_only(account: AnyAccount, *, cursor: str) -> None:
    raise NotImplementedError


def raising() -> Channel:
    raise RuntimeError("the network is down")


def exiting() -> Channel:
    sys.exit("bye")


def wrapper(account: AnyAccount, cursor: str) -> Iterator[None]:
    return (yield)


def without_authenticate() -> Channel:
    return channel(token_settings=("api_secret",))


SILENT = lacks(but=Capability.IMPORT_ITEMS) | {Capability.CREATE_LABEL: "  "}
NOT_SAID = {capability: reason for capability, reason in lacks().items() if capability is not Capability.CREATE_LABEL}


@pytest.mark.parametrize(
    ("plugin", "reason"),
    [
        pytest.param(describing(channel(lacks=NOT_SAID)), "create_label is neither offered nor lacking", id="not said"),
        pytest.param(
            describing(channel(lacks=lacks() | {Capability.IMPORT_ITEMS: "no"})), "both offered and lacking", id="both"
        ),
        pytest.param(describing(channel(lacks=SILENT)), "create_label is lacking without a reason", id="blank reason"),
        pytest.param(
            describing(channel(offers={Capability.IMPORT_ITEMS, Capability.PUSH_STOCK})),
            "push_stock is offered and not implemented",
            id="offered and not implemented",
        ),
        pytest.param(
            describing(a_channel()), "import_items is implemented and not offered", id="implemented and not offered"
        ),
        pytest.param(
            a_module(
                describe_channel=lambda: a_channel({"push_product": 1}),
                check_account=lambda account: None,
                push_product=push_product,
            ),
            "push_product needs find_listing",
            id="companion missing",
        ),
        pytest.param(describing(without_authenticate()), "token_settings need authenticate", id="nobody makes tokens"),
        pytest.param(a_plugin(import_items=asynchronous), "import_items is async", id="async def"),
        pytest.param(a_plugin(import_items=asynchronous_stream), "import_items is async", id="async generator"),
        pytest.param(a_plugin(import_items=with_default), "has a default", id="default"),
        pytest.param(a_plugin(import_items=keyword_only), "is keyword-only", id="keyword-only"),
        pytest.param(describing(channel(lacks_papers={})), "label_pdf must be either", id="papers not said"),
        pytest.param(
            describing(channel(supplies=frozenset(Paper))), "awb must be either", id="papers supplied and lacking"
        ),
        pytest.param(describing(channel(lacks_papers={}, kind=Kind.POS)), "awb must be either", id="papers of a POS"),
        pytest.param(describing(channel(name="other")), "its entry point is named 'shop'", id="another name"),
        pytest.param(describing(channel(settings=dict)), "settings must be a msgspec.Struct", id="settings are a dict"),
        pytest.param(
            describing(channel(token_settings=("nothing",))), "token_settings name nothing", id="no such setting"
        ),
        pytest.param(describing(None), "NoneType; it must answer a Channel", id="None"),
        pytest.param(describing({"name": "shop"}), "dict; it must answer a Channel", id="a dict"),
        pytest.param(describing(channel(title=7)), "title", id="a number for a title"),
        pytest.param(describing(channel(rate="fast")), "rate", id="a word for a rate"),
        pytest.param(
            describing(channel(rate=Rate(requests=0, per=timedelta(seconds=1)))), "at least", id="no requests"
        ),
        pytest.param(a_module(describe_channel=raising), "RuntimeError: the network is down", id="raises"),
        pytest.param(a_module(describe_channel=exiting), "SystemExit: bye", id="exits"),
        pytest.param(ModuleType("empty"), "describe_channel is mandatory", id="empty"),
    ],
)
def test_a_plugin_is_refused_with_its_reason(plugin: ModuleType, reason: str) -> None:
    assert reason in refusal(plugin)


@pytest.mark.parametrize("style", ["wrapper", "hookwrapper"])
def test_a_wrapper_is_refused(style: str) -> None:
    plugin = a_plugin(import_items=import_items)
    marked = hookimpl(wrapper=True) if style == "wrapper" else hookimpl(hookwrapper=True)
    plugin.import_items = marked(wrapper)  # type: ignore[attr-defined]  # modules take any attribute

    assert "import_items is a wrapper" in refusal(plugin)


def test_a_misspelt_hook_is_refused() -> None:
    plugin = a_plugin()
    plugin.push_stok = hookimpl(push_product)  # type: ignore[attr-defined]  # modules take any attribute

    assert "push_stok is not a hook" in refusal(plugin)


def test_every_objection_is_said_at_once() -> None:
    reason = refusal(describing(channel(lacks=SILENT, lacks_papers={}, name="other")))

    assert all(part in reason for part in ("create_label", "awb", "entry point"))


def test_an_honest_plugin_is_loaded_beside_the_refused_ones() -> None:
    shop = a_plugin(import_items=import_items)

    hosts = load_hosts({"shop": shop, "broken": ModuleType("broken")})

    assert (list(hosts.loaded), list(hosts.refused)) == (["shop"], ["broken"])
    assert hosts.loaded["shop"].channel.title == "Shop"


def test_a_disabled_plugin_is_not_asked_anything() -> None:
    hosts = load_hosts({"shop": a_module(describe_channel=exiting)}, disabled={"shop"})

    assert hosts.refused["shop"].reason == "disabled by the operator"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def pointing(name: str, module: str) -> EntryPoint:
    return EntryPoint(name=name, value=module, group="hub.plugins")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        pytest.param("import nothing_like_it", "ModuleNotFoundError: No module named", id="missing dependency"),
        pytest.param("raise SystemExit('no')", "SystemExit: no", id="exits"),
        pytest.param("def broken(:", "SyntaxError", id="syntax"),
        pytest.param("raise KeyError('x')\n", "KeyError", id="raises"),
        pytest.param("def f(): f()\nf()", "RecursionError", id="recursion"),
    ],
)
def test_a_plugin_that_cannot_be_imported_is_listed_and_the_rest_load(
    installed: Path, source: str, reason: str, request: pytest.FixtureRequest
) -> None:
    module = f"stranger_{request.node.callspec.id.replace(' ', '_')}"
    (installed / f"{module}.py").write_text(source)

    hosts = load_hosts([pointing("broken", module), pointing("tokopedia", "hub_tokopedia.plugin")])

    assert reason in hosts.refused["broken"].reason
    assert "\n" not in hosts.refused["broken"].reason
    assert list(hosts.loaded) == ["tokopedia"]


def test_a_module_that_is_not_there_is_listed() -> None:
    assert "cannot be imported" in load_hosts([pointing("gone", "no_such_module")]).refused["gone"].reason


def test_two_distributions_of_one_name_are_both_refused() -> None:
    hosts = load_hosts([pointing("tokopedia", "hub_tokopedia.plugin"), pointing("tokopedia", "impostor")])

    assert not hosts.loaded
    assert "both provide it; uninstall one" in hosts.refused["tokopedia"].reason


def test_the_installed_plugins_are_found_with_their_version() -> None:
    tokopedia = load_hosts().loaded["tokopedia"]

    assert tokopedia.distribution == "hub-tokopedia"
    assert Version(tokopedia.version) >= Version("0.1")


NEWER = {Capability.LIST_CATEGORIES: Version("1.2")}
SILENT_ON_CATEGORIES = {c: reason for c, reason in lacks().items() if c is not Capability.LIST_CATEGORIES}


def test_a_capability_newer_than_the_plugin_counts_as_lacking() -> None:
    plugin = describing(channel(lacks=SILENT_ON_CATEGORIES))

    believed = declared(plugin, name="shop", requires=["hub-hookspecs>=1.1,<2", "httpx"], added=NEWER)

    assert believed.lacks[Capability.LIST_CATEGORIES] == PREDATES


def test_a_plugin_made_for_the_capability_must_say_something_of_it() -> None:
    plugin = describing(channel(lacks=SILENT_ON_CATEGORIES))

    with pytest.raises(Unfit, match="list_categories is neither"):
        declared(plugin, name="shop", requires=["Hub_Hookspecs >= 1.2"], added=NEWER)


def test_nothing_that_is_loaded_can_be_changed() -> None:
    hosts: Hosts = load_hosts({})

    with pytest.raises(AttributeError):
        cast("Any", hosts).loaded = {}  # Any: mypy knows as well that it is frozen


def test_settings_are_those_of_the_shop() -> None:
    assert load_hosts({"shop": a_plugin()}).loaded["shop"].channel.settings is ShopSettings

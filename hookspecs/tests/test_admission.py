"""What speaks against loading a plugin is said at once, in words that its author can act on."""

from __future__ import annotations

from types import MappingProxyType, ModuleType
from typing import Any

import msgspec
import pytest
from hub_hookspecs import (
    Account,
    AccountCheck,
    Capability,
    Channel,
    GeneratedSecret,
    Kind,
    Secret,
    hookimpl,
)
from hub_hookspecs.admission import objections, secret_fields


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    client_id: str
    client_secret: Secret
    old_secret: Secret | None = None
    signing: GeneratedSecret = ""


def test_secret_settings_are_known_by_their_type() -> None:
    assert secret_fields(Keys) == {"client_secret", "old_secret", "signing"}


def a_plugin(**hooks: object) -> ModuleType:
    module = ModuleType("hub_small.plugin")
    vars(module).update(hooks)
    return module


def describing(**changes: Any) -> ModuleType:  # Any: the fields of Channel
    """Give a warehouse that offers nothing, with some fields of its declaration changed."""
    fields = {
        "name": "small",
        "title": "Small",
        "kind": Kind.FULFILMENT,
        "settings": Keys,
        "offers": frozenset(),
        "lacks": MappingProxyType(dict.fromkeys(Capability, "too small")),
    }

    @hookimpl
    def describe_channel() -> Channel:
        return Channel(**{**fields, **changes})

    @hookimpl
    def check_account(account: Account[Keys]) -> AccountCheck:
        return AccountCheck(identity=account.id, name="Small")

    return a_plugin(describe_channel=describe_channel, check_account=check_account)


@pytest.mark.parametrize(
    ("plugin", "objection"),
    [
        pytest.param(a_plugin(), "describe_channel is mandatory and not implemented", id="an empty module"),
        pytest.param(
            a_plugin(describe_channel=hookimpl(specname="describe_channel")(lambda: None)),
            "describe_channel answered NoneType; it must answer a Channel",
            id="no declaration",
        ),
    ],
)
def test_what_speaks_against_a_plugin_is_said(plugin: ModuleType, objection: str) -> None:
    assert list(objections(plugin)) == [objection]


@pytest.mark.parametrize(
    ("changes", "objection"),
    [
        pytest.param({"offers": ["import_items"], "lacks": ["push_stock"]}, "Expected `object`", id="lists"),
        pytest.param({"stock_batch": "100"}, "Expected `int`", id="a number in words"),
        pytest.param({"name": None}, "Expected `str`", id="no name"),
        pytest.param({"rate": object()}, "unsupported", id="a rate of no kind"),
    ],
)
def test_a_declaration_of_the_wrong_types_is_refused_for_that_alone(changes: dict[str, Any], objection: str) -> None:
    (said,) = objections(describing(**changes))

    assert said.startswith("describe_channel: ")
    assert objection in said


@pytest.mark.parametrize("settings", [None, dict, pytest.param(object(), id="a plain object"), "Settings"], ids=str)
def test_settings_of_no_kind_are_refused(settings: object) -> None:
    assert list(objections(describing(settings=settings))) == ["settings must be a msgspec.Struct"]


def test_nothing_speaks_against_a_small_warehouse() -> None:
    assert list(objections(describing())) == []


def test_everything_that_speaks_against_a_declaration_is_said_at_once() -> None:
    lacks = {capability: "" for capability in Capability if capability is not Capability.PUSH_OUTBOUND}
    warehouse = describing(
        name="Small", offers=frozenset({Capability.PUSH_OUTBOUND}), lacks=lacks, token_settings=("client_id",)
    )
    del warehouse.check_account

    said = set(objections(warehouse))

    assert {
        "push_outbound needs read_tasks beside it",
        "token_settings need authenticate beside them",
        "push_outbound is offered and not implemented",
        "check_account is mandatory and not implemented",
        "create_label is lacking without a reason that an operator can read",
    } <= said
    assert any(reason.startswith("the name 'Small' must be a slug") for reason in said)

"""Nothing that a plugin holds tells its secrets when it is printed, as a log or a failing assertion would."""

from __future__ import annotations

from types import ModuleType

import msgspec
import pytest
from hub_fastock_my import plugin as fastock_my
from hub_fastock_my.sandbox import FastockSandbox
from hub_hookspecs.admission import secret_fields
from hub_hookspecs.testing import Sandbox
from hub_pasar_my import plugin as pasar_my
from hub_pasar_my.sandbox import PasarMySandbox
from hub_shopify import plugin as shopify
from hub_shopify.sandbox import ShopifySandbox
from hub_tokopedia import plugin as tokopedia
from hub_tokopedia.sandbox import TokopediaSandbox

PLUGINS = [
    (fastock_my, FastockSandbox), (pasar_my, PasarMySandbox), (shopify, ShopifySandbox), (tokopedia, TokopediaSandbox),
]  # fmt: skip


@pytest.mark.parametrize(("plugin", "sandbox"), PLUGINS, ids=lambda one: one.__name__)
def test_settings_that_are_printed_tell_no_secret(plugin: ModuleType, sandbox: type[Sandbox]) -> None:
    kind = plugin.describe_channel().settings
    settings = msgspec.convert(sandbox(size=0).settings(), kind)
    secrets = {value for name in secret_fields(kind) if (value := getattr(settings, name))}

    assert secrets
    assert not any(secret in f"{settings} {settings!r}" for secret in secrets)

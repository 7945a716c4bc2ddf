"""Steps that the tests of several hooks share: a small store, and an account in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import msgspec
from hub_hookspecs import (
    Account,
)
from hub_hookspecs.testing import Sandbox, transport
from hub_shopify import plugin
from hub_shopify.sandbox import ShopifySandbox
from hub_shopify.settings import ShopifySettings

GONE = "gid://shopify/ProductVariant/1"
THROTTLED = b'{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]}'
BROKEN_INSIDE = b'{"errors":[{"message":"Oops","extensions":{"code":"INTERNAL_SERVER_ERROR"}}],"data":null}'


@contextmanager
def logged_in(sandbox: Sandbox, **settings: str) -> Iterator[Account[ShopifySettings]]:
    form = msgspec.convert(sandbox.settings() | settings, ShopifySettings)
    with httpx.Client(transport=transport(sandbox)) as http:
        account = Account(id="account-1", merchant_id="merchant-1", settings=form, token="", http=http)
        yield replace(account, token=plugin.authenticate(account, None).value)


def small(size: int = 20) -> ShopifySandbox:
    return ShopifySandbox(size=size, rate=None)

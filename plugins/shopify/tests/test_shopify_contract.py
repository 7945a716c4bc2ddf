"""The contract between hub and plugin, as the kit checks it."""

from hub_hookspecs.testing import ChannelContract
from hub_shopify import plugin
from hub_shopify.sandbox import ShopifySandbox


class TestContract(ChannelContract):
    plugin = plugin
    sandbox = ShopifySandbox
    size = 260  # two pages
    currency = "IDR"
    sandbox_options = {"rate": None}  # the host heeds the bucket; the kit does not  # noqa: RUF012 - declared as ClassVar

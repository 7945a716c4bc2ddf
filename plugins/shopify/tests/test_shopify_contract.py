"""The contract between hub and plugin, as the kit checks it."""

from hub_hookspecs import Account, StockReading
from hub_hookspecs.testing import ChannelContract
from hub_shopify import plugin
from hub_shopify.sandbox import ShopifySandbox
from hub_shopify.settings import ShopifySettings


class TestContract(ChannelContract):
    plugin = plugin
    sandbox = ShopifySandbox
    size = 260  # two pages
    currency = "IDR"
    sandbox_options = {  # the host heeds the bucket; the kit does not  # noqa: RUF012 - declared as ClassVar
        "rate": None,
        "orders": 60,  # three pages
    }

    def levels(self, account: Account[ShopifySettings]) -> list[StockReading]:
        """Two places of one variant among them: an item says only what there is at all places together."""
        readings = [level for page in plugin.sync_stock(account, "") for level in page.records if level.good]
        refs = [level.listing_ref for level in readings]
        twice = next(ref for ref in refs if refs.count(ref) > 1)
        other = next(ref for ref in refs if ref != twice)
        return [level for level in readings if level.listing_ref in (twice, other)][:3]

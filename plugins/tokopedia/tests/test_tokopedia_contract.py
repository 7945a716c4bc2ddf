"""The contract between hub and plugin, as the kit checks it."""

from datetime import timedelta
from itertools import islice

from hub_hookspecs.testing import ChannelContract
from hub_tokopedia import plugin
from hub_tokopedia.sandbox import TokopediaSandbox


class TestContract(ChannelContract):
    plugin = plugin
    sandbox = TokopediaSandbox
    # The host paces requests, the kit does not; and it tells stock without naming a warehouse.
    sandbox_options = {"rate": None, "warehouses": 1}  # noqa: RUF012 - declared as ClassVar

    def make_sandbox(self, seed: int) -> TokopediaSandbox:
        """A shop with some orders, made over the last days."""
        shop = TokopediaSandbox(seed, self.size, self.now, rate=None, warehouses=1)
        on_sale = (unit.ref for unit in shop.units() if unit.stock > 1)
        for days, ref in enumerate(islice(on_sale, 8)):
            shop.sell(ref, at=self.now() - timedelta(days=days), status=400 if days % 2 else 220)
        return shop

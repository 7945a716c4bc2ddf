"""The contract between hub and plugin, as the kit checks it."""

from hub_hookspecs.testing import ChannelContract
from hub_tokopedia import plugin
from hub_tokopedia.sandbox import TokopediaSandbox


class TestContract(ChannelContract):
    plugin = plugin
    sandbox = TokopediaSandbox
    # The host paces requests, the kit does not; and it tells stock without naming a warehouse.
    sandbox_options = {"rate": None, "warehouses": 1}  # noqa: RUF012 - declared as ClassVar

"""The contract between hub and plugin, as the kit checks it."""

from hub_hookspecs.testing import ChannelContract
from hub_pos import plugin


class TestContract(ChannelContract):
    plugin = plugin
    settings = {"store_name": "Toko Larasati"}  # noqa: RUF012 - declared as ClassVar

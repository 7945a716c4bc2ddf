"""The contract between hub and plugin, as the kit checks it."""

from hub_hookspecs.testing import ChannelContract
from hub_pasar_my import plugin
from hub_pasar_my.sandbox import PasarMySandbox


class TestContract(ChannelContract):
    plugin = plugin
    sandbox = PasarMySandbox
    sandbox_options = {"orders": 120}  # three pages  # noqa: RUF012 - declared as ClassVar

"""The contract between hub and plugin, as the kit checks it, through both dialects."""

import msgspec
from hub_fastock_my import plugin
from hub_fastock_my.sandbox import FastockSandbox
from hub_fastock_my.settings import FastockSettings
from hub_hookspecs import Account, Product
from hub_hookspecs.testing import ChannelContract, Sandbox


class TestQimen(ChannelContract):
    plugin = plugin
    sandbox = FastockSandbox
    currency = "MYR"
    sandbox_options = {"dialect": "qimen"}  # noqa: RUF012 - declared as ClassVar

    def new_product(self, account: Account[FastockSettings], number: int = 1) -> Product:
        """Master data for the first warehouse of the account."""
        product = super().new_product(account, number)
        return msgspec.structs.replace(product, place_ref=account.settings.warehouses[0], size_mm=(300, 200, 30))

    def arrive(self, sandbox: Sandbox, key: str, units: int) -> None:
        assert isinstance(sandbox, FastockSandbox)
        (line,) = sandbox.inbounds()[key].wish.lines
        sandbox.receive(key, {line.code: units}, final=False)


class TestJson(TestQimen):
    sandbox_options = {"dialect": "json"}  # noqa: RUF012 - declared as ClassVar

"""The contract between hub and plugin, as the kit checks it."""

from datetime import timedelta
from itertools import islice

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hub_hookspecs.testing import ChannelContract
from hub_tokopedia import plugin
from hub_tokopedia.sandbox import TokopediaSandbox


def a_key_pair() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class TestContract(ChannelContract):
    plugin = plugin
    sandbox = TokopediaSandbox
    # The host paces requests, the kit does not; and it tells stock without naming a warehouse.
    sandbox_options = {"rate": None, "warehouses": 1}  # noqa: RUF012 - declared as ClassVar

    generated = {"buyer_key": a_key_pair(), "webhook_secret": "a-secret-of-the-hub"}  # noqa: RUF012 - as above

    def make_sandbox(self, seed: int) -> TokopediaSandbox:
        """A shop with some orders, made over the last days."""
        shop = TokopediaSandbox(seed, self.size, self.now, rate=None, warehouses=1)
        on_sale = (unit.ref for unit in shop.units() if unit.stock > 1)
        for days, ref in enumerate(islice(on_sale, 8)):
            shop.sell(ref, at=self.now() - timedelta(days=days, hours=1), status=400 if days % 2 else 220)
        return shop

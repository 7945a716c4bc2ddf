"""The route of where a channel calls us back."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency

from hub.channels.schemas import CallbackAddress
from hub.channels.service import addresses
from hub.channels.service.wiring import Channels
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.texts import Id


@get(
    "/merchants/{merchant_id:str}/accounts/{account_id:str}/callback",
    opt=allow(Access.ADMIN),
    operation_id="get_callback_address",
    sync_to_thread=True,
)
def get_callback_address(
    channels: NamedDependency[Channels], merchant_id: Id, account_id: Id
) -> CallbackAddress:  # fmt: skip
    """Tell where the channel is to call us back, for channels that only a person can tell."""
    with channels.database.reading() as db:
        return CallbackAddress(url=addresses.address_of(channels, db, merchant_id, account_id))


ROUTES = [get_callback_address]

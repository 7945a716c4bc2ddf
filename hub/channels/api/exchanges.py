"""The route of what was said to a channel last."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency

from hub.channels.schemas import Exchanges
from hub.channels.service import standing
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.texts import Id
from hub.kernel.db import Database
from hub.kernel.http import recent


@get(
    "/merchants/{merchant_id:str}/accounts/{account_id:str}/exchanges",
    opt=allow(Access.READ),
    operation_id="list_exchanges",
    sync_to_thread=True,
)
def list_exchanges(database: NamedDependency[Database], merchant_id: Id, account_id: Id) -> Exchanges:
    """List an account's last requests to its channel and what was answered, redacted; the newest first."""
    with database.reading() as db:
        row = standing.account(db, merchant_id, account_id)
        return Exchanges(items=recent(db, row.id))


ROUTES = [list_exchanges]

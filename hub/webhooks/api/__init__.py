"""Routes of webhooks: where channels call, and what people see of it.

inbox      where channels call      lines      threads of its own for each plugin
listing    what came and what was refused
erasing    a buyer is forgotten by a person's word
"""

from __future__ import annotations

from litestar import Router

from hub.webhooks.api import erasing, listing
from hub.webhooks.api.inbox import receive_webhook

inbox = Router("/", route_handlers=[receive_webhook], tags=["webhooks"])
router = Router("/v1/merchants/{merchant_id:str}", route_handlers=[*listing.ROUTES, *erasing.ROUTES], tags=["webhooks"])

__all__ = ["inbox", "router"]

"""What this slice does later.

telling    what is due      retelling  what something outside of stock may have changed, and what was forgotten
"""

from __future__ import annotations

from hub.catalog.service.retelling import RETELL as RETELL_PRODUCT
from hub.channels.service.hearing import RETELL as RETELL_ACCOUNT
from hub.kernel.jobs import Handlers
from hub.stock.jobs import retelling, telling
from hub.stock.jobs.retelling import hearing_kept, wake_forgotten
from hub.stock.service.desk import Desk
from hub.stock.service.touching import PUSH_STOCK

__all__ = ["handlers", "hearing_kept", "wake_forgotten"]


def handlers(desk: Desk) -> Handlers:
    return {
        PUSH_STOCK: lambda job: telling.push_due(job, desk),
        RETELL_ACCOUNT: lambda job: retelling.retell_account(job, desk),
        RETELL_PRODUCT: lambda job: retelling.retell_product(job, desk),
    }

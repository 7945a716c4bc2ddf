"""What this slice does later.

telling    what is due
retelling  what something outside of stock may have changed, and what was forgotten
drafting   the workbook of a stocktake
counting   what people filled into it
alarms     figures that have been behind too long
planning   a plan of what is due, and its approval as a whole
"""

from __future__ import annotations

from hub.catalog.service.retelling import RETELL as RETELL_PRODUCT
from hub.channels.service.hearing import RETELL as RETELL_ACCOUNT
from hub.channels.service.hearing import RETELL_REFUSED
from hub.kernel.db import Database, Transaction
from hub.kernel.jobs import Handlers
from hub.kernel.sealing import KeyRing
from hub.stock.jobs import alarms, counting, drafting, planning, retelling, telling
from hub.stock.jobs.retelling import hearing_kept, retry_refused, wake_forgotten
from hub.stock.service.alarming import LOOK, keep_looking
from hub.stock.service.desk import Desk
from hub.stock.service.planning import APPROVE_ALL, MAKE_PLAN
from hub.stock.service.stocktaking import BOOK, DRAFT, FILES
from hub.stock.service.touching import PUSH_STOCK
from hub.stock.store import stocktakes

__all__ = ["file_handlers", "handlers", "hearing_kept", "keep_looking", "purge_stocktakes", "retry_refused",
           "wake_forgotten"]  # fmt: skip


def handlers(desk: Desk) -> Handlers:
    return {
        PUSH_STOCK: lambda job: telling.push_due(job, desk),
        MAKE_PLAN: lambda job: planning.make_plan(job, desk),
        APPROVE_ALL: lambda job: planning.approve_all(job, desk),
        RETELL_ACCOUNT: lambda job: retelling.retell_account(job, desk),
        RETELL_REFUSED: lambda job: retelling.retell_refused(job, desk),
        RETELL_PRODUCT: lambda job: retelling.retell_product(job, desk),
        LOOK: lambda job: alarms.look(job, desk),
    }


def file_handlers(database: Database, ring: KeyRing) -> Handlers:
    """Those that make files and take them in; they talk to no channel."""
    return {
        DRAFT: lambda job: drafting.draft(job, database, ring),
        BOOK: lambda job: counting.book(job, database, ring),
    }


def purge_stocktakes(db: Transaction) -> int:
    """Forget stocktakes together with their files."""
    return stocktakes.purge_stocktakes(db, kept=FILES)

"""What this slice does later.

fetching  a channel's categories     drafting  the workbook      checking  what was uploaded
pushing   one product to a channel   ending    the result
"""

from __future__ import annotations

from hub.crosslisting.jobs import checking, drafting, ending, fetching, pushing
from hub.crosslisting.service.asking import CHECK, DRAFT, FINISH, PUSH
from hub.crosslisting.service.categories import FETCH
from hub.crosslisting.service.shop import Desk
from hub.kernel.jobs import Handlers


def handlers(desk: Desk) -> Handlers:
    return {
        FETCH: lambda job: fetching.fetch(job, desk),
        DRAFT: lambda job: drafting.draft(job, desk),
        CHECK: lambda job: checking.check(job, desk),
        PUSH: lambda job: pushing.push(job, desk),
        FINISH: lambda job: ending.finish(job, desk),
    }

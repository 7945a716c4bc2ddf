"""Everything that happens later: work is a row of the transaction that caused it, and wake-ups only name a lane.

records      kinds, jobs, and what a handler answers
tables       rows and the indexes that keep work single
enqueue      asks for work          claim      takes it
leases       proves it is still ours  settle   ends a run
control      what people ask        queries    what people see
schedules    work that comes round  sweep      heals
rescue       frees what was lost    sweeper    sweeps on and on
runner       one job after another  watch      who is silent
broker       carries wake-ups       lanes      shares threads out
station      a process that works   child      a process of the supervisor
supervisor   keeps children alive   wakes  rides along with wake-ups
"""

from hub.kernel.jobs.claim import LEASE, claim_next
from hub.kernel.jobs.control import cancel, conclude, retry
from hub.kernel.jobs.enqueue import Ticket, enqueue
from hub.kernel.jobs.leases import advance, hold, report
from hub.kernel.jobs.queries import find, listing, traceback_of, unfinished, unfinished_kinds
from hub.kernel.jobs.records import (
    FINISHED,
    LANES,
    Again,
    Cancelled,
    CancelRequested,
    Done,
    Failed,
    Handler,
    Handlers,
    Job,
    JobKind,
    Lane,
    LeaseLost,
    RetryCheck,
    RetryChecks,
    Runtime,
    Settled,
    State,
    Trouble,
    Troubles,
)
from hub.kernel.jobs.runner import Runner
from hub.kernel.jobs.schedules import comes_next, every, stop
from hub.kernel.jobs.settle import trouble_of
from hub.kernel.jobs.sweep import sweep

__all__ = [
    "FINISHED",
    "LANES",
    "LEASE",
    "Again",
    "CancelRequested",
    "Cancelled",
    "Done",
    "Failed",
    "Handler",
    "Handlers",
    "Job",
    "JobKind",
    "Lane",
    "LeaseLost",
    "RetryCheck",
    "RetryChecks",
    "Runner",
    "Runtime",
    "Settled",
    "State",
    "Ticket",
    "Trouble",
    "Troubles",
    "advance",
    "cancel",
    "claim_next",
    "comes_next",
    "conclude",
    "enqueue",
    "every",
    "find",
    "hold",
    "listing",
    "report",
    "retry",
    "stop",
    "sweep",
    "traceback_of",
    "trouble_of",
    "unfinished",
    "unfinished_kinds",
]

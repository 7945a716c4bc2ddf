"""What the simulated merchants, workers and channel do, and the ledger of what must have come of it."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Literal

import sqlalchemy as sa
from hub_hookspecs.errors import ActionRequired, RateLimited, Rejected, Temporary, UnknownOutcome

from hub.kernel import gate, jobs
from hub.kernel.db import Transaction
from hub.kernel.errors import HubError
from tests.simulation.stepping import SteppedDatabase

PLAIN = jobs.JobKind("sim.plain", lane="urgent", max_attempts=3)
PAGES = jobs.JobKind("sim.pages", lane="bulk")
CALL = jobs.JobKind("sim.call", lane="bulk", can_be_unknown=True)
STRANGE = jobs.JobKind("sim.strange", lane="bulk")  # nobody here handles it
KINDS = (PLAIN, PAGES, PAGES, CALL, CALL, STRANGE)
MEMBERS = {"A": ("account:A", "credentials:x"), "B": ("account:B", "credentials:x"), "": ()}
CAPS = {"account:A": 1, "account:B": None, "credentials:x": 2}
Work = tuple[str, str, str]
Focus = Literal["", "asking", "stopping"]  # with one, a run is all about one piece of work

ledger = sa.MetaData()
effect = sa.Table("sim_effect", ledger, sa.Column("job_id", sa.Text), sa.Column("page", sa.Integer))


class World:
    """The handlers, and in the order of commits: what was asked for, begun and told to the channel."""

    def __init__(self, database: SteppedDatabase, dice: random.Random) -> None:
        self.database, self.random = database, dice
        self.calm = False
        self.focus: Focus = ""
        self.clock = 0
        self.requests: list[tuple[int, Work, str]] = []
        self.cancels: list[tuple[int, jobs.Job]] = []  # as they were answered
        self.starts: defaultdict[str, list[int]] = defaultdict(list)
        self.runs: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)  # with the lease of each
        self.begun: defaultdict[Work, list[int]] = defaultdict(list)
        self.channel: Counter[str] = Counter()
        self.told: list[tuple[int, str]] = []  # the same in the order of commits
        self.known: list[str] = []

    @property
    def runtime(self) -> jobs.Runtime:
        handlers: dict[jobs.JobKind, jobs.Handler] = {PLAIN: self.plain, PAGES: self.pages, CALL: self.call}
        return jobs.Runtime(database=self.database, handlers=handlers, troubles=self.troubled)

    def tick(self) -> int:
        self.clock += 1
        return self.clock

    # What is asked for

    def ask(self, db: Transaction, kind: jobs.JobKind, account_id: str, key: str, *, delay: float = 0) -> None:
        run_at = self.database.clock.now() + timedelta(seconds=delay) if delay else None
        pages = self.random.randint(1, 4)
        ticket = jobs.enqueue(db, kind, account_id=account_id, key=key, payload={"pages": pages}, run_at=run_at)
        self.database.then(lambda: self.asked((kind.name, account_id, key), ticket))

    def asked(self, work: Work, ticket: jobs.Ticket) -> None:
        self.requests.append((self.tick(), work, ticket.job_id))
        self.known.append(ticket.job_id)

    def cancelled(self, answer: jobs.Job) -> None:
        self.cancels.append((self.tick(), answer))

    def some_work(self) -> tuple[jobs.JobKind, str, str]:
        if self.focus:
            return PAGES, "", "1"
        return self.random.choice(KINDS), self.random.choice(list(MEMBERS)), self.random.choice("12")

    # What the handlers do

    def begin(self, job: jobs.Job) -> None:
        moment = self.tick()
        self.starts[job.id].append(moment)
        self.runs[job.id].append((moment, job.lease_token))
        self.begun[job.kind, job.account_id, job.key].append(moment)

    def plain(self, job: jobs.Job) -> jobs.Settled:
        self.begin(job)
        return self.trouble() or jobs.Done()

    def pages(self, job: jobs.Job) -> jobs.Settled:
        self.begin(job)
        for page in range(job.resume or 0, job.payload["pages"]):
            with self.database.writing() as db:
                job = jobs.advance(db, job, resume=page + 1, progress={"pages": page + 1})
                db.execute(sa.insert(effect).values(job_id=job.id, page=page))
                if not self.calm and self.random.random() < 0.3:
                    self.ask(db, PAGES, job.account_id, job.key)
            if job.cancel_requested:
                return jobs.Cancelled()
            if self.focus == "stopping":
                return jobs.Again()  # the end of a run that a cancel must not fall behind
            if told := self.random.random() < 0.4 and self.trouble():
                return told
        return jobs.Done()

    def call(self, job: jobs.Job) -> jobs.Settled:
        self.begin(job)
        if job.unknown:
            landed = self.channel[job.id]
            if not self.calm and self.random.random() < 0.3:
                raise UnknownOutcome("the channel could not be read")
            with self.database.writing() as db:
                job = jobs.advance(db, job)
            if landed:
                return jobs.Done()
        with self.database.writing() as db:
            jobs.hold(db, job)
            answer = "lost" if self.calm else self.random.choice(["fine", "fine", "lost", "never sent"])
            if answer != "never sent":
                self.database.then(lambda: self.tell(job.id))
        if answer != "fine" and not self.calm:
            raise UnknownOutcome("no answer")
        return jobs.Done()

    def tell(self, job_id: str) -> None:
        self.channel.update([job_id])
        self.told.append((self.tick(), job_id))

    def trouble(self) -> jobs.Settled | None:
        if self.calm:
            return None
        raised: list[Callable[[], BaseException | None]] = [
            lambda: Temporary("busy"),
            lambda: RateLimited("slow down", retry_after=timedelta(seconds=3)),
            lambda: ActionRequired("consent ended"),
            lambda: Rejected("no"),
            lambda: HubError("refused"),
            lambda: ValueError("a bug"),
            lambda: SystemExit(1),
            *[lambda: None] * 5,
        ]
        error = self.random.choice(raised)()
        if error is not None:
            raise error
        after = timedelta(seconds=self.random.choice([0, 5]))
        return self.random.choice([None, jobs.Again(after=after), jobs.Again()])

    def troubled(self, db: Transaction, job: jobs.Job, error: Exception) -> None:
        scope = f"account:{job.account_id}"
        if not job.account_id:
            return
        if isinstance(error, ActionRequired):
            gate.pause(db, scope)
        else:
            gate.hold_until(db, scope, self.database.clock.now() + timedelta(seconds=3))

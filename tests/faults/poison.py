"""A job that takes its worker down whenever it runs, and what the hub does about it."""

from __future__ import annotations

from pathlib import Path

from hub.kernel import jobs
from hub.kernel.jobs.settle import MAX_RESCUES
from tests.faults.plan import Report
from tests.faults.process import POISON
from tests.faults.stand import Stand
from tests.servers import Pause


def survive_poison(stand: Stand) -> Report:
    """Let the job kill worker after worker; those are replaced, and after three rescues it is dead."""
    diary = stand.folder / "poison.txt"
    with stand.database.writing() as db:
        ticket = jobs.enqueue(db, POISON, payload={"diary": str(diary)})
    replaced = _until_it_ends(stand, ticket.job_id, diary)
    with stand.database.reading() as db:
        job = jobs.find(db, ticket.job_id)
    runs = _runs(diary)
    found = "gone" if job is None else f"{job.state} after {job.rescues} rescues"
    violations = [] if found == f"dead after {MAX_RESCUES} rescues" else [f"undead: the job is {found}"]
    if runs != MAX_RESCUES:
        violations.append(f"doubled: it ran {runs} times")
    figures = {"runs": runs, "workers replaced": replaced, "the job": found}
    return Report(name="a job that kills its process", plan=stand.plan, figures=figures, violations=violations)


def _until_it_ends(stand: Stand, job_id: str, diary: Path) -> int:
    pause, replaced = Pause(stand.patience(faults=MAX_RESCUES)), 0
    try:
        while stand.watch.held_one(job_id) is not None and _runs(diary) <= MAX_RESCUES:
            replaced += stand.crew.mend()
            pause.briefly(0.1)
    except TimeoutError:
        return replaced
    return replaced + stand.crew.mend()


def _runs(diary: Path) -> int:
    return len(diary.read_text().splitlines()) if diary.exists() else 0

"""The long form of the fault runs: an import of 20,000 items through everything that may go wrong around it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conftest import fresh
from tests.faults.embedded import embedded_stand, survive_kills_of_everything
from tests.faults.freezing import survive_freezes
from tests.faults.kills import survive_kills
from tests.faults.oracle import Catalogue
from tests.faults.outages import OUTAGES, survive
from tests.faults.plan import PROOF, Plan, Report
from tests.faults.poison import survive_poison
from tests.faults.stand import Servers, Stand, own_servers, stand, undisturbed
from tests.proof.page import Line, Page
from tests.servers import versions

NOT_RUN = (
    "outages of several minutes, a network that drops packets, a disk that is full or lies",
    "power loss: the servers keep what the operating system has taken",
    "clocks that differ between machines: every process here shares one",
    "more than three kills of supervised children: their back-off is for crash loops (tests/faults, everyday)",
    "the negative controls: they are everyday tests (tests/faults/test_the_harness_can_fail.py)",
)


def prove(plan: Plan = PROOF) -> Page:
    """Run every fault and gather the reports; one that breaks off is a failure and the rest go on."""
    began = time.monotonic()
    with TemporaryDirectory(prefix="hub-proof-") as name, own_servers() as servers:
        said = versions(servers.postgres, servers.redis)
        reports = list(_reports(plan, servers, Path(name)))
    return Page(
        name="import-under-faults",
        title="An import under faults",
        sizes=plan.said(),
        versions=said,
        seconds=time.monotonic() - began,
        lines=[_line(report) for report in reports],
        not_run=NOT_RUN,
    )


def _reports(plan: Plan, servers: Servers, folder: Path) -> Iterator[Report]:
    wanted = undisturbed(plan, _fresh_folder(folder))

    @contextmanager
    def standing() -> Iterator[Stand]:
        with ExitStack() as stack:
            url = stack.enter_context(fresh(servers.postgres))
            yield stack.enter_context(stand(plan, servers, url, _fresh_folder(folder)))

    with standing() as built:
        yield _told(survive_kills(built, wanted))
    yield _told(_embedded(plan, wanted, _fresh_folder(folder)))
    for outage in OUTAGES:
        with standing() as built:
            yield _told(survive([outage], built, servers, wanted))
    with standing() as built:
        yield _told(survive_freezes(built, wanted))
    with standing() as built:
        yield _told(survive_poison(built))


def _embedded(plan: Plan, wanted: Catalogue, folder: Path) -> Report:
    with embedded_stand(plan, folder) as built:
        return survive_kills_of_everything(built, wanted)


def _fresh_folder(folder: Path) -> Path:
    path = folder / str(len(list(folder.iterdir())))
    path.mkdir()
    return path


def _told(report: Report) -> Report:
    print(report, flush=True)  # noqa: T201 - a long run shows how far it is
    return report


def _line(report: Report) -> Line:
    figures = ", ".join(f"{name}: {value}" for name, value in report.figures.items())
    verdict = f"VOID: {report.void}" if report.void else "; ".join(report.violations) or "holds"
    return Line(report.name, figures, verdict)

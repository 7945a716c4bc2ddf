"""The largest uploads of cross-listings, checked and ended by a worker as it is run in production.

Measured is the whole process: one that `hub worker` starts, on PostgreSQL and Redis, with all plugins that are there.
The control is a process that has as many of these files read at once by the library alone: the aim can be missed.
"""

from __future__ import annotations

import base64
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from python_calamine import CalamineWorkbook

from bench.memory import peak_mib
from hub.kernel import migrating
from hub.kernel.jobs.broker import Broker
from hub.kernel.workbooks import Limits
from hub.runtime import assemble
from hub.settings import Settings
from tests.acceptance.crosslisting.steps import cross_lists, downloads, makes, opens_a_point_of_sale, uploads
from tests.servers import Pause, postgresql, redis_server
from tests.sheets import Line, refilled
from tests.world import RING, Hub, Json, Merchant, reached

AT_ONCE = (1, 4)
ROWS = 49_000
DESCRIPTION = 390  # random bytes of each, in base64: a few more, and the file is larger than what is taken
MEMORY = 256  # MiB
PATIENCE = 600


class Measured(NamedTuple):
    """What the worker needed: seconds, and MiB before it began and at the peak."""

    seconds: float
    before: float
    peak: float


def run() -> Iterator[str]:
    for number in AT_ONCE:
        with ExitStack() as stack:
            hub, worker = _opened(stack)
            handed = [_prepared(hub, seed) for seed in range(number)]
            found = _measured(worker, handed)
        size = max(len(content) for _, _, content in handed) / 2**20
        yield (
            f"{number} uploads of {ROWS:,} rows and {size:.1f} of {Limits().file / 2**20:.0f} MiB at once: checked and "
            f"ended in {found.seconds:.0f} s, the worker {found.before:.0f} MiB before, "
            f"{found.peak:.0f} MiB at the peak ({'meets' if found.peak <= MEMORY else 'MISSES'} {MEMORY} MiB)"
        )
    bare = _bare(handed[0][2], AT_ONCE[-1])
    verdict = "misses the aim, as it must" if bare > MEMORY else "PROVES NOTHING"
    yield f"control: the library alone, with {AT_ONCE[-1]} such files at once, {bare:.0f} MiB ({verdict})"


def _opened(stack: ExitStack) -> tuple[Hub, int]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hub-bench-")))
    server, redis = stack.enter_context(postgresql()), stack.enter_context(redis_server())
    settings = Settings(data_dir=folder, database_url=server.url, redis_url=redis.url, key_ring=RING)
    runtime = assemble(settings)
    stack.callback(runtime.close)
    migrating.upgrade(runtime.database)
    runtime.database.waker = Broker(redis.url).send
    worker = stack.enter_context(_worker(settings))
    return reached(stack, runtime, "production"), worker


def _prepared(hub: Hub, seed: int) -> tuple[Merchant, Json, bytes]:
    """A merchant whose cross-listing waits for its workbook, and that workbook as another program saves it."""
    merchant = hub.merchant(f"Bench {seed}", "pos")
    account = opens_a_point_of_sale(merchant)
    makes(merchant, "KPS-1")
    ready = cross_lists(merchant, account)
    dice = random.Random(seed)

    def lines(found: list[Line]) -> list[Line]:
        return [found[0] | {"SKU": f"KPS-{n}", "Description": _text(dice)} for n in range(ROWS)]

    return merchant, ready, refilled(downloads(merchant, ready), lines)


def _text(dice: random.Random) -> str:
    return base64.b64encode(dice.randbytes(DESCRIPTION)).decode()


def _measured(worker: int, handed: Sequence[tuple[Merchant, Json, bytes]]) -> Measured:
    """Hand all of them in, and wait until all have ended."""
    pause, before, begun = Pause(PATIENCE), peak_mib(worker), time.perf_counter()
    for merchant, ready, content in handed:
        answer = uploads(merchant, ready, content)
        assert answer.status_code == 202, answer.text
    while not all(_has_ended(merchant, ready) for merchant, ready, _ in handed):
        pause.briefly(0.5)
    return Measured(time.perf_counter() - begun, before, peak_mib(worker))


def _has_ended(merchant: Merchant, ready: Json) -> bool:
    found = merchant.call("GET", f"/crosslistings/{ready['subject']['id']}")
    assert found["state"] in ("checking", "pushing", "done"), found
    return bool(found["state"] == "done" and sum(found["rows"].values()) == ROWS and found["result"])


@contextmanager
def _worker(settings: Settings) -> Iterator[int]:
    """The supervisor of `hub worker`; gives the id of the process that it has started to do the work."""
    given = {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url, "KEY_RING": settings.key_ring}
    environment = os.environ | {f"HUB_{name}": value for name, value in given.items()} | {"HUB_SWEEP": "0.5"}
    program = [str(Path(sys.executable).with_name("hub")), "worker"]
    with subprocess.Popen(program, env=environment, stderr=subprocess.DEVNULL) as supervisor:  # noqa: S603 - ourselves
        try:
            yield _child(supervisor.pid)
        finally:
            supervisor.terminate()


def _child(supervisor: int) -> int:
    pause, children = Pause(60), Path(f"/proc/{supervisor}/task/{supervisor}/children")
    while True:
        for child in map(int, children.read_text().split()):
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                return child
        pause.briefly()


def _bare(content: bytes, number: int) -> float:
    """MiB of a process of its own that has the library read the file, so many times at once."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        command = [sys.executable, "-m", "bench.checking", file.name, str(number)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ourselves
    return float(answer.stdout)


if __name__ == "__main__":
    books = [CalamineWorkbook.from_path(sys.argv[1]) for _ in range(int(sys.argv[2]))]
    rows = [book.get_sheet_by_index(0).to_python() for book in books]
    assert {len(each) for each in rows} == {ROWS + 1}
    sys.stdout.write(str(peak_mib()))

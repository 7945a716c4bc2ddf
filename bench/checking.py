"""The largest uploads of a cross-listing, checked by one worker: its memory as a whole, and not of the reader alone."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import httpx
from hub_hookspecs import Account
from hub_pos import plugin
from hub_pos.settings import PosSettings

from bench.memory import peak_mib
from hub.channels.host import OpenDoor, load_hosts
from hub.crosslisting.jobs import checking
from hub.crosslisting.rules import State
from hub.crosslisting.service import sheets
from hub.crosslisting.service.asking import CHECK, UPLOAD
from hub.crosslisting.service.shop import FILES, Desk, Outlet
from hub.crosslisting.store import runs
from hub.crosslisting.store.runs import Chosen
from hub.kernel import files, jobs, migrating, workbooks
from hub.kernel.db import Database
from hub.kernel.jobs import Handlers
from hub.kernel.sealing import KeyRing
from hub.kernel.workbooks import Value

UPLOADS, ROWS = 4, 49_000
DESCRIPTION = 280  # random bytes of each, in hex: no more fits into a file that is taken
MEMORY = 256  # MiB


class Measured(NamedTuple):
    """What the worker needed: seconds, and MiB before it began and at the peak."""

    seconds: float
    before: float
    peak: float


def run() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        sizes = _hand_in(folder)
        command = [sys.executable, "-m", "bench.checking", folder]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ourselves
    found = Measured(*json.loads(answer.stdout))
    verdict = "meets" if found.peak <= MEMORY else "MISSES"
    yield (
        f"{UPLOADS} uploads of {ROWS:,} rows and {max(sizes) / 2**20:.1f} MiB handed in at once: checked in "
        f"{found.seconds:.0f} s, {found.before:.0f} MiB before, {found.peak:.0f} MiB at the peak "
        f"({verdict} {MEMORY} MiB)"
    )


def _hand_in(folder: str) -> list[int]:
    """Cross-listings whose uploads wait to be checked; gives the bytes of each."""
    desk, sizes = _desk(folder), []
    migrating.upgrade(desk.database)
    for number in range(UPLOADS):
        run_id, content = f"bench-{number}", io.BytesIO()
        workbooks.write(content, sheets.form(run_id, ()), _lines(number))
        sizes.append(content.tell())
        with desk.database.writing() as db:
            runs.make(db, run_id, merchant_id="bench", account_id="bench", chosen=Chosen())
            digest = files.put(
                db, desk.ring, content.getvalue(), merchant_id="bench", kind=UPLOAD,
                media_type=workbooks.MEDIA_TYPE, keep=FILES,
            )  # fmt: skip
            runs.turn(db, run_id, [State.DRAFTING], state=State.CHECKING, upload=digest)
            jobs.enqueue(db, CHECK, key=run_id, merchant_id="bench")
    return sizes


def _lines(seed: int) -> Iterator[Mapping[str, Value]]:
    dice = random.Random(seed)
    for number in range(ROWS):
        yield {"sku": f"KPS-{number}", "name": "Kaos Polos", "description": dice.randbytes(DESCRIPTION).hex()}


def _desk(folder: str) -> Desk:
    host = load_hosts({"pos": plugin}).loaded["pos"]
    account = Account(id="b", merchant_id="b", settings=PosSettings(store_name="B"), token="", http=httpx.Client())
    shop = Outlet(merchant_id="bench", host=host, door=OpenDoor(account=account), is_disabled=False)
    database = Database(f"sqlite:///{Path(folder) / 'hub.sqlite3'}")
    return Desk(database=database, ring=KeyRing({"bench": b"b" * 32}), open_shop=lambda _: shop)


def _check(folder: str) -> Measured:
    """Work as a worker does, in as many threads as there are uploads."""
    desk = _desk(folder)
    handlers: Handlers = {CHECK: lambda job: checking.check(job, desk)}
    runner = jobs.Runner(jobs.Runtime(database=desk.database, handlers=handlers))
    before, begun = peak_mib(), time.perf_counter()
    while _checked(desk) < UPLOADS:
        threads = [Thread(target=runner.run_lane, args=(CHECK.lane,)) for _ in range(UPLOADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        jobs.sweep(desk.database)
        time.sleep(0.2)
    return Measured(time.perf_counter() - begun, before, peak_mib())


def _checked(desk: Desk) -> int:
    with desk.database.reading() as db:
        return sum(runs.expect(db, f"bench-{number}").state is not State.CHECKING for number in range(UPLOADS))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_check(sys.argv[1])))

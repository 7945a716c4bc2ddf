"""An import at the channel's real rate against a bare httpx loop over the same requests."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx
from hub_hookspecs.testing import serve
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.world import embedded_hub

ITEMS = 3_000
AIM = 1.15


def run() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        seconds, asked = _ours(Path(folder))
    bare = _bare(asked)
    ratio = seconds / bare
    yield (
        f"import {ITEMS:,} items at 5 requests a second: {seconds:.2f} s of {bare:.2f} s for the same "
        f"{len(asked)} requests in a bare loop = {ratio:.2f} ({'meets' if ratio <= AIM else 'MISSES'} {AIM})"
    )


def _ours(folder: Path) -> tuple[float, list[str]]:
    """Import through a whole embedded hub, from the start of the job to its end; gives the requests it made."""
    sandbox = TokopediaSandbox(seed=1, size=ITEMS)
    with serve(sandbox), embedded_hub(folder) as hub:
        merchant = hub.merchant()
        ended = merchant.waits_for(merchant.asks_to_connect(sandbox)["import_id"])
    started, finished = (_seconds(ended[name]) for name in ("started_at", "finished_at"))
    pages = [f"{seen.path}?{seen.query}" for seen in sandbox.requests if "product/info" in seen.path]
    return finished - started, pages


def _bare(asked: list[str]) -> float:
    """Ask the same of a fresh sandbox, waiting only where its headers say that no slot is left."""
    sandbox = TokopediaSandbox(seed=1, size=ITEMS)
    with serve(sandbox) as address, httpx.Client(base_url=address) as client:
        token = client.post("/token?grant_type=client_credentials", auth=_login(sandbox)).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        begun = time.perf_counter()
        for path in asked:
            answer = client.get(path, headers=headers)
            while answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                time.sleep(float(answer.headers["X-Ratelimit-Reset-After"]))
                answer = client.get(path, headers=headers)
            answer.raise_for_status()
        return time.perf_counter() - begun


def _login(sandbox: TokopediaSandbox) -> tuple[str, str]:
    given = sandbox.settings()
    return given["client_id"], given["client_secret"]


def _seconds(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp()

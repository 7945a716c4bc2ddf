"""A worker process with the plugins of the tests; runs until it is told to stop."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Any

import msgspec

from hub.kernel import jobs
from hub.runtime import assemble
from hub.settings import Settings
from hub.worker import run_embedded
from tests.world import hosts


def settings_of(text: str) -> Settings:
    def paths(kind: type, value: Any) -> Any:  # Any: msgspec's own signature
        return Path(value) if kind is Path else value

    return msgspec.json.decode(text, type=Settings, dec_hook=paths)


def build(settings: Settings) -> jobs.Runtime:
    return assemble(settings, hosts()).work


if __name__ == "__main__":
    given = settings_of(sys.argv[1])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with run_embedded(build(given), given):
        signal.pause()

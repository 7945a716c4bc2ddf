"""Runs every bench, or with `--only NAME` one of them; `--largest N` bounds the catalogues of imports and linking."""

from __future__ import annotations

import argparse
import importlib
import os
import platform

from hub.kernel import logs

NAMES = ("rate", "jobs", "workbooks", "checking", "labels", "imports", "linking", "orders", "pushes", "stockfile")
SIZED = ("imports", "linking", "orders", "pushes")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--only", choices=NAMES)
    parser.add_argument("--largest", type=int, default=1_000_000, help="rows of the largest catalogue")
    given = parser.parse_args()
    logs.configure(level="ERROR")
    print(f"Python {platform.python_version()} on {os.cpu_count()} cores; floors and ours run in turn, on one machine")
    for name in [given.only] if given.only else NAMES:
        run = importlib.import_module(f"bench.{name}").run
        lines = run(given.largest) if name in SIZED else run()
        for line in lines:
            print(line, f"[load {os.getloadavg()[0]:.1f}]", flush=True)


if __name__ == "__main__":
    main()

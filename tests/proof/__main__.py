"""Runs the long forms of the everyday tests and writes docs/proof: `python -m tests.proof [PART …]`, or all parts."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Mapping, Sequence

from tests.proof import convergence, faults, fulfilment, oversell, simulation, stock, webhooks, workbooks
from tests.proof.page import ROOT, Page

PARTS: Mapping[str, Callable[[], Page]] = {
    "faults": faults.prove, "simulation": simulation.prove, "stock": stock.prove,
    "oversell": oversell.prove, "convergence": convergence.prove, "workbooks": workbooks.prove,
    "webhooks": webhooks.prove, "fulfilment": fulfilment.prove,
}  # fmt: skip


def main(asked: Sequence[str]) -> int:
    """Run the parts that are asked for, or all; 0 where everything holds."""
    if unknown := [name for name in asked if name not in PARTS]:
        print(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}", file=sys.stderr)  # noqa: T201 - the command's answer
        return 2
    pages = [PARTS[name]() for name in asked or PARTS]
    for page in pages:
        print(f"{page.write().relative_to(ROOT)}: {'holds' if page.holds else 'FAILS'}")  # noqa: T201 - the command's answer
    return 0 if all(page.holds for page in pages) else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # in order: servers and workers end with us
    sys.exit(main(sys.argv[1:]))

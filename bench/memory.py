"""Peak memory of one process alone."""

from __future__ import annotations

import re
from pathlib import Path


def peak_mib(process: int | None = None) -> float:
    """Give the peak resident memory in MiB: of this process, or of another by its id.

    Not `ru_maxrss`: that one is inherited over fork and exec, so a child of a large process could never show less.
    """
    found = re.search(r"^VmHWM:\s+(\d+) kB$", Path(f"/proc/{process or 'self'}/status").read_text(), re.M)
    if found is None:
        raise RuntimeError("this system tells no VmHWM in /proc; peak memory cannot be measured here")
    return int(found[1]) / 1024

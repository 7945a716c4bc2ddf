"""What `hub doctor` and `hub plugin doctor` found: a verdict and a cure for each thing looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
import typer

from hub.cli import showing

Verdict = Literal["ok", "warning", "failed"]
COLUMNS = (("", "verdict"), ("what", "what"), ("found", "found"), ("cure", "cure"))


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at; what is not ok says its cure."""

    what: str
    verdict: Verdict
    found: str
    cure: str = ""


def ok(what: str, found: str) -> Finding:
    return Finding(what=what, verdict="ok", found=found)


def warning(what: str, found: str, *, cure: str) -> Finding:
    return Finding(what=what, verdict="warning", found=found, cure=cure)


def failed(what: str, found: str, *, cure: str) -> Finding:
    return Finding(what=what, verdict="failed", found=found, cure=cure)


def report(findings: Sequence[Finding], *, as_json: bool) -> None:
    """Print what was found; exit 1 where something failed."""
    showing.show_page(findings, COLUMNS, as_json=as_json)
    if any(each.verdict == "failed" for each in findings):
        raise typer.Exit(1)

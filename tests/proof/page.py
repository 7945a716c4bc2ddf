"""Writes a page of docs/proof: what was run on which commit, what came of it, and what was not run."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "proof"


class Line(msgspec.Struct, frozen=True):
    """One thing that was tried, and what came of it."""

    tried: str
    figures: str
    verdict: str = "holds"

    @property
    def holds(self) -> bool:
        return self.verdict == "holds"


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One file of docs/proof."""

    name: str
    title: str
    sizes: str
    versions: str
    seconds: float
    lines: Sequence[Line]
    not_run: Sequence[str]

    @property
    def holds(self) -> bool:
        return bool(self.lines) and all(line.holds for line in self.lines)

    def write(self) -> Path:
        FOLDER.mkdir(parents=True, exist_ok=True)
        path = FOLDER / f"{self.name}.md"
        path.write_text(self.text())
        return path

    def text(self) -> str:
        failures = [f"- {line.tried}: {line.verdict}" for line in self.lines if not line.holds] or ["none"]
        rows = [f"| {line.tried} | {line.figures} | {line.verdict} |" for line in self.lines]
        return "\n".join(
            [
                f"# {self.title}: {'holds' if self.holds else 'FAILS'}", "",
                "Written by `make proof`, which alone writes here.", "",
                f"- commit: {commit()}",
                f"- date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {self.seconds:.0f} s",
                f"- sizes: {self.sizes}",
                f"- versions: {self.versions}, Python {platform.python_version()}",
                f"- machine: {os.cpu_count()} cores, load average at the end {os.getloadavg()[0]:.1f}", "",
                "| tried | figures | verdict |", "|---|---|---|", *rows, "",
                "## Failures", "", *failures, "",
                "## Not run", "", *(f"- {what}" for what in self.not_run), "",
            ]
        )  # fmt: skip


def commit() -> str:
    """Name what was run; a tree that differs from its commit says so."""
    changed = _git("status", "--porcelain", "--untracked-files=no").splitlines()
    return _git("rev-parse", "HEAD") + (f", and {len(changed)} files changed since" if changed else "")


def _git(*arguments: str) -> str:
    git = shutil.which("git") or "git"
    answer = subprocess.run([git, *arguments], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 - git
    return answer.stdout.strip()

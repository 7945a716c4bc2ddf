"""What a stranger has: an interpreter whose only packages are hub-hookspecs[testing] and what these require."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
OFFLINE = ("--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--no-build-isolation")


def run(*command: str, cwd: Path, path: Path | None = None, alone: bool = False) -> subprocess.CompletedProcess[str]:
    """Run our interpreter there with `path` in front; `alone`: with nothing installed beside it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON", "HUB_"))}
    environment = inherited | ({"PYTHONPATH": str(path)} if path else {})
    python = [sys.executable, "-S"] if alone else [sys.executable]
    return subprocess.run(  # noqa: S603 - our own interpreter
        [*python, *command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def install(project: Path, target: Path) -> None:
    """Install from a folder, offline, beside what is there and not into it."""
    installed = run("-m", "pip", "install", *OFFLINE, "--target", str(target), str(project), cwd=project)
    assert installed.returncode == 0, installed.stderr


def a_kit(folder: Path) -> Path:
    """A folder with the kit as it is delivered, and links to what its own metadata says that it needs."""
    install(ROOT / "hookspecs", folder)
    for needed in _required("hub-hookspecs", frozenset({"testing"}), set()):
        for name in {file.parts[0] for file in needed.files or () if file.parts[0] not in ("..", "__pycache__")}:
            (folder / name).symlink_to(Path(str(needed.locate_file(name))))
    return folder


def _required(name: str, extras: frozenset[str], known: set[str]) -> Iterator[Distribution]:
    for text in distribution(name).requires or ():
        wanted = Requirement(text)
        applies = wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in {"", *extras})
        if applies and wanted.name.lower() not in known:
            known.add(wanted.name.lower())
            yield distribution(wanted.name)
            yield from _required(wanted.name, frozenset(wanted.extras), known)

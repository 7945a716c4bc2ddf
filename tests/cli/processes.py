"""The installed `hub` as a process of its own, in an environment that holds nothing but what a test gives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.cli.conftest import Ended

COMMAND = str(Path(sys.executable).with_name("hub"))
PATIENCE = 60.0  # seconds; only a hang takes so long


def run(*arguments: str, env: Mapping[str, str], stdin: bytes = b"") -> Ended:
    """Run one command to its end."""
    done = subprocess.run(  # noqa: S603 - our own command
        [COMMAND, *arguments], env=_environment(env), input=stdin, capture_output=True, timeout=PATIENCE, check=False
    )
    return Ended(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())


def run_unread(*arguments: str, env: Mapping[str, str]) -> Ended:
    """Run one command whose reader has gone, as `hub … | head` does."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(  # noqa: S603 - our own command
        [COMMAND, *arguments],
        env=_environment(env),
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=PATIENCE,
        check=False,
    )
    os.close(writer)
    return Ended(code=done.returncode, out="", err=done.stderr.decode())


@contextmanager
def staying(
    *arguments: str, env: Mapping[str, str], errors: Path, lines: int = 0
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A command that stays, and what it said first: so many lines, a document for 0, nothing below that.

    Killed if the block leaves it running.
    """
    with errors.open("w") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [COMMAND, *arguments],
            env=_environment(env),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,  # a group of its own, which a Ctrl-C can be sent to
        )
        try:
            yield process, _said(process, lines)
        finally:
            process.kill()
            process.communicate()


def stop(process: subprocess.Popen[str], sign: signal.Signals) -> int:
    process.send_signal(sign)
    return process.wait(PATIENCE)


def terminate(process: subprocess.Popen[str]) -> int:
    """What a service manager does."""
    return stop(process, signal.SIGTERM)


def press_ctrl_c(process: subprocess.Popen[str]) -> int:
    """A terminal sends the signal to the whole group, child processes too."""
    os.killpg(process.pid, signal.SIGINT)
    return process.wait(PATIENCE)


def _said(process: subprocess.Popen[str], wanted: int) -> str:
    """Read so many lines, or to the end of an indented JSON document; less where the process ended."""
    lines: list[str] = []
    if process.stdout is not None and wanted >= 0:
        for line in process.stdout:
            lines.append(line)
            if len(lines) == wanted or line == "}\n":
                break
    return "".join(lines)


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error::UserWarning:hub", **env}

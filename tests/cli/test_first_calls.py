"""The block "First calls" of the README works word for word; only port and data folder are the environment's."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.cli.processes import PATIENCE
from tests.servers import Pause

ROOT = Path(__file__).parents[2]


def first_calls() -> list[str]:
    """The commands, each whole: a line that ends in a backslash goes on."""
    found = re.search(r"## First calls\n+```\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    assert found, "the README has no first calls"
    return found[1].replace("\\\n", " ").strip().splitlines()


def test_the_first_calls_of_the_readme_work_as_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve, create, *calls = first_calls()
    monkeypatch.delenv("KEY", raising=False)
    # MAKEFLAGS: what is installed is under test; no test installs anything.
    env = _environment() | {"HUB_DATA_DIR": str(tmp_path), "HUB_PORT": "0", "MAKEFLAGS": "-o .venv/.installed"}

    with _staying(serve, env, log=tmp_path / "log") as address:
        with pytest.raises(AssertionError, match="unauthorised"):  # the control: a call that does not work is seen
            _called(calls[0], address)
        printed = subprocess.run(create, shell=True, cwd=ROOT, env=env, capture_output=True, text=True, check=True)  # noqa: S602 - as a person types it
        monkeypatch.setenv("KEY", _secret(printed.stdout))
        listed, made = (_called(each, address) for each in calls)

    assert "tokopedia" in [each["name"] for each in listed.json()["items"]]
    assert (made.status_code, made.json()["name"]) == (201, "Toko Batik Ayu")


@contextmanager
def _staying(command: str, env: Mapping[str, str], *, log: Path) -> Iterator[str]:
    """A command that stays, and where it says that it answers; it and what it started end with the block."""
    with log.open("w") as told:
        process = subprocess.Popen(  # noqa: S602 - as a person types it
            command, shell=True, cwd=ROOT, env=env, stdout=told, stderr=told, start_new_session=True
        )
    try:
        pause = Pause(PATIENCE)
        while not (found := re.search(r"answers at (http://\S+)", log.read_text())):
            assert process.poll() is None, log.read_text()
            pause.briefly()
        yield found[1]
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(PATIENCE)


def _called(command: str, address: str) -> httpx.Response:
    """Do what the line has curl do, at the port that was free; a machine without curl runs this too."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("-d", dest="body")
    parser.add_argument("url")
    name, *words = (os.path.expandvars(word) for word in shlex.split(command))
    asked = parser.parse_args(words)
    assert (name, httpx.URL(asked.url).port) == ("curl", 8000), "the default port"
    headers = dict(each.split(": ", 1) for each in asked.headers)
    url = httpx.URL(asked.url).copy_with(port=httpx.URL(address).port)
    answer = httpx.request("POST" if asked.body else "GET", url, headers=headers, content=asked.body)
    assert answer.is_success, answer.text
    return answer


def _secret(printed: str) -> str:
    found = re.search(r"hub_dev_\w+", printed)
    assert found, printed
    return found[0]


def _environment() -> dict[str, str]:
    """What a person's shell has: not what `make test ARGS=…` hands on to every make below it."""
    ours = ("HUB_", "MAKE", "MFLAGS", "ARGS")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}

"""Help is there at once, and every noun and verb has some."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator

import pytest
from typer.models import CommandInfo

from hub.cli import doctor, running
from hub.cli.root import NOUNS, verbs_of
from tests.cli.conftest import Hub
from tests.cli.processes import run

HELP_SECONDS = 0.2
HEAVY = ("sqlalchemy", "alembic", "litestar", "httpx", "rich", "structlog", "dramatiq", "redis", "pluggy", "pydantic")
TRIES = 5


def _paths() -> Iterator[tuple[str, ...]]:
    yield ()
    for module in (running, doctor):
        yield from (((_name(verb),)) for verb in module.app.registered_commands)
    for noun, (module_name, _) in NOUNS.items():
        yield (noun,)
        yield from ((noun, _name(verb)) for verb in verbs_of(module_name).registered_commands)


def _name(verb: CommandInfo) -> str:
    return verb.name or (verb.callback.__name__ if verb.callback else "")


@pytest.mark.parametrize("path", [*_paths()], ids=" ".join)
def test_every_noun_and_verb_explains_itself(command: Hub, path: tuple[str, ...]) -> None:
    ended = command(*path, "--help")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(" ".join(["Usage: hub", *path]))
    assert len(ended.out.splitlines()) > 4


@pytest.mark.parametrize("path", [(), ("account",), ("import", "start")], ids=["hub", "a noun", "a verb"])
def test_help_loads_nothing_that_takes_long(path: tuple[str, ...]) -> None:
    assert _loaded_by(*path, "--help") == set()


def test_the_probe_sees_what_a_command_loads() -> None:
    assert {"sqlalchemy", "structlog", "pydantic"} <= _loaded_by("merchant", "list")


def _loaded_by(*arguments: str) -> set[str]:
    program = f"import sys\nfrom hub.cli import main\nmain({[*arguments]!r})\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    return set(HEAVY) & set(done.stderr.split())


def test_help_takes_a_fifth_of_a_second() -> None:
    """Promised of an idle machine; processor time, and half as much again, since tests run beside other work."""
    quickest = min(_processor_seconds("--help") for _ in range(TRIES))

    assert quickest < HELP_SECONDS * 1.5


def test_a_noun_alone_shows_its_help(command: Hub) -> None:
    ended = command("merchant")

    assert "create" in ended.out + ended.err


def _processor_seconds(*arguments: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert run(*arguments, env={}).code == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

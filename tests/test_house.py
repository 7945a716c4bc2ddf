"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hub_hookspecs import ChannelSpec

ROOT = Path(__file__).parents[1]
SLICES = ("merchants", "channels", "catalog", "linking")
VOCABULARY = {"rules", "tables", "store", "service", "jobs", "schemas", "api"}
ENTRY_POINTS = {"api", "jobs", "cli", "demo"}
MODULE_LINES, FUNCTION_LINES = 400, 50
BUDGET = 12_000  # lines of the host without its console
LOOSE = re.compile(r"#\s*(type: ignore|noqa)|\bcast\(|\bAny\b")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def product() -> list[Path]:
    own = modules("hub", "hookspecs/hub_hookspecs", "migrations", "plugins")
    return [path for path in own if "tests" not in path.parts]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Function) and node.end_lineno is not None:
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1


def is_long(path: Path, limit: int = MODULE_LINES) -> bool:
    return len(path.read_text().splitlines()) > limit


def commits(source: str) -> list[int]:
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    named = ((call.func.attr, call.lineno) for call in calls if isinstance(call.func, ast.Attribute))
    return [line for name, line in named if name in ("commit", "begin")]


def unexplained(source: str) -> list[str]:
    """Lines that loosen the types or the linter without saying why; imports and comments alone say nothing."""
    lines = (line for line in source.splitlines() if LOOSE.search(line) and "import" not in line)
    return [line.strip() for line in lines if not re.search(r"#.*\w+.*", re.sub(LOOSE, "", line))]


def test_no_module_is_longer_than_can_be_read_at_once() -> None:
    assert [str(path) for path in [*product(), *modules("tests", "bench")] if is_long(path)] == []


def test_no_function_is_longer_than_a_screen() -> None:
    in_migrations = (path for path in product() if "versions" not in path.parts)
    long = [name for path in in_migrations for name, lines in functions(path) if lines > FUNCTION_LINES]

    assert long == []


def test_a_slice_has_only_the_files_that_everyone_knows() -> None:
    for name in SLICES:
        allowed = VOCABULARY | ({"host"} if name == "channels" else set())
        found = {path.stem for path in (ROOT / "hub" / name).iterdir() if not path.name.startswith("__")}

        assert found - allowed == set(), f"hub/{name}"


def test_only_the_database_begins_and_commits() -> None:
    allowed = {ROOT / "hub" / "kernel" / "db.py"}

    found = {path: commits(path.read_text()) for path in modules("hub") if path not in allowed}

    assert {str(path): lines for path, lines in found.items() if lines} == {}


def test_a_service_never_opens_a_transaction_of_its_own_unasked() -> None:
    """Where a plugin must be called in between, the service takes the database and says so."""
    for path in modules(*(f"hub/{name}/store" for name in SLICES)):
        assert ".writing()" not in path.read_text(), path


def test_every_hook_is_documented_with_its_arguments() -> None:
    page = (ROOT / "docs" / "hooks.md").read_text()
    hooks = [name for name in vars(ChannelSpec) if not name.startswith("_")]

    assert [name for name in hooks if f"{name}(" not in page] == []


def test_the_host_says_how_large_and_how_loose_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    lines = sum(len(path.read_text().splitlines()) for path in modules("hub"))
    assert lines, "nothing was counted"
    text = "\n".join(path.read_text() for path in product())
    counts = {word: len(re.findall(word, text)) for word in (r"\bAny\b", r"\bcast\(", "type: ignore", "noqa")}
    long = [str(path.relative_to(ROOT)) for path in product() if is_long(path, 250)]

    with capsys.disabled():
        print(f"\nhost: {lines:,} of {BUDGET:,} lines; {counts}; above 250 lines: {long or 'none'}")  # noqa: T201 - the figures that make check promises


@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param("connection.commit()", [1], id="a commit"),
        pytest.param("x = 1\nwith engine.begin(): ...", [2], id="a transaction of one's own"),
        pytest.param("with database.writing() as db: ...", [], id="the door"),
    ],
)
def test_the_search_for_commits_finds_them(source: str, found: list[int]) -> None:
    assert commits(source) == found

"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hub_hookspecs import ChannelSpec

from tests.acceptance.verdict import RESOLVED, ROWS

ROOT = Path(__file__).parents[1]
SLICES = (
    "merchants",
    "channels",
    "catalog",
    "stock",
    "linking",
    "crosslisting",
    "orders",
    "fulfilment",
    "webhooks",
    "notices",
)
VOCABULARY = {"rules", "tables", "store", "service", "jobs", "schemas", "api"}
ENTRY_POINTS = {"api", "jobs", "cli", "demo"}
MODULE_LINES, FUNCTION_LINES = 400, 50
BUDGET = 12_000  # lines of the host without its console
LOOSE = re.compile(r"#\s*(type: ignore|noqa)|\bcast\(|\bAny\b")
OPEN_THEIR_OWN = {  # each says so: a plugin is called in between, a batch is committed, or no route has one yet
    "merchants/service.py",
    *(
        f"channels/service/{name}.py"
        for name in ("amending", "closing", "doors", "proving", "resealing", "standing", "tokens")
    ),
}
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


def opens(source: str) -> bool:
    return bool(re.search(r"\.(writing|reading)\(\)", source))


def docstrings(source: str) -> str:
    told = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Module | ast.ClassDef | Function))
    return "\n".join(ast.get_docstring(node) or "" for node in told)


def posts(source: str) -> dict[str, bool]:
    """The handlers of POST in a module, and whether each answers by `request.answer`, itself or by one it calls.

    Those that are open to all are left out: without a key there is nobody whose Idempotency-Key it could be.
    """
    known = {node.name: node for node in ast.parse(source).body if isinstance(node, Function)}

    def keeps(node: Function) -> bool:
        called = [call.func for call in ast.walk(node) if isinstance(call, ast.Call)]
        if any(isinstance(func, ast.Attribute) and ast.unparse(func) == "request.answer" for func in called):
            return True
        inner = {func.id for func in called if isinstance(func, ast.Name)} & (known.keys() - {node.name})
        return any(keeps(known[name]) for name in inner)

    return {
        name: keeps(node)
        for name, node in known.items()
        if any(_wants_a_key(ast.unparse(each)) for each in node.decorator_list)
    }


def _wants_a_key(decorator: str) -> bool:
    return decorator.startswith("post(") and "open_to_all()" not in decorator


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
    """Where a plugin must be called in between, or no route has one yet, the service takes the database and says so."""
    parts = [
        path for name in SLICES for part in ("store", "service") for path in (ROOT / "hub" / name).glob(f"{part}*")
    ]
    files = [path for part in parts for path in ([part] if part.suffix == ".py" else part.rglob("*.py"))]

    opening = {str(path.relative_to(ROOT / "hub")): path.read_text() for path in files if opens(path.read_text())}

    assert opening.keys() == OPEN_THEIR_OWN
    assert [name for name, source in opening.items() if "transaction" not in docstrings(source)] == []


def test_every_post_keeps_its_answer_in_the_transaction_of_its_effect() -> None:
    """Else a crash between the two would leave an effect without the answer that its Idempotency-Key promises.

    Checking, resuming and closing an account commit once before: what the channel said of it, a pause, a cancelled job.
    Done again these change nothing, so their answer is kept with the last of them.
    """
    found = {path: posts(path.read_text()) for path in modules("hub") if "@post(" in path.read_text()}

    assert len([name for handlers in found.values() for name in handlers]) > 15
    assert {str(path): [name for name, keeps in each.items() if not keeps] for path, each in found.items()} == {
        str(path): [] for path in found
    }


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


@pytest.mark.parametrize(
    ("body", "keeps"),
    [
        pytest.param("return request.answer(db, made)", True, id="itself"),
        pytest.param("return _shown(request, db)", True, id="by one it calls"),
        pytest.param("return Response(made)", False, id="not at all"),
    ],
)
def test_the_search_for_answers_that_are_not_kept_finds_them(body: str, keeps: bool) -> None:
    helper = "def _shown(request, db):\n    return request.answer(db, 1)\n"

    others = '@get("/x")\ndef get_x(): ...\n@post("/y", opt=open_to_all())\ndef call_y(): ...'
    assert posts(f'{helper}@post("/x")\ndef make(request):\n    {body}\n{others}') == {"make": keeps}


def test_the_search_for_transactions_sees_reading_and_writing() -> None:
    assert [opens(f"with database.{way}() as db: ...") for way in ("reading", "writing", "dispose")] == [
        True,
        True,
        False,
    ]


def unclaimed(sources: list[str], rows: set[str]) -> set[str]:
    """Those of these rows of the acceptance table that no test claims."""
    return rows - {row for source in sources for row in re.findall(r'\brow\("([A-Z]-\d+)"\)', source)}


def test_every_row_of_an_issue_that_is_resolved_is_claimed_by_a_test() -> None:
    rows = {row for row, told in ROWS.items() if told.get("issue") in RESOLVED}
    sources = [path.read_text() for path in modules("tests", "plugins", "hookspecs/tests") if path != Path(__file__)]

    assert len(rows) > 50
    assert unclaimed(sources, rows) == set()
    assert unclaimed(['@pytest.mark.row("T-01")'], {"T-01", "T-02"}) == {"T-02"}

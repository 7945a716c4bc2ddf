"""The two pages for plugin authors are complete, and what the tutorial shows is what happens."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import hub_hookspecs
import pytest
from hub_hookspecs import (
    AccountCheck,
    Capability,
    Category,
    Channel,
    ChannelError,
    ChannelSpec,
    Item,
    Listing,
    Money,
    Paper,
    Place,
    Product,
    Rate,
)
from hub_hookspecs import reference as reference_of
from hub_hookspecs.admission.declaration import COMPANIONS
from hub_hookspecs.scaffold import write_plugin

DOCS = Path(__file__).parents[2] / "docs"
HOOKS = {name: spec for name, spec in vars(ChannelSpec).items() if not name.startswith("_")}
ERRORS = [
    error for error in vars(hub_hookspecs).values() if isinstance(error, type) and issubclass(error, ChannelError)
]

RECORDS = [
    each
    for each in vars(hub_hookspecs).values()
    if isinstance(each, type) and each.__module__ in ("hub_hookspecs.channel", "hub_hookspecs.records")
]


@pytest.fixture(scope="module")
def reference() -> str:
    return (DOCS / "hooks.md").read_text("utf-8")


@pytest.fixture(scope="module")
def tutorial() -> str:
    return (DOCS / "writing-a-plugin.md").read_text("utf-8")


def arguments_of(hook: str) -> list[str]:
    return [name for name in inspect.signature(HOOKS[hook]).parameters if name != "self"]


def section(page: str, hook: str) -> str:
    _, _, rest = page.partition(f"### `{hook}({', '.join(arguments_of(hook))})`\n")
    return re.split(r"^##", rest, maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_says_when_with_what_which_errors_and_what_happens_twice(reference: str, hook: str) -> None:
    told = section(reference, hook)

    for part in ("Answers", "- **When** ", "- **Arguments** ", "- **Errors** ", "- **Twice** "):
        assert part in told, f"{hook} says nothing of {part}"
    assert [name for name in arguments_of(hook) if f"`{name}`" not in told] == []


def test_no_hook_is_described_that_does_not_exist(reference: str) -> None:
    assert set(re.findall(r"^### `(\w+)\(", reference, flags=re.MULTILINE)) == set(HOOKS)


def test_the_page_of_records_has_every_field_of_every_record_as_the_source_says_it() -> None:
    written = (DOCS / "records.md").read_text("utf-8")

    assert written == reference_of.page(), "python -m hub_hookspecs records > docs/records.md"
    for record in RECORDS:
        told = written.partition(f"### `{record.__name__}`\n")[2].partition("\n###")[0]
        missing = [name for name in getattr(record, "__annotations__", {}) if f"| `{name}` |" not in told]
        assert (bool(told), missing) == (True, []), record


@pytest.mark.parametrize("record", [Product, Item, Listing, Category, Money, Place, Rate, Channel, AccountCheck])
def test_every_field_of_what_a_seller_channel_needs_says_what_it_means(record: type) -> None:
    assert [field.name for field in reference_of.fields_of(record) if not field.meaning] == []


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_says_what_the_hub_does_next(reference: str, error: type[ChannelError]) -> None:
    assert re.search(rf"^\| `{error.__name__}` \| .+ \| .+ \|$", reference, flags=re.MULTILINE)


@pytest.mark.parametrize("capability", Capability)
def test_every_capability_says_what_it_means_and_what_it_needs(reference: str, capability: Capability) -> None:
    row = re.search(rf"^\| `{capability}` \| .+ \|(.*)\|$", reference, flags=re.MULTILINE)

    assert row
    companion = COMPANIONS.get(capability)
    assert row[1].strip() == (f"`{companion}`" if companion else "")


@pytest.mark.parametrize("paper", Paper)
def test_every_paper_is_named(reference: str, paper: Paper) -> None:
    assert f"`{paper}`" in reference


def test_every_line_of_the_tutorials_plugin_is_in_the_plugin_that_is_written(tutorial: str, tmp_path: Path) -> None:
    plugin = write_plugin("cornershop", into=tmp_path) / "hub_cornershop"
    written = {line.strip() for file in plugin.glob("*.py") for line in file.read_text("utf-8").splitlines()}

    shown = re.findall(r"```python\n# (?:plugin|translate)\.py\n(.+?)```", tutorial, flags=re.DOTALL)

    assert shown
    assert [line for block in shown for line in block.splitlines() if line.strip() not in written] == []


def test_the_tests_of_the_tutorial_pass_beside_the_plugin_that_is_written(tutorial: str, tmp_path: Path) -> None:
    plugin = write_plugin("cornershop", into=tmp_path)
    shown = re.findall(r"```python\n# tests/(\w+\.py)\n(.+?)```", tutorial, flags=re.DOTALL)
    for name, code in shown:
        (plugin / "tests" / name).write_text(code, "utf-8")

    tested = run("-m", "pytest", "-q", *(f"tests/{name}" for name, _ in shown), cwd=plugin)

    assert shown
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_the_sandbox_of_the_tutorial_is_served_and_says_its_settings(tutorial: str, tmp_path: Path) -> None:
    plugin = write_plugin("cornershop", into=tmp_path)
    (script,) = re.findall(r"```python\n# serve\.py\n(.+?)```", tutorial, flags=re.DOTALL)
    (plugin / "serve.py").write_text(script.replace("port=8901", "port=0"), "utf-8")

    served = run("serve.py", cwd=plugin, typed="\n")

    assert served.returncode == 0, served.stderr
    assert re.search(r"'base_url': 'http://127\.0\.0\.1:\d+', 'api_key': 'key-", served.stdout)


def run(*command: str, cwd: Path, typed: str = "") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, *command], cwd=cwd, env=environment, input=typed, capture_output=True, text=True, check=False
    )

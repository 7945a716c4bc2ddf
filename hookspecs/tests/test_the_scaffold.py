"""A stranger's first minutes: a new plugin is written, passes its tests, builds and imports, offline and untouched."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

HOOKSPECS = Path(__file__).parents[1]

# What hub-hookspecs[testing] brings; a plugin may import nothing else.
ONLY_THE_KIT = """
import sys
ALLOWED = sys.stdlib_module_names | {
    "hub_cornershop", "hub_hookspecs", "msgspec", "pluggy", "httpx", "httpcore", "h11", "anyio", "sniffio", "idna",
    "certifi", "pytest", "_pytest", "iniconfig", "packaging", "pygments", "test_contract", "tests", "only_the_kit",
    "typing_extensions", "exceptiongroup", "conftest",
}
class Customs:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in ALLOWED:
            raise ModuleNotFoundError(f"not part of the kit: {name}", name=name)
sys.meta_path.insert(0, Customs())
"""

IMPORT_AS_INSTALLED = """
import httpx, msgspec
from importlib.metadata import entry_points
from hub_hookspecs import Account, load
from hub_hookspecs.testing import serve
hook = load(entry_points(group="hub.plugins")["cornershop"].load()).hook
sandbox = entry_points(group="hub.sandboxes")["cornershop"].load()(size=120)
with serve(sandbox), httpx.Client() as http:
    settings = msgspec.convert(sandbox.settings(), hook.describe_channel().settings)
    account = Account(id="a", merchant_id="m", settings=settings, token="", http=http)
    pages = list(hook.import_items(account=account, cursor=""))
    print(hook.check_account(account=account).identity, [len(page.records) for page in pages])
"""


def run(*command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON"))}
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, *command], cwd=cwd, env=inherited | environment, capture_output=True, text=True, check=False
    )


def new(name: str, *options: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return run("-m", "hub_hookspecs", "new", name, *options, cwd=cwd)


@pytest.fixture(scope="module")
def cornershop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("plugins")
    written = new("cornershop", cwd=place)
    assert (written.returncode, written.stderr) == (0, "")
    return place / "cornershop"


def test_a_new_plugin_has_at_most_eight_files(cornershop: Path) -> None:
    written = sorted(str(path.relative_to(cornershop)) for path in cornershop.rglob("*.*") if path.is_file())

    assert [path for path in written if "__pycache__" not in path and ".pytest_cache" not in path] == [
        "README.md",
        "hub_cornershop/__init__.py",
        "hub_cornershop/client.py",
        "hub_cornershop/plugin.py",
        "hub_cornershop/sandbox.py",
        "hub_cornershop/translate.py",
        "pyproject.toml",
        "tests/test_contract.py",
    ]


def test_its_tests_pass_untouched_in_ten_seconds_with_nothing_but_the_kit(cornershop: Path, tmp_path: Path) -> None:
    (tmp_path / "only_the_kit.py").write_text(ONLY_THE_KIT)
    kit_only = {"PYTHONPATH": str(tmp_path), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

    began = time.monotonic()
    tested = run(
        "-m", "pytest", "-q", "-rs", "-p", "only_the_kit", "-p", "no:cacheprovider", cwd=cornershop, **kit_only
    )
    seconds = time.monotonic() - began

    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert " passed" in tested.stdout
    skipped = [line for line in tested.stdout.splitlines() if line.startswith("SKIPPED")]
    assert all("not built yet" in line for line in skipped)
    assert seconds < 10


def test_customs_do_stop_what_is_not_part_of_the_kit(tmp_path: Path) -> None:
    (tmp_path / "only_the_kit.py").write_text(ONLY_THE_KIT)

    stopped = run("-c", "import only_the_kit, sqlalchemy", cwd=tmp_path)

    assert "not part of the kit: sqlalchemy" in stopped.stderr


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("ruff", "check", "."), id="its own ruff rules"),
        pytest.param(("ruff", "check", "--config", str(HOOKSPECS.parent / "pyproject.toml"), "."), id="our ruff rules"),
        pytest.param(("ruff", "format", "--check", "."), id="ruff format"),
        pytest.param(("mypy", "--no-incremental", "hub_cornershop", "tests"), id="mypy --strict"),
    ],
)
def test_a_new_plugin_is_clean(cornershop: Path, command: tuple[str, ...]) -> None:
    checked = run("-m", *command, cwd=cornershop)

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_new_plugin_installs_offline_and_imports_from_its_sandbox(cornershop: Path, tmp_path: Path) -> None:
    offline = ("--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--no-build-isolation")
    installed = run("-m", "pip", "install", *offline, "--target", str(tmp_path / "site"), ".", cwd=cornershop)
    assert installed.returncode == 0, installed.stderr

    imported = run("-c", IMPORT_AS_INSTALLED, cwd=tmp_path, PYTHONPATH=str(tmp_path / "site"))

    assert (imported.stdout, imported.stderr) == ("shop-1 [50, 50, 20]\n", "")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("Corner", "lower-case", id="a capital letter"),
        pytest.param("corner-shop", "lower-case", id="a dash"),
        pytest.param("1shop", "lower-case", id="a digit first"),
        pytest.param("shop_", "lower-case", id="an underscore last"),
        pytest.param("", "lower-case", id="nothing"),
        pytest.param("../shop", "lower-case", id="a way out of the folder"),
        pytest.param("s" * 41, "at most 40", id="too long"),
        pytest.param("shöp", "lower-case", id="beyond ASCII"),
        pytest.param("class", "the word is taken", id="a keyword"),
        pytest.param("hookspecs", "the word is taken", id="the kit itself"),
    ],
)
def test_a_bad_name_is_refused_in_one_line_and_nothing_is_written(tmp_path: Path, name: str, reason: str) -> None:
    refused = new(name, cwd=tmp_path)

    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
    assert reason in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "mine.txt").write_text("mine")

    refused = new("shop", cwd=tmp_path)

    assert (refused.returncode, refused.stderr) == (2, "hub_hookspecs: shop exists and is not an empty folder\n")
    assert [path.name for path in tmp_path.rglob("*")] == ["shop", "mine.txt"]


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()

    written = new("shop", "--into", str(tmp_path), cwd=HOOKSPECS)

    assert written.returncode == 0
    assert (tmp_path / "shop" / "pyproject.toml").is_file()


@pytest.mark.parametrize("into", ["nowhere", "a_file"])
def test_a_place_that_is_no_folder_is_refused(tmp_path: Path, into: str) -> None:
    (tmp_path / "a_file").touch()

    refused = new("shop", "--into", into, cwd=tmp_path)

    assert (refused.returncode, refused.stderr) == (2, f"hub_hookspecs: {into} is not a folder\n")


def test_a_command_that_does_not_exist_is_refused_in_one_line(tmp_path: Path) -> None:
    refused = run("-m", "hub_hookspecs", "make", "shop", cwd=tmp_path)

    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)


def test_the_templates_travel_in_the_wheel(tmp_path: Path) -> None:
    built = run("-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path), cwd=HOOKSPECS)
    assert built.returncode == 0, built.stdout + built.stderr

    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        templates = [name for name in wheel.namelist() if name.endswith(".tmpl")]

    assert len(templates) == 8

"""Rows K-01 and K-07: somebody who has only the kit writes a plugin, and a hub that never heard of it works with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from tests.strangers.kit import ROOT, a_kit, install, run
from tests.strangers.meeting import SIZE
from tests.world import Json

NAME = "pasar"


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_kit(tmp_path_factory.mktemp("kit"))


@pytest.fixture(scope="module")
def pasar(kit: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = tmp_path_factory.mktemp("desk")
    written = run("-m", "hub_hookspecs", "new", NAME, cwd=desk, path=kit, alone=True)
    assert (written.returncode, written.stderr) == (0, "")
    return desk / NAME


@pytest.fixture(scope="module")
def site(pasar: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("site")
    install(pasar, site)
    return site


@pytest.fixture(scope="module")
def met(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Json:
    return _a_hub_tells(tmp_path_factory.mktemp("data"), beside=site)


@pytest.mark.row("K-07")
def test_a_strangers_plugin_passes_its_tests_where_nothing_but_the_kit_is_installed(pasar: Path, kit: Path) -> None:
    tested = run("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=pasar, path=kit, alone=True)

    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert " passed" in tested.stdout


@pytest.mark.row("K-07")
@pytest.mark.parametrize("absent", ["hub", "sqlalchemy", "litestar", "dramatiq", "hub_tokopedia"])
def test_neither_the_host_nor_what_it_is_made_of_is_there(kit: Path, tmp_path: Path, absent: str) -> None:
    tried = run("-c", f"import {absent}", cwd=tmp_path, path=kit, alone=True)

    assert f"No module named '{absent}'" in tried.stderr


@pytest.mark.row("K-01")
def test_a_plugin_that_is_installed_beside_the_hub_is_listed_with_what_it_can_do(met: Json) -> None:
    plugin = met["plugins"][NAME]

    assert (plugin["distribution"], plugin["version"], plugin["refused"]) == (f"hub-{NAME}", "0.1.0", "")
    assert plugin["offers"] == ["import_items"]
    assert met["plugins"]["tokopedia"]["refused"] == ""


@pytest.mark.row("K-01")
@pytest.mark.row("K-07")
def test_the_hub_imports_from_it_and_links_what_came_in(met: Json) -> None:
    ended, listings = met["import"], met["listings"]

    assert met["account"]["state"] == "active"
    assert ended["items_seen"] == ended["listings"] + sum(ended["skipped"].values()) == SIZE
    assert len(listings) == ended["listings"] > 0
    assert {listing["state"] for listing in listings} == {"linked"}
    assert {product["sku"] for product in met["products"]} == {listing["sku"] for listing in listings}
    assert met["sandbox_failed"] == []


@pytest.mark.row("K-01")
def test_a_plugin_that_is_taken_away_is_gone_and_the_hub_runs_on(met: Json, site: Path, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "site")
    _uninstall(tmp_path / "site")

    told = _a_hub_tells(tmp_path / "data", beside=tmp_path / "site")

    assert NAME not in told["plugins"]
    assert told["plugins"].keys() == met["plugins"].keys() - {NAME}


@pytest.mark.row("K-01")
def test_no_line_of_the_host_names_the_package_of_a_plugin() -> None:
    shipped = [path.name for path in (ROOT / "plugins").iterdir() if (path / "pyproject.toml").is_file()]

    assert _lines_of_the_host_with(f"hub_{NAME}", *(f"hub_{plugin}" for plugin in shipped)) == []
    assert _lines_of_the_host_with("hub_hookspecs") != [], "the search finds what is there"


def _a_hub_tells(folder: Path, *, beside: Path) -> Json:
    told = run("-m", "tests.strangers.meeting", str(folder), NAME, cwd=ROOT, path=beside)
    assert told.returncode == 0, told.stdout + told.stderr
    found: Json = msgspec.json.decode((folder / "told.json").read_bytes())
    return found


def _lines_of_the_host_with(*words: str) -> list[str]:
    lines = [line for path in (ROOT / "hub").rglob("*.py") for line in path.read_text().splitlines()]
    return [line for line in lines if any(word in line for word in words)]


def _uninstall(site: Path) -> None:
    for installed in site.glob(f"hub_{NAME}*"):
        shutil.rmtree(installed)

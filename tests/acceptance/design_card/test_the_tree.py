"""Row K-09: the top level of the tree, as far as it is built."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.row("K-09")
ROOT = Path(__file__).parents[3]
PLANNED = {"tokopedia", "pos", "fastock_my", "shopify"}
BUILT = ("pos", "shopify", "tokopedia")


@pytest.mark.parametrize("folder", ["hub", "hookspecs", "migrations", "tests", *(f"plugins/{name}" for name in BUILT)])
def test_each_folder_that_is_built_is_where_the_card_says(folder: str) -> None:
    assert any((ROOT / folder).rglob("*.py"))


def test_there_is_no_plugin_that_the_card_does_not_name() -> None:
    found = {path.name for path in (ROOT / "plugins").iterdir() if (path / "pyproject.toml").is_file()}

    assert set(BUILT) <= found <= PLANNED


@pytest.mark.parametrize(
    ("folder", "distribution", "package"),
    [
        pytest.param(".", "integration-hub", "hub", id="the host"),
        pytest.param("hookspecs", "hub-hookspecs", "hub_hookspecs", id="the contract"),
        pytest.param("plugins/tokopedia", "hub-tokopedia", "hub_tokopedia", id="Tokopedia"),
        pytest.param("plugins/pos", "hub-pos", "hub_pos", id="the point of sale"),
        pytest.param("plugins/shopify", "hub-shopify", "hub_shopify", id="Shopify"),
    ],
)
def test_host_contract_and_plugin_are_distributions_of_their_own(folder: str, distribution: str, package: str) -> None:
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())

    assert project["project"]["name"] == distribution
    assert package in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert (ROOT / folder / package / "__init__.py").is_file()

"""Row K-09: the top level of the tree, as far as it is built."""

from __future__ import annotations

import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

pytestmark = pytest.mark.row("K-09")
ROOT = Path(__file__).parents[3]
PLANNED = {"tokopedia", "pos", "fastock_my", "shopify"}
BUILT = ("fastock_my", "pos", "shopify", "tokopedia")
TO_TRY_WITH = {"pasar_my"}  # of no system that the card names: its page says that it is a test plugin


@pytest.mark.parametrize("folder", ["hub", "hookspecs", "migrations", "tests", *(f"plugins/{name}" for name in BUILT)])
def test_each_folder_that_is_built_is_where_the_card_says(folder: str) -> None:
    assert any((ROOT / folder).rglob("*.py"))


def test_there_is_no_plugin_that_the_card_does_not_name() -> None:
    found = {path.name for path in (ROOT / "plugins").iterdir() if (path / "pyproject.toml").is_file()}

    assert set(BUILT) <= found <= PLANNED | TO_TRY_WITH


@pytest.mark.parametrize("name", sorted(TO_TRY_WITH))
def test_a_plugin_to_try_with_says_on_its_page_and_in_its_name_that_it_is_one(name: str) -> None:
    page = (ROOT / "plugins" / name / "README.md").read_text()
    declared = entry_points(group="hub.plugins")[name].load().describe_channel()

    assert "This is a test plugin" in page
    assert declared.title.endswith("(test channel)")


@pytest.mark.parametrize(
    ("folder", "distribution", "package"),
    [
        pytest.param(".", "integration-hub", "hub", id="the host"),
        pytest.param("hookspecs", "hub-hookspecs", "hub_hookspecs", id="the contract"),
        pytest.param("plugins/tokopedia", "hub-tokopedia", "hub_tokopedia", id="Tokopedia"),
        pytest.param("plugins/pos", "hub-pos", "hub_pos", id="the point of sale"),
        pytest.param("plugins/shopify", "hub-shopify", "hub_shopify", id="Shopify"),
        pytest.param("plugins/fastock_my", "hub-fastock-my", "hub_fastock_my", id="Fastock MY"),
    ],
)
def test_host_contract_and_plugin_are_distributions_of_their_own(folder: str, distribution: str, package: str) -> None:
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())

    assert project["project"]["name"] == distribution
    assert package in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert (ROOT / folder / package / "__init__.py").is_file()

"""Stocktakes from the command line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.runtime import assemble
from hub.settings import Settings
from hub.worker import run_embedded
from tests.cli.conftest import Hub
from tests.servers import Pause
from tests.sheets import refilled

PATIENCE = 30.0


@pytest.fixture
def embedded_worker(hub: Hub) -> Iterator[None]:
    """Whoever serves the hub works beside the commands, on both databases."""
    settings = Settings.from_environment(os.environ)
    runtime = assemble(settings)
    with run_embedded(runtime.work, settings):
        yield
    runtime.close()


def comes_true(condition: Callable[[], bool]) -> None:
    pause = Pause(PATIENCE)
    while not condition():
        pause.briefly()


def test_what_is_counted_goes_out_and_comes_in_as_a_workbook(
    hub: Hub, merchant: str, embedded_worker: None, tmp_path: Path
) -> None:
    product = hub("product", "create", "--sku", "TEE-M", "--name", "Kaos", "-m", merchant, "--json").document["id"]
    begun = hub("stock", "export", "-m", merchant, "--json").document["id"]

    def state() -> str:
        return str(hub("stock", "stocktake", begun, "-m", merchant, "--json").document["state"])

    comes_true(lambda: bool(hub("notice", "list", "-m", merchant, "--json").document["items"]))
    (notice,) = hub("notice", "list", "-m", merchant, "--json").document["items"]
    assert notice["link"], notice
    file = tmp_path / "stock.xlsx"
    assert hub("notice", "download", notice["id"], "-m", merchant, "--to", str(file)).code == 0
    file.write_bytes(refilled(file.read_bytes(), lambda rows: [row | {"Counted": 4} for row in rows], "Stock"))

    missing = hub("stock", "import", begun, str(tmp_path / "none.xlsx"), "-m", merchant)
    handed_in = hub("stock", "import", begun, str(file), "-m", merchant, "--json")
    comes_true(lambda: state() == "done")

    assert (missing.code, handed_in.document["state"]) == (2, "booking")
    assert hub("stock", "show", product, "-m", merchant, "--json").document["items"][0]["on_hand"] == 4
    rows = hub("stock", "counted", begun, "-m", merchant, "--outcome", "booked", "--json").document["items"]
    assert [(row["sku"], row["moved"]) for row in rows] == [("TEE-M", 4)]
    assert hub("stock", "stocktakes", "-m", merchant, "--json").document["items"][0]["outcomes"] == {"booked": 1}

"""The command line in process, over each database, and a shop on loopback to connect."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from hub_hookspecs.testing.sandbox import serve
from hub_tokopedia.sandbox import TokopediaSandbox

from hub.cli import main
from hub.runtime import assemble
from hub.settings import Settings
from hub.worker import run_embedded

RING = "tests:" + "A" * 43 + "="


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:  # Any: JSON
        return json.loads(self.out)


Hub = Callable[..., Ended]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Hub:
    """Run one command in this process, with an empty data folder and no other setting."""
    for name in [name for name in os.environ if name.startswith("HUB_") and not name.startswith("HUB_TEST_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HUB_DATA_DIR", str(tmp_path))

    def run(*arguments: str) -> Ended:
        capsys.readouterr()
        code = main(arguments)
        said = capsys.readouterr()
        return Ended(code=code, out=said.out, err=said.err)

    return run


@pytest.fixture
def hub(command: Hub, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """Run one command against a migrated database."""
    settings = {"DATABASE_URL": database_url, "KEY_RING": RING, "THREADS": "4"}
    for name, value in (settings | {"ALLOW_LOOPBACK_CHANNELS": "true", "SWEEP": "0.1"}).items():
        monkeypatch.setenv(f"HUB_{name}", value)
    return command


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """A command sends the log to the standard error of its process; here many commands share one."""
    handlers = list(logging.getLogger().handlers)
    yield
    logging.getLogger().handlers[:] = handlers
    structlog.reset_defaults()


@pytest.fixture
def merchant(hub: Hub) -> str:
    made: dict[str, str] = hub("merchant", "create", "Toko Batik Ayu", "--json").document
    return made["id"]


@pytest.fixture
def sandbox() -> Iterator[TokopediaSandbox]:
    shop = TokopediaSandbox(seed=7, size=60)
    with serve(shop):
        yield shop


@pytest.fixture
def settings_file(sandbox: TokopediaSandbox, tmp_path: Path) -> str:
    """What a merchant would type in, as a file."""
    path = tmp_path / "settings.json"
    path.write_text(json.dumps(sandbox.settings()))
    return str(path)


@pytest.fixture
def connected(hub: Hub, merchant: str, settings_file: str) -> dict[str, Any]:  # Any: JSON
    """An account of the merchant that the channel has accepted; nothing is imported yet."""
    hub("plugin", "enable", "tokopedia", "-m", merchant)
    made = hub(
        "account", "connect", "tokopedia", "-m", merchant, "--settings", settings_file,
        "--confirm-preconditions", "--no-import", "--json",
    )  # fmt: skip
    account: dict[str, Any] = made.document["account"]  # Any: JSON
    return account


@pytest.fixture
def worker(hub: Hub, database_url: str) -> Iterator[None]:
    """What `hub worker` does beside a PostgreSQL database; the embedded form works inside of the command."""
    settings = Settings.from_environment(os.environ)
    if settings.embedded:
        yield
        return
    runtime = assemble(settings)
    with run_embedded(runtime.work, settings):
        yield
    runtime.close()

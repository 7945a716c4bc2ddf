"""Plugins from the command line, for their authors and for ops."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Hub


def test_what_is_installed_is_listed_and_shown_with_its_settings(hub: Hub) -> None:
    listed = hub("plugin", "list", "--json").document["items"]
    shown = hub("plugin", "show", "tokopedia", "--json").document
    read = hub("plugin", "show", "tokopedia").out

    assert {"pos", "tokopedia"} <= {each["name"] for each in listed}
    assert "client_secret" in shown["settings_schema"]["properties"]
    assert "client_secret" in read


def test_a_new_plugin_is_written_and_passes_the_check(
    command: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = command("plugin", "new", "cornershop", "--into", str(tmp_path), "--json")
    monkeypatch.setattr(sys, "path", [made.document["folder"], *sys.path])

    checked = command("plugin", "check", "hub_cornershop.plugin", "--json")
    read = command("plugin", "check", "hub_cornershop.plugin")

    assert (made.code, checked.code, read.code) == (0, 0, 0)
    assert checked.document["items"] == []
    assert read.out == "Nothing speaks against loading hub_cornershop.plugin.\n"


def test_everything_that_speaks_against_a_plugin_is_said(
    command: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hub_half.py").write_text(
        "from hub_hookspecs import hookimpl\n@hookimpl\nasync def check_account(account): ...\n"
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    checked = command("plugin", "check", "hub_half", "--json")

    assert checked.code == 1
    assert len(checked.document["items"]) >= 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(("new", "Corner Shop"), "is no name for a plugin", id="a name that is none"),
        pytest.param(("new", "cornershop", "--into", "/nowhere"), "/nowhere is not a folder", id="no folder"),
        pytest.param(("check", "nobody_has_this"), "no plugin 'nobody_has_this' is installed", id="not installed"),
    ],
)
def test_what_cannot_be_written_or_checked_is_one_line(command: Hub, arguments: tuple[str, ...], told: str) -> None:
    ended = command("plugin", *arguments)

    assert ended.code == 2
    assert told in ended.err
    assert ended.err.count("\n") == 1


def test_the_doctor_of_plugins_names_accounts_that_wait_for_a_person(hub: Hub, connected: dict[str, str]) -> None:
    healthy = hub("plugin", "doctor", "--json")

    assert healthy.code == 0
    assert {each["verdict"] for each in healthy.document["items"]} == {"ok"}
    assert connected["state"] == "active"

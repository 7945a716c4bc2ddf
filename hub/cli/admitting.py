"""Looks at plugins for their authors and for ops: what speaks against loading one, and what keeps it from working."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from importlib.metadata import entry_points

import sqlalchemy as sa
import typer
from hub_hookspecs.admission import objections

from hub.channels.host.loading import GROUP
from hub.channels.rules import State
from hub.channels.tables import account
from hub.cli.checks import Finding, failed, ok, warning
from hub.runtime import Runtime

SANDBOXES = "hub.sandboxes"


def objections_to(name: str) -> list[str]:
    """Everything against an installed plugin, or against the plugin in a module of this name."""
    points = list(entry_points(group=GROUP, name=name))
    try:
        plugin = points[0].load() if points else importlib.import_module(name)
        rivals = [f"{len(points)} distributions provide it; uninstall all but one"] if len(points) > 1 else []
        return [*rivals, *objections(plugin)]
    except ModuleNotFoundError as error:
        if error.name and name.startswith(error.name):
            raise typer.BadParameter(f"no plugin {name!r} is installed, and no module has this name") from error
        return [_told(error)]
    except Exception as error:  # noqa: BLE001 - a stranger's module may raise anything while it is imported
        return [_told(error)]


def examine(runtime: Runtime) -> list[Finding]:
    """Every installed plugin, and the accounts of each that wait for a person."""
    hosts = runtime.channels.hosts
    found = [
        failed(refusal.name, f"refused: {refusal.reason}", cure=f"hub plugin check {refusal.name}")
        for refusal in hosts.refused.values()
    ]
    sandboxed = entry_points(group=SANDBOXES).names
    for name, host in hosts.loaded.items():
        found.append(ok(name, f"{host.distribution} {host.version} is loaded"))
        if host.channel.rate is not None and name not in sandboxed:
            cure = f"its author adds an entry point in the group {SANDBOXES}"
            found.append(warning(name, "talks to a network and has no sandbox", cure=cure))
    return found + list(_waiting(runtime))


def _waiting(runtime: Runtime) -> Iterator[Finding]:
    waits = sa.select(account.c.id, account.c.plugin, account.c.name, account.c.reason).where(
        account.c.state == State.NEEDS_ACTION
    )
    with runtime.database.reading() as db:
        rows = db.execute(waits.order_by(account.c.id)).all()
    for row in rows:
        cure = f"hub account check {row.id}, or hub account settings {row.id}"
        yield warning(row.plugin, f"{row.name} waits for a person: {row.reason}", cure=cure)


def _told(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())

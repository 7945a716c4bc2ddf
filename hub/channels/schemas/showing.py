"""Lays out plugins, switches and accounts for people: what they may see, never a secret."""

from __future__ import annotations

import msgspec

from hub.channels import store
from hub.channels.host import Host, Refusal, capability_sheet, settings_schema
from hub.channels.schemas import Account, Plugin, PluginDetail, Switch
from hub.channels.service.formed import shown
from hub.channels.service.sealed import open_settings
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound


def plugins(channels: Channels) -> list[Plugin]:
    """Everything installed, by name: what is loaded with what it can do, what is refused with the reason."""
    installed: dict[str, Host | Refusal] = {**channels.hosts.loaded, **channels.hosts.refused}
    return [_plugin(installed[name]) for name in sorted(installed)]


def plugin_detail(channels: Channels, name: str) -> PluginDetail:
    if name not in channels.hosts.loaded and name not in channels.hosts.refused:
        raise NotFound("plugin")
    host = channels.host(name)
    return PluginDetail(sheet=capability_sheet(host), settings_schema=settings_schema(host))


def switches(channels: Channels, db: Transaction, merchant_id: str) -> list[Switch]:
    """One for each installed plugin, and for each that was enabled once and is gone."""
    kept = store.switches.switches_of(db, merchant_id)
    running = store.switches.in_flight(db, merchant_id)
    found = []
    for name in sorted({*channels.hosts.loaded, *channels.hosts.refused, *kept}):
        row = kept.get(name)
        enabled, in_flight = row is not None and row.enabled, running.get(name, 0)
        found.append(
            Switch(
                plugin=name,
                enabled=enabled,
                draining=not enabled and in_flight > 0,
                in_flight=in_flight,
                changed_at=row.changed_at if row else None,
            )
        )
    return found


def switch(channels: Channels, db: Transaction, merchant_id: str, name: str) -> Switch:
    for found in switches(channels, db, merchant_id):
        if found.plugin == name:
            return found
    raise NotFound("plugin")


def account(channels: Channels, row: AccountRow) -> Account:
    host = channels.hosts.loaded.get(row.plugin)
    settings = None
    if row.settings and host is not None:
        settings = shown(host, open_settings(channels.ring, row.id, row.settings))
    visible = {name: getattr(row, name) for name in Account.__struct_fields__ if name != "settings"}
    return msgspec.convert({**visible, "settings": settings}, Account)


def _plugin(found: Host | Refusal) -> Plugin:
    if isinstance(found, Refusal):
        return Plugin(name=found.name, distribution=found.distribution, version=found.version, refused=found.reason)
    sheet = capability_sheet(found)
    return Plugin(
        name=found.name,
        distribution=found.distribution,
        version=found.version,
        title=sheet.title,
        offers=sheet.offers,
        lacks=sheet.lacks,
    )

"""Loads channel plugins and calls exactly one of them at a time.

`loading` finds and admits plugins, `declaring` decides whether to believe what one says of itself, `facade` is the
`Host` with a method per hook, `calls` asks the questions, `questions` remembers what is still open in a stream,
`checking` looks at every answer, `errors` names every failure for what the hub does next, and `doors` is how a hook
meets an account. `sheet` and `form` show what a channel can do and what its settings are.
"""

from hub.channels.host.doors import AnyAccount, Door, OpenDoor, unplugged
from hub.channels.host.errors import PluginBug, SettingsRefused
from hub.channels.host.facade import Host
from hub.channels.host.form import generated_settings, settings_from, settings_schema
from hub.channels.host.loading import Hosts, Refusal, load_hosts
from hub.channels.host.sheet import CapabilitySheet, capability_sheet

__all__ = [
    "AnyAccount",
    "CapabilitySheet",
    "Door",
    "Host",
    "Hosts",
    "OpenDoor",
    "PluginBug",
    "Refusal",
    "SettingsRefused",
    "capability_sheet",
    "generated_settings",
    "load_hosts",
    "settings_from",
    "settings_schema",
    "unplugged",
]

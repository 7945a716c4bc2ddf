"""What a running hub is made of; the entry points build it once and hand its parts on by name."""

from __future__ import annotations

from dataclasses import dataclass

from hub.kernel.db import Database
from hub.kernel.sealing import KeyRing
from hub.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """Each field can be asked for by name in a route handler."""

    settings: Settings
    database: Database
    ring: KeyRing

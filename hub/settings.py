"""Everything that the environment decides, read once into one frozen struct."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import msgspec

PREFIX = "HUB_"
OF_TESTS = "HUB_TEST_"
OF_COMMANDS = ("HUB_MERCHANT",)  # stand for an option of the command line, and are no settings
Seconds = Annotated[float, msgspec.Meta(ge=0.01, le=86_400)]  # no clock bears any number, and nobody a busy loop
_NUMBERS = (msgspec.inspect.IntType, msgspec.inspect.FloatType)


class SettingError(ValueError):
    """A setting is missing or wrong; the message names it and the cure."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One field per HUB_* variable, in lower case."""

    data_dir: Path = Path("var")
    database_url: str = ""  # empty: SQLite in data_dir
    redis_url: str = ""  # empty: one process, wake-ups stay in memory
    key_ring: str = ""  # "id:base64key[,older …]"; empty: a file in data_dir, embedded form only
    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8000
    environment: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]{1,12}\Z")] = "dev"
    public_url: str = ""  # where channels reach us; empty: http://host:port
    allow_loopback_channels: bool = False  # sandboxes live on loopback; everything else private stays refused
    threads: Annotated[int, msgspec.Meta(ge=1, le=256)] = 16
    worker_processes: Annotated[int, msgspec.Meta(ge=1, le=64)] = 1  # children of `hub worker`
    worker_memory: Annotated[int, msgspec.Meta(ge=64, le=1_048_576)] = 1024  # MiB of data that each may take
    hard_deadline: Seconds = 30.0  # a run that gives no sign for so long takes its worker process with it
    job_lease: Seconds = 30.0
    sweep: Seconds | None = None  # None: 5 s with Redis, 1 s embedded
    order_poll: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 5  # minutes at most, as divide an hour or a day
    stock_alarm: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 15  # minutes that figures may be behind unannounced
    sync_share: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50  # percent of SKUs that a stock sync may change unasked
    clock_offset: Annotated[float, msgspec.Meta(ge=-1_000_000_000, le=1_000_000_000)] = (
        0.0  # seconds added to every clock; only tests set it
    )

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'hub.sqlite3'}"

    @property
    def clock_shift(self) -> timedelta:
        return timedelta(seconds=self.clock_offset)

    @property
    def embedded(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def sweep_seconds(self) -> float:
        return self.sweep or (5.0 if self.redis_url else 1.0)

    @classmethod
    def unknown_in(cls, environ: Mapping[str, str]) -> dict[str, str]:
        """Names that look like settings and are none, each with the setting that was perhaps meant, or ""."""
        known = [f"{PREFIX}{name.upper()}" for name in cls.__struct_fields__]
        strange = [
            name
            for name in sorted(environ)
            if name.startswith(PREFIX) and not name.startswith(OF_TESTS) and name not in (*known, *OF_COMMANDS)
        ]
        return {name: next(iter(get_close_matches(name, known, n=1)), "") for name in strange}

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        known = {f"{PREFIX}{name.upper()}": name for name in cls.__struct_fields__}
        given = {known[name]: value for name, value in environ.items() if name in known and value != ""}
        try:
            return msgspec.convert(given, cls, strict=False, dec_hook=_decode)
        except msgspec.ValidationError as error:
            field = str(error).rpartition("$.")[2].rstrip("`") if "$." in str(error) else ""
            reason = str(error).split(" - at ")[0]
            raise SettingError(f"{PREFIX}{field.upper()}: {reason}{_limits(field)}") from error


def _limits(name: str) -> str:
    """What may be written for a number, where msgspec names only the limit that was passed, or none."""
    types = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    kind = msgspec.inspect.type_info(types.get(name))
    kinds = kind.types if isinstance(kind, msgspec.inspect.UnionType) else (kind,)
    return "".join(f"; write a number from {each.ge} to {each.le}" for each in kinds if isinstance(each, _NUMBERS))


def _decode(kind: type, value: Any) -> Any:  # Any: msgspec's own signature of such a hook
    return Path(value) if kind is Path else value

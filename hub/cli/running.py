"""`hub serve`, `hub api`, `hub worker` and `hub demo`: the commands that stay."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from hub.cli import folder, opening, showing
from hub.cli.options import Json
from hub.settings import SettingError, Settings

if TYPE_CHECKING:
    import uvicorn

    from hub.kernel.jobs.station import Station
    from hub.runtime import Runtime

app = typer.Typer(rich_markup_mode=None)
LOOK_SECONDS = 0.5

Host = Annotated[str | None, typer.Option(help="Where to listen; HUB_HOST by default.")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Where to listen; HUB_PORT by default, 0: any free.")]


@app.command()
def serve(host: Host = None, port: Port = None, as_json: Json = False) -> None:
    """Serve the API and run jobs in this one process; the embedded database is made by itself."""
    _serve(_listening(host, port), works=True, as_json=as_json)


@app.command()
def api(host: Host = None, port: Port = None, as_json: Json = False) -> None:
    """Serve the API alone; jobs are run by `hub worker`."""
    _serve(_listening(host, port), works=False, as_json=as_json)


@app.command()
def worker() -> None:
    """Run jobs in worker processes until Ctrl-C; needs Redis, and a database that several processes can share."""
    from hub import worker as supervised
    from hub.kernel import logs

    settings = opening.settings()
    with opening.opened_database(settings):
        pass
    logs.configure(stream=sys.stderr)
    raise typer.Exit(supervised.run(settings))


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End when the story is told.")] = False,
    items: Annotated[int, typer.Option(min=10, max=1_000_000, help="How many items the shops have.")] = 3000,
    as_json: Json = False,
) -> None:
    """Play the whole story on sandboxes, in a data folder of its own: import, confirm, list, and have a 3PL send."""
    from hub.cli import telling

    with _stopped_by_term(), _naming_address():
        telling.play(opening.settings(), items=items, once=once, as_json=as_json)


def _listening(host: str | None, port: int | None) -> Settings:
    found = opening.settings()
    return msgspec.structs.replace(
        found, host=found.host if host is None else host, port=found.port if port is None else port
    )


def _serve(settings: Settings, *, works: bool, as_json: bool) -> None:
    from hub.kernel import logs
    from hub.kernel.jobs.broker import check_redis
    from hub.server import listen, server

    logs.configure(stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # each start would tell of plugins and contexts
    if settings.redis_url:
        check_redis(settings.redis_url)
    with ExitStack() as stack:
        stack.enter_context(_stopped_by_term())
        stack.enter_context(folder.serving(settings))
        runtime = stack.enter_context(_opened(settings, migrates=works))
        with _naming_address():
            taken = stack.enter_context(listen(settings.host, settings.port))
        station = stack.enter_context(_working(runtime)) if works else None
        address = f"http://{settings.host}:{taken.getsockname()[1]}"
        _greet(runtime, address, works=works, as_json=as_json)
        serving = server(runtime, is_well=_health_of(station) if station else None)
        if station:
            threading.Thread(target=_watch, args=(station, serving), name="watch", daemon=True).start()
        serving.run(sockets=[taken])
        if not serving.started:
            raise RuntimeError("the API could not start; the log says why")
        if station and not station.well:
            raise RuntimeError("the sweep has ended, and nobody would find lost work; start the hub again")


@contextmanager
def _working(runtime: Runtime) -> Iterator[Station]:
    """Run jobs in this process."""
    from hub.worker import run_embedded

    station = run_embedded(runtime.work, runtime.settings, alone=runtime.settings.embedded)
    with station:
        yield station


def _health_of(station: Station) -> Callable[[], bool]:
    return lambda: station.well


def _watch(station: Station, serving: uvicorn.Server) -> None:
    """End the process with its sweep: a service manager starts it again, and until then it is not ready."""
    while not station.runner.stopping.wait(LOOK_SECONDS):
        if not station.well:
            serving.should_exit = True
            return


@contextmanager
def _opened(settings: Settings, *, migrates: bool) -> Iterator[Runtime]:
    """The runtime; `migrates` brings an embedded database to the newest revision, never a PostgreSQL one."""
    if migrates and settings.embedded:
        from hub.kernel import migrating

        with opening.opened_database(settings, migrated=False) as database:
            migrating.upgrade(database)
    with opening.opened_runtime(settings) as runtime:
        yield runtime


def _greet(runtime: Runtime, address: str, *, works: bool, as_json: bool) -> None:
    settings = runtime.settings
    told = {
        "address": address,
        "database": opening.shown_url(settings),
        "redis": bool(settings.redis_url),
        "runs_jobs": works,
    }
    if as_json:
        showing.document(told)
    else:
        showing.say(f"The hub answers at {address} (database {told['database']}); Ctrl-C stops it.")
        if not _has_keys(runtime):
            showing.say("Nobody can sign in yet. Make a key: hub key create admin --all-merchants --access admin")
    sys.stdout.flush()


def _has_keys(runtime: Runtime) -> bool:
    from hub.merchants import store

    with runtime.database.reading() as db:
        return bool(store.keys_reaching(db, None, after=None, limit=1))


@contextmanager
def _stopped_by_term() -> Iterator[None]:
    """A SIGTERM ends the block in order, with exit 0."""
    before = signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _naming_address() -> Iterator[None]:
    from hub.server import CannotListen

    try:
        yield
    except CannotListen as error:
        raise SettingError(str(error)) from error

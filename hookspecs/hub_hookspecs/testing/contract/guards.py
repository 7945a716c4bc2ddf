"""Watches what a hook does beside its work: connections of its own, sleep, and what it logs or prints."""

from __future__ import annotations

import io
import logging
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import pytest


@contextmanager
def without_network() -> Iterator[list[object]]:
    """Refuse every connection and name look-up, and collect them: `account.http` of a sandbox needs neither."""
    tried: list[object] = []

    def refuse(*arguments: object, **_: object) -> None:
        tried.append(arguments[-1])
        raise OSError("the contract suite allows no network outside account.http")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        yield tried


@contextmanager
def without_sleep() -> Iterator[list[float]]:
    """Collect sleeps instead of sleeping, also where a module imported `sleep` by name."""
    slept: list[float] = []
    real = time.sleep

    with pytest.MonkeyPatch.context() as patch:
        for module in list(sys.modules.values()):
            if vars(module).get("sleep") is real:
                patch.setattr(module, "sleep", slept.append)
        yield slept


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(self.format(record))


@contextmanager
def listening() -> Iterator[list[str]]:
    """Collect what is logged at any level and what is printed; it is complete after the block."""
    ear, console, root = _Ear(), io.StringIO(), logging.getLogger()
    known = [root, *(one for one in root.manager.loggerDict.values() if isinstance(one, logging.Logger))]
    levels = [one.level for one in known]
    root.addHandler(ear)
    for one in known:  # whoever shares the process may have silenced a library such as httpx
        one.setLevel(logging.NOTSET)
    try:
        with redirect_stdout(console), redirect_stderr(console):
            yield ear.heard
    finally:
        root.removeHandler(ear)
        for one, level in zip(known, levels, strict=True):
            one.setLevel(level)
        ear.heard.append(console.getvalue())

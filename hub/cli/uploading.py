"""Reads a file that is handed in, as far as any file may be large."""

from __future__ import annotations

from pathlib import Path

import typer


def content_of(file: Path) -> bytes:
    from hub.kernel.workbooks import Limits

    try:
        if file.stat().st_size > Limits().file:
            raise typer.BadParameter(f"{file} has more than {Limits().file:,} bytes: leave fewer rows in it")
        return file.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}") from error

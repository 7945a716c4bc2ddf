"""`python -m hub_hookspecs new NAME [--into DIR]` writes a new plugin; `… records` prints the page of records."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from hub_hookspecs import reference
from hub_hookspecs.scaffold import Refused, write_plugin


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if options.command == "records":
        sys.stdout.write(reference.page())
        return 0
    try:
        folder = write_plugin(options.name, into=options.into)
    except Refused as refused:
        sys.stderr.write(f"hub_hookspecs: {refused}\n")
        return 2
    sys.stdout.write(f"{folder} is written. Next: cd {folder} && python -m pytest\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="hub_hookspecs", description="The kit for plugins of the integration hub.")
    commands = parser.add_subparsers(dest="command", required=True)
    new = commands.add_parser("new", help="write a new plugin with a sandbox and tests that pass")
    new.add_argument("name", metavar="NAME", help="the channel's name, such as cornershop")
    new.add_argument("--into", metavar="DIR", type=Path, default=Path(), help="where its folder goes (default: here)")
    commands.add_parser("records", help="print docs/records.md, every field of every record")
    return parser


if __name__ == "__main__":
    sys.exit(main())

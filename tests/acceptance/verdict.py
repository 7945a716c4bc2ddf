"""Holds the test run against the acceptance table: holds / FAILS / NO TEST, row by row."""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TABLE: dict[str, Any] = tomllib.loads((Path(__file__).parent / "rows.toml").read_text())  # Any: TOML
RESOLVED = set(TABLE.pop("resolved"))
ROWS: dict[str, dict[str, Any]] = TABLE  # Any: TOML


class Verdicts:
    """Outcomes by row; also works where several processes share the tests."""

    def __init__(self, whole: bool) -> None:
        self.whole = whole  # only a run of everything can say that a row has no test
        self.outcomes: dict[str, list[str]] = defaultdict(list)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            rows = [mark.args[0] for mark in item.iter_markers("row")]
            if unknown := [row for row in rows if row not in ROWS]:
                raise pytest.UsageError(f"{item.nodeid}: no row {unknown[0]!r} in rows.toml")
            item.user_properties.extend(("row", row) for row in rows)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.passed:
            return
        for name, row in report.user_properties:
            if name == "row":
                self.outcomes[str(row)].append(report.outcome)

    def verdict(self, row: str) -> str:
        outcomes = self.outcomes.get(row, [])
        if "failed" in outcomes:
            return "FAILS"
        return "holds" if "passed" in outcomes else "NO TEST"

    def unproven(self) -> list[str]:
        return [row for row in ROWS if ROWS[row].get("issue") in RESOLVED and self.verdict(row) == "NO TEST"]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workerinput"):
            return
        if self.whole:
            self._write()
            if self.unproven() and session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _write(self) -> None:
        table = {
            row: {"verdict": self.verdict(row), "tests": len(self.outcomes.get(row, [])), **ROWS[row]} for row in ROWS
        }
        (ROOT / "build").mkdir(exist_ok=True)
        document = json.dumps({"counts": self.counts(), "rows": table}, indent=1, ensure_ascii=False)
        (ROOT / "build" / "acceptance.json").write_text(document + "\n")

    def counts(self) -> dict[str, int]:
        verdicts = [self.verdict(row) for row in ROWS]
        return {name: verdicts.count(name) for name in ("holds", "FAILS", "NO TEST")}

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.outcomes and not self.whole:
            return
        write = terminalreporter.write_line
        terminalreporter.write_sep("=", "acceptance")
        for row, told in ROWS.items():
            verdict = self.verdict(row)
            if verdict == "FAILS" or (self.whole and verdict == "NO TEST" and "issue" in told):
                write(f"{row} {verdict:8} {len(self.outcomes.get(row, [])):2}  {told['sentence']}")
        write(", ".join(f"{count} {name}" for name, count in self.counts().items()) + f" of {len(ROWS)} rows")
        if self.whole and (missing := self.unproven()):
            write(f"resolved, and no test claims it: {', '.join(missing)}", red=True)


def pytest_configure(config: pytest.Config) -> None:
    option = config.option
    chosen = option.keyword or option.markexpr or getattr(option, "lf", False) or option.deselect or option.ignore
    whole = not chosen and config.args == config.getini("testpaths")
    config.pluginmanager.register(Verdicts(whole), "acceptance-verdicts")

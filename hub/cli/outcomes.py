"""How a command ends: its exit code, and one line that names the cure."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from hub.cli import showing
from hub.settings import SettingError

if TYPE_CHECKING:
    from hub.kernel.api.problems import Verdict

DONE, REFUSED, WRONG_USAGE, BROKEN_PIPE, FAULT, INTERRUPTED = 0, 1, 2, 1, 70, 130
DEBUG = "--debug"
FAULTS = "faults.log"  # in the data folder
CURES = {  # by the code of a refusal: the command that a person would type next
    "plugin_disabled": "hub plugin enable PLUGIN -m MERCHANT",
    "preconditions_unconfirmed": "then add --confirm-preconditions",
    "warehouse_used": "hub account map ACCOUNT WAREHOUSE",
    "default_warehouse": "hub warehouse change WAREHOUSE --default",
    "account_not_active": "hub account resume ACCOUNT",
    "two_live_keys": "hub key list, then hub key revoke ID",
    "job_not_finished": "hub job cancel JOB",
    "plugin_refused": "hub plugin check PLUGIN",
}
LISTED = frozenset(
    {"merchant", "key", "plugin", "account", "import", "listing", "product", "parent", "job", "warehouse", "order"}
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; nothing but `SystemExit` leaves here."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _run(given)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read us has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the boundary: whatever it was ends as one line and an exit code
        return _ended_by(error, given)
    return code


def _run(arguments: list[str]) -> int:
    from hub.cli.root import tree

    if not all(argument.isprintable() or _is_text(argument) for argument in arguments):
        raise typer.BadParameter("an argument is not UTF-8 text; type it again")
    if "--help" not in arguments:
        _log(debug=DEBUG in arguments)
    words = [argument for argument in arguments if argument != DEBUG]  # it may stand anywhere
    answer = typer.main.get_command(tree(words)).main(words, prog_name="hub", standalone_mode=False)
    return answer if isinstance(answer, int) else DONE


def _log(*, debug: bool) -> None:
    """A command tells its own story; the log of what it calls is for whoever looks for a fault."""
    from hub.kernel import logs

    logs.configure(stream=sys.stderr, level="DEBUG" if debug else "CRITICAL")


def _ended_by(error: Exception, arguments: list[str]) -> int:
    as_json = "--json" in arguments
    match error:
        case typer.Abort():
            return INTERRUPTED
        case typer.TyperException():
            return _wrong(error.format_message(), as_json=as_json)
        case SettingError():
            return _wrong(str(error), as_json=as_json)
    return _refused_or_fault(error, arguments, as_json=as_json)


def _wrong(message: str, *, as_json: bool) -> int:
    showing.complain(f"hub: {message}")
    if as_json:
        showing.document({"error": {"code": "wrong_usage", "message": message, "errors": []}})
    return WRONG_USAGE


def _refused_or_fault(error: Exception, arguments: list[str], *, as_json: bool) -> int:
    from hub.kernel.api.problems import judge

    verdict = judge(error)
    if verdict.status == 500:
        return _fault(error, debug=DEBUG in arguments, as_json=as_json)
    showing.complain(f"hub: {'; '.join(_told(verdict))}")
    if as_json:
        showing.document({"error": {"code": verdict.code, "message": verdict.detail, "errors": verdict.errors}})
    return REFUSED


def _told(verdict: Verdict) -> Iterator[str]:
    """The refusal, every field that is wrong, and what to type next."""
    yield verdict.detail
    for each in verdict.errors:
        if each.message not in verdict.detail:
            yield f"{each.field}: {each.message}" if each.field else each.message
    if verdict.code in CURES:
        yield CURES[verdict.code]
    noun = verdict.detail.removeprefix("no such ")
    if verdict.code == "not_found" and noun in LISTED:
        yield f"hub {noun} list shows what there is"


def _fault(error: Exception, *, debug: bool, as_json: bool) -> int:
    """A fault stays visible: its own exit code, and the whole traceback where somebody can mend it."""
    import traceback

    text = "".join(traceback.format_exception(error))
    if debug:
        sys.stderr.write(text)
    kept = _keep(text)
    where = f"its traceback is in {kept}" if kept else "--debug shows its traceback"
    showing.complain(f"hub: this is a fault of the hub ({type(error).__name__}); {where}")
    if as_json:
        showing.document({"error": {"code": "internal", "message": "this is a fault of the hub", "errors": []}})
    return FAULT


def _keep(text: str) -> Path | None:
    path = Path(os.environ.get("HUB_DATA_DIR") or "var") / FAULTS
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a") as file:
            file.write(text + "\n")
    except OSError:  # a full or foreign disk must not hide the fault itself
        return None
    return path


def _is_text(argument: str) -> bool:
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True

"""Kills the worker that holds an import, again and again, at seeded moments."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.faults.oracle import Catalogue
from tests.faults.plan import Plan, Report, enough_hits
from tests.faults.stand import Begun, Stand, pages_asked
from tests.faults.undergoing import Figures, undergo
from tests.faults.watch import Held
from tests.servers import Pause

PER_PAGE = 40  # items that a request brings on average
Aim = Callable[[Stand, Held], str]


def at_the_holder(stand: Stand, held: Held) -> str:
    return held.worker


def at_a_bystander(stand: Stand, held: Held) -> str:
    return next(name for name in stand.crew.names if name != held.worker)


def survive_kills(stand: Stand, wanted: Catalogue, *, aim: Aim = at_the_holder) -> Report:
    """Import while workers are killed: the catalogue must not tell, and the import goes on at its page."""
    disturb = partial(kill_workers, kills=stand.plan.kills, aim=aim)
    report = undergo("kill -9 of a worker", stand, wanted, disturb, patience=stand.patience())
    return report if report.void else read_again(report, stand.shop, wanted, kills=stand.plan.kills)


def read_again(report: Report, shop: TokopediaSandbox, wanted: Catalogue, *, kills: int) -> Report:
    """Add how many pages were asked twice: a kill may cost the one that was on its way, and no more."""
    twice = pages_asked(shop) - wanted.pages
    report.figures["pages asked twice"] = f"{twice} of {wanted.pages}"
    if twice <= kills:
        return report
    return msgspec.structs.replace(report, violations=[*report.violations, f"re-read: {twice} pages"])


def kill_workers(stand: Stand, begun: Begun, *, kills: int, aim: Aim = at_the_holder) -> tuple[Figures, str]:
    """Kill and replace workers while the import lasts; tells how many kills met a running lease."""
    dice, hits, made = stand.plan.dice("kills"), 0, 0
    while made < kills:
        held = stand.watch.waits_for_a_run(begun.import_id, patience=stand.patience())
        if held is None:
            break
        wait(dice.uniform(0, gap(stand.plan, kills)))
        victim, last_look = aim(stand, held), stand.watch.held_one(begun.import_id)
        hit = last_look is not None and last_look.live and last_look.worker == victim
        _replace(stand, victim, last_look if hit else None)
        made, hits = made + 1, hits + hit
    return {"kills": made, "in a running lease": hits}, enough_hits(hits, kills)


def _replace(stand: Stand, victim: str, held: Held | None) -> None:
    """Kill and start anew; the time to recover begins where somebody is there to take over."""
    if not stand.alone:
        stand.crew.kill(victim)
        if held is not None:
            stand.watch.note_kill(held)
        stand.crew.start()
        return
    with stand.watch.nobody_at_work():
        stand.crew.kill(victim)
        stand.crew.start()
        stand.until_it_answers()
        if held is not None:
            stand.watch.note_kill(held)


def gap(plan: Plan, kills: int) -> float:
    """Seconds that a run may go on before it is killed, such that all fall into the import."""
    return 0.8 * plan.size / PER_PAGE / plan.rate / kills


def wait(seconds: float) -> None:
    """Let a moment pass that the dice have chosen."""
    pause = Pause(seconds)
    try:
        while True:
            pause.briefly(0.005)
    except TimeoutError:
        return

"""Between the hub and its channels: of all calls of a story one goes wrong, and nobody knows beforehand which it is."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
from hub_hookspecs.testing import Sandbox, faults
from hub_hookspecs.testing.faults import Answer, Fault

from hub.kernel.http.conversation import current
from tests.convergence.clock import Stage
from tests.convergence.mortal import Mortals
from tests.dying import Died

PATIENCE = 20.0  # seconds until a call without an answer is given up
BRIEF = 0.2  # seconds that a call takes


class Wire(httpx.BaseTransport):
    """Stands where the hub's connections would be; sandboxes go by their port."""

    def __init__(self, stage: Stage, mortals: Mortals, sandboxes: Mapping[int, Sandbox]) -> None:
        self.stage, self._mortals, self._sandboxes = stage, mortals, sandboxes
        self.calls = 0  # of this story
        self.nth, self.trouble = 0, ""
        self.asked: list[str] = []  # every call of this story
        self.befallen: list[str] = []  # what went wrong of them
        self.troubles: dict[str, Fault] = {
            "refused": _refused,
            "reset before": _reset, "reset after": _after(_reset),
            "time-out before": self._slow, "time-out after": _after(self._slow),
            "500 before": faults.server_error(), "502 after": faults.failing_after(),
            "dies before": self._dies, "dies after": _after(self._dies),
        }  # fmt: skip

    def plans(self, nth: int, trouble: str) -> None:
        """Count anew: the `nth` call from now on goes wrong; 0: none does."""
        self.calls, self.nth, self.trouble = 0, nth, trouble
        self.asked, self.befallen = [], []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.calls += 1
        self.asked.append(f"{request.method} {request.url.path} {request.url.params.get('method', '')}".strip())
        self.stage.pass_by(BRIEF)
        goes_wrong = self.calls == self.nth
        if (conversation := current()) and not (goes_wrong and self.trouble == "refused"):
            conversation.sent = True
        sandbox = self._sandboxes[request.url.port or 0]
        if not goes_wrong:
            return _of(request, sandbox.handle(request))
        self.befallen.append(self.asked[-1])
        return _of(request, self.troubles[self.trouble](request, sandbox.handle))

    def _slow(self, request: httpx.Request, answer: Answer) -> httpx.Response:
        self.stage.pass_by(PATIENCE)
        raise httpx.ReadTimeout("no answer came", request=request)

    def _dies(self, request: httpx.Request, answer: Answer) -> httpx.Response:
        self._mortals.now.end()
        raise Died


def _refused(request: httpx.Request, answer: Answer) -> httpx.Response:
    raise httpx.ConnectError("nobody answers there", request=request)


def _reset(request: httpx.Request, answer: Answer) -> httpx.Response:
    raise httpx.ReadError("the connection was reset", request=request)


def _after(fault: Fault) -> Fault:
    """The same once the request has taken effect."""

    def so(request: httpx.Request, answer: Answer) -> httpx.Response:
        answer(request)
        return fault(request, answer)

    return so


def _of(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    answer.request = request
    return answer

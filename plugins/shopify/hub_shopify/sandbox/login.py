"""The app's credentials and its tokens: those that last a day, and the pasted one that never ends."""

import hashlib
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum

import httpx

from hub_shopify.sandbox.answers import Denied, OAuthDenied

DAY = timedelta(seconds=86_399)


class Installed(Enum):
    """Where the app stands towards the shop."""

    HERE = "installed"
    NOWHERE = "app_not_installed"
    ELSEWHERE = "shop_not_permitted"  # the shop belongs to another organisation


class Login:
    """Knows who may ask; tokens end by the sandbox's clock."""

    def __init__(self, name: str, clock: Callable[[], datetime], life: timedelta) -> None:
        self.client_id = _hex(f"client {name}")
        self.client_secret = f"shpss_{_hex(f'secret {name}')}"
        self.pasted = f"shpat_{_hex(f'pasted {name}')}"
        self.state = Installed.HERE
        self._clock = clock
        self._life = life
        self._lock = threading.Lock()
        self._until: dict[str, datetime] = {}
        self._given = 0
        self._pasted_counts = True

    def token(self, request: httpx.Request) -> tuple[str, int]:
        """Hand out a new token, and the seconds that it lasts; earlier ones stay good until they end."""
        form = httpx.QueryParams(request.content.decode("utf-8", "replace"))
        if request.method != "POST" or form.get("grant_type") != "client_credentials":
            raise OAuthDenied("invalid_request", "grant_type must be client_credentials.")
        if (form.get("client_id"), form.get("client_secret")) != (self.client_id, self.client_secret):
            raise OAuthDenied("invalid_client", "Client authentication failed.")
        if self.state is Installed.ELSEWHERE:
            raise OAuthDenied(self.state.value, "Client credentials cannot be performed on this shop.")
        if self.state is Installed.NOWHERE:
            raise OAuthDenied(self.state.value, "The application is not installed on this shop.")
        with self._lock:
            self._given += 1
            value = f"shpat_{_hex(f'{self.client_secret} {self._given}')}"
            self._until[value] = self._clock() + self._life
            return value, int(self._life.total_seconds())

    def let_in(self, token: str) -> None:
        """Refuse whoever has no token that counts now."""
        with self._lock:
            until = self._until.get(token)
            pasted = token == self.pasted and self._pasted_counts
            good = pasted or (until is not None and self._clock() < until)
        if not good or self.state is not Installed.HERE:
            raise Denied(401, "[API] Invalid API key or access token (unrecognized login or wrong password)")

    def revoke(self) -> None:
        """End every token that was handed out, the pasted one too."""
        with self._lock:
            self._until.clear()
            self._pasted_counts = False


def _hex(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]

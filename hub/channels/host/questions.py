"""What a streaming hook is still to be asked, so that it can be asked again from where it stood."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Generic, Protocol, TypeVar

from hub_hookspecs import Category, Page

from hub.channels.host.checking import Broken

T = TypeVar("T")
R = TypeVar("R")
R_contra = TypeVar("R_contra", contravariant=True)


class Question(Protocol[R_contra]):
    """One stream's question and what has been answered of it."""

    def arguments(self) -> Mapping[str, object]:
        """Say what is still to be asked for."""
        ...

    def take(self, answer: R_contra) -> bool:
        """Take down an answer; whether it is to be handed out."""
        ...

    def finish(self) -> None:
        """Refuse an end that comes too early."""
        ...


class FromCursor(Generic[R]):
    """Pages: after a new token it goes on behind the last page handed out."""

    def __init__(self, cursor: str) -> None:
        self._cursor = cursor
        self._standing = False

    def arguments(self) -> Mapping[str, object]:
        return {"cursor": self._cursor}

    def take(self, page: Page[R]) -> bool:
        stands = page.cursor == self._cursor and page.resume_after is None
        if stands and self._standing:
            raise Broken("answered page after page with the same cursor")
        self._cursor, self._standing = page.cursor, stands
        return True

    def finish(self) -> None:
        """Any page may be the last."""


class ForEach(Generic[T, R]):
    """One answer for each thing asked for, in any order."""

    def __init__(
        self, name: str, things: Iterable[T], *, asked: Callable[[T], Hashable], answered: Callable[[R], Hashable]
    ) -> None:
        self._name = name
        self._open = {asked(thing): thing for thing in things}
        self._answered = answered

    def arguments(self) -> Mapping[str, object]:
        return {self._name: tuple(self._open.values())}

    def take(self, answer: R) -> bool:
        key = self._answered(answer)
        if key not in self._open:
            raise Broken(f"answered for {key!r}, which was not asked for or has been answered")
        del self._open[key]
        return True

    def finish(self) -> None:
        if self._open:
            raise Broken(
                f"left {len(self._open)} of its {self._name} unanswered, {next(iter(self._open))!r} among them"
            )


class WholeTree:
    """All categories: asked again from the start, each handed out once."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def arguments(self) -> Mapping[str, object]:
        return {}

    def take(self, category: Category) -> bool:
        fresh = category.ref not in self._seen
        self._seen.add(category.ref)
        return fresh

    def finish(self) -> None:
        """A tree may be empty."""

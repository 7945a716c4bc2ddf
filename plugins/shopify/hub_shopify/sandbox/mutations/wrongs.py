"""Collects what is wrong with an input, so that a mutation can name all of it and change nothing."""

from hub_shopify.sandbox.answers import Json, Strict, user_error

Path = tuple[str | int, ...]


class Unfit(Exception):
    """The mutation ends here and answers with these `userErrors`."""

    def __init__(self, errors: list[Json]) -> None:
        super().__init__(errors[0]["message"])
        self.errors = errors


class Wrongs:
    """What is wrong so far; `add` leads to the culprit from the mutation's arguments on."""

    def __init__(self) -> None:
        self.found: list[Json] = []

    def add(self, at: Path, message: str, code: str | None = None) -> None:
        self.found.append(user_error([str(step) for step in at], message, code))

    def end(self) -> None:
        """Go on only where nothing is wrong."""
        if self.found:
            raise Unfit(self.found)


def refused(at: Path, message: str, code: str | None = None) -> Unfit:
    return Unfit([user_error([str(step) for step in at], message, code)])


def built(given: Json, known: frozenset[str], what: str) -> None:
    """Refuse inputs that would have no effect here, which no test would notice."""
    if strange := sorted(name for name in given.keys() - known if given[name] not in (None, False)):
        raise Strict(f"{', '.join(strange)} of {what} is not built")

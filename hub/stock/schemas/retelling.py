"""What asking for figures to be told again comes to."""

from __future__ import annotations

import msgspec


class Retelling(msgspec.Struct, frozen=True, kw_only=True):
    """The job that looks at every figure of the account again."""

    job_id: str

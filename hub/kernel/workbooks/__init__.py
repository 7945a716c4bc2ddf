"""Typed Excel workbooks: written for people to fill in, and read back cell by cell, whoever made the file.

A `Form` says which columns a sheet has. `write` fills in what is known; `read` gives rows of typed values with the
errors of their cells, or raises `BadWorkbook` with the one reason why the file as a whole cannot be taken.
"""

from hub.kernel.workbooks.forms import (
    LONGEST,
    BadWorkbook,
    CellError,
    CellKind,
    Column,
    Form,
    Limits,
    Row,
    Value,
)
from hub.kernel.workbooks.holding import flaw
from hub.kernel.workbooks.reading import opened, read
from hub.kernel.workbooks.releasing import give_back
from hub.kernel.workbooks.rows import Rows
from hub.kernel.workbooks.telling import cut, of_cells
from hub.kernel.workbooks.turns import TURN, alone
from hub.kernel.workbooks.writing import MEDIA_TYPE, write

__all__ = [
    "LONGEST",
    "MEDIA_TYPE",
    "TURN",
    "BadWorkbook",
    "CellError",
    "CellKind",
    "Column",
    "Form",
    "Limits",
    "Row",
    "Rows",
    "Value",
    "alone",
    "cut",
    "flaw",
    "give_back",
    "of_cells",
    "opened",
    "read",
    "write",
]

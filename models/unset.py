"""Absent is not null: the value of a field that a partial update does not name."""

from enum import Enum
from typing import Final


class Unset(Enum):
    UNSET = "unset"


UNSET: Final = Unset.UNSET

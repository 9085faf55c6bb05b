"""Time zones by their IANA names: those of places that people are at, as in the database's own table of zones.

Clients know this choice as pytz's `common_timezones`: it leaves out what is there for old programs only.
"""

from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

DEFAULT = "UTC"
# Names beside those of the table that North Americans are used to, and the two that are nowhere.
COMMON = frozenset(
    (
        *(f"Canada/{name}" for name in ("Atlantic", "Central", "Eastern", "Mountain", "Newfoundland", "Pacific")),
        *(f"US/{name}" for name in ("Alaska", "Arizona", "Central", "Eastern", "Hawaii", "Mountain", "Pacific")),
        *("GMT", DEFAULT),
    )
)


@cache
def names() -> frozenset[str]:
    """Of the table that comes with the program: the machine's own may be missing, or of another year."""
    lines = files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8").splitlines()
    listed = {line.split("\t")[2] for line in lines if line and not line.startswith("#")}
    return frozenset(listed | COMMON) & (available_timezones() | {DEFAULT})

"""docs/clients/python: the program does what its page says, on a server that has no time for it at first."""

import runpy
import time
from pathlib import Path

import pytest

import resolvers
from tests.clients.house import TOKEN, running

EXAMPLE = Path(resolvers.__file__).parents[1] / "docs/clients/python/example.py"
# Less than the first requests cost together, so that one of them is asked to come again in a second.
BUCKET = {"graphql_bucket_max": "100", "graphql_bucket_per_second": "100"}


def test_it_runs_and_waits_where_it_is_asked_to(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(sqlite_url, tmp_path, **BUCKET) as address:
        monkeypatch.setenv("FOYER_URL", address)
        monkeypatch.setenv("FOYER_TOKEN", TOKEN)
        waited = _counted(monkeypatch)
        runpy.run_path(str(EXAMPLE), run_name="__main__")
    printed = capsys.readouterr().out.splitlines()
    assert waited, "nothing was asked to come again"
    assert sum(line.startswith("WELCOME-25: ") for line in printed) == 1
    paid = [line for line in printed if line.startswith("Paid 5.00: ")]
    assert len(paid) == 2
    assert len(set(paid)) == 1
    assert "Refused: INSUFFICIENT_FUNDS" in printed
    assert printed[-1] == "100 % of the vouchers are made (DONE)"


def _counted(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it slept, each time; it does sleep."""
    waited: list[float] = []
    asleep = time.sleep

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        asleep(seconds)

    monkeypatch.setattr(time, "sleep", sleep)
    return waited

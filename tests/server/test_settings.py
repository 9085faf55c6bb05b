"""Settings: documented, with their units, and refused where they are wrong."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from models.database import Connect
from server.settings import PREFIX, Settings, WrongSettings, read_settings

ROOT = Path(__file__).parent.parent.parent
# | `FOYER_PORT` | TCP port, 0 to 65535 | 8000 | …
ROWS = {
    cells[0].strip("`"): cells[1:]
    for line in (ROOT / "docs/settings.md").read_text().splitlines()
    if len(cells := [cell.strip() for cell in line.strip("|").split("|")]) == 4
}
UNITS = {"seconds": "seconds", "ms": "milliseconds", "bytes": "bytes", "url": "URL"}
NAMES = {PREFIX + name.upper(): name for name in Settings.model_fields}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in NAMES:
        monkeypatch.delenv(variable, raising=False)


@pytest.mark.parametrize("variable", NAMES)
def test_a_setting_is_documented_with_its_unit_and_default(variable: str) -> None:
    unit, default, meaning = ROWS[variable]
    field = Settings.model_fields[NAMES[variable]]
    shown = "empty" if field.default is None else str(field.default).lower()
    assert default.strip("`").lower() == shown.removesuffix(".0")
    assert field.description
    assert unit
    assert meaning
    for ending, word in UNITS.items():
        assert not NAMES[variable].endswith(f"_{ending}") or word in unit


@pytest.mark.parametrize("variable", NAMES)
def test_documented_bounds_are_those_that_hold(variable: str) -> None:
    unit = ROWS[variable][0]
    if (found := re.search(r"(\d+) to (\d+)", unit)) is None:
        return
    for within, bound in ((0, int(found[1])), (-1, int(found[1])), (0, int(found[2])), (1, int(found[2]))):
        value = {NAMES[variable]: bound + within}
        if within:
            with pytest.raises(WrongSettings, match=variable):
                read_settings(**value)
        else:
            read_settings(**value)


def test_nothing_else_is_documented() -> None:
    assert {name for name in ROWS if name.startswith(PREFIX)} == set(NAMES)


def test_the_environment_sets_and_an_empty_variable_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOYER_PORT", "9000")
    monkeypatch.setenv("FOYER_INTROSPECTION", "false")
    monkeypatch.setenv("FOYER_BASE_URL", "https://cards.example/")
    monkeypatch.setenv("FOYER_GROUP_MAX", "")
    settings = read_settings(host="::1")
    assert (settings.port, settings.introspection, settings.host) == (9000, False, "::1")
    assert (settings.base_url, settings.group_max) == ("https://cards.example", 64)


def test_what_the_database_is_given() -> None:
    settings = Settings(database_url="sqlite+aiosqlite:///x", inline_deadline_ms=7, connections_max=3)
    assert settings.connect() == Connect("sqlite+aiosqlite:///x", inline_deadline_seconds=0.007, connections_max=3)
    assert Settings(database_url="sqlite+aiosqlite:///x").connect() == Connect("sqlite+aiosqlite:///x")


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("FOYER_PORT", "tcp://10.0.0.1:8000", "integer"),
        ("FOYER_PORT", "65536", "less than or equal to 65535"),
        ("FOYER_SYNCHRONOUS", "off", "'FULL' or 'NORMAL'"),
        ("FOYER_LOG_LEVEL", "loud", "'debug'"),
        ("FOYER_BASE_URL", "cards.example", "http://"),
        ("FOYER_INTROSPECTION", "perhaps", "boolean"),
        ("FOYER_READ_TIMEOUT_SECONDS", "0", "greater than 0"),
        ("FOYER_READ_TIMEOUT_SECONDS", "nan", "less than or equal to 3600"),
        ("FOYER_DATABASE_URL", "sqlite+aiosqlite://", "needs a file"),
        ("FOYER_DATABASE_URL", "mysql://user:s3cret@host/x", "is not one of"),
        ("FOYER_DATABASE_URL", "s3cret", "not a database URL"),
    ],
)
def test_a_wrong_value_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(WrongSettings) as refused:
        read_settings()
    message = str(refused.value)
    assert message.startswith(f"{variable}: ")
    assert reason in message
    assert "s3cret" not in message


def test_every_wrong_value_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOYER_PORT", "x")
    monkeypatch.setenv("FOYER_WORKERS", "0")
    with pytest.raises(WrongSettings, match=r"FOYER_PORT.*\n.*FOYER_WORKERS"):
        read_settings()


def test_postgresql_without_its_driver_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.settings.find_spec", lambda name: None)
    with pytest.raises(WrongSettings, match=re.escape("foyer[postgres]")):
        read_settings(database_url="postgresql+asyncpg://host/x")


def test_the_server_ends_with_the_message_and_no_traceback() -> None:
    command = [sys.executable, "-m", "server", "serve"]
    done = subprocess.run(command, cwd=ROOT, env={"FOYER_PORT": "http"}, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("FOYER_PORT: ")
    assert "Traceback" not in done.stderr

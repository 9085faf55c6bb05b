"""Pages that list something list all of it: every problem, every address, every setting."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import resolvers
from models.problems import Problem
from rest.pretix.app import ROUTES
from rest.pretix.problems import STATUSES
from rest.pretix.routing import Route
from server.settings import PREFIX, Settings

DOCS = Path(resolvers.__file__).parents[1] / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text()


def cells(text: str) -> list[list[str]]:
    """The rows of a page's tables."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def problems(base: type[Problem] = Problem) -> Iterator[type[Problem]]:
    """Those that verbs refuse with; a door's own, of its dialect, are told on the door's page."""
    for found in base.__subclasses__():
        if found.__module__ == Problem.__module__:
            yield found
        yield from problems(found)


def test_every_problem_and_no_other_is_listed() -> None:
    listed = [row[0].strip("`") for row in cells(page("problems.md")) if row[0].startswith("`")]
    assert sorted(listed) == sorted({found.code for found in problems()})


def test_problems_are_listed_with_their_statuses() -> None:
    rows = {row[0].strip("`"): row for row in cells(page("problems.md"))}
    for found in problems():
        _, when, in_graphql, in_pretix = rows[found.code]
        assert when
        assert in_graphql
        assert in_pretix in (str(STATUSES.get(found, found.status_hint)), "–"), found.code
        if found.status_hint in (401, 413, 503):
            assert in_graphql == str(found.status_hint)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path or "root")
def test_every_address_of_the_pretix_door_is_listed(route: Route) -> None:
    addresses = {row[0].strip("` ") for row in cells(page("rest-pretix.md"))}
    shown = route.path + "/" * (route.slash and not route.path.endswith("/") and bool(route.path))
    assert {shown or "(the root itself)", route.path} & addresses, shown


def test_every_setting_is_listed() -> None:
    listed = {row[0].strip("`") for row in cells(page("settings.md"))}
    assert {PREFIX + name.upper() for name in Settings.model_fields} <= listed

"""What must be true of the files, so that a clone works anywhere and does not say where it was made."""

import os
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import gql

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements.lock").read_text()
LOCKED = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", LOCK, re.MULTILINE))

# Written apart, so that this file passes its own test.
REGISTRY_HOSTS = ["pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "registry." + "yarnpkg.com"]
FORBIDDEN = {
    "a registry host": re.compile("|".join(map(re.escape, REGISTRY_HOSTS))),
    "an absolute path of one machine": re.compile(r"(?<![\w./\\-])/(?:work|home|root)" + r"/\w"),
    "a folder outside the checkout": re.compile(re.escape("../" + "shared")),
}
ALLOWED = {(".ci/run", "a folder outside the checkout")}
NOT_OURS = {"__pycache__", "build", "dist", "htmlcov", "node_modules"}


def test_gql_is_ours() -> None:
    assert gql.__file__ is not None
    assert Path(gql.__file__).parent == ROOT / "gql"


def test_the_client_library_named_gql_is_not_locked() -> None:
    assert "gql" not in LOCKED
    assert "gql<0" in PROJECT["tool"]["uv"]["constraint-dependencies"]


def test_the_lock_records_no_addresses() -> None:
    assert not re.search(r"://|\s@\s|--(?:extra-)?index-url|--find-links", LOCK)


def test_every_locked_release_has_hashes() -> None:
    entries = re.split(r"\n(?=[A-Za-z0-9])", LOCK.strip())
    assert len(entries) == len(LOCKED)
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_lock_answers_every_requirement() -> None:
    missed = [
        str(requirement)
        for requirement in requirements()
        if not requirement.specifier.contains(LOCKED.get(canonicalize_name(requirement.name), "0"))
    ]
    assert missed == [], "make lock"


def test_the_environment_is_the_locked_one() -> None:
    differing = {
        name: version(name)
        for name in (canonicalize_name(requirement.name) for requirement in requirements())
        if version(name) != LOCKED[name]
    }
    assert differing == {}, "make install"


def test_every_dependency_has_its_reason_written_down() -> None:
    reasons = (ROOT / "docs/dependencies.md").read_text()
    assert [each.name for each in requirements() if f"`{each.name}`" not in reasons] == []


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs/README.md").read_text()
    pages = [path.name for path in (ROOT / "docs").glob("*.md") if path.name != "README.md"]
    assert [page for page in pages if f"({page})" not in index] == []


def test_links_between_pages_lead_somewhere() -> None:
    pages = [ROOT / path for path in project_files() if path.endswith(".md") and "/vendor/" not in path]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#\s]+)", text_of(page))]
    local = [(page, link) for page, link in links if "://" not in link and not link.startswith("mailto:")]
    assert len(local) > 10
    assert [f"{page}: {link}" for page, link in local if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what: str) -> None:
    found = [
        f"{path}:{number}: {line.strip()[:120]}"
        for path in project_files()
        if (path, what) not in ALLOWED
        for number, line in enumerate(text_of(ROOT / path).splitlines(), 1)
        if FORBIDDEN[what].search(line)
    ]
    assert found == []


def requirements() -> Iterator[Requirement]:
    metadata = PROJECT["project"]
    lists = [
        metadata["dependencies"],
        *metadata["optional-dependencies"].values(),
        *PROJECT["dependency-groups"].values(),
    ]
    for line in (line for lines in lists for line in lines):
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate():
            yield requirement


@cache
def project_files() -> list[str]:
    """Everything a clone could contain: no caches, no environment, hidden only what CI and editors read."""
    found: list[str] = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if not _not_ours(name)]  # not walked into: packages are many files
        here = Path(folder).relative_to(ROOT)
        found += [str(here / name) for name in files if not _not_ours(name)]
    return sorted(found)


def _not_ours(part: str) -> bool:
    hidden = part.startswith(".") and part not in {".ci", ".editorconfig", ".gitignore", ".npmrc", ".github"}
    return hidden or part in NOT_OURS or ".sqlite3" in part


def text_of(path: Path) -> str:
    """Empty for files that hold no text, such as pictures."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""

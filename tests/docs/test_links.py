"""Every link of the documentation leads somewhere, and every page can be reached."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from doc_pages import DOCS, PAGES, REPOSITORY, anchors, links, name_of

SITE = yaml.safe_load((REPOSITORY / "mkdocs.yml").read_text())
PICTURE_KB = 120
"""The largest picture; phones load them too."""


def named_in(nav: Any) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    return [page for entry in (nav.values() if isinstance(nav, dict) else nav) for page in named_in(entry)]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{name_of(page)}: {link} leads nowhere"
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), f"{name_of(page)}: {link} has no such heading; {sorted(anchors(target))}"


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=name_of)
def test_pages_of_the_site_link_to_nothing_outside_it(page: Path) -> None:
    """A file that is not under docs/ is not on the site."""
    for link in links(page):
        target = (page.parent / link.partition("#")[0]).resolve()
        assert target.is_relative_to(DOCS), f"{name_of(page)}: {link} is not on the site"


def test_the_navigation_has_every_page_once() -> None:
    pages = [path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")]
    assert sorted(named_in(SITE["nav"])) == sorted(pages)


def test_every_picture_is_shown_and_small() -> None:
    shown = {(page.parent / link.partition("#")[0]).resolve() for page in PAGES for link in links(page)}
    pictures = {path for path in DOCS.rglob("*") if path.suffix in (".jpg", ".png", ".svg")}
    assert pictures - shown == set()
    large = {path.name: path.stat().st_size for path in pictures if path.stat().st_size > PICTURE_KB * 1024}
    assert set(large) <= {"kinds.jpg", "environments.jpg", "preview.jpg"}, large


def test_messages_name_pages_that_exist() -> None:
    """Errors, help and comments of the code speak of `docs/...`."""
    for path in sorted((REPOSITORY / "synthvis").rglob("*.py")):
        for name in re.findall(r"\bdocs/[\w/.-]*\w", path.read_text()):
            assert (REPOSITORY / name).exists(), f"{path.relative_to(REPOSITORY)}: {name} does not exist"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_files_of_the_code_that_a_page_names_exist(page: Path) -> None:
    """In backticks, from the root of the repository; `{a,b}` is each of them, `<name>` anything."""
    for name in re.findall(r"`((?:synthvis|blender_scenes|tests|pipelines|docs)/[^`\s]*)`", page.read_text()):
        pattern = re.sub(r"<[^>]*>|[A-Z]{3,}", "*", name)
        braces = re.search(r"\{([^}]*)\}", pattern)
        options = [pattern.replace(braces[0], each) for each in braces[1].split(",")] if braces else [pattern]
        for option in options:
            assert list(REPOSITORY.glob(option.rstrip("/"))), f"{name_of(page)}: {option} does not exist"

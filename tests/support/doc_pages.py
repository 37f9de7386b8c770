"""The pages of the documentation: their files, headings, links and snippets."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DOCS = REPOSITORY / "docs"
PAGES = [
    *(REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md") if (REPOSITORY / name).exists()),
    *sorted(DOCS.rglob("*.md")),
]
FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[a-z]*)[^\n]*\n(?P<text>.*?)^(?P=indent)```", flags=re.M | re.S)
INDENTED_COMMAND = re.compile(r"^    (synthvis .*)$", flags=re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Snippet:
    """A fenced block of a page.

    Attributes:
        page: File that holds it.
        line: Number of its first line, from 1.
        language: Word after the fence, empty where there is none.
        text: What it holds.
    """

    page: Path
    line: int
    language: str
    text: str

    @property
    def where(self) -> str:
        """Page and line, for the name of a test."""
        return f"{name_of(self.page)}:{self.line}"


def name_of(page: Path) -> str:
    """Path of a page in the repository."""
    return page.relative_to(REPOSITORY).as_posix()


def snippets(page: Path) -> list[Snippet]:
    """All fenced blocks of a page, in order."""
    text = page.read_text()
    return [
        Snippet(page, text.count("\n", 0, found.start()) + 2, found["language"], found["text"])
        for found in FENCE.finditer(text)
    ]


def prose(page: Path) -> str:
    """The text of a page without its fenced blocks."""
    return FENCE.sub("", page.read_text())


def command_lines(page: Path) -> list[tuple[str, str]]:
    """Each `synthvis` command that a page shows in a block, with page and line; comments and prompts are dropped."""
    found = []
    for snippet in snippets(page):
        if snippet.language in ("bash", "text", "console"):
            for number, line in enumerate(snippet.text.replace("\\\n", " ").splitlines()):
                words = re.split(r"\s#\s|\s+#$", line.strip().removeprefix("$ "))[0].strip()
                if words.startswith("synthvis "):
                    found.append((f"{name_of(page)}:{snippet.line + number}", words))
    found += [(name_of(page), line.strip()) for line in INDENTED_COMMAND.findall(prose(page))]
    return found


def links(page: Path) -> list[str]:
    """Targets of the Markdown links and pictures of a page that stay in the repository."""
    return [link for link in LINK.findall(prose(page)) if not link.startswith(("https://", "http://", "mailto:"))]


def anchors(page: Path) -> set[str]:
    """Names by which the headings of a page are linked to, as Python-Markdown makes them."""
    names: set[str] = set()
    for heading in re.findall(r"^#{1,6} +(.+?)\s*#*$", prose(page), flags=re.MULTILINE):
        explicit = re.search(r"\{ *#([\w-]+) *\}$", heading)
        names.add(explicit[1] if explicit else _unused(_slug(heading), names))
    return names | set(re.findall(r'<a (?:id|name)="([^"]+)"', page.read_text()))


def _slug(heading: str) -> str:
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
    ascii_only = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", ascii_only).strip().lower())


def _unused(slug: str, names: set[str]) -> str:
    number = 0
    while (name := f"{slug}_{number}" if number else slug) in names:
        number += 1
    return name

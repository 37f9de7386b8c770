"""Draws docs/explanation/architecture.svg from the import layers of pyproject.toml; --check only compares."""

from __future__ import annotations

import ast
import re
import sys
import textwrap
import tomllib
from html import escape
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PICTURE = Path(__file__).parent / "explanation" / "architecture.svg"
WIDTH, COLUMN, MARGIN, ROW_HEIGHT, ROW_GAP, BOX_GAP = 960, 170, 12, 58, 10, 10
LETTER_WIDTH = 5.9
"""Of the small text; a little wide, so that fonts differ without harm."""

STYLE = """
  .room { fill: #e0f2f1; stroke: #00796b; }
  .blender { fill: #fff3e0; stroke: #e65100; }
  text { font-family: system-ui, "DejaVu Sans", sans-serif; fill: #102a27; }
  .name { font-size: 15px; font-weight: 600; }
  .what { font-size: 11px; }
  .page { fill: #ffffff; }
"""


def layers() -> list[list[str]]:
    """The rooms of each layer, from the top."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    contract = next(each for each in project["tool"]["importlinter"]["contracts"] if each["type"] == "layers")
    return [[name.strip(" ()") for name in re.split(r"[:|]", layer)] for layer in contract["layers"]]


def purpose(room: str) -> str:
    """The first sentence of a room's docstring."""
    path = REPOSITORY / room.replace(".", "/")
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    first = (
        (ast.get_docstring(ast.parse(source.read_text())) or "").split("\n\n")[0].replace("\n", " ").replace("`", "")
    )
    return first.split(". ")[0].rstrip(".").removeprefix("synthvis: ")


def box(room: str, style: str, frame: tuple[float, float, float, float], lines: list[str]) -> list[str]:
    """A room at (x, y, width, height) with its name and lines of small text."""
    x, y, width, height = frame
    name = escape(room.removeprefix("synthvis."))
    return [
        f'<rect class="{style}" x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{height:.0f}" rx="6"/>',
        f'<text class="name" x="{x + 10:.0f}" y="{y + 19:.0f}">{name}</text>',
        *(
            f'<text class="what" x="{x + 10:.0f}" y="{y + 35 + 14 * number:.0f}">{escape(text)}</text>'
            for number, text in enumerate(lines)
        ),
    ]


def wrapped(text: str, width: float, most: int) -> list[str]:
    """At most so many lines for a box of that width: all of the text, else what stands before its colon."""
    letters = int((width - 20) / LETTER_WIDTH)
    lines = textwrap.wrap(text, letters)
    return lines if len(lines) <= most else textwrap.wrap(re.split(r"[:;]", text)[0], letters)[:most]


def row(rooms: list[str], y: float, width: float) -> list[str]:
    """The rooms of a layer side by side."""
    each = (width - (len(rooms) - 1) * BOX_GAP) / len(rooms)
    frames = [(MARGIN + place * (each + BOX_GAP), y, each, float(ROW_HEIGHT)) for place in range(len(rooms))]
    boxes = [
        box(room, "room", frame, wrapped(purpose(room), each, 2)) for room, frame in zip(rooms, frames, strict=True)
    ]
    return [line for lines in boxes for line in lines]


def blender_column(rows: list[list[str]], height: float) -> list[str]:
    """`blender_scenes` beside the layers, with the rooms that it imports."""
    sources = "".join(path.read_text() for path in (REPOSITORY / "blender_scenes").rglob("*.py"))
    used = {f"synthvis.{name}" for name in re.findall(r"^\s*(?:from|import) synthvis\.(\w+)", sources, flags=re.M)}
    names = [room.removeprefix("synthvis.") for rooms in rows for room in rooms if room in used]
    width = COLUMN - BOX_GAP
    text = f"{purpose('blender_scenes')}. It runs inside Blender and imports {', '.join(names)}."
    frame = (WIDTH - MARGIN - width, MARGIN, width, height)
    return box("blender_scenes", "blender", frame, wrapped(text, width, 20))


def drawing() -> str:
    """The whole picture."""
    rows = layers()
    height = len(rows) * (ROW_HEIGHT + ROW_GAP) - ROW_GAP
    whole = height + 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {whole}" role="img">',
        "<title>Layers of synthvis: a room imports from the rows below it only</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{whole}"/>',
    ]
    for number, rooms in enumerate(rows):
        parts += row(rooms, MARGIN + number * (ROW_HEIGHT + ROW_GAP), WIDTH - 2 * MARGIN - COLUMN)
    return "\n".join([*parts, *blender_column(rows, height), "</svg>", ""])


def main() -> int:
    """Write or check the picture."""
    text = drawing()
    if "--check" not in sys.argv:
        PICTURE.write_text(text)
        return 0
    if PICTURE.exists() and PICTURE.read_text() == text:
        return 0
    sys.stderr.write(f"{PICTURE} does not show the layers of pyproject.toml; run `make docs`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())

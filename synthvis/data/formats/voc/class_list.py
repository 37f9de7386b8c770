"""labelmap.txt: the classes of a VOC set by name, as annotation tools write it beside a set."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from synthvis.errors import RealDataError
from synthvis.formats.palette_png import voc_palette

__all__ = ["read_class_list", "text_of_class_list"]

BACKGROUND = "background"
FIELDS_BEHIND = 3
"""Colour, parts and actions stand behind a name, with colons between; a name may hold colons itself."""

COMMENT = re.compile(r"#(?!.*:\d{1,3},\d{1,3},\d{1,3}:[^:]*:[^:]*$)")
"""A line that begins with # and names no colour, so that it is no class of such a name."""

MAX_BYTES = 10_000_000
MAX_CLASSES = 10_000


def read_class_list(path: Path) -> tuple[str, ...]:
    """Names of the classes without the background; nothing where there is no such file.

    Raises:
        RealDataError: It cannot be read.
    """
    if not path.is_file():
        return ()
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RealDataError(f"{path} has more than {MAX_BYTES // 10**6} MB")
        lines = path.read_text(encoding="utf-8").splitlines()[:MAX_CLASSES]
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise RealDataError(f"cannot read {path}: {why}") from error
    names = [line.rsplit(":", FIELDS_BEHIND)[0].strip() for line in lines if not COMMENT.match(line)]
    if BACKGROUND in names:
        # Where a class has that name too, it stands there twice.
        names.remove(BACKGROUND)
    return tuple(dict.fromkeys(name for name in names if name and name.isprintable()))


def text_of_class_list(class_names: Sequence[str]) -> str:
    """A line a class: its name and the colour that its pixels have in the masks."""
    lines = ["# label:color_rgb:parts:actions"]
    for value, name in enumerate((BACKGROUND, *class_names)):
        red, green, blue = voc_palette()[3 * min(value, 255) : 3 * min(value, 255) + 3]
        lines.append(f"{name}:{red},{green},{blue}::")
    return "\n".join(lines) + "\n"

"""Writes docs/reference/api.md from `synthvis.__all__`; mkdocstrings fills it in. --check only compares."""

from __future__ import annotations

import sys
from pathlib import Path

import synthvis

PAGE = Path(__file__).parent / "reference" / "api.md"
INTRO = """# Python API

Generated from `synthvis.__all__` by `make docs`; do not edit.

```python
import synthvis as sv
```

Importing the package loads neither Blender nor torch nor OpenCV; a function loads what it needs when it is called.
"""
MODULES = {
    "synthvis.errors": "Errors",
    "synthvis.seeds": "Random numbers",
}
"""Modules that are public as a whole."""


def page() -> str:
    """The whole page as Markdown."""
    names = [name for name in synthvis.__all__ if not name.startswith("_") and f"synthvis.{name}" not in MODULES]
    parts = [INTRO, *(f"::: synthvis.{name}\n" for name in names)]
    for module, title in MODULES.items():
        options = (
            "    options:\n      show_root_heading: false\n      show_root_toc_entry: false\n      heading_level: 3\n"
        )
        parts.append(f"## {title}\n\n`{module}`\n\n::: {module}\n{options}")
    return "\n".join(parts)


def main() -> int:
    """Write or check the page."""
    text = page()
    if "--check" not in sys.argv:
        PAGE.write_text(text)
        return 0
    if PAGE.exists() and PAGE.read_text() == text:
        return 0
    sys.stderr.write(f"{PAGE} does not list what `synthvis.__all__` has; run `make docs`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())

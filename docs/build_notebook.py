"""Makes docs/tutorial/first_dataset.ipynb from the tutorial page, with smaller settings.

Without options it runs every cell in a new folder (needs nbclient and ipykernel; `make notebook`). With --check it
compares text and code cells of the committed notebook with the page, and runs nothing.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

TUTORIAL = Path(__file__).parent / "tutorial" / "first_dataset.md"
NOTEBOOK = TUTORIAL.with_suffix(".ipynb")
CHECKOUT = str(TUTORIAL.parents[2])
SMALLER = {"--n 120": "--n 24", "--n 40": "--n 12", "--steps 200": "--steps 30", "--size 170": "--size 96"}
NOTE = "*Made from the [tutorial page](first_dataset.md), with smaller settings: the numbers are those of a toy.*\n"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```\n", flags=re.MULTILINE | re.DOTALL)
PLAIN = """import os

for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
    os.environ.pop(name, None)  # lines of a log, and no live progress
"""
SECONDS_PER_CELL = 1800


def cells() -> list[dict[str, Any]]:
    """Text and code cells in the order of the page."""
    page = re.sub(r"^(!\[.*|This page is also a \[notebook\].*\n.*)\n\n?", "", TUTORIAL.read_text(), flags=re.MULTILINE)
    made, text, end = [], "", 0
    for fence in FENCE.finditer(page):
        text, end = text + page[end : fence.start()], fence.end()
        code = code_of(*fence.groups())
        if not code:
            text += fence.group()
            continue
        made += [cell("markdown", text), *(cell("code", each) for each in code)]
        text = ""
    made.append(cell("markdown", text + page[end:]))
    made[0]["source"] = [*made[0]["source"], "\n\n", NOTE]
    made.insert(1, cell("code", PLAIN))
    return [{**each, "id": f"cell-{number}"} for number, each in enumerate(made)]


def code_of(language: str, text: str) -> list[str]:
    """The code cells of a fenced block; none where it is there to be read."""
    if language == "yaml":
        name = re.search(r"^name: (\w+)$", text, flags=re.MULTILINE)
        return [f"%%writefile {name[1]}.yaml\n{text}"] if name else []
    if language != "bash":
        return []
    for large, small in SMALLER.items():
        text = text.replace(large, small)
    pictures = re.findall(r"--out (\S+\.jpg)", text)
    return [f"%%bash\n{text}", *(f'from IPython.display import Image\n\nImage("{picture}")' for picture in pictures)]


def cell(kind: str, text: str) -> dict[str, Any]:
    """A cell in the notebook format."""
    body = {"cell_type": kind, "metadata": {}, "source": text.strip().splitlines(keepends=True)}
    return body if kind == "markdown" else {**body, "execution_count": None, "outputs": []}


def executed(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with the output of every cell."""
    import nbformat  # type: ignore[import-not-found, unused-ignore]
    from nbclient import NotebookClient  # type: ignore[import-not-found, unused-ignore]

    with tempfile.TemporaryDirectory() as folder:
        node = nbformat.reads(json.dumps(notebook), as_version=4)
        client = NotebookClient(node, timeout=SECONDS_PER_CELL, resources={"metadata": {"path": folder}})
        client.execute()
        text: str = nbformat.writes(node).replace(folder, "/home/you/first")
    done: dict[str, Any] = json.loads(text)
    for each in done["cells"]:
        each["metadata"] = {}
        if "outputs" in each:
            each["outputs"] = joined(each["outputs"])
    return done


def joined(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a cell printed, one output for each stream, then its pictures."""
    texts: dict[str, str] = {}
    for output in outputs:
        if output["output_type"] == "stream":
            texts[output["name"]] = texts.get(output["name"], "") + "".join(output["text"])
    streams = [
        {"output_type": "stream", "name": name, "text": plain(text).splitlines(keepends=True)}
        for name, text in texts.items()
    ]
    return [*streams, *(output for output in outputs if output["output_type"] != "stream")]


def plain(text: str) -> str:
    """Without colours, blanks at the ends of lines, and where the repository is."""
    colourless = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace(CHECKOUT, "synthvis")
    return re.sub(r"[ \t]+$", "", colourless, flags=re.MULTILINE)


def is_fresh() -> bool:
    """Whether the committed notebook has the cells of the page and every code cell was run."""
    if not NOTEBOOK.exists():
        return False
    stored = json.loads(NOTEBOOK.read_text())["cells"]
    sources = [(each["cell_type"], "".join(each["source"])) for each in stored]
    return sources == [(each["cell_type"], "".join(each["source"])) for each in cells()] and all(
        each["execution_count"] for each in stored if each["cell_type"] == "code"
    )


def main() -> int:
    """Build or check the notebook."""
    if "--check" in sys.argv:
        if is_fresh():
            return 0
        sys.stderr.write(f"{NOTEBOOK} is not what {TUTORIAL.name} says; run `make notebook`\n")
        return 1
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {"cells": cells(), "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    NOTEBOOK.write_text(json.dumps(executed(notebook), indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Writes docs/reference/recipe.md and training.md from the models; --check only says whether they are up to date."""

from __future__ import annotations

import sys
from pathlib import Path

from pydantic import BaseModel

from synthvis.config.recipe import Recipe
from synthvis.config.reference import Section, sections_of
from synthvis.train.config import TrainConfig

FOLDER = Path(__file__).parent / "reference"

RECIPE_INTRO = """# Keys of a recipe

Generated from the models in `synthvis/config/` by `make docs`; do not edit.

A recipe is a YAML file that says which scenes `synthvis render` draws. Every key below may stand in the file, in the
block that its first part names, or on the command line after `--set`, which wins:

```text
synthvis render --recipe fruit --set camera.fill=[0.4,1.0] --set objects.count_mean=5 --n 20
synthvis pipelines cp fruit my_fruit.yaml        # a file to start from
synthvis pipelines show fruit --resolved         # every value of a recipe, defaults included
synthvis pipelines keys camera                   # a part of this page in the terminal
```

A value `[low, high]` is a range from which each image draws; `{name: weight}` gives relative frequencies, which need
not add up to anything. Units are in the meaning or at the end of the key (`_px`, `_mm`, `_m`, `_deg`). A share is a
number from 0 to 1. Where scenes have an environment ([environments](environments.md)), it decides what stands where
and from where it is seen: `objects`, `distractors`, `free_environment` and the keys of `camera` that say so then count
only for `free` scenes.
"""

TRAINING_INTRO = """# Settings of training

Generated from `synthvis/train/config.py` by `make docs`; do not edit.

Most of them are options of `synthvis train` (`layer_decay` is `--layer-decay`); all of them may stand under `train:` in
a pipeline file and after `--set` of `synthvis study`. [Augmentation](../how_to/augmentation.md) explains the parts of
`augment_recipe`, [the training toolbox](../how_to/training_toolbox.md) the optimisers and schedules.
"""

PAGES: dict[str, tuple[str, type[BaseModel]]] = {
    "recipe.md": (RECIPE_INTRO, Recipe),
    "training.md": (TRAINING_INTRO, TrainConfig),
}


def page(intro: str, model: type[BaseModel]) -> str:
    """A whole page as Markdown."""
    return "\n".join([intro, *(section(each) for each in sections_of(model))])


def section(found: Section) -> str:
    """A heading, what the block is about, and a table of its keys."""
    rows = [
        f"| `{key.path}` | {key.values} | {'needed' if key.default is None else f'`{key.default}`'} | {key.meaning} |"
        for key in found.keys
    ]
    absent = " The block may be left out." if found.default == "null" else ""
    head = ["| key | values | default | meaning |", "|---|---|---|---|"]
    return "\n".join([f"## {found.path or 'Top level'}", "", found.intro + absent, "", *head, *rows, ""])


def main() -> int:
    """Write or check the pages."""
    code = 0
    for name, (intro, model) in PAGES.items():
        path, text = FOLDER / name, page(intro, model)
        if "--check" not in sys.argv:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            sys.stderr.write(f"{path} is not what the models say; run `make docs`\n")
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())

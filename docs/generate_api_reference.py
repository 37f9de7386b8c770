"""Writes docs/reference/api.md from `synthvis.__all__`; mkdocstrings fills it in. --check only compares."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

import synthvis

PAGE = Path(__file__).parent / "reference" / "api.md"
INTRO = """# Python API

Generated from `synthvis.__all__` by `make docs`; do not edit.

```python
import synthvis as sv

recipe = sv.load_recipe("fruit", set={"image.width_px": 256, "image.height_px": 256})
scene = sv.sample_scene(recipe, seed=0, index=42)
```

Importing the package loads neither Blender nor torch nor OpenCV; a function loads what it needs when it is called.
Nothing is printed: progress comes by callback, sentences by callback or through the logger `synthvis`, and what goes
wrong is raised as one of the [errors](#errors).
"""
GROUPS = {
    "Make": (
        "load_recipe",
        "sample_scene",
        "render",
        "merge",
        "fit_sensor",
        "SensorFit",
        "run_pipeline",
        "PipelineResult",
        "Recipe",
    ),
    "Look": (
        "open_dataset",
        "Dataset",
        "Split",
        "Sample",
        "check",
        "CheckReport",
        "preview",
        "dataset_statistics",
        "SetStatistics",
        "explain_image",
        "ImageProvenance",
        "object_types",
        "environments",
        "import_meshes",
        "draw_types",
    ),
    "Learn": ("train", "Run", "track", "TrackedLabels", "backbones", "layer_table"),
    "Use": ("Predictions", "PredictedPicture"),
    "Compare": ("compare", "study", "report"),
    "Manage": ("check_machine", "Finding"),
    "Own scenes": (
        "environment",
        "SceneComposer",
        "Composition",
        "View",
        "Surroundings",
        "Tabletop",
        "with_walls",
        "palette",
        "uniform",
        "chance",
        "pick",
    ),
    "Own types of object": ("ObjectType", "Category", "RestPose", "SurfaceSpec"),
}
"""Public names by what they are for; the errors follow."""

MODULES = {"synthvis.metrics.picture_predictions": "Kinds of prediction", "synthvis.seeds": "Random numbers"}
"""Modules that are public as a whole."""


def page() -> str:
    """The whole page as Markdown."""
    grouped = {name for names in GROUPS.values() for name in names}
    rest = [name for name in synthvis.__all__ if name not in grouped and not name.startswith("_")]
    parts = [INTRO]
    for title, names in {**GROUPS, "Errors": rest}.items():
        parts.append(f"## {title}\n")
        parts += [entry(name) for name in names]
    for module, title in MODULES.items():
        options = (
            "    options:\n      show_root_heading: false\n      show_root_toc_entry: false\n      heading_level: 3\n"
        )
        parts.append(f"## {title}\n\n`{module}`\n\n::: {module}\n{options}")
    return "\n".join(parts)


def entry(name: str) -> str:
    """A public name by its module: `synthvis.render` alone would be the package of that name."""
    value = getattr(synthvis, name)
    module = value.__name__.rpartition(".")[0] if inspect.ismodule(value) else value.__module__
    return f"::: {module}.{name}\n    options:\n      heading_level: 3\n"


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

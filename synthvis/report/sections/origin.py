"""How it was made: recipe, renderer, model, and every setting of the training."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from synthvis.report.page import Part, Section
from synthvis.report.report_inputs import Material, RunFiles
from synthvis.version import __version__

__all__ = ["origin_part"]


def origin_part(material: Material) -> Part:
    """One section; none without a run."""
    if material.run is None:
        return Part()
    facts = {"made": list(_how_made(material.run)), "config": list(_leaves(material.run.config))}
    return Part(sections=(Section(name="origin", title="How it was made", facts=facts),))


def _how_made(run: RunFiles) -> Iterator[tuple[str, str]]:
    train: Mapping[str, Any] = next((one.training for one in run.gap.evaluations if one.training), {})
    if run.dataset:
        recipe = run.dataset.recipe
        width, height, samples = (
            recipe.value_at(key) or "?" for key in ("image.width_px", "image.height_px", "render.samples")
        )
        yield "recipe", f"{recipe.name}, seed {run.dataset.seed}"
        yield "images", f"{width}x{height}, {samples} samples"
        yield "content", run.dataset.content_hash[:12]
        yield "renderer", ", ".join(f"{name} {version}" for name, version in run.dataset.versions.items())
    for key, label in (("dataset", "trained on"), ("images", "training images"), ("steps", "steps"), ("seed", "seed")):
        if key in train:
            yield label, _tail(train[key])
    model = train.get("model") or run.config.get("model")
    if model:
        named = model.get("backbone") or model.get("name") if isinstance(model, Mapping) else model
        yield "model", str(named)
    yield "synthvis", __version__


def _leaves(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{key}.{name}" if key else str(name))
    else:
        yield key, _tail(value)


def _tail(value: Any) -> str:
    """A value as text; of an absolute path only the last name, so that a report tells nothing of a machine."""
    text = value if isinstance(value, str) else json.dumps(value)
    return Path(text).name if text.startswith(("/", "~")) else text

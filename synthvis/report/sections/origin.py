"""How the run was made: recipe, renderer, model, and every setting of the training."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from synthvis.metrics.training_facts import TrainingFacts
from synthvis.report.page import BuiltSections, Section
from synthvis.report.report_inputs import ReportInputs, RunFiles
from synthvis.version import __version__

__all__ = ["origin_sections"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginData:
    """What the section shows, as names and values: what made the run, and every setting of its training."""

    made: tuple[tuple[str, str], ...]
    config: tuple[tuple[str, str], ...]


def origin_sections(inputs: ReportInputs) -> BuiltSections:
    """One section; none without a run."""
    if inputs.run is None:
        return BuiltSections()
    data = OriginData(made=tuple(_how_made(inputs.run)), config=tuple(_leaves(inputs.run.config)))
    return BuiltSections(sections=(Section(template="origin", title="How it was made", data=data),))


def _how_made(run: RunFiles) -> Iterator[tuple[str, str]]:
    said = (one.training for one in run.gap.evaluations if one.training != TrainingFacts())
    train = next(said, TrainingFacts())
    if run.dataset:
        recipe = run.dataset.recipe
        width, height, samples = (
            recipe.value_at(key) or "?" for key in ("image.width_px", "image.height_px", "render.samples")
        )
        yield "recipe", f"{recipe.name}, seed {run.dataset.seed}"
        yield "images", f"{width}x{height}, {samples} samples"
        yield "content", run.dataset.content_hash[:12]
        yield "renderer", ", ".join(f"{name} {version}" for name, version in run.dataset.versions.items())
    told = {"trained on": train.dataset, "training images": train.images, "steps": train.steps, "seed": train.seed}
    yield from ((label, _tail(value)) for label, value in told.items() if value is not None)
    model = train.model or run.config.get("model")
    if model:
        named = model.get("backbone") or model.get("name") if isinstance(model, Mapping) else model
        yield "model", str(named)
    yield "synthvis", __version__


def _leaves(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{key}.{name}" if key else str(name))
    else:
        yield key, _tail(value)


def _tail(value: object) -> str:
    """A value as text; of an absolute path only the last name, so that a report tells nothing of a machine."""
    text = value if isinstance(value, str) else json.dumps(value)
    return Path(text).name if text.startswith(("/", "~")) else text

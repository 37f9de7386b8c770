"""One run, one HTML file: no script, font or picture from elsewhere, so it can be mailed and opened in ten years.

Photographs are never embedded unless asked for: their licences differ, and a report is made to be passed on.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from synthvis import __version__
from synthvis.dataset.layout import write_bytes_atomic
from synthvis.dataset.manifest import Dataset, open_dataset
from synthvis.errors import DatasetError, UsageError
from synthvis.gap.table import read_evaluations, write_gap
from synthvis.report.curves import learning_charts, precision_recall_charts
from synthvis.report.errors_panel import error_panels
from synthvis.report.scores import answers_boxes, scores_of
from synthvis.report.sheet import dataset_facts
from synthvis.report.wording import about_metric, headline, left_out, metric_text, percent_text

__all__ = ["write_report"]

TEMPLATES = Path(__file__).parent / "templates"


def write_report(
    run_dir: Path, dataset_root: Path | None = None, out: Path | None = None, *, embed_real: bool = False
) -> Path:
    """Write the report of a run.

    Args:
        run_dir: Folder with eval_*.json.
        dataset_root: The rendered dataset; by default the one the run names, when it is still there.
        out: The HTML file; by default report.html in `run_dir`.
        embed_real: Put crops of real photographs into the file, for private use.

    Returns:
        The file written.

    Raises:
        UsageError: `run_dir` is no folder.
        SynthvisError: It holds no evaluation, or a damaged one.
        DatasetError: `dataset_root` was given and is no dataset.
    """
    if not run_dir.is_dir():
        raise UsageError(f"no run at {run_dir}", hint="`synthvis train` makes one; runs are folders under runs/")
    target = out or run_dir / "report.html"
    if target.is_dir():
        target = target / "report.html"
    page = _render(_context(run_dir, dataset_root, embed_real=embed_real))
    write_bytes_atomic(target, page.encode("utf-8"))
    return target


def _render(context: Mapping[str, Any]) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(metric=metric_text, percent=percent_text)
    return environment.get_template("report.html").render(context)


def _context(run_dir: Path, dataset_root: Path | None, *, embed_real: bool) -> dict[str, Any]:
    evaluations = read_evaluations(run_dir)
    gap = write_gap(run_dir)
    scores = scores_of(evaluations, gap)
    config = _json_or_empty(run_dir / "config.json")
    dataset = _dataset_of(run_dir, dataset_root, config, gap)
    with_boxes = [one for one in evaluations if answers_boxes(one)]
    panels, why_no_errors = error_panels(run_dir, with_boxes, dataset, embed_real=embed_real)
    return {
        "title": run_dir.resolve().name,
        "headline": headline(scores),
        "gap": gap,
        "scores": scores,
        "left_out": left_out(scores, boxes=bool(with_boxes)),
        "about_metric": about_metric(scores),
        "made": list(_how_made(gap, config, dataset)),
        "config": list(_leaves(config)),
        "class_chart": scores.class_chart(),
        "curves": precision_recall_charts(evaluations),
        "learning": learning_charts(run_dir / "metrics.jsonl", scores.headline),
        "dataset": dataset_facts(dataset) if dataset else None,
        "error_panels": panels,
        "not_measured": [*gap["not_measured"], *_report_holes(run_dir, dataset), *why_no_errors],
        "bootstrap": next((one["bootstrap"] for one in evaluations if one.get("bootstrap")), None),
        "embeds_real": embed_real,
        "version": __version__,
        "written": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }


def _dataset_of(
    run_dir: Path, dataset_root: Path | None, config: Mapping[str, Any], gap: Mapping[str, Any]
) -> Dataset | None:
    if dataset_root is not None:
        return open_dataset(dataset_root)
    named = config.get("data")
    names = [named.get("set") if isinstance(named, Mapping) else named, (gap["synthetic"] or {}).get("set")]
    parents = (Path("data"), run_dir.resolve().parent.parent / "data", run_dir.resolve().parent)
    candidates = [parent / one for one in names if isinstance(one, str) and one for parent in parents]
    for path in candidates:
        try:
            return open_dataset(path)
        except (DatasetError, OSError):
            continue
    return None


def _json_or_empty(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _how_made(gap: Mapping[str, Any], config: Mapping[str, Any], dataset: Dataset | None) -> Iterator[tuple[str, str]]:
    train: Mapping[str, Any] = next(
        (one["train"] for one in (gap["synthetic"], *gap["real"]) if one and one.get("train")), {}
    )
    if dataset:
        image, render = dataset.recipe.get("image", {}), dataset.recipe.get("render", {})
        yield "recipe", f"{dataset.recipe.get('name', '?')}, seed {dataset.seed}"
        yield (
            "images",
            f"{image.get('width_px', '?')}x{image.get('height_px', '?')}, {render.get('samples', '?')} samples",
        )
        yield "content", dataset.content_hash[:12]
        yield "renderer", ", ".join(f"{name} {version}" for name, version in dataset.versions.items())
    for key, label in (("dataset", "trained on"), ("images", "training images"), ("steps", "steps"), ("seed", "seed")):
        if key in train:
            yield label, _tail(train[key])
    model = train.get("model") or config.get("model")
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


def _report_holes(run_dir: Path, dataset: Dataset | None) -> list[dict[str, str]]:
    if dataset:
        return []
    how = f"synthvis report {shlex.quote(str(run_dir))} --data FOLDER"
    return [{"what": "Contact sheet, counts and sizes", "why": "the rendered dataset was not found", "how": how}]

"""From a trained network and a labelled split to eval_{set}.json and predictions_{set}.json."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from synthvis.dataset.box_style import BoxStyle, in_style
from synthvis.dataset.coco_split import CocoSplit
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.metrics.detection import detection_metrics
from synthvis.train.checkpoint import Trained
from synthvis.train.predict import predict_split, shared_classes

__all__ = ["evaluate_split", "file_stem", "write_evaluation"]

Evaluation = dict[str, Any]


def evaluate_split(
    trained: Trained,
    split: CocoSplit,
    device: torch.device,
    *,
    resamples: int = 200,
    on_images: Callable[[int], None] = lambda _: None,
) -> tuple[Evaluation, list[dict[str, Any]]]:
    """Measure `trained` on `split`, renders by the kind of box that it was trained on.

    Returns:
        The content of eval_{set}.json and of predictions_{set}.json.
    """
    split = in_style(split, _style_of(trained))
    classes = shared_classes(split, trained.classes)
    rows = predict_split(trained.detector, trained.classes, trained.model.image_size, split, device, on_images)
    measured = detection_metrics(split, rows, classes, resamples=resamples)
    head = {"set": split.name, "kind": split.kind, "split": split.split, "source": split.name}
    counts = {"images": measured.pop("images"), "boxes": measured.pop("boxes"), "classes": classes}
    return {**head, **counts, **measured, "train": dict(trained.facts)}, rows


def _style_of(trained: Trained) -> BoxStyle:
    """The style of boxes that the weights were trained on; facts of older runs lack the margin."""
    amodal = trained.facts.get("boxes") == "amodal"
    return BoxStyle(kind="amodal" if amodal else "modal", margin=float(trained.facts.get("box_margin") or 0))


def write_evaluation(run_dir: Path, evaluation: Evaluation, rows: list[dict[str, Any]]) -> Path:
    """Write both files of an evaluation into `run_dir`; returns the path of the first."""
    stem = file_stem(evaluation)
    write_bytes_atomic(run_dir / f"predictions_{stem}.json", json.dumps(rows).encode())
    path = run_dir / f"eval_{stem}.json"
    write_bytes_atomic(path, (json.dumps(evaluation, indent=1, ensure_ascii=False) + "\n").encode())
    return path


def file_stem(evaluation: Evaluation) -> str:
    """Name of the set in file names; its kind and split are added where "real" and "val" do not go without saying."""
    name, split = str(evaluation["set"]), str(evaluation["split"])
    safe = "".join(character if character.isalnum() or character in "-_" else "_" for character in name)
    safe += "_synthetic" if evaluation["kind"] == "synthetic" else ""
    return safe if split == "val" else f"{safe}_{split}"

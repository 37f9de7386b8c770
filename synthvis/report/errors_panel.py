"""The worst errors as pictures: of rendered images always, of photographs only when asked."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from synthvis.dataset.coco_split import CocoSplit
from synthvis.dataset.manifest import Dataset
from synthvis.dataset.real import find_real, read_split
from synthvis.errors import SynthvisError
from synthvis.report.matching import DetectionError, operating_score, worst_errors
from synthvis.report.pictures import crop_around

__all__ = ["error_panels"]

PER_KIND = 6
KIND_ORDER = ("missed", "false positive", "wrong class", "bad localisation", "duplicate")

Panels = tuple[list[dict[str, Any]], list[dict[str, str]]]


def error_panels(
    run_dir: Path, evaluations: Sequence[Mapping[str, Any]], dataset: Dataset | None, *, embed_real: bool
) -> Panels:
    """Panels of worst errors, and what could not be shown and why."""
    panels, holes = [], []
    for one in evaluations:
        real = one["kind"] == "real"
        if real and not embed_real:
            continue
        try:
            panels.append(_panel(run_dir, one, dataset))
        except SynthvisError as error:
            how = error.hint or f"synthvis evaluate {shlex.quote(str(run_dir))}"
            holes.append({"what": f"Worst errors on {one['set']}", "why": error.what, "how": how})
    return panels, holes


def _panel(run_dir: Path, evaluation: Mapping[str, Any], dataset: Dataset | None) -> dict[str, Any]:
    split = _truth_of(evaluation, dataset)
    predictions = _predictions(run_dir / f"predictions_{evaluation['file']}.json")
    truth = _as_coco(split, evaluation.get("classes") or split.class_names)
    score = operating_score(truth, predictions)
    paths = {image.id: image.path for image in split.images}
    found = worst_errors(truth, predictions, PER_KIND, score)
    kinds = [(kind, [_picture(error, paths) for error in found[kind]]) for kind in KIND_ORDER if kind in found]
    return {"set": evaluation["set"], "kind": evaluation["kind"], "score": score, "kinds": kinds}


def _truth_of(evaluation: Mapping[str, Any], dataset: Dataset | None) -> CocoSplit:
    if evaluation["kind"] == "real":
        return read_split(find_real(str(evaluation.get("source") or evaluation["set"])), evaluation.get("split"))
    if dataset is None:
        raise SynthvisError("the rendered dataset was not found", hint="synthvis report RUN --data FOLDER")
    return read_split(find_real(dataset.root), evaluation.get("split"))


def _predictions(path: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(path.read_bytes())
        return [
            {**row, "bbox": [float(v) for v in row["bbox"]], "score": float(row["score"])}
            for row in rows
            if len(row["bbox"]) == 4 and "category_id" in row and "image_id" in row
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SynthvisError(f"{path.name} cannot be read: {type(error).__name__}") from error


def _as_coco(split: CocoSplit, classes: Sequence[str]) -> dict[str, Any]:
    wanted = {name: number for name, number in split.category_ids.items() if name in set(classes)}
    boxes = [
        {"image_id": image.id, "category_id": wanted[box.class_name], "bbox": list(box.bbox_xywh_px)}
        for image in split.images
        for box in image.boxes
        if box.class_name in wanted and not box.is_crowd
    ]
    names = [{"id": number, "name": name} for name, number in split.category_ids.items()]
    return {"images": [{"id": image.id} for image in split.images], "annotations": boxes, "categories": names}


def _picture(error: DetectionError, paths: Mapping[int, Path]) -> dict[str, Any]:
    if error.kind == "missed":
        side = round(error.weight**0.5)
        said = f"{error.label}, about {side} px"
    else:
        said = f"{error.label}, score {error.score:.2f}" + (f", IoU {error.iou:.2f}" if error.iou else "")
    return {**crop_around(paths[error.image_id], error), "said": said, "image_id": error.image_id}

"""The worst errors of a detector on a set: which prediction met which box, and what was left over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Box", "DetectionError", "iou_xywh", "operating_score", "worst_errors"]

Box = tuple[float, float, float, float]

MATCH_IOU = 0.5
LOCALISATION_IOU = 0.1
"""A prediction that overlaps a box of its class by this much, and less than `MATCH_IOU`, is badly placed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionError:
    """One error.

    Attributes:
        kind: "false positive", "bad localisation", "wrong class", "duplicate" or "missed".
        image_id: COCO image id.
        label: Class predicted, or the class missed.
        prediction_xywh_px: Box predicted, None for a miss.
        truth_xywh_px: Box meant or missed, None where there is none near.
        score: Of the prediction, 0 for a miss.
        iou: Of prediction and truth.
        weight: Rank within the kind: the score, or the area of a missed box in pixels.
    """

    kind: str
    image_id: int
    label: str
    prediction_xywh_px: Box | None
    truth_xywh_px: Box | None
    score: float
    iou: float
    weight: float


def iou_xywh(a: Box, b: Box) -> float:
    """Intersection over union of two half-open boxes."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    inside = width * height
    return inside / (a[2] * a[3] + b[2] * b[3] - inside)


def worst_errors(
    truth: Mapping[str, Any], predictions: Sequence[Mapping[str, Any]], per_kind: int, min_score: float
) -> dict[str, list[DetectionError]]:
    """The gravest errors of each kind, at most one a kind and image so that one bad image does not fill the page.

    Greedy matching by falling score, as COCOeval does: a prediction takes the free box of its class with the highest
    overlap of at least `MATCH_IOU`.

    Args:
        truth: Content of a COCO instances file.
        predictions: COCO results: image_id, category_id, bbox (xywh), score.
        per_kind: Errors to keep of each kind.
        min_score: Predictions below it are not looked at; see `operating_score`.
    """
    names = {entry["id"]: str(entry["name"]) for entry in truth["categories"]}
    boxes, found = _by_image(truth["annotations"]), _by_image([one for one in predictions if one["score"] >= min_score])
    errors: dict[str, list[DetectionError]] = defaultdict(list)
    for image_id in sorted({entry["id"] for entry in truth["images"]}):
        for error in _errors_of_image(image_id, boxes[image_id], found[image_id], names):
            errors[error.kind].append(error)
    return {kind: _gravest(errors[kind], per_kind) for kind in sorted(errors)}


def operating_score(truth: Mapping[str, Any], predictions: Sequence[Mapping[str, Any]]) -> float:
    """The score threshold with the highest F1 at IoU .50 over the whole set; 0 where nothing was ever found."""
    boxes, found = _by_image(truth["annotations"]), _by_image(predictions)
    hits = [(float(one["score"]), hit) for key in sorted(found) for one, hit in _match(boxes[key], found[key])[0]]
    total = len(truth["annotations"])
    best_f1, best_score, right = 0.0, 0.0, 0
    for count, (score, hit) in enumerate(sorted(hits, key=lambda one: -one[0]), start=1):
        right += hit
        f1 = 2 * right / (count + total)
        if f1 > best_f1:
            best_f1, best_score = f1, score
    return best_score


def _by_image(entries: Sequence[Mapping[str, Any]]) -> defaultdict[int, list[Mapping[str, Any]]]:
    found: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for entry in entries:
        found[entry["image_id"]].append(entry)
    return found


def _errors_of_image(
    image_id: int, boxes: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]], names: Mapping[int, str]
) -> Iterator[DetectionError]:
    hits, free = _match(boxes, found)
    for one, hit in hits:
        if not hit:
            yield _unmatched(image_id, one, boxes, names)
    for box in free:
        x, y, w, h = map(float, box["bbox"])
        yield DetectionError(
            kind="missed", image_id=image_id, label=names.get(box["category_id"], "?"), prediction_xywh_px=None,
            truth_xywh_px=(x, y, w, h), score=0.0, iou=0.0, weight=w * h,
        )  # fmt: skip


def _match(
    boxes: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]
) -> tuple[list[tuple[Mapping[str, Any], bool]], list[Mapping[str, Any]]]:
    """Each prediction by falling score with whether it met a box, and the boxes nobody met."""
    free, hits = list(boxes), []
    for one in sorted(found, key=lambda entry: -float(entry["score"])):
        same = [box for box in free if box["category_id"] == one["category_id"]]
        best = max(same, key=lambda box: _overlap(box, one), default=None)
        if best is not None and _overlap(best, one) >= MATCH_IOU:
            free.remove(best)
            hits.append((one, True))
        else:
            hits.append((one, False))
    return hits, free


def _unmatched(
    image_id: int, one: Mapping[str, Any], boxes: Sequence[Mapping[str, Any]], names: Mapping[int, str]
) -> DetectionError:
    near = max(boxes, key=lambda box: _overlap(box, one), default=None)
    iou = _overlap(near, one) if near is not None else 0.0
    kind = "false positive"
    if near is not None and iou >= LOCALISATION_IOU:
        kind = _kind_of_near_miss(near, one, iou)
    return DetectionError(
        kind=kind,
        image_id=image_id,
        label=names.get(one["category_id"], "?"),
        prediction_xywh_px=_box(one),
        truth_xywh_px=_box(near) if near is not None and kind != "false positive" else None,
        score=float(one["score"]),
        iou=iou,
        weight=float(one["score"]),
    )


def _kind_of_near_miss(near: Mapping[str, Any], one: Mapping[str, Any], iou: float) -> str:
    if near["category_id"] != one["category_id"]:
        return "wrong class" if iou >= MATCH_IOU else "false positive"
    return "duplicate" if iou >= MATCH_IOU else "bad localisation"


def _overlap(a: Mapping[str, Any], b: Mapping[str, Any]) -> float:
    return iou_xywh(_box(a), _box(b))


def _box(entry: Mapping[str, Any]) -> Box:
    x, y, w, h = map(float, entry["bbox"])
    return (x, y, w, h)


def _gravest(errors: Sequence[DetectionError], count: int) -> list[DetectionError]:
    by_image: dict[int, DetectionError] = {}
    for error in sorted(errors, key=lambda one: -one.weight):
        by_image.setdefault(error.image_id, error)
    return list(by_image.values())[:count]

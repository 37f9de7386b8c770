"""A run and a dataset made up without Blender and torch: coloured discs, and a detector that is sometimes wrong."""

from __future__ import annotations

import json

import numpy as np

from synthvis.dataset.layout import DatasetLayout, write_json_atomic
from synthvis.dataset.manifest import manifest_of
from synthvis.evaluation.run_folder import write_evaluation
from synthvis.formats.images import write_jpeg, write_png
from synthvis.formats.rle import encode_mask
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.measures import Bootstrap, ClassMeasures, PrecisionRecall
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.predictions import BoxPrediction, ImagePrediction
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.objects.spec import Category

SIDE = 160
VERSIONS = {"synthvis": "0.1.0", "bpy": "4.5.15", "numpy": "1.26.4", "opencv": "4.11"}
RECIPE = {"name": "made-up", "image": {"width_px": SIDE, "height_px": SIDE}, "render": {"samples": 8}}


def disc(rng):
    radius = int(rng.integers(10, 40))
    x, y = (int(value) for value in rng.integers(radius, SIDE - radius, 2))
    rows, columns = np.mgrid[:SIDE, :SIDE]
    return (rows - y) ** 2 + (columns - x) ** 2 < radius**2, [x - radius, y - radius, 2 * radius, 2 * radius]


def make_dataset(root, names=("apple", "orange"), images=15):
    categories = [
        Category(id=53 + k, name=name, supercategory="food", keypoints=("left", "right"), skeleton=((0, 1),))
        for k, name in enumerate(names)
    ]
    layout = DatasetLayout(root)
    write_json_atomic(layout.manifest, manifest_of(RECIPE, 7, categories, VERSIONS).to_dict())
    rng = np.random.default_rng(0)
    for split, indices in (("train", range(1, images + 1)), ("val", range(images + 1, images + 7))):
        entries, annotations = [], []
        for index in indices:
            pixels = np.full((SIDE, SIDE, 3), rng.integers(120, 220, 3), np.uint8)
            depth = np.full((SIDE, SIDE), 1500, np.uint16)
            for _ in range(int(rng.integers(1, 4))):
                mask, box = disc(rng)
                k = int(rng.integers(len(names)))
                pixels[mask], depth[mask] = rng.integers(0, 255, 3), 900
                x, y, w, h = box
                annotations.append(
                    {
                        "id": len(annotations) + 1, "image_id": index, "category_id": 53 + k, "bbox": box,
                        "area": int(mask.sum()), "iscrowd": 0, "segmentation": encode_mask(mask),
                        "keypoints": [x, y + h / 2, 2, x + w, y + h / 2, 1], "num_keypoints": 2,
                    }
                )  # fmt: skip
            entries.append({"id": index, "file_name": f"{index:06d}.jpg", "width": SIDE, "height": SIDE})
            write_jpeg(layout.image(split, index), pixels, 90)
            write_png(layout.depth(split, index), depth)
            write_png(layout.normals(split, index), pixels)
        listed = [
            {"id": c.id, "name": c.name, "supercategory": "food", "keypoints": ["left", "right"], "skeleton": [[1, 2]]}
            for c in categories
        ]
        for task in ("instances", "keypoints"):
            content = {"images": entries, "annotations": annotations, "categories": listed}
            write_json_atomic(layout.annotations(task, split), content)
    return root


def class_row(metrics, counts):
    """A class without intervals."""
    return ClassMeasures(metrics={name: MetricValue(value) for name, value in metrics.items()}, counts=counts)


TRAINING = TrainingFacts(dataset="made-up", images=15, steps=40, seed=0, model="tf_efficientnet_lite0")


def evaluation(name, kind, ap, classes):
    """Of a detector whose AP is `ap`."""

    def metric(value):
        return MetricValue(value, max(0.0, value - 0.05), min(1.0, value + 0.05))

    recall = tuple(k / 100 for k in range(101))
    falling = tuple(max(0.0, 1 - (r / max(ap, 0.01)) ** 3) for r in recall)
    curve = PrecisionRecall(recall=recall, precision_50=falling, precision_75=tuple(v * v for v in falling))
    return Evaluation(
        task="detection", headline="AP", set=name, kind=kind, split="val", source=name, images=96,
        counts={"boxes": 192}, classes=tuple(classes),
        metrics={"AP": metric(ap), "AP50": metric(min(1, ap * 1.6)), "AP75": metric(ap * 0.9),
                 "AP_small": MetricValue(None)},
        per_class={
            c: class_row({"AP": ap - 0.03 * k, "AP50": min(1, ap * 1.5)}, {"boxes": 40 + k})
            for k, c in enumerate(classes)
        },
        pr_curves=dict.fromkeys(classes, curve), bootstrap=Bootstrap(resamples=200), training=TRAINING,
    )  # fmt: skip


def predictions_for(root):
    """Every third box missed, every third badly placed, some of the wrong class, and one out of thin air."""
    truth = json.loads(DatasetLayout(root).annotations("instances", "val").read_text())
    ids = [one["id"] for one in truth["categories"]]
    rows = [BoxPrediction(image_id=truth["images"][0]["id"], category_id=ids[0], bbox=(2, 2, 20, 20), score=0.95)]
    for k, one in enumerate(truth["annotations"]):
        x, y, w, h = one["bbox"]
        if k % 3 == 0:
            continue
        shift = w * 0.45 if k % 3 == 1 else 1
        other = ids[(ids.index(one["category_id"]) + (k % 4 == 1)) % len(ids)]
        rows.append(BoxPrediction(image_id=one["image_id"], category_id=other, bbox=(x + shift, y, w, h), score=0.6))
    return rows


def make_run(run, dataset, names=("apple", "orange"), real=()):
    run.mkdir(parents=True, exist_ok=True)
    write_evaluation(run, evaluation("synthetic", "synthetic", 0.62, names), predictions_for(dataset))
    for name in real:
        write_evaluation(run, evaluation(name, "real", 0.34, names), [])
    (run / "config.json").write_text(json.dumps({"train": {"steps": 40, "seed": 0}, "data": {"set": dataset.name}}))
    rows = [{"step": k, "loss": 2 / (1 + k / 10), "classification": 1 / (1 + k / 9), "lr": 1e-3} for k in range(40)]
    (run / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows) + '{"step": 40, "lo')
    return run


def other_evaluation(name, kind, task, metrics, per_class, **counts):
    """An evaluation of a task without boxes: the first metric is its headline; classes are made by `class_row`."""
    return Evaluation(
        task=task, headline=next(iter(metrics)), set=name, kind=kind, split="val", source=name, images=24,
        counts=counts, classes=tuple(per_class),
        metrics={key: MetricValue(value, value * 0.9, value * 1.1) for key, value in metrics.items()},
        per_class=per_class, bootstrap=Bootstrap(resamples=200), training=TRAINING,
    )  # fmt: skip


def make_other_run(run, evaluations):
    """A run whose predictions are no boxes."""
    run.mkdir(parents=True, exist_ok=True)
    for one in evaluations:
        write_evaluation(run, one, [ImagePrediction(image_id=1, file_name="1.jpg")])
    headline = evaluations[0].headline
    rows = [{"step": k, "loss": 2 / (1 + k), "cross_entropy": 1 / (1 + k), "lr": 1e-3, "seconds": 1} for k in range(9)]
    rows += [{"step": 9, f"val/{headline}": 0.1}, {"step": 10, f"val/{headline}": 0.2}]
    (run / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return run

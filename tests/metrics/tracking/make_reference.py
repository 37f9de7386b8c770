"""Writes reference.json: films of boxes with what TrackEval says of them.

    uv venv env && uv pip install --python env/bin/python trackeval==1.3.0
    env/bin/python tests/metrics/tracking/make_reference.py

TrackEval (MIT licence) needs a numpy that bpy does not allow, so it is no dependency of the tests. Not collected by
pytest. Ignored objects are taken out by its code for KITTI, and again, where there are no regions, by that for MOT17.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from trackeval.datasets.kitti_2d_box import Kitti2DBox
from trackeval.datasets.mot_challenge_2d_box import MotChallenge2DBox
from trackeval.metrics import CLEAR, HOTA, Identity

CLASSES = {"pedestrian": 1, "person_on_vehicle": 2, "static_person": 7, "distractor": 8, "reflection": 12, "person": 8}
WANTED = {
    "HOTA": ("HOTA", "DetA", "AssA", "LocA"),
    "CLEAR": ("MOTA", "MOTP", "IDSW", "Frag", "MT", "ML", "CLR_TP", "CLR_FN", "CLR_FP"),
    "Identity": ("IDF1", "IDP", "IDR", "IDTP", "IDFP", "IDFN"),
}
Rows = list[list[float]]


class Film:
    """Rows of a film: frame, id, left, top, width, height; regions without an id."""

    def __init__(self, name: str, frames: int, truth: Rows, predicted: Rows, objects: Rows = (), regions: Rows = ()):
        self.name, self.frames = name, frames
        self.truth, self.predicted, self.objects, self.regions = truth, predicted, list(objects), list(regions)

    def to_dict(self) -> dict[str, object]:
        return dict(vars(self))


def raw_data(film: Film) -> dict[str, object]:
    """A film as datasets of TrackEval hand it on."""
    raw: dict[str, object] = {"num_timesteps": film.frames, "seq": film.name}
    keys = ("gt_ids", "gt_dets", "gt_classes", "gt_extras", "tracker_ids", "tracker_dets", "tracker_classes")
    for key in (*keys, "tracker_confidences", "similarity_scores", "gt_crowd_ignore_regions"):
        raw[key] = []
    for frame in range(1, film.frames + 1):
        truth = [row for row in film.truth if row[0] == frame]
        ignored = [row for row in film.objects if row[0] == frame]
        found = [row for row in film.predicted if row[0] == frame]
        there, boxes = corners([row[2:] for row in truth + ignored]), corners([row[2:] for row in found])
        raw["gt_ids"].append(np.array([row[1] for row in truth + ignored], int))
        raw["gt_dets"].append(there)
        raw["gt_classes"].append(np.array([1] * len(truth) + [8] * len(ignored), int))
        marks = np.array([1] * len(truth) + [0] * len(ignored), int)
        nothing = np.zeros(len(marks), int)
        raw["gt_extras"].append({"zero_marked": marks, "occlusion": nothing, "truncation": nothing})
        raw["tracker_ids"].append(np.array([row[1] for row in found], int))
        raw["tracker_dets"].append(boxes)
        raw["tracker_classes"].append(np.ones(len(found), int))
        raw["tracker_confidences"].append(np.ones(len(found)))
        raw["similarity_scores"].append(Kitti2DBox._calculate_box_ious(there, boxes, box_format="x0y0x1y1"))
        regions = corners([row[1:] for row in film.regions if row[0] == frame])
        raw["gt_crowd_ignore_regions"].append(regions)
    return raw


def corners(boxes: Rows) -> np.ndarray:
    """(N, 4) left, top, right, bottom."""
    array = np.array(boxes, float).reshape(-1, 4)
    return np.concatenate([array[:, :2], array[:, :2] + array[:, 2:]], axis=1)


def kitti() -> Kitti2DBox:
    made = Kitti2DBox.__new__(Kitti2DBox)
    made.class_name_to_class_id = CLASSES
    made.max_occlusion, made.max_truncation, made.min_height = 2, 0, 0
    return made


def mot17() -> MotChallenge2DBox:
    made = MotChallenge2DBox.__new__(MotChallenge2DBox)
    made.benchmark, made.do_preproc = "MOT17", True
    made.class_name_to_class_id, made.valid_class_numbers = CLASSES, list(range(1, 14))
    return made


def metrics() -> dict[str, object]:
    return {"HOTA": HOTA(), "CLEAR": CLEAR({"PRINT_CONFIG": False}), "Identity": Identity({"PRINT_CONFIG": False})}


def results(film: Film) -> dict[str, dict[str, object]]:
    data = kitti().get_preprocessed_seq_data(raw_data(film), "pedestrian")
    found = {name: one.eval_sequence(data) for name, one in metrics().items()}
    if not film.regions:
        other = mot17().get_preprocessed_seq_data(raw_data(film), "pedestrian")
        again = {name: one.eval_sequence(other) for name, one in metrics().items()}
        assert values(found) == values(again), film.name
    return found


def values(found: dict[str, dict[str, object]]) -> dict[str, float]:
    """The wanted numbers by name, those of HOTA as means over alpha."""
    return {key: float(np.mean(found[family][key])) for family, keys in WANTED.items() for key in keys}


def moving(rng: np.random.Generator, tracks: int, frames: int, room_px: float) -> Rows:
    """Boxes that go straight on; some come late or leave early."""
    rows = []
    for track in range(1, tracks + 1):
        start, speed, size = rng.uniform(0, room_px, 2), rng.uniform(-8, 8, 2), rng.uniform(20, 60, 2)
        first, last = sorted(rng.integers(1, frames + 1, 2)) if rng.random() < 0.5 else (1, frames)
        for frame in range(first, last + 1):
            rows.append([frame, track, *np.round(start + speed * frame, 2).tolist(), *np.round(size, 2).tolist()])
    return rows


def found_in(rng: np.random.Generator, truth: Rows, frames: int, noise_px: float) -> Rows:
    """What a poor tracker makes of boxes: jitter, gaps, exchanged and new ids, boxes of nothing."""
    ids = {int(row[1]): int(row[1]) + 10 for row in truth}
    rows, fresh = [], 100
    for frame in range(1, frames + 1):
        there = [row for row in truth if row[0] == frame]
        if len(there) > 1 and rng.random() < 0.2:
            one, other = (int(there[place][1]) for place in rng.choice(len(there), 2, replace=False))
            ids[one], ids[other] = ids[other], ids[one]
        for row in there:
            if rng.random() < 0.08:
                ids[int(row[1])], fresh = fresh, fresh + 1
            if rng.random() > 0.15:
                jitter = rng.normal(0, noise_px, 4)
                box = np.maximum(np.array(row[2:]) + jitter, [-1e9, -1e9, 1, 1])
                rows.append([frame, ids[int(row[1])], *np.round(box, 2).tolist()])
        if rng.random() < 0.3:
            rows.append([frame, fresh, *np.round(rng.uniform(0, 200, 2), 2).tolist(), 30.0, 40.0])
            fresh += rng.integers(0, 2)
    return [[int(row[0]), int(row[1]), *row[2:]] for row in rows]


def random_film(seed: int) -> Film:
    rng = np.random.default_rng(seed)
    frames = 12
    # In little room boxes overlap, so that it matters which pairs stay together.
    truth = moving(rng, int(rng.integers(2, 6)), frames, 200 if seed < 12 else 25)
    predicted = found_in(rng, truth, frames, float(rng.choice([1, 4, 10])))
    objects: Rows = []
    regions: Rows = []
    if seed % 3:
        ignored = int(truth[-1][1])
        objects = [row for row in truth if row[1] == ignored]
        truth = [row for row in truth if row[1] != ignored]
    if seed % 3 == 2:
        regions = [[frame, 50, 20, 90, 120] for frame in range(1, frames + 1, 2)]
    return Film(f"random {seed}", frames, truth, predicted, objects, regions)


def straight(track: int, x: float, frames: range, y: float = 0) -> Rows:
    return [[frame, track, x + 2 * frame, y, 20, 40] for frame in frames]


def edge_films() -> list[Film]:
    two = straight(1, 0, range(1, 9)) + straight(2, 100, range(1, 9))
    swapped = [[row[0], row[1] if row[0] < 5 else 3 - row[1], *row[2:]] for row in two]
    restarted = [[row[0], row[1] + 10 * (row[0] > 4), *row[2:]] for row in two]
    gap = [row for row in straight(1, 0, range(1, 9)) if row[0] not in (3, 4, 6)]
    beside = straight(1, 0, range(1, 9)) + straight(2, 6, range(1, 9))
    exchanged = [[row[0], row[1] if row[0] < 6 else 3 - row[1], *row[2:]] for row in beside]
    half = [[frame, 1, 10, 0, 20, 40] for frame in range(1, 5)]
    return [
        Film("perfect", 8, two, two),
        Film("no predictions", 8, two, []),
        Film("no truth", 8, [], two),
        Film("swapped ids", 8, two, swapped),
        Film("restarted ids", 8, two, restarted),
        Film("frames without truth", 8, [row for row in two if row[0] not in (2, 5)], two),
        Film("frames without any prediction", 8, straight(1, 0, range(1, 9)), gap),
        Film("gaps beside another track", 8, two, gap + straight(2, 100, range(1, 9))),
        Film("ids above a thousand million", 8, [[r[0], r[1] + 10**9, *r[2:]] for r in two[:3]], two),
        Film("overlap of exactly a half", 4, [[f, 1, 0, 0, 30, 40] for f in range(1, 5)], half),
        Film("one frame", 1, [[1, 1, 0, 0, 10, 10]], [[1, 5, 1, 0, 10, 10], [1, 6, 30, 0, 10, 10]]),
        Film("beside each other, exchanged", 8, beside, exchanged),
        Film("only ignored", 8, [], two, objects=two),
        Film("ignored region", 8, straight(1, 0, range(1, 9)), two, regions=[[f, 90, 0, 60, 60] for f in range(1, 9)]),
    ]


def main() -> None:
    films = [*edge_films(), *(random_film(seed) for seed in range(20))]
    cases = [{**film.to_dict(), "values": values(results(film))} for film in films]
    chosen = [film for film in films if film.name.startswith("random")]
    each = {film.name: results(film) for film in chosen}
    together = {
        family: one.combine_sequences({name: found[family] for name, found in each.items()})
        for family, one in metrics().items()
    }
    content = {"made_with": "trackeval 1.3.0", "cases": cases, "random_films_together": values(together)}
    text = json.dumps(content, separators=(",", ":"))
    (Path(__file__).parent / "reference.json").write_text(text.replace('{"name"', '\n{"name"') + "\n")


if __name__ == "__main__":
    main()

"""What went wrong with tracks: strips of frames of the worst films, with the boxes and the trails of the tracks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from synthvis.data.sample import Sample
from synthvis.data.split import Split, class_key
from synthvis.metrics.box_overlaps import box_overlaps
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.picture_predictions import DetectedObject, DetectedObjects
from synthvis.metrics.predictions import TrackPrediction
from synthvis.metrics.tracking.tracking import FilmEvents, film_events
from synthvis.report.errors.error_panel import ErrorGroup, ErrorPanel, ErrorPicture
from synthvis.viz import overlay
from synthvis.viz.chips import draw_chips
from synthvis.viz.palette import Color
from synthvis.viz.pictures import jpeg_uri
from synthvis.viz.trails import Trails

__all__ = ["frames_to_show", "track_panel"]

FILMS, FRAMES = 3, 6
PICTURE_PX = 480
FOUND_IOU = 0.5
MISSED: Color = (255, 255, 255)

RowsOfImage = Mapping[int, Sequence[TrackPrediction]]


def track_panel(split: Split, evaluation: Evaluation, rows: Sequence[TrackPrediction]) -> ErrorPanel:
    """Strips of the films with the most switches, then misses and wrong boxes, a share of their frames."""
    known = {class_key(name) for name in evaluation.classes or split.class_names}
    names = [name for name in split.class_names if class_key(name) in known]
    films = [one for one in film_events(split, rows, names) if len(one.frames) > 1]
    by_image: dict[int, list[TrackPrediction]] = {}
    for row in rows:
        by_image.setdefault(row.image_id, []).append(row)
    worst = sorted(films, key=_badness, reverse=True)[:FILMS]
    return ErrorPanel(
        about=(
            f"Up to {FILMS} films with the most errors a frame, switches before misses and wrong boxes: the first "
            "switches with the frame before each, and frames at even distances. Each track has its colour and its "
            "number, and a line where the lower side of its box was; what is labelled and was missed at IoU 0.5 has a "
            "white dashed box."
        ),
        groups=tuple(ErrorGroup(title=_title(one, evaluation), pictures=_strip(one, by_image, names)) for one in worst),
        nothing="This set holds no film of more than one frame.",
        is_wide=True,
    )


def frames_to_show(switches: Sequence[int], count: int = FRAMES) -> list[int]:
    """Which frames of a film are shown, by position: the pairs around its first switches, then those at even distances.

    Args:
        switches: Of each frame.
        count: At most so many.
    """
    frames = len(switches)
    around = [position for at in np.flatnonzero(switches)[: count // 2].tolist() for position in (max(at - 1, 0), at)]
    even = np.linspace(0, frames - 1, min(count, frames)).round().astype(int).tolist()
    return sorted(list(dict.fromkeys([*around, *even]))[:count])


def _badness(film: FilmEvents) -> tuple[float, float]:
    frames = len(film.frames)
    return film.switches.sum() / frames, (film.missed.sum() + film.wrong.sum()) / frames


def _title(film: FilmEvents, evaluation: Evaluation) -> str:
    row = evaluation.per_film.get(film.name)
    score = "" if row is None else f", HOTA {row.metrics['HOTA']}"
    switches = _counted(int(film.switches.sum()), "switch", "switches")
    return f"film {film.name}{score}: {len(film.frames)} frames, {switches}"


def _strip(film: FilmEvents, rows: RowsOfImage, names: Sequence[str]) -> tuple[ErrorPicture, ...]:
    return tuple(
        ErrorPicture(
            uri=jpeg_uri(drawn, PICTURE_PX),
            caption=_caption(film, position),
            source=f"image {film.frames[position].id}",
        )
        for position, drawn in _drawn_frames(film, rows, names)
    )


def _drawn_frames(film: FilmEvents, rows: RowsOfImage, names: Sequence[str]) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    wanted, trails = frames_to_show(film.switches.tolist()), Trails()
    for position, sample in enumerate(film.frames[: wanted[-1] + 1]):
        own = rows.get(sample.id, ())
        trails.add(_objects(sample, own))
        if position in wanted:
            yield position, _drawn(sample, own, trails, names)


def _objects(sample: Sample, rows: Sequence[TrackPrediction]) -> DetectedObjects:
    objects = [DetectedObject(label=0, bbox_xywh_px=one.bbox, score=one.score, track_id=one.track_id) for one in rows]
    return DetectedObjects(image_hw=sample.image_hw, objects=tuple(objects))


def _drawn(sample: Sample, rows: Sequence[TrackPrediction], trails: Trails, names: Sequence[str]) -> NDArray[np.uint8]:
    factor = PICTURE_PX / max(sample.image_hw)
    image = overlay.resized(sample.image, tuple(max(1, round(side * factor)) for side in sample.image_hw))
    zoom_xy = np.array(image.shape[1::-1]) / sample.image_hw[::-1]
    found = np.array([one.bbox for one in rows]).reshape(-1, 4) * np.tile(zoom_xy, 2)
    missed = _missed(sample, rows, names) * np.tile(zoom_xy, 2)
    colors = [overlay.color_of(one.track_id) for one in rows]
    image = overlay.draw_boxes(
        trails.draw(image, zoom_xy), [*found.tolist(), *missed.tolist()], [*colors, *[MISSED] * len(missed)],
        [*[False] * len(found), *[True] * len(missed)],
    )  # fmt: skip
    return draw_chips(image, found.tolist(), colors, [str(one.track_id) for one in rows])


def _missed(sample: Sample, rows: Sequence[TrackPrediction], names: Sequence[str]) -> NDArray[np.float64]:
    """(N, 4) labelled boxes that no box overlaps by half."""
    labelled = [one.bbox_xywh_px for one in sample.objects if one.class_name in names and not one.is_crowd]
    boxes = np.array(labelled, dtype=np.float64).reshape(-1, 4)
    overlaps = box_overlaps(boxes, np.array([one.bbox for one in rows], dtype=np.float64).reshape(-1, 4))
    missed: NDArray[np.float64] = boxes[~(overlaps >= FOUND_IOU).any(axis=1)]
    return missed


def _caption(film: FilmEvents, position: int) -> str:
    said = [
        _counted(int(film.switches[position]), "switch", "switches"),
        f"{film.missed[position]} missed",
        _counted(int(film.wrong[position]), "wrong box", "wrong boxes"),
    ]
    return f"frame {position + 1}: {', '.join(said)}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"

"""Metrics of predicted tracks on the films of a split, with 95% intervals from a bootstrap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.metrics.image_sums import measures_of_sums
from synthvis.metrics.means import Floats, ratio
from synthvis.metrics.measures import ClassMeasures, Measures
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.predictions import TrackPrediction
from synthvis.metrics.tracking.clear import clear_film
from synthvis.metrics.tracking.definitions import HEADLINE
from synthvis.metrics.tracking.film_case import FilmCase, FrameBoxes, film_case
from synthvis.metrics.tracking.hota import ALPHAS, hota_film
from synthvis.metrics.tracking.identity import identity_film
from synthvis.metrics.tracking.ignored import without_ignored

__all__ = ["FilmEvents", "film_events", "films_of", "tracking_metrics"]

CLEAR_SUMS, IDENTITY_SUMS, HOTA_SUMS = 6, 3, 5
FEWEST_FILMS = 5
"""With fewer, intervals are drawn from parts of films: two films or three have next to no resamples."""

FILMS = "films"
PARTS = 20
"""Of equal length, of all films together."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _FilmSums:
    """What one film says.

    Attributes:
        by_frame: (T, 104) sums of the three families of metrics.
        tracks: (3,) tracks of the truth, mostly tracked ones and mostly lost ones.
    """

    by_frame: Floats
    tracks: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FilmEvents:
    """What happened in a film of T frames, at IoU 0.5.

    Attributes:
        name: Of the film.
        frames: In the order of time.
        missed: (T,) int64 labelled boxes that no track found.
        wrong: (T,) int64 boxes of tracks that found nothing.
        switches: (T,) int64 labelled tracks that another predicted track found than before.
    """

    name: str
    frames: tuple[Sample, ...]
    missed: NDArray[np.int64]
    wrong: NDArray[np.int64]
    switches: NDArray[np.int64]


def films_of(images: Sequence[Sample]) -> list[list[Sample]]:
    """The frames of each film in the order of time; a still picture is a film of one frame."""
    films: dict[int, list[Sample]] = {}
    stills = []
    for image in images:
        if image.video_id is None:
            stills.append([image])
        else:
            films.setdefault(image.video_id, []).append(image)
    return [*(sorted(one, key=lambda image: image.frame_id or 0) for _, one in sorted(films.items())), *stills]


def tracking_metrics(
    split: Split,
    predictions: Sequence[TrackPrediction],
    class_names: Sequence[str],
    *,
    resamples: int = 200,
    seed: int = 0,
) -> Measures:
    """CLEAR MOT, IDF1 and HOTA of `predictions` on `split`, over `class_names` only.

    Tracks of one class are held against objects of that class; the counts of all classes are then added. Intervals come
    from a bootstrap over films, or, of fewer than five films, over parts of them, the matches staying what they are in
    the whole film.

    Args:
        split: The labelled films; an object without a track id is a track by itself.
        predictions: Tracks with the split's own image and category ids.
        class_names: The split's names of the classes to measure.
        resamples: Bootstrap resamples; 0 leaves low and high None.
        seed: Seed of the resampling.

    Raises:
        ValueError: A predicted track has two boxes in one image.
    """
    films = films_of(split.images)
    by_class = {name: _sums_of_films(films, predictions, name, split.category_ids[name]) for name in class_names}
    whole = [_added([by_class[name][place] for name in class_names]) for place in range(len(films))]
    units, unit = _units(whole)
    metrics, bootstrap = measures_of_sums(units, _values, HEADLINE, resamples=resamples, seed=seed)
    shares = _shares_of_tracks(whole, resamples if unit == FILMS else 0, seed)
    return Measures(
        images=len(split.images),
        counts={**_counts(whole), "films": len(films)},
        metrics={**metrics, **shares},
        per_class={name: _of_some(own, resamples, seed) for name, own in by_class.items()},
        per_film={name: _of_some([whole[place]], resamples, seed) for place, name in _film_names(split, films).items()},
        bootstrap=replace(bootstrap, unit=unit),
    )


def film_events(split: Split, predictions: Sequence[TrackPrediction], class_names: Sequence[str]) -> list[FilmEvents]:
    """What happened in each film, frame by frame; arguments and errors are those of `tracking_metrics`."""
    films = films_of(split.images)
    names = _film_names(split, films)
    found = []
    for place, frames in enumerate(films):
        rows = np.zeros((len(frames), CLEAR_SUMS))
        for class_name in class_names:
            own = [row for row in predictions if row.category_id == split.category_ids[class_name]]
            rows += clear_film(_case(frames, _by_image(own), class_name)).by_frame
        _, missed, wrong, switches, _, _ = rows.astype(np.int64).T
        found.append(
            FilmEvents(
                name=names.get(place, f"image {frames[0].id}"), frames=tuple(frames), missed=missed, wrong=wrong,
                switches=switches,
            )
        )  # fmt: skip
    return found


def _sums_of_films(
    films: Sequence[Sequence[Sample]], predictions: Sequence[TrackPrediction], class_name: str, category_id: int
) -> list[_FilmSums]:
    by_image = _by_image([row for row in predictions if row.category_id == category_id])
    return [_sums_of(_case(frames, by_image, class_name)) for frames in films]


def _by_image(predictions: Sequence[TrackPrediction]) -> dict[int, list[tuple[int, Sequence[float]]]]:
    by_image: dict[int, list[tuple[int, Sequence[float]]]] = {}
    for row in predictions:
        by_image.setdefault(row.image_id, []).append((row.track_id, row.bbox))
    return by_image


def _case(
    frames: Sequence[Sample], by_image: Mapping[int, list[tuple[int, Sequence[float]]]], class_name: str
) -> FilmCase:
    ground_truth, predicted = [], []
    single = _numbers_below_zero()
    for image in frames:
        own = [one for one in image.objects if one.class_name == class_name]
        there = FrameBoxes.of([(_track_id(one, single), one.bbox_xywh_px) for one in own if not one.is_crowd])
        found = FrameBoxes.of(by_image.get(image.id, ()))
        ground_truth.append(there)
        predicted.append(without_ignored(found, there, [one for one in own if one.is_crowd]))
    return film_case(ground_truth, predicted)


def _track_id(one: LabelledObject, single: Iterator[int]) -> int:
    return next(single) if one.track_id is None else one.track_id


def _numbers_below_zero() -> Iterator[int]:
    number = 0
    while True:
        number -= 1
        yield number


def _sums_of(film: FilmCase) -> _FilmSums:
    clear = clear_film(film)
    hota = hota_film(film).reshape(len(film.frames), HOTA_SUMS * len(ALPHAS))
    return _FilmSums(
        by_frame=np.concatenate([clear.by_frame, identity_film(film), hota], axis=1),
        tracks=np.array([clear.tracks, clear.mostly_tracked, clear.mostly_lost], dtype=np.float64),
    )


def _added(classes: Sequence[_FilmSums]) -> _FilmSums:
    return _FilmSums(
        by_frame=np.sum([one.by_frame for one in classes], axis=0),
        tracks=np.sum([one.tracks for one in classes], axis=0),
    )


def _units(films: Sequence[_FilmSums]) -> tuple[list[Floats], str]:
    """The sums of what is resampled, and what that is."""
    if len(films) >= FEWEST_FILMS:
        return [film.by_frame.sum(axis=0) for film in films], FILMS
    frames = sum(len(film.by_frame) for film in films)
    length = max(round(frames / PARTS), 1)
    parts = [
        part.sum(axis=0)
        for film in films
        for part in np.array_split(film.by_frame, max(round(len(film.by_frame) / length), 1))
    ]
    return parts, f"parts of films, about {length} frames each" if length > 1 else "frames"


def _values(sums: Floats) -> dict[str, Floats]:
    """Metrics (B,) by name of sums (B, 104)."""
    hits, misses, wrong, switches, iou, fragments = sums[:, :CLEAR_SUMS].T
    right, extra, lost = sums[:, CLEAR_SUMS : CLEAR_SUMS + IDENTITY_SUMS].T
    hota = _hota_values(sums[:, CLEAR_SUMS + IDENTITY_SUMS :].reshape(len(sums), HOTA_SUMS, len(ALPHAS)))
    return {
        HEADLINE: hota[HEADLINE],
        "MOTA": 1 - ratio(misses + wrong + switches, hits + misses),
        "IDF1": ratio(2 * right, 2 * right + extra + lost),
        **hota,
        "MOTP": ratio(iou, hits),
        "IDP": ratio(right, right + extra),
        "IDR": ratio(right, right + lost),
        "IDSW": switches,
        "Frag": fragments,
    }


def _hota_values(sums: Floats) -> dict[str, Floats]:
    """Of (B, 5, 19) sums; without a match at an alpha, AssA is 0 and LocA 1 there, as in the reference."""
    hits, misses, wrong, together, iou = np.moveaxis(sums, 1, 0)
    boxes = hits + misses + wrong
    detection = ratio(hits, boxes)
    association = np.where(boxes > 0, together / np.maximum(hits, 1), np.nan)
    localisation = np.where(boxes > 0, np.where(hits > 0, iou / np.maximum(hits, 1), 1.0), np.nan)
    return {
        "HOTA": np.sqrt(detection * association).mean(axis=1),
        "DetA": detection.mean(axis=1),
        "AssA": association.mean(axis=1),
        "LocA": localisation.mean(axis=1),
    }


def _shares_of_tracks(films: Sequence[_FilmSums], resamples: int, seed: int) -> dict[str, MetricValue]:
    def values(sums: Floats) -> dict[str, Floats]:
        return {"MT": ratio(sums[:, 1], sums[:, 0]), "ML": ratio(sums[:, 2], sums[:, 0])}

    return measures_of_sums([film.tracks for film in films], values, "MT", resamples=resamples, seed=seed)[0]


def _of_some(own: Sequence[_FilmSums], resamples: int, seed: int) -> ClassMeasures:
    """Of one class in all films, or of all classes in one film."""
    units, unit = _units(own)
    metrics = measures_of_sums(units, _values, HEADLINE, resamples=resamples, seed=seed)[0]
    shares = _shares_of_tracks(own, resamples if unit == FILMS else 0, seed)
    return ClassMeasures(metrics={**metrics, **shares}, counts=_counts(own))


def _film_names(split: Split, films: Sequence[Sequence[Sample]]) -> dict[int, str]:
    """The name of each film by its place, no two alike; none of still pictures."""
    names: dict[int, str] = {}
    for place, frames in enumerate(films):
        number = frames[0].video_id
        if number is not None:
            name = split.films[number].name if number in split.films else f"film {number}"
            names[place] = f"{name} ({number})" if name in names.values() else name
    return names


def _counts(films: Sequence[_FilmSums]) -> dict[str, int]:
    boxes = sum(float(film.by_frame[:, :2].sum()) for film in films)
    return {"boxes": int(boxes), "tracks": int(sum(float(film.tracks[0]) for film in films))}

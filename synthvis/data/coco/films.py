"""Films in COCO files: `videos` at the top, `video_id` and `frame_id` of images, `track_id` of annotations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from synthvis.data.coco.annotations import Unusable, is_number_of_film
from synthvis.data.film import Film
from synthvis.data.left_out import LeftOutCounter
from synthvis.errors import quoted
from synthvis.formats.json_lists import ListOnDisk

__all__ = ["TrackNumbers", "film_entries", "films_of", "frame_of"]

MAX_NAME_CHARS = 200
MAX_FPS = 1e6
SHOWN_CHARS = 80


class TrackNumbers:
    """The numbers of the tracks in each image: in one frame no two objects are the same."""

    def __init__(self) -> None:
        self._taken: set[tuple[int, int]] = set()

    def take(self, image_id: int, track_id: int | None) -> None:
        """Note that an object of a track is in an image.

        Raises:
            Unusable: Another object of that track is there.
        """
        if track_id is None:
            return
        if (image_id, track_id) in self._taken:
            raise Unusable("track_id is taken by another object of its frame", track_id)
        self._taken.add((image_id, track_id))


def frame_of(entry: Mapping[str, Any]) -> tuple[int, int] | None:
    """Numbers of the film and of the frame of an image entry; None of a still picture.

    Raises:
        Unusable: It has one that is no number, or only one of the two.
    """
    video_id, frame_id = entry.get("video_id"), entry.get("frame_id")
    if video_id is None and frame_id is None:
        return None
    if not (is_number_of_film(video_id) and is_number_of_film(frame_id)):
        raise Unusable("video_id and frame_id are not two whole numbers from 0 on", [video_id, frame_id])
    return video_id, frame_id


def films_of(entries: object, used: Iterable[int], counter: LeftOutCounter) -> dict[int, Film]:
    """The films whose frames are there, by number; one without an entry is named after its number.

    Args:
        entries: "videos" of the file, whatever it is.
        used: Numbers of the films that have frames.
        counter: Counts entries that cannot be used.
    """
    found: dict[int, Film] = {}
    for entry in entries if isinstance(entries, list | ListOnDisk) else ():
        film = _film(entry)
        if film is None or film.id in found:
            counter.add("videos", "no id and name of a film, or listed twice", quoted(entry, SHOWN_CHARS))
        else:
            found[film.id] = film
    return {number: found.get(number, Film(id=number, name=f"{number:04d}")) for number in sorted(set(used))}


def film_entries(films: Iterable[Film]) -> list[dict[str, object]]:
    """Films as a COCO file has them."""
    return [{"id": one.id, "name": one.name, **({} if one.fps is None else {"fps": one.fps})} for one in films]


def _film(entry: object) -> Film | None:
    if not isinstance(entry, dict) or not is_number_of_film(entry.get("id")):
        return None
    name, fps = entry.get("name", f"{entry['id']:04d}"), entry.get("fps")
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME_CHARS or not name.isprintable():
        return None
    return Film(id=entry["id"], name=name, fps=_rate(fps))


def _rate(value: object) -> float | None:
    # Not so of NaN.
    is_rate = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= MAX_FPS
    return float(value) if is_rate else None  # type: ignore[arg-type]

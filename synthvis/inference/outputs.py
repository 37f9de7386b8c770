"""What is written of each picture: the drawn picture, the predicted map, the record in the journal."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import DatasetError
from synthvis.formats.arrays import encode_normals
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.depth import PNG_1MM
from synthvis.formats.images import write_jpeg, write_png
from synthvis.formats.video import writing_video
from synthvis.inference.inputs import PictureFile
from synthvis.inference.output_names import OutputNames
from synthvis.inference.records import PredictedPicture, numbers_of, objects_of
from synthvis.metrics.picture_predictions import (
    ClassMap,
    DepthMap,
    NormalMap,
    NumberMap,
    PicturePrediction,
    Vocabulary,
)
from synthvis.viz.drawn_predictions import PredictionArtist
from synthvis.viz.trails import Trails

__all__ = ["DRAWN", "MAPS", "Outputs", "remove_output"]

DRAWN, MAPS, TRACKS = "drawn", "maps", "tracks"
CLASSES_FILE = "classes.txt"
JPEG_QUALITY = 90

Image = NDArray[np.uint8]


@dataclass(slots=True, kw_only=True, eq=False)
class Outputs:
    """Writes what is found below an output folder.

    Attributes:
        folder: The output folder.
        words: Classes and keypoints of the network.
        is_drawn: Whether pictures are drawn.
        names: Gives every input its name below drawn/ and maps/.
        next_id: Id of the next picture.
        is_followed: Whether the objects of videos are followed.
    """

    folder: Path
    words: Vocabulary
    is_drawn: bool
    names: OutputNames
    next_id: int
    is_followed: bool = False
    _artist: PredictionArtist = field(init=False)

    def __post_init__(self) -> None:
        self._artist = PredictionArtist(words=self.words)

    def of_picture(
        self, source: PictureFile, stamp: str, image_rgb: Image, found: PicturePrediction
    ) -> PredictedPicture:
        """Write the drawn picture and the map; returns the record.

        Raises:
            DatasetError: A file cannot be written.
        """
        name = self.names.of(source.parts)
        drawn = f"{DRAWN}/{name}.jpg" if self.is_drawn else None
        if drawn is not None:
            write_jpeg(self.folder / drawn, self._artist.draw(image_rgb, found), JPEG_QUALITY)
        return self.record(source.name, found, stamp=stamp, drawn=drawn, map_name=self._write_map(name, found))

    @contextmanager
    def drawing_video(self, name: str, fps: float) -> Iterator[Callable[[Image, PicturePrediction], None]]:
        """Give a function that draws one frame after the other into the video `name` below the output folder.

        Raises:
            DatasetError: It cannot be written.
        """
        artist = PredictionArtist(words=self.words, is_video=True, is_followed=self.is_followed)
        with writing_video(self.folder / name, fps) as writer:
            first_hw: list[tuple[int, int]] = []

            trails = Trails() if self.is_followed else None

            def draw(frame_rgb: Image, found: PicturePrediction) -> None:
                drawn = artist.draw(frame_rgb, found, trails)
                if not first_hw:
                    first_hw.append((drawn.shape[0], drawn.shape[1]))
                writer.write(_of_size(drawn, first_hw[0]))

            yield draw

    def record(
        self,
        file: str,
        found: PicturePrediction,
        *,
        stamp: str,
        drawn: str | None,
        map_name: str | None = None,
        frame: int | None = None,
    ) -> PredictedPicture:
        """The record of a picture or a frame, with an id of its own."""
        self.next_id += 1
        return PredictedPicture(
            file=file,
            frame=frame,
            image_id=self.next_id - 1,
            width=found.image_hw[1],
            height=found.image_hw[0],
            objects=objects_of(found, self.words),
            numbers=numbers_of(found, self.words),
            drawn=drawn,
            map=map_name,
            stamp=stamp,
        )

    def write_tracks(self, name: str, rows: Sequence[str]) -> str:
        """Write the tracks of a video as MOTChallenge takes results; returns the file below the output folder.

        Raises:
            DatasetError: It cannot be written.
        """
        path = f"{TRACKS}/{name}.txt"
        write_bytes_atomic(self.folder / path, "".join(rows).encode())
        return path

    def _write_map(self, name: str, found: PicturePrediction) -> str | None:
        """Its name below the output folder; None of a prediction without a value for each pixel."""
        path = f"{MAPS}/{name}.png"
        if isinstance(found, ClassMap):
            self._write_classes()
            write_png(self.folder / path, found.labels)
        elif isinstance(found, DepthMap):
            write_png(self.folder / path, np.asarray(PNG_1MM.encode(found.values), dtype=np.uint16))
        elif isinstance(found, NormalMap):
            write_png(self.folder / path, encode_normals(found.values))
        elif isinstance(found, NumberMap):
            path = f"{MAPS}/{name}.npy"
            content = io.BytesIO()
            np.save(content, found.values, allow_pickle=False)
            write_bytes_atomic(self.folder / path, content.getvalue())
        else:
            return None
        return path

    def _write_classes(self) -> None:
        path = self.folder / MAPS / CLASSES_FILE
        if not path.exists():
            write_bytes_atomic(path, "".join(f"{name}\n" for name in self.words.categories).encode())


def _of_size(frame: Image, image_hw: tuple[int, int]) -> Image:
    """A drawn frame brought to the size of the first one of its video: cut or padded below and at the right."""
    if frame.shape[:2] == image_hw:
        return frame
    sized = np.zeros((*image_hw, 3), np.uint8)
    height, width = min(frame.shape[0], image_hw[0]), min(frame.shape[1], image_hw[1])
    sized[:height, :width] = frame[:height, :width]
    return sized


def remove_output(path: Path) -> None:
    """Remove what an earlier command drew or mapped.

    Raises:
        DatasetError: It cannot be removed.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise DatasetError(f"cannot remove {path}: {error.strerror or error}") from error

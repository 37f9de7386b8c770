"""A film of a dataset to look at: as a video, and as a strip of its frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from synthvis.api.looking import DEFAULT_VIEWS, TILE_PX, checked_views, write_picture
from synthvis.api.sources import Source, source_text
from synthvis.dataset.manifest import open_rendered
from synthvis.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synthvis.viz.annotated_images import AnnotatedImage

__all__ = ["FilmSheet", "film_sheet"]

STRIP_FRAMES = 12
"""Frames in a strip at most, spread over the film."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmSheet:
    """A film, chosen and not yet drawn.

    Attributes:
        frames: Its images, in order.
        fps: Frames a second.
        views: Names of the views of each, side by side.
        tile_px: Longer side of each picture.
        video: MP4 to write.
        strip: Picture to write.
    """

    frames: Sequence[AnnotatedImage]
    fps: float
    views: tuple[str, ...]
    tile_px: int
    video: Path
    strip: Path

    def write(self) -> tuple[Path, Path]:
        """Write the video and the strip; returns both paths.

        Raises:
            SynthvisError: A file cannot be written, or a view is not there.
        """
        from synthvis.formats.video import writing_video
        from synthvis.viz.annotated_images import evenly_spread
        from synthvis.viz.contact_sheet import contact_sheet

        with writing_video(self.video, self.fps) as writer:
            for picture in self._pictures():
                writer.write(picture)
        chosen = evenly_spread(list(self.frames), STRIP_FRAMES)
        write_picture(self.strip, contact_sheet(chosen, self.views, tile_px=self.tile_px))
        return self.video, self.strip

    def _pictures(self) -> Iterator[NDArray[np.uint8]]:
        import numpy as np

        from synthvis.viz.contact_sheet import image_view

        for frame in self.frames:
            yield np.concatenate([image_view(frame, view, self.tile_px) for view in self.views], axis=1)


def film_sheet(
    data: Source,
    film: int,
    *,
    views: Sequence[str] = DEFAULT_VIEWS,
    tile_px: int = TILE_PX,
    out: Path | None = None,
) -> FilmSheet:
    """The video and the strip of a film, chosen.

    Args:
        data: A rendered dataset of films.
        film: Number of the film, from 1.
        views: As of `synthvis.api.looking.preview`.
        tile_px: Longer side of each picture, pixels.
        out: MP4 to write; the strip is a PNG beside it. None: previews/ in the dataset.

    Raises:
        DatasetError: There is no such dataset.
        UsageError: It has no such film, or there is no such view.
    """
    from synthvis.viz.annotated_images import select_images

    chosen = tuple(checked_views(views))
    layout = open_rendered(source_text(data)).layout
    images = [(image, image.entry.video) for image in select_images(layout, 0)]
    numbers = sorted({video.id for _, video in images if video is not None})
    if film not in numbers:
        has = f"it has the films {numbers[0]} to {numbers[-1]}" if numbers else "it has no films: render with --frames"
        raise UsageError(f"{layout.root} has no film {film}", hint=has)
    frames = sorted((image for image, video in images if video is not None and video.id == film), key=_number)
    video = out or layout.previews / f"film{film}_{'-'.join(chosen)}.mp4"
    return FilmSheet(
        frames=frames,
        fps=frames[0].entry.fps or 1.0,
        views=chosen,
        tile_px=tile_px,
        video=video,
        strip=video.with_suffix(".png"),
    )


def _number(image: AnnotatedImage) -> int:
    return image.image_id

"""MOTChallenge sets, read and written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from synthvis.data.contents import Content
from synthvis.data.film import Film
from synthvis.data.formats.base import DataFormat, NamedSplit, SplitFiles, SplitSource, check_objects
from synthvis.data.formats.film_folders import film_folders
from synthvis.data.formats.mot.classes import PERSON, classes_beside, text_of_classes
from synthvis.data.formats.mot.layout import (
    GROUND_TRUTH,
    LABELS,
    PICTURES,
    SEQINFO,
    FilmFolder,
    films_in,
    splits_in,
    text_of_seqinfo,
)
from synthvis.data.formats.mot.reader import read_film
from synthvis.data.formats.mot.rows import MotRow, text_of_row
from synthvis.data.left_out import LeftOutCounter
from synthvis.data.picture_placing import JPEG
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import EmptySplit, Split
from synthvis.errors import RealDataError, UsageError
from synthvis.formats.atomic import write_bytes_atomic

__all__ = ["MOT", "MotFormat"]


class MotFormat(DataFormat):
    """Boxes with track ids, frame by frame."""

    name = "mot"
    about = "a folder with SEQUENCE/gt/gt.txt and SEQUENCE/img1, or with such folders by split"
    serves = frozenset({Content.BOXES, Content.TRACKS})
    holds = frozenset({Content.BOXES, Content.IGNORE_REGIONS, Content.VISIBLE_SHARES, Content.TRACKS})
    wants = frozenset({Content.TRACKS})
    picture_suffixes = frozenset({JPEG})

    def find(self, path: Path) -> Mapping[str, SplitFiles] | None:
        """Splits by folder; films that lie in none are one split."""
        folders = splits_in(path) if path.is_dir() else {}
        return {name: SplitFiles(pictures=folder, labels=folder) for name, folder in folders.items()} or None

    def read(self, source: SplitSource) -> Split:
        """The frames of all films by name; rows with confidence 0 are regions to ignore.

        Raises:
            RealDataError: A file cannot be read, or films have different lists of classes.
            EmptySplit: No film has a picture that can be used.
        """
        folders = films_in(source.files.labels)
        listed = _shared_classes(folders)
        counter = LeftOutCounter()
        samples: list[Sample] = []
        for number, folder in enumerate(folders, start=1):
            samples += read_film(folder, number, len(samples) + 1, listed, counter)
        if not samples:
            raise EmptySplit(f"{source.files.labels}: no film has a picture that can be used")
        met = {one.class_name for image in samples for one in image.objects}
        names = listed if listed is not None else (PERSON, *sorted(met - {PERSON}))
        return Split(
            name=source.name,
            kind=source.kind,
            split=source.split,
            images=tuple(samples),
            class_names=tuple(names),
            category_ids={name: number for number, name in enumerate(names, start=1)},
            films={
                number: Film(id=number, name=folder.root.resolve().name, fps=folder.fps)
                for number, folder in enumerate(folders, start=1)
            },
            left_out=counter.result(),
        )

    def check_writable(self, split: Split) -> None:
        """Every picture must be a frame of a film, its objects labelled."""
        check_objects(split, self.name)
        stills = sum(image.video_id is None for image in split.images)
        if stills:
            what = f"{stills} of {len(split.images)} pictures of {split.name}:{split.split} belong to no film"
            raise UsageError(f"{what}; {self.name} holds films", hint="--format coco holds pictures and films")

    def picture_names(self, split: Split) -> Sequence[str]:
        """SEQUENCE/img1/000001.jpg."""
        frames = [(one.video_id or 0, one.frame_id or 0) for one in split.images]
        folders = film_folders(split, {video_id for video_id, _ in frames})
        # Some tools count frames from 0 in COCO files.
        offset = int(any(frame_id == 0 for _, frame_id in frames))
        return [f"{folders[video]}/{PICTURES}/{frame + offset:06d}{JPEG}" for video, frame in frames]

    def picture_path(self, split: str, file_name: str) -> PurePosixPath:
        """Below the folder of the split."""
        return PurePosixPath(split, file_name)

    def finish(self, splits: Sequence[NamedSplit], folder: Path) -> None:
        """Write gt/gt.txt, gt/labels.txt and seqinfo.ini of each film."""
        for named in splits:
            films: dict[str, _WrittenFilm] = {}
            for one in named:
                name, number = PurePosixPath(one.file_name).parts[0], one.image.video_id or 0
                film = films.setdefault(name, _WrittenFilm(number=number, image_hw=one.image.image_hw))
                film.rows[int(one.stem)] = "".join(map(text_of_row, _rows(int(one.stem), one.image, named.split)))
            for name, film in films.items():
                _write_film(folder / named.name / name, named.split, film)


@dataclass(frozen=True, slots=True, kw_only=True)
class _WrittenFilm:
    """A film that is being written: its number, the size of its pictures, and its rows by frame."""

    number: int
    image_hw: tuple[int, int]
    rows: dict[int, str] = field(default_factory=dict)


MOT = MotFormat()


def _shared_classes(folders: Sequence[FilmFolder]) -> tuple[str, ...] | None:
    lists = {classes_beside(folder.labels) for folder in folders}
    if len(lists) > 1:
        raise RealDataError(
            f"the films of {folders[0].root.parent} have different {LABELS}", hint="one list serves all films of a set"
        )
    return next(iter(lists), None)


def _write_film(folder: Path, split: Split, film: _WrittenFilm) -> None:
    known = split.films.get(film.number)
    text = text_of_seqinfo(
        folder.name,
        fps=None if known is None else known.fps,
        frames=max(film.rows),
        image_hw=film.image_hw,
        suffix=JPEG,
    )
    rows = "".join(film.rows[frame] for frame in sorted(film.rows))
    write_bytes_atomic(folder / GROUND_TRUTH, rows.encode())
    write_bytes_atomic(folder / LABELS, text_of_classes(tuple(split.category_ids)).encode())
    write_bytes_atomic(folder / SEQINFO, text.encode())


def _rows(frame: int, image: Sample, split: Split) -> Iterator[MotRow]:
    places = {name: place for place, name in enumerate(split.category_ids, start=1)}
    for one in sorted(image.objects, key=_by_track):
        yield MotRow(
            frame=frame,
            track_id=one.track_id,
            bbox_xywh_px=one.bbox_xywh_px,
            is_considered=not one.is_crowd,
            class_number=places[one.class_name],
            visible_fraction=one.visible_fraction,
        )


def _by_track(one: LabelledObject) -> tuple[bool, int]:
    return one.track_id is None, one.track_id or 0

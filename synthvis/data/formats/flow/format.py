"""Optical flow as MPI Sintel and KITTI 2015 have it, for code that trains on these; written from rendered films.

Butler et al., "A naturalistic open source movie for optical flow evaluation", ECCV 2012; Menze and Geiger, "Object
scene flow for autonomous vehicles", CVPR 2015. The folder of each split is a `root` of torchvision's `Sintel` and
`KittiFlow`, which read flow from the folder `training` only. Read back are the pictures as frames of films.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Self

import numpy as np

from synthvis.data.contents import Content
from synthvis.data.export.settings import ExportSettings
from synthvis.data.film import Film
from synthvis.data.formats.base import DataFormat, ExportedImage, NamedSplit, SplitFiles, SplitSource
from synthvis.data.formats.flow.takes import TakeFrame, take_frames
from synthvis.data.maps.files import FLOW_MAPS
from synthvis.data.picture_lists import UnusablePicture, picture_size_hw
from synthvis.data.sample import Sample
from synthvis.data.split import EmptySplit, Split
from synthvis.errors import RealDataError, UsageError
from synthvis.formats.atomic import link_or_copy
from synthvis.formats.flow_files import write_flo, write_flow_png
from synthvis.formats.images import write_png
from synthvis.labels.flow.flow_map import FlowMap

__all__ = ["KITTI_FLOW", "SINTEL", "FlowFormat"]

HINT = "render films with `synthvis render --frames 10 --set labels.extra=[flow]`"
MARKED = 255

TakesBySplit = Mapping[str, tuple[TakeFrame, ...]]


class FlowFormat(DataFormat):
    """Pairs of consecutive frames with the flow from the first to the second.

    Attributes:
        pictures: Folder of the pictures, from that of a split.
    """

    holds = frozenset({Content.FLOW})
    wants = frozenset({Content.FLOW})
    pictures: ClassVar[str]

    def __init__(self, frames: TakesBySplit = MappingProxyType({})) -> None:
        self._frames = frames

    def find(self, path: Path) -> Mapping[str, SplitFiles] | None:
        """A split for each folder that has such a set inside."""
        if not path.is_dir():
            return None
        inside = sorted(one for one in path.iterdir() if (one / self.pictures).is_dir())
        return {one.name: SplitFiles(pictures=one / self.pictures, labels=one) for one in inside} or None

    def read(self, source: SplitSource) -> Split:
        """The pictures as frames of films; flow itself is for the tools of the form.

        Raises:
            EmptySplit: There is no picture.
            RealDataError: A picture cannot be used.
        """
        films = self.films_in(source.files.pictures)
        samples: list[Sample] = []
        for video_id, paths in enumerate(films.values(), start=1):
            for frame_id, path in enumerate(paths, start=1):
                samples.append(_sample(len(samples) + 1, path, video_id, frame_id))
        if not samples:
            raise EmptySplit(f"{source.files.pictures} holds no picture")
        known = {number: Film(id=number, name=name) for number, name in enumerate(films, start=1)}
        return Split(**source.names, images=tuple(samples), label_form="pixels", films=known)

    @abstractmethod
    def films_in(self, folder: Path) -> Mapping[str, Sequence[Path]]:
        """The pictures of each film in the order of time, by its name."""

    def check_writable(self, split: Split) -> None:
        """Every picture must be a frame of a film that has flow."""
        without = sum(FLOW_MAPS.name not in image.maps or image.video_id is None for image in split.images)
        if without:
            what = f"{without} of {len(split.images)} pictures of {split.name}:{split.split} have no optical flow"
            raise UsageError(f"{what}; {self.name} holds pairs of frames with flow", hint=HINT)

    def prepared(self, splits: Sequence[NamedSplit], settings: ExportSettings) -> Self:
        """The form that knows which frames follow each other.

        Raises:
            UsageError: None do.
        """
        super().prepared(splits, settings)
        frames = {named.name: take_frames(named.split) for named in splits}
        if not any(one.pair is not None for own in frames.values() for one in own):
            raise UsageError("no two of these pictures follow each other in a film", hint="leave --images out")
        return type(self)(frames)

    @property
    def remarks(self) -> tuple[str, ...]:
        """How many pictures are in no pair."""
        alone = sum(one.pair is None and one.pair_before is None for own in self._frames.values() for one in own)
        text = f"{alone} pictures have neither the frame before nor the next one, and are in no pair"
        return (text,) if alone else ()

    def picture_names(self, split: Split) -> Sequence[str]:
        """Those of the form, below the folder of pictures."""
        return [self.picture_name(one) for one in take_frames(split)]

    @abstractmethod
    def picture_name(self, frame: TakeFrame) -> str:
        """Of a frame, without the folder of pictures."""

    def picture_path(self, split: str, file_name: str) -> None:
        """Pictures become PNG files, which `write_labels` makes."""

    def write_labels(self, images: Sequence[ExportedImage], folder: Path) -> None:
        """Write the pictures, and the flow of each that has a next one."""
        for one in images:
            frame = self._frames[one.split.split][one.position]
            root = folder / one.split.split
            self._write_picture(one.image, frame, root)
            if frame.pair is not None:
                self.write_flow(one.image.flow or FlowMap.of_nothing(one.image.image_hw), frame, root)

    def _write_picture(self, image: Sample, frame: TakeFrame, root: Path) -> None:
        targets = [root / path for path in self.picture_paths(frame)]
        for target in targets[:1]:
            write_png(target, image.image)
        for target in targets[1:]:
            if not target.exists():
                link_or_copy(targets[0], target)

    @abstractmethod
    def picture_paths(self, frame: TakeFrame) -> Sequence[str]:
        """All places of the picture of a frame, from the folder of the split."""

    @abstractmethod
    def write_flow(self, flow: FlowMap, frame: TakeFrame, root: Path) -> None:
        """Write the flow from a frame to the next one below the folder of the split."""


class SintelFormat(FlowFormat):
    """Takes as folders: pictures, `.flo`, and masks of what is hidden and of what has no flow."""

    name = "sintel"
    about = "a folder with SPLIT/Sintel/training/clean and SPLIT/Sintel/training/flow"
    pictures = "Sintel/training/clean"

    def films_in(self, folder: Path) -> Mapping[str, Sequence[Path]]:
        """A film for each folder."""
        takes = sorted(one for one in folder.iterdir() if one.is_dir())
        return {one.name: sorted(one.glob("*.png")) for one in takes}

    def picture_name(self, frame: TakeFrame) -> str:
        """TAKE/frame_0001.png."""
        return f"{_of_take(frame)}.png"

    def picture_paths(self, frame: TakeFrame) -> Sequence[str]:
        """In both passes, since a render has one look."""
        return [f"Sintel/training/{name}/{_of_take(frame)}.png" for name in ("clean", "final")]

    def write_flow(self, flow: FlowMap, frame: TakeFrame, root: Path) -> None:
        """Write flow/, occlusions/ and invalid/, in masks 255 where it is so."""
        training = root / "Sintel" / "training"
        write_flo(training / "flow" / f"{_of_take(frame)}.flo", flow)
        for name, mask in (("occlusions", flow.is_valid & ~flow.is_matched), ("invalid", ~flow.is_valid)):
            write_png(training / name / f"{_of_take(frame)}.png", np.where(mask, MARKED, 0).astype(np.uint8))


class KittiFlowFormat(FlowFormat):
    """Pairs by number: two pictures, the flow of all pixels, and that of the pixels that the second one shows."""

    name = "kitti-flow"
    about = "a folder with SPLIT/KittiFlow/training/image_2 and SPLIT/KittiFlow/training/flow_occ"
    pictures = "KittiFlow/training/image_2"

    def films_in(self, folder: Path) -> Mapping[str, Sequence[Path]]:
        """A film of two frames for each pair."""
        found: dict[str, list[Path]] = {}
        for path in sorted(folder.glob("*_1[01].png")):
            found.setdefault(path.stem.rpartition("_")[0], []).append(path)
        return found

    def picture_name(self, frame: TakeFrame) -> str:
        """000000_10.png, of the last frame of a take 000000_11.png."""
        return next(iter(_in_pairs(frame)), f"{frame.take}_{frame.number}") + ".png"

    def picture_paths(self, frame: TakeFrame) -> Sequence[str]:
        """As the first one of its pair, and as the second one of the pair before."""
        return [f"{self.pictures}/{name}.png" for name in _in_pairs(frame)]

    def write_flow(self, flow: FlowMap, frame: TakeFrame, root: Path) -> None:
        """Write flow_occ/ and flow_noc/."""
        seen = replace(flow, is_valid=flow.is_matched, flow_xy_px=flow.flow_xy_px * flow.is_matched[..., None])
        for name, one in (("flow_occ", flow), ("flow_noc", seen)):
            write_flow_png(root / "KittiFlow" / "training" / name / f"{frame.pair:06d}_10.png", one)


SINTEL = SintelFormat()
KITTI_FLOW = KittiFlowFormat()


def _of_take(frame: TakeFrame) -> str:
    return f"{frame.take}/frame_{frame.number:04d}"


def _in_pairs(frame: TakeFrame) -> list[str]:
    both: Iterable[tuple[int | None, int]] = ((frame.pair, 10), (frame.pair_before, 11))
    return [f"{pair:06d}_{place}" for pair, place in both if pair is not None]


def _sample(number: int, path: Path, video_id: int, frame_id: int) -> Sample:
    try:
        size = picture_size_hw(path)
    except UnusablePicture as unusable:
        raise RealDataError(f"{path}: {unusable}", hint="take it away, or export again") from unusable
    return Sample(id=number, path=path, labelled_hw=size, video_id=video_id, frame_id=frame_id)

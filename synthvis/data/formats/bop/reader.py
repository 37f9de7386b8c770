"""Reads BOP sets, ours and others': each entry is sound or left out, and what was left out is counted by reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from synthvis.data.formats.base import SplitSource
from synthvis.data.formats.bop.class_table import FORMAT_HINT, ClassTable, read_class_table
from synthvis.data.formats.bop.entries import BadEntry, GroundTruth, ObjectInfo, SceneCamera
from synthvis.data.formats.bop.layout import BopScene, file_stem, scenes_of
from synthvis.data.left_out import LeftOutCounter
from synthvis.data.maps.files import DEPTH_MAPS, MapFile, MapKind
from synthvis.data.mask_files import MaskFile
from synthvis.data.picture_lists import UnusablePicture, picture_size_hw
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import EmptySplit, Split
from synthvis.errors import DatasetError, RealDataError, quoted
from synthvis.formats.depth import DepthEncoding
from synthvis.formats.json_file import Name, read_json
from synthvis.labels.boxes import bbox_of_mask

__all__ = ["read_bop_split"]

MAX_IMAGE_DIGITS = 9
SHOWN_CHARS = 60
Box = tuple[float, float, float, float]


def read_bop_split(source: SplitSource) -> Split:
    """All images of all scenes that have ground truth; objects of which nothing shows are no objects.

    Masks are read when they are used. Image ids are BOP's im_id where these differ over all scenes and begin at 1, else
    images are numbered.

    Raises:
        RealDataError: A JSON file cannot be read, or nothing of the split can be used.
        EmptySplit: It lists no image.
    """
    counter = LeftOutCounter()
    table = read_class_table(source.root, counter)
    found: list[Sample] = []
    listed = 0
    for scene in scenes_of(source.files.labels):
        reader = _SceneReader.of(scene, table, counter)
        listed += len(reader.ground_truth)
        found += reader.samples()
    if not listed:
        raise EmptySplit(f"{source.files.labels} lists no image")
    left_out = counter.result()
    if not found:
        raise RealDataError(f"no image of {source.files.labels} can be used: {left_out.first_of('images')}")
    objects = [one for image in found for one in image.objects]
    ids = table.ids_with({one.model_id for one in objects if one.model_id is not None})
    return Split(
        name=source.name,
        kind=source.kind,
        split=source.split,
        images=_numbered(found),
        class_names=tuple(ids),
        category_ids=ids,
        left_out=left_out,
    )


def _numbered(samples: list[Sample]) -> tuple[Sample, ...]:
    numbers = {sample.id for sample in samples}
    if len(numbers) == len(samples) and min(numbers) > 0:
        return tuple(sorted(samples, key=lambda sample: sample.id))
    return tuple(replace(sample, id=number) for number, sample in enumerate(samples, start=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class _SceneReader:
    """One scene, its files listed and its JSON files parsed.

    Attributes:
        scene: Where it lies.
        table: Classes of its objects.
        counter: Told what is left out.
        ground_truth: Objects by image, as scene_gt.json has them.
        info: Likewise of scene_gt_info.json; None: there is none.
        cameras: Likewise of scene_camera.json.
        pictures: By number.
        depth_maps: By number.
        masks: Names of the files in mask_visib/; None: there is no such folder.
    """

    scene: BopScene
    table: ClassTable
    counter: LeftOutCounter
    ground_truth: Mapping[str, list[Any]]
    info: Mapping[str, Any] | None
    cameras: Mapping[str, Any]
    pictures: Mapping[int, Path]
    depth_maps: Mapping[int, Path]
    masks: frozenset[str] | None

    @classmethod
    def of(cls, scene: BopScene, table: ClassTable, counter: LeftOutCounter) -> _SceneReader:
        try:
            pictures, depth_maps = scene.pictures(), scene.depth_maps()
            masks = frozenset(p.name for p in scene.visible_masks.iterdir()) if scene.visible_masks.is_dir() else None
        except OSError as error:
            raise RealDataError(f"cannot read {scene.folder}: {error.strerror or error}") from error
        return cls(
            scene=scene,
            table=table,
            counter=counter,
            ground_truth=_read(scene.ground_truth, dict[Name, list[Any]]),
            info=_read(scene.info, dict[Name, Any]) if scene.info.exists() else None,
            cameras=_read(scene.cameras, dict[Name, Any]) if scene.cameras.exists() else {},
            pictures=pictures,
            depth_maps=depth_maps,
            masks=masks,
        )

    def samples(self) -> Iterator[Sample]:
        """Its images that can be used, by number."""
        numbered = []
        for key in self.ground_truth:
            if key.isascii() and key.isdecimal() and len(key) <= MAX_IMAGE_DIGITS:
                numbered.append((int(key), key))
            else:
                self._leave_out("images", "no number of an image", key)
        for number, key in sorted(numbered):
            try:
                yield self._sample(number, key)
            except (UnusablePicture, BadEntry) as bad:
                self._leave_out("images", str(bad), key)

    def _sample(self, number: int, key: str) -> Sample:
        picture = self.pictures.get(number)
        if picture is None:
            raise UnusablePicture("no such picture")
        image_hw = picture_size_hw(picture)
        camera = SceneCamera.of(self.cameras[key]) if key in self.cameras else None
        return Sample(
            id=number,
            path=picture,
            labelled_hw=image_hw,
            objects=tuple(self._objects(number, key, image_hw)),
            maps=self._maps(number, camera),
            camera_facts=None if camera is None else camera.facts,
        )

    def _maps(self, number: int, camera: SceneCamera | None) -> Mapping[str, MapFile]:
        path, unit_m = self.depth_maps.get(number), camera.depth_unit_m if camera else None
        if path is None or unit_m is None:
            return {}
        return {DEPTH_MAPS.name: MapFile(path=path, kind=_depth_in(unit_m))}

    def _objects(self, number: int, key: str, image_hw: tuple[int, int]) -> Iterator[LabelledObject]:
        of_image = None if self.info is None else self.info.get(key)
        info = of_image if isinstance(of_image, list) else []
        for position, entry in enumerate(self.ground_truth[key]):
            try:
                own = ObjectInfo.of(info[position]) if position < len(info) else None
                if own is None or not own.is_hidden:
                    found = self._object(entry, own, self._mask(number, position, image_hw), image_hw)
                    if found is not None:
                        yield found
            except (BadEntry, DatasetError) as bad:
                self._leave_out("annotations", _few_words(bad), f"{key}, object {position}")

    def _mask(self, number: int, position: int, image_hw: tuple[int, int]) -> MaskFile | None:
        name = f"{file_stem(number, position)}.png"
        if self.masks is None:
            return None
        if name not in self.masks:
            raise BadEntry("its mask_visib is missing")
        return MaskFile(self.scene.visible_masks / name, image_hw)

    def _object(
        self, entry: object, info: ObjectInfo | None, mask: MaskFile | None, image_hw: tuple[int, int]
    ) -> LabelledObject | None:
        """None where its mask shows that it is hidden."""
        ground_truth = GroundTruth.of(entry)
        box = None if info is None else info.bbox_xywh_px
        area_px: float | None = None if info is None else info.px_visible
        if box is None:
            if mask is None:
                raise BadEntry("neither bbox_visib nor mask_visib says where it is")
            pixels = mask.read()
            box, area_px = bbox_of_mask(pixels), float(pixels.sum())
            if not area_px:
                return None
        box = _inside(box, image_hw)
        return LabelledObject(
            class_name=self.table.name_of(ground_truth.model_id),
            bbox_xywh_px=box,
            area_px=float(area_px or box[2] * box[3]),
            is_crowd=False,
            visible_fraction=1.0 if info is None else info.share_in_frame,
            amodal_bbox_xywh_px=None if info is None else info.amodal_bbox_xywh_px,
            segmentation=mask,
            cam_from_object=ground_truth.cam_from_object,
            model_id=ground_truth.model_id,
        )

    def _leave_out(self, part: Any, reason: str, key: str) -> None:
        self.counter.add(part, reason, quoted(f"{self.scene.folder.name}: {key}", SHOWN_CHARS))


@lru_cache(maxsize=64)
def _depth_in(unit_m: float) -> MapKind:
    """Depth maps of a unit; most sets have one for all images."""
    return DEPTH_MAPS.stored_with(DepthEncoding(name=f"png_{unit_m * 1000:g}mm", unit_m=unit_m))


def _read(path: Path, model: Any) -> Any:
    return read_json(path, model, what=path.name, hint=FORMAT_HINT, error=RealDataError)


def _few_words(bad: BadEntry | DatasetError) -> str:
    return "its mask cannot be read" if isinstance(bad, DatasetError) else str(bad)


def _inside(box_xywh_px: Box, image_hw: tuple[int, int]) -> Box:
    """The part of a box in its picture."""
    x, y, width, height = box_xywh_px
    x0, y0, x1, y1 = max(x, 0.0), max(y, 0.0), min(x + width, image_hw[1]), min(y + height, image_hw[0])
    if x1 <= x0 or y1 <= y0:
        raise BadEntry("its box lies outside its picture")
    return x0, y0, x1 - x0, y1 - y0

"""The files of one image of an export: masks, depth, models of its objects, and a row for the files of its scene.

Rows wait in .rows/SPLIT/IMAGE.json until all images are written, so that a stopped export resumes at any image.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from synthvis.data.formats.base import ExportedImage
from synthvis.data.formats.bop.class_table import CATEGORY_ID, CLASS_NAME
from synthvis.data.formats.bop.entries import GroundTruth, ObjectInfo, SceneCamera
from synthvis.data.formats.bop.layout import SCENE_IMAGES, BopScene, file_stem, model_path
from synthvis.data.formats.bop.model_files import ModelMesh, model_info, write_model
from synthvis.data.formats.bop.model_plan import ModelPlan
from synthvis.data.formats.bop.rendered_source import RenderedSource
from synthvis.data.maps.files import DEPTH_MAPS, MapFile
from synthvis.data.picture_placing import place_file
from synthvis.data.sample import LabelledObject, mask_of
from synthvis.data.split import Split
from synthvis.errors import DatasetError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.coco_entries import AnnotationEntry
from synthvis.formats.depth import BEYOND, NOTHING_HIT, PNG_1MM, DepthEncoding, encoding_named
from synthvis.formats.images import write_png
from synthvis.formats.json_file import Count, FileModel, JsonObject, compact_json
from synthvis.objects.spec import ObjectSpec

__all__ = ["ROWS", "ImageRow", "write_image", "written_model"]

ROWS = ".rows"
FINE = encoding_named("png_0.1mm")
SET_IN_MASK = 255


ModelNumber = Annotated[str, Field(pattern=r"^[0-9]{1,9}$")]


class ImageRow(FileModel):
    """What the files of the scene and of the models will say of an image.

    Attributes:
        image: Its number.
        image_hw: Height and width, pixels.
        gt: Its entry of scene_gt.json.
        info: Of scene_gt_info.json.
        camera: Of scene_camera.json.
        models: Entries of models_info.json by number, of models that its objects have for themselves.
        shared: Instance ids of its objects by the number of a model that others have too.
    """

    image: Count
    image_hw: Annotated[list[Count], Field(min_length=2, max_length=2)]
    gt: list[JsonObject]
    info: list[JsonObject]
    camera: JsonObject
    models: dict[ModelNumber, JsonObject]
    shared: dict[ModelNumber, list[int]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Depth:
    """A depth map that was written.

    Attributes:
        unit_m: Metres a step.
        is_known: (H, W) bool.
    """

    unit_m: float
    is_known: NDArray[np.bool_]


def write_image(one: ExportedImage, folder: Path, source: RenderedSource, plan: ModelPlan) -> None:
    """Write the files of an image but for its picture.

    Raises:
        DatasetError: A map, record or scene cannot be read, or does not know an object.
    """
    split, image = one.split.split, one.image
    scene = BopScene(folder / split / f"{one.position // SCENE_IMAGES:06d}")
    depth = _write_depth(image.maps.get(DEPTH_MAPS.name), scene.depth / f"{one.stem}.png", image.image_hw)
    objects = [labelled for labelled in image.objects if not labelled.is_crowd]
    entries = source.entries_of(split, image.id) if objects else {}
    specs = source.objects_of(split, image.id) if objects else {}
    row: dict[str, Any] = {"gt": [], "info": [], "models": {}, "shared": {}}
    for position, labelled in enumerate(objects):
        entry, spec = _known(labelled, entries, specs, image.path)
        number = plan.id_of(spec.kind, labelled.class_name, split, image.id, position)
        if plan.is_shared(spec.kind):
            row["shared"].setdefault(str(number), []).append(spec.instance_id)
        else:
            mesh = source.mesh_of(spec)
            row["models"][str(number)] = written_model(folder, number, mesh, labelled.class_name, source, one.split)
        row["gt"].append(GroundTruth(model_id=number, cam_from_object=labelled.cam_from_object).to_dict())
        row["info"].append(_write_masks(scene, int(one.stem), position, labelled, entry, depth).to_dict())
    row |= {"image": int(one.stem), "image_hw": list(image.image_hw), "camera": _camera(one, depth).to_dict()}
    write_bytes_atomic(folder / ROWS / split / f"{one.stem}.json", compact_json(row).encode())


def _known(
    labelled: LabelledObject,
    entries: Mapping[int, AnnotationEntry],
    specs: Mapping[int, ObjectSpec],
    picture: Path,
) -> tuple[AnnotationEntry, ObjectSpec]:
    number = labelled.instance_id
    if number is None or number not in entries or number not in specs or labelled.cam_from_object is None:
        raise DatasetError(
            f"object {number} of {picture} has no pose, no record, or is not in the scene",
            hint="`synthvis check` of the dataset names what is wrong",
        )
    return entries[number], specs[number]


def written_model(
    folder: Path, number: int, mesh: ModelMesh, class_name: str, source: RenderedSource, split: Split
) -> JsonObject:
    """Write a model, and give its entry of models_info.json with the class and the class's own number."""
    write_model(model_path(folder, number), mesh, f"{class_name}, millimetres, object frame")
    category = source.categories.get(class_name)
    info = model_info(mesh, category.symmetry if category else ())
    return {**info, CLASS_NAME: class_name, CATEGORY_ID: split.category_ids[class_name]}


def _camera(one: ExportedImage, depth: _Depth) -> SceneCamera:
    camera = one.image.camera
    if camera is None:
        raise DatasetError(
            f"{one.image.path} has no camera", hint="`synthvis check` of the dataset names what is wrong"
        )
    placed = camera.world_from_cam
    return SceneCamera(
        K=camera.K.tolist(),
        depth_unit_m=depth.unit_m,
        world_from_cam=None if placed is None else placed.tolist(),
    )


def _write_masks(
    scene: BopScene, image: int, position: int, labelled: LabelledObject, entry: AnnotationEntry, depth: _Depth
) -> ObjectInfo:
    image_hw = (depth.is_known.shape[0], depth.is_known.shape[1])
    visible, whole = mask_of(labelled.segmentation, image_hw), entry.amodal_mask(image_hw)
    name = f"{file_stem(image, position)}.png"
    for place, mask in ((scene.visible_masks, visible), (scene.masks, whole)):
        write_png(place / name, np.where(mask, SET_IN_MASK, 0).astype(np.uint8))
    seen, inside = int(visible.sum()), int(whole.sum())
    shown = 1 - (entry.truncation or 0.0)
    everything = max(inside, round(inside / shown)) if shown > 0 else inside
    return ObjectInfo(
        bbox_xywh_px=labelled.bbox_xywh_px,
        amodal_bbox_xywh_px=labelled.amodal_bbox_xywh_px,
        px_all=everything,
        px_frame=inside,
        px_valid=int((whole & depth.is_known).sum()),
        px_visible=seen,
        visible_fraction=seen / everything if everything else 0.0,
    )


def _write_depth(file: MapFile | None, target: Path, image_hw: tuple[int, int]) -> _Depth:
    """Link a depth map, or write it anew where BOP could not read it: in 16 bits, 0 where nothing is known."""
    if file is None:
        return _Depth(unit_m=PNG_1MM.unit_m or 1.0, is_known=np.zeros(image_hw, dtype=np.bool_))
    encoding = file.kind.encoding or PNG_1MM
    stored = encoding.read_stored(file.path)
    if stored.shape != tuple(image_hw):
        raise DatasetError(f"{file.path} is of another size than its picture")
    if encoding.unit_m is not None and not (stored == BEYOND).any():
        place_file(file.path, target)
        return _Depth(unit_m=encoding.unit_m, is_known=np.asarray(stored != NOTHING_HIT))
    depth_m = encoding.decode(stored)
    known = depth_m[np.isfinite(depth_m)]
    new = encoding if encoding.unit_m is not None else _finest(float(known.max()) if known.size else 0.0)
    units = new.encode(depth_m)
    units[units == BEYOND] = NOTHING_HIT
    write_png(target, units.astype(np.uint16))
    return _Depth(unit_m=new.unit_m or 1.0, is_known=np.asarray(units != NOTHING_HIT))


def _finest(farthest_m: float) -> DepthEncoding:
    """A tenth of a millimetre where 16 bits reach far enough, else a millimetre."""
    return FINE if farthest_m < (BEYOND - 1) * (FINE.unit_m or 1.0) else PNG_1MM

"""The files of an export that speak of many images: those of scenes, of models that objects share, and the camera."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from synthvis.data.formats.base import NamedSplit
from synthvis.data.formats.bop.image_files import ROWS, ImageRow, written_model
from synthvis.data.formats.bop.layout import MODELS, SCENE_IMAGES, BopScene
from synthvis.data.formats.bop.model_files import ModelMesh
from synthvis.data.formats.bop.model_plan import ModelPlan
from synthvis.data.formats.bop.rendered_source import RenderedSource
from synthvis.data.split import Split
from synthvis.errors import DatasetError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.json_file import JsonObject, read_json

__all__ = ["write_whole_set"]

MERGED = ".rows-merged"
OBJECTS_LOOKED_AT = 25
"""Of a class, spread over the set, to find a typical one."""

AGAIN = "remove the folder and export again"


@dataclass(frozen=True, slots=True)
class _SceneObject:
    """An object of a scene."""

    split: str
    image_id: int
    instance_id: int


@dataclass(slots=True)
class _Collected:
    """What the rows of all images say that is not of one scene.

    Attributes:
        camera: Content of camera.json, of the first image.
        models: Entries of models_info.json by number.
        shared: Objects by the number of the model that they share.
    """

    camera: JsonObject = field(default_factory=dict)
    models: dict[int, JsonObject] = field(default_factory=dict)
    shared: dict[int, list[_SceneObject]] = field(default_factory=dict)


def write_whole_set(splits: Sequence[NamedSplit], folder: Path, source: RenderedSource, plan: ModelPlan) -> None:
    """Write scene_*.json of all scenes, the shared models, models_info.json and camera.json, and remove the rows.

    Raises:
        DatasetError: A row is lost, or a scene or mesh cannot be read.
    """
    rows, merged = folder / ROWS, folder / MERGED
    if rows.is_dir():
        collected = _Collected()
        for named in splits:
            _merge_split(named, folder, collected)
        for number, sharers in collected.shared.items():
            collected.models[number] = _shared_model(folder, number, sharers, splits[0].split, source, plan)
        _write_by_number(folder / MODELS / "models_info.json", collected.models)
        write_bytes_atomic(folder / "camera.json", f"{json.dumps(collected.camera, indent=1)}\n".encode())
        # A stop from here on finds nothing to merge.
        rows.rename(merged)
    shutil.rmtree(merged, ignore_errors=True)


def _merge_split(named: NamedSplit, folder: Path, collected: _Collected) -> None:
    images = list(named)
    for start in range(0, len(images), SCENE_IMAGES):
        scene = BopScene(folder / named.name / f"{start // SCENE_IMAGES:06d}")
        files: dict[Path, dict[int, object]] = {scene.ground_truth: {}, scene.info: {}, scene.cameras: {}}
        for one in images[start : start + SCENE_IMAGES]:
            path = folder / ROWS / named.name / f"{one.stem}.json"
            row = read_json(path, ImageRow, what="a row of an export", hint=AGAIN, error=DatasetError)
            for content, entry in zip(files.values(), (row.gt, row.info, row.camera), strict=True):
                content[row.image] = entry
            _collect(row, named.name, one.image.id, collected)
        for target, content in files.items():
            _write_by_number(target, content)


def _collect(row: ImageRow, split: str, image_id: int, collected: _Collected) -> None:
    collected.camera = collected.camera or _camera_file(row)
    collected.models |= {int(number): info for number, info in row.models.items()}
    for number, instances in row.shared.items():
        sharers = collected.shared.setdefault(int(number), [])
        sharers += [_SceneObject(split, image_id, instance) for instance in instances]


def _camera_file(row: ImageRow) -> JsonObject:
    numbers, depth_scale = row.camera.get("cam_K"), row.camera.get("depth_scale")
    if not isinstance(numbers, list) or len(numbers) != 9:
        raise _damaged()
    fx, _, cx, _, fy, cy = numbers[:6]
    height, width = row.image_hw
    return {"cx": cx, "cy": cy, "depth_scale": depth_scale, "fx": fx, "fy": fy, "height": height, "width": width}


def _shared_model(
    folder: Path,
    number: int,
    sharers: Sequence[_SceneObject],
    split: Split,
    source: RenderedSource,
    plan: ModelPlan,
) -> JsonObject:
    """Write the model of several objects, and give its entry of models_info.json."""
    kind = next((kind for kind, own in plan.own.items() if own == number), None)
    own = None if kind is None else source.own_meshes[kind].category
    class_name = own or next((name for name, other in plan.classes.items() if other == number), "")
    if class_name not in split.category_ids or not sharers:
        raise _damaged()
    # Of a mesh of the user's all are alike.
    step = len(sharers) if own else -(-len(sharers) // OBJECTS_LOOKED_AT)
    mesh = _typical([_mesh_at(one, source) for one in sharers[::step]])
    return written_model(folder, number, mesh, class_name, source, split)


def _mesh_at(one: _SceneObject, source: RenderedSource) -> ModelMesh:
    item = source.objects_of(one.split, one.image_id).get(one.instance_id)
    if item is None:
        raise _damaged()
    return source.mesh_of(item)


def _damaged() -> DatasetError:
    return DatasetError("a row of the export is damaged", hint=AGAIN)


def _typical(meshes: Sequence[ModelMesh]) -> ModelMesh:
    """The one whose lengths along x, y and z are nearest to the medians of all, as ratios."""
    sizes = np.log(np.maximum([mesh.size_m for mesh in meshes], 1e-9))
    return meshes[int(np.linalg.norm(sizes - np.median(sizes, axis=0), axis=1).argmin())]


def _write_by_number(path: Path, content: Mapping[int, object]) -> None:
    """A JSON object with a line for each number, as the toolkit of BOP writes it."""
    rows = (
        f'  "{number}": {json.dumps(value, sort_keys=True, allow_nan=False)}'
        for number, value in sorted(content.items())
    )
    write_bytes_atomic(path, ("{\n" + ",\n".join(rows) + "\n}\n").encode())

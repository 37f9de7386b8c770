"""The files of an export that speak of many images: those of scenes, of models that objects share, and the camera."""

from __future__ import annotations

import itertools
import json
import shutil
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np

from synthvis.data.formats.base import NamedSplit
from synthvis.data.formats.bop.image_files import ROWS, ImageRow, written_model
from synthvis.data.formats.bop.layout import MODELS, SCENE_IMAGES, BopScene
from synthvis.data.formats.bop.model_files import ModelMesh
from synthvis.data.formats.bop.model_plan import ModelPlan
from synthvis.data.formats.bop.rendered_source import RenderedSource
from synthvis.data.sample_lists import sample_ids
from synthvis.errors import DatasetError
from synthvis.formats.atomic import replacing, write_bytes_atomic
from synthvis.formats.json_file import JsonObject, read_json

__all__ = ["write_whole_set"]

MERGED = ".rows-merged"
OBJECTS_LOOKED_AT = 25
"""Of a class, spread over the set, to find a typical one."""

AGAIN = "remove the folder and export again"


@dataclass(slots=True)
class _Collected:
    """What the rows of all images say that is not of one scene.

    Attributes:
        camera: Content of camera.json, of the first image.
        shared: Objects by the number of the model that they share: number of the split, image id and instance id of one
            after the other.
    """

    camera: JsonObject = field(default_factory=dict)
    shared: dict[int, array[int]] = field(default_factory=dict)


def write_whole_set(splits: Sequence[NamedSplit], folder: Path, source: RenderedSource, plan: ModelPlan) -> None:
    """Write scene_*.json of all scenes, the shared models, models_info.json and camera.json, and remove the rows.

    Raises:
        DatasetError: A row is lost, or a scene or mesh cannot be read.
    """
    rows, merged = folder / ROWS, folder / MERGED
    if rows.is_dir():
        collected = _Collected()
        for number, named in enumerate(splits):
            _merge_split(number, named, folder, collected)
        shared = {
            number: _shared_model(folder, number, sharers, splits, source, plan)
            for number, sharers in collected.shared.items()
        }
        # Numbers of shared models come first, those of the others count up with the images.
        models = itertools.chain(sorted(shared.items()), _own_models(splits, folder, plan))
        _write_by_number(folder / MODELS / "models_info.json", models)
        write_bytes_atomic(folder / "camera.json", f"{json.dumps(collected.camera, indent=1)}\n".encode())
        # A stop from here on finds nothing to merge.
        rows.rename(merged)
    shutil.rmtree(merged, ignore_errors=True)


def _merge_split(number: int, named: NamedSplit, folder: Path, collected: _Collected) -> None:
    ids = sample_ids(named.split.images)
    for start in range(0, len(named), SCENE_IMAGES):
        scene = BopScene(folder / named.name / f"{start // SCENE_IMAGES:06d}")
        files: dict[Path, dict[int, object]] = {scene.ground_truth: {}, scene.info: {}, scene.cameras: {}}
        for position in range(start, min(start + SCENE_IMAGES, len(named))):
            row = _row(named, position, folder)
            for content, entry in zip(files.values(), (row.gt, row.info, row.camera), strict=True):
                content[row.image] = entry
            collected.camera = collected.camera or _camera_file(row)
            for model, instances in row.shared.items():
                sharers = collected.shared.setdefault(int(model), array("q"))
                for instance in instances:
                    sharers.extend((number, ids[position], instance))
        for target, content in files.items():
            _write_by_number(target, sorted(content.items()))


def _row(named: NamedSplit, position: int, folder: Path) -> ImageRow:
    path = folder / ROWS / named.name / f"{PurePosixPath(named.file_names[position]).stem}.json"
    return read_json(path, ImageRow, what="a row of an export", hint=AGAIN, error=DatasetError)


def _own_models(splits: Sequence[NamedSplit], folder: Path, plan: ModelPlan) -> Iterator[tuple[int, JsonObject]]:
    """Numbers and entries of the models that objects have for themselves, read again from the rows."""
    if plan.choice == "each":
        for named in splits:
            for position in range(len(named)):
                models = _row(named, position, folder).models
                yield from sorted((int(number), info) for number, info in models.items())


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
    sharers: array[int],
    splits: Sequence[NamedSplit],
    source: RenderedSource,
    plan: ModelPlan,
) -> JsonObject:
    """Write the model of several objects, and give its entry of models_info.json."""
    kind = next((kind for kind, own in plan.own.items() if own == number), None)
    own = None if kind is None else source.own_meshes[kind].category
    class_name = own or next((name for name, other in plan.classes.items() if other == number), "")
    if class_name not in splits[0].split.category_ids or not sharers:
        raise _damaged()
    count = len(sharers) // 3
    # Of a mesh of the user's all are alike.
    step = count if own else -(-count // OBJECTS_LOOKED_AT)
    looked_at = (sharers[3 * position : 3 * position + 3] for position in range(0, count, step))
    mesh = _typical([_mesh_at(splits[split].name, image, one, source) for split, image, one in looked_at])
    return written_model(folder, number, mesh, class_name, source, splits[0].split)


def _mesh_at(split: str, image_id: int, instance_id: int, source: RenderedSource) -> ModelMesh:
    item = source.objects_of(split, image_id).get(instance_id)
    if item is None:
        raise _damaged()
    return source.mesh_of(item)


def _damaged() -> DatasetError:
    return DatasetError("a row of the export is damaged", hint=AGAIN)


def _typical(meshes: Sequence[ModelMesh]) -> ModelMesh:
    """The one whose lengths along x, y and z are nearest to the medians of all, as ratios."""
    sizes = np.log(np.maximum([mesh.size_m for mesh in meshes], 1e-9))
    return meshes[int(np.linalg.norm(sizes - np.median(sizes, axis=0), axis=1).argmin())]


def _write_by_number(path: Path, content: Iterable[tuple[int, object]]) -> None:
    """A JSON object with a line for each number, as the toolkit of BOP writes it."""
    between = "{\n"
    with replacing(path) as file:
        for number, value in content:
            file.write(f'{between}  "{number}": {json.dumps(value, sort_keys=True, allow_nan=False)}'.encode())
            between = ",\n"
        file.write(b"{\n\n}\n" if between == "{\n" else b"\n}\n")

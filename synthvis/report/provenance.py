"""The life of one image, from its seed to its COCO entry, read back from the files of its dataset."""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from synthvis.camera.pinhole import K_of
from synthvis.data.coco.files import load_coco_json
from synthvis.dataset.labelled_image import names_in_recipe
from synthvis.dataset.layout import SPLITS, DatasetLayout
from synthvis.dataset.manifest import RenderedDataset
from synthvis.dataset.own_meshes import OwnMesh, read_own_meshes
from synthvis.errors import DatasetError, SynthvisError, UsageError
from synthvis.formats.coco_entries import AnnotationEntry
from synthvis.formats.image_record import read_record
from synthvis.labels.registry import labels_on_request
from synthvis.scene.serialise import scene_from_json
from synthvis.scene.spec import SceneSpec

__all__ = ["CocoEntry", "ImageProvenance", "LabelSummary", "provenance_of", "remake_command"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSummary:
    """What the labels say of one object.

    Attributes:
        instance_id: Number of the object in its scene; None where the file does not say.
        category: Its class.
        bbox: x, y, width and height of its box, pixels.
        area: Pixels of its mask; None where the file does not say.
        visible_fraction: Share of the object that shows; None where the file does not say.
        truncation: Share of the object outside the image; None where the file does not say.
        keypoints_visible: Keypoints that show.
        keypoints_occluded: Keypoints behind something.
        keypoints_outside: Keypoints outside the image.
    """

    instance_id: int | None
    category: str
    bbox: tuple[float, ...]
    area: float | None
    visible_fraction: float | None
    truncation: float | None
    keypoints_visible: int
    keypoints_occluded: int
    keypoints_outside: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CocoEntry:
    """An image in the COCO instances file, as it is written there.

    Attributes:
        file: The file.
        image: Its entry in `images`; None where there is none.
        annotations: Its entries in `annotations`.
    """

    file: Path
    image: Mapping[str, Any] | None
    annotations: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageProvenance:
    """Everything that decided an image and everything said about it.

    Attributes:
        dataset: Folder of the dataset.
        image_index: Number of the image.
        split: Its split.
        scene: The scene with its seed, camera, lights, sensor and objects.
        own_meshes: Meshes of the user's that are in the scene, by type of object.
        labels: What the labels say of each object.
        hidden_instance_ids: Objects of the scene that cannot be seen.
        unseen_instance_ids: Objects with too little contrast to be seen.
        coco: Its entry in the COCO instances file.
        files: The file behind each step.
        remake: The command that makes this one image again.

    Examples:
        >>> import synthvis as sv
        >>> sv.explain_image("data/fruit", 2).scene.image_index
        2
    """

    dataset: Path
    image_index: int
    split: str
    scene: SceneSpec
    own_meshes: Mapping[str, OwnMesh]
    labels: tuple[LabelSummary, ...]
    hidden_instance_ids: tuple[int, ...]
    unseen_instance_ids: tuple[int, ...]
    coco: CocoEntry
    files: Mapping[str, Path]
    remake: str

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON, with what was sampled written out by part."""
        return {
            "dataset": str(self.dataset),
            "image_index": self.image_index,
            "split": self.split,
            "seed": _seed_facts(self.scene),
            "sampled": _sampled_values(self.scene),
            "objects": [_object_facts(self.scene, position) for position in range(len(self.scene.objects))],
            "own_meshes": {kind: mesh.facts() for kind, mesh in self.own_meshes.items()},
            "labels": [asdict(label) for label in self.labels],
            "hidden_instance_ids": list(self.hidden_instance_ids),
            "unseen_instance_ids": list(self.unseen_instance_ids),
            "coco": {**asdict(self.coco), "file": str(self.coco.file)},
            "files": {name: str(path) for name, path in self.files.items()},
            "remake": self.remake,
        }


def provenance_of(dataset: RenderedDataset, image_index: int) -> ImageProvenance:
    """Everything that decided an image and everything said about it.

    Raises:
        UsageError: The dataset has no such image.
        DatasetError: A file of the image is damaged.
    """
    layout = dataset.layout
    split = _split_of(layout, image_index)
    record = read_record(layout.record(split, image_index))
    scene = _read_scene(layout, split, image_index)
    kinds = {item.kind for item in scene.objects}
    return ImageProvenance(
        dataset=dataset.root,
        image_index=image_index,
        split=split,
        scene=scene,
        own_meshes={kind: mesh for kind, mesh in read_own_meshes(layout).items() if kind in kinds},
        labels=tuple(_label_of(dataset, entry) for entry in record.annotations),
        hidden_instance_ids=tuple(record.hidden_instance_ids),
        unseen_instance_ids=tuple(record.unseen_instance_ids),
        coco=_coco_entry(layout, split, image_index),
        files=dict(_files(dataset, split, image_index)),
        remake=remake_command(dataset, image_index),
    )


def remake_command(dataset: RenderedDataset, *image_indices: int) -> str:
    """The command that makes these images again, byte for byte."""
    recipe_options = _recipe_options(dataset.recipe.values) or f"--recipe {shlex.quote(str(dataset.layout.manifest))}"
    only = " ".join(f"--only {index}" for index in image_indices)
    return f"synthvis render {recipe_options} --seed {dataset.seed} --out {shlex.quote(str(dataset.root))} {only}"


def _recipe_options(recipe: Mapping[str, Any]) -> str | None:
    """`--recipe NAME` and the `--set` options that turn the shipped recipe into this one; None when that fails."""
    from synthvis.config.load import load_recipe

    name = str(recipe.get("name", ""))
    try:
        shipped = load_recipe(name).model_dump(mode="json")
        changes = [f"{key}={json.dumps(value)}" for key, value in _differences(shipped, recipe)]
        if load_recipe(name, changes).model_dump(mode="json") != dict(recipe):
            return None
    except (SynthvisError, OSError):
        return None
    return " ".join([f"--recipe {shlex.quote(name)}", *(f"--set {shlex.quote(change)}" for change in changes)])


def _differences(base: Mapping[str, Any], wanted: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in wanted.items():
        place, other = f"{prefix}{key}", base.get(key)
        if isinstance(value, Mapping) and isinstance(other, Mapping) and other.keys() <= value.keys():
            yield from _differences(other, value, f"{place}.")
        elif value != other:
            yield place, value


def _split_of(layout: DatasetLayout, image_index: int) -> str:
    for split in SPLITS:
        if layout.record(split, image_index).is_file():
            return split
    numbers = sorted(
        int(path.stem)
        for split in SPLITS
        for path in (layout.root / "records" / split).glob("[!.]*.json")
        if path.stem.isdecimal()
    )
    hint = f"it has {len(numbers)} images, {numbers[0]} to {numbers[-1]}" if numbers else "it has no images yet"
    raise UsageError(f"{layout.root} has no image {image_index}", hint=hint)


def _read_scene(layout: DatasetLayout, split: str, image_index: int) -> SceneSpec:
    path = layout.scene(split, image_index)
    try:
        return scene_from_json(path.read_bytes())
    except OSError as error:
        raise DatasetError(
            f"cannot read scene {path}: {error.strerror}",
            hint=f"`synthvis check {shlex.quote(str(layout.root))}` looks at everything",
        ) from error
    except DatasetError as error:
        raise DatasetError(
            f"{path}: {error.what}", hint=f"`synthvis check {shlex.quote(str(layout.root))}` looks at everything"
        ) from error


def _seed_facts(spec: SceneSpec) -> dict[str, Any]:
    film = spec.film
    return {
        "dataset_seed": spec.seed,
        "image_index": spec.image_index,
        **({} if film is None else {"film": film.sequence, "frame": f"{film.frame} of {film.frames}"}),
        "world_group": spec.world.group,
        "generator": f"rng_for({spec.seed}, {film.sequence if film else spec.image_index}, stream)",
        "cycles_seed": spec.render.cycles_seed,
        "noise_seed": spec.sensor.noise_seed,
    }


def _sampled_values(spec: SceneSpec) -> dict[str, Any]:
    camera = spec.camera
    pose = np.array(camera.world_from_cam)
    forward = pose[:3, 2]
    return {
        "recipe": spec.recipe_name,
        "environment": spec.environment,
        "surroundings": {name: value for name, value in asdict(spec.surroundings).items() if name != "surfaces"},
        "surfaces": {slot: {"kind": s.kind, **s.params} for slot, s in spec.surroundings.surfaces.items()},
        "world": asdict(spec.world),
        "lights": [asdict(light) for light in spec.lights],
        "camera": {
            "position_m": pose[:3, 3].tolist(),
            "pitch_below_horizon_deg": math.degrees(math.asin(max(-1.0, min(1.0, -float(forward[2]))))),
            "focal_mm": camera.focal_mm,
            "sensor_width_mm": camera.sensor_width_mm,
            "image_hw": list(camera.image_hw),
            "K": K_of(camera).tolist(),
            "distortion": camera.distortion,
            "f_number": camera.f_number,
            "focus_distance_m": camera.focus_distance_m,
        },
        "sensor": asdict(spec.sensor),
        "render": asdict(spec.render),
    }


def _object_facts(spec: SceneSpec, position: int) -> dict[str, Any]:
    item = spec.objects[position]
    return {
        "instance_id": item.instance_id,
        "kind": item.kind,
        "category": item.category,
        "position_m": [row[3] for row in item.world_from_object[:3]],
        "params": dict(item.params),
        "surfaces": {slot: {"kind": surface.kind, **surface.params} for slot, surface in item.surfaces.items()},
    }


def _label_of(dataset: RenderedDataset, entry: AnnotationEntry) -> LabelSummary:
    names = {category.id: category.name for category in dataset.categories}
    visibility = entry.keypoints_xyv[:, 2].tolist()
    return LabelSummary(
        instance_id=entry.instance_id,
        category=str(names.get(entry.category_id, entry.category_id)),
        bbox=tuple(entry.bbox_xywh_px),
        area=entry.area_px,
        visible_fraction=entry.visible_fraction,
        truncation=entry.truncation,
        keypoints_visible=visibility.count(2),
        keypoints_occluded=visibility.count(1),
        keypoints_outside=visibility.count(0),
    )


def _coco_entry(layout: DatasetLayout, split: str, image_index: int) -> CocoEntry:
    """The image's entry and annotations as they stand in the COCO instances file."""
    path = layout.annotations("instances", split)
    if not path.is_file():
        raise DatasetError(f"{path} is missing", hint="repeat the `synthvis render` command that made the dataset")
    value = load_coco_json(path)
    image = next((i for i in value["images"] if isinstance(i, dict) and i.get("id") == image_index), None)
    annotations = tuple(a for a in value["annotations"] if isinstance(a, dict) and a.get("image_id") == image_index)
    return CocoEntry(file=path, image=image, annotations=annotations)


def _files(dataset: RenderedDataset, split: str, image_index: int) -> Iterator[tuple[str, Path]]:
    layout, known = dataset.layout, labels_on_request()
    paths: dict[str, Path] = {
        name: getattr(layout, name)(split, image_index)
        for name in ("scene", "image", "depth", "normals", "semantic", "instances")
    }
    for name in names_in_recipe(dataset.recipe.values):
        form = known[name].map_form if name in known else None
        if form is not None:
            paths[name] = layout.label_map(name, form, split, image_index)
    paths["record"] = layout.record(split, image_index)
    yield from ((name, path) for name, path in paths.items() if path.is_file())

"""The quality gate: every promise a dataset makes, held against its files.

| rule | promise |
|---|---|
| json, structure | the annotation files are COCO, and every entry has its fields |
| pycocotools | pycocotools loads them |
| ids | ids are unique, start at 1, and refer to something |
| file-name | no file name leads out of the dataset |
| image-file, image-size | every image is there, decodes, and has the size stated |
| frame | no black, blown or flat frame |
| contrast | every annotated object can be seen in its picture |
| sight | a scene with labelled objects shows one at least, and the light that the recipe asks for |
| mask, area, box, overlap | masks decode, are not empty and share no pixel; areas and boxes are theirs |
| depth, normals, semantic, instances | the maps are there, decode, and agree with the masks |
| nocs, box3d, occlusion_order, boundary | where the recipe asks for them: there, and in agreement with all else |
| scene, unlabelled, pose, keypoints | labels are what the scene says: complete, and in their place |
| records, missing, extra | annotations hold what was rendered: no image more, none less |
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.assets.resolve import register_assets
from synthvis.checks.extra import extra_findings, extra_names, order_findings
from synthvis.checks.image import (
    contrast_findings,
    decode_masks,
    frame_findings,
    instance_id_of,
    map_findings,
    mask_findings,
    read_frame,
    stray_keypoint_findings,
)
from synthvis.checks.keypoints import fault_of_keypoints, load_keypoints
from synthvis.checks.scene import completeness_findings, keypoint_findings, pose_findings
from synthvis.data.coco.files import CocoFile, image_path, load_coco_json, parse_coco
from synthvis.dataset.assemble import read_quarantine
from synthvis.dataset.layout import SPLITS, DatasetLayout
from synthvis.dataset.manifest import RenderedDataset, open_rendered
from synthvis.errors import DatasetError, SynthvisError
from synthvis.formats.coco import read_record
from synthvis.labels.seen import fault_of_picture
from synthvis.objects.registry import mesh_of, object_type_named
from synthvis.scene.serialise import scene_from_json

__all__ = ["MESH_CHECKED_IMAGES", "CheckReport", "Problem", "check_dataset"]

UNANNOTATED = ("hidden_instance_ids", "unseen_instance_ids")
"""Lists of a record that say which labelled objects have no annotation."""

MESH_CHECKED_IMAGES = 100
"""Images, evenly spread, whose meshes are built again to re-project keypoints; all else is checked on every image."""

Step = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken promise."""

    rule: str
    image_id: int | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What the quality gate found.

    Attributes:
        root: The dataset folder.
        images: Images in the annotation files.
        annotations: Annotations in the instances files.
        problems: Broken promises, by split and image.
    """

    root: Path
    images: int
    annotations: int
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.problems

    @property
    def by_rule(self) -> dict[str, int]:
        """Problems by rule, most frequent first."""
        counts: dict[str, int] = {}
        for problem in self.problems:
            counts[problem.rule] = counts.get(problem.rule, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def check_dataset(
    root: str | Path, *, mesh_checked_images: int | None = MESH_CHECKED_IMAGES, on_image: Step | None = None
) -> CheckReport:
    """Put a dataset through the quality gate; damage becomes a problem in the report, never an exception.

    Args:
        root: RenderedDataset folder.
        mesh_checked_images: Images whose meshes are rebuilt to re-project keypoints; None for all. None are rebuilt
            of own assets that this machine does not have.
        on_image: Called with (images done, images in all) after each image.

    Raises:
        DatasetError: There is no dataset at `root`.
    """
    dataset = open_rendered(root)
    layout = dataset.layout
    if not _knows_its_kinds(dataset):
        mesh_checked_images = 0
    problems: list[Problem] = []
    files = {split: file for split in SPLITS if (file := _load_split(layout, split, problems)) is not None}
    ids = [(split, image_id) for split, file in files.items() for image_id in sorted(file.instances.images)]
    meshed = _spread(ids, mesh_checked_images)
    for done, (split, image_id) in enumerate(ids, 1):
        found = _image_findings(dataset, split, files[split], image_id, with_mesh=(split, image_id) in meshed)
        problems += [Problem(rule, image_id, message) for rule, message in found]
        if on_image is not None:
            on_image(done, len(ids))
    problems += _presence_problems(layout, files)
    return CheckReport(
        root=layout.root,
        images=len(ids),
        annotations=sum(file.instances.annotation_count for file in files.values()),
        problems=tuple(problems),
    )


def _knows_its_kinds(dataset: RenderedDataset) -> bool:
    """Make own meshes known; False where this machine lacks them or an installed type of object."""
    references = dataset.recipe.get("assets")
    try:
        register_assets([str(reference) for reference in references] if isinstance(references, list) else [])
        for section in (dataset.recipe.get("objects"), dataset.recipe.get("distractors")):
            for name in section.get("kinds", ()) if isinstance(section, dict) else ():
                object_type_named(name)
    except SynthvisError:
        return False
    return True


def _spread(ids: list[tuple[str, int]], wanted: int | None) -> set[tuple[str, int]]:
    if wanted is None or len(ids) <= wanted:
        return set(ids)
    return {ids[position * len(ids) // wanted] for position in range(wanted)}


@dataclass(frozen=True, slots=True)
class _SplitFiles:
    """The two COCO files of a split."""

    instances: CocoFile
    keypoints: CocoFile


def _load_split(layout: DatasetLayout, split: str, problems: list[Problem]) -> _SplitFiles | None:
    path = layout.annotations("instances", split)
    if not path.exists():
        if (layout.root / "images" / split).is_dir():
            problems.append(Problem("json", None, f"annotations/{path.name} is missing"))
        return None
    try:
        instances = parse_coco(load_coco_json(path))
    except DatasetError as error:
        problems.append(Problem("json", None, error.what))
        return None
    problems += [Problem(*fault) for fault in instances.faults]
    problems += [Problem("pycocotools", None, message) for message in _loads_in_pycocotools(path)]
    keypoints, findings = load_keypoints(layout.annotations("keypoints", split), instances)
    problems += [Problem(*finding) for finding in findings]
    return _SplitFiles(instances, keypoints)


def _loads_in_pycocotools(path: Path) -> Iterator[str]:
    from pycocotools.coco import COCO

    try:
        with contextlib.redirect_stdout(io.StringIO()):
            COCO(str(path))
    # Whatever the reference reader trips over is the finding.
    except Exception as error:
        yield f"pycocotools cannot load {path.name}: {error!r}"


def _image_findings(
    dataset: RenderedDataset, split: str, files: _SplitFiles, image_id: int, *, with_mesh: bool
) -> Iterator[tuple[str, str]]:
    layout, extra = dataset.layout, extra_names(dataset.recipe)
    entry = files.instances.images[image_id]
    annotations = files.instances.annotations.get(image_id, [])
    frame, findings = read_frame(image_path(layout.root, split, entry["file_name"]), entry)
    yield from findings
    if frame is not None:
        masks, findings = decode_masks(annotations, (frame.shape[0], frame.shape[1]))
        yield from findings
        yield from frame_findings(frame, masks)
        yield from contrast_findings(frame, annotations, masks)
        yield from mask_findings(annotations, masks)
        yield from map_findings(layout, split, image_id, annotations, masks)
        yield from extra_findings(extra, layout, split, entry, annotations, masks)
        by_instance = {instance_id_of(a): masks[a["id"]] for a in annotations if a["id"] in masks}
        yield from stray_keypoint_findings(_sound_keypoints(files.keypoints, image_id), by_instance)
    yield from _origin_findings(dataset, split, files, image_id, frame, with_mesh)


def _sound_keypoints(keypoints: CocoFile, image_id: int) -> list[Mapping[str, Any]]:
    return [
        entry
        for entry in keypoints.annotations.get(image_id, [])
        if fault_of_keypoints(entry, len(keypoints.categories.get(entry["category_id"], {}).get("keypoints") or ()))
        is None
    ]


def _origin_findings(
    dataset: RenderedDataset,
    split: str,
    files: _SplitFiles,
    image_id: int,
    frame: NDArray[np.uint8] | None,
    with_mesh: bool,
) -> Iterator[tuple[str, str]]:
    """Hold the labels against the image's record and scene."""
    layout = dataset.layout
    entry, annotations = files.instances.images[image_id], files.instances.annotations.get(image_id, [])
    try:
        record = read_record(layout.record(split, image_id))
        yield from _record_findings(record, files, image_id)
    except DatasetError as error:
        yield "records", error.what
        record = {}
    try:
        spec = scene_from_json(layout.scene(split, image_id).read_bytes())
        without = [i for name in UNANNOTATED for i in record.get(name) or ()]
        yield from completeness_findings(spec, annotations, without)
        fault = None if frame is None else fault_of_picture(spec, len(annotations), frame)
        if fault is not None:
            yield "sight", fault
        yield from pose_findings(spec, entry, annotations)
        if with_mesh:
            symmetry = {category.name: category.symmetry for category in dataset.categories}
            yield from keypoint_findings(spec, _sound_keypoints(files.keypoints, image_id), mesh_of, symmetry)
        if with_mesh and "occlusion_order" in extra_names(dataset.recipe):
            yield from order_findings(layout, split, entry, spec, annotations, mesh_of)
    except (SynthvisError, OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        yield "scene", f"the scene cannot be used: {error.what if isinstance(error, SynthvisError) else repr(error)}"


def _record_findings(record: Mapping[str, Any], files: _SplitFiles, image_id: int) -> Iterator[tuple[str, str]]:
    if record["image"] != files.instances.images[image_id]:
        yield "records", "the image entry differs from the image's record"
    recorded = record["annotations"]
    expected = {
        "instances": [_without(("keypoints", "num_keypoints"), item) for item in recorded],
        "keypoints": [item for item in recorded if "keypoints" in item],
    }
    for name, coco in (("instances", files.instances), ("keypoints", files.keypoints)):
        found = [_without(("id",), item) for item in coco.annotations.get(image_id, [])]
        if found != expected[name]:
            yield "records", f"the annotations in the {name} file differ from the image's record"


def _without(keys: tuple[str, ...], entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in keys}


def _presence_problems(layout: DatasetLayout, files: Mapping[str, _SplitFiles]) -> Iterator[Problem]:
    """Images and records that are on disk but not in the annotations."""
    quarantined = read_quarantine(layout).keys()
    seen: set[int] = set()
    for split, coco in ((split, file.instances) for split, file in files.items()):
        for image_id in sorted(seen & coco.images.keys()):
            yield Problem("ids", image_id, f"image {image_id} is in more than one split")
        seen |= coco.images.keys()
        known = {entry["file_name"].rsplit("/", 1)[-1] for entry in coco.images.values()}
        for path in _visible_files(layout.root / "images" / split):
            if path.name not in known and _number(path) not in quarantined:
                yield Problem("extra", _number(path), f"images/{split}/{path.name} has no entry in the annotations")
        for path in _visible_files(layout.root / "records" / split):
            number = _number(path)
            if number is not None and number not in coco.images:
                yield Problem("missing", number, f"image {number} was rendered and is not in the annotations")
    if not seen:
        yield Problem("missing", None, "no image in the annotations")


def _visible_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("[!.]*") if path.is_file())


def _number(path: Path) -> int | None:
    return int(path.stem) if path.stem.isdecimal() else None

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
| the name of a label on request | where the recipe asks for it: there, and in agreement with all else |
| labels | every label that the recipe asks for is known here |
| film | frames stand where their numbers say, a track is one object, and things go as far as their velocity says |
| scene, unlabelled, pose, keypoints | labels are what the scene says: complete, and in their place |
| records, missing, extra | annotations hold what was rendered: no image more, none less |
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.assets.object_import import objects_of_assets
from synthvis.checks.films import film_findings
from synthvis.checks.image import (
    Finding,
    contrast_findings,
    decode_masks,
    frame_findings,
    map_findings,
    mask_findings,
    read_frame,
    stray_keypoint_findings,
)
from synthvis.checks.keypoints import fault_of_keypoints, load_keypoints
from synthvis.checks.labels import label_findings, neighbour_findings, promised_labels, scene_findings
from synthvis.checks.scene import completeness_findings, keypoint_findings, pose_findings
from synthvis.data.coco.files import CocoFile, image_path, load_coco_json, parse_coco
from synthvis.dataset.assemble import read_quarantine
from synthvis.dataset.labelled_image import StoredImage
from synthvis.dataset.layout import SPLITS, DatasetLayout
from synthvis.dataset.manifest import RenderedDataset, open_rendered
from synthvis.errors import DatasetError, SynthvisError
from synthvis.formats.coco_entries import AnnotationEntry, ImageEntry
from synthvis.formats.image_record import ImageRecord, read_record
from synthvis.labels.label import Label
from synthvis.labels.seen import fault_of_picture
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.registry import ObjectCatalogue
from synthvis.scene.serialise import scene_from_json
from synthvis.scene.spec import SceneSpec

__all__ = ["MESH_CHECKED_IMAGES", "CheckReport", "Problem", "check_dataset"]

MESH_CHECKED_IMAGES = 100
"""Images, evenly spread, whose meshes are built again to re-project keypoints and whose neighbours in a film are read
again to hold flow against them; all else is checked on every image."""

Step = Callable[[int, int], None]
Labels = tuple[Label[Any], ...]


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
        mesh_checked_images: Images whose meshes are rebuilt to re-project keypoints, and whose neighbours in a film are
            read again; None for all. No meshes are rebuilt of own assets that this machine does not have.
        on_image: Called with (images done, images in all) after each image.

    Raises:
        DatasetError: There is no dataset at `root`.
    """
    dataset = open_rendered(root)
    layout = dataset.layout
    objects = _objects_of(dataset)
    labels, findings = promised_labels(dataset.recipe.values)
    problems = [Problem(rule, None, message) for rule, message in findings]
    files = {split: file for split in SPLITS if (file := _load_split(layout, split, problems)) is not None}
    ids = [(split, image_id) for split, file in files.items() for image_id in sorted(file.instances.images)]
    chosen = _spread(ids, mesh_checked_images)
    for done, (split, image_id) in enumerate(ids, 1):
        subject = _Subject.of(dataset, labels, split, files[split], image_id)
        found = _image_findings(subject, objects, is_chosen=(split, image_id) in chosen)
        problems += [Problem(rule, image_id, message) for rule, message in found]
        if on_image is not None:
            on_image(done, len(ids))
    for file in files.values():
        problems += [Problem("film", *finding) for finding in _films(dataset, file.instances)]
    problems += _presence_problems(layout, files)
    return CheckReport(
        root=layout.root,
        images=len(ids),
        annotations=sum(file.instances.annotation_count for file in files.values()),
        problems=tuple(problems),
    )


def _films(dataset: RenderedDataset, file: CocoFile) -> Iterator[tuple[int | None, str]]:
    motion = dataset.recipe.values.get("motion")
    frames = motion.get("frames") if isinstance(motion, Mapping) else None
    entries = {image_id: list(map(AnnotationEntry.of, found)) for image_id, found in file.annotations.items()}
    return film_findings([ImageEntry.of(values) for values in file.images.values()], entries, frames)


def _objects_of(dataset: RenderedDataset) -> ObjectCatalogue | None:
    """Its types of object; None where this machine lacks own ones or installed ones."""
    try:
        objects = objects_of_assets(dataset.recipe.assets)
        for name in dataset.recipe.kinds:
            objects.named(name)
    except SynthvisError:
        return None
    return objects


def _spread(ids: list[tuple[str, int]], wanted: int | None) -> set[tuple[str, int]]:
    if wanted is None or len(ids) <= wanted:
        return set(ids)
    return {ids[position * len(ids) // wanted] for position in range(wanted)}


@dataclass(frozen=True, slots=True)
class _SplitFiles:
    """The two COCO files of a split."""

    instances: CocoFile
    keypoints: CocoFile

    def points_of(self, entry: AnnotationEntry) -> int:
        """How many keypoints the category of an annotation has."""
        return len(self.keypoints.categories.get(entry.category_id, {}).get("keypoints") or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """One image and all that is said about it.

    Attributes:
        dataset: Whose image it is.
        image: The image with its entry and its annotations in the instances file.
        keypoints: Its annotations in the keypoints file.
        sound_keypoints: Those of them that have as many keypoints as their category.
        labels: Labels on request that the dataset promises.
    """

    dataset: RenderedDataset
    image: StoredImage
    keypoints: tuple[AnnotationEntry, ...]
    sound_keypoints: tuple[AnnotationEntry, ...]
    labels: Labels

    @classmethod
    def of(cls, dataset: RenderedDataset, labels: Labels, split: str, files: _SplitFiles, image_id: int) -> _Subject:
        annotations, keypoints = (
            tuple(map(AnnotationEntry.of, coco.annotations.get(image_id, ())))
            for coco in (files.instances, files.keypoints)
        )
        entry = ImageEntry.of(files.instances.images[image_id])
        return cls(
            dataset=dataset,
            image=StoredImage(layout=dataset.layout, split=split, entry=entry, annotations=annotations),
            keypoints=keypoints,
            sound_keypoints=tuple(one for one in keypoints if fault_of_keypoints(one, files.points_of(one)) is None),
            labels=labels,
        )

    @property
    def layout(self) -> DatasetLayout:
        return self.image.layout

    @property
    def split(self) -> str:
        return self.image.split

    @property
    def annotations(self) -> Sequence[AnnotationEntry]:
        return self.image.annotations


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


def _image_findings(subject: _Subject, objects: ObjectCatalogue | None, *, is_chosen: bool) -> Iterator[Finding]:
    image, annotations = subject.image.entry, subject.annotations
    frame, findings = read_frame(image_path(subject.layout.root, subject.split, image.file_name), image)
    yield from findings
    if frame is not None:
        masks, findings = decode_masks(annotations, (frame.shape[0], frame.shape[1]))
        yield from findings
        yield from frame_findings(frame, masks)
        yield from contrast_findings(frame, annotations, masks)
        yield from mask_findings(annotations, masks)
        yield from map_findings(subject.layout, subject.split, image.id, annotations, masks)
        yield from label_findings(subject.labels, subject.image)
        by_instance = {a.instance_id: masks[a.id] for a in annotations if a.instance_id is not None and a.id in masks}
        yield from stray_keypoint_findings(subject.sound_keypoints, by_instance)
    yield from _origin_findings(subject, frame, objects, is_chosen=is_chosen)


def _origin_findings(
    subject: _Subject, frame: NDArray[np.uint8] | None, objects: ObjectCatalogue | None, *, is_chosen: bool
) -> Iterator[Finding]:
    """Hold the labels against the image's record and scene; of a chosen image also against meshes and neighbours."""
    layout, where, annotations = subject.layout, (subject.split, subject.image.entry.id), subject.annotations
    record: ImageRecord | None = None
    try:
        record = read_record(layout.record(*where))
        yield from _record_findings(record, subject)
    except DatasetError as error:
        yield "records", error.what
    try:
        spec = scene_from_json(layout.scene(*where).read_bytes())
        yield from completeness_findings(spec, annotations, record.unannotated_instance_ids if record else ())
        fault = None if frame is None or spec.film else fault_of_picture(spec, len(annotations), frame)
        if fault is not None:
            yield "sight", fault
        yield from pose_findings(spec, subject.image.entry, annotations)
        if is_chosen:
            yield from neighbour_findings(subject.labels, subject.image, spec)
        if is_chosen and objects is not None:
            symmetry = {category.name: category.symmetry for category in subject.dataset.categories}
            yield from keypoint_findings(spec, subject.sound_keypoints, objects.mesh_of, symmetry)
            yield from scene_findings(
                subject.labels, subject.image, spec, _annotated_meshes(objects, spec, annotations)
            )
    except (SynthvisError, OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        yield "scene", f"the scene cannot be used: {error.what if isinstance(error, SynthvisError) else repr(error)}"


def _annotated_meshes(
    objects: ObjectCatalogue, spec: SceneSpec, annotations: Iterable[AnnotationEntry]
) -> dict[int, Mesh]:
    annotated = {entry.instance_id for entry in annotations}
    return {item.instance_id: objects.mesh_of(item) for item in spec.objects if item.instance_id in annotated}


def _record_findings(record: ImageRecord, subject: _Subject) -> Iterator[Finding]:
    if record.image.values != subject.image.entry.values:
        yield "records", "the image entry differs from the image's record"
    expected = {
        "instances": [_without(("keypoints", "num_keypoints"), entry) for entry in record.annotations],
        "keypoints": [dict(entry.values) for entry in record.annotations if entry.has_keypoints],
    }
    for name, entries in (("instances", subject.annotations), ("keypoints", subject.keypoints)):
        if [_without(("id",), entry) for entry in entries] != expected[name]:
            yield "records", f"the annotations in the {name} file differ from the image's record"


def _without(keys: tuple[str, ...], entry: AnnotationEntry) -> dict[str, object]:
    return {key: value for key, value in entry.values.items() if key not in keys}


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

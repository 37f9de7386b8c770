"""All labels on request by name. A new one is a module with its `Label` and a line here, or an entry point."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from synthvis.errors import UsageError
from synthvis.labels.boundary import BOUNDARY
from synthvis.labels.box3d import BOX3D
from synthvis.labels.flow.on_request import FLOW, FLOW_BACKWARD, SCENE_FLOW
from synthvis.labels.label import Label, LabelInputs, StoredLabel
from synthvis.labels.nocs import NOCS
from synthvis.labels.occlusion_order import OCCLUSION_ORDER
from synthvis.plugins import with_installed

__all__ = ["ENTRY_POINTS", "compute_labels", "label_names", "labels_named", "labels_on_request"]

ENTRY_POINTS = "synthvis.labels"
"""Group of entry points by which an installed package brings a label of its own."""

HOW = "docs/reference/labels.md shows how to bring a label"

BUILT_IN: tuple[Label[Any], ...] = (NOCS, BOX3D, OCCLUSION_ORDER, BOUNDARY, FLOW, FLOW_BACKWARD, SCENE_FLOW)
"""In the order in which recipes and records hold them."""

FOLDERS = {"images", "depth", "normals", "semantic", "instances", "scenes", "records", "annotations", "meshes"}
FACTS_OF_IMAGES = {"seed", "image_index", "K", "distortion", "world_from_cam"}
FACTS_OF_OBJECTS = {"instance_id", "kind", "visible_fraction", "truncation", "contrast", "cam_from_object"} | {
    "amodal_bbox", "body_bbox", "amodal_body_bbox", "amodal_segmentation"
}  # fmt: skip
VIEWS = {"rgb", "boxes", "masks", "keypoints", "labels", "tracks", "amodal", "pose"}
TAKEN = frozenset({"previews", *FOLDERS, *FACTS_OF_IMAGES, *FACTS_OF_OBJECTS, *VIEWS})
"""Folders, keys and views that every dataset has; no label may take such a name."""


def labels_on_request() -> Mapping[str, Label[Any]]:
    """Every label by its name, those of synthvis first.

    Raises:
        UsageError: An installed package brings something that is no label, or one whose name is taken.
    """
    kind: type[Label[Any]] = Label
    return with_installed(ENTRY_POINTS, kind, BUILT_IN, what="label", hint=HOW, taken=TAKEN)


def label_names(*, of_films: bool = True) -> tuple[str, ...]:
    """The names of all labels on request, in their order; without `of_films` of those that still images have too."""
    return tuple(name for name, label in labels_on_request().items() if of_films or not label.needs_film)


def labels_named(names: Iterable[str]) -> tuple[Label[Any], ...]:
    """The labels of those names, each once, in the order of the registry.

    Raises:
        UsageError: There is no such label.
    """
    known, wanted = labels_on_request(), dict.fromkeys(names)
    for name in wanted:
        if name not in known:
            raise UsageError(f"no label '{name:.60}'", hint="known here: " + ", ".join(known))
    return tuple(label for name, label in known.items() if name in wanted)


def compute_labels(names: Collection[str], inputs: LabelInputs) -> dict[str, StoredLabel]:
    """The labels of those names as they are stored, by name, in the order of the registry.

    Raises:
        UsageError: There is no such label.
    """
    return {label.name: label.encode(label.compute(inputs)) for label in labels_named(names)}

"""The rules of the quality gate for labels on request: each label has its own, under its own name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from synthvis.checks.image import Finding
from synthvis.dataset.labelled_image import StoredImage, names_in_recipe, read_label
from synthvis.dataset.stored_frames import stored_frames_around
from synthvis.errors import DatasetError, UsageError
from synthvis.labels.flow.around import FramesAround
from synthvis.labels.label import Label
from synthvis.labels.registry import labels_on_request
from synthvis.objects.mesh.mesh import Mesh
from synthvis.scene.spec import SceneSpec

__all__ = ["label_findings", "neighbour_findings", "promised_labels", "scene_findings"]


def promised_labels(recipe: Mapping[str, object]) -> tuple[tuple[Label[Any], ...], list[Finding]]:
    """The labels that the recipe of a dataset asks for, and a finding for each that cannot be checked here."""
    try:
        known = labels_on_request()
    except UsageError as error:
        return (), [("labels", error.what)]
    names = names_in_recipe(recipe)
    unknown = [
        ("labels", f"the label {name:.60} is not checked: no package that brings it is installed here")
        for name in dict.fromkeys(names)
        if name not in known
    ]
    return tuple(label for name, label in known.items() if name in names), unknown


def label_findings(labels: Iterable[Label[Any]], image: StoredImage) -> Iterator[Finding]:
    """Hold the labels of one image against its poses, masks and maps."""
    for label in labels:
        yield from _guarded(label, partial(_messages, label, image))


def scene_findings(
    labels: Iterable[Label[Any]], image: StoredImage, spec: SceneSpec, meshes: Mapping[int, Mesh]
) -> Iterator[Finding]:
    """Hold the labels of one image against its scene and the meshes of its annotated objects, by instance id."""
    for label in labels:
        yield from _guarded(label, partial(_scene_messages, label, image, spec, meshes))


def neighbour_findings(labels: Iterable[Label[Any]], image: StoredImage, spec: SceneSpec) -> Iterator[Finding]:
    """Hold the labels of one frame of a film against the depth and the poses of the frames around it.

    Raises:
        DatasetError: A scene or a map of these frames is damaged.
    """
    wanted = [label for label in labels if label.check_frames is not None]
    around = stored_frames_around(image.layout, image.split, spec) if wanted else None
    if around is None:
        return
    for label in wanted:
        yield from _guarded(label, partial(_frame_messages, label, image, around))


def _messages(label: Label[Any], image: StoredImage) -> Iterable[str]:
    return label.check(read_label(label, image), image)


def _scene_messages(
    label: Label[Any], image: StoredImage, spec: SceneSpec, meshes: Mapping[int, Mesh]
) -> Iterable[str]:
    if label.check_scene is None:
        return ()
    return label.check_scene(read_label(label, image), image, spec, meshes)


def _frame_messages(label: Label[Any], image: StoredImage, around: FramesAround) -> Iterable[str]:
    return () if label.check_frames is None else label.check_frames(read_label(label, image), around)


def _guarded(label: Label[Any], check: Callable[[], Iterable[str]]) -> Iterator[Finding]:
    """What a check finds; facts of a shape that it cannot use are a finding too."""
    try:
        for message in check():
            yield label.name, message
    except DatasetError as error:
        yield label.name, error.what
    except (KeyError, TypeError, ValueError, IndexError) as error:
        yield label.name, f"the facts cannot be used: {error!r}"

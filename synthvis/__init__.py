"""synthvis: render labelled scenes, train on them, measure the gap to real photographs.

Importing this package is cheap: a name is loaded when it is used, and neither Blender nor torch nor OpenCV before one
needs it.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from synthvis.version import __version__

if TYPE_CHECKING:
    from synthvis.api.comparing import compare
    from synthvis.api.datasets import open_dataset
    from synthvis.api.explaining import explain_image
    from synthvis.api.exporting import export
    from synthvis.api.exporting_models import export_model
    from synthvis.api.looking import check, preview
    from synthvis.api.machine import Finding, check_machine
    from synthvis.api.merging import merge
    from synthvis.api.networks import backbones, layer_table
    from synthvis.api.object_types import draw_types, environments, import_meshes, object_types
    from synthvis.api.pipelines import PipelineResult, run_pipeline
    from synthvis.api.predicting import Predictions
    from synthvis.api.recipes import load_recipe, sample_scene
    from synthvis.api.rendering import render
    from synthvis.api.reporting import report
    from synthvis.api.runs import Run
    from synthvis.api.sensor import fit_sensor
    from synthvis.api.statistics import dataset_statistics
    from synthvis.api.studying import study
    from synthvis.api.tracking import TrackedLabels, track
    from synthvis.api.training import train
    from synthvis.checks.gate import CheckReport
    from synthvis.config.recipe import Recipe
    from synthvis.data.dataset import Dataset
    from synthvis.data.sample import Sample
    from synthvis.data.split import Split
    from synthvis.data.statistics import SetStatistics
    from synthvis.draws import chance, pick, uniform
    from synthvis.errors import (
        CheckpointError,
        ChecksFoundProblems,
        DatasetError,
        LoaderEnded,
        MissingDependency,
        RealDataError,
        RecipeError,
        RenderError,
        SomeInputsFailed,
        SynthvisError,
        UsageError,
    )
    from synthvis.inference.records import PredictedPicture
    from synthvis.objects.object_type import ObjectType, RestPose
    from synthvis.objects.spec import Category, SurfaceSpec
    from synthvis.report.provenance import ImageProvenance
    from synthvis.scene import palette
    from synthvis.scene.environments.composer import SceneComposer
    from synthvis.scene.environments.environment import Composition, View, environment
    from synthvis.scene.environments.walls import with_walls
    from synthvis.scene.surroundings import Surroundings, Tabletop
    from synthvis.sensor_fit.ranges import SensorFit

__all__ = [
    "Category",
    "CheckReport",
    "CheckpointError",
    "ChecksFoundProblems",
    "Composition",
    "Dataset",
    "DatasetError",
    "Finding",
    "ImageProvenance",
    "LoaderEnded",
    "MissingDependency",
    "ObjectType",
    "PipelineResult",
    "PredictedPicture",
    "Predictions",
    "RealDataError",
    "Recipe",
    "RecipeError",
    "RenderError",
    "RestPose",
    "Run",
    "Sample",
    "SceneComposer",
    "SensorFit",
    "SetStatistics",
    "SomeInputsFailed",
    "Split",
    "SurfaceSpec",
    "Surroundings",
    "SynthvisError",
    "Tabletop",
    "TrackedLabels",
    "UsageError",
    "View",
    "__version__",
    "backbones",
    "chance",
    "check",
    "check_machine",
    "compare",
    "dataset_statistics",
    "draw_types",
    "environment",
    "environments",
    "explain_image",
    "export",
    "export_model",
    "fit_sensor",
    "import_meshes",
    "layer_table",
    "load_recipe",
    "merge",
    "object_types",
    "open_dataset",
    "palette",
    "pick",
    "preview",
    "render",
    "report",
    "run_pipeline",
    "sample_scene",
    "study",
    "track",
    "train",
    "uniform",
    "with_walls",
]

_NAMES_OF = {
    "synthvis.objects.object_type": ("ObjectType", "RestPose"),
    "synthvis.objects.spec": ("Category", "SurfaceSpec"),
    "synthvis.scene": ("palette",),
    "synthvis.draws": ("chance", "pick", "uniform"),
    "synthvis.scene.environments.composer": ("SceneComposer",),
    "synthvis.scene.environments.environment": ("Composition", "View", "environment"),
    "synthvis.scene.environments.walls": ("with_walls",),
    "synthvis.scene.surroundings": ("Surroundings", "Tabletop"),
    "synthvis.api.comparing": ("compare",),
    "synthvis.api.explaining": ("explain_image",),
    "synthvis.api.machine": ("Finding", "check_machine"),
    "synthvis.api.exporting": ("export",),
    "synthvis.api.exporting_models": ("export_model",),
    "synthvis.api.merging": ("merge",),
    "synthvis.api.networks": ("backbones", "layer_table"),
    "synthvis.api.object_types": ("draw_types", "environments", "import_meshes", "object_types"),
    "synthvis.api.pipelines": ("PipelineResult", "run_pipeline"),
    "synthvis.api.sensor": ("fit_sensor",),
    "synthvis.api.statistics": ("dataset_statistics",),
    "synthvis.data.statistics": ("SetStatistics",),
    "synthvis.report.provenance": ("ImageProvenance",),
    "synthvis.sensor_fit.ranges": ("SensorFit",),
    "synthvis.api.looking": ("check", "preview"),
    "synthvis.api.predicting": ("Predictions",),
    "synthvis.inference.records": ("PredictedPicture",),
    "synthvis.api.recipes": ("load_recipe", "sample_scene"),
    "synthvis.api.rendering": ("render",),
    "synthvis.api.reporting": ("report",),
    "synthvis.api.studying": ("study",),
    "synthvis.api.runs": ("Run",),
    "synthvis.api.tracking": ("TrackedLabels", "track"),
    "synthvis.api.training": ("train",),
    "synthvis.config.recipe": ("Recipe",),
    "synthvis.checks.gate": ("CheckReport",),
    "synthvis.api.datasets": ("open_dataset",),
    "synthvis.data.dataset": ("Dataset",),
    "synthvis.data.sample": ("Sample",),
    "synthvis.data.split": ("Split",),
    "synthvis.errors": (
        "CheckpointError",
        "ChecksFoundProblems",
        "DatasetError",
        "LoaderEnded",
        "MissingDependency",
        "RealDataError",
        "RecipeError",
        "RenderError",
        "SomeInputsFailed",
        "SynthvisError",
        "UsageError",
    ),
}
_MODULE_OF = {name: module for module, names in _NAMES_OF.items() for name in names}


def __getattr__(name: str) -> Any:
    """A public name, loaded when it is used first (PEP 562)."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'synthvis' has no attribute {name!r}")
    module = importlib.import_module(_MODULE_OF[name])
    value = getattr(module, name) if hasattr(module, name) else importlib.import_module(f"{module.__name__}.{name}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """This package, in which a verb is the function although a subpackage bears the same name.

    Python would set `synthvis.render` to the subpackage as soon as one of its modules is imported. Imports such as
    `from synthvis.render.job import RenderJob` do not need that attribute.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _MODULE_OF and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package

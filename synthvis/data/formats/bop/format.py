"""BOP as a form of labelled sets: read from anywhere, written from rendered datasets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from synthvis.data.contents import Content
from synthvis.data.export.settings import ExportSettings
from synthvis.data.formats.base import DataFormat, ExportedImage, NamedSplit, SplitFiles, SplitSource, check_objects
from synthvis.data.formats.bop.image_files import write_image
from synthvis.data.formats.bop.layout import SCENE_IMAGES, bop_splits, file_stem
from synthvis.data.formats.bop.lens import largest_shift_px
from synthvis.data.formats.bop.model_plan import ModelPlan, plan_models
from synthvis.data.formats.bop.reader import read_bop_split
from synthvis.data.formats.bop.rendered_source import RenderedSource, rendered_source
from synthvis.data.formats.bop.whole_set import write_whole_set
from synthvis.data.sample_lists import sample_ids
from synthvis.data.split import Split
from synthvis.errors import UsageError

__all__ = ["BOP", "BopExport", "BopFormat"]

MAX_IMAGE_NUMBER = 999_999
"""Files of BOP have names of six digits."""


class BopFormat(DataFormat):
    """Scenes with poses, masks and depth, and 3D models."""

    name = "bop"
    about = "a folder with train/000000/scene_gt.json and rgb/ beside it, and models/"
    serves = frozenset({Content.BOXES, Content.MASKS, Content.DEPTH, Content.POSES})
    holds = frozenset(
        {
            Content.BOXES,
            Content.MASKS,
            Content.VISIBLE_SHARES,
            Content.AMODAL,
            Content.POSES,
            Content.CAMERAS,
            Content.DEPTH,
        }
    )
    picture_suffixes = frozenset({".jpg", ".png"})

    def find(self, path: Path) -> Mapping[str, SplitFiles] | None:
        """A split for each folder of scenes with ground truth."""
        return {split: SplitFiles(pictures=folder, labels=folder) for split, folder in bop_splits(path).items()} or None

    def read(self, source: SplitSource) -> Split:
        """One split, with poses, cameras and depth."""
        return read_bop_split(source)

    def check_writable(self, split: Split) -> None:
        """Objects must be labelled, in a dataset that synthvis rendered."""
        check_objects(split, self.name)
        rendered_source(split)

    def prepared(self, splits: Sequence[NamedSplit], settings: ExportSettings) -> BopExport:
        """The form with the models that it will write."""
        if settings.boxes != "modal":
            raise UsageError("bop holds the visible box of an object and the whole one", hint="leave --boxes out")
        source = rendered_source(splits[0].split)
        return BopExport(
            source=source,
            plan=plan_models(splits, source, settings.models),
            shift_px=largest_shift_px([named.split.images for named in splits]),
        )

    def picture_names(self, split: Split) -> Sequence[str]:
        """SCENE/rgb/IMAGE, the number of the image being its own where that has six digits at most."""
        ids = sample_ids(split.images)
        fits = len(set(ids)) == len(ids) and all(0 <= number <= MAX_IMAGE_NUMBER for number in ids)
        return [
            f"{position // SCENE_IMAGES:06d}/rgb/{file_stem(image.id if fits else position + 1)}"
            f"{self.picture_suffix(image)}"
            for position, image in enumerate(split)
        ]

    def picture_path(self, split: str, file_name: str) -> PurePosixPath:
        """Below the folder of the split."""
        return PurePosixPath(split, file_name)


BOP = BopFormat()


@dataclass(frozen=True, kw_only=True, eq=False)
class BopExport(BopFormat):
    """BOP, ready to write the splits of a rendered dataset.

    Attributes:
        source: The dataset.
        plan: Which model each object has.
        shift_px: How far projections miss pictures that a lens has bent; None: none is.
    """

    source: RenderedSource
    plan: ModelPlan
    shift_px: float | None

    @property
    def remarks(self) -> tuple[str, ...]:
        """Of models, and of the lens."""
        if self.shift_px is None:
            return (self.plan.remark,)
        lens = (
            f"cam_K knows nothing of the lens distortion: models that it projects miss pictures and masks by up to "
            f"{self.shift_px:.1f} px; to learn poses, render without camera.distortion"
        )
        return self.plan.remark, lens

    def write_labels(self, images: Sequence[ExportedImage], folder: Path) -> None:
        """Write masks, depth and models of images."""
        for one in images:
            write_image(one, folder, self.source, self.plan)

    def finish(self, splits: Sequence[NamedSplit], folder: Path) -> None:
        """Write the files of scenes, of models and of the camera."""
        write_whole_set(splits, folder, self.source, self.plan)

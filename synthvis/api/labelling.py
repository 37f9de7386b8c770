"""First labels for photographs: what a trained run finds on them, in the format of an annotation tool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from synthvis.api.predicting import NetworkChoice, PredictionRequest, Predictions
from synthvis.api.talk import Notify, OnProgress
from synthvis.data.dataset import Dataset, find_dataset
from synthvis.data.export.export import ExportResult, export_planned
from synthvis.data.export.plan import plan_of
from synthvis.data.export.settings import ExportSettings
from synthvis.dataset.output import EXPORT, check_output_folder
from synthvis.errors import DatasetError, UsageError
from synthvis.inference.first_labels import format_of_labels, labelled_split, upright_copy
from synthvis.inference.inputs import PictureFile, find_inputs, name_of
from synthvis.inference.output_names import safe_name
from synthvis.inference.records import FailedInput

__all__ = ["FirstLabels", "LabelRequest", "label_request"]

LABELS_ROOT = Path("labels")


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLabels:
    """Pictures with the labels that a run found, for people to correct.

    Attributes:
        exported: What was written, and where.
        upright: Pictures that were stored on their side, of which an upright copy was taken.
        failed: Pictures that could not be read.
    """

    exported: ExportResult
    upright: int
    failed: tuple[FailedInput, ...]

    @property
    def dataset(self) -> Dataset:
        """The labels, opened."""
        return find_dataset(self.exported.root, formats=(self.exported.plan.form.name,))


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRequest:
    """Pictures to label, everything found and nothing loaded.

    Attributes:
        network: What labels.
        pictures: What is labelled.
        out: Folder for pictures and labels.
        format: Name of the data format.
        split: Name of the split.
    """

    network: NetworkChoice
    pictures: tuple[PictureFile, ...]
    out: Path
    format: str
    split: str

    def carry_out(
        self, device: str = "auto", on_progress: OnProgress | None = None, notify: Notify | None = None
    ) -> FirstLabels:
        """Predict, and write pictures and labels; loads torch. Raises as `Run.label`."""
        with TemporaryDirectory(prefix="synthvis-label-") as place:
            work = Path(place)
            request = PredictionRequest(network=self.network, inputs=self.pictures, out=work / "found", is_drawn=False)
            found = request.carry_out(device, on_progress, notify)
            files = {one.name: one.path for one in self.pictures}
            copies = self._upright(found, files, work / "upright")
            split = labelled_split(
                found, found.summary.words, {**files, **copies}, name=self.out.resolve().name, split=self.split,
                maps_in=found.folder,
            )  # fmt: skip
            plan = plan_of([split], ExportSettings(format=self.format), source=f"predictions of {self.network.name}")
            exported = export_planned(plan, self.out)
        return FirstLabels(exported=exported, upright=len(copies), failed=found.failed)

    def _upright(self, found: Predictions, files: dict[str, Path], folder: Path) -> dict[str, Path]:
        copies = {}
        for one in found:
            copy = upright_copy(files[one.file], folder, one.image_id)
            if copy is not None:
                copies[one.file] = copy
        return copies


def label_request(
    run: Path,
    inputs: Sequence[str],
    *,
    out: Path | None = None,
    format: str | None = None,
    split: str = "train",
    score: float | None = None,
    tta: str | None = None,
    boxes_from: Path | str | None = None,
) -> LabelRequest:
    """Find the pictures and check what can be checked without torch; arguments and errors are those of `Run.label`."""
    network = NetworkChoice.of(run, score=score, tta=tta, boxes_from=boxes_from)
    form = format_of_labels(network.task, format)
    if safe_name(split) != split:
        raise UsageError(f"--split {split!r}: no folder can be called so", hint="--split train")
    folder = out or LABELS_ROOT / safe_name(name_of(inputs))
    check_output_folder(folder, EXPORT)
    if folder.is_dir() and any(folder.iterdir()):
        hint = "corrected labels may lie there: choose another folder with --out, or remove it"
        raise DatasetError(f"{folder} is not empty", hint=hint)
    found = find_inputs(inputs, not_below=folder)
    pictures = tuple(one for one in found if isinstance(one, PictureFile))
    if len(pictures) < len(found):
        other = next(one for one in found if not isinstance(one, PictureFile))
        raise UsageError(
            f"{other.name} is no picture", hint="labels are for pictures: take frames out of a video first"
        )
    return LabelRequest(network=network, pictures=pictures, out=folder, format=form, split=split)

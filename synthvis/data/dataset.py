"""Labelled sets on disk: found by name, name:split, folder or file, in whatever form they are."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from synthvis.data.benchmarks.known_sets import KNOWN_SETS, KnownSet, known_names, named_roots
from synthvis.data.benchmarks.picture_package import PicturePackage
from synthvis.data.contents import Content
from synthvis.data.derived.box_style import BoxKind
from synthvis.data.derived.joined import joined
from synthvis.data.derived.with_keypoints import with_keypoints
from synthvis.data.export.export import OnImages, export_planned
from synthvis.data.export.plan import ExportPlan, plan_of
from synthvis.data.export.settings import ExportSettings, ModelChoice
from synthvis.data.formats.base import DataFormat, SplitFiles, SplitSource, folder_kind
from synthvis.data.formats.registry import all_formats, format_named, formats_serving
from synthvis.data.keypoints import KeypointSplit
from synthvis.data.split import EmptySplit, Split
from synthvis.data.splits import JOINS
from synthvis.errors import RealDataError

__all__ = ["Dataset", "find_dataset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A labelled set on disk: `dataset["train"]` reads a split; iteration gives the names of the splits.

    Attributes:
        name: Its short name.
        kind: "real", or "synthetic" for a dataset that synthvis rendered.
        root: Its folder.
        format: The form in which it is read.
        files: Where each split lies.
        default_split: The split that is meant where none is named.
        source: What opens it again: a name, a folder or a file, with ":SPLIT" where a split was named.
    """

    name: str
    kind: str
    root: Path
    format: DataFormat
    files: Mapping[str, SplitFiles]
    default_split: str
    source: str = ""
    _read: dict[str, Split] = field(default_factory=dict, repr=False, compare=False)

    @property
    def splits(self) -> tuple[str, ...]:
        """Names of its splits."""
        return tuple(sorted(self.files))

    def __iter__(self) -> Iterator[str]:
        return iter(self.splits)

    def __len__(self) -> int:
        return len(self.files)

    def __contains__(self, split: object) -> bool:
        return split in self.files

    def __getitem__(self, split: str) -> Split:
        """A split, read once and kept; raises as `read`."""
        if split not in self._read:
            self._read[split] = self.read(split)
        return self._read[split]

    def read(self, split: str | None = None) -> Split:
        """Read one split, the default one where none is named; "train+val" joins two. Pictures are not opened.

        Raises:
            RealDataError: There is no such split, or it cannot be read.
            EmptySplit: It lists no image.
        """
        return self._split(split or self.default_split, self.format.read)

    def index(self, split: str | None = None) -> Split:
        """As `read`, but labels stay on disk where the form knows how, and each access to a sample reads them again.

        So a set of any size takes little memory, and to go over it takes longer: for one that is gone over once.

        Raises:
            RealDataError: There is no such split, or it cannot be read.
            EmptySplit: It lists no image.
        """
        return self._split(split or self.default_split, self.format.index)

    def _split(self, name: str, read: Callable[[SplitSource], Split]) -> Split:
        self.check_split(name)
        if name not in self.files:
            return joined([self._split(part, read) for part in name.split(JOINS)])
        source = SplitSource(name=self.name, kind=self.kind, split=name, root=self.root, files=self.files[name])
        try:
            return read(source)
        except EmptySplit as error:
            others = [one for one in self.splits if one != name]
            if not others:
                raise
            hint = f"it also has: {', '.join(others)}; choose one with --split, or write NAME:SPLIT"
            raise EmptySplit(error.what, hint=hint) from error

    def by_default(self, split: str) -> Dataset:
        """The same set with another default split.

        Raises:
            RealDataError: It has no such split.
        """
        self.check_split(split)
        return replace(self, default_split=split, source=f"{self.source or self.root}:{split}")

    def check_split(self, split: str) -> None:
        """Refuse the name of a split that is not there.

        Raises:
            RealDataError: With those that are.
        """
        parts = [split] if split in self.files else split.split(JOINS)
        for part in parts:
            if part not in self.files:
                raise RealDataError(f"{self.name} has no split '{part}'", hint=f"it has: {', '.join(self.splits)}")
        if len(set(parts)) < len(parts):
            raise RealDataError(f"{self.name}:{split} names a split twice", hint="name each split once")

    def some(self, splits: Sequence[str] = ()) -> list[Split]:
        """The splits of these names; none named: all that have an image.

        Raises:
            RealDataError: There is no such split, or it cannot be read.
            EmptySplit: One that is named lists no image.
        """
        return self._those(splits, self.__getitem__)

    def _those(self, splits: Sequence[str], read: Callable[[str], Split]) -> list[Split]:
        found = []
        for name in splits or self.splits:
            try:
                found.append(read(name))
            except EmptySplit:
                if splits:
                    raise
        return found

    def export(
        self,
        format: str,
        folder: str | Path,
        *,
        splits: Sequence[str] | None = None,
        classes: Sequence[str] = (),
        images: int | None = None,
        min_visible: float = 0.0,
        boxes: BoxKind = "modal",
        models: ModelChoice | None = None,
        on_images: OnImages | None = None,
    ) -> Dataset:
        """Write a copy in another form into a new folder, or the rest of one that was stopped.

        Pictures are linked where the disk allows it, so that they take no room, else copied.

        Args:
            format: Name of a form that can be written, such as "coco", "yolo" or "voc".
            folder: Where; it must be empty, not there, or hold the same export.
            splits: Which splits; None: all that have an image.
            classes: Which classes; empty: all.
            images: How many images of each split, by chance; None: all.
            min_visible: Leave out objects of renders that show a smaller share of themselves, 0 to 1.
            boxes: How boxes of renders are drawn: "modal", "amodal", "body" or "amodal-body".
            models: 3D models that "bop" writes: one for "each" object, or one a "class"; None: by their number.
            on_images: Is called with (images written, all images).

        Returns:
            The copy, opened.

        Raises:
            UsageError: The form cannot be written, or there is no such class.
            DatasetError: The folder holds something else, or a picture is absent.
            RealDataError: There is no such split.
        """
        settings = ExportSettings(
            format=format,
            classes=tuple(classes),
            images=images,
            min_visible=min_visible,
            boxes=boxes,
            models=models,
        )
        export_planned(self.plan_export(settings, splits or ()), Path(folder), on_images=on_images or _nothing)
        return find_dataset(folder, formats=(format,))

    def plan_export(self, settings: ExportSettings, splits: Sequence[str] = ()) -> ExportPlan:
        """What `export` would write, before anything is written; raises as it does.

        Keypoints that the set holds in another form, as rendered datasets do, come along where the format has them.
        """
        chosen = self._those(splits, self.index)
        points = self._keypoints() if Content.KEYPOINTS in format_named(settings.format).holds else None
        if points is not None:
            chosen = [with_keypoints(one, cast("KeypointSplit", points.index(one.split))) for one in chosen]
        return plan_of(chosen, settings, source=self.source or str(self.root))

    def _keypoints(self) -> Dataset | None:
        """The same folder in a form that has keypoints, where this one has none."""
        if Content.KEYPOINTS in self.format.serves:
            return None
        try:
            found = find_dataset(self.root, formats=formats_serving(Content.KEYPOINTS))
        except RealDataError:
            return None
        return found if set(self.splits) <= set(found.splits) else None


def _nothing(done: int, total: int) -> None:
    """Nobody wants to know."""


def find_dataset(
    name_or_path: str | Path, root: str | Path | None = None, *, formats: Sequence[str] | None = None
) -> Dataset:
    """Find a set by its registered name, its folder or its file; `NAME:SPLIT` sets the default split.

    Args:
        name_or_path: "fruit", "fruit:train", a folder, or a file.
        root: Folder that holds the named sets; None: SYNTHVIS_REAL, then the cache. A set whose photographs are an
            installed package is read from there, whatever the folder holds.
        formats: Names of the forms that are wanted, the likeliest first; None: all.

    Raises:
        RealDataError: Nothing is there, with what to type.
        UsageError: There is no such form.
    """
    text = str(name_or_path)
    wanted = [format_named(name) for name in formats or all_formats()]
    if text in known_names([one.name for one in wanted]):
        return _named(text, root, wanted)
    if text and Path(text).exists():
        return _at(Path(text), Path(text).resolve().name, wanted)
    base, _, split = text.rpartition(":")
    if base and split:
        return find_dataset(base, root, formats=formats).by_default(split)
    raise _unknown(text, wanted)


def _named(name: str, root: str | Path | None, wanted: Sequence[DataFormat]) -> Dataset:
    known, roots = KNOWN_SETS[name], named_roots(root)
    own = [one for one in wanted if one.name in known.formats]
    if known.package is not None and (packaged := _packaged(name, known.package, own[0])) is not None:
        return packaged
    # Its name finds it again where its folder was not given.
    source = "" if root else name
    for path in (folder / (known.path or name) for folder in roots):
        if path.is_file():
            found = _at(path, name, own)
            only = {"val": found.files[found.default_split]}
            return replace(found, name=name, files=only, default_split="val", source=source or str(path))
        if path.is_dir():
            found = _at(path, name, own)
            return replace(found, source=source or found.source)
    raise RealDataError(
        f"no photographs of '{name}' in {', '.join(map(str, roots))}",
        hint=f"{_way_to(name, known)}set SYNTHVIS_REAL (or --real-root) to the folder that holds {known.path or name}: "
        f"{own[0].about}",
    )


def _packaged(name: str, package: PicturePackage, format: DataFormat) -> Dataset | None:
    """The set where its photographs are installed.

    They come before a folder of that name, so that a number on them means the same on every machine; a folder is opened
    by its path.
    """
    pictures = package.installed_folder()
    if pictures is None:
        return None
    return Dataset(
        name=name,
        kind="real",
        root=package.labels.parent,
        format=format,
        files={"val": SplitFiles(pictures=pictures, labels=package.labels)},
        default_split="val",
        source=name,
    )


def _way_to(name: str, known: KnownSet) -> str:
    if known.package is not None:
        return f"{known.package.install_command} brings them, or "
    return "`synthvis fetch coco` downloads it, or " if name == "coco" else ""


def _at(path: Path, name: str, wanted: Sequence[DataFormat]) -> Dataset:
    for one in wanted:
        files = one.find(path)
        if files is not None:
            root = one.root_of(path)
            return Dataset(
                name=name if path.is_dir() else _name_of_file(path, root),
                kind=folder_kind(root),
                root=root,
                format=one,
                files=files,
                default_split="val" if "val" in files else min(files),
                source=str(path),
            )
    if len(wanted) == 1:
        raise wanted[0].absence(path)
    raise RealDataError(
        f"{path} is no labelled set of a known form", hint=f"wanted: {'; or '.join(one.about for one in wanted)}"
    )


def _name_of_file(path: Path, root: Path) -> str:
    return path.stem if path.parent == root else root.resolve().name


def _unknown(text: str, wanted: Sequence[DataFormat]) -> RealDataError:
    names = known_names([one.name for one in wanted])
    near = difflib.get_close_matches(text, names, n=1)
    listed = f"names: {', '.join(names)}; or " if names else ""
    forms = "; or ".join(dict.fromkeys(one.about for one in wanted))
    hint = f"did you mean '{near[0]}'?" if near else f"{listed}{forms}"
    known = KNOWN_SETS.get(text)
    what = f"no set called '{text}', and no such folder or file"
    return RealDataError(f"{text} has other labels: {known.about}" if known else what, hint=hint)

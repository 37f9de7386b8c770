"""Types of object of the user's meshes and Python files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from synthvis.assets.folder import AssetFolder
from synthvis.assets.meshes.classes import classes_of
from synthvis.assets.meshes.importing import Imported, import_assets, imported
from synthvis.assets.meshes.object_type import object_type_of
from synthvis.assets.own_types import check_distinct_classes
from synthvis.assets.references import known_folder
from synthvis.config.finish import Finish
from synthvis.objects.object_type import ObjectType
from synthvis.objects.registry import ObjectCatalogue
from synthvis.objects.spec import Category

UNSAID = Finish()

__all__ = ["ImportResult", "import_folders", "objects_of_assets"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What came of some folders.

    Attributes:
        folders: In the order given.
        kinds: By name.
        left_out: Reason by kind or path.
        notes: What was assumed, by kind.
    """

    folders: tuple[AssetFolder, ...]
    kinds: Mapping[str, ObjectType] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)


def import_folders(
    folders: Sequence[AssetFolder],
    wanted: Iterable[str] | None = None,
    *,
    labelled: set[str] | None = None,
    finish: Finish = UNSAID,
) -> ImportResult:
    """Kinds of object from folders of meshes.

    Args:
        folders: Where they are.
        wanted: Only these kinds; None: all.
        labelled: Kinds that keep their class; None: all. The others are distractors.
        finish: What meshes are made of, where neither file nor assets.yaml say so.

    Raises:
        RecipeError: The classes of the folders cannot live together.
        SynthvisError: The cache cannot be written.
    """
    classes = _classes_of(folders)
    kinds: dict[str, ObjectType] = {}
    left_out = {f"{folder.name}/{path}": reason for folder in folders for path, reason in folder.left_out.items()}
    notes: dict[str, Sequence[str]] = {}
    chosen = None if wanted is None else set(wanted)
    check_distinct_classes(own for folder in folders for own in (folder.types or {}).values())
    for folder in folders:
        files = [file for file in folder.files if chosen is None or file.kind in chosen]
        if folder.types is not None:
            kinds |= {file.kind: _unless(labelled, folder.types[file.kind]) for file in files}
            continue
        import_assets(folder, files)
        for file in files:
            found = imported(folder.digest, file.kind)
            if isinstance(found, Imported):
                category = classes.get(file.kind) if labelled is None or file.kind in labelled else None
                kinds[file.kind] = object_type_of(file, found, category, finish)
                notes[file.kind] = found.notes
            else:
                left_out[file.kind] = found or "the cache has lost it"
    return ImportResult(folders=tuple(folders), kinds=kinds, left_out=left_out, notes=notes)


def objects_of_assets(references: Sequence[str]) -> ObjectCatalogue:
    """The types of object of a dataset from the cache alone: no file of the user's is opened.

    Python is run only of copies that the user allowed on this machine.

    Args:
        references: NAME@DIGEST of each folder or file.

    Raises:
        RecipeError: The cache does not have them.
        UsageError: Code of the user's does not work.
    """
    folders = [known_folder(reference) for reference in references]
    classes = _classes_of(folders)
    own: dict[str, ObjectType] = {}
    for folder in folders:
        own |= folder.types or {}
        for file in folder.files if folder.types is None else ():
            mesh = imported(folder.digest, file.kind)
            if isinstance(mesh, Imported):
                own[file.kind] = object_type_of(file, mesh, classes.get(file.kind), UNSAID)
    return ObjectCatalogue(own=own)


def _classes_of(folders: Iterable[AssetFolder]) -> dict[str, Category]:
    return classes_of(file for folder in folders if folder.types is None for file in folder.files)


def _unless(labelled: set[str] | None, kind: ObjectType) -> ObjectType:
    """A type, without its class unless it is labelled."""
    return kind if labelled is None or kind.name in labelled else replace(kind, category=None)
